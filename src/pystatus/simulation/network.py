"""The relays, seen as one: they hold an envelope until it expires and give it to whoever wants its topic meanwhile."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

from pystatus.errors import RemoteError
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.endpoint import Endpoint
from pystatus.simulation.medium import Channel, Faults, Medium
from pystatus.simulation.settings import Conditions
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import Admission

E = TypeVar("E", bound=Endpoint)


@dataclass(slots=True)
class Traffic(Faults):
    """What went over the network."""

    envelopes: int = 0
    """Taken from devices by the relays, each once."""
    envelope_bytes: int = 0
    deliveries: int = 0
    """Envelopes that the relays gave to a device, whatever became of them."""
    cut: int = 0
    """Lost because a connection ended while they were on it."""
    refused: int = 0
    """Expired or damaged, so that the device's node refused them."""


@dataclass(slots=True)
class _Pooled:
    envelope: Envelope
    links: set[int] = field(default_factory=set)
    """Connections on which it has come or gone."""


@dataclass(slots=True)
class Link(Generic[E]):
    """One connection of a device."""

    device: E
    number: int
    channel: Channel = field(default_factory=Channel)
    """From the relays to the device."""
    up: bool = True


class Network(Generic[E]):
    """Connections between devices and the relays. Chance decides what happens to a delivery."""

    def __init__(self, clock: VirtualClock, conditions: Conditions, random: Random) -> None:
        self.traffic = Traffic()
        self.medium = Medium(clock, conditions, random, self.traffic)
        self.on_envelope: Callable[[E, Envelope], None] = lambda device, envelope: None
        """Told of each envelope that a device has made."""
        self._clock = clock
        self._admission = Admission()
        self._links: dict[int, Link[E]] = {}
        self._takers: dict[bytes, dict[int, Link[E]]] = {}
        self._interests: dict[int, frozenset[bytes]] = {}
        self._last_link = 0
        self._pool: dict[bytes, _Pooled] = {}
        self._expiries: list[tuple[int, bytes]] = []
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """A hash of every envelope that the relays took, and when: equal for equal runs."""
        return self._digest.hexdigest()

    # connections

    def connect(self, device: E) -> None:
        """``device`` gets a new connection; the relays offer what they hold."""
        self._last_link += 1
        link = self._links[self._last_link] = Link(device, self._last_link)
        self._want(link)
        device.connected(link.number)
        self._offer(link)

    def disconnect(self, device: E) -> None:
        """The connection of ``device`` ends; what is on it is lost."""
        self.cut(device)
        device.disconnected()

    def cut(self, device: E) -> None:
        assert device.link is not None
        link = self._links.pop(device.link)
        link.up = False
        for topic in self._interests.pop(link.number):
            del self._takers[topic][link.number]

    def interest_changed(self, device: E) -> None:
        assert device.link is not None
        link = self._links[device.link]
        self._want(link)
        self._offer(link)

    def _want(self, link: Link[E]) -> None:
        before = self._interests.get(link.number, frozenset())
        topics = self._interests[link.number] = link.device.topics
        for topic in before - topics:
            del self._takers[topic][link.number]
        for topic in topics - before:
            self._takers.setdefault(topic, {})[link.number] = link

    # from devices to the relays

    def hand_over(self, device: E, envelope: Envelope) -> None:
        """``device`` writes an envelope to its connection."""
        assert device.link is not None
        link = self._links[device.link]
        self._clock.after(self.medium.delay(), lambda: self._take(link, envelope))

    @staticmethod
    def _confirm(link: Link[E], envelope: Envelope) -> None:
        if link.up:
            link.device.confirmed(envelope)

    def _take(self, link: Link[E], envelope: Envelope) -> None:
        if not link.up:
            self.traffic.cut += 1
            return
        self._sweep()
        pooled = self._pool.get(envelope.hash)
        if pooled is not None:
            pooled.links.add(link.number)
            return
        if self._admission.refuse_own(envelope, int(self._clock.now())) is not None:
            self.traffic.refused += 1
            return
        self.traffic.envelopes += 1
        self.traffic.envelope_bytes += len(envelope.raw)
        self._digest.update(b"%.6f " % self._clock.now() + envelope.hash)
        self.on_envelope(link.device, envelope)
        self._clock.after(0.0, lambda: self._confirm(link, envelope))
        pooled = self._pool[envelope.hash] = _Pooled(envelope, {link.number})
        heapq.heappush(self._expiries, (envelope.expiry, envelope.hash))
        for taker in list(self._takers.get(envelope.topic, {}).values()):
            self._offer_one(taker, pooled)

    def _sweep(self) -> None:
        second = int(self._clock.now())
        while self._expiries and self._expiries[0][0] < second:
            del self._pool[heapq.heappop(self._expiries)[1]]

    # from the relays to devices

    def _offer(self, link: Link[E]) -> None:
        self._sweep()
        if not link.up:
            return
        for pooled in list(self._pool.values()):
            if pooled.envelope.topic in link.device.topics:
                self._offer_one(link, pooled)

    def _offer_one(self, link: Link[E], pooled: _Pooled) -> None:
        if link.number not in pooled.links:
            pooled.links.add(link.number)
            self.traffic.deliveries += 1
            self.give(link, pooled.envelope)

    def give(self, link: Link[E], envelope: Envelope) -> None:
        """Decide about a delivery. Tests that decide themselves override this."""
        self.medium.carry(link.channel, envelope.raw, lambda raw: self.deliver(link, raw))

    def deliver(self, link: Link[E], raw: bytes) -> None:
        """An envelope, perhaps damaged, reaches a device, if the connection is still there."""
        if not link.up:
            self.traffic.cut += 1
            return
        try:
            envelope = Envelope.decode(raw)
        except RemoteError:
            self.traffic.refused += 1
            return
        if not link.device.receive(envelope):
            self.traffic.refused += 1
