"""Many identities with the tools of an honest client and no manners.

Whatever a :class:`Stranger` makes is an envelope that a client opens, or one that makes it work, with as little proof
of work as relays take.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.payloads.kinds import ContentType, MessageType, PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport.channels import Channel, contact_code, partitioned, public_chat
from pystatus.waku import data
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RELAY_MIN_POW
from tests.support.encryption_store import MemoryEncryptionStore

STATUS = public_chat("status")
TTL = 15
"""Seconds that the envelopes live."""


class Stranger:
    """One identity, with one device whose state is in memory."""

    def __init__(self, now: float, identity: PrivateKey | None = None, device: str = "hostile-1") -> None:
        self.now = now
        self.identity = identity or PrivateKey.generate(os.urandom)
        self.secure = SecureTransport(self.identity, device, MemoryEncryptionStore(), os.urandom)

    @property
    def key(self) -> PublicKey:
        return self.identity.public_key

    def meets(self, other: SecureTransport) -> None:
        """Learn somebody's bundle, as from their contact code."""
        self.secure.open(other.identity.public_key, other.seal_public(b"contact code", self.now), self.now)

    def reads(self, owner: PublicKey, code: Envelope) -> None:
        """The same from the contact code itself, as the owner has published it."""
        key = contact_code(owner).key
        assert isinstance(key, SymmetricKey)
        self.secure.open(owner, data.unseal(key, code.data).payload, self.now)

    # messages

    def message(self, **changes: object) -> ChatMessage:
        """What an honest client says in the public chat "status", but for the changes."""
        now_ms = int(self.now * 1000)
        message = ChatMessage(
            clock=now_ms,
            timestamp=now_ms,
            text="hello",
            chat_id="status",
            message_type=MessageType.PUBLIC_GROUP,
            content_type=ContentType.TEXT_PLAIN,
        )
        return replace(message, **changes)  # type: ignore[arg-type]

    def wrap(self, message: ChatMessage, payload_type: int = PayloadType.CHAT_MESSAGE) -> bytes:
        """Signed by this identity."""
        return wrap(message.encode(), payload_type, self.identity)

    def private_message(self, to: PublicKey, text: str) -> ChatMessage:
        """A text of a chat of two."""
        return self.message(text=text, chat_id=to.hex, message_type=MessageType.ONE_TO_ONE)

    def payload(self, to: PublicKey, text: str, *, datasync: bool = True) -> bytes:
        """The inside of :meth:`text`."""
        message = self.private_message(to, text)
        if not datasync:
            return self.wrap(message)
        group = one_to_one_group_id(self.key, to)
        return Payload(messages=(SyncMessage(group, int(self.now), self.wrap(message)),)).encode()

    # envelopes

    def envelope(self, channel: Channel | PublicKey, payload: bytes) -> Envelope:
        """``payload`` as it is, on a channel or on somebody's partition."""
        where = partitioned(channel) if isinstance(channel, PublicKey) else channel
        sealed = data.seal(where.key, payload, self.identity, os.urandom)
        return Envelope.mine(self.now, TTL, where.topic, sealed, RELAY_MIN_POW)

    def bundle(self, to: PublicKey) -> Envelope:
        """A silent message: nothing but a bundle, for any device (attack A49)."""
        return self.envelope(to, self.secure.seal_for_any_device(to, b"", self.now).data)

    def contact_code(self, owner: PublicKey, key: SymmetricKey) -> Envelope:
        """A bundle on somebody else's contact code, which everybody can compute."""
        return self.public(b"x", contact_code(owner, key))

    def for_unknown_device(self, to: PublicKey, *, bundle: bool = True) -> Envelope:
        """A message for a device that is not there (attack A54)."""
        entry = DirectMessage(os.urandom(64), dh_key=self.key.compressed)
        bundles = (self.secure.bundle(self.now),) if bundle else ()
        return self.envelope(to, ProtocolMessage("hostile-1", bundles, {"no such device": entry}).encode())

    def public(self, payload: bytes, channel: Channel = STATUS) -> Envelope:
        """What everybody on the channel reads, with a bundle."""
        return self.envelope(channel, self.secure.seal_public(payload, self.now))

    def private(self, to: PublicKey, payload: bytes) -> Envelope:
        """A direct message, by the ratchet if the bundle is known."""
        return self.envelope(to, self.secure.seal_direct(to, payload, self.now).data)

    def offers(self, to: PublicKey, count: int) -> Envelope:
        """Offers of messages that do not exist."""
        return self.private(to, Payload(offers=tuple(os.urandom(32) for _ in range(count))).encode())

    def text(self, to: PublicKey, text: str, *, datasync: bool = True) -> Envelope:
        """What an honest first message looks like."""
        return self.private(to, self.payload(to, text, datasync=datasync))

    def after_a_gap(self, to: PublicKey, gap: int, text: str = "last") -> Envelope:
        """The last of ``gap`` messages more than arrive (attack A53)."""
        for _ in range(gap):
            self.secure.seal_direct(to, b"", self.now)
        return self.text(to, text)


def crowd(count: int, now: float) -> Iterator[Stranger]:
    """So many identities, each made when it is needed."""
    return (Stranger(now) for _ in range(count))


Attack = Callable[[Stranger], Envelope]


def in_turns(strangers: Iterator[Stranger], attacks: Sequence[Attack]) -> Iterator[Envelope]:
    """One envelope of each stranger, of one sort after the other."""
    return (attacks[number % len(attacks)](stranger) for number, stranger in enumerate(strangers))
