"""The messenger's storage port on the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.store import SyncStore
from pystatus.messenger.decryption_failures import DecryptionFailureStore
from pystatus.messenger.people import PeopleStore
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.secure_transport.store import EncryptionStore
from pystatus.storage.database import REMOVED_AT_ONCE, Database
from pystatus.storage.datasync import SqlSyncStore
from pystatus.storage.decryption_failures import SqlDecryptionFailureStore
from pystatus.storage.encryption import SqlEncryptionStore
from pystatus.storage.features.registry import feature_tables
from pystatus.storage.forgetting import FORGET_OLD
from pystatus.storage.history import SqlHistoryStore
from pystatus.storage.journal import SqlJournal
from pystatus.storage.memory import Remembered
from pystatus.storage.messages import NOT_OF_STRANGERS, StoredMessages, split_ids
from pystatus.storage.people import SqlPeopleStore
from pystatus.storage.upkeep import Upkeep
from pystatus.unchecked import unchecked

if TYPE_CHECKING:  # what it reads and writes is made when something happens
    from pystatus.messenger.journal import JournalStore

_CHAT = "id, kind, active, last_clock, unread, updated_ms, name, muted, mentions, cleared_clock, pinned, archived"
_MOVE_CHAT = "UPDATE chats SET active = ?, last_clock = ?, unread = ?, updated_ms = ?, mentions = ? WHERE id = ?"
"""What a message changes."""
_stored_chat = unchecked(Chat)

_FORGOTTEN_AT_ONCE = 2
"""Of too many envelopes that were seen, with each that comes: one more than that, as there may be very many."""
_FORGET_OLDEST = (
    "DELETE FROM seen_envelopes WHERE hash IN (SELECT hash FROM seen_envelopes ORDER BY seen_s, hash LIMIT ?)"
)


class SqlMessengerStore(StoredMessages):
    """Implements :class:`~pystatus.messenger.store.MessengerStore` on one :class:`Database`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.connection)
        self._database = database
        self._memory = database.memory
        self._chats: Remembered[str, Chat] = self._memory.of("chats")
        self._settings: Remembered[str, int | str | bytes | None] = self._memory.of("settings")
        self.encryption: EncryptionStore = SqlEncryptionStore(database)
        self.sync: SyncStore = SqlSyncStore(database)
        self.decryption_failures: DecryptionFailureStore = SqlDecryptionFailureStore(database.connection)
        self.people: PeopleStore = SqlPeopleStore(database)
        self.journal: JournalStore = SqlJournal(database.connection)
        self.history = SqlHistoryStore(database.connection)
        self._seen: int | None = None
        """Rows of seen_envelopes, as far as they matter. They are counted anew now and then: some are rolled back."""
        self._tables = {kind.FEATURE: kind(database.connection, database.memory) for kind in feature_tables()}
        self._upkeep = Upkeep(database.connection)

    def tables(self, feature: type[Any]) -> Any:
        return self._tables.get(feature)

    def transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()

    def savepoint(self) -> AbstractContextManager[None]:
        return self._database.savepoint()

    def empty_log(self) -> None:
        """See :meth:`Database.empty_log`."""
        self._database.empty_log()

    def tidy(self, now: float) -> int | None:
        """A step of :class:`~pystatus.storage.upkeep.Upkeep`, inside a transaction."""
        self._memory.forget()
        before = self._upkeep.seen_removed
        removed = self._upkeep.step(now)
        if self._seen is not None:
            self._seen -= self._upkeep.seen_removed - before
        return removed

    # chats

    def chat(self, chat_id: str) -> Chat | None:
        known = self._chats.get(chat_id)
        if known is not None:
            return known
        row = self._execute(f"SELECT {_CHAT} FROM chats WHERE id = ?", (chat_id,)).fetchone()
        if row is None:
            return None
        chat = _chat(row)
        self._chats.keep(chat_id, chat)
        return chat

    def chats(self) -> Sequence[Chat]:
        return [_chat(row) for row in self._execute(f"SELECT {_CHAT} FROM chats ORDER BY updated_ms DESC, id")]

    def groups(self) -> Sequence[Chat]:
        rows = self._execute(
            f"SELECT {_CHAT} FROM chats WHERE kind = ? ORDER BY updated_ms DESC, id", (ChatKind.PRIVATE_GROUP,)
        )
        return [_chat(row) for row in rows]

    def chats_without_strangers(self) -> Sequence[Chat]:
        rows = self._execute(f"SELECT {_CHAT} FROM chats WHERE {NOT_OF_STRANGERS} ORDER BY updated_ms DESC, id")
        return [_chat(row) for row in rows]

    def save_chat(self, chat: Chat) -> None:
        before = self._chats.get(chat.id)
        if before is not None and _settled(before) == _settled(chat):
            moved = (chat.active, chat.last_clock, chat.unread, chat.updated_ms, chat.mentions, chat.id)
            self._execute(_MOVE_CHAT, moved)
            self._chats.keep(chat.id, chat)
            return
        self._execute(
            f"INSERT INTO chats ({_CHAT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " active = excluded.active, last_clock = excluded.last_clock, unread = excluded.unread,"
            " updated_ms = excluded.updated_ms, name = excluded.name, muted = excluded.muted,"
            " mentions = excluded.mentions, cleared_clock = excluded.cleared_clock,"
            " pinned = excluded.pinned, archived = excluded.archived",
            (
                chat.id,
                chat.kind,
                chat.active,
                chat.last_clock,
                chat.unread,
                chat.updated_ms,
                chat.name,
                chat.muted,
                chat.mentions,
                chat.cleared_clock,
                chat.pinned,
                chat.archived,
            ),
        )
        self._chats.keep(chat.id, chat)

    # what is remembered

    def mark_seen(self, envelope_hash: bytes, now_s: int, most: int) -> bool:
        if self.is_seen(envelope_hash):
            return False
        self._execute("INSERT INTO seen_envelopes (hash, seen_s) VALUES (?, ?)", (envelope_hash, now_s))
        if self._seen is None:
            (self._seen,) = self._execute(
                "SELECT count(*) FROM (SELECT 1 FROM seen_envelopes LIMIT ?)", (2 * most,)
            ).fetchone()
        else:
            self._seen += 1
        if self._seen > most:
            self._seen -= self._execute(_FORGET_OLDEST, (_FORGOTTEN_AT_ONCE,)).rowcount
        return True

    def mark_seen_of_stranger(self, envelope_hash: bytes, most: int) -> bool:
        if self.is_seen(envelope_hash):
            return False
        number = self._execute("INSERT INTO seen_from_strangers (hash) VALUES (?)", (envelope_hash,)).lastrowid
        self._execute("DELETE FROM seen_from_strangers WHERE number <= ?", (number - most,))
        return True

    def is_seen(self, envelope_hash: bytes) -> bool:
        row = self._execute(
            "SELECT 1 FROM seen_envelopes WHERE hash = :hash"
            " UNION ALL SELECT 1 FROM seen_from_strangers WHERE hash = :hash",
            {"hash": envelope_hash},
        ).fetchone()
        return row is not None

    def note_sent(self, envelope_hash: bytes, message_ids: Sequence[bytes], now_s: int) -> None:
        self._execute(
            "INSERT INTO sent_envelopes (hash, message_ids, sent_s) VALUES (?, ?, ?)",
            (envelope_hash, b"".join(message_ids), now_s),
        )

    def sent_in(self, envelope_hash: bytes) -> Sequence[bytes]:
        row = self._execute("SELECT message_ids FROM sent_envelopes WHERE hash = ?", (envelope_hash,)).fetchone()
        return split_ids(row[0]) if row else ()

    def was_sent(self, message_id: bytes) -> bool:
        row = self._execute("SELECT 1 FROM sent_envelopes WHERE instr(message_ids, ?) LIMIT 1", (message_id,))
        return row.fetchone() is not None

    def note_payload(self, payload_hash: bytes, now_s: int) -> None:
        self._execute("INSERT OR REPLACE INTO sent_payloads (hash, sent_s) VALUES (?, ?)", (payload_hash, now_s))

    def has_sent_payload(self, payload_hash: bytes) -> bool:
        return self._execute("SELECT 1 FROM sent_payloads WHERE hash = ?", (payload_hash,)).fetchone() is not None

    def newest_envelope(self) -> int | None:
        (newest,) = self._execute(
            "SELECT MAX(at_s) FROM (SELECT MAX(seen_s) AS at_s FROM seen_envelopes"
            " UNION ALL SELECT MAX(sent_s) FROM sent_envelopes)"
        ).fetchone()
        return None if newest is None else int(newest)

    def forget_envelopes(self, before_s: int) -> None:
        self._seen = None
        for statement in FORGET_OLD:
            self._execute(statement, (before_s, REMOVED_AT_ONCE))

    def channel_key(self, name: str) -> bytes | None:
        row = self._execute("SELECT key FROM channel_keys WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def save_channel_key(self, name: str, key: bytes) -> None:
        self._execute("INSERT INTO channel_keys (name, key) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, key))

    def may_reply(self, identity: PublicKey, now_s: int, first_wait: int, max_wait: int) -> bool:
        cursor = self._execute(
            "INSERT INTO bundle_replies (identity, sent_s, wait_s) VALUES (?, ?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET sent_s = excluded.sent_s, wait_s = min(2 * wait_s, ?)"
            " WHERE abs(excluded.sent_s - sent_s) >= wait_s",
            (identity.compressed, now_s, first_wait, max_wait),
        )
        return bool(cursor.rowcount == 1)

    def forget_replies(self, identity: PublicKey) -> None:
        self._execute("DELETE FROM bundle_replies WHERE identity = ?", (identity.compressed,))

    def setting(self, name: str) -> int | str | bytes | None:
        if name in self._settings:
            return self._settings[name]
        row = self._execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        value = row[0] if row else None
        self._settings.keep(name, value)
        return value

    def forget_setting(self, name: str) -> None:
        self._settings.pop(name, None)
        self._execute("DELETE FROM settings WHERE name = ?", (name,))

    def save_setting(self, name: str, value: int | str | bytes) -> None:
        self._settings.pop(name, None)
        self._execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


def _settled(chat: Chat) -> tuple[Any, ...]:
    """What :data:`_MOVE_CHAT` leaves as it is."""
    return chat.kind, chat.name, chat.muted, chat.cleared_clock, chat.pinned, chat.archived


def _chat(row: tuple[Any, ...]) -> Chat:
    chat_id, kind, active, last_clock, unread, updated_ms, name, muted, mentions, cleared, *arranged = row
    return _stored_chat(
        chat_id, ChatKind(kind), bool(active), last_clock, unread, updated_ms, name, bool(muted), mentions, cleared,
        *map(bool, arranged),
    )  # fmt: skip
