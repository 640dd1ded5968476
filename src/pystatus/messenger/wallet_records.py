"""The ports of the wallet to its storage. What belongs to a chain is kept by its id, so that chains do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pystatus.account.wallet_accounts import WalletAccount

if TYPE_CHECKING:  # what looks through a chain is loaded where it does
    from pystatus.ethereum.scan import Block, Searched, Update
    from pystatus.ethereum.transfers import Transfer

MAX_LISTED = 1_000
"""Transfers that are read together. Ours: some 10 ms."""


class WalletTables(Protocol):
    """The storage of accounts and of their histories."""

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
