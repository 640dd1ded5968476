"""The accounts of the wallet in the profile database. Their keys are in key files."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.wallet_records import WalletTables
from pystatus.storage.features.tables import FeatureTables


class SqlWallet(FeatureTables, WalletTables):
    """Implements :class:`~pystatus.messenger.wallet_records.WalletTables`."""

    NAME = "wallet"
    FEATURE = Wallet
    TABLES = ("wallet_accounts",)
    STEPS = (
        """
        CREATE TABLE wallet_accounts (
            number INTEGER PRIMARY KEY,
            address BLOB NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            colour TEXT NOT NULL,
            path TEXT NOT NULL
        ) STRICT
        """,
    )

    def accounts(self) -> Sequence[WalletAccount]:
        rows = self._execute("SELECT address, kind, name, colour, path FROM wallet_accounts ORDER BY number")
        return [
            WalletAccount(address, WalletKind(kind), name, colour, path) for address, kind, name, colour, path in rows
        ]

    def save_account(self, account: WalletAccount) -> None:
        self._execute(
            "INSERT INTO wallet_accounts (address, kind, name, colour, path) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (address) DO UPDATE SET kind = excluded.kind, name = excluded.name,"
            " colour = excluded.colour, path = excluded.path",
            (account.address, account.kind.value, account.name, account.colour, account.path),
        )

    def forget_account(self, address: bytes) -> None:
        self._execute("DELETE FROM wallet_accounts WHERE address = ?", (address,))
