"""Deleted messages and drafts, in the profile database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.messenger.features.conversations import Conversations, ConversationTables, Draft
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.memory import Memory, Remembered
from pystatus.storage.unindexing import MAX_THOROUGH_BYTES, merge_index, quick_unindexing

_ANY = "any"
"""Whether a message was ever deleted one by one: most people do so never or seldom."""


class SqlConversations(FeatureTables, ConversationTables):
    """Implements :class:`~pystatus.messenger.features.conversations.ConversationTables`."""

    NAME = "conversations"
    FEATURE = Conversations
    TABLES = ("deleted_messages", "drafts")
    STEPS = (
        """
        CREATE TABLE deleted_messages (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE drafts (
            chat_id TEXT PRIMARY KEY,
            text TEXT NOT NULL,
            response_to BLOB
        ) STRICT, WITHOUT ROWID
        """,
    )

    def __init__(self, connection: sqlcipher.Connection, memory: Memory) -> None:
        super().__init__(connection, memory)
        self._deleted: Remembered[str, bool] = self._memory.of("deleted_messages")

    def is_deleted(self, message_id: bytes) -> bool:
        any_deleted = self._deleted.get(_ANY)
        if any_deleted is None:
            any_deleted = self._execute("SELECT 1 FROM deleted_messages LIMIT 1").fetchone() is not None
            self._deleted.keep(_ANY, any_deleted)
        if not any_deleted:
            return False
        return self._execute("SELECT 1 FROM deleted_messages WHERE id = ?", (message_id,)).fetchone() is not None

    def note_deleted(self, message_id: bytes, most: int) -> None:
        self._deleted.clear()
        number = self._execute("INSERT OR IGNORE INTO deleted_messages (id) VALUES (?)", (message_id,)).lastrowid
        self._execute("DELETE FROM deleted_messages WHERE number <= ?", (number - most,))

    def delete_messages(self, chat_id: str, clock: int) -> None:
        which = "FROM messages WHERE chat = (SELECT number FROM chat_numbers WHERE id = ?) AND clock <= ?"
        (size,) = self._execute(
            f"SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) {which}", (chat_id, clock)
        ).fetchone()
        if size <= MAX_THOROUGH_BYTES:
            self._execute(f"DELETE {which}", (chat_id, clock))
            return
        with quick_unindexing(self._execute):
            self._execute(f"DELETE {which}", (chat_id, clock))
        merge_index(self._execute)

    def draft(self, chat_id: str) -> Draft | None:
        row = self._execute("SELECT text, response_to FROM drafts WHERE chat_id = ?", (chat_id,)).fetchone()
        return Draft(*row) if row else None

    def drafted_chats(self) -> Sequence[str]:
        rows = self._execute("SELECT chat_id FROM drafts WHERE chat_id IN (SELECT id FROM chats) ORDER BY chat_id")
        return [chat_id for (chat_id,) in rows]

    def save_draft(self, chat_id: str, draft: Draft | None) -> None:
        if draft is None:
            self._execute("DELETE FROM drafts WHERE chat_id = ?", (chat_id,))
            return
        self._execute("DELETE FROM drafts WHERE chat_id NOT IN (SELECT id FROM chats)")  # of strangers who are gone
        self._execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (chat_id, draft.text, draft.response_to))
