"""Payloads on their way down: wrapper, encryption layer, outbox."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.answers import Answers
from pystatus.messenger.channels import Channels
from pystatus.messenger.dispatch import Dispatch, Sent
from pystatus.messenger.one_to_one import OneToOne
from pystatus.messenger.outbox import Outbox
from pystatus.messenger.people import People
from pystatus.messenger.records import Chat, Message, OutboxEntry
from pystatus.messenger.refusals import BLOCKED
from pystatus.payloads.chats import PUBLIC_KINDS, key_from_text
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import message_id, sign, wrap
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import size_for_one


class Sender:
    """The way of every payload of ours into the outbox. What is sent, and when, is for the features."""

    def __init__(
        self,
        identity: PrivateKey,
        secure: SecureTransport,
        channels: Channels,
        outbox: Outbox,
        private: OneToOne,
        people: People,
        answers: Answers,
        dispatch: Dispatch,
    ) -> None:
        self._identity = identity
        self._secure = secure
        self._channels = channels
        self._outbox = outbox
        self._private = private
        self._people = people
        self._answers = answers
        self._dispatch = dispatch

    def send(self, chat: Chat, payload: Payload, now: float, encoded: bytes | None = None) -> Sent:
        """Queue a payload for everybody in a chat and, if it is a private one, for our other devices.

        :param encoded: the payload's bytes, where the caller has made them already.
        :raises LocalError: too large for an envelope, or we may not speak there.
        """
        carrier = self._dispatch.carrier(chat.kind)
        if carrier is not None:
            return carrier.send(chat, payload, now)
        return self._send_directly(chat, payload.TYPE, payload.encode() if encoded is None else encoded, now)

    def resend(self, chat: Chat, message: Message, now: float, payload_type: int = ChatMessage.TYPE) -> Sent:
        """Queue a message of ours once more: the same bytes, so it is the same message for everybody.

        :param payload_type: as what it was sent.
        :raises LocalError: as :meth:`send`.

        Implements: PL-4
        """
        carrier = self._dispatch.carrier(chat.kind)
        if carrier is not None:
            return carrier.resend(chat, message, now)
        return self._send_directly(chat, payload_type, message.payload, now)

    def send_to(
        self,
        people: Sequence[PublicKey],
        payload: Payload,
        now: float,
        *,
        shown_as: bytes | None = None,
        own_devices: bool = True,
    ) -> Sent:
        """Queue a payload for each of ``people`` and for our other devices: the same bytes, sealed for each alone.

        :param own_devices: whether ours get it, too.
        :param shown_as: the id of the message of ours whose state says how far it got; its own, if it has one.
        :raises LocalError: too large for an envelope.

        Implements: GC-10, PL-4, WU-19
        """
        wrapped = wrap(payload.encode(), payload.TYPE, self._identity)
        own_id = message_id(wrapped, self._identity.public_key)
        forward_secrecy = self._private.send_to(people, wrapped, shown_as or own_id, now, own_devices=own_devices)
        return Sent(own_id, forward_secrecy)

    def withdraw(self, message_id: bytes) -> None:
        """See :meth:`OneToOne.withdraw`; of messages to anybody."""
        self._private.withdraw(message_id)

    def forget(self, person: PublicKey) -> None:
        """What waits for somebody is not sent any more."""
        self._private.forget(person)

    def sign(self, event: MembershipUpdateEvent, chat_id: str) -> SignedEvent:
        """An event of a group, in our name."""
        return SignedEvent.sign(event, chat_id, self._identity)

    def _send_directly(self, chat: Chat, payload_type: int, payload: bytes, now: float) -> Sent:
        """As it is, to everybody on a topic or to one person.

        Implements: DS-16, DS-17, PL-1, PL-4
        """
        wrapped = wrap(payload, payload_type, self._identity)
        own_id = message_id(wrapped, self._identity.public_key)
        if chat.kind in PUBLIC_KINDS:
            sealed = self._secure.seal_public(wrapped, now)
            self._outbox.add(OutboxEntry(0, (own_id,), ChannelKind.PUBLIC, chat.id, sealed))
            return Sent(own_id, forward_secrecy=False)

        self._check_not_blocked(chat)
        forward_secrecy = self._private.send(key_from_text(chat.id), wrapped, own_id, now)
        self._channels.listen_to(chat)  # it may have been a stranger's
        return Sent(own_id, forward_secrecy)

    def send_once(self, chat: Chat, payload: Payload, now: float) -> None:
        """Queue a payload for everybody in a chat and, if it is a private one, for our other devices: in one envelope
        each, without data sync. For what is worth no repetition (payloads.md §11).

        :raises LocalError: too large for an envelope, or we may not speak there.
        """
        carrier = self._dispatch.carrier(chat.kind)
        if carrier is not None:
            carrier.send_once(chat, payload, now)
            return
        wrapped = wrap(payload.encode(), payload.TYPE, self._identity)
        if chat.kind in PUBLIC_KINDS:
            sealed = self._secure.seal_public(wrapped, now)
            self._outbox.add_once(OutboxEntry(0, (), ChannelKind.PUBLIC, chat.id, sealed))
            return
        self._check_not_blocked(chat)
        self._private.send_once([key_from_text(chat.id)], wrapped, now)
        self._channels.listen_to(chat)  # it may have been a stranger's

    def _check_not_blocked(self, chat: Chat) -> None:
        """
        :raises LocalError: the chat is with somebody of whom nothing is taken.
        """
        if self._people.is_blocked(key_from_text(chat.id)):
            raise LocalError(BLOCKED)

    def send_once_to(self, people: Sequence[PublicKey], payload: Payload, now: float) -> None:
        """The same to some people, each of whom gets it alone, as :meth:`send_to`.

        :raises LocalError: too large for an envelope.
        """
        self._private.send_once(people, wrap(payload.encode(), payload.TYPE, self._identity), now)

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

    def wrapped(self, payload: Payload) -> bytes:
        """A payload of ours as it is sent: the same bytes each time."""
        return wrap(payload.encode(), payload.TYPE, self._identity)

    def signature(self, payload: bytes) -> bytes:
        """What wraps an encoded payload of ours: the same each time."""
        return sign(payload, self._identity)

    def send_to_device(
        self, installation_id: str, wrapped: bytes, written_s: int, now: float, *, copy_of: bytes = b""
    ) -> bytes:
        """See :meth:`OneToOne.send_to_device`.

        :raises LocalError: as there.
        """
        return self._private.send_to_device(installation_id, wrapped, written_s, now, copy_of=copy_of)

    def send_to_any_own_device(self, payload: Payload, now: float) -> None:
        """Queue a payload for our other devices, for those that do not know each other yet, too (secure-transport.md
        §6.5)."""
        own = self._identity.public_key
        self._channels.listen_to_negotiated(own)
        wrapped = wrap(payload.encode(), payload.TYPE, self._identity)
        sealed = self._secure.seal_for_any_device(own, wrapped, now)
        self._outbox.add(OutboxEntry(0, (), ChannelKind.PARTITIONED, own.hex, sealed.data))
