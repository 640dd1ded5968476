"""Data sync's stores for tests: one in memory, and the real one on an in-memory database."""

from __future__ import annotations

import bisect
import copy
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.datasync.store import Peer, Record, RecordType, SyncStore
from pystatus.storage.database import Database
from pystatus.storage.datasync import SqlSyncStore
from pystatus.storage.schema import migrate

Name = tuple[bytes, bytes]
"""Peer and message id."""


class SnapshotSyncStore(SyncStore, Protocol):
    """A store whose whole contents can be looked at, and put back as they were: a rollback."""

    def snapshot(self) -> Any: ...
    def restore(self, snapshot: Any) -> None: ...


@dataclass
class Tables:
    peers: dict[bytes, Peer] = field(default_factory=dict)
    records: dict[Name, Record] = field(default_factory=dict)
    numbers: dict[Name, int] = field(default_factory=dict)
    bodies: dict[Name, bytes] = field(default_factory=dict)
    known: dict[Name, float] = field(default_factory=dict)
    acks: dict[Name, bool] = field(default_factory=dict)


class MemorySyncStore:
    """The port on dictionaries, and one sorted list of deadlines for each peer."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._number = 0
        self._deadlines: dict[bytes, list[tuple[float, int, bytes]]] = {}

    def snapshot(self) -> Tables:
        return replace(self.tables, **{f.name: copy.copy(getattr(self.tables, f.name)) for f in fields(Tables)})

    def restore(self, snapshot: Tables) -> None:
        self.tables = replace(snapshot, **{f.name: copy.copy(getattr(snapshot, f.name)) for f in fields(Tables)})
        self._deadlines = {}
        for record in self.tables.records.values():
            self._enter(record)

    def _enter(self, record: Record) -> None:
        if record.deadline is not None:
            entry = (record.deadline, self.tables.numbers[record.peer, record.message_id], record.message_id)
            bisect.insort(self._deadlines.setdefault(record.peer, []), entry)

    def _leave(self, record: Record) -> None:
        if record.deadline is not None:
            deadlines = self._deadlines[record.peer]
            entry = (record.deadline, self.tables.numbers[record.peer, record.message_id], record.message_id)
            del deadlines[bisect.bisect_left(deadlines, entry)]

    # peers

    def peer(self, identity: bytes) -> Peer | None:
        return self.tables.peers.get(identity)

    def save_peer(self, peer: Peer) -> None:
        self.tables.peers[peer.identity] = peer

    def _by_due_time(self) -> list[tuple[float, bytes]]:
        return sorted((peer.due_at, peer.identity) for peer in self.tables.peers.values() if peer.due_at is not None)

    def due_peers(self, now: float) -> Sequence[bytes]:
        return [identity for due_at, identity in self._by_due_time() if due_at <= now]

    def peers_due_after(self, time: float) -> Sequence[bytes]:
        return [identity for due_at, identity in self._by_due_time() if due_at > time]

    def next_due(self) -> float | None:
        return next((due_at for due_at, _ in self._by_due_time()), None)

    def forget_peer(self, identity: bytes) -> None:
        self.remove_records(identity, [message_id for owner, message_id in self.tables.records if owner == identity])
        self.take_acks(identity, len(self.tables.acks))
        self.tables.peers.pop(identity, None)

    # records

    def add_record(self, record: Record, wire: bytes | None) -> None:
        name = (record.peer, record.message_id)
        assert name not in self.tables.records
        self._number += 1
        self.tables.records[name] = record
        self.tables.numbers[name] = self._number
        if wire is not None:
            self.tables.bodies[name] = wire
        self._enter(record)

    def records(self, peer: bytes, ids: Sequence[bytes]) -> Sequence[Record]:
        found = (self.tables.records.get((peer, message_id)) for message_id in dict.fromkeys(ids))
        return [record for record in found if record is not None]

    def tagged_records(self, tag: bytes) -> Sequence[Record]:
        return [record for record in self.tables.records.values() if record.tag == tag]

    def due_records(self, peer: bytes, until: float) -> Iterator[tuple[Record, bytes]]:
        for deadline, _, message_id in self._deadlines.get(peer, []):
            if deadline > until:
                return
            record = self.tables.records[peer, message_id]
            yield record, self.tables.bodies[peer, message_id] if record.type is RecordType.MESSAGE else b""

    def update_records(self, records: Collection[Record]) -> None:
        for record in records:
            name = (record.peer, record.message_id)
            old = self.tables.records[name]
            self._leave(old)
            self.tables.records[name] = new = replace(
                old, type=record.type, send_count=record.send_count, deadline=record.deadline
            )
            self._enter(new)

    def remove_records(self, peer: bytes, ids: Sequence[bytes]) -> None:
        for record in self.records(peer, ids):
            self._leave(record)
            name = (peer, record.message_id)
            del self.tables.records[name], self.tables.numbers[name]
            self.tables.bodies.pop(name, None)

    def drop_bodies(self, peer: bytes, ids: Sequence[bytes]) -> None:
        for message_id in ids:
            self.tables.bodies.pop((peer, message_id), None)

    def next_deadline(self, peer: bytes) -> float | None:
        return next((deadline for deadline, _, _ in self._deadlines.get(peer, [])), None)

    def _of_peer(self, peer: bytes) -> list[Record]:
        return [self.tables.records[peer, message_id] for _, _, message_id in self._deadlines.get(peer, [])]

    def lower_deadlines(self, peer: bytes, to: float) -> None:
        self.update_records([replace(r, deadline=to) for r in self._of_peer(peer) if (r.deadline or 0) > to])

    def bring_forward(self, peer: bytes, now: float, soon: float, most: int) -> None:
        later = [record for record in self._of_peer(peer) if (record.deadline or 0) > now and record.send_count < most]
        self.update_records(
            [
                replace(
                    record,
                    deadline=min(
                        record.deadline or 0,
                        now if record.send_count > 1 and record.type is not RecordType.REQUEST else soon,
                    ),
                )
                for record in later
            ]
        )

    def begin_anew(self, peer: bytes, now: float) -> None:
        pending = [(record, record.deadline) for record in self._of_peer(peer)]
        self.update_records(
            [
                replace(
                    record,
                    deadline=min(deadline, now),
                    send_count=record.send_count if record.type is RecordType.REQUEST else 0,
                )
                for record, deadline in pending
                if deadline is not None
            ]
        )

    def hold_repetitions(self, peer: bytes, after: float, to: float) -> None:
        self.update_records(
            [replace(r, deadline=to) for r in self._of_peer(peer) if r.send_count and after < (r.deadline or 0) < to]
        )

    def count_requests(self, peer: bytes | None) -> int:
        return sum(
            record.type is RecordType.REQUEST and peer in (None, record.peer) for record in self.tables.records.values()
        )

    # known ids

    def holds(self, peer: bytes, message_id: bytes) -> bool:
        return (peer, message_id) in self.tables.known or (peer, message_id) in self.tables.records

    def known(self, peer: bytes, ids: Sequence[bytes]) -> set[bytes]:
        return {message_id for message_id in ids if (peer, message_id) in self.tables.known}

    def add_known(self, peer: bytes, ids: Sequence[bytes], now: float) -> None:
        for message_id in ids:
            assert (peer, message_id) not in self.tables.known
            self.tables.known[peer, message_id] = now

    # acknowledgements

    def add_acks(self, peer: bytes, ids: Sequence[bytes], *, again: bool) -> None:
        for message_id in ids:
            self.tables.acks.setdefault((peer, message_id), again)

    def take_acks(self, peer: bytes, limit: int) -> Sequence[bytes]:
        mine = [(again, message_id) for (owner, message_id), again in self.tables.acks.items() if owner == peer]
        taken = [message_id for _, message_id in sorted(mine, key=lambda entry: entry[0])][:limit]
        for message_id in taken:
            del self.tables.acks[peer, message_id]
        return taken

    # housekeeping

    def prune(self, before: float, max_known: int, max_idle_peers: int) -> None:
        tables = self.tables
        for name, known_at in list(tables.known.items()):
            if known_at >= before:
                break
            del tables.known[name]
        for name in list(tables.known)[: max(0, len(tables.known) - max_known)]:
            del tables.known[name]
        for record in list(tables.records.values()):
            if record.deadline is None and record.added_at < before:
                self.remove_records(record.peer, [record.message_id])
        busy = {owner for owner, _ in tables.records}
        idle = sorted(
            (-max(peer.heard_at, peer.sent_at), peer.identity)
            for peer in tables.peers.values()
            if peer.due_at is None and not peer.opted_in and peer.identity not in busy
        )
        for place, (silent, identity) in enumerate(idle):
            if place >= max_idle_peers or -silent < before:
                del tables.peers[identity]


class SqlSnapshotSyncStore(SqlSyncStore):
    """The real store with a plain in-memory database of its own."""

    def __init__(self) -> None:
        self.connection = sqlcipher.connect(":memory:", isolation_level=None, cached_statements=256)
        self.connection.execute("PRAGMA foreign_keys = ON")
        migrate(self.connection)
        self.database = Database(self.connection)
        super().__init__(self.database)

    def snapshot(self) -> dict[str, list[tuple[Any, ...]]]:
        return {name: sorted(self.connection.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}

    def restore(self, snapshot: dict[str, list[tuple[Any, ...]]]) -> None:
        self.database.memory.forget()
        for name in reversed(TABLES):
            self.connection.execute(f"DELETE FROM {name}")
        for name in TABLES:
            for row in snapshot[name]:
                self.connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)


TABLES = ("sync_peers", "sync_records", "sync_bodies", "sync_known", "sync_acks")

STORES: dict[str, Callable[[], SnapshotSyncStore]] = {"memory": MemorySyncStore, "sqlcipher": SqlSnapshotSyncStore}
