"""What people are called, from the contacts in the profile database, and the index of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from pystatus.account.names import ENS_SUFFIX, KnownNames
from pystatus.crypto.keys import PublicKey, stored_key
from pystatus.messenger.features.names import MAX_RETRIES, RETRY_SECONDS, Names, NameTables, Person
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
    TABLES = ("person_names",)
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


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """All of them, a statement's worth at a time."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
