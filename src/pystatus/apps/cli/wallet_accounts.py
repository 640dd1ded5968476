"""Adding, changing and removing accounts of the wallet on the command line, and finding the one that is meant."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pystatus.apps.cli import passwords
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.wallet_money import with_wallet
from pystatus.errors import LocalError, Refused
from pystatus.faces import terminal

if TYPE_CHECKING:
    from pystatus.account.keystore import StoredKey
    from pystatus.account.wallet_accounts import WalletAccount
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.apps.cli.output import Fields
    from pystatus.client.features.wallet import Wallet

T = TypeVar("T")


def _with_wallet(given: ProfileOptions, act: Callable[[Wallet], Awaitable[T]]) -> T:
    return with_wallet(given, ChainOptions(), act, needs_node=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new account comes from, as it was given: from one of these at most, else from the profile's phrase."""

    phrase: bool
    words_file: Path | None
    key: bool
    key_file: Path | None
    watch: str | None
    index: int | None
    path: str | None

    def check(self) -> None:
        """
        :raises Refused: these do not go together.
        """
        kinds = self.of_phrase + self.of_key + (self.watch is not None)
        if kinds > 1:
            raise Refused("Give one of --phrase, --key and --watch; without them an account of your phrase is added.")
        if self.index is not None and kinds:
            raise Refused("--index is of an account of your own phrase: give it alone.")
        if self.path is not None and not self.of_phrase:
            raise Refused("--path is below another phrase: give --phrase, too.")

    @property
    def of_phrase(self) -> bool:
        """From another phrase."""
        return self.phrase or self.words_file is not None

    @property
    def of_key(self) -> bool:
        """From a key."""
        return self.key or self.key_file is not None


def fields(account: WalletAccount) -> Fields:
    """An account for programs."""
    return {
        "address": account.shown_address,
        "kind": account.kind.value,
        "name": account.name,
        "colour": account.colour,
        "path": account.path or None,
        "can_sign": account.can_sign,
    }


def text(account: WalletAccount) -> str:
    """The same for people."""
    origin = f"  {account.path}" if account.path else ""
    return f"{account.shown_address}  {account.name}  ({account.kind.value}{origin})"


def add(given: ProfileOptions, origin: Origin, name: str, colour: str) -> WalletAccount:
    """Add an account. All secrets are asked for before, and none leaves this process.

    :raises LocalError: no password, or a wrong one; it is there already, or its name is taken.
    """
    from pystatus.account.wallet_accounts import FIRST_PATH, WalletAccount, WalletKind, checked_path, of_phrase

    if origin.watch is not None:
        address = bytes.fromhex(origin.watch[2:])
        watched = WalletAccount(address, WalletKind.WATCHED, name, colour)
        return _with_wallet(given, lambda wallet: wallet.add(watched))
    if origin.of_key:
        from pystatus.account.keystore import StoredKey

        stored = StoredKey(passwords.private_key(origin.key_file))
        return _keep(given, stored, WalletAccount(stored.address, WalletKind.KEY, name, colour))
    if origin.of_phrase:
        path = checked_path(origin.path or FIRST_PATH)
        stored = of_phrase(_words(origin.words_file), path)
        return _keep(given, stored, WalletAccount(stored.address, WalletKind.PHRASE, name, colour, path))
    return _derive(given, origin.index, name, colour)


def _words(file: Path | None) -> str:
    """
    :raises LocalError: they are none, or the person has mistyped one.
    """
    from pystatus.account.mnemonic import warning

    phrase = passwords.words(file)
    doubt = warning(phrase)
    if doubt is not None and not (terminal.is_there() and terminal.confirm(f"{doubt} Take them as they are?")):
        raise LocalError(f"{doubt} Nothing was done. Check the words and try again.")
    return phrase


def _derive(given: ProfileOptions, index: int | None, name: str, colour: str) -> WalletAccount:
    import asyncio  # with all of its loop: help and mistakes do without

    from pystatus.account.wallet_accounts import WalletAccount, WalletKind, derived_path
    from pystatus.client.features.wallet import add_with_key
    from pystatus.storage.wallet_keys import derived_key

    profile, password = given.stored, given.access.password

    async def act(wallet: Wallet) -> WalletAccount:
        number = wallet.next_index() if index is None else index
        stored = await asyncio.to_thread(derived_key, profile, password, number)
        made = WalletAccount(stored.address, WalletKind.DERIVED, name, colour, derived_path(number))
        return await add_with_key(wallet, profile, password, stored, made, time.time())

    return _with_wallet(given, act)


def _keep(given: ProfileOptions, stored: StoredKey, account: WalletAccount) -> WalletAccount:
    from pystatus.client.features.wallet import add_with_key

    profile, password = given.stored, given.access.password
    return _with_wallet(given, lambda wallet: add_with_key(wallet, profile, password, stored, account, time.time()))


def change(given: ProfileOptions, account: str, name: str | None, colour: str | None) -> WalletAccount:
    """Give an account another name or colour.

    :raises LocalError: there is no such account, or its name is taken.
    """
    if name is None and colour is None:
        raise Refused("Give --name, --colour, or both.")
    return _with_wallet(given, lambda wallet: wallet.change(account, name=name, colour=colour))


def remove(given: ProfileOptions, account: str, *, yes: bool) -> WalletAccount:
    """Remove an account, after the person has agreed.

    :raises LocalError: there is no such account, it is the first one, or nobody has agreed.
    """

    async def act(wallet: Wallet) -> WalletAccount:
        found = wallet.account(account)
        if found.can_sign and not found.is_default:
            _confirm_removal(found, yes=yes, may_ask=not given.as_json)
        return await wallet.remove(found.shown_address)

    return _with_wallet(given, act)


def _confirm_removal(account: WalletAccount, *, yes: bool, may_ask: bool) -> None:
    from pystatus.account.wallet_accounts import WalletKind

    again = "Your recovery phrase leads to it again" if account.kind is WalletKind.DERIVED else "Keep a copy of its key"
    told = f"The key of {account.name} ({account.shown_address}) is deleted here. {again}."
    if yes:
        return
    if not may_ask or not terminal.is_there():
        raise LocalError(f"Nothing was removed. With --yes, this happens: {told}")
    terminal.tell(told)
    if not terminal.confirm("Remove it?"):
        raise LocalError("Nothing was removed.")


def find(given: ProfileOptions, account: str | None) -> bytes:
    """The address that is meant. It is looked up in the profile only where a name is given.

    :raises LocalError: there is no such account, or the profile has no wallet.
    """
    if account is None:
        found = given.stored.account.default_wallet
        if found is None:
            raise LocalError(
                "This account has no wallet here, as it was imported from a key. Add one: pystatus wallet add, or "
                "choose one with --account."
            )
        return found
    from pystatus.ethereum.quantities import typed_address
    from pystatus.messenger.features.wallet import find_account

    if account[:2].lower() == "0x":
        given.find()
        return typed_address(account)
    with given.access.reading() as reader:
        return find_account(reader.wallet_accounts(), account).address
