"""The ports of the wallet to its storage. What belongs to a chain is kept by its id, so that chains do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pystatus.account.address import checksummed
from pystatus.account.wallet_accounts import WalletAccount
from pystatus.arguments import checked
from pystatus.messenger.events import Event
from pystatus.messenger.sent_transactions import SentTables

if TYPE_CHECKING:  # a client that asks no node loads nothing of it
    from pystatus.ethereum.scan import Block, Searched, Update
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Transfer

MAX_LISTED = 1_000
"""Transfers that are read together. Ours: some 10 ms."""


MAX_TOKENS = 500
"""Tokens of one chain that our user has added. Ours: each is asked for with every balance."""
MAX_FAVOURITES = 1_000
"""Addresses that are kept by name. Ours: a list that somebody looks through."""


@checked
@dataclass(frozen=True, slots=True)
class Favourite:
    """An address that our user pays more than once, by the name that they have given it. It is of no chain: the same
    address is the same person on all of them."""

    address: bytes
    name: str

    @property
    def shown_address(self) -> str:
        """The address with its checksum (EIP-55)."""
        return checksummed(self.address)


@checked
@dataclass(frozen=True, slots=True)
class WalletChanged(Event):
    """The accounts of the wallet, the tokens that were added, or the favourites are others now."""


class WalletTables(SentTables, Protocol):
    """The storage of accounts, of their histories, and of what our user has noted."""

    def accounts(self) -> Sequence[WalletAccount]:
        """Those that are stored, in the order in which they came."""

    def save_account(self, account: WalletAccount) -> None:
        """Insert, or replace the one with this address."""

    def forget_account(self, address: bytes) -> None:
        """Delete it, with its history on every chain."""

    def searched(self, chain_id: int, account: bytes) -> Searched | None:
        """What of a chain was searched for an account; ``None``: nothing yet."""

    def saved_blocks(self, chain_id: int, account: bytes) -> Sequence[Block]:
        """Blocks of that chain with transfers of the account, the oldest first."""

    def save_update(self, chain_id: int, account: bytes, update: Update) -> None:
        """Delete the blocks that are no longer part of the chain, with their transfers; then store those that are
        new."""

    def transfers(
        self, chain_id: int, account: bytes, most: int, before: tuple[int, bytes] | None = None
    ) -> Sequence[Transfer]:
        """At most ``most`` transfers, the newest first.

        :param before: number of the block and id of the last one that is known already.
        """

    def tokens(self, chain_id: int) -> Sequence[Token]:
        """Those of a chain that our user has added, in the order in which they came."""

    def save_token(self, token: Token) -> None:
        """Insert, or replace the one with this address on this chain."""

    def forget_token(self, chain_id: int, address: bytes) -> None:
        """Delete it on this chain alone."""

    def favourites(self) -> Sequence[Favourite]:
        """All of them, by their names."""

    def save_favourite(self, favourite: Favourite) -> None:
        """Insert, or replace the one with this address."""

    def forget_favourite(self, address: bytes) -> None:
        """Delete it."""
