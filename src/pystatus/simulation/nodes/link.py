"""A link between two nodes: what TCP is to them, without a socket."""

from __future__ import annotations

from random import Random
from typing import Protocol

from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.medium import Channel
from pystatus.waku_connection.connection import WakuConnection


class LinkUser(Protocol):
    """The node at one end."""

    number: int

    def bytes_arrived(self, end: LinkEnd, data: bytes) -> None:
        """The other end has sent this."""

    def link_broken(self, end: LinkEnd) -> None:
        """Nothing more comes or goes on this link."""


class LinkEnd:
    """One node's side of a link."""

    __slots__ = ("_channel", "connection", "is_up", "node", "other")

    other: LinkEnd
    connection: WakuConnection
    """With its encryption and compression: what goes over the link is what would go over TCP."""

    def __init__(self, node: LinkUser) -> None:
        self.node = node
        self.is_up = True
        self._channel = Channel()

    def carry(self, data: bytes, clock: VirtualClock, random: Random, delay: float) -> None:
        """Bring ``data`` to the other end, after ``delay`` seconds or so, and never before what was sent earlier."""
        other = self.other
        clock.at(
            self._channel.arrival(clock.now() + delay * (0.5 + random.random())),
            lambda: other.node.bytes_arrived(other, data),
        )

    def cut(self) -> None:
        """Break the link; both ends notice at once."""
        for end in (self, self.other):
            end.is_up = False
        for end in (self, self.other):
            end.node.link_broken(end)
