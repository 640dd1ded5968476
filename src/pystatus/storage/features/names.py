"""What people are called, from the contacts in the profile database, and the index of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from pystatus.account.names import ENS_SUFFIX, KnownNames
from pystatus.crypto.keys import PublicKey, stored_key
from pystatus.messenger.features.names import MAX_RETRIES, RETRY_SECONDS, Names, NameTables, Person
from pystatus.messenger.name_records import NameAction, NameDrafted
from pystatus.storage.features.tables import FeatureTables
from pystatus.unchecked import unchecked

AT_ONCE = 250
"""Values in one statement; SQLite takes some 32,000, and each number of them is a statement of its own."""
_BEHIND = "\U0010ffff"
"""Behind every name that begins so."""


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
            transaction_hash BLOB NOT NULL UNIQUE,
            action TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL
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
        rows = self._execute("SELECT chain_id, name FROM own_names ORDER BY number")
        return [(chain_id, name) for chain_id, name in rows]

    def add_own_name(self, chain_id: int, name: str) -> None:
        """Store one, if it is not there."""
        self._execute("INSERT OR IGNORE INTO own_names (chain_id, name) VALUES (?, ?)", (chain_id, name))

    def forget_own_name(self, chain_id: int, name: str) -> None:
        """Delete it."""
        self._execute("DELETE FROM own_names WHERE chain_id = ? AND name = ?", (chain_id, name))

    def name_changes(self, limit: int) -> Sequence[tuple[bytes, NameDrafted]]:
        """Hashes of transactions that change names, and what each does, the newest first."""
        rows = self._execute(
            "SELECT transaction_hash, action, name, value FROM name_changes ORDER BY number DESC LIMIT ?", (limit,)
        )
        return [(found, NameDrafted(NameAction(action), name, value)) for found, action, name, value in rows]

    def name_change(self, transaction_hash: bytes) -> NameDrafted | None:
        """What a transaction does; ``None``: it changes no name."""
        row = self._execute(
            "SELECT action, name, value FROM name_changes WHERE transaction_hash = ?", (transaction_hash,)
        ).fetchone()
        return None if row is None else NameDrafted(NameAction(row[0]), row[1], row[2])

    def save_name_change(self, transaction_hash: bytes, change: NameDrafted, most: int) -> None:
        """Insert it, and delete all but the newest ``most``."""
        self._execute(
            "INSERT OR IGNORE INTO name_changes (transaction_hash, action, name, value) VALUES (?, ?, ?, ?)",
            (transaction_hash, change.action.value, change.name, change.value),
        )
        self._execute(
            "DELETE FROM name_changes WHERE number <= (SELECT number FROM name_changes ORDER BY number DESC"
            " LIMIT 1 OFFSET ?)",
            (most,),
        )

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with, to take a name away; ``None``: nothing was."""
        row = self._execute(
            "SELECT secret FROM name_slashes WHERE chain_id = ? AND name = ?", (chain_id, name)
        ).fetchone()
        return None if row is None else row[0]

    def slash_count(self) -> int:
        """How many names are reserved."""
        (found,) = self._execute("SELECT count(*) FROM name_slashes").fetchone()
        return int(found)

    def save_slash_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Store it; 32 bytes."""
        self._execute("INSERT OR REPLACE INTO name_slashes VALUES (?, ?, ?)", (chain_id, name, secret))


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """All of them, a statement's worth at a time."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
