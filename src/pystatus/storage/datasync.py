"""Data sync's storage port on the profile database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pystatus.datasync.store import Peer, Record, RecordType
from pystatus.storage.database import REMOVED_AT_ONCE, Database
from pystatus.storage.id_lists import chunks, marks
from pystatus.storage.memory import Remembered

_PEER = (
    "identity, due_at, acks_due_at, sent_at, heard_at, syncs, unanswered, rounds, retry_at, opted_in, own_head,"
    " peer_head"
)
_RECORD = "peer, message_id, type, send_count, deadline, added_at, ephemeral, tag"
_QUALIFIED = ", ".join(f"r.{name}" for name in _RECORD.split(", "))


class SqlSyncStore:
    """Implements :class:`~pystatus.datasync.store.SyncStore` on an open database. Beginning and ending transactions is
    the caller's business."""

    def __init__(self, database: Database) -> None:
        self._execute = database.connection.execute
        self._executemany = database.connection.executemany
        self._peers: Remembered[bytes, Peer] = database.memory.of("sync_peers")
        self._surplus_until: int | None = None
        """The number of the last id that is one too many, while some of these are left: it takes long to find."""

    # peers

    def peer(self, identity: bytes) -> Peer | None:
        known = self._peers.get(identity)
        if known is not None:
            return known
        row = self._execute(f"SELECT {_PEER} FROM sync_peers WHERE identity = ?", (identity,)).fetchone()
        if row is None:
            return None
        _, due_at, acks_due_at, sent_at, heard_at, syncs, unanswered, rounds, retry_at, opted_in, *heads = row
        peer = Peer(
            identity,
            due_at,
            acks_due_at,
            sent_at,
            heard_at,
            bool(syncs),
            unanswered,
            rounds,
            retry_at,
            bool(opted_in),
            *heads,
        )
        self._peers.keep(identity, peer)
        return peer

    def save_peer(self, peer: Peer) -> None:
        self._execute(
            f"INSERT OR REPLACE INTO sync_peers ({_PEER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                peer.identity,
                peer.due_at,
                peer.acks_due_at,
                peer.sent_at,
                peer.heard_at,
                peer.syncs,
                peer.unanswered,
                peer.rounds,
                peer.retry_at,
                peer.opted_in,
                peer.own_head,
                peer.peer_head,
            ),
        )
        self._peers.keep(peer.identity, peer)

    def due_peers(self, now: float) -> Sequence[bytes]:
        rows = self._execute("SELECT identity FROM sync_peers WHERE due_at <= ? ORDER BY due_at, identity", (now,))
        return [identity for (identity,) in rows]

    def peers_due_after(self, time: float) -> Sequence[bytes]:
        rows = self._execute("SELECT identity FROM sync_peers WHERE due_at > ? ORDER BY due_at, identity", (time,))
        return [identity for (identity,) in rows]

    def next_due(self) -> float | None:
        (due_at,) = self._execute("SELECT MIN(due_at) FROM sync_peers").fetchone()
        return due_at if due_at is None else float(due_at)

    def forget_peer(self, identity: bytes) -> None:
        self._peers.pop(identity, None)
        self._execute("DELETE FROM sync_records WHERE peer = ?", (identity,))
        self._execute("DELETE FROM sync_acks WHERE peer = ?", (identity,))
        self._execute("DELETE FROM sync_peers WHERE identity = ?", (identity,))

    # records

    def add_record(self, record: Record, wire: bytes | None) -> None:
        number = self._execute(
            f"INSERT INTO sync_records ({_RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.peer,
                record.message_id,
                int(record.type),
                record.send_count,
                record.deadline,
                record.added_at,
                record.ephemeral,
                record.tag,
            ),
        ).lastrowid
        if wire is not None:
            self._execute("INSERT INTO sync_bodies (number, wire) VALUES (?, ?)", (number, wire))

    def records(self, peer: bytes, ids: Sequence[bytes]) -> Sequence[Record]:
        found: list[Record] = []
        for chunk in chunks(ids):
            found += map(
                _record,
                self._execute(
                    f"SELECT {_RECORD} FROM sync_records WHERE peer = ? AND message_id IN ({marks(chunk)})",
                    (peer, *chunk),
                ),
            )
        return found

    def tagged_records(self, tag: bytes) -> Sequence[Record]:
        return [_record(row) for row in self._execute(f"SELECT {_RECORD} FROM sync_records WHERE tag = ?", (tag,))]

    def due_records(self, peer: bytes, until: float) -> Iterator[tuple[Record, bytes]]:
        rows = self._execute(
            f"SELECT {_QUALIFIED}, b.wire FROM sync_records r"
            f" LEFT JOIN sync_bodies b ON b.number = r.number AND r.type = {RecordType.MESSAGE:d}"
            " WHERE r.peer = ? AND r.deadline <= ? ORDER BY r.deadline, r.number",
            (peer, until),
        )
        try:
            for *row, wire in rows:
                yield _record(row), wire or b""
        finally:
            rows.close()

    def update_records(self, records: Collection[Record]) -> None:
        self._executemany(
            "UPDATE sync_records SET type = ?, send_count = ?, deadline = ? WHERE peer = ? AND message_id = ?",
            [
                (int(record.type), record.send_count, record.deadline, record.peer, record.message_id)
                for record in records
            ],
        )

    def remove_records(self, peer: bytes, ids: Sequence[bytes]) -> None:
        for chunk in chunks(ids):
            self._execute(f"DELETE FROM sync_records WHERE peer = ? AND message_id IN ({marks(chunk)})", (peer, *chunk))

    def drop_bodies(self, peer: bytes, ids: Sequence[bytes]) -> None:
        for chunk in chunks(ids):
            self._execute(
                "DELETE FROM sync_bodies WHERE number IN (SELECT number FROM sync_records"
                f" WHERE peer = ? AND message_id IN ({marks(chunk)}))",
                (peer, *chunk),
            )

    def next_deadline(self, peer: bytes) -> float | None:
        (deadline,) = self._execute("SELECT MIN(deadline) FROM sync_records WHERE peer = ?", (peer,)).fetchone()
        return deadline if deadline is None else float(deadline)

    def lower_deadlines(self, peer: bytes, to: float) -> None:
        self._execute("UPDATE sync_records SET deadline = ? WHERE peer = ? AND deadline > ?", (to, peer, to))

    def bring_forward(self, peer: bytes, now: float, soon: float, most: int) -> None:
        self._execute(
            "UPDATE sync_records SET deadline ="
            f" MIN(deadline, CASE WHEN send_count > 1 AND type <> {RecordType.REQUEST:d} THEN ? ELSE ? END)"
            " WHERE peer = ? AND deadline > ? AND send_count < ?",
            (now, soon, peer, now, most),
        )

    def begin_anew(self, peer: bytes, now: float) -> None:
        self._execute(
            "UPDATE sync_records SET deadline = MIN(deadline, ?),"
            f" send_count = CASE type WHEN {RecordType.REQUEST:d} THEN send_count ELSE 0 END"
            " WHERE peer = ? AND deadline IS NOT NULL",
            (now, peer),
        )

    def hold_repetitions(self, peer: bytes, after: float, to: float) -> None:
        self._execute(
            "UPDATE sync_records SET deadline = ? WHERE peer = ? AND deadline > ? AND deadline < ? AND send_count > 0",
            (to, peer, after, to),
        )

    def count_requests(self, peer: bytes | None) -> int:
        one = ("", ()) if peer is None else (" AND peer = ?", (peer,))
        (count,) = self._execute(
            f"SELECT COUNT(*) FROM sync_records WHERE type = {RecordType.REQUEST:d}{one[0]}", one[1]
        ).fetchone()
        return int(count)

    # known ids

    def holds(self, peer: bytes, message_id: bytes) -> bool:
        row = self._execute(
            "SELECT 1 FROM sync_known WHERE peer = ?1 AND message_id = ?2"
            " UNION ALL SELECT 1 FROM sync_records WHERE peer = ?1 AND message_id = ?2 LIMIT 1",
            (peer, message_id),
        ).fetchone()
        return row is not None

    def known(self, peer: bytes, ids: Sequence[bytes]) -> set[bytes]:
        found: set[bytes] = set()
        for chunk in chunks(ids):
            rows = self._execute(
                f"SELECT message_id FROM sync_known WHERE peer = ? AND message_id IN ({marks(chunk)})",
                (peer, *chunk),
            )
            found.update(message_id for (message_id,) in rows)
        return found

    def add_known(self, peer: bytes, ids: Sequence[bytes], now: float) -> None:
        self._executemany(
            "INSERT INTO sync_known (peer, message_id, known_at) VALUES (?, ?, ?)",
            [(peer, message_id, now) for message_id in ids],
        )

    # acknowledgements

    def add_acks(self, peer: bytes, ids: Sequence[bytes], *, again: bool) -> None:
        self._executemany(
            "INSERT INTO sync_acks (peer, message_id, again) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(peer, message_id, again) for message_id in ids],
        )

    def take_acks(self, peer: bytes, limit: int) -> Sequence[bytes]:
        rows = self._execute(
            "SELECT number, message_id FROM sync_acks WHERE peer = ? ORDER BY again, number LIMIT ?", (peer, limit)
        ).fetchall()
        if len(rows) == limit:
            self._executemany("DELETE FROM sync_acks WHERE number = ?", [(number,) for number, _ in rows])
        elif rows:
            self._execute("DELETE FROM sync_acks WHERE peer = ?", (peer,))
        return [message_id for _, message_id in rows]

    # housekeeping

    def prune(self, before: float, max_known: int, max_idle_peers: int) -> None:
        self._peers.clear()
        # Ids are noted in the order of their numbers, so the old ones are a run at the beginning.
        self._execute(
            "WITH oldest AS (SELECT number, known_at FROM sync_known ORDER BY number LIMIT ?)"
            " DELETE FROM sync_known WHERE number IN (SELECT number FROM oldest WHERE number <"
            " COALESCE((SELECT MIN(number) FROM oldest WHERE known_at >= ?), 1 << 62))",
            (REMOVED_AT_ONCE, before),
        )
        self._remove_surplus(max_known)
        self._execute("DELETE FROM sync_records WHERE deadline IS NULL AND added_at < ?", (before,))
        idle = (
            "FROM sync_peers p WHERE p.due_at IS NULL AND p.opted_in = 0"
            " AND NOT EXISTS (SELECT 1 FROM sync_records r WHERE r.peer = p.identity)"
        )
        self._execute(
            f"DELETE FROM sync_peers WHERE identity IN (SELECT identity {idle} AND MAX(heard_at, sent_at) < ?)",
            (before,),
        )
        self._execute(
            "DELETE FROM sync_peers WHERE identity IN"
            f" (SELECT identity {idle} ORDER BY MAX(heard_at, sent_at) DESC, identity LIMIT -1 OFFSET ?)",
            (max_idle_peers,),
        )

    def _remove_surplus(self, max_known: int) -> None:
        if self._surplus_until is None:
            found = self._execute(
                "SELECT number FROM sync_known ORDER BY number DESC LIMIT 1 OFFSET ?", (max_known,)
            ).fetchone()
            if found is None:
                return
            (self._surplus_until,) = found
        removed = self._execute(
            "DELETE FROM sync_known WHERE number IN"
            " (SELECT number FROM sync_known WHERE number <= ? ORDER BY number LIMIT ?)",
            (self._surplus_until, REMOVED_AT_ONCE),
        ).rowcount
        if removed < REMOVED_AT_ONCE:
            self._surplus_until = None


def _record(row: Sequence[Any]) -> Record:
    peer, message_id, kind, send_count, deadline, added_at, ephemeral, tag = row
    return Record(peer, message_id, _TYPES[kind], send_count, deadline, added_at, bool(ephemeral), tag)


_TYPES = tuple(RecordType)
