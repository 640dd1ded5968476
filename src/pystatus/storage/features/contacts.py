"""Contacts, in the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.crypto.keys import PublicKey, stored_key
from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.features.contacts import Contacts
from pystatus.payloads.kinds import ContentType
from pystatus.storage.decisions import Decisions
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.memory import Memory
from pystatus.storage.name_index import write_names
from pystatus.storage.unindexing import MAX_THOROUGH_BYTES, merge_index, quick_unindexing
from pystatus.unchecked import unchecked

_OWN = (
    "added, has_added_us, blocked, dismissed, nickname, ens_name, ens_verified, ens_checked_s, ens_retries, ens_clock,"
    " last_updated, updated_s, cleared_clock"
)
_CONTACT = f"key, {_OWN}, EXISTS (SELECT 1 FROM contact_pictures AS p WHERE p.identity = contacts.identity)"
_TOLD = "added AND NOT blocked"
_WRITTEN = "author = (SELECT number FROM authors WHERE key = ?) AND content_type <> ?"
_NOTHING: tuple[int | None, Contact | None] = (None, None)
READ_AT_ONCE = 8
"""If more than an eighth of all contacts are to be read, all are."""
_stored_contact = unchecked(Contact)


class SqlContacts(FeatureTables, ContactTables):
    """Implements :class:`~pystatus.messenger.contact_records.ContactTables`."""

    NAME = "contacts"
    FEATURE = Contacts
    TABLES = ("contacts", "contacts_stamp", "contact_pictures")
    STEPS = (
        """
        CREATE TABLE contacts (
            identity BLOB PRIMARY KEY,      -- compressed
            key BLOB NOT NULL,              -- the same, 65 bytes: to make it of the other takes long
            added INTEGER NOT NULL,
            has_added_us INTEGER NOT NULL,
            blocked INTEGER NOT NULL,
            dismissed INTEGER NOT NULL,
            nickname TEXT NOT NULL,
            ens_name TEXT NOT NULL,
            ens_verified INTEGER NOT NULL,
            ens_checked_s INTEGER NOT NULL,
            ens_retries INTEGER NOT NULL,
            ens_clock INTEGER NOT NULL,
            last_updated INTEGER NOT NULL,
            updated_s INTEGER NOT NULL,
            cleared_clock INTEGER NOT NULL,
            stamp INTEGER NOT NULL          -- another one, drawn by lot, for each change
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX contacts_by_stamp ON contacts (identity, stamp);
        CREATE TABLE contacts_stamp (
            stamp INTEGER NOT NULL          -- the same for all of them
        ) STRICT;
        INSERT INTO contacts_stamp VALUES (random());
        CREATE TRIGGER contact_added AFTER INSERT ON contacts BEGIN
            UPDATE contacts_stamp SET stamp = random();
        END;
        CREATE TRIGGER contact_changed AFTER UPDATE ON contacts BEGIN
            UPDATE contacts_stamp SET stamp = random();
        END;
        CREATE TRIGGER contact_deleted AFTER DELETE ON contacts BEGIN
            UPDATE contacts_stamp SET stamp = random();
        END;
        CREATE INDEX contacts_by_update ON contacts (updated_s) WHERE added AND NOT blocked;
        CREATE TABLE contact_pictures (
            identity BLOB PRIMARY KEY,      -- compressed
            picture TEXT NOT NULL           -- a data URI
        ) STRICT
        """,
    )
    PEOPLE = MappingProxyType(
        {
            ("contacts", "identity"): "250 + length(CAST(ens_name AS BLOB))",
            ("contact_pictures", "identity"): "100 + length(CAST(picture AS BLOB))",
        }
    )

    def __init__(self, connection: sqlcipher.Connection, memory: Memory) -> None:
        super().__init__(connection, memory)
        self._decisions = Decisions(connection, memory)
        self._made: dict[bytes, tuple[int, Contact]] = {}
        """What was listed last, with the stamp of each row: one that has another stamp now, because it was changed or
        because a change of it was rolled back, is read again."""
        self._listed: tuple[int | None, Sequence[Contact]] = (None, ())
        """The same in its order, with the stamp of the table."""

    def contact(self, key: PublicKey) -> Contact | None:
        row = self._execute(f"SELECT {_CONTACT} FROM contacts WHERE identity = ?", (key.compressed,)).fetchone()
        return _contact(row) if row else None

    def save(self, contact: Contact) -> None:
        values = (
            contact.key.compressed,
            contact.key.uncompressed,
            contact.added,
            contact.has_added_us,
            contact.blocked,
            contact.dismissed,
            contact.nickname,
            contact.ens_name,
            contact.ens_verified,
            contact.ens_checked_s,
            contact.ens_retries,
            contact.ens_clock,
            contact.last_updated,
            contact.updated_s,
            contact.cleared_clock,
        )
        places = ", ".join("?" * len(values))
        self._execute(
            f"INSERT OR REPLACE INTO contacts (identity, key, {_OWN}, stamp) VALUES ({places}, random())", values
        )
        self._decisions.changed(contact.key.compressed)
        write_names(self._execute, contact)

    def contacts(self) -> Sequence[Contact]:
        (stamp,) = self._execute("SELECT stamp FROM contacts_stamp").fetchone()
        if stamp != self._listed[0]:
            self._listed = stamp, self._read_again()
        return self._listed[1]

    def _read_again(self) -> Sequence[Contact]:
        """All, of which only those are read that were changed."""
        stamps = self._execute("SELECT identity, stamp FROM contacts ORDER BY identity").fetchall()
        known = self._made
        changed = [identity for identity, stamp in stamps if known.get(identity, _NOTHING)[0] != stamp]
        if len(changed) > len(stamps) // READ_AT_ONCE:
            rows = self._execute(f"SELECT identity, stamp, {_CONTACT} FROM contacts").fetchall()
            known = {row[0]: (row[1], _contact(row[2:])) for row in rows}
        elif changed or len(known) != len(stamps):
            made = {identity: known[identity] for identity, _ in stamps if identity in known}
            for identity in changed:
                row = self._execute(
                    f"SELECT stamp, {_CONTACT} FROM contacts WHERE identity = ?", (identity,)
                ).fetchone()
                made[identity] = row[0], _contact(row[1:])
            known = made
        self._made = known
        return tuple(known[identity][1] for identity, _ in stamps)

    def added(self) -> Sequence[PublicKey]:
        rows = self._execute(f"SELECT key FROM contacts WHERE {_TOLD} ORDER BY updated_s, identity")
        return [stored_key(key) for (key,) in rows]

    def due_for_update(self, before_s: int, after_s: int, most: int) -> Sequence[Contact]:
        rows = self._execute(
            f"SELECT {_CONTACT} FROM contacts WHERE {_TOLD} AND (updated_s <= ? OR updated_s > ?)"
            " ORDER BY updated_s LIMIT ?",
            (before_s, after_s, most),
        )
        return [_contact(row) for row in rows]

    def oldest_update(self) -> int | None:
        (oldest,) = self._execute(f"SELECT min(updated_s) FROM contacts WHERE {_TOLD}").fetchone()
        return None if oldest is None else int(oldest)

    def chats_of(self, key: PublicKey) -> Sequence[str]:
        rows = self._execute(
            f"SELECT id FROM chat_numbers WHERE number IN (SELECT chat FROM messages WHERE {_WRITTEN}) ORDER BY id",
            (key.uncompressed, ContentType.SYSTEM_PRIVATE_GROUP),
        )
        return [chat_id for (chat_id,) in rows]

    def cleared_clock(self, key: PublicKey) -> int:
        return self._decisions.cleared_clock(key.compressed)

    def count_messages(self, key: PublicKey) -> int:
        which = (key.uncompressed, ContentType.SYSTEM_PRIVATE_GROUP)
        (count,) = self._execute(f"SELECT count(*) FROM messages WHERE {_WRITTEN}", which).fetchone()
        return int(count)

    def delete_messages(self, key: PublicKey) -> int:
        which = (key.uncompressed, ContentType.SYSTEM_PRIVATE_GROUP)
        clock, size = self._execute(
            "SELECT coalesce(max(clock), 0), coalesce(sum(length(CAST(text AS BLOB))), 0) FROM messages"
            f" WHERE {_WRITTEN}",
            which,
        ).fetchone()
        if size <= MAX_THOROUGH_BYTES:
            self._execute(f"DELETE FROM messages WHERE {_WRITTEN}", which)
            return int(clock)
        with quick_unindexing(self._execute):
            self._execute(f"DELETE FROM messages WHERE {_WRITTEN}", which)
        merge_index(self._execute)
        return int(clock)

    def picture(self, key: PublicKey) -> str:
        row = self._execute("SELECT picture FROM contact_pictures WHERE identity = ?", (key.compressed,)).fetchone()
        return str(row[0]) if row else ""

    def save_picture(self, key: PublicKey, picture: str) -> None:
        self._execute("UPDATE contacts SET stamp = random() WHERE identity = ?", (key.compressed,))
        if picture:
            self._execute("INSERT OR REPLACE INTO contact_pictures VALUES (?, ?)", (key.compressed, picture))
        else:
            self._execute("DELETE FROM contact_pictures WHERE identity = ?", (key.compressed,))


def _contact(row: tuple[Any, ...]) -> Contact:
    key, added, has_added_us, blocked, dismissed, nickname, ens_name, ens_verified, *numbers, has_picture = row
    return _stored_contact(
        stored_key(key),
        bool(added),
        bool(has_added_us),
        bool(blocked),
        bool(dismissed),
        nickname,
        ens_name,
        bool(ens_verified),
        *numbers,
        bool(has_picture),
    )
