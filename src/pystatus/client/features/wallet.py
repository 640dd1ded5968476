"""The wallet: ``client.feature(Wallet)``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pystatus.account.keystore import StoredKey
from pystatus.account.wallet_accounts import (
    DEFAULT_COLOUR,
    FIRST_PATH,
    WalletAccount,
    WalletKind,
    checked_path,
    derived_path,
    of_phrase,
)
from pystatus.client.access import Access
from pystatus.client.features.feature import ClientFeature
from pystatus.client.wallet_money import WalletMoney
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import typed_address
from pystatus.messenger.features.wallet import Wallet as WalletFeature
from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.sent_transactions import SentTransactionChanged
from pystatus.messenger.wallet_records import Favourite, WalletChanged
from pystatus.storage import wallet_keys
from pystatus.storage.descriptions import Profile

if TYPE_CHECKING:
    from pystatus.ethereum.collectibles import Collectible, Collection
    from pystatus.ethereum.drafts import Holding, TransactionDraft, WalletBalances
    from pystatus.ethereum.meaning import Meaning, MeaningKind
    from pystatus.ethereum.prices import TokenPrice
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Asset, Transfer

__all__ = [
    "Asset",
    "Collectible",
    "Collection",
    "Favourite",
    "Holding",
    "Meaning",
    "MeaningKind",
    "SentState",
    "SentTransaction",
    "SentTransactionChanged",
    "Token",
    "TokenPrice",
    "TransactionDraft",
    "Transfer",
    "Wallet",
    "WalletAccount",
    "WalletBalances",
    "WalletChanged",
    "WalletKind",
]

_LATE = {
    "Asset": "pystatus.ethereum.transfers",
    "Collectible": "pystatus.ethereum.collectibles",
    "Collection": "pystatus.ethereum.collectibles",
    "Holding": "pystatus.ethereum.drafts",
    "Meaning": "pystatus.ethereum.meaning",
    "MeaningKind": "pystatus.ethereum.meaning",
    "Token": "pystatus.ethereum.tokens",
    "TokenPrice": "pystatus.ethereum.prices",
    "TransactionDraft": "pystatus.ethereum.drafts",
    "Transfer": "pystatus.ethereum.transfers",
    "WalletBalances": "pystatus.ethereum.drafts",
}
"""What is exported and not loaded until somebody asks for it: a client that asks no node does without."""

HISTORY_PAGE = 50
"""Transfers in one page of history unless asked otherwise."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


