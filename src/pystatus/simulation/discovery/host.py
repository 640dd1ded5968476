"""A machine with one discovery node: its socket, its timer, and what it was asked to do."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.events import Event
from pystatus.discovery.discv5.identity import Identity
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.service import Discovery
from pystatus.simulation.clock import START
from pystatus.simulation.discovery.event_queue import EventQueue
from pystatus.simulation.discovery.probe import Probe
from pystatus.simulation.discovery.udp import Place, UdpNetwork

UPTIME = 1_000.0
"""What monotonic clocks show when a simulation begins. Who mixes them up with Unix clocks is found out."""

ROUNDING = 1e-9
"""Seconds by which a timer is late at least, so that it is never early by an error of rounding."""


class World:
    """What all hosts share."""

    def __init__(self, queue: EventQueue, udp: UdpNetwork) -> None:
        self.queue = queue
        self.udp = udp
        self._times = Times(UPTIME, START)

    def times(self) -> Times:
        """The present, on both clocks of every node."""
        monotonic = UPTIME + self.queue.now
        if self._times.monotonic != monotonic:
            self._times = Times(monotonic, START + self.queue.now)
        return self._times


class Host:
    """One node and its machine."""

    __slots__ = (
        "_due", "_on_event", "_world", "discovery", "is_up", "joined", "node_id", "number", "port", "probes",
        "registers", "searches",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        key: PrivateKey,
        place: Place,
        identity: Identity,
        limits: Limits,
        random: Random,
        world: World,
        on_event: Callable[[Host, Event], object],
    ) -> None:
        """
        :param random: all chance of this node.
        :param on_event: called with what discovery tells.
        """
        self.number = number
        self.node_id = identity.node_id
        self.is_up = True
        self.joined = world.queue.now
        self.registers = False
        self.searches = False
        """It will search the topic, does, or has."""
        self.probes: list[Probe] = []
        """Its lookups that are measured."""
        self._world = world
        self._on_event = on_event
        self._due = math.inf
        """When the timer will be looked at."""
        endpoint = Endpoint(place[0], place[1], place[1])
        self.discovery = Discovery(key, endpoint, random.randbytes, world.times(), limits=limits, identity=identity)
        self.port = world.udp.open(place, self.receive)

    def receive(self, data: bytes, source: Place) -> None:
        """A datagram has arrived."""
        for probe in self.probes:
            probe.received(data, source)
        self.discovery.receive(data, source, self._world.times())
        self.flush()

    def flush(self) -> None:
        """Send and tell what came of the last call of :attr:`discovery`, and set the timer."""
        discovery, world = self.discovery, self._world
        for data, address, port in discovery.datagrams_to_send():
            world.udp.send(self.port, data, (address, port))  # type: ignore[arg-type]  # there is IPv4 alone
            for probe in self.probes:
                probe.sent(data, (address, port))  # type: ignore[arg-type]  # as above
        for event in discovery.events():
            self._on_event(self, event)
        due = discovery.next_timer
        if due is not None and due < self._due:
            self._due = due
            world.queue.at(due - UPTIME + ROUNDING, self._timer, due)

    def leave(self) -> None:
        """Go without a word."""
        self.is_up = False
        self._world.udp.close(self.port)

    def _timer(self, due: float) -> None:
        if due != self._due or not self.is_up:  # an earlier one has taken its place
            return
        self._due = math.inf
        now = self._world.times()
        wanted = self.discovery.next_timer
        if wanted is not None and wanted <= now.monotonic:
            self.discovery.on_timer(now)
        self.flush()
