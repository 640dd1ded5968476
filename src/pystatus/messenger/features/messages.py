"""Messages of chats: written, sent again, and what is stored of one that has come (payloads.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pystatus.errors import LocalError
from pystatus.messenger.contact_records import ContactTables
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatOpened, MessagePosted, MessageReceived, MessageSynced
from pystatus.messenger.features.contacts import Contacts, claim_name
from pystatus.messenger.features.conversations import Conversations, delete_message
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.media import Media
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.media_keeping import MEDIA_KINDS, MediaKeeping, Separated
from pystatus.messenger.mentions import names
from pystatus.messenger.own_profile import OwnProfile, checked_ens_name
from pystatus.messenger.public_chats import PublicChats
from pystatus.messenger.records import (
    MESSAGE_ID_SIZE,
    NOT_LEFT,
    OWN_KEY,
    SEEN_RETENTION,
    Chat,
    Message,
    MessageState,
)
from pystatus.messenger.refusals import LEFT
from pystatus.messenger.transaction_records import TransactionTables
from pystatus.payloads.chats import (
    MESSAGE_TYPES,
    PUBLIC_KINDS,
    ChatKind,
    KnownChat,
    key_from_text,
    match_chat,
    profile_chat_id,
)
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS, MAX_TEXT, is_late
from pystatus.payloads.clocks import advance, next_clock
from pystatus.payloads.emoji import is_only_emoji
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import ApplicationMessage
from pystatus.sanitise import quoted
from pystatus.unchecked import changed, unchecked
from pystatus.wording import counted

_STANDING = {
    ContentType.SYSTEM_PRIVATE_GROUP: "This says what has changed in a group, which is changed already. "
    "It cannot be withdrawn.",
    ContentType.TRANSACTION_COMMAND: "This is a step of a transaction, which is taken already. It cannot be withdrawn.",
}
"""Why messages of some content cannot be withdrawn: they tell of something that was done."""
_message = unchecked(Message)
_posted = unchecked(MessagePosted)
_received = unchecked(MessageReceived)


class Messages(Feature[None]):
    """Messages that we write, and those that have come, from others and from our other devices."""

    PAYLOADS = (ChatMessage,)

    def __init__(self, core: Core, tables: None, now: float) -> None:
        super().__init__(core, tables, now)
        self._public = PublicChats(core.people, core.store.people)
        self._profile = OwnProfile(core.store, core.batch)
        self._media = MediaKeeping(core.store.tables(Media))
        if core.store.setting(OWN_KEY) is None:
            core.store.save_setting(OWN_KEY, core.own.uncompressed)

    # sending

    def send_text(
        self,
        chat_id: str,
        text: str,
        *,
        response_to: bytes | None = None,
        ens_name: str | None = None,
        now: float,
    ) -> Message:
        """Write and store a text, and send it as soon as a relay is there. One of emoji only is of a content type of
        its own, which clients show large, unless it is a reply.

        :param ens_name: as whom we write; ``None``: as our profile says.
        :raises LocalError: not in this chat, the text is blank or too long, or not a name of ENS.
        """
        is_emoji = response_to is None and not text.isascii() and is_only_emoji(text)
        content = ChatMessage(
            text=text,
            response_to=f"0x{response_to.hex()}" if response_to else "",
            content_type=ContentType.EMOJI if is_emoji else ContentType.TEXT_PLAIN,
            ens_name="" if ens_name is None else checked_ens_name(ens_name),
        )
        return self.send(chat_id, content, now)

    def send(self, chat_id: str, content: ChatMessage, now: float) -> Message:
        """Write and store a message of any content, and send it as soon as a relay is there.

        :param content: its text, content type, what it replies to, its sticker, image or sound, and as whom we write
            if not as our profile says. The other fields are set here.
        :raises LocalError: not in this chat, the text is blank or too long, or its picture or sound cannot be sent.

        Implements: PL-5, PL-9, PL-10
        """
        core = self._core
        chat = core.store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(chat_id)}. Join it first.")
        if chat.kind is ChatKind.PROFILE and chat_id != profile_chat_id(core.own):
            raise LocalError("This is the profile of somebody else, where they alone write. Write to them instead.")
        check_text(content.text)
        if content.content_type in MEDIA_KINDS:
            self._media.check(chat, content)
        now_ms = int(now * 1000)
        # Our time may have been ahead when the chat's clock was set; everybody would refuse what comes after that.
        clock, timestamp = next_clock(min(chat.last_clock, now_ms + MAX_CLOCK_AHEAD_MS // 2), now_ms)
        payload = replace(
            content,
            clock=clock,
            timestamp=timestamp,
            ens_name=content.ens_name or self._profile.ens_name(),
            chat_id=chat_id,
            message_type=MESSAGE_TYPES[chat.kind],
        )
        encoded = payload.encode()
        sent = core.sender.send(chat, payload, now, encoded)
        separated = self._separate(payload, encoded, sent.message_id, chat_id, len(encoded))
        message = _message(
            id=sent.message_id,
            chat_id=chat_id,
            author=core.own,
            clock=clock,
            sent_ms=timestamp,
            received_ms=timestamp,
            content_type=payload.content_type,
            text=payload.text,
            payload=separated.payload,
            response_to=_message_id(payload.response_to),
            state=MessageState.SENDING,
            forward_secrecy=sent.forward_secrecy,
        )
        chat = changed(chat, last_clock=advance(chat.last_clock, clock), updated_ms=timestamp)
        core.store.save_chat(chat)
        core.store.add_message(message)
        core.batch.add(Notify(_posted(message, chat)))
        if separated.attachment is not None:
            self._media.add(separated)
        return message

    def resend(self, message_id: bytes, now: float) -> Message:
        """Send a message that was given up once more. Signing is deterministic, so it is the same one for everybody.

        :raises LocalError: not one of ours that was given up, or its picture or sound is not kept any more.

        Implements: PL-4, PL-22
        """
        core = self._core
        message = core.store.message(message_id)
        chat = core.store.chat(message.chat_id) if message else None
        if message is None or chat is None or not core.states.advance(message_id, MessageState.SENDING):
            raise LocalError("Only a message of yours that failed can be sent again.")
        whole = self._media.whole(message)
        if whole is None:
            raise LocalError("The picture or sound of this message is not kept any more. Send it anew.")
        sent = core.sender.resend(chat, whole, now, self._payload_type(message))
        return replace(message, id=sent.message_id, state=MessageState.SENDING, forward_secrecy=sent.forward_secrecy)

    def withdraw(self, message_id: bytes, now: float) -> Message:
        """Send a message of ours nowhere that has not left this device, and delete it here. That is one of which no
        envelope was ever made: what a relay was handed once is not ours any more.

        :raises LocalError: not one of ours that waits or failed, it has left, or it says what became of something else.
        """
        core = self._core
        message = core.store.message(message_id)
        if message is None or message.state is None:
            raise LocalError("Only a message of yours that waits to be sent can be withdrawn.")
        if message.content_type in _STANDING:
            raise LocalError(_STANDING[ContentType(message.content_type)])
        if message.state not in NOT_LEFT:
            raise LocalError(LEFT)
        if message.sent_ms < (now - SEEN_RETENTION) * 1000:
            days = counted(SEEN_RETENTION // 86_400, "day")
            raise LocalError(
                f"The message is older than {days}, and it is not remembered that long whether a message has left "
                "this device: it cannot be withdrawn. Delete it instead: that removes it here alone."
            )
        core.sender.withdraw(message_id)
        delete_message(core, message, withdrawn=True)
        return message

    def seal_anew(self, message_ids: Iterable[bytes], now: float) -> None:
        """Queue private messages again that wait for a relay, sealed as the device that we are now."""
        for message_id in message_ids:
            message = self._core.store.message(message_id)
            chat = self._core.store.chat(message.chat_id) if message else None
            whole = self._media.whole(message) if message else None
            if whole is not None and chat is not None:
                self._core.sender.resend(chat, whole, now, self._payload_type(whole))

    def _payload_type(self, message: Message) -> int:
        """As what a message was sent: the steps of transactions are messages here alone."""
        if message.content_type != ContentType.TRANSACTION_COMMAND:
            return ChatMessage.TYPE
        tables: TransactionTables = self._core.store.tables(Transactions)
        return tables.payload_type(message.id) or ChatMessage.TYPE

    # receiving

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Store a message in the chat that it is for; one that is known already changes nothing.

        Implements: PL-21
        """
        assert isinstance(payload, ChatMessage)
        core, wrapped = self._core, incoming.message
        chat_id = match_chat(
            payload.chat_id, payload.message_type, wrapped.author, core.own, self._known_chat, incoming.public_name
        )
        if core.store.has_message(wrapped.id) or core.store.tables(Conversations).is_deleted(wrapped.id):
            return
        chat = core.store.chat(chat_id) or Chat(chat_id, ChatKind.ONE_TO_ONE, active=False)
        contacts: ContactTables = core.store.tables(Contacts)
        if payload.clock <= max(chat.cleared_clock, contacts.cleared_clock(wrapped.author)):
            return  # it was deleted before it came
        own = wrapped.author == core.own
        is_brought = incoming.device is not None  # by another device of ours: it is known there
        appeared = not chat.active
        if (own or is_brought) and chat.kind is ChatKind.ONE_TO_ONE:  # another device of ours wrote to them
            core.people.know(key_from_text(chat_id))
        is_news = not own and not is_brought
        chat = changed(
            chat,
            active=True,
            # A clock at the edge of what is accepted must not drive ours over it: everybody would refuse us.
            last_clock=advance(chat.last_clock, min(payload.clock, incoming.now_ms + MAX_CLOCK_AHEAD_MS // 2)),
            unread=chat.unread + is_news,
            archived=chat.archived and (chat.muted or not is_news),
            mentions=chat.mentions + (is_news and core.own.hex in payload.text and names(payload.text, core.own)),
            updated_ms=max(chat.updated_ms, min(payload.timestamp, incoming.now_ms) if is_brought else incoming.now_ms),
        )
        separated = self._separate(payload, wrapped.payload, wrapped.id, chat_id, self._most_bytes(wrapped))
        message = _message(
            id=wrapped.id,
            chat_id=chat_id,
            author=wrapped.author,
            clock=payload.clock,
            sent_ms=payload.timestamp,
            received_ms=incoming.now_ms,
            content_type=payload.content_type,
            text=payload.text,
            payload=separated.payload,
            response_to=_message_id(payload.response_to),
            state=MessageState.SENT if own else None,
            forward_secrecy=incoming.forward_secrecy,
        )
        core.store.save_chat(chat)
        size = core.store.add_message(message)
        if separated.attachment is not None:
            self._media.add(separated)
        if chat.kind in PUBLIC_KINDS and not own:
            self._public.wrote(chat_id, size + len(separated.data))
        if appeared or own or is_brought:
            core.channels.listen_to(chat)
        if appeared:
            core.batch.add(Notify(ChatOpened(chat)))
        if not own and payload.ens_name:
            claim_name(contacts, wrapped.author, payload.ens_name, payload.clock)
        if is_news:
            late = incoming.sent_ms is not None and is_late(payload.clock, incoming.sent_ms)
            core.batch.add(Notify(_received(message, chat, late)))
        elif is_brought:
            core.batch.add(Notify(MessageSynced(message, chat)))

    def _separate(self, payload: ChatMessage, encoded: bytes, message_id: bytes, chat_id: str, most: int) -> Separated:
        """What is stored with a message, and what beside it: nearly all are texts, which stay whole.

        :param most: bytes that are kept of it altogether.
        """
        if payload.content_type in MEDIA_KINDS:
            return self._media.separate(payload, encoded, message_id, chat_id, most)
        return Separated(encoded if len(encoded) <= most else b"")

    def _known_chat(self, chat_id: str) -> KnownChat | None:
        chat = self._core.store.chat(chat_id)
        return self._core.dispatch.known(chat) if chat is not None and chat.active else None

    def _most_bytes(self, wrapped: ApplicationMessage) -> int:
        """How many bytes are kept of a message besides its text: a stranger's may be an envelope full."""
        people = self._core.people
        size, most = len(wrapped.payload), people.config.payload_bytes
        # Nearly all are smaller: then it does not matter whose they are, and nobody is looked up.
        return size if size <= most or people.is_known(wrapped.author) else most


def _message_id(text: str) -> bytes | None:
    """The id that a reply names; None if it names nothing that could be one."""
    try:
        message_id = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return None
    return message_id if len(message_id) == MESSAGE_ID_SIZE else None


def check_text(text: str) -> None:
    """
    :raises LocalError: it is no message that others take.
    """
    if not text.strip():
        raise LocalError("The message is empty. Write something.")
    if len(text) > MAX_TEXT:
        raise LocalError(f"The message has {len(text)} characters; {MAX_TEXT} are allowed. Split it.")
