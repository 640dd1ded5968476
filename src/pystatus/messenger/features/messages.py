"""Messages of chats: written, sent again, and what is stored of one that has come (payloads.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pystatus.errors import LocalError
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatOpened, MessageReceived
from pystatus.messenger.features.feature import Core, Feature, Incoming
from pystatus.messenger.public_chats import PublicChats
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind, KnownChat, key_from_text, match_chat
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS, MAX_TEXT
from pystatus.payloads.clocks import advance, next_clock
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import ApplicationMessage
from pystatus.sanitise import quoted

_MESSAGE_TYPES = {ChatKind.PUBLIC: MessageType.PUBLIC_GROUP, ChatKind.ONE_TO_ONE: MessageType.ONE_TO_ONE}


class Messages(Feature[None]):
    """Messages that we write, and those that have come, from others and from our other devices."""

    PAYLOADS = (ChatMessage,)

    def __init__(self, core: Core, tables: None, now: float) -> None:
        super().__init__(core, tables, now)
        self._public = PublicChats(core.people, core.store.people)

    # sending

    def send_text(self, chat_id: str, text: str, *, response_to: bytes | None = None, now: float) -> Message:
        """Write and store a text, and send it as soon as a relay is there.

        :raises LocalError: not in this chat, or the text is blank or too long.

        Implements: PL-5, PL-9, PL-10
        """
        core = self._core
        chat = core.store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(chat_id)}. Join it first.")
        check_text(text)
        now_ms = int(now * 1000)
        # Our time may have been ahead when the chat's clock was set; everybody would refuse what comes after that.
        clock, timestamp = next_clock(min(chat.last_clock, now_ms + MAX_CLOCK_AHEAD_MS // 2), now_ms)
        payload = ChatMessage(
            clock=clock,
            timestamp=timestamp,
            text=text,
            response_to=f"0x{response_to.hex()}" if response_to else "",
            chat_id=chat_id,
            message_type=_MESSAGE_TYPES[chat.kind],
            content_type=ContentType.TEXT_PLAIN,
        ).encode()
        sent = core.sender.send_encoded(chat, ChatMessage.TYPE, payload, now)
        message = Message(
            id=sent.message_id,
            chat_id=chat_id,
            author=core.own,
            clock=clock,
            sent_ms=timestamp,
            received_ms=timestamp,
            content_type=ContentType.TEXT_PLAIN,
            text=text,
            payload=payload,
            response_to=response_to,
            state=MessageState.SENDING,
            forward_secrecy=sent.forward_secrecy,
        )
        core.store.save_chat(replace(chat, last_clock=advance(chat.last_clock, clock), updated_ms=timestamp))
        core.store.add_message(message)
        return message

    def resend(self, message_id: bytes, now: float) -> Message:
        """Send a message that was given up once more. Signing is deterministic, so it is the same one for everybody.

        :raises LocalError: not one of ours that was given up.

        Implements: PL-4, PL-22
        """
        core = self._core
        message = core.store.message(message_id)
        chat = core.store.chat(message.chat_id) if message else None
        if message is None or chat is None or not core.states.advance(message_id, MessageState.SENDING):
            raise LocalError("Only a message of yours that failed can be sent again.")
        sent = core.sender.send_encoded(chat, ChatMessage.TYPE, message.payload, now)
        return replace(message, id=sent.message_id, state=MessageState.SENDING, forward_secrecy=sent.forward_secrecy)

    def seal_anew(self, message_ids: Iterable[bytes], now: float) -> None:
        """Queue private messages again that wait for a relay, sealed as the device that we are now."""
        for message_id in message_ids:
            message = self._core.store.message(message_id)
            chat = self._core.store.chat(message.chat_id) if message else None
            if message is not None and chat is not None:
                self._core.sender.send_encoded(chat, ChatMessage.TYPE, message.payload, now)

    # receiving

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Store a message in the chat that it is for; one that is known already changes nothing."""
        assert isinstance(payload, ChatMessage)
        core, wrapped = self._core, incoming.message
        chat_id = match_chat(payload, wrapped.author, core.own, self._known_chat, incoming.public_name)
        if core.store.has_message(wrapped.id):
            return
        chat = core.store.chat(chat_id) or Chat(chat_id, ChatKind.ONE_TO_ONE, active=False)
        own = wrapped.author == core.own
        appeared = not chat.active
        if own and chat.kind is ChatKind.ONE_TO_ONE:  # another device of ours wrote to them
            core.people.know(key_from_text(chat_id))
        chat = replace(
            chat,
            active=True,
            # A clock at the edge of what is accepted must not drive ours over it: everybody would refuse us.
            last_clock=advance(chat.last_clock, min(payload.clock, incoming.now_ms + MAX_CLOCK_AHEAD_MS // 2)),
            unread=chat.unread + (not own),
            updated_ms=max(chat.updated_ms, incoming.now_ms),
        )
        message = Message(
            id=wrapped.id,
            chat_id=chat_id,
            author=wrapped.author,
            clock=payload.clock,
            sent_ms=payload.timestamp,
            received_ms=incoming.now_ms,
            content_type=payload.content_type,
            text=payload.text,
            payload=wrapped.payload if self._keeps_payload(wrapped) else b"",
            response_to=_message_id(payload.response_to),
            state=MessageState.SENT if own else None,
            forward_secrecy=incoming.forward_secrecy,
        )
        core.store.save_chat(chat)
        core.store.add_message(message)
        if chat.kind is ChatKind.PUBLIC and not own:
            self._public.wrote(message)
        if appeared or own:
            core.channels.listen_to(chat)
        if appeared:
            core.batch.add(Notify(ChatOpened(chat)))
        if not own:
            core.batch.add(Notify(MessageReceived(message, chat)))

    def _known_chat(self, chat_id: str) -> KnownChat | None:
        chat = self._core.store.chat(chat_id)
        return KnownChat(chat.kind) if chat is not None and chat.active else None

    def _keeps_payload(self, wrapped: ApplicationMessage) -> bool:
        """Whether a message is kept as it was sent, or only its text: a stranger's may be an envelope full."""
        people = self._core.people
        return len(wrapped.payload) <= people.config.payload_bytes or people.is_known(wrapped.author)


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
