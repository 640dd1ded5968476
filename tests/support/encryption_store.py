"""The encryption layer's stores for tests: one in memory, and the real one on an in-memory database."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.secure_transport.ratchet import SkippedKey
from pystatus.secure_transport.store import EncryptionStore, Installation, OwnPreKey, Session
from pystatus.storage.database import Database
from pystatus.storage.encryption import SqlEncryptionStore
from pystatus.storage.schema import migrate


class SnapshotStore(EncryptionStore, Protocol):
    """A store whose whole contents can be looked at, and put back as they were: a rollback."""

    def snapshot(self) -> Any: ...
    def restore(self, snapshot: Any) -> None: ...


@dataclass
class _Tables:
    pre_keys: dict[tuple[str, bytes], tuple[OwnPreKey, float | None]] = field(default_factory=dict)
    installations: dict[tuple[bytes, str], Installation] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    last_session: int = 0
    skipped: dict[tuple[int, bytes, int], tuple[SkippedKey, float]] = field(default_factory=dict)
    past_chains: dict[tuple[int, bytes], int] = field(default_factory=dict)
    peers: set[bytes] = field(default_factory=set)
    ephemerals: dict[tuple[bytes, bytes], float] = field(default_factory=dict)


class MemoryEncryptionStore:
    """The port on dictionaries."""

    def __init__(self) -> None:
        self._tables = _Tables()

    def snapshot(self) -> _Tables:
        tables = self._tables
        return replace(tables, **{name: copy.copy(getattr(tables, name)) for name in tables.__dataclass_fields__})

    def restore(self, snapshot: _Tables) -> None:
        self._tables = replace(
            snapshot, **{name: copy.copy(getattr(snapshot, name)) for name in snapshot.__dataclass_fields__}
        )

    def own_pre_key(self, installation_id: str) -> OwnPreKey | None:
        for (owner, _), (pre_key, replaced_at) in self._tables.pre_keys.items():
            if owner == installation_id and replaced_at is None:
                return pre_key
        return None

    def own_pre_key_named(self, installation_id: str, public: bytes) -> OwnPreKey | None:
        pre_key, _ = self._tables.pre_keys.get((installation_id, public), (None, None))
        return pre_key

    def add_own_pre_key(self, installation_id: str, pre_key: OwnPreKey) -> None:
        for (owner, public), (old, replaced_at) in self._tables.pre_keys.items():
            if owner == installation_id and replaced_at is None:
                self._tables.pre_keys[owner, public] = (old, pre_key.created_at)
        self._tables.pre_keys[installation_id, pre_key.public] = (pre_key, None)

    def save_signed_bundle(self, installation_id: str, public: bytes, signed_bundle: bytes, signed_at: float) -> None:
        pre_key, replaced_at = self._tables.pre_keys[installation_id, public]
        signed = replace(pre_key, signed_bundle=signed_bundle, signed_at=signed_at)
        self._tables.pre_keys[installation_id, public] = (signed, replaced_at)

    def installations(self, identity: bytes) -> Sequence[Installation]:
        found = [entry for (owner, _), entry in self._tables.installations.items() if owner == identity]
        return sorted(found, key=lambda entry: (-entry.timestamp, entry.installation_id))

    def save_installation(self, installation: Installation) -> None:
        self._tables.installations[installation.identity, installation.installation_id] = installation

    def drop_installation(self, identity: bytes, installation_id: str) -> None:
        self._tables.installations.pop((identity, installation_id), None)

    def sessions(self, identity: bytes, installation_id: str, bundle_ids: Sequence[bytes]) -> Sequence[Session]:
        found = [
            session
            for session in self._tables.sessions.values()
            if (session.identity, session.installation_id) == (identity, installation_id)
            and session.bundle_id in bundle_ids
        ]
        return sorted(found, key=lambda session: (-session.used_at, -session.id))

    def add_session(self, session: Session) -> int:
        self._tables.last_session += 1
        self._tables.sessions[self._tables.last_session] = replace(session, id=self._tables.last_session)
        return self._tables.last_session

    def save_session(self, session: Session) -> None:
        assert session.id in self._tables.sessions
        self._tables.sessions[session.id] = session

    def drop_old_sessions(self, identity: bytes, keep: int, protected: int) -> None:
        others = [
            session
            for session in self._tables.sessions.values()
            if session.identity == identity and session.id != protected
        ]
        for session in sorted(others, key=lambda session: (-session.used_at, -session.id))[keep - 1 :]:
            del self._tables.sessions[session.id]
            for name in [name for name in self._tables.skipped if name[0] == session.id]:
                del self._tables.skipped[name]
            for chain in [chain for chain in self._tables.past_chains if chain[0] == session.id]:
                del self._tables.past_chains[chain]

    def skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> SkippedKey | None:
        key, _ = self._tables.skipped.get((session_id, ratchet_key, n), (None, None))
        return key

    def add_skipped_keys(self, session_id: int, keys: Sequence[SkippedKey], now: float) -> None:
        for key in keys:
            assert (session_id, key.ratchet_key, key.n) not in self._tables.skipped
            self._tables.skipped[session_id, key.ratchet_key, key.n] = (key, now)

    def drop_skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> None:
        del self._tables.skipped[session_id, ratchet_key, n]

    def trim_session(self, session_id: int, keep: int, oldest_seq: int) -> None:
        seqs = sorted((key.seq for (owner, _, _), (key, _) in self._tables.skipped.items() if owner == session_id))
        limit = max([oldest_seq, *seqs[: max(0, len(seqs) - keep)]])
        for name, (key, _) in list(self._tables.skipped.items()):
            if name[0] == session_id and key.seq <= limit:
                del self._tables.skipped[name]
        for chain, seq in list(self._tables.past_chains.items()):
            if chain[0] == session_id and seq <= oldest_seq:
                del self._tables.past_chains[chain]

    def limit_skipped_keys(self, identity: bytes, keep: int) -> None:
        held = sorted(
            (stored_at, name[0], key.seq, name)
            for name, (key, stored_at) in self._tables.skipped.items()
            if self._tables.sessions[name[0]].identity == identity
        )
        for entry in held[: max(0, len(held) - keep)]:
            del self._tables.skipped[entry[3]]

    def share_skipped_keys(self, total: int) -> None:
        while len(self._tables.skipped) > total:
            held: dict[bytes, list[tuple[float, int, int, tuple[int, bytes, int]]]] = {}
            for name, (key, stored_at) in self._tables.skipped.items():
                identity = self._tables.sessions[name[0]].identity
                held.setdefault(identity, []).append((stored_at, name[0], key.seq, name))
            most = min(held.items(), key=lambda item: (-len(item[1]), item[0]))[1]
            for entry in sorted(most)[: len(self._tables.skipped) - total]:
                del self._tables.skipped[entry[3]]

    def is_past_chain(self, session_id: int, ratchet_key: bytes) -> bool:
        return (session_id, ratchet_key) in self._tables.past_chains

    def add_past_chain(self, session_id: int, ratchet_key: bytes, seq: int) -> None:
        assert (session_id, ratchet_key) not in self._tables.past_chains
        self._tables.past_chains[session_id, ratchet_key] = seq

    def remember_peer(self, identity: bytes) -> bool:
        if identity in self._tables.peers:
            return False
        self._tables.peers.add(identity)
        return True

    def peers(self) -> Sequence[bytes]:
        return sorted(self._tables.peers)

    def remember_ephemeral(self, identity: bytes, key: bytes, now: float, keep: int) -> bool:
        if (identity, key) in self._tables.ephemerals:
            return False
        self._tables.ephemerals[identity, key] = now
        mine = [name for name in self._tables.ephemerals if name[0] == identity]
        for name in mine[: max(0, len(mine) - keep)]:
            del self._tables.ephemerals[name]
        return True

    def forget_ratchets(self) -> None:
        for table in (
            self._tables.pre_keys,
            self._tables.sessions,
            self._tables.skipped,
            self._tables.past_chains,
        ):
            table.clear()

    def prune(self, before: float) -> None:
        for name, (_, replaced_at) in list(self._tables.pre_keys.items()):
            if replaced_at is not None and replaced_at < before:
                del self._tables.pre_keys[name]
        for ephemeral, seen_at in list(self._tables.ephemerals.items()):
            if seen_at < before:
                del self._tables.ephemerals[ephemeral]
        for skipped, (_, stored_at) in list(self._tables.skipped.items()):
            if stored_at < before:
                del self._tables.skipped[skipped]


class SqlSnapshotStore(SqlEncryptionStore):
    """The real store with a plain in-memory database of its own."""

    def __init__(self) -> None:
        self.connection = sqlcipher.connect(":memory:", isolation_level=None)
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


TABLES = (
    "own_pre_keys",
    "installations",
    "ratchet_sessions",
    "skipped_keys",
    "past_chains",
    "negotiated_peers",
    "seen_ephemeral_keys",
)

STORES: dict[str, Callable[[], SnapshotStore]] = {"memory": MemoryEncryptionStore, "sqlcipher": SqlSnapshotStore}
