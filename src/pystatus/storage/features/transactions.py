"""Transactions of chats, and what people say to have paid, in the profile database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.transaction_records import (
    Announcement,
    AnnouncementState,
    Transaction,
    TransactionState,
    TransactionTables,
)
from pystatus.storage.features.tables import FeatureTables

ROW_BYTES = 600
"""About what the database takes for a step, indexes included."""
ANNOUNCEMENT_BYTES = 700
"""The same of an announcement."""

_STEP = (
    "t.message_id, t.command_id, t.chat_id, a.key, m.clock, t.state, t.value, t.contract, t.address, t.from_address,"
    " t.transaction_hash, t.signature, t.replaces, t.replaced, t.as_asked"
)
_STEPS = (
    f"SELECT {_STEP} FROM transactions AS t JOIN messages AS m ON m.id = t.message_id"
    " JOIN authors AS a ON a.number = m.author"
)
_ANNOUNCEMENT = (
    "message_id, author, clock, received_ms, transaction_hash, signature, state, command_id, forward_secrecy, problem,"
    " answers, due"
)
_KNOWN = "(author IN (SELECT identity FROM known_people)) = ?"


class SqlTransactions(FeatureTables, TransactionTables):
    """Implements :class:`~pystatus.messenger.transaction_records.TransactionTables`."""

    NAME = "transactions"
    FEATURE = Transactions
    TABLES = ("transactions", "transaction_announcements", "transactions_received")
    STEPS = (
        """
        CREATE TABLE transactions (
            number INTEGER PRIMARY KEY,
            message_id BLOB NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
            command_id BLOB NOT NULL,       -- the first message of the transaction
            chat_id TEXT NOT NULL,
            payload_type INTEGER NOT NULL,
            state INTEGER NOT NULL,
            value TEXT NOT NULL,            -- decimal, as numbers here have 64 bits; empty: not known
            contract TEXT NOT NULL,
            address TEXT NOT NULL,
            from_address TEXT NOT NULL,
            transaction_hash TEXT NOT NULL,
            signature BLOB NOT NULL,
            replaces BLOB,
            replaced INTEGER NOT NULL,      -- another message is shown in its place
            as_asked INTEGER
        ) STRICT;
        CREATE INDEX transactions_by_command ON transactions (command_id, number);
        CREATE INDEX transactions_by_chat ON transactions (chat_id, number) WHERE NOT replaced;

        CREATE TABLE transaction_announcements (
            number INTEGER PRIMARY KEY,
            message_id BLOB NOT NULL UNIQUE,
            author BLOB NOT NULL,           -- compressed
            chat_id TEXT NOT NULL,
            clock INTEGER NOT NULL,
            received_ms INTEGER NOT NULL,
            transaction_hash TEXT NOT NULL,
            signature BLOB NOT NULL,
            state INTEGER NOT NULL,
            command_id BLOB,
            forward_secrecy INTEGER NOT NULL,
            problem TEXT NOT NULL,
            answers INTEGER NOT NULL,
            due REAL NOT NULL,
            UNIQUE (author, transaction_hash)
        ) STRICT;
        CREATE INDEX announcements_waiting ON transaction_announcements (transaction_hash, number) WHERE state = 1;
        CREATE INDEX announcements_due ON transaction_announcements (due) WHERE state = 1;
        CREATE TRIGGER announcements_cleared AFTER UPDATE OF cleared_clock ON chats
        WHEN NEW.cleared_clock > OLD.cleared_clock BEGIN
            DELETE FROM transaction_announcements WHERE chat_id = NEW.id AND clock <= NEW.cleared_clock;
        END;

        CREATE TABLE transactions_received (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            transaction_hash TEXT NOT NULL UNIQUE
        ) STRICT
        """,
    )
    PEOPLE = MappingProxyType({("transaction_announcements", "author"): ANNOUNCEMENT_BYTES})
    OF_MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = MappingProxyType(
        {("transactions", "message_id"): str(ROW_BYTES)}
    )

    def add(self, transaction: Transaction, payload_type: int) -> None:
        it = transaction
        self._execute(
            "INSERT INTO transactions (message_id, command_id, chat_id, payload_type, state, value, contract, address,"
            " from_address, transaction_hash, signature, replaces, replaced, as_asked)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(it.message_id, it.command_id, it.chat_id, payload_type, it.state),
                *("" if it.value is None else str(it.value), it.contract, it.address, it.from_address),
                *(it.transaction_hash, it.signature, it.replaces, it.replaced, it.as_asked),
            ),
        )

    def get(self, message_id: bytes) -> Transaction | None:
        row = self._execute(f"{_STEPS} WHERE t.message_id = ?", (message_id,)).fetchone()
        return _transaction(row) if row else None

    def payload_type(self, message_id: bytes) -> int | None:
        row = self._execute("SELECT payload_type FROM transactions WHERE message_id = ?", (message_id,)).fetchone()
        return int(row[0]) if row else None

    def latest(self, command_id: bytes) -> Transaction | None:
        row = self._execute(
            f"{_STEPS} WHERE t.command_id = ? AND NOT t.replaced ORDER BY t.number DESC LIMIT 1", (command_id,)
        ).fetchone()
        return _transaction(row) if row else None

    def steps(self, command_id: bytes) -> Sequence[Transaction]:
        rows = self._execute(f"{_STEPS} WHERE t.command_id = ? ORDER BY t.number", (command_id,))
        return [_transaction(row) for row in rows]

    def count(self, command_id: bytes) -> int:
        (count,) = self._execute("SELECT count(*) FROM transactions WHERE command_id = ?", (command_id,)).fetchone()
        return int(count)

    def set_replaced(self, message_id: bytes) -> None:
        self._execute("UPDATE transactions SET replaced = 1 WHERE message_id = ?", (message_id,))

    def listed(self, chat_id: str | None, most: int) -> Sequence[Transaction]:
        where, values = ("", ()) if chat_id is None else (" AND t.chat_id = ?", (chat_id,))
        rows = self._execute(f"{_STEPS} WHERE NOT t.replaced{where} ORDER BY t.number DESC LIMIT ?", (*values, most))
        return [_transaction(row) for row in rows]

    # announcements

    def announcement(self, author: PublicKey, transaction_hash: str) -> Announcement | None:
        row = self._execute(
            f"SELECT {_ANNOUNCEMENT} FROM transaction_announcements WHERE author = ? AND transaction_hash = ?",
            (author.compressed, transaction_hash),
        ).fetchone()
        return _announcement(row) if row else None

    def announcements(self, author: PublicKey | None, most: int) -> Sequence[Announcement]:
        where, values = ("", ()) if author is None else (" WHERE author = ?", (author.compressed,))
        rows = self._execute(
            f"SELECT {_ANNOUNCEMENT} FROM transaction_announcements{where} ORDER BY number DESC LIMIT ?",
            (*values, most),
        )
        return [_announcement(row) for row in rows]

    def announced(self, transaction_hash: str) -> Sequence[Announcement]:
        rows = self._execute(
            f"SELECT {_ANNOUNCEMENT} FROM transaction_announcements WHERE state = 1 AND transaction_hash = ?"
            " ORDER BY number",
            (transaction_hash,),
        )
        return [_announcement(row) for row in rows.fetchall()]

    def save_announcement(self, announcement: Announcement) -> None:
        it = announcement
        self._execute(
            f"INSERT INTO transaction_announcements ({_ANNOUNCEMENT}, chat_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (author, transaction_hash) DO UPDATE SET state = excluded.state, problem = excluded.problem,"
            " answers = excluded.answers, due = excluded.due",
            (
                *(it.message_id, it.author.compressed, it.clock, it.received_ms, it.transaction_hash, it.signature),
                *(it.state, it.command_id, it.forward_secrecy, it.problem, it.answers, it.due, it.chat_id),
            ),
        )

    def due(self, now: float, pause: float, most: int, *, known: bool) -> Sequence[str]:
        rows = self._execute(
            "SELECT transaction_hash FROM transaction_announcements"
            f" WHERE state = 1 AND NOT due BETWEEN ? AND ? AND {_KNOWN}"
            " GROUP BY transaction_hash ORDER BY min(due), min(number) LIMIT ?",
            (now + _MOMENT, now + pause, known, most),
        )
        return [transaction_hash for (transaction_hash,) in rows]

    def next_due(self) -> float | None:
        (due,) = self._execute("SELECT min(due) FROM transaction_announcements WHERE state = 1").fetchone()
        return None if due is None else float(due)

    def held(self, *, known: bool) -> Sequence[tuple[bytes, int]]:
        rows = self._execute(f"SELECT message_id, 1 FROM transaction_announcements WHERE {_KNOWN}", (known,))
        return [(message_id, size) for message_id, size in rows]

    def trim_announcements(self, author: PublicKey, most: int) -> None:
        self._execute(
            "DELETE FROM transaction_announcements WHERE number IN (SELECT number FROM transaction_announcements"
            " WHERE author = ? ORDER BY state = 1 DESC, number DESC LIMIT -1 OFFSET ?)",
            (author.compressed, most),
        )

    def forget_announcements(self, message_ids: Sequence[bytes]) -> None:
        self._executemany("DELETE FROM transaction_announcements WHERE message_id = ?", _each(message_ids))

    def is_received(self, transaction_hash: str) -> bool:
        row = self._execute("SELECT 1 FROM transactions_received WHERE transaction_hash = ?", (transaction_hash,))
        return row.fetchone() is not None

    def note_received(self, transaction_hash: str, most: int) -> None:
        number = self._execute(
            "INSERT INTO transactions_received (transaction_hash) VALUES (?)", (transaction_hash,)
        ).lastrowid
        self._execute("DELETE FROM transactions_received WHERE number <= ?", (number - most,))


_MOMENT = 0.001
"""Seconds in the future that are now: of a sum of fractions the last bit may differ."""


def _each(message_ids: Iterable[bytes]) -> list[tuple[bytes]]:
    return [(message_id,) for message_id in message_ids]


def _transaction(row: tuple[Any, ...]) -> Transaction:
    message_id, command_id, chat_id, author, clock, state, value, *texts, replaces, replaced, as_asked = row
    contract, address, from_address, transaction_hash, signature = texts
    return Transaction(
        message_id,
        command_id,
        chat_id,
        PublicKey.from_bytes(author),
        clock,
        TransactionState(state),
        int(value) if value else None,
        contract,
        address,
        from_address,
        transaction_hash,
        signature,
        replaces,
        bool(replaced),
        None if as_asked is None else bool(as_asked),
    )


def _announcement(row: tuple[Any, ...]) -> Announcement:
    message_id, author, clock, received_ms, transaction_hash, signature, state, command_id, secret, *rest = row
    return Announcement(
        message_id,
        PublicKey.from_bytes(author),
        clock,
        received_ms,
        transaction_hash,
        signature,
        AnnouncementState(state),
        command_id,
        bool(secret),
        *rest,
    )
