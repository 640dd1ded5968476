"""Payloads on their way down: wrapper, encryption layer, outbox, envelope."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.messenger.answers import Answers
from pystatus.messenger.channels import Channels
from pystatus.messenger.one_to_one import OneToOne
from pystatus.messenger.outbox import Outbox
from pystatus.messenger.people import People
from pystatus.messenger.records import Chat, OutboxEntry
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import message_id, wrap
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import seal, size_for_one
from pystatus.waku.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Sent:
    """What was queued, as its recipients see it."""

    message_id: bytes
    """32 bytes."""
    forward_secrecy: bool
    """Whether it travels under a ratchet key."""


class Sender:
    """The way of every payload of ours into the outbox, and of what is in the outbox into envelopes. What is sent, and
    when, is for the features."""

    def __init__(
        self,
        identity: PrivateKey,
        secure: SecureTransport,
        channels: Channels,
        outbox: Outbox,
        private: OneToOne,
        people: People,
        answers: Answers,
    ) -> None:
        self._identity = identity
        self._secure = secure
        self._channels = channels
        self._outbox = outbox
        self._private = private
        self._people = people
        self._answers = answers

    def send(self, chat: Chat, payload: Payload, now: float) -> Sent:
        """Queue a payload for everybody in a chat and, if it is a private one, for our other devices.

        :raises LocalError: too large for an envelope.
        """
        return self.send_encoded(chat, payload.TYPE, payload.encode(), now)

    def send_encoded(self, chat: Chat, payload_type: int, payload: bytes, now: float) -> Sent:
        """The same with the bytes of a payload: the same bytes always are the same message.

        :raises LocalError: too large for an envelope.

        Implements: DS-16, DS-17, PL-1, PL-4
        """
        wrapped = wrap(payload, payload_type, self._identity)
        own_id = message_id(wrapped, self._identity.public_key)
        if chat.kind == ChatKind.PUBLIC:
            sealed = self._secure.seal_public(wrapped, now)
            self._outbox.add(OutboxEntry(0, (own_id,), ChannelKind.PUBLIC, chat.id, sealed))
            return Sent(own_id, forward_secrecy=False)

        forward_secrecy = self._private.send(key_from_text(chat.id), wrapped, own_id, now)
        self._channels.listen_to(chat)  # it may have been a stranger's
        return Sent(own_id, forward_secrecy)

    def send_on_contact_code(self, payload_type: int, payload: bytes, now: float) -> None:
        """Queue a payload for everybody who listens to our contact code. As with every message, our bundle comes along.

        Implements: ST-14
        """
        sealed = self._secure.seal_public(wrap(payload, payload_type, self._identity), now)
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

    def send_to_any_own_device(self, payload: Payload, now: float) -> None:
        """Queue a payload for our other devices, for those that do not know each other yet, too (secure-transport.md
        §6.5)."""
        own = self._identity.public_key
        self._channels.listen_to_negotiated(own)
        wrapped = wrap(payload.encode(), payload.TYPE, self._identity)
        sealed = self._secure.seal_for_any_device(own, wrapped, now)
        self._outbox.add(OutboxEntry(0, (), ChannelKind.PARTITIONED, own.hex, sealed.data))

    def seal(self, entry: OutboxEntry, now: float, random: RandomSource) -> Envelope:
        """A new envelope with the contents of ``entry``."""
        channel = self._channels.channel(entry.channel, entry.target)
        return seal(channel, entry.payload, self._identity, now, random)
