"""Channels: where messages are sent, under which key, and who can read them (waku.md §8.1)."""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey
from pystatus.records import dataclass
from pystatus.transport import topics
from pystatus.transport.kinds import ChannelKind as ChannelKind
from pystatus.waku.data import SealingKey, SymmetricKey


@dataclass(frozen=True, slots=True)
class Channel:
    """One place to send to or to listen at. Make it with the functions below."""

    kind: ChannelKind
    name: str
    """For people and logs; it tells no secret."""
    topic: bytes
    key: SealingKey
    """What messages are sealed with. A shared key opens them as well; a public key needs its private one."""
    peer: PublicKey | None = None
    """The person whose channel it is: owner of the contact code, recipient, or partner."""

    @property
    def public_name(self) -> str | None:
        """The name of a channel that others read as well; None of a private one."""
        return self.name if self.kind in (ChannelKind.PUBLIC, ChannelKind.CONTACT_CODE) else None


def public_chat(name: str, key: SymmetricKey | None = None) -> Channel:
    """A public chat, named exactly so. ``key`` is its derived key, where the caller has it: that takes 7 ms otherwise.

    :raises LocalError: the name is not text.

    Implements: AC-10, WU-18
    """
    return Channel(ChannelKind.PUBLIC, name, topics.topic(name), key or topics.symmetric_key(name))


def contact_code(owner: PublicKey, key: SymmetricKey | None = None) -> Channel:
    """Where ``owner`` publishes their devices. ``key`` as for :func:`public_chat`."""
    name = topics.contact_code(owner)
    return Channel(ChannelKind.CONTACT_CODE, name, topics.topic(name), key or topics.symmetric_key(name), owner)


def partitioned(recipient: PublicKey) -> Channel:
    """Where anybody writes to ``recipient``, who may also be an ephemeral key of the push service."""
    name = topics.partitioned(recipient)
    return Channel(ChannelKind.PARTITIONED, name, topics.topic(name), recipient, recipient)


def personal_discovery(recipient: PublicKey) -> Channel:
    """Where old clients write to ``recipient``."""
    name = topics.personal_discovery(recipient)
    return Channel(ChannelKind.PERSONAL_DISCOVERY, name, topics.topic(name), recipient, recipient)


def negotiated(peer: PublicKey, shared_secret: bytes, key: SymmetricKey | None = None) -> Channel:
    """Where we and ``peer`` write to each other. ``key`` as for :func:`public_chat`."""
    secret_name = topics.negotiated(shared_secret)
    return Channel(
        ChannelKind.NEGOTIATED,
        topics.negotiated_filter_name(peer),
        topics.topic(secret_name),
        key or topics.symmetric_key(secret_name),
        peer,
    )
