"""Watches one lookup from outside: whom it asks, and by how many answers it came to the nearest node."""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.discovery.discv5.node import Contact
from pystatus.discovery.discv5.packets import FindNodeHash, Neighbors, PacketType, decode_body
from pystatus.simulation.discovery.udp import TYPE, Place


class Probe:
    """A lookup under way. It is shown every datagram that its node sends and receives."""

    __slots__ = ("_asked", "_hops", "_places", "begun", "lookup_id", "target")

    def __init__(self, target: bytes, begun: float, start: Iterable[Contact]) -> None:
        """
        :param start: the nodes that the own table answers.
        """
        self.target = target
        self.begun = begun
        """Seconds on the clock of the simulation."""
        self.lookup_id = -1
        """The number that the node gave the lookup."""
        self._hops = {contact.id.xy: 1 for contact in start}
        """Answers until a node was named, that of the own table included, by the 64 bytes of the node."""
        self._places: dict[tuple[bytes, int], int] = {}
        """The same by address and port; who is not there is in the own table."""
        self._asked: dict[Place, int] = {}
        """The same of those which were asked."""

    @property
    def asked(self) -> int:
        """How many nodes were asked."""
        return len(self._asked)

    def hops(self, xy: bytes) -> int:
        """Answers that one after the other led to this node; 1: it was in the own table."""
        return self._hops[xy]

    def sent(self, data: bytes, to: Place) -> None:
        """The node has sent this."""
        if data[TYPE] == PacketType.FINDNODE_HASH and to not in self._asked:
            body = decode_body(data)
            assert isinstance(body, FindNodeHash)
            if body.target == self.target:
                self._asked[to] = self._places.get((to[0].packed, to[1]), 1)

    def received(self, data: bytes, source: Place) -> None:
        """The node has received this."""
        depth = self._asked.get(source)
        if depth is not None and data[TYPE] == PacketType.NEIGHBORS:
            body = decode_body(data)
            assert isinstance(body, Neighbors)
            for node in body.nodes:
                self._hops[node.id] = min(depth + 1, self._hops.get(node.id, depth + 1))
                self._places[node.ip, node.udp_port] = self._hops[node.id]
