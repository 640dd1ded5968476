"""What each other device of the account was sent, in the profile database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

from pystatus.messenger.device_journal import HERE, DeviceJournal, Item, ItemKind, ItemState, MessageSignature
from pystatus.messenger.features.device_sync import DeviceSync
from pystatus.storage.features.tables import FeatureTables

SIGNATURE_BYTES = 120
"""About what the database takes for a signature, index included."""
ROOM = 7 / 8
"""The share of a bound that is kept when it is exceeded: so room is made once for many."""

_INSERT = (
    "INSERT INTO device_items (device, kind, key, queued_ms, version, size, state, sync_id, attempts, due_s)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ITEM = "device, kind, key, queued_ms, version, size, state, sync_id, attempts, due_s, number"


class SqlDeviceJournal(FeatureTables, DeviceJournal):
    """Implements :class:`~pystatus.messenger.device_journal.DeviceJournal`."""

    NAME = "device_sync"
    FEATURE = DeviceSync
    TABLES = ("device_items", "message_signatures")
    STEPS = (
        """
        CREATE TABLE device_items (
            number INTEGER PRIMARY KEY,
            device TEXT NOT NULL,           -- installation id
            kind INTEGER NOT NULL,
            key BLOB NOT NULL,
            queued_ms INTEGER NOT NULL,
            version INTEGER NOT NULL,
            size INTEGER NOT NULL,
            state INTEGER NOT NULL,
            sync_id BLOB NOT NULL,
            attempts INTEGER NOT NULL,
            due_s REAL,
            UNIQUE (device, kind, key)
        ) STRICT;
        CREATE INDEX device_items_by_state ON device_items (device, state, number);
        CREATE INDEX device_items_by_sync_id ON device_items (sync_id) WHERE sync_id <> x'';
        CREATE TABLE message_signatures (
            number INTEGER PRIMARY KEY,
            message_id BLOB NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
            known INTEGER NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;
        CREATE INDEX message_signatures_by_known ON message_signatures (known, number)
        """,
        # By the number of the message, which grows: each message in a burst changes the same page, and not one of all.
        """
        DROP INDEX message_signatures_by_known;
        ALTER TABLE message_signatures RENAME TO former_signatures;
        CREATE TABLE message_signatures (
            number INTEGER PRIMARY KEY REFERENCES messages (number) ON DELETE CASCADE,
            known INTEGER NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;
        INSERT INTO message_signatures
        SELECT m.number, s.known, s.signature FROM former_signatures AS s JOIN messages AS m ON m.id = s.message_id
        ORDER BY m.number;
        DROP TABLE former_signatures;
        CREATE INDEX message_signatures_by_known ON message_signatures (known, number)
        """,
    )
    OF_MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = MappingProxyType(
        {("message_signatures", "number"): str(SIGNATURE_BYTES)}
    )

    def note(self, item: Item) -> bool:
        """See :class:`~pystatus.messenger.device_journal.DeviceJournal`, as of the others."""
        cursor = self._execute(
            f"{_INSERT} ON CONFLICT (device, kind, key) DO UPDATE SET queued_ms = excluded.queued_ms,"
            " version = excluded.version, size = excluded.size, state = excluded.state, sync_id = excluded.sync_id,"
            " attempts = excluded.attempts, due_s = excluded.due_s WHERE excluded.version > version",
            _values(item),
        )
        return bool(cursor.rowcount == 1)

    def note_arrived(self, item: Item) -> None:
        self._execute(
            f"{_INSERT} ON CONFLICT (device, kind, key) DO UPDATE SET version = excluded.version, state = ?,"
            " due_s = NULL WHERE excluded.version >= version",
            (*_values(replace(item, state=ItemState.ARRIVED)), ItemState.ARRIVED),
        )

    def version(self, device: str, kind: ItemKind, key: bytes) -> int:
        row = self._execute(
            "SELECT version FROM device_items WHERE device = ? AND kind = ? AND key = ?", (device, kind, key)
        ).fetchone()
        return int(row[0]) if row else 0

    def save(self, item: Item) -> None:
        self._execute(
            "UPDATE device_items SET queued_ms = ?, version = ?, size = ?, state = ?, sync_id = ?, attempts = ?,"
            " due_s = ? WHERE number = ?",
            (*_values(item)[3:], item.number),
        )

    def remove(self, number: int) -> None:
        self._execute("DELETE FROM device_items WHERE number = ?", (number,))

    def first_waiting(self, device: str) -> Item | None:
        row = self._execute(
            f"SELECT {_ITEM} FROM device_items WHERE device = ? AND state = ? ORDER BY number LIMIT 1",
            (device, ItemState.WAITING),
        ).fetchone()
        return _item(row) if row else None

    def in_flight(self, device: str) -> tuple[int, int]:
        count, size = self._execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM device_items WHERE device = ? AND state = ?",
            (device, ItemState.SENT),
        ).fetchone()
        return int(count), int(size)

    def to_repeat(self, device: str, now: float, most: int) -> Sequence[Item]:
        rows = self._execute(
            f"SELECT {_ITEM} FROM device_items WHERE device = ? AND state = ? AND due_s <= ?"
            " ORDER BY due_s, number LIMIT ?",
            (device, ItemState.SENT, now, most),
        )
        return [_item(row) for row in rows]

    def next_due(self, device: str) -> float | None:
        (due_s,) = self._execute(
            "SELECT min(due_s) FROM device_items WHERE device = ? AND state = ?", (device, ItemState.SENT)
        ).fetchone()
        return None if due_s is None else float(due_s)

    def sent_as(self, device: str, sync_ids: Sequence[bytes]) -> Sequence[Item]:
        found = []
        for sync_id in sync_ids:
            rows = self._execute(
                f"SELECT {_ITEM} FROM device_items WHERE sync_id = ? AND sync_id <> x'' AND device = ?",
                (sync_id, device),
            )
            found += [_item(row) for row in rows]
        return found

    def has_answered(self, device: str) -> bool:
        row = self._execute(
            "SELECT 1 FROM device_items WHERE device = ? AND state = ? AND sync_id <> x'' LIMIT 1",
            (device, ItemState.ARRIVED),
        ).fetchone()
        return row is not None

    def hurry(self, device: str, now: float, later_than: float) -> bool:
        cursor = self._execute(
            "UPDATE device_items SET due_s = ?, attempts = 1 WHERE device = ? AND state = ?"
            " AND (due_s IS NULL OR due_s > ?)",
            (now, device, ItemState.SENT, later_than),
        )
        return bool(cursor.rowcount)

    def try_again(self, device: str) -> int:
        cursor = self._execute(
            "UPDATE device_items SET state = ?, attempts = 0, due_s = NULL WHERE device = ? AND state IN (?, ?)",
            (ItemState.WAITING, device, ItemState.UNCONFIRMED, ItemState.REFUSED),
        )
        return int(cursor.rowcount)

    def counts(self, device: str) -> Mapping[ItemState, int]:
        rows = self._execute("SELECT state, count(*) FROM device_items WHERE device = ? GROUP BY state", (device,))
        return {ItemState(state): count for state, count in rows}

    def message_bytes(self, device: str) -> int:
        (size,) = self._execute(
            "SELECT coalesce(sum(size), 0) FROM device_items WHERE device = ? AND kind = ?", (device, ItemKind.MESSAGE)
        ).fetchone()
        return int(size)

    def trim(self, device: str, most: int) -> None:
        (held,) = self._execute("SELECT count(*) FROM device_items WHERE device = ?", (device,)).fetchone()
        if held > most:
            self._execute(
                "DELETE FROM device_items WHERE number IN (SELECT number FROM device_items"
                " WHERE device = ? AND state = ? AND kind = ? ORDER BY number LIMIT ?)",
                (device, ItemState.ARRIVED, ItemKind.MESSAGE, held - int(most * ROOM)),
            )

    def forget_others(self, devices: Iterable[str]) -> None:
        known = [HERE, *devices]
        places = ", ".join("?" * len(known))
        self._execute(f"DELETE FROM device_items WHERE device NOT IN ({places})", known)

    # signatures

    def keep_signatures(self, signatures: Sequence[MessageSignature]) -> int:
        cursor = self._executemany(
            "INSERT INTO message_signatures (number, known, signature)"
            " SELECT number, ?, ? FROM messages WHERE id = ? ON CONFLICT (number) DO NOTHING",
            [(one.known, one.signature, one.message_id) for one in signatures],
        )
        return int(cursor.rowcount)

    def signature(self, message_id: bytes) -> bytes | None:
        row = self._execute(
            "SELECT signature FROM message_signatures WHERE number = (SELECT number FROM messages WHERE id = ?)",
            (message_id,),
        ).fetchone()
        return bytes(row[0]) if row else None

    def trim_signatures(self, most: int) -> None:
        row = self._execute(
            "SELECT number FROM message_signatures WHERE known = 1 ORDER BY number DESC LIMIT 1 OFFSET ?", (most,)
        ).fetchone()
        if row is not None:
            self._execute("DELETE FROM message_signatures WHERE known = 1 AND number <= ?", row)


def _values(item: Item) -> tuple[Any, ...]:
    return (
        *(item.device, item.kind, item.key, item.queued_ms, item.version, item.size),
        *(item.state, item.sync_id, item.attempts, item.due_s),
    )


def _item(row: tuple[Any, ...]) -> Item:
    device, kind, key, queued_ms, version, size, state, *rest = row
    return Item(device, ItemKind(kind), key, queued_ms, version, size, ItemState(state), *rest)
