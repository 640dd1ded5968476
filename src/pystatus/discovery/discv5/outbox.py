"""What a node has to send, and what it counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.identity import Identity
from pystatus.discovery.discv5.node import Endpoint
from pystatus.discovery.discv5.packets import Body, PacketType, encode, type_of


class Datagram(NamedTuple):
    """To be sent."""

    data: bytes
    address: IPAddress
    port: int


TYPE_NAMES = {
    PacketType.PING: "ping",
    PacketType.PONG: "pong",
    PacketType.FINDNODE: "findnode",
    PacketType.NEIGHBORS: "neighbors",
    PacketType.FINDNODE_HASH: "findnodeHash",
    PacketType.TOPIC_REGISTER: "topicRegister",
    PacketType.TOPIC_QUERY: "topicQuery",
    PacketType.TOPIC_NODES: "topicNodes",
}
"""The packets as overlay.md §3.2 names them, and as they are counted."""


@dataclass(slots=True)
class Counters:
    """What went through a node since it began."""

    datagrams_in: int = 0
    datagrams_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    received: dict[str, int] = field(default_factory=dict)
    """Packets that were handled, by type (:data:`TYPE_NAMES`)."""
    sent: dict[str, int] = field(default_factory=dict)
    """Packets, by type."""
    refused: dict[str, int] = field(default_factory=dict)
    """Datagrams, by :class:`~pystatus.discovery.discv5.refusals.Reason`."""


class Outbox:
    """Signs packets, and holds them until they are taken."""

    __slots__ = ("_datagrams", "_identity", "counters")

    def __init__(self, identity: Identity, counters: Counters) -> None:
        self._identity = identity
        self._datagrams: list[Datagram] = []
        self.counters = counters

    def send(self, body: Body, to: Endpoint) -> bytes:
        """The packet, which is sent."""
        packet = encode(body, self._identity)
        self.post(packet, type_of(body), to)
        return packet

    def sign(self, body: Body) -> bytes:
        """The packet, which is not sent yet."""
        return encode(body, self._identity)

    def post(self, packet: bytes, kind: PacketType, to: Endpoint) -> None:
        """Send a packet that is signed."""
        self._datagrams.append(Datagram(packet, to.address, to.udp_port))
        name = TYPE_NAMES[kind]
        counters = self.counters
        counters.datagrams_out += 1
        counters.bytes_out += len(packet)
        counters.sent[name] = counters.sent.get(name, 0) + 1

    def take(self) -> list[Datagram]:
        taken, self._datagrams = self._datagrams, []
        return taken
