"""The encryption layer's storage port on the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pystatus.secure_transport.ratchet import RatchetState, SkippedKey
from pystatus.secure_transport.store import Installation, OwnPreKey, Session
from pystatus.storage.database import REMOVED_AT_ONCE, Database
from pystatus.storage.memory import Remembered

_PRE_KEY = "public, private, version, created_at, signed_bundle, signed_at"
_INSTALLATION = (
    "identity, installation_id, timestamp, enabled, protocol_version, pre_key, pre_key_version, pre_key_timestamp,"
    " answered"
)
_NAME = "identity, installation_id, bundle_id, ephemeral_key"
_STATE = (
    "own_private, own_public, remote, root_key, sending_key, sending_n, receiving_key, receiving_n, previous_n, derived"
)


class SqlEncryptionStore:
    """Implements :class:`~pystatus.secure_transport.store.EncryptionStore` on an open database. Beginning and ending
    transactions is the caller's business."""

    def __init__(self, database: Database) -> None:
        self._execute = database.connection.execute
        self._executemany = database.connection.executemany
        self._installations: Remembered[bytes, tuple[Installation, ...]] = database.memory.of("installations")

    # our own prekeys

    def own_pre_key(self, installation_id: str) -> OwnPreKey | None:
        row = self._execute(
            f"SELECT {_PRE_KEY} FROM own_pre_keys WHERE installation_id = ? AND replaced_at IS NULL", (installation_id,)
        ).fetchone()
        return OwnPreKey(*row) if row else None

    def own_pre_key_named(self, installation_id: str, public: bytes) -> OwnPreKey | None:
        row = self._execute(
            f"SELECT {_PRE_KEY} FROM own_pre_keys WHERE installation_id = ? AND public = ?", (installation_id, public)
        ).fetchone()
        return OwnPreKey(*row) if row else None

    def add_own_pre_key(self, installation_id: str, pre_key: OwnPreKey) -> None:
        self._execute(
            "UPDATE own_pre_keys SET replaced_at = ? WHERE installation_id = ? AND replaced_at IS NULL",
            (pre_key.created_at, installation_id),
        )
        self._execute(
            f"INSERT INTO own_pre_keys (installation_id, {_PRE_KEY}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                installation_id,
                pre_key.public,
                pre_key.private,
                pre_key.version,
                pre_key.created_at,
                pre_key.signed_bundle,
                pre_key.signed_at,
            ),
        )

    def save_signed_bundle(self, installation_id: str, public: bytes, signed_bundle: bytes, signed_at: float) -> None:
        self._execute(
            "UPDATE own_pre_keys SET signed_bundle = ?, signed_at = ? WHERE installation_id = ? AND public = ?",
            (signed_bundle, signed_at, installation_id, public),
        )

    # installations

    def installations(self, identity: bytes) -> Sequence[Installation]:
        known = self._installations.get(identity)
        if known is not None:
            return list(known)
        rows = self._execute(
            f"SELECT {_INSTALLATION} FROM installations WHERE identity = ? ORDER BY timestamp DESC, installation_id",
            (identity,),
        )
        found = [_installation(row) for row in rows]
        self._installations.keep(identity, tuple(found))
        return found

    def save_installation(self, installation: Installation) -> None:
        self._installations.pop(installation.identity, None)
        self._execute(
            f"INSERT OR REPLACE INTO installations ({_INSTALLATION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                installation.identity,
                installation.installation_id,
                installation.timestamp,
                installation.enabled,
                installation.protocol_version,
                installation.pre_key,
                installation.pre_key_version,
                installation.pre_key_timestamp,
                installation.answered,
            ),
        )

    def drop_installation(self, identity: bytes, installation_id: str) -> None:
        self._installations.pop(identity, None)
        self._execute(
            "DELETE FROM installations WHERE identity = ? AND installation_id = ?", (identity, installation_id)
        )

    # sessions

    def sessions(self, identity: bytes, installation_id: str, bundle_ids: Sequence[bytes]) -> Sequence[Session]:
        places = ", ".join("?" * len(bundle_ids))
        rows = self._execute(
            f"SELECT id, {_NAME}, shared_key, confirmed, used_at, {_STATE} FROM ratchet_sessions"
            f" WHERE identity = ? AND installation_id = ? AND bundle_id IN ({places}) ORDER BY used_at DESC, id DESC",
            (identity, installation_id, *bundle_ids),
        )
        return [_session(row) for row in rows]

    def add_session(self, session: Session) -> int:
        (session_id,) = self._execute(
            f"INSERT INTO ratchet_sessions ({_NAME}, shared_key, confirmed, used_at, {_STATE})"
            f" VALUES (?, ?, ?, ?, ?, ?, ?, {', '.join('?' * 10)}) RETURNING id",
            (
                session.identity,
                session.installation_id,
                session.bundle_id,
                session.ephemeral_key,
                session.shared_key,
                session.confirmed,
                session.used_at,
                *_state_values(session.state),
            ),
        ).fetchone()
        return int(session_id)

    def save_session(self, session: Session) -> None:
        self._execute(
            f"UPDATE ratchet_sessions SET (confirmed, used_at, {_STATE}) = (?, ?, {', '.join('?' * 10)}) WHERE id = ?",
            (session.confirmed, session.used_at, *_state_values(session.state), session.id),
        )

    def drop_old_sessions(self, identity: bytes, keep: int, protected: int) -> None:
        self._execute(
            "DELETE FROM ratchet_sessions WHERE id IN (SELECT id FROM ratchet_sessions WHERE identity = ? AND id <> ?"
            " ORDER BY used_at DESC, id DESC LIMIT -1 OFFSET ?)",
            (identity, protected, keep - 1),
        )

    # skipped keys and past chains

    def skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> SkippedKey | None:
        row = self._execute(
            "SELECT ratchet_key, n, message_key, seq FROM skipped_keys"
            " WHERE session_id = ? AND ratchet_key = ? AND n = ?",
            (session_id, ratchet_key, n),
        ).fetchone()
        return SkippedKey(*row) if row else None

    def add_skipped_keys(self, session_id: int, keys: Sequence[SkippedKey], now: float) -> None:
        self._executemany(
            "INSERT INTO skipped_keys (session_id, ratchet_key, n, message_key, seq, stored_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(session_id, key.ratchet_key, key.n, key.message_key, key.seq, now) for key in keys],
        )

    def drop_skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> None:
        self._execute(
            "DELETE FROM skipped_keys WHERE session_id = ? AND ratchet_key = ? AND n = ?", (session_id, ratchet_key, n)
        )

    def trim_session(self, session_id: int, keep: int, oldest_seq: int) -> None:
        self._execute(
            "DELETE FROM skipped_keys WHERE session_id = ? AND seq <= max(?, coalesce((SELECT seq FROM skipped_keys"
            " WHERE session_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?), ?))",
            (session_id, oldest_seq, session_id, keep, oldest_seq),
        )
        self._execute("DELETE FROM past_chains WHERE session_id = ? AND seq <= ?", (session_id, oldest_seq))

    def limit_skipped_keys(self, identity: bytes, keep: int) -> None:
        held = "FROM skipped_keys WHERE session_id IN (SELECT id FROM ratchet_sessions WHERE identity = ?)"
        (stored,) = self._execute(f"SELECT count(*) {held}", (identity,)).fetchone()
        if stored > keep:
            self._execute(
                "DELETE FROM skipped_keys WHERE (session_id, ratchet_key, n) IN (SELECT session_id, ratchet_key, n"
                f" {held} ORDER BY stored_at, session_id, seq LIMIT ?)",
                (identity, stored - keep),
            )

    def share_skipped_keys(self, total: int) -> None:
        of_known = (
            # in this order: the keys of strangers are not even read
            "FROM ratchet_sessions CROSS JOIN skipped_keys ON session_id = id"
            " WHERE identity NOT IN (SELECT identity FROM strangers)"
        )
        (stored,) = self._execute(f"SELECT count(*) {of_known}").fetchone()
        while stored > total:
            identity, held = self._execute(
                f"SELECT identity, count(*) AS held {of_known} GROUP BY identity ORDER BY held DESC, identity LIMIT 1"
            ).fetchone()
            surplus = min(stored - total, held)
            self._execute(
                "DELETE FROM skipped_keys WHERE (session_id, ratchet_key, n) IN (SELECT session_id, ratchet_key, n"
                " FROM skipped_keys JOIN ratchet_sessions ON id = session_id WHERE identity = ?"
                " ORDER BY stored_at, session_id, seq LIMIT ?)",
                (identity, surplus),
            )
            stored -= surplus

    def is_past_chain(self, session_id: int, ratchet_key: bytes) -> bool:
        row = self._execute(
            "SELECT 1 FROM past_chains WHERE session_id = ? AND ratchet_key = ?", (session_id, ratchet_key)
        ).fetchone()
        return row is not None

    def add_past_chain(self, session_id: int, ratchet_key: bytes, seq: int) -> None:
        self._execute(
            "INSERT INTO past_chains (session_id, ratchet_key, seq) VALUES (?, ?, ?)", (session_id, ratchet_key, seq)
        )

    # shared secrets, plain Diffie-Hellman messages, housekeeping

    def remember_peer(self, identity: bytes) -> bool:
        return self._inserted("INSERT OR IGNORE INTO negotiated_peers (identity) VALUES (?)", (identity,))

    def peers(self) -> Sequence[bytes]:
        return [identity for (identity,) in self._execute("SELECT identity FROM negotiated_peers ORDER BY identity")]

    def remember_ephemeral(self, identity: bytes, key: bytes, now: float, keep: int) -> bool:
        if not self._inserted(
            "INSERT OR IGNORE INTO seen_ephemeral_keys (identity, key, seen_at) VALUES (?, ?, ?)", (identity, key, now)
        ):
            return False
        self._execute(
            "DELETE FROM seen_ephemeral_keys WHERE number IN (SELECT number FROM seen_ephemeral_keys"
            " WHERE identity = ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (identity, keep),
        )
        return True

    def forget_ratchets(self) -> None:
        self._execute("DELETE FROM own_pre_keys")
        self._execute("DELETE FROM ratchet_sessions")

    def prune(self, before: float) -> None:
        self._execute("DELETE FROM own_pre_keys WHERE replaced_at < ?", (before,))
        self._execute(
            "DELETE FROM skipped_keys WHERE (session_id, ratchet_key, n) IN"
            " (SELECT session_id, ratchet_key, n FROM skipped_keys WHERE stored_at < ? LIMIT ?)",
            (before, REMOVED_AT_ONCE),
        )
        self._execute(
            "DELETE FROM seen_ephemeral_keys WHERE number IN"
            " (SELECT number FROM seen_ephemeral_keys WHERE seen_at < ? LIMIT ?)",
            (before, REMOVED_AT_ONCE),
        )

    def _inserted(self, statement: str, values: tuple[Any, ...]) -> bool:
        return bool(self._execute(statement, values).rowcount == 1)


def _installation(row: tuple[Any, ...]) -> Installation:
    identity, installation_id, timestamp, enabled, protocol_version, pre_key, version, pre_key_timestamp, answered = row
    return Installation(
        identity,
        installation_id,
        timestamp,
        bool(enabled),
        protocol_version,
        pre_key,
        version,
        pre_key_timestamp,
        bool(answered),
    )


def _session(row: tuple[Any, ...]) -> Session:
    session_id, identity, installation_id, bundle_id, ephemeral_key, shared_key, confirmed, used_at, *state = row
    return Session(
        session_id,
        identity,
        installation_id,
        bundle_id,
        ephemeral_key,
        shared_key,
        bool(confirmed),
        RatchetState(*state),
        used_at,
    )


def _state_values(state: RatchetState) -> tuple[Any, ...]:
    return (
        state.own_private,
        state.own_public,
        state.remote,
        state.root_key,
        state.sending_key,
        state.sending_n,
        state.receiving_key,
        state.receiving_n,
        state.previous_n,
        state.derived,
    )
