"""Who wrote in a chat lately, from the messages in the profile database."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.messenger.features.mentions import Authors, Mentions
from pystatus.payloads.chats import ChatKind
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.id_lists import chunks, marks
from pystatus.storage.messages import CHAT_NUMBER, NEWEST_FIRST, NOT_OF_STRANGERS


class SqlAuthors(FeatureTables, Authors):
    """Implements :class:`~pystatus.messenger.features.mentions.Authors`. It has no table of its own."""

    NAME = "mentions"
    FEATURE = Mentions
    TABLES = ()

    def recent_authors(self, chat_id: str, messages: int) -> Sequence[bytes]:
        """The keys (65 bytes) of those who wrote the newest ``messages`` of a chat, the last one first."""
        rows = self._execute(
            f"SELECT m.author FROM messages AS m WHERE m.chat = {CHAT_NUMBER}"
            f" ORDER BY {NEWEST_FIRST.format('m.')} LIMIT ?",
            (chat_id, messages),
        )
        authors = list(dict.fromkeys(author for (author,) in rows))
        keys: dict[int, bytes] = {}
        for part in chunks(authors):
            keys.update(self._execute(f"SELECT number, key FROM authors WHERE number IN ({marks(part)})", part))
        return [keys[author] for author in authors]

    def partners(self) -> Sequence[str]:
        """The ids of the one-to-one chats that are not with strangers, the newest one first."""
        rows = self._execute(
            f"SELECT id FROM chats WHERE kind = {ChatKind.ONE_TO_ONE.value} AND {NOT_OF_STRANGERS}"
            " ORDER BY updated_ms DESC, id"
        )
        return [chat_id for (chat_id,) in rows]
