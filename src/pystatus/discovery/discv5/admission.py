"""What a datagram passes before anything is done with it: size, form, rate, age, signature, and whether it came before
(overlay.md §10.2)."""

from __future__ import annotations

from typing import NamedTuple

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.address_limiter import AddressLimiter
from pystatus.discovery.discv5.identity import Identity
from pystatus.discovery.discv5.limits import CLOCK_SLACK, EXPIRATION, Limits
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.packets import (
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    PacketType,
    Ping,
    check_head,
    decode_body,
    signature_of,
    signed_hash,
)
from pystatus.discovery.discv5.refusals import Reason, Refused
from pystatus.discovery.discv5.replays import ReplayMemory
from pystatus.errors import RemoteError

_ONCE = frozenset({PacketType.PONG, PacketType.NEIGHBORS, PacketType.TOPIC_NODES})
"""They answer one packet of ours, once; and two answers within a second may well be equal."""
_AGAIN = frozenset({PacketType.PING, PacketType.TOPIC_REGISTER})
"""From where it came first it may come again: the answer is not larger than the packet, or there is none, and a sender
may well repeat one within a second."""


class Admitted(NamedTuple):
    """A packet, and who signed it."""

    type: PacketType
    body: Body
    sender: bytes
    """64 bytes."""


class Admission:
    """Checks datagrams in the order of what the checks cost."""

    __slots__ = ("_identity", "_limiter", "_replays")

    def __init__(self, identity: Identity, random: RandomSource, now: Times, limits: Limits) -> None:
        self._identity = identity
        self._limiter = AddressLimiter(limits.packets_per_second, limits.packets_at_once, random)
        self._replays = ReplayMemory(now.monotonic)

    def admit(self, datagram: bytes, source: tuple[IPAddress, int], now: Times) -> Admitted:
        """The packet in a datagram.

        :raises Refused: it is none, or is too old, too new, a copy, or one too many.
        """
        try:
            kind = check_head(datagram)
        except RemoteError as error:
            raise Refused(Reason.PACKET, str(error)) from None
        if not self._limiter.take(source[0], now.monotonic):
            raise Refused(Reason.RATE, "too many packets from this address")
        try:
            body = decode_body(datagram)
        except RemoteError as error:
            raise Refused(Reason.PACKET, str(error)) from None
        # Pongs have other seconds in the field, and topicQueries of the reference have 0.
        if isinstance(body, (Ping, FindNode, Neighbors, FindNodeHash)):
            age = now.unix - body.expiration
            if not -EXPIRATION - CLOCK_SLACK <= age <= CLOCK_SLACK:
                raise Refused(Reason.EXPIRED, "expired, or further in the future than senders put it")
        digest = signed_hash(datagram)
        try:
            sender = self._identity.recover(digest, signature_of(datagram))
        except RemoteError as error:
            raise Refused(Reason.SIGNATURE, str(error)) from None
        if sender == self._identity.node_id.xy:
            raise Refused(Reason.SIGNATURE, "signed by ourselves")
        if kind not in _ONCE:
            place = hash((source[0].packed, source[1]))
            first = self._replays.seen_from(sender, digest, place, now.monotonic)
            if first is not None and not (kind in _AGAIN and first == place):
                raise Refused(Reason.REPLAY, "came before")
        return Admitted(kind, body, sender)
