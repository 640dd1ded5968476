"""The wallet: its accounts and what they are called (account.md §3.2), their history, what was sent, the tokens and the
favourites of our user. Keys are kept elsewhere, and nothing of it is sent to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.account.signing_phrase import SIGNING_PHRASE, new_signing_phrase
from pystatus.account.wallet_accounts import (
    DEFAULT_NAME,
    FIRST_PATH,
    MAX_ACCOUNTS,
    WalletAccount,
    WalletKind,
    checked_colour,
    checked_name,
    derived_path,
    index_of,
)
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import typed_address
from pystatus.messenger.effects import Notify
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.sent_records import Finding, SentState, SentTransaction
from pystatus.messenger.sent_transactions import MAX_FOLLOWED, SentBook
from pystatus.messenger.store import MessengerStore
from pystatus.messenger.wallet_records import (
    MAX_FAVOURITES,
    MAX_LISTED,
    MAX_TOKENS,
    Favourite,
    WalletChanged,
    WalletTables,
)

if TYPE_CHECKING:  # a client that asks no node loads nothing of it
    from pystatus.ethereum.scan import Block, Searched, Update
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Transfer

LATEST_DERIVED = "latest-derived-path"
"""The setting with the number of the last account that was derived; one that was removed keeps its number."""


def signing_phrase(store: MessengerStore) -> str | None:
    """The words that are shown with each question about a signature; ``None`` before the profile was first opened."""
    known = store.setting(SIGNING_PHRASE)
    return None if known is None else str(known)


def accounts_of(tables: WalletTables, default: bytes | None) -> Sequence[WalletAccount]:
    """All accounts, the first one of the profile before the others.

    :param default: its address; ``None``: the profile has none, as it was imported from a key.
    """
    stored = tables.accounts()
    if default is None or any(account.address == default for account in stored):
        return sorted(stored, key=lambda account: account.address != default)
    first = WalletAccount(default, WalletKind.DERIVED, DEFAULT_NAME, path=FIRST_PATH)
    return [first, *stored]


def find_account(accounts: Sequence[WalletAccount], text: str) -> WalletAccount:
    """The account that is meant.

    :param text: its address or its name.
    :raises LocalError: there is none.
    """
    if text[:2].lower() == "0x":
        wanted = typed_address(text)
        found = [account for account in accounts if account.address == wanted]
    else:
        found = [account for account in accounts if typed.is_same_name(account.name, text)]
    if not found:
        raise LocalError("There is no such account in this wallet. List them with: pystatus wallet accounts PROFILE")
    return found[0]


class Wallet(Feature[WalletTables]):
    """Keeps what belongs to the wallet, and says when it is another."""

    def __init__(self, core: Core, tables: WalletTables, now: float) -> None:
        super().__init__(core, tables, now)
        self.sent = SentBook(
            tables, core.batch, core.dispatch.transaction_changed, is_followed=core.config.follows_sent
        )
        """What was sent from here."""

    def started(self, now: float) -> None:
        if signing_phrase(self._core.store) is None:
            self._core.store.save_setting(SIGNING_PHRASE, new_signing_phrase(self._core.random))

    def signing_phrase(self) -> str:
        """See :func:`signing_phrase`.

        Implements: AC-35
        """
        return signing_phrase(self._core.store) or ""

    def accounts(self) -> Sequence[WalletAccount]:
        """All of them."""
        wallets = self._core.config.wallets
        return accounts_of(self._tables, wallets[0] if wallets else None)

    def find(self, text: str) -> WalletAccount:
        """See :func:`find_account`."""
        return find_account(self.accounts(), text)

    def next_index(self) -> int:
        """The number of the account that is derived next."""
        return int(self._core.store.setting(LATEST_DERIVED) or 0) + 1

    def _name_of_new(self, address: bytes, name: str, *, has_key: bool) -> str:
        """The name of an account that is about to be added.

        :param name: empty: one is made.
        :param has_key: its key comes, too: one that was only watched can sign then.
        :raises LocalError: the account is there already, its name is taken or none, or there are too many.
        """
        accounts = self.accounts()
        here = next((account for account in accounts if account.address == address), None)
        if here is not None and (here.can_sign or not has_key):
            raise LocalError(f"This account is in the wallet already, and is called {here.name}. Nothing was changed.")
        if here is None and len(accounts) >= MAX_ACCOUNTS:
            raise LocalError(f"A wallet has at most {MAX_ACCOUNTS} accounts. Remove one first.")
        others = [account for account in accounts if account is not here]
        if not name and here is not None:
            return here.name
        if not name:
            taken = {account.name for account in others}
            return next(one for number in range(1, MAX_ACCOUNTS + 2) if (one := f"Account {number}") not in taken)
        return self._free_name(name, others)

    def add(self, account: WalletAccount) -> WalletAccount:
        """Add an account; one that was only watched gets its key.

        :raises LocalError: it is there already, its name is taken or none, its colour is none, or there are too many.

        Implements: AC-30
        """
        index = None
        if account.kind is WalletKind.DERIVED:
            index = index_of(account)
            if index is None or account.path != derived_path(index):
                raise LocalError("A derived account has the path m/44'/60'/0'/0/ and its number. Give that.")
        name = self._name_of_new(account.address, account.name, has_key=account.can_sign)
        made = replace(account, name=name, colour=checked_colour(account.colour))
        self._tables.save_account(made)
        if index is not None and index >= self.next_index():
            self._core.store.save_setting(LATEST_DERIVED, index)
        self._tell()
        return made

    def change(self, address: bytes, name: str | None, colour: str | None) -> WalletAccount:
        """Give an account another name or colour.

        :raises LocalError: there is no such account, the name is taken or none, or the colour is none.

        Implements: AC-30
        """
        account = self._stored(address)
        if name is not None:
            others = [one for one in self.accounts() if one.address != address]
            account = replace(account, name=self._free_name(name, others))
        if colour is not None:
            account = replace(account, colour=checked_colour(colour))
        self._tables.save_account(account)
        self._tell()
        return account

    def remove(self, address: bytes) -> WalletAccount:
        """Forget an account.

        :raises LocalError: there is no such account, or it is the first one of the profile.

        Implements: AC-30
        """
        account = self._stored(address)
        if account.is_default:
            raise LocalError("The first account of a profile stays: others pay to it. Remove another one.")
        self._tables.forget_account(address)
        self._tell()
        return account

    def history(
        self, chain_id: int, account: bytes, most: int, before: tuple[int, bytes] | None = None
    ) -> Sequence[Transfer]:
        """What is stored of the transfers of an account, the newest first: at most ``most``.

        Implements: ET-13
        """
        return self._tables.transfers(chain_id, account, max(0, min(most, MAX_LISTED)), before)

    def searched(self, chain_id: int, account: bytes) -> tuple[Searched | None, Sequence[Block]]:
        """What of a chain was searched for an account, and the blocks with transfers that are stored."""
        return self._tables.searched(chain_id, account), self._tables.saved_blocks(chain_id, account)

    def save_update(self, chain_id: int, account: bytes, before: Searched | None, update: Update) -> bool:
        """Store what a search has found; whether it was.

        :param before: what it began with: a search that another one has overtaken is not stored.

        Implements: ET-5, ET-13
        """
        if self._tables.searched(chain_id, account) != before or not self._is_here(account):
            return False
        self._tables.save_update(chain_id, account, update)
        return True

    # what was sent

    def next_timer(self) -> float | None:
        """See :meth:`Feature.next_timer`."""
        return self.sent.next_timer()

    def on_timer(self, now: float) -> None:
        """See :meth:`Feature.on_timer`."""
        self.sent.on_timer(now)

    def looked_up(self, findings: Sequence[Finding], now: float) -> None:
        """What the chain says of what was sent. See :meth:`SentBook.looked_up`."""
        self.sent.looked_up(findings, now)

    def sent_transactions(self, chain_id: int | None, *, waiting: bool) -> Sequence[SentTransaction]:
        """What was sent, the newest first: :data:`MAX_LISTED` at most."""
        return self._tables.sent(chain_id, MAX_LISTED, waiting=waiting)

    def open_sent(self) -> Sequence[SentTransaction]:
        """What may still become another state, what was dropped included."""
        followed = [one for one, _ in self._tables.followed(MAX_FOLLOWED)]
        dropped = [one for one in self._tables.sent(None, MAX_LISTED, waiting=False) if one.state is SentState.DROPPED]
        return [*followed, *dropped[:MAX_FOLLOWED]]

    # tokens and favourites

    def own_tokens(self, chain_id: int) -> Sequence[Token]:
        """The tokens of a chain that our user has added.

        Implements: ET-4, ET-13
        """
        return self._tables.tokens(chain_id)

    def add_token(self, token: Token) -> Token:
        """Keep a token.

        :raises LocalError: it is there already, or there are too many.

        Implements: ET-4
        """
        known = self._tables.tokens(token.chain_id)
        if any(one.address == token.address for one in known):
            raise LocalError(f"The token {token.shown_address} was added already. Nothing was changed.")
        if len(known) >= MAX_TOKENS:
            raise LocalError(f"At most {MAX_TOKENS} tokens are added on one chain. Remove one first.")
        made = replace(token, is_own=True)
        self._tables.save_token(made)
        self._tell()
        return made

    def remove_token(self, chain_id: int, address: bytes) -> Token:
        """Forget a token on one chain.

        :raises LocalError: it was not added there.

        Implements: ET-4, ET-13
        """
        found = next((one for one in self._tables.tokens(chain_id) if one.address == address), None)
        if found is None:
            raise LocalError(
                f"No token with this address was added on the chain {chain_id}. List them with: pystatus wallet tokens"
            )
        self._tables.forget_token(chain_id, address)
        self._tell()
        return found

    def favourites(self) -> Sequence[Favourite]:
        """All of them, by their names."""
        return self._tables.favourites()

    def save_favourite(self, address: bytes, name: str) -> Favourite:
        """Keep an address by a name, or give it another one.

        :raises LocalError: the name is taken or none, or there are too many.
        """
        made = Favourite(address, checked_name(name))
        others = [one for one in self._tables.favourites() if one.address != address]
        if any(typed.is_same_name(made.name, one.name) for one in others):
            raise LocalError("Another favourite has this name. Choose another one.")
        if len(others) >= MAX_FAVOURITES:
            raise LocalError(f"At most {MAX_FAVOURITES} favourites are kept. Remove one first.")
        self._tables.save_favourite(made)
        self._tell()
        return made

    def remove_favourite(self, address: bytes) -> Favourite:
        """Forget one.

        :raises LocalError: there is none with this address.
        """
        found = next((one for one in self._tables.favourites() if one.address == address), None)
        if found is None:
            raise LocalError("There is no such favourite. List them with: pystatus wallet favourites")
        self._tables.forget_favourite(address)
        self._tell()
        return found

    def _tell(self) -> None:
        self._core.batch.add(Notify(WalletChanged()))

    def _is_here(self, address: bytes) -> bool:
        return any(account.address == address for account in self.accounts())

    def _stored(self, address: bytes) -> WalletAccount:
        return find_account(self.accounts(), f"0x{address.hex()}")

    def _free_name(self, text: str, others: Sequence[WalletAccount]) -> str:
        name = checked_name(text)
        if any(typed.is_same_name(name, other.name) for other in others):
            raise LocalError("Another account of this wallet has this name. Choose another one.")
        return name
