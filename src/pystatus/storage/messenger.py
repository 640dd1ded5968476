"""The messenger's storage port on the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.store import SyncStore
from pystatus.messenger.decryption_failures import DecryptionFailureStore
from pystatus.messenger.people import PeopleStore
from pystatus.messenger.records import Chat, Cursor, Message, MessageState, OutboxEntry
from pystatus.payloads.chats import ChatKind
from pystatus.secure_transport.store import EncryptionStore
from pystatus.storage.database import Database
from pystatus.storage.datasync import SqlSyncStore
from pystatus.storage.decryption_failures import SqlDecryptionFailureStore
from pystatus.storage.encryption import SqlEncryptionStore
from pystatus.storage.features.registry import feature_tables
from pystatus.storage.history import SqlHistoryStore
from pystatus.storage.people import SqlPeopleStore
from pystatus.transport.channels import ChannelKind

_ID_SIZE = 32
_CHAT = "id, kind, active, last_clock, unread, updated_ms"
_MESSAGE = (
    "id, chat_id, author, clock, sent_ms, received_ms, content_type, text, payload, response_to, state, forward_secrecy"
)

_SET_STATE = {
    state: "UPDATE messages SET state = ? WHERE id = ? AND state IN (" + ", ".join(str(int(s)) for s in before) + ")"
    for state, before in ((state, sorted(state.predecessors)) for state in MessageState)
}


class SqlMessengerStore:
    """Implements :class:`~pystatus.messenger.store.MessengerStore` on one :class:`Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._execute = database.connection.execute
        self.encryption: EncryptionStore = SqlEncryptionStore(database.connection)
        self.sync: SyncStore = SqlSyncStore(database.connection)
        self.decryption_failures: DecryptionFailureStore = SqlDecryptionFailureStore(database.connection)
        self.people: PeopleStore = SqlPeopleStore(database.connection)
        self.history = SqlHistoryStore(database.connection)
        self._tables = {kind.FEATURE: kind(database.connection) for kind in feature_tables()}

    def tables(self, feature: type[Any]) -> Any:
        return self._tables.get(feature)

    def transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()

    def savepoint(self) -> AbstractContextManager[None]:
        return self._database.savepoint()

    # chats

    def chat(self, chat_id: str) -> Chat | None:
        row = self._execute(f"SELECT {_CHAT} FROM chats WHERE id = ?", (chat_id,)).fetchone()
        return _chat(row) if row else None

    def chats(self) -> Sequence[Chat]:
        return [_chat(row) for row in self._execute(f"SELECT {_CHAT} FROM chats ORDER BY updated_ms DESC, id")]

    def chats_without_strangers(self) -> Sequence[Chat]:
        rows = self._execute(
            f"SELECT {_CHAT} FROM chats WHERE id NOT IN (SELECT chat_id FROM strangers WHERE chat_id IS NOT NULL)"
            " ORDER BY updated_ms DESC, id"
        )
        return [_chat(row) for row in rows]

    def save_chat(self, chat: Chat) -> None:
        self._execute(
            f"INSERT INTO chats ({_CHAT}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " active = excluded.active, last_clock = excluded.last_clock, unread = excluded.unread,"
            " updated_ms = excluded.updated_ms",
            (chat.id, chat.kind, chat.active, chat.last_clock, chat.unread, chat.updated_ms),
        )

    # messages

    def has_message(self, message_id: bytes) -> bool:
        return self._execute("SELECT 1 FROM messages WHERE id = ?", (message_id,)).fetchone() is not None

    def message(self, message_id: bytes) -> Message | None:
        row = self._execute(f"SELECT {_MESSAGE} FROM messages WHERE id = ?", (message_id,)).fetchone()
        return _message(row) if row else None

    def messages(self, chat_id: str, limit: int, before: Cursor | None) -> Sequence[Message]:
        page = "" if before is None else " AND (clock, id) < (?, ?)"
        place = () if before is None else (before.clock, before.id)
        rows = self._execute(
            f"SELECT {_MESSAGE} FROM messages WHERE chat_id = ?{page} ORDER BY clock DESC, id DESC LIMIT ?",
            (chat_id, *place, limit),
        )
        return [_message(row) for row in rows]

    def add_message(self, message: Message) -> None:
        self._execute(
            f"INSERT INTO messages ({_MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.chat_id,
                message.author.uncompressed,
                message.clock,
                message.sent_ms,
                message.received_ms,
                message.content_type,
                message.text,
                message.payload,
                message.response_to,
                message.state,
                message.forward_secrecy,
            ),
        )

    def set_message_state(self, message_id: bytes, state: MessageState) -> bool:
        cursor = self._execute(_SET_STATE[state], (state, message_id))
        return bool(cursor.rowcount == 1)

    # outbox

    def outbox(self, after: int = 0) -> Sequence[OutboxEntry]:
        rows = self._execute(
            "SELECT number, message_ids, channel, target, payload, attempts FROM outbox"
            " WHERE number > ? ORDER BY number",
            (after,),
        )
        return [
            OutboxEntry(number, _split_ids(message_ids), ChannelKind(channel), *rest)
            for number, message_ids, channel, *rest in rows
        ]

    def add_to_outbox(self, entry: OutboxEntry) -> None:
        self._execute(
            "INSERT INTO outbox (message_ids, channel, target, payload, attempts) VALUES (?, ?, ?, ?, ?)",
            (b"".join(entry.message_ids), entry.channel.value, entry.target, entry.payload, entry.attempts),
        )

    def count_attempt(self, number: int) -> None:
        self._execute("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", (number,))

    def remove_from_outbox(self, number: int) -> None:
        self._execute("DELETE FROM outbox WHERE number = ?", (number,))

    # what is remembered

    def mark_seen(self, envelope_hash: bytes, now_s: int) -> bool:
        if self.is_seen(envelope_hash):
            return False
        self._execute("INSERT INTO seen_envelopes (hash, seen_s) VALUES (?, ?)", (envelope_hash, now_s))
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
        return _split_ids(row[0]) if row else ()

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
        self._execute("DELETE FROM seen_envelopes WHERE seen_s < ?", (before_s,))
        self._execute("DELETE FROM sent_envelopes WHERE sent_s < ?", (before_s,))
        self._execute("DELETE FROM sent_payloads WHERE sent_s < ?", (before_s,))

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
        row = self._execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def forget_setting(self, name: str) -> None:
        self._execute("DELETE FROM settings WHERE name = ?", (name,))

    def save_setting(self, name: str, value: int | str | bytes) -> None:
        self._execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


def _split_ids(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[start : start + _ID_SIZE] for start in range(0, len(joined), _ID_SIZE))


def _chat(row: tuple[Any, ...]) -> Chat:
    chat_id, kind, active, last_clock, unread, updated_ms = row
    return Chat(chat_id, ChatKind(kind), bool(active), last_clock, unread, updated_ms)


def _message(row: tuple[Any, ...]) -> Message:
    (
        message_id,
        chat_id,
        author,
        clock,
        sent_ms,
        received_ms,
        content_type,
        text,
        payload,
        response_to,
        state,
        secret,
    ) = row
    return Message(
        id=message_id,
        chat_id=chat_id,
        author=PublicKey.from_bytes(author),
        clock=clock,
        sent_ms=sent_ms,
        received_ms=received_ms,
        content_type=content_type,
        text=text,
        payload=payload,
        response_to=response_to,
        state=None if state is None else MessageState(state),
        forward_secrecy=bool(secret),
    )
