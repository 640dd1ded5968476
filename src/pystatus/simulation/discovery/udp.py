"""A UDP network that is made up: datagrams are late, overtake each other, or are lost. None is copied."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random
from typing import TypeAlias

from pystatus.simulation.discovery.event_queue import EventQueue
from pystatus.simulation.discovery.settings import Links

Place: TypeAlias = tuple[IPv4Address, int]
"""Address and port."""
Receive: TypeAlias = Callable[[bytes, Place], object]
"""Called with a datagram and where it came from."""

TYPE = 87
"""Where the type of a packet stands, behind prefix and signature (overlay.md §3.1)."""
TYPES = 9
"""Types of packets, with one more for all that are none (overlay.md §3.2)."""
NEAREST, SPREAD = 0.4, 1.2
"""Of half the mean delay: what a node adds to every datagram from or to it is drawn from 0.4 to 1.6 of that."""
JITTER = 0.2
"""Share of a delay by which it is shorter or longer at most."""


class Traffic:
    """Datagrams and bytes that were sent, by the type of the packet."""

    __slots__ = ("bytes", "datagrams", "lost", "nowhere")

    def __init__(self) -> None:
        self.datagrams = [0] * TYPES
        """Index 0: no packet."""
        self.bytes = [0] * TYPES
        self.lost = 0
        """By chance."""
        self.nowhere = 0
        """To somebody who is not there any more."""


class Port:
    """A place where datagrams arrive."""

    __slots__ = ("distance", "place", "receive")

    def __init__(self, place: Place, receive: Receive, distance: float) -> None:
        self.place = place
        self.receive = receive
        self.distance = distance
        """Seconds that it adds to each datagram from or to it."""


class UdpNetwork:
    """Brings datagrams from one port to another. All of its chance comes from ``random``."""

    def __init__(self, queue: EventQueue, links: Links, random: Random) -> None:
        self.queue = queue
        self.links = links
        self.traffic = Traffic()
        """Since the start, or since it was replaced."""
        self._ports: dict[Place, Port] = {}
        self._random = random

    def open(self, place: Place, receive: Receive) -> Port:
        """Listen at ``place``."""
        assert place not in self._ports, "two nodes have one address"
        distance = self.links.delay / 2 * (NEAREST + SPREAD * self._random.random())
        port = self._ports[place] = Port(place, receive, distance)
        return port

    def close(self, port: Port) -> None:
        """Nothing arrives there any more."""
        del self._ports[port.place]

    def is_taken(self, place: Place) -> bool:
        """Whether somebody listens there."""
        return place in self._ports

    def send(self, source: Port, data: bytes, to: Place) -> None:
        """Bring ``data`` to whatever listens at ``to``, unless it is lost."""
        traffic = self.traffic
        kind = data[TYPE] if len(data) > TYPE else 0
        if kind >= TYPES:
            kind = 0
        traffic.datagrams[kind] += 1
        traffic.bytes[kind] += len(data)
        target = self._ports.get(to)
        if target is None:
            traffic.nowhere += 1
            return
        chance = self._random.random
        if chance() < self.links.loss:
            traffic.lost += 1
            return
        delay = (source.distance + target.distance) * (1 - JITTER + 2 * JITTER * chance())
        queue = self.queue
        queue.at(queue.now + delay, self._arrive, target, data, source.place)

    def _arrive(self, target: Port, data: bytes, source: Place) -> None:
        if self._ports.get(target.place) is target:
            target.receive(data, source)
        else:
            self.traffic.nowhere += 1
