"""What the user writes, on its way down: payload, wrapper, encryption layer, outbox, envelope."""

from __future__ import annotations

from dataclasses import replace

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.encryption.secure_transport import SecureTransport
from pystatus.errors import LocalError
from pystatus.messenger.answers import Answers
from pystatus.messenger.channels import Channels
from pystatus.messenger.outbox import Outbox
from pystatus.messenger.people import People
from pystatus.messenger.private import PrivateMessages
from pystatus.messenger.records import Chat, Message, MessageState, OutboxEntry
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS, MAX_TEXT
from pystatus.payloads.clocks import advance, next_clock
from pystatus.payloads.devices import PairInstallation
from pystatus.payloads.kinds import ContentType, MessageType, PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import message_id, wrap
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import seal, size_for_one
from pystatus.waku.envelope import Envelope

_MESSAGE_TYPES = {ChatKind.PUBLIC: MessageType.PUBLIC_GROUP, ChatKind.ONE_TO_ONE: MessageType.ONE_TO_ONE}


class Sender:
    """Writes messages into the store and the outbox, and makes envelopes of what is in the outbox."""

    def __init__(
        self,
        identity: PrivateKey,
        store: MessengerStore,
        secure: SecureTransport,
        channels: Channels,
        outbox: Outbox,
        private: PrivateMessages,
        people: People,
        answers: Answers,
    ) -> None:
        self._identity = identity
        self._store = store
        self._secure = secure
        self._channels = channels
        self._outbox = outbox
        self._private = private
        self._people = people
        self._answers = answers

    def send_text(self, chat_id: str, text: str, response_to: bytes | None, now: float) -> Message:
        """Write, store and queue a text.

        :raises LocalError: not in this chat, or the text is blank or too long.
        """
        chat = self._store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {chat_id!r}. Join it first.")
        if not text.strip():
            raise LocalError("The message is empty. Write something.")
        if len(text) > MAX_TEXT:
            raise LocalError(f"The message has {len(text)} characters; {MAX_TEXT} are allowed. Split it.")

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
        message = Message(
            id=b"",
            chat_id=chat_id,
            author=self._identity.public_key,
            clock=clock,
            sent_ms=timestamp,
            received_ms=timestamp,
            content_type=ContentType.TEXT_PLAIN,
            text=text,
            payload=payload,
            response_to=response_to,
            state=MessageState.SENDING,
        )
        message = self._queue(chat, message, now)
        self._store.save_chat(replace(chat, last_clock=advance(chat.last_clock, clock), updated_ms=timestamp))
        self._store.add_message(message)
        return message

    def resend(self, message_id: bytes, now: float) -> Message:
        """Queue a message again that was given up. Signing is deterministic, so it is the same one for everybody.

        :raises LocalError: not one of ours that was given up.
        """
        message = self._store.message(message_id)
        chat = self._store.chat(message.chat_id) if message else None
        if message is None or chat is None or not self._store.set_message_state(message_id, MessageState.SENDING):
            raise LocalError("Only a message of yours that failed can be sent again.")
        return replace(self._queue(chat, message, now), state=MessageState.SENDING)

    def seal_anew(self, message_id: bytes, now: float) -> None:
        """Queue a private message again that waits for a relay, sealed as the device that we are now."""
        message = self._store.message(message_id)
        chat = self._store.chat(message.chat_id) if message else None
        if message is not None and chat is not None:
            self._queue(chat, message, now)

    def send_contact_code(self, now: float) -> None:
        """Queue an advertisement whose only contents is the bundle that comes with every message."""
        wrapped = wrap(b"", PayloadType.CONTACT_CODE_ADVERTISEMENT, self._identity)
        sealed = self._secure.seal_public(wrapped, now)
        self._outbox.add(OutboxEntry(0, (), ChannelKind.CONTACT_CODE, self._identity.public_key.hex, sealed))

    def send_bundle(self, recipient: PublicKey, now: float) -> None:
        """Queue an empty message that any device of ``recipient`` can open, for the bundle that comes with it. A
        stranger gets it if the budget of answers allows."""
        known = self._people.is_known(recipient)
        self._channels.listen_to_negotiated(recipient)
        sealed = self._secure.seal_for_any_device(recipient, b"", now, known=known)
        entry = OutboxEntry(0, (), ChannelKind.PARTITIONED, recipient.hex, sealed.data)
        if known:
            self._outbox.add(entry)
        elif self._answers.take(size_for_one(len(sealed.data)), now):
            self._outbox.add_once(entry)

    def send_to_any_own_device(self, payload: PairInstallation, now: float) -> None:
        """Queue a pairing message, which devices that do not know each other yet have to open (§6.5)."""
        own = self._identity.public_key
        self._channels.listen_to_negotiated(own)
        wrapped = wrap(payload.encode(), PayloadType.PAIR_INSTALLATION, self._identity)
        sealed = self._secure.seal_for_any_device(own, wrapped, now)
        self._outbox.add(OutboxEntry(0, (), ChannelKind.PARTITIONED, own.hex, sealed.data))

    def _queue(self, chat: Chat, message: Message, now: float) -> Message:
        """Wrap ``message`` and send it on its way: it with its id, and whether it has forward secrecy."""
        wrapped = wrap(message.payload, PayloadType.CHAT_MESSAGE, self._identity)
        own_id = message_id(wrapped, self._identity.public_key)
        if chat.kind == ChatKind.PUBLIC:
            sealed = self._secure.seal_public(wrapped, now)
            self._outbox.add(OutboxEntry(0, (own_id,), ChannelKind.PUBLIC, chat.id, sealed))
            return replace(message, id=own_id)

        forward_secrecy = self._private.send(key_from_text(chat.id), wrapped, own_id, now)
        self._channels.listen_to(chat)  # it may have been a stranger's
        return replace(message, id=own_id, forward_secrecy=forward_secrecy)

    def seal(self, entry: OutboxEntry, now: float, random: RandomSource) -> Envelope:
        """A new envelope with the contents of ``entry``."""
        channel = self._channels.channel(entry.channel, entry.target)
        return seal(channel, entry.payload, self._identity, now, random)
