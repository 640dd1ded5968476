"""Emoji under messages: ``client.reactions``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.errors import LocalError
from pystatus.messenger.features.reactions import Reaction, ReactionCount, ReactionPosted, ReactionReceived
from pystatus.messenger.features.reactions import Reactions as ReactionsFeature
from pystatus.messenger.records import MESSAGE_ID_SIZE, Message
from pystatus.payloads.kinds import ReactionType

__all__ = ["Reaction", "ReactionCount", "ReactionPosted", "ReactionReceived", "ReactionType", "Reactions"]


class Reactions(ClientFeature[ReactionsFeature]):
    """What people think of messages, without a word.

    A message is given as such, or by the 32 bytes of its id. A reaction is a :class:`ReactionType`, its emoji or its
    name: ``ReactionType.THUMBS_UP``, ``"👍"`` or ``"thumbs-up"``. It is sent once and confirmed by nobody.
    """

    NAME = "reactions"

    async def add(self, message: Message | bytes, reaction: ReactionType | int | str) -> Reaction:
        """Put an emoji under a message, for everybody in the chat to see. One that is there stays as it is.

        :raises LocalError: no such message or reaction, or we are not in its chat.
        """
        message_id = _id(message)
        return await self._do(lambda reactions, now: reactions.add(message_id, reaction, now))

    async def retract(self, message: Message | bytes, reaction: ReactionType | int | str) -> Reaction:
        """Take our emoji back.

        :raises LocalError: it is not there, no such message or reaction, or we are not in its chat.
        """
        message_id = _id(message)
        return await self._do(lambda reactions, now: reactions.retract(message_id, reaction, now))

    async def toggle(self, message: Message | bytes, reaction: ReactionType | int | str) -> Reaction:
        """Put an emoji under a message, or take it back if it is there: :attr:`Reaction.retracted` says which.

        :raises LocalError: no such message or reaction, or we are not in its chat.
        """
        message_id = _id(message)
        return await self._do(lambda reactions, now: reactions.toggle(message_id, reaction, now))

    def of(self, message: Message | bytes) -> Sequence[ReactionCount]:
        """How many people have put each emoji under a message, and whether we are one of them.

        :raises LocalError: not an id, or the client is not open.
        """
        message_id = _id(message)

        def counted(reactions: ReactionsFeature) -> Sequence[ReactionCount]:
            chat_id = message.chat_id if isinstance(message, Message) else reactions.chat_id_of(message_id)
            return reactions.counts(chat_id, [message_id]).get(message_id, [])

        return self._read(counted)

    def of_all(self, messages: Sequence[Message | bytes]) -> Mapping[bytes, Sequence[ReactionCount]]:
        """The same of many messages at once, as of a page of history, by their ids; nothing for those without.

        :raises LocalError: not an id, or the client is not open.
        """

        def counted(reactions: ReactionsFeature) -> Mapping[bytes, Sequence[ReactionCount]]:
            chats: dict[str, list[bytes]] = {}
            for message in messages:
                message_id = _id(message)
                chat_id = message.chat_id if isinstance(message, Message) else reactions.chat_id_of(message_id)
                chats.setdefault(chat_id, []).append(message_id)
            found: dict[bytes, Sequence[ReactionCount]] = {}
            for chat_id, ids in chats.items():
                found.update(reactions.counts(chat_id, ids))
            return found

        return self._read(counted)

    def by(self, message: Message | bytes) -> Sequence[Reaction]:
        """Who has put what under a message, the newest first: the first 1,000.

        :raises LocalError: not an id, or the client is not open.
        """
        message_id = _id(message)
        return self._read(lambda reactions: reactions.listed(message_id))

    def by_all(self, messages: Sequence[Message | bytes]) -> Mapping[bytes, Sequence[Reaction]]:
        """The same of many messages at once, as of a page of history, by their ids; nothing for those without.
        After 5,000 reactions in all the others are left out: ask for fewer messages at a time.

        :raises LocalError: the client is not open.
        """
        message_ids = [message.id if isinstance(message, Message) else message for message in messages]
        return self._read(lambda reactions: reactions.listed_of(message_ids))

    def find_own(self, reaction_id: bytes) -> Reaction | None:
        """The reaction of ours with this id (:attr:`Reaction.id`), among the last 1,000; ``None``: there is none that
        is not taken back.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda reactions: reactions.find_own(reaction_id))


def _id(message: Message | bytes) -> bytes:
    message_id = message.id if isinstance(message, Message) else message
    if len(message_id) != MESSAGE_ID_SIZE:
        raise LocalError(f"The id of a message has {MESSAGE_ID_SIZE} bytes. Give the message that is reacted to.")
    return message_id
