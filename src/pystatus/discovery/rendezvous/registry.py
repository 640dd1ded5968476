"""What a Rendezvous server keeps: who registered under which topic, for how long (overlay.md §4.3, §10.4).

Where the reference takes every record that is signed, this registry takes one only from the address that it names,
never an older one in place of a newer, and of one host or network not so much that the others find no room.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TypeAlias

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress, Key, host_key, is_local, may_relay, subnet_key
from pystatus.discovery.rendezvous.deadlines import Deadlines
from pystatus.discovery.rendezvous.lots import LotSet
from pystatus.discovery.rendezvous.messages import MAX_RECORDS, MAX_TOPIC_SIZE, MAX_TTL, Status
from pystatus.discovery.rendezvous.sizes import Sizes
from pystatus.records import dataclass

GRACE = 0.5
"""Seconds that a registration lives longer than it asked for: for the network (overlay.md §4.3)."""

_NANOSECONDS = 1e9
_TOPIC_END = b"\xff"

_Place: TypeAlias = tuple[bytes, bytes]
"""A topic and the address of a node."""


@dataclass(frozen=True, slots=True)
class RegistryLimits:
    """How many registrations there are. Their size is bounded by that of a record and of a topic."""

    in_all: int = 10_000
    """Ours: about 30 MB."""
    per_topic: int = 5_000
    """Ours: the fleets had some dozens of nodes, and an answer has ten."""
    per_host: int = 16
    """Of one IPv4 address or /64, over all topics. Ours: one machine with some nodes, each with both topics. Hosts of
    the own network are not counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a registration."""

    status: Status
    message: str = ""
    """Why, where the reference would not have refused. Of what it refuses, too, it says the number alone."""


@dataclass(frozen=True, slots=True)
class _Registration:
    record: NodeRecord
    host: Key
    subnet: Key


class _Topic:
    """The nodes of a topic, by network."""

    __slots__ = ("by_subnet", "size", "sizes", "subnets")

    def __init__(self) -> None:
        self.by_subnet: dict[Key, LotSet[bytes]] = {}
        self.subnets: LotSet[Key] = LotSet()
        self.size = 0
        self.sizes: Sizes[Key] = Sizes()

    def add(self, subnet: Key, address: bytes) -> None:
        nodes = self.by_subnet.get(subnet)
        if nodes is None:
            nodes = self.by_subnet[subnet] = LotSet()
            self.subnets.add(subnet)
        nodes.add(address)
        self.size += 1
        self.sizes.grew(subnet, len(nodes))

    def remove(self, subnet: Key, address: bytes) -> None:
        nodes = self.by_subnet[subnet]
        nodes.remove(address)
        self.size -= 1
        self.sizes.shrank(subnet, len(nodes))
        if not nodes:
            del self.by_subnet[subnet]
            self.subnets.remove(subnet)


class Registry:
    """The registrations of a server. ``now`` is in seconds on a clock that never steps.

    Implements: CL-19
    """

    def __init__(
        self, random: RandomSource, limits: RegistryLimits | None = None, *, binds_address: bool = True
    ) -> None:
        """
        :param binds_address: a record is taken only from the address that it names. An operator whose server sees other
            addresses than those of the clients, behind a proxy, switches it off.
        """
        self._random = random
        self._limits = limits or RegistryLimits()
        self._binds_address = binds_address
        self._registrations: dict[_Place, _Registration] = {}
        self._topics: dict[bytes, _Topic] = {}
        self._subnets: dict[Key, LotSet[_Place]] = {}
        self._hosts: dict[Key, int] = {}
        self._deadlines: Deadlines[_Place] = Deadlines()
        self._sizes: Sizes[Key] = Sizes()

    def __len__(self) -> int:
        """Registrations that there are; some may be over."""
        return len(self._registrations)

    def topics(self) -> dict[bytes, int]:
        """How many are registered under each topic."""
        return {topic: nodes.size for topic, nodes in self._topics.items()}

    def records(self, topic: bytes) -> list[NodeRecord]:
        """What is registered under a topic."""
        return [one.record for (under, _), one in self._registrations.items() if under == topic]

    def expire(self, now: float) -> None:
        """Forget what is over."""
        for place in self._deadlines.pop_due(now):
            self._remove(place)

    def register(self, topic: bytes, record: NodeRecord | None, ttl: int, source: IPAddress, now: float) -> Outcome:
        """Keep a record under a topic, or keep it longer.

        :param record: None if nobody has signed it.
        :param ttl: nanoseconds.
        :param source: where the request comes from.
        """
        if not 0 < len(topic) <= MAX_TOPIC_SIZE:
            return Outcome(Status.INVALID_TOPIC)
        if ttl > MAX_TTL:
            return Outcome(Status.INVALID_TTL)
        if _TOPIC_END in topic:
            return Outcome(Status.INVALID_TOPIC)
        if record is None:
            return Outcome(Status.INVALID_RECORD)
        if self._binds_address and not is_own(record, source):
            return Outcome(Status.NOT_AUTHORIZED, "the record names an address that the request does not come from")
        self.expire(now)
        place = topic, record.node_address
        entry = _Registration(record, host_key(source), subnet_key(source))
        known = self._registrations.get(place)
        if known is not None and record.seq < known.record.seq:
            return Outcome(Status.INVALID_RECORD, "a newer record of this node is registered")
        if known is None or known.host != entry.host:
            refusal = self._make_room(topic, entry, source)
            if refusal is not None:
                return Outcome(Status.INTERNAL_ERROR, refusal)
        if place in self._registrations:
            self._remove(place)
        self._add(place, entry)
        self._deadlines.set(place, now + ttl / _NANOSECONDS + GRACE)
        return Outcome(Status.OK)

    def discover(self, topic: bytes, limit: int, now: float) -> list[NodeRecord]:
        """Records of a topic, drawn by lot, at most :data:`~pystatus.discovery.rendezvous.messages.MAX_RECORDS`.

        First the networks are drawn, then one record of each, and more only if there are too few networks: nobody is
        found more often for having registered many records.
        """
        self.expire(now)
        wanted = min(limit, MAX_RECORDS)
        nodes = self._topics.get(topic)
        if nodes is None or not wanted:
            return []
        subnets = nodes.subnets.draw(wanted, self._random)
        drawn = [nodes.by_subnet[subnet].draw(wanted, self._random) for subnet in subnets]
        turns = zip_longest(*drawn)
        addresses = [address for turn in turns for address in turn if address is not None]
        return [self._registrations[topic, address].record for address in addresses[:wanted]]

    def _make_room(self, topic: bytes, entry: _Registration, source: IPAddress) -> str | None:
        """Why there is no room for one more; None: there is. Where it was full, the network with most registrations has
        lost one of them, drawn by lot."""
        limits, subnet = self._limits, entry.subnet
        if not is_local(source) and self._hosts.get(entry.host, 0) >= limits.per_host:
            return f"{limits.per_host} registrations of one address are enough"
        nodes = self._topics.get(topic)
        if nodes is not None and nodes.size >= limits.per_topic:
            most = nodes.sizes.largest(self._random)
            if len(nodes.by_subnet[most]) <= len(nodes.by_subnet.get(subnet, ())):
                return "this network has enough registrations under this topic"
            (address,) = nodes.by_subnet[most].draw(1, self._random)
            self._remove((topic, address))
        elif len(self._registrations) >= limits.in_all:
            most = self._sizes.largest(self._random)
            if len(self._subnets[most]) <= len(self._subnets.get(subnet, ())):
                return "this network has enough registrations"
            (place,) = self._subnets[most].draw(1, self._random)
            self._remove(place)
        return None

    def _add(self, place: _Place, entry: _Registration) -> None:
        topic, address = place
        self._registrations[place] = entry
        self._topics.setdefault(topic, _Topic()).add(entry.subnet, address)
        places = self._subnets.setdefault(entry.subnet, LotSet())
        places.add(place)
        self._sizes.grew(entry.subnet, len(places))
        self._hosts[entry.host] = self._hosts.get(entry.host, 0) + 1

    def _remove(self, place: _Place) -> None:
        topic, address = place
        entry = self._registrations.pop(place)
        self._deadlines.discard(place)
        nodes = self._topics[topic]
        nodes.remove(entry.subnet, address)
        if not nodes.size:
            del self._topics[topic]
        places = self._subnets[entry.subnet]
        places.remove(place)
        self._sizes.shrank(entry.subnet, len(places))
        if not places:
            del self._subnets[entry.subnet]
        self._hosts[entry.host] -= 1
        if not self._hosts[entry.host]:
            del self._hosts[entry.host]


def is_own(record: NodeRecord, source: IPAddress) -> bool:
    """Whether who speaks from ``source`` may register this record: it names that address, or none; who is in our own
    network may also name another address of it, because a machine may have several (overlay.md §10.3, §10.4)."""
    address = record.address
    if address is None or address == source:
        return True
    return is_local(source) and is_local(address) and may_relay(address, source)
