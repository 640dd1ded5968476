"""What people are called, from the contacts in the profile database, and the index of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from pystatus.account.names import ENS_SUFFIX, KnownNames
from pystatus.crypto.keys import PublicKey, stored_key
from pystatus.messenger.features.names import MAX_RETRIES, RETRY_SECONDS, Names, NameTables, Person
from pystatus.messenger.name_records import MAX_CHANGES, NameAction, NameChange, NameChangeState
from pystatus.storage.features.tables import FeatureTables
from pystatus.unchecked import unchecked

AT_ONCE = 250
"""Values in one statement; SQLite takes some 32,000, and each number of them is a statement of its own."""
_BEHIND = "\U0010ffff"
"""Behind every name that begins so."""

_CHANGE = "transaction_hash, chain_id, action, name, account, nonce, sent_s, value, state"

T = TypeVar("T")
_known_names = unchecked(KnownNames)


class SqlNames(FeatureTables, NameTables):
    """Implements :class:`~pystatus.messenger.features.names.NameTables`."""

    NAME = "names"
    FEATURE = Names
    TABLES = ("person_names", "own_names", "name_changes", "name_slashes")
    STEPS = (
        """
        CREATE TABLE person_names (
            name TEXT NOT NULL,             -- as it is compared
            identity BLOB NOT NULL,         -- compressed
            is_contact INTEGER NOT NULL,    -- added, or has a nickname
            PRIMARY KEY (name, identity)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_names_of ON person_names (identity)
        """,
        """
        CREATE TABLE own_names (
            number INTEGER PRIMARY KEY,
            chain_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (chain_id, name)
        ) STRICT;

        CREATE TABLE name_changes (
            number INTEGER PRIMARY KEY,
            transaction_hash TEXT NOT NULL UNIQUE,
            chain_id INTEGER NOT NULL,
            action TEXT NOT NULL,
            name TEXT NOT NULL,
            account TEXT NOT NULL,
            nonce TEXT NOT NULL,            -- decimal, as it may have 64 bits
            sent_s INTEGER NOT NULL,
            value TEXT NOT NULL,
            state TEXT NOT NULL
        ) STRICT;

        CREATE TABLE name_slashes (
            chain_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            secret BLOB NOT NULL,
            PRIMARY KEY (chain_id, name)
        ) STRICT, WITHOUT ROWID
        """,
    )
    PEOPLE = MappingProxyType({("person_names", "identity"): "150 + length(CAST(name AS BLOB))"})

    def known(self, identities: Sequence[bytes]) -> Mapping[bytes, Person]:
        """What decides what these people are called; nothing of those whose key alone does."""
        found = {}
        for part in _parts(identities):
            rows = self._execute(
                "SELECT identity, nickname, ens_name, ens_verified, blocked FROM contacts"
                f" WHERE identity IN ({_places(part)}) AND (blocked OR nickname <> '' OR ens_verified)",
                part,
            )
            for identity, nickname, ens_name, ens_verified, blocked in rows:
                found[identity] = Person(_known_names(nickname, ens_name, bool(ens_verified)), bool(blocked))
        return found

    def holders(self, names: Sequence[str], limit: int) -> Sequence[tuple[str, bytes]]:
        """Who is called exactly so: at most ``limit`` for some two hundred names, contacts first."""
        found: list[tuple[str, bytes]] = []
        for part in _parts(names):
            found += self._execute(
                f"SELECT name, identity FROM person_names WHERE name IN ({_places(part)})"
                " ORDER BY is_contact DESC, name, identity LIMIT ?",
                (*part, limit),
            ).fetchall()
        return found

    def beginning(self, beginning: str, limit: int) -> Sequence[bytes]:
        """Contacts of whom a name begins so, by the first of these names."""
        rows = self._execute(
            "SELECT identity FROM person_names WHERE name >= ? AND name < ? AND is_contact"
            " GROUP BY identity ORDER BY min(name), identity LIMIT ?"
            if beginning
            else "SELECT identity FROM contacts WHERE ? <= ? AND (added OR nickname <> '') AND NOT blocked"
            " ORDER BY identity LIMIT ?",
            (beginning, beginning + _BEHIND, limit),
        )
        return [identity for (identity,) in rows]

    def to_verify(self, now_s: int, limit: int) -> Sequence[tuple[PublicKey, str]]:
        """Names that it is time to look up, those of contacts first, then those that have waited longest."""
        due = f"ens_checked_s + {RETRY_SECONDS} * ens_retries * (1 << ens_retries)"
        rows = self._execute(
            "SELECT key, ens_name FROM contacts WHERE NOT ens_verified AND NOT blocked"
            f" AND ens_name LIKE '%{ENS_SUFFIX}' AND ens_retries < {MAX_RETRIES}"
            f" AND ({due} <= ? OR ens_checked_s > ?) ORDER BY added DESC, {due}, identity LIMIT ?",
            (now_s, now_s, limit),
        )
        return [(stored_key(key), name) for key, name in rows]

    def own_names(self) -> Sequence[tuple[int, str]]:
        """Our names with their chains, in the order in which they came."""
        return self._execute("SELECT chain_id, name FROM own_names ORDER BY number").fetchall()

    def add_own_name(self, chain_id: int, name: str) -> None:
        """Store one, if it is not there."""
        self._execute("INSERT OR IGNORE INTO own_names (chain_id, name) VALUES (?, ?)", (chain_id, name))

    def forget_own_name(self, chain_id: int, name: str) -> None:
        """Delete it."""
        self._execute("DELETE FROM own_names WHERE chain_id = ? AND name = ?", (chain_id, name))

    def changes(self, limit: int) -> Sequence[NameChange]:
        """Those that wait, then the others, each with the newest first."""
        rows = self._execute(
            f"SELECT {_CHANGE} FROM name_changes ORDER BY state = ? DESC, number DESC LIMIT ?",
            (NameChangeState.PENDING.value, limit),
        )
        return [
            NameChange(
                name, chain_id, NameAction(action), whole, account, int(nonce), sent_s, value, NameChangeState(state)
            )
            for name, chain_id, action, whole, account, nonce, sent_s, value, state in rows
        ]

    def save_change(self, change: NameChange) -> None:
        """Insert, or replace the one with this hash; of those that are settled the newest are kept."""
        self._execute(
            f"INSERT INTO name_changes ({_CHANGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (transaction_hash) DO UPDATE SET state = excluded.state",
            (
                change.transaction_hash,
                change.chain_id,
                change.action.value,
                change.name,
                change.account,
                str(change.nonce),
                change.sent_s,
                change.value,
                change.state.value,
            ),
        )
        self._execute(
            "DELETE FROM name_changes WHERE number IN (SELECT number FROM name_changes WHERE state <> ?"
            " ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (NameChangeState.PENDING.value, MAX_CHANGES),
        )

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with, to take a name away; ``None``: nothing was."""
        row = self._execute(
            "SELECT secret FROM name_slashes WHERE chain_id = ? AND name = ?", (chain_id, name)
        ).fetchone()
        return None if row is None else row[0]

    def save_slash_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Store it; 32 bytes."""
        self._execute("INSERT OR REPLACE INTO name_slashes VALUES (?, ?, ?)", (chain_id, name, secret))


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """All of them, a statement's worth at a time."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
