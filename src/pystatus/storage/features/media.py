"""Pictures and sounds, apart from the messages that they are of, in the profile database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from pystatus.messenger.features.media import Media
from pystatus.messenger.media_keeping import Attachment, MediaTables
from pystatus.messenger.records import MESSAGE_ID_SIZE
from pystatus.payloads.kinds import ContentType
from pystatus.storage.features.tables import FeatureTables

ROW_BYTES = 300
"""About what the database takes for a row, without the bytes of the picture or sound."""

_COLUMNS = "message_id, chat_id, content_type, type, size, width, height, frames, duration_ms, problem"


class SqlMediaTables(FeatureTables, MediaTables):
    """Implements :class:`~pystatus.messenger.features.media.MediaTables`. The bytes are the last column, so the others
    are read without them."""

    NAME = "media"
    FEATURE = Media
    TABLES = ("media",)
    STEPS = (
        """
        CREATE TABLE media (
            number INTEGER PRIMARY KEY,
            message_id BLOB NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
            chat_id TEXT NOT NULL,
            content_type INTEGER NOT NULL,
            type INTEGER NOT NULL,
            size INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            frames INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            problem TEXT NOT NULL,
            kept INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE INDEX media_by_chat ON media (chat_id, number, kept);
        """,
    )
    OF_MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = MappingProxyType(
        {("media", "message_id"): f"{ROW_BYTES} + media.kept"}
    )

    def add(self, attachment: Attachment, data: bytes) -> None:
        """See :class:`~pystatus.messenger.features.media.MediaTables`, as of the others."""
        it = attachment
        self._execute(
            f"INSERT INTO media ({_COLUMNS}, kept, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(it.message_id, it.chat_id, it.content_type, it.type, it.size),
                *(it.width, it.height, it.frames, it.duration_ms, it.problem),
                *(len(data), data),
            ),
        )

    def attachments(self, message_ids: Sequence[bytes]) -> Mapping[bytes, Attachment]:
        select = f"SELECT {_COLUMNS} FROM media WHERE message_id = ?"
        rows = [self._execute(select, (message_id,)).fetchone() for message_id in message_ids]
        return {row[0]: Attachment(*row) for row in rows if row is not None}

    def beginning(self, digits: str, most: int) -> Sequence[Attachment]:
        lowest, highest = (bytes.fromhex(digits.ljust(2 * MESSAGE_ID_SIZE, filler)) for filler in "0f")
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM media WHERE message_id BETWEEN ? AND ? ORDER BY message_id LIMIT ?",
            (lowest, highest, most),
        )
        return [Attachment(*row) for row in rows]

    def data(self, message_id: bytes) -> bytes:
        row = self._execute("SELECT data FROM media WHERE message_id = ?", (message_id,)).fetchone()
        return b"" if row is None else bytes(row[0])

    def stored_whole(self) -> Sequence[bytes]:
        rows = self._execute(
            "SELECT m.id FROM message_payloads AS p JOIN messages AS m ON m.number = p.number"
            " WHERE m.content_type IN (?, ?) AND length(p.payload) > 0 AND m.id NOT IN (SELECT message_id FROM media)",
            (ContentType.IMAGE, ContentType.AUDIO),
        )
        return [message_id for (message_id,) in rows.fetchall()]

    def shorten(self, message_id: bytes, payload: bytes) -> None:
        self._execute(
            "UPDATE message_payloads SET payload = ? WHERE number = (SELECT number FROM messages WHERE id = ?)",
            (payload, message_id),
        )

    def make_room(self, chat_id: str, most: int, wanted: int, problem: str) -> None:
        (held,) = self._execute("SELECT coalesce(sum(kept), 0) FROM media WHERE chat_id = ?", (chat_id,)).fetchone()
        if held <= most:
            return
        oldest = self._execute("SELECT number, kept FROM media WHERE chat_id = ? AND kept ORDER BY number", (chat_id,))
        leaving = []
        for number, kept in oldest.fetchall():
            if held <= wanted:
                break
            leaving.append((problem, number))
            held -= kept
        self._executemany("UPDATE media SET problem = ?, kept = 0, data = x'' WHERE number = ?", leaving)
