"""What was sent from the wallet, in the profile database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.sent_transactions import SentTables

SENT_SCHEMA = """
        CREATE TABLE wallet_sent (
            number INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            draft_id BLOB NOT NULL UNIQUE,
            chain_id INTEGER NOT NULL,
            sender BLOB NOT NULL,
            recipient BLOB,
            value TEXT NOT NULL,            -- decimal, as numbers here have 64 bits; so have the next ones
            data BLOB NOT NULL,
            nonce TEXT NOT NULL,
            gas TEXT NOT NULL,
            max_fee_per_gas TEXT NOT NULL,
            tip TEXT,
            sent_at REAL NOT NULL,
            words TEXT NOT NULL,
            state TEXT NOT NULL,
            block_number INTEGER,
            replaces BLOB,
            followed INTEGER NOT NULL,      -- it may still change
            missing INTEGER NOT NULL        -- answers in a row in which the node did not have it
        ) STRICT;

        CREATE INDEX wallet_sent_followed ON wallet_sent (number) WHERE followed;
"""
_FIELDS = (
    "hash, draft_id, chain_id, sender, recipient, value, data, nonce, gas, max_fee_per_gas, tip, sent_at, words, state,"
    " block_number, replaces"
)
_NAMES = [name.strip() for name in _FIELDS.split(",")]


class SqlSent(SentTables):
    """Implements :class:`~pystatus.messenger.sent_transactions.SentTables` on one table."""

    _execute: Callable[..., Any]

    def sent(self, chain_id: int | None, most: int, *, waiting: bool) -> Sequence[SentTransaction]:
        wanted, values = [], []
        if chain_id is not None:
            wanted.append("chain_id = ?")
            values.append(chain_id)
        if waiting:
            wanted.append(f"state = '{SentState.WAITING.value}'")
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        rows = self._execute(f"SELECT {_FIELDS} FROM wallet_sent {where} ORDER BY number DESC LIMIT ?", (*values, most))
        return [_transaction(row) for row in rows]

    def sent_transaction(self, transaction_hash: bytes) -> SentTransaction | None:
        row = self._execute(f"SELECT {_FIELDS} FROM wallet_sent WHERE hash = ?", (transaction_hash,)).fetchone()
        return None if row is None else _transaction(row)

    def is_draft_sent(self, draft_id: bytes) -> bool:
        return self._execute("SELECT 1 FROM wallet_sent WHERE draft_id = ?", (draft_id,)).fetchone() is not None

    def save_sent(self, transaction: SentTransaction, *, followed: bool, missing: int) -> None:
        updates = ", ".join(f"{name} = excluded.{name}" for name in (*_NAMES[1:], "followed", "missing"))
        self._execute(
            f"INSERT INTO wallet_sent ({_FIELDS}, followed, missing) VALUES ({', '.join('?' * (len(_NAMES) + 2))})"
            f" ON CONFLICT (hash) DO UPDATE SET {updates}",
            (*_row(transaction), followed, missing),
        )

    def forget_sent(self, transaction_hash: bytes) -> None:
        self._execute("DELETE FROM wallet_sent WHERE hash = ?", (transaction_hash,))

    def followed(self, most: int) -> Sequence[tuple[SentTransaction, int]]:
        rows = self._execute(
            f"SELECT {_FIELDS}, missing FROM wallet_sent WHERE followed ORDER BY number LIMIT ?", (most,)
        )
        return [(_transaction(row[:-1]), row[-1]) for row in rows]

    def trim_sent(self, most: int) -> None:
        self._execute(
            "DELETE FROM wallet_sent WHERE number IN"
            " (SELECT number FROM wallet_sent WHERE NOT followed ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (most,),
        )


def _row(it: SentTransaction) -> tuple[Any, ...]:
    tip = None if it.tip is None else str(it.tip)
    numbers = str(it.nonce), str(it.gas), str(it.max_fee_per_gas), tip
    return (
        *(it.hash, it.draft_id, it.chain_id, it.sender, it.to, str(it.value), it.data, *numbers, it.sent_at, it.words),
        *(it.state.value, it.block_number, it.replaces),
    )


def _transaction(row: tuple[Any, ...]) -> SentTransaction:
    hash_, draft_id, chain_id, sender, to, value, data, nonce, gas, price, tip, *rest = row
    sent_at, words, state, block_number, replaces = rest
    return SentTransaction(
        hash_,
        draft_id,
        chain_id,
        sender,
        to,
        int(value),
        data,
        int(nonce),
        int(gas),
        int(price),
        None if tip is None else int(tip),
        sent_at,
        words,
        SentState(state),
        block_number,
        replaces,
    )
