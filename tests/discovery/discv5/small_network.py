"""A few whole nodes with real keys on a network in memory, and a clock that jumps to what is due next."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable
from itertools import count

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.events import Event, NodeFound, Registered
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.service import Discovery
from tests.discovery.discv5.topic_nodes import UNIX, address

LATENCY = 0.01
"""Seconds that a datagram is under way."""


class Host:
    """One node and what it told its user."""

    def __init__(self, number: int, now: Times, host: IPAddress | None = None) -> None:
        self.key = PrivateKey(keccak256(b"host %d" % number))
        self.address = host or address(number)
        self.endpoint = Endpoint(self.address, 30303, 30303)
        self.node = Discovery(self.key, self.endpoint, os.urandom, now)
        self.events: list[Event] = []

    @property
    def enode(self) -> Enode:
        return Enode(self.key.public_key, str(self.address), 30303, 30303)

    @property
    def found(self) -> set[Enode]:
        return {event.node.enode for event in self.events if isinstance(event, NodeFound)}

    def registrars(self, topic: str) -> list[Enode]:
        return [
            event.registrar.enode for event in self.events if isinstance(event, Registered) and event.topic == topic
        ]


class SmallNetwork:
    """Hosts of which the first one is everybody's bootnode."""

    def __init__(self, number: int, start: float = 1000.0) -> None:
        self.seconds = start
        self.sent = 0
        self.passes: Callable[[Host, bytes, Host], bool] = lambda sender, datagram, receiver: True
        self._under_way: list[tuple[float, int, bytes, Host, Host]] = []
        self._order = count()
        self.hosts = [Host(n, self.now) for n in range(1, number + 1)]
        for host in self.hosts:
            host.node.set_bootnodes([self.hosts[0].enode] if host is not self.hosts[0] else [], self.now)

    @property
    def now(self) -> Times:
        return Times(self.seconds, UNIX + self.seconds)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.seconds + seconds
        self._carry()
        while (due := self._next()) <= end:
            self.seconds = max(self.seconds, due)
            while self._under_way and self._under_way[0][0] <= self.seconds:
                _, _, datagram, sender, receiver = heapq.heappop(self._under_way)
                receiver.node.receive(datagram, (sender.address, 30303), self.now)
            for host in self.hosts:
                timer = host.node.next_timer
                if timer is not None and timer <= self.seconds:
                    host.node.on_timer(self.now)
            self._carry()
        self.seconds = end

    def _next(self) -> float:
        times = [timer for host in self.hosts if (timer := host.node.next_timer) is not None]
        times += [arrival for arrival, *_ in self._under_way[:1]]
        return min(times)

    def _carry(self) -> None:
        for host in self.hosts:
            host.events += host.node.events()
            for datagram in host.node.datagrams_to_send():
                self.sent += 1
                for receiver in self.hosts:
                    if receiver.address == datagram.address and self.passes(host, datagram.data, receiver):
                        entry = (self.seconds + LATENCY, next(self._order), datagram.data, host, receiver)
                        heapq.heappush(self._under_way, entry)
