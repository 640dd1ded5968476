"""A node under test and peers that a test plays by hand; and a network of real nodes on one clock."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from itertools import count

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.events import Event
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.outbox import Datagram
from pystatus.discovery.discv5.packets import Body, FindNodeHash, Neighbors, Ping, Pong, TopicQuery
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.states import State
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode

UNIX = 1_600_000_000
EXPIRES = UNIX + 20
EMPTY_TOPICS = packets.topic_hash([])
TARGET = b"\x5a" * 32


def seeded(seed: int) -> RandomSource:
    """Random bytes that are the same each time."""
    return random.Random(seed).randbytes


def key_of(number: int) -> PrivateKey:
    return PrivateKey(number.to_bytes(32, "big"))


class Peer:
    """Somebody else: a key and a socket."""

    def __init__(self, number: int, address: str | None = None, port: int = 30303) -> None:
        self.key = key_of(number + 1000)
        self.identity = Secp256k1Identity(self.key)
        self.id = self.identity.node_id
        self.address: IPAddress = parse_address(address or f"51.{number // 250}.{number % 250}.9")
        self.port = port

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.address, self.port, self.port)

    @property
    def wire_endpoint(self) -> WireEndpoint:
        return WireEndpoint(self.address.packed, self.port, self.port)

    @property
    def wire_node(self) -> WireNode:
        return WireNode(self.address.packed, self.port, self.port, self.id.xy)

    @property
    def enode(self) -> Enode:
        return Enode(self.key.public_key, str(self.address), self.port, self.port)

    def packet(self, body: Body) -> bytes:
        return packets.encode(body, self.identity)

    def ping(self, *topics: bytes, expires: int = EXPIRES, tcp_port: int | None = None) -> Ping:
        mine = self.wire_endpoint
        if tcp_port is not None:
            mine = mine._replace(tcp_port=tcp_port)
        return Ping(mine, WireEndpoint(b"\x33\x01\x01\x01", 30303, 30303), expires, topics)

    @staticmethod
    def pong(to: Datagram, topics: Sequence[bytes] = (), waits: tuple[int, ...] = ()) -> Pong:
        """The answer to a ping of the node under test."""
        me = WireEndpoint(b"\x33\x01\x01\x01", 30303, 30303)
        return Pong(me, packets.packet_hash(to.data), 1000, packets.topic_hash(topics), 1, waits)


class Talk:
    """What is said between one node and its peers. The clock stands still but for :meth:`wait`."""

    def __init__(self, limits: Limits | None = None, address: str = "51.1.1.1") -> None:
        self.identity = Secp256k1Identity(key_of(1))
        self.now = Times(5000.0, float(UNIX))
        endpoint = Endpoint(parse_address(address), 30303, 30303)
        self.node = Discovery(key_of(1), endpoint, seeded(1), self.now, limits=limits)
        self.events: list[Event] = []

    def hear(self, peer: Peer, body: Body | bytes, source: tuple[IPAddress, int] | None = None) -> list[Datagram]:
        """A packet of a peer comes, and what the node says to it."""
        packet = body if isinstance(body, bytes) else peer.packet(body)
        self.node.receive(packet, source or (peer.address, peer.port), self.now)
        return self.said()

    def said(self) -> list[Datagram]:
        self.events += self.node.events()
        return self.node.datagrams_to_send()

    def wait(self, seconds: float) -> list[Datagram]:
        """Time passes in one step, and what is due then is done."""
        self.now = Times(self.now.monotonic + seconds, self.now.unix + seconds)
        self.node.on_timer(self.now)
        return self.said()

    def body(self, datagram: Datagram) -> Body:
        return packets.decode(datagram.data, self.identity).body

    def bodies(self, datagrams: Sequence[Datagram]) -> list[Body]:
        return [self.body(datagram) for datagram in datagrams]

    def kinds(self, datagrams: Sequence[Datagram]) -> list[str]:
        return [type(body).__name__ for body in self.bodies(datagrams)]

    def state(self, peer: Peer) -> State | None:
        node = self.node.sessions.nodes.get(peer.id.xy)
        return None if node is None else node.state

    def meet(self, peer: Peer) -> None:
        """The peer says hello, and is known."""
        self.now = Times(self.now.monotonic, self.now.unix + 1)  # so that no two pings of it are equal
        _, ping = self.hear(peer, peer.ping(expires=int(self.now.unix) + 20))
        self.hear(peer, peer.pong(ping))
        assert self.state(peer) is State.KNOWN

    def ask(self, peer: Peer, target: bytes = TARGET) -> list[Datagram]:
        return self.hear(peer, FindNodeHash(target, int(self.now.unix) + 20))

    def answer(self, peer: Peer, *nodes: WireNode) -> list[Datagram]:
        return self.hear(peer, Neighbors(nodes, int(self.now.unix) + 20))

    def query(self, peer: Peer, topic: bytes) -> list[Datagram]:
        return self.hear(peer, TopicQuery(topic, int(self.now.unix) + 20))

    @property
    def refused(self) -> dict[str, int]:
        return {str(reason): number for reason, number in self.node.counters.refused.items()}


Place = tuple[IPAddress, int]


class Network:
    """Real nodes, with 50 ms between them. Who is gone hears nothing, and does nothing."""

    DELAY = 0.05

    def __init__(self, size: int, limits: Limits | None = None) -> None:
        self.monotonic = 1000.0
        self.limits = limits
        self.places: list[Place] = []
        self.nodes: dict[Place, Discovery] = {}
        self.gone: set[Place] = set()
        self.events: list[tuple[float, Discovery, Event]] = []
        self._order = count()
        self._agenda: list[tuple[float, int, Place, Datagram | None, Place]] = []
        """Time, order, for whom, what comes there (None: a timer), and from where."""
        self._timers: dict[Place, float] = {}
        for _ in range(size):
            self.join()

    @property
    def now(self) -> Times:
        return Times(self.monotonic, UNIX + self.monotonic)

    def join(self) -> Discovery:
        """A new node, without bootnodes yet."""
        number = len(self.nodes)
        where = parse_address(f"52.{number // 250}.{number % 250}.1"), 30303
        node = Discovery(key_of(number + 1), Endpoint(*where, 30303), seeded(number), self.now, limits=self.limits)
        self.places.append(where)
        self.nodes[where] = node
        return node

    def __getitem__(self, number: int) -> Discovery:
        return self.nodes[self.places[number]]

    def enode(self, number: int) -> Enode:
        address, port = self.places[number]
        return Enode(key_of(number + 1).public_key, str(address), port, port)

    def leave(self, number: int) -> None:
        self.gone.add(self.places[number])

    def start(self) -> None:
        """Everybody begins with the first."""
        for number, node in enumerate(self.nodes.values()):
            node.set_bootnodes([self.enode(0)] if number else [], self.now)

    def run(self, seconds: float) -> None:
        end = self.monotonic + seconds
        self._timers.clear()
        for where in self.places:
            self._collect(where)
        while self._agenda and self._agenda[0][0] < end:
            at, _, where, datagram, source = heapq.heappop(self._agenda)
            self.monotonic = max(self.monotonic, at)
            node = self.nodes[where]
            if where in self.gone or (datagram is None and self._timers.get(where) != at):
                continue
            if datagram is None:
                node.on_timer(self.now)
            else:
                node.receive(datagram.data, source, self.now)
            self._collect(where)
        self.monotonic = end

    def _collect(self, where: Place) -> None:
        node = self.nodes[where]
        for datagram in node.datagrams_to_send():
            to = datagram.address, datagram.port
            if to in self.nodes:
                self._plan(self.monotonic + self.DELAY, to, datagram, where)
        self.events += [(self.monotonic, node, event) for event in node.events()]
        timer = node.next_timer
        if timer is not None and self._timers.get(where) != timer:
            self._timers[where] = timer
            self._plan(timer, where, None, where)

    def _plan(self, at: float, to: Place, datagram: Datagram | None, source: Place) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), to, datagram, source))
