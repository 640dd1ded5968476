"""The wallet in the profile database: its accounts with their histories on each chain, and what our user has noted.
Keys are in key files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.wallet_records import Favourite, WalletTables
from pystatus.storage.features.sent import SENT_SCHEMA, SqlSent
from pystatus.storage.features.tables import FeatureTables

if TYPE_CHECKING:  # a client that asks no node loads nothing of it
    from pystatus.ethereum.scan import Block, Searched, Update
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Transfer


class SqlWallet(SqlSent, FeatureTables, WalletTables):
    """Implements :class:`~pystatus.messenger.wallet_records.WalletTables`."""

    NAME = "wallet"
    FEATURE = Wallet
    TABLES = (
        "wallet_accounts", "wallet_searched", "wallet_anchors", "wallet_transfers", "wallet_sent", "wallet_tokens",
        "wallet_favourites",
    )  # fmt: skip
    STEPS = (
        """
        CREATE TABLE wallet_accounts (
            number INTEGER PRIMARY KEY,
            address BLOB NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            colour TEXT NOT NULL,
            path TEXT NOT NULL
        ) STRICT;

        CREATE TABLE wallet_searched (
            chain_id INTEGER NOT NULL,
            account BLOB NOT NULL,
            low INTEGER NOT NULL,           -- blocks above this one were searched,
            high INTEGER NOT NULL,          -- up to this one
            PRIMARY KEY (chain_id, account)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE wallet_anchors (
            chain_id INTEGER NOT NULL,
            account BLOB NOT NULL,
            block_number INTEGER NOT NULL,
            block_hash BLOB NOT NULL,
            PRIMARY KEY (chain_id, account, block_number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE wallet_transfers (
            chain_id INTEGER NOT NULL,
            account BLOB NOT NULL,
            block_number INTEGER NOT NULL,
            id BLOB NOT NULL,
            block_hash BLOB NOT NULL,
            asset TEXT NOT NULL,
            sender BLOB NOT NULL,
            recipient BLOB,
            amount TEXT,                    -- decimal, as numbers here have 64 bits; so have nonce, gas and its price
            contract BLOB,
            timestamp TEXT NOT NULL,
            transaction_hash BLOB NOT NULL,
            succeeded INTEGER NOT NULL,
            nonce TEXT,
            gas_used TEXT NOT NULL,
            gas_price TEXT NOT NULL,
            PRIMARY KEY (chain_id, account, block_number, id)
        ) STRICT, WITHOUT ROWID
        """,
        f"""
        {SENT_SCHEMA}

        CREATE TABLE wallet_tokens (
            number INTEGER PRIMARY KEY,
            chain_id INTEGER NOT NULL,
            address BLOB NOT NULL,
            symbol TEXT NOT NULL,
            name TEXT NOT NULL,
            decimals INTEGER NOT NULL,
            UNIQUE (chain_id, address)
        ) STRICT;

        CREATE TABLE wallet_favourites (
            address BLOB PRIMARY KEY,
            name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
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
        for table in _OF_CHAINS:
            self._execute(f"DELETE FROM {table} WHERE account = ?", (address,))
        self._execute("DELETE FROM wallet_sent WHERE sender = ?", (address,))

    def searched(self, chain_id: int, account: bytes) -> Searched | None:
        from pystatus.ethereum.scan import Searched

        row = self._execute(f"SELECT low, high FROM wallet_searched WHERE {_OF}", (chain_id, account)).fetchone()
        if row is None:
            return None
        anchors = self._execute(
            f"SELECT block_number, block_hash FROM wallet_anchors WHERE {_OF} ORDER BY block_number",
            (chain_id, account),
        )
        low, high = row
        return Searched(low, high, tuple((number, block_hash) for number, block_hash in anchors))

    def saved_blocks(self, chain_id: int, account: bytes) -> Sequence[Block]:
        rows = self._execute(
            f"SELECT DISTINCT block_number, block_hash FROM wallet_transfers WHERE {_OF} ORDER BY block_number",
            (chain_id, account),
        )
        return [(number, block_hash) for number, block_hash in rows]

    def save_update(self, chain_id: int, account: bytes, update: Update) -> None:
        of = chain_id, account
        self._executemany(
            f"DELETE FROM wallet_transfers WHERE {_OF} AND block_number = ? AND block_hash = ?",
            [(*of, *block) for block in update.gone],
        )
        self._executemany(
            f"INSERT OR REPLACE INTO wallet_transfers (chain_id, account, {_TRANSFER})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*of, *_row(transfer)) for loaded in update.loaded for transfer in loaded.transfers],
        )
        searched = update.searched
        self._execute("INSERT OR REPLACE INTO wallet_searched VALUES (?, ?, ?, ?)", (*of, searched.low, searched.high))
        self._execute(f"DELETE FROM wallet_anchors WHERE {_OF}", of)
        self._executemany(
            "INSERT INTO wallet_anchors VALUES (?, ?, ?, ?)", [(*of, *anchor) for anchor in searched.anchors]
        )

    def transfers(
        self, chain_id: int, account: bytes, most: int, before: tuple[int, bytes] | None = None
    ) -> Sequence[Transfer]:
        where, values = ("", ()) if before is None else (" AND (block_number, id) < (?, ?)", before)
        rows = self._execute(
            f"SELECT {_TRANSFER} FROM wallet_transfers WHERE {_OF}{where} ORDER BY block_number DESC, id DESC LIMIT ?",
            (chain_id, account, *values, most),
        )
        return [_transfer(account, row) for row in rows]

    def tokens(self, chain_id: int) -> Sequence[Token]:
        from pystatus.ethereum.tokens import Token

        rows = self._execute(
            "SELECT address, symbol, name, decimals FROM wallet_tokens WHERE chain_id = ? ORDER BY number", (chain_id,)
        )
        return [
            Token(chain_id, address, symbol, name, decimals, is_own=True) for address, symbol, name, decimals in rows
        ]

    def save_token(self, token: Token) -> None:
        self._execute(
            "INSERT INTO wallet_tokens (chain_id, address, symbol, name, decimals) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (chain_id, address) DO UPDATE SET symbol = excluded.symbol, name = excluded.name,"
            " decimals = excluded.decimals",
            (token.chain_id, token.address, token.symbol, token.name, token.decimals),
        )

    def forget_token(self, chain_id: int, address: bytes) -> None:
        self._execute("DELETE FROM wallet_tokens WHERE chain_id = ? AND address = ?", (chain_id, address))

    def favourites(self) -> Sequence[Favourite]:
        rows = self._execute("SELECT address, name FROM wallet_favourites ORDER BY name COLLATE NOCASE, address")
        return [Favourite(*row) for row in rows]

    def save_favourite(self, favourite: Favourite) -> None:
        self._execute("INSERT OR REPLACE INTO wallet_favourites VALUES (?, ?)", (favourite.address, favourite.name))

    def forget_favourite(self, address: bytes) -> None:
        self._execute("DELETE FROM wallet_favourites WHERE address = ?", (address,))


_OF = "chain_id = ? AND account = ?"
_OF_CHAINS = ("wallet_searched", "wallet_anchors", "wallet_transfers")
"""The tables of which each row belongs to one chain."""
_TRANSFER = (
    "block_number, id, block_hash, asset, sender, recipient, amount, contract, timestamp, transaction_hash, succeeded,"
    " nonce, gas_used, gas_price"
)


def _row(it: Transfer) -> tuple[Any, ...]:
    return (
        *(it.block_number, it.id, it.block_hash, it.asset.value, it.sender, it.recipient, _text(it.amount)),
        *(it.contract, _text(it.timestamp), it.transaction_hash, it.succeeded, _text(it.nonce)),
        *(_text(it.gas_used), _text(it.gas_price)),
    )


def _transfer(account: bytes, row: tuple[Any, ...]) -> Transfer:
    from pystatus.ethereum.transfers import Asset, Transfer

    number, id_, block_hash, asset, sender, recipient, amount, contract, time, transaction, succeeded, *rest = row
    nonce, gas_used, gas_price = rest
    return Transfer(
        id_,
        account,
        Asset(asset),
        sender,
        recipient,
        _number(amount),
        contract,
        number,
        block_hash,
        int(time),
        transaction,
        bool(succeeded),
        _number(nonce),
        int(gas_used),
        int(gas_price),
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
