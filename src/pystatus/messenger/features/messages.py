"""Messages of chats: what is stored of one that has come, and what the user is told (payloads.md §5)."""

from __future__ import annotations

from dataclasses import replace

from pystatus.messenger.effects import Tell
from pystatus.messenger.events import ChatOpened, MessageReceived
from pystatus.messenger.features.feature import Core, Feature, Incoming
from pystatus.messenger.public_chats import PublicChats
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind, KnownChat, key_from_text, match_chat
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.clocks import advance
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import ApplicationMessage


class Messages(Feature):
    """Messages that have come, from others and from our other devices."""

    PAYLOADS = (ChatMessage,)

    def __init__(self, core: Core, now: float) -> None:
        super().__init__(core, now)
        self._public = PublicChats(core.people, core.store.people)

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
            core.batch.add(Tell(ChatOpened(chat)))
        if not own:
            core.batch.add(Tell(MessageReceived(message, chat)))

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
    return message_id if len(message_id) == 32 else None
