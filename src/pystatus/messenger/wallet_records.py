"""What a profile keeps of its wallet, and the port to its storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.account.wallet_accounts import WalletAccount


class WalletTables(Protocol):
    """The storage of accounts."""

    def accounts(self) -> Sequence[WalletAccount]:
        """Those that are stored, in the order in which they came."""

    def save_account(self, account: WalletAccount) -> None:
        """Insert, or replace the one with this address."""

    def forget_account(self, address: bytes) -> None:
        """Delete it."""
