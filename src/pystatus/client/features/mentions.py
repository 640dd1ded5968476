"""Names for people while somebody writes: ``client.mentions``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.mentions import Mentionable
from pystatus.messenger.features.mentions import Mentions as MentionsFeature
from pystatus.messenger.records import Chat

__all__ = ["Mentionable", "Mentions"]

SUGGESTIONS = 10
"""People who are suggested unless asked otherwise: what fits below a line."""


class Mentions(ClientFeature[MentionsFeature]):
    """Who can be mentioned in a chat, and what becomes of a text that a person types."""

    NAME = "mentions"

    def people(self, chat: Chat | str) -> Sequence[Mentionable]:
        """Who can be mentioned by name: the members of a group, the other person of a private chat, and who wrote
        lately in a public one, with those that we have a private chat with; ourselves, too.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_id = self._find_chat(chat).id
        return self._read(lambda mentions: mentions.people(chat_id))

    def complete(self, chat: Chat | str, beginning: str, limit: int = SUGGESTIONS) -> Sequence[Mentionable]:
        """The others whose name begins with ``beginning``, which stands behind an ``@`` that somebody types; small and
        capital letters are the same.

        :param limit: people at most.
        :raises LocalError: no such chat, fewer people than none, or the client is not open.
        """
        chat_id = self._find_chat(chat).id
        return self._read(lambda mentions: mentions.complete(chat_id, beginning, limit))

    def typed(self, chat: Chat | str, text: str) -> str:
        """``text`` as it is to be sent to ``chat`` if a person typed it: ``@name`` is replaced by the key of the one
        who has that name, and ``:name:`` by an emoji. Names that several people have stay, and so does all code.
        :meth:`pystatus.Client.send_text` sends a text as it is.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_id = self._find_chat(chat).id
        return self._read(lambda mentions: mentions.typed(chat_id, text))