class Wallet(ClientFeature[WalletFeature], WalletMoney):
    """Accounts of Ethereum and what they have. The first is that of the recovery phrase, m/44'/60'/0'/0/0; more are
    derived from the phrase, come with a phrase or a key of their own, or are only watched.

    Their keys are in key files, sealed with the password of the profile, and are opened for one signature at a time. An
    account is given by its address or its name.
    """

    NAME = "wallet"
    LATE = MappingProxyType({"Transfer": _LATE["Transfer"]})

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._searching: dict[tuple[int, bytes], asyncio.Lock] = {}
        """Of each chain and account: two searches at once would ask for the same."""
        self._money = None
        self._refused = {}
        """The numbers of drafts that a node has refused, by id."""

    def accounts(self) -> Sequence[WalletAccount]:
        """All accounts, the first one of the profile before the others.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda wallet: wallet.accounts())

    def account(self, account: str) -> WalletAccount:
        """The account with an address or a name.

        :raises LocalError: there is none.
        """
        return self._read(lambda wallet: wallet.find(account))

    def signing_phrase(self) -> str:
        """Three words of this profile. Show them with each question about a signature: who asks for a password without
        them is another program.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda wallet: wallet.signing_phrase())

    async def derive(
        self, password: str, name: str = "", colour: str = DEFAULT_COLOUR, *, index: int | None = None
    ) -> WalletAccount:
        """Add an account of the recovery phrase of the profile.

        :param password: of the profile.
        :param name: empty: "Account 1", and so on.
        :param colour: ``#rrggbb``.
        :param index: its number below the phrase, from 0 on; ``None``: the one after the last.
        :raises WrongPassword: nothing was changed.
        :raises LocalError: the profile has no phrase, the account is there already, or its name is taken.
        """
        number = self.next_index() if index is None else index
        path = derived_path(number)
        profile = self._access.session.profile
        stored = await asyncio.to_thread(wallet_keys.derived_key, profile, password, number)
        return await self._with_key(stored, password, WalletKind.DERIVED, name, colour, path)

    async def import_phrase(
        self, phrase: str, password: str, name: str = "", colour: str = DEFAULT_COLOUR, *, path: str = FIRST_PATH
    ) -> WalletAccount:
        """Add an account of another recovery phrase. The phrase is not kept.

        :param password: of the profile.
        :param path: of the account below the phrase.
        :raises WrongPassword: nothing was changed.
        :raises LocalError: it has another number of words than a phrase, or as :meth:`derive`.
        """
        stored = of_phrase(phrase, path)
        return await self._with_key(stored, password, WalletKind.PHRASE, name, colour, checked_path(path))

    async def import_key(
        self, key: PrivateKey, password: str, name: str = "", colour: str = DEFAULT_COLOUR
    ) -> WalletAccount:
        """Add the account of a private key. No phrase leads to it: keep a copy.

        :param password: of the profile.
        :raises WrongPassword: nothing was changed.
        :raises LocalError: as :meth:`derive`.
        """
        return await self._with_key(StoredKey(key), password, WalletKind.KEY, name, colour, "")

    async def watch(self, address: str, name: str = "", colour: str = DEFAULT_COLOUR) -> WalletAccount:
        """Show what an account has whose key is elsewhere.

        :raises LocalError: it is no address, the account is there already, or its name is taken.
        """
        account = WalletAccount(typed_address(address), WalletKind.WATCHED, name, colour)
        return await self._do(lambda wallet, now: wallet.add(account))

    async def add(self, account: WalletAccount) -> WalletAccount:
        """Add an account whose key file is in the profile already, for programs that are attached to this one: keys do
        not pass between processes.

        :raises LocalError: its key is not here, the account is there already, or its name is taken.
        """
        if account.can_sign and not wallet_keys.has_key(self._access.session.profile, account.address):
            raise LocalError(f"The key of {account.shown_address} is not in this profile. Add the key first.")
        return await self._do(lambda wallet, now: wallet.add(account))

    async def change(self, account: str, *, name: str | None = None, colour: str | None = None) -> WalletAccount:
        """Give an account another name, another colour, or both.

        :raises LocalError: there is no such account, the name is taken or none, or the colour is none.
        """
        address = self.account(account).address
        return await self._do(lambda wallet, now: wallet.change(address, name, colour))

    async def remove(self, account: str) -> WalletAccount:
        """Forget an account, and delete its key here: what no phrase leads to is lost without a copy.

        :raises LocalError: there is no such account, or it is the first one of the profile.
        """
        address = self.account(account).address
        removed = await self._do(lambda wallet, now: wallet.remove(address))
        await asyncio.to_thread(wallet_keys.remove_key, self._access.session.profile, address)
        return removed

    def history(
        self, account: str, chain_id: int, limit: int = HISTORY_PAGE, *, before: Transfer | None = None
    ) -> Sequence[Transfer]:
        """What is stored of the transfers of an account on one chain, the newest first.

        :param chain_id: 1 for the main one.
        :param limit: transfers at most; 1,000 are the most that are given at once.
        :param before: the oldest one that is known already: those before it.
        :raises LocalError: there is no such account.
        """
        address = self.account(account).address
        place = None if before is None else (before.block_number, before.id)
        return self._read(lambda wallet: wallet.history(chain_id, address, limit, place))

    async def update_history(self, account: str, *, older: bool = False) -> int:
        """Search what has come since the last time, and store it: what a reorganisation has undone goes. The first time
        it is the part in which the account has sent its last twenty transactions. Returns the id of the chain.

        :param older: search the part before what was searched instead.
        :raises LocalError: there is no such account, or the client was opened without ``endpoint``.
        :raises RemoteError: the node cannot be asked, answers nonsense, or has another chain than before.
        """
        address, (endpoint, money) = self.account(account).address, self._connected()
        chain_id = await endpoint.chain_id()
        searching = self._searching.setdefault((chain_id, address), asyncio.Lock())
        async with searching:
            before, saved = self._read(lambda wallet: wallet.searched(chain_id, address))
            if older and before is not None:
                update = await money.older(address, before)
            else:
                update = await money.update(address, before, saved)
            await endpoint.check_chain()
            await self._do(lambda wallet, now: wallet.save_update(chain_id, address, before, update))
        return chain_id

    def next_index(self) -> int:
        """The number of the account that :meth:`derive` adds next.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda wallet: wallet.next_index())

    async def _with_key(
        self, stored: StoredKey, password: str, kind: WalletKind, name: str, colour: str, path: str
    ) -> WalletAccount:
        session = self._access.session
        made = WalletAccount(stored.address, kind, name, colour, path)
        return await add_with_key(self, session.profile, password, stored, made, session.now)


async def add_with_key(
    wallet: Wallet, profile: Profile, password: str, stored: StoredKey, account: WalletAccount, now: float
) -> WalletAccount:
    """Add an account and its key, or neither. ``wallet`` may be that of another process, which sees no key.

    :raises WrongPassword: nothing was changed.
    :raises LocalError: as :meth:`Wallet.add`.
    """
    is_new = await asyncio.to_thread(wallet_keys.add_key, profile, password, stored, now)
    try:
        return await wallet.add(account)
    except BaseException:
        if is_new:
            wallet_keys.remove_key(profile, stored.address)
        raise
