"""Messages: written, sent again, read in pages, deleted; and emoji under them."""

from __future__ import annotations

import re

import msgspec

from pystatus.client.client import Client
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.media import Media
from pystatus.client.features.our_profile import OurProfile
from pystatus.client.features.reactions import Reaction, Reactions
from pystatus.client.sending import Receipt
from pystatus.errors import LocalError
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.payloads.kinds import ContentType
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.chats import chat_of
from pystatus.rpc.wakuext.local_files import MediaFolder
from pystatus.rpc.wakuext.reading import GivenMessage, message_id, possible_id, read_object
from pystatus.rpc.wakuext.view import View

MAX_PAGE = 1_000
"""Messages in one page; who asks for more gets a cursor. Ours: some 2 MB of JSON."""

_CURSOR = re.compile(r"([0-9]{1,64})0x([0-9a-f]{64})")
_CURSOR_DIGITS = 64
_STATUSES = frozenset({"sending", "sent", "delivered", "not-sent", "resend", "seen"})
_TEXTS = (ContentType.TEXT_PLAIN, ContentType.EMOJI)


class MessageCalls(Calls):
    """The calls about single messages."""

    def __init__(self, client: Client, view: View, folder: MediaFolder) -> None:
        super().__init__(client, view)
        self._folder = folder

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_sendChatMessage": self.send_chat_message,
            "wakuext_reSendChatMessage": self.resend_chat_message,
            "wakuext_updateMessageOutgoingStatus": self.update_outgoing_status,
            "wakuext_chatMessages": self.chat_messages,
            "wakuext_deleteMessage": self.delete_message,
            "wakuext_sendEmojiReaction": self.send_reaction,
            "wakuext_sendEmojiReactionRetraction": self.send_retraction,
            "wakuext_emojiReactionsByChatID": self.reactions_of_chat,
            "wakuext_signMessageWithChatKey": self.sign,
        }

    # messages

    async def send_chat_message(self, message: msgspec.Raw) -> shapes.Answer:
        """Write a message; ``imagePath`` and ``audioPath`` name files of the folder that the node was given."""
        given = read_object(message, GivenMessage, "the message")
        chat = chat_of(self._client, given.chat_id)
        receipt = await self._written(chat, given)
        sent, chat = receipt.message, self._client.find_chat(chat.id)
        return shapes.Answer(chats=[self._view.chat(chat)], messages=self._view.with_replies(sent, chat))

    async def _written(self, chat: Chat, given: GivenMessage) -> Receipt:
        reply = message_id(given.response_to) if given.response_to else None
        text, media = given.text, self._client.feature(Media)
        if given.image_path or given.content_type == ContentType.IMAGE:
            return await media.send_image(chat, self._folder.read(given.image_path), text, reply)
        if given.audio_path or given.content_type == ContentType.AUDIO:
            return await media.send_audio(chat, self._folder.read(given.audio_path), text, reply)
        if given.content_type == ContentType.STICKER and given.sticker is not None:
            sticker = given.sticker
            return await media.send_sticker(chat, sticker.hash, sticker.pack, reply, text=text)
        if given.content_type not in _TEXTS:
            raise LocalError("A text has the content type 1, a sticker 2, emoji 4, a picture 7, a sound 8.")
        return await self._client.send_text(chat, text, reply, ens_name=given.ens_name or None)

    async def resend_chat_message(self, id: str) -> None:
        """Send a message once more that was given up."""
        await self._client.resend(message_id(id))

    def update_outgoing_status(self, id: str, status: str) -> None:
        """Nothing: how far a message got is known here. The call is for those who track it themselves."""
        self._message(id)
        if status not in _STATUSES:
            raise invalid_params(f"the status is none of {', '.join(sorted(_STATUSES))}")

    def chat_messages(self, chat_id: str, cursor: str | None = None, limit: int = 20) -> shapes.Page:
        """A page of a chat, the newest message first. The cursor is that of the page before."""
        chat = chat_of(self._client, chat_id)
        page, following = self._page(chat, cursor or "", limit)
        return shapes.Page(messages=self._view.page(page, chat) or None, cursor=following)

    def _page(self, chat: Chat, cursor: str, limit: int) -> tuple[list[Message], str]:
        if limit < 1:
            raise LocalError("A page has one message or more.")
        limit = min(limit, MAX_PAGE)
        found = list(self._client.history(chat, limit + 1, before=_read_cursor(cursor)))
        more = found[limit:]
        return found[:limit], "".join(f"{one.clock:0{_CURSOR_DIGITS}d}{to_hex(one.id)}" for one in more)

    async def delete_message(self, id: str) -> None:
        """Delete a message here."""
        await self._client.feature(Conversations).delete_message(message_id(id))

    # reactions

    async def send_reaction(self, chat_id: str, message_id: str, emoji_id: int) -> shapes.Answer:
        """Put an emoji under a message: 1 to 6 (payloads.md §3.4)."""
        chat, message = chat_of(self._client, chat_id), self._message(message_id)
        if message.chat_id != chat.id:
            raise LocalError("This message is of another chat.")
        return self._reacted(await self._client.feature(Reactions).add(message, emoji_id))

    async def send_retraction(self, reaction_id: str) -> shapes.Answer:
        """Take an emoji back."""
        number = possible_id(reaction_id)
        reactions = self._client.feature(Reactions)
        found = None if number is None else reactions.find_own(number)
        if found is None:
            raise LocalError("There is no such reaction of yours, or it is taken back.")
        return self._reacted(await reactions.retract(found.message_id, found.type))

    def _reacted(self, reaction: Reaction) -> shapes.Answer:
        chat = self._client.find_chat(reaction.chat_id)
        return shapes.Answer(chats=[self._view.chat(chat)], emoji_reactions=[self._view.reaction(reaction)])

    def reactions_of_chat(
        self, chat_id: str, cursor: str | None = None, limit: int = 20
    ) -> list[shapes.EmojiReaction] | None:
        """What is under the messages of the same page."""
        page, _ = self._page(chat_of(self._client, chat_id), cursor or "", limit)
        found = self._client.feature(Reactions).by_all(page)
        return [self._view.reaction(one, is_listed=True) for those in found.values() for one in those] or None

    # others

    def sign(self, text: str) -> str:
        """Sign a text with our chat key, as a personal message of EIP-191."""
        return to_hex(self._client.feature(OurProfile).sign(text))

    def _message(self, text: str) -> Message:
        found = self._client.message(message_id(text))
        if found is None:
            raise LocalError("There is no such message here.")
        return found


def _read_cursor(text: str) -> Cursor | None:
    """The place before a message that is the first of the page: the smallest one above it.

    :raises LocalError: not a cursor.
    """
    if not text:
        return None
    match = _CURSOR.fullmatch(text)
    if match is None or int(match[1]) >= 1 << 63:
        raise LocalError("This is no cursor. Give the one that came with the page before, or an empty text.")
    return Cursor(int(match[1]), bytes.fromhex(match[2]) + b"\0")
