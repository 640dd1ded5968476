"""Chats: listed, joined, left, read, muted, deleted."""

from __future__ import annotations

import msgspec

from pystatus.client.client import Client
from pystatus.client.features.conversations import Conversations
from pystatus.errors import LocalError
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.reading import GivenChat, possible_id, read_object
from pystatus.sanitise import quoted

MAX_SEEN = 10_000
"""Ids of messages that have been seen, in one call. Ours: more than anybody looks at."""


class ChatCalls(Calls):
    """The calls about chats as a whole."""

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_chats": self.chats,
            "wakuext_saveChat": self.save_chat,
            "wakuext_join": self.join,
            "wakuext_leave": self.leave,
            "wakuext_deleteChat": self.delete_chat,
            "wakuext_deleteMessagesByChatID": self.delete_messages,
            "wakuext_markMessagesSeen": self.mark_messages_seen,
            "wakuext_markAllRead": self.mark_all_read,
            "wakuext_muteChat": self.mute_chat,
            "wakuext_unmuteChat": self.unmute_chat,
        }

    def chats(self) -> list[shapes.Chat] | None:
        """All chats, left ones too."""
        return self._view.chat_list() or None

    async def save_chat(self, chat: msgspec.Raw) -> None:
        """Be in a chat, or not, as ``active`` says, and mute it. Its name, colour and time follow from what is in it; a
        group is made, joined and left with the calls of groups."""
        given = read_object(chat, GivenChat, "the chat")
        found = await self._set_active(given)
        if found is not None and given.muted is not None and given.muted != found.muted:
            await self._client.feature(Conversations).set_muted(found, given.muted)

    async def _set_active(self, given: GivenChat) -> Chat | None:
        known = self._known(given.id)
        if known is not None and known.active and not given.active and known.kind is not ChatKind.PRIVATE_GROUP:
            return await self._client.leave(known)
        return await self._open(given) if given.active else known

    async def _open(self, given: GivenChat) -> Chat | None:
        match given.chat_type:
            case ChatKind.ONE_TO_ONE:
                return await self._client.open_chat(given.id)
            case ChatKind.PUBLIC:
                return await self._client.join(given.id)
            case ChatKind.PRIVATE_GROUP:
                return self._known(given.id)
        raise LocalError("A chat of two has the type 1, a public one 2, a group 3.")

    async def join(self, chat: msgspec.Raw) -> None:
        """Receive what is said in a chat."""
        await self._open(read_object(chat, GivenChat, "the chat"))

    async def leave(self, chat: msgspec.Raw) -> None:
        """Receive nothing of a chat any more."""
        found = chat_of(self._client, read_object(chat, GivenChat, "the chat").id)
        if found.active:
            await self._client.leave(found)

    async def delete_chat(self, id: str) -> None:
        """Leave a chat, and delete what was said in it; a group is left before."""
        await self._client.feature(Conversations).delete(chat_of(self._client, id))

    async def delete_messages(self, chat_id: str) -> None:
        """Delete what was said in a chat."""
        await self._client.feature(Conversations).clear(chat_of(self._client, chat_id))

    async def mark_messages_seen(self, chat_id: str, ids: list[str]) -> int:
        """How many of these messages were unread; as many are not any more, the oldest first."""
        if len(ids) > MAX_SEEN:
            raise LocalError(f"At most {MAX_SEEN} messages are marked in one call. Use markAllRead.")
        seen = [found for text in ids if (found := possible_id(text)) is not None]
        return await self._client.feature(Conversations).mark_seen(chat_of(self._client, chat_id), seen)

    async def mark_all_read(self, chat_id: str) -> None:
        """Nothing in a chat is unread."""
        await self._client.mark_read(chat_of(self._client, chat_id))

    async def mute_chat(self, chat_id: str) -> None:
        """A chat asks for no attention."""
        await self._client.feature(Conversations).set_muted(chat_of(self._client, chat_id))

    async def unmute_chat(self, chat_id: str) -> None:
        """A chat asks for attention again."""
        await self._client.feature(Conversations).set_muted(chat_of(self._client, chat_id), muted=False)

    def _known(self, chat_id: str) -> Chat | None:
        return known_chat(self._client, chat_id)


def known_chat(client: Client, chat_id: str) -> Chat | None:
    """The chat with exactly this id: for programs, names are none. ``None``: there is none. However many chats there
    are, as strangers can begin some thousands: no list of them is made."""
    try:
        found = client.find_chat(chat_id)
    except LocalError:
        return None
    return found if found.id == chat_id else None


def chat_of(client: Client, chat_id: str) -> Chat:
    """The same where there has to be one.

    :raises LocalError: there is none.
    """
    found = known_chat(client, chat_id)
    if found is None:
        raise LocalError(f"Chat not found: there is no chat {quoted(chat_id)} here.")
    return found
