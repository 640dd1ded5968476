"""Many identities with one aim: to be all that a new node sees (attacks A42, A44).

They know each other and every honest node. To whoever asks for neighbours, each names those of them that are nearest to
the target; to whoever asks for a topic, some of them. They ping the victim again and again, and register the topic at
honest nodes, with the tickets that these give. Their addresses are real, so that they prove their endpoints like
everybody else.
"""

from __future__ import annotations

import heapq
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from random import Random

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.node import NodeId
from pystatus.discovery.discv5.packets import (
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    Ping,
    Pong,
    TopicNodes,
    TopicQuery,
    TopicRegister,
    decode_body,
    encode,
    packet_hash,
    topic_hash,
)
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode
from pystatus.simulation.discovery.addresses import hostile_addresses
from pystatus.simulation.discovery.host import World
from pystatus.simulation.discovery.identity import CheapIdentity, Directory
from pystatus.simulation.discovery.searches import TOPIC
from pystatus.simulation.discovery.settings import Attack
from pystatus.simulation.discovery.udp import Place

PUSH_SECONDS = 20.0
"""Between two pings of one attacker to the victim."""
REGISTER_SECONDS = 60.0
"""Between two tickets that one attacker asks honest nodes for."""
TOLD = 12
"""Nodes in an answer: a packet has no room for more (overlay.md §3.2)."""
WINDOW = 48
"""Attackers next to a target in the order of positions, of which the nearest are named."""
WAIT = 60
"""Seconds that attackers say to those who want to register with them: what honest ones say at least."""
EXPIRATION = 20
"""Seconds, as honest nodes have it (overlay.md §3.2)."""

_WHISPER = TOPIC.encode()


def _nearest_first(placed: list[tuple[int, PrivateKey]], aim: int) -> list[tuple[int, PrivateKey]]:
    return sorted(placed, key=lambda one: one[0] ^ aim)


def grind(attack: Attack, aims: Sequence[int], random: Random) -> list[PrivateKey]:
    """Keys whose nodes are next to the ``aims``, of all that the attackers make: as many for each aim.

    :param aims: positions.
    """
    made = [PrivateKey.generate(random.randbytes) for _ in range(attack.attackers * attack.grinding)]
    placed = [(NodeId.of(key.public_key.xy).position, key) for key in made]
    chosen: dict[int, PrivateKey] = {}
    rows = [_nearest_first(placed, aim) for aim in aims]
    for row in zip(*rows, strict=True):
        chosen |= dict(row)
        if len(chosen) >= attack.attackers:
            break
    return list(chosen.values())[: attack.attackers]


class Ring:
    """All attackers."""

    def __init__(
        self,
        keys: Sequence[PrivateKey],
        attack: Attack,
        directory: Directory,
        world: World,
        random: Random,
        honest: Callable[[], Sequence[Place]],
    ) -> None:
        """
        :param honest: where the honest nodes are at present.
        """
        self.world = world
        self.random = random
        self.honest = honest
        self.victim: Place | None = None
        """Whom they want; ``None``: nobody yet."""
        places = hostile_addresses(attack.networks, random)
        found = [Attacker(self, CheapIdentity(key.public_key, directory), next(places)) for key in keys]
        self._members = sorted(found, key=lambda one: one.identity.node_id.position)
        self._positions = [one.identity.node_id.position for one in self._members]
        self.ids = {one.identity.node_id.xy for one in self._members}
        self.places = {one.place for one in self._members}

    def __iter__(self) -> Iterator[Attacker]:
        return iter(self._members)

    def start(self) -> None:
        """All begin, one after the other."""
        for one in self._members:
            self.world.queue.after(REGISTER_SECONDS * self.random.random(), one.register)
            self.world.queue.after(PUSH_SECONDS * self.random.random(), one.push)

    def nearest(self, target: int) -> tuple[WireNode, ...]:
        """Those next to a position."""
        middle = bisect(self._positions, target)
        near = self._members[max(0, middle - WINDOW // 2) : middle + WINDOW // 2]
        chosen = heapq.nsmallest(TOLD, near, key=lambda one: one.identity.node_id.position ^ target)
        return tuple(one.node for one in chosen)

    def some(self, count: int) -> tuple[WireNode, ...]:
        """Drawn from all."""
        return tuple(one.node for one in self.random.sample(self._members, min(count, len(self._members))))


class Attacker:
    """One identity at one address."""

    __slots__ = ("_port", "_ring", "_tickets", "identity", "node", "place")

    def __init__(self, ring: Ring, identity: CheapIdentity, place: Place) -> None:
        self.identity = identity
        self.place = place
        self.node = WireNode(place[0].packed, place[1], place[1], identity.node_id.xy)
        self._ring = ring
        self._port = ring.world.udp.open(place, self.receive)
        self._tickets: dict[bytes, Place] = {}
        """Pings for tickets, by their hash, and where they went."""

    def push(self) -> None:
        """Ping the victim, and again later."""
        ring = self._ring
        if ring.victim is not None:
            self._ping(ring.victim)
        ring.world.queue.after(PUSH_SECONDS, self.push)

    def register(self) -> None:
        """Ask an honest node for a ticket, and another one later."""
        ring = self._ring
        honest = ring.honest()
        if honest:
            registrar = ring.random.choice(honest)
            self._tickets = {self._ping(registrar, (_WHISPER,)): registrar}
        ring.world.queue.after(REGISTER_SECONDS, self.register)

    def receive(self, data: bytes, source: Place) -> None:
        """A datagram has arrived."""
        body = decode_body(data)
        if isinstance(body, Ping):
            waits = (WAIT,) * len(body.topics)
            hash_ = topic_hash(body.topics)
            self._send(Pong(self._endpoint(source), packet_hash(data), 1, hash_, 1, waits), source)
        elif isinstance(body, FindNodeHash):
            self._name_nodes(body.target, source)
        elif isinstance(body, FindNode):
            self._name_nodes(keccak256(body.target), source)
        elif isinstance(body, TopicQuery):
            self._send(TopicNodes(packet_hash(data), self._ring.some(TOLD)), source)
        elif isinstance(body, Pong) and self._tickets.pop(body.reply_token, None) == source and body.wait_periods:
            self._ring.world.queue.after(body.wait_periods[0] + 1, self._use, data, source)

    def _name_nodes(self, target: bytes, asker: Place) -> None:
        nodes = self._ring.nearest(int.from_bytes(target, "big"))
        self._send(Neighbors(nodes, self._expiration()), asker)

    def _use(self, ticket: bytes, registrar: Place) -> None:
        self._send(TopicRegister((_WHISPER,), 0, ticket), registrar)

    def _ping(self, to: Place, topics: tuple[bytes, ...] = ()) -> bytes:
        data = self._send(Ping(self._endpoint(self.place), self._endpoint(to), self._expiration(), topics), to)
        return packet_hash(data)

    def _send(self, body: Body, to: Place) -> bytes:
        data = encode(body, self.identity)
        self._ring.world.udp.send(self._port, data, to)
        return data

    def _endpoint(self, place: Place) -> WireEndpoint:
        return WireEndpoint(place[0].packed, place[1], place[1])

    def _expiration(self) -> int:
        return int(self._ring.world.times().unix) + EXPIRATION
