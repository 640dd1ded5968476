"""Nodes of Discovery v5 that say whatever they like, from wherever they like."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any, TypeAlias

from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.identity import Identity, Secp256k1Identity
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.packets import (
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    Ping,
    Pong,
    TopicNodes,
    TopicQuery,
    decode_body,
    encode,
    packet_hash,
    topic_hash,
)
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode
from pystatus.simulation.clock import START

Place: TypeAlias = tuple[IPv4Address, int]
FUTURE = 20
"""Seconds that packets are good for."""
AMPLIFICATION = 3
"""Times the bytes of a question that may go to a place which has proved nothing (attacks.md, A42)."""
UPTIME = 1_000.0
"""What the victim's monotonic clock shows at first."""


class DiscoveryPeer:
    """One identity at one place. Its methods return packets; who hands them over chooses from where they come."""

    def __init__(self, address: str = "8.8.4.4", port: int = 30303, identity: Identity | None = None) -> None:
        self.place: Place = IPv4Address(address), port
        self.identity = identity or Secp256k1Identity(PrivateKey.generate(os.urandom))
        self.xy = self.identity.node_id.xy
        self.endpoint = WireEndpoint(self.place[0].packed, port, port)
        self.node = WireNode(*self.endpoint, self.xy)
        """As others would name it."""

    def sign(self, body: Body) -> bytes:
        """The packet."""
        return encode(body, self.identity)

    def ping(self, unix: float, place: Place, /, topics: Sequence[bytes] = (), **changes: Any) -> bytes:
        """What an honest node asks first, but for the changes."""
        target = WireEndpoint(place[0].packed, place[1], place[1])
        return self.sign(Ping(self.endpoint, target, int(unix) + FUTURE, tuple(topics))._replace(**changes))

    def pong(self, ping: bytes, place: Place, /, **changes: Any) -> bytes:
        """The answer to a ping of the victim, without a wait for its topics."""
        asked = decode_body(ping)
        assert isinstance(asked, Ping)
        target = WireEndpoint(place[0].packed, place[1], place[1])
        answer = Pong(target, packet_hash(ping), 1, topic_hash(asked.topics), 1, tuple(60 for _ in asked.topics))
        return self.sign(answer._replace(**changes))

    def find(self, unix: float, target: bytes) -> bytes:
        """findnodeHash of 32 bytes, or findnode of 64."""
        kind = FindNodeHash if len(target) == 32 else FindNode
        return self.sign(kind(target, int(unix) + FUTURE))

    def neighbors(self, unix: float, nodes: Sequence[WireNode]) -> bytes:
        """An answer, asked for or not."""
        return self.sign(Neighbors(tuple(nodes), int(unix) + FUTURE))

    def query(self, topic: bytes) -> bytes:
        """Who registers the topic?"""
        return self.sign(TopicQuery(topic, 0))

    def topic_nodes(self, echo: bytes, nodes: Sequence[WireNode]) -> bytes:
        """Who is said to register it."""
        return self.sign(TopicNodes(echo, tuple(nodes)))


class DiscoveryVictim:
    """An honest node, its clock, and what it says to whom."""

    def __init__(self, address: str = "9.9.9.9", port: int = 30303) -> None:
        self.place: Place = IPv4Address(address), port
        self.now = 0.0
        key = PrivateKey.generate(os.urandom)
        self.identity = Secp256k1Identity(key)
        self.discovery = Discovery(key, Endpoint(self.place[0], port, port), os.urandom, self.times())
        self.discovery.set_bootnodes((), self.times())
        self.sent: Counter[Place] = Counter()
        """Bytes to each place."""
        self.received: Counter[Place] = Counter()
        """Bytes from each place, as far as it can see."""
        self.read()

    @property
    def unix(self) -> float:
        """What its clock shows."""
        return START + self.now

    def times(self) -> Times:
        return Times(UPTIME + self.now, START + self.now)

    def give(self, data: bytes, source: Place) -> list[bytes]:
        """Hand over a datagram; what the victim sends to ``source`` at once."""
        self.received[source] += len(data)
        self.discovery.receive(data, source, self.times())
        return [answer for answer, to in self.read() if to == source]

    def read(self) -> list[tuple[bytes, Place]]:
        """What the victim wants to send."""
        found = []
        for data, address, port in self.discovery.datagrams_to_send():
            assert isinstance(address, IPv4Address)
            self.sent[address, port] += len(data)
            found.append((data, (address, port)))
        return found

    def wait(self, seconds: float) -> list[tuple[bytes, Place]]:
        """Pass time with its timers; what it sends meanwhile."""
        found, end = [], self.now + seconds
        while (due := self.discovery.next_timer) is not None and due - UPTIME <= end:
            self.now = max(self.now, due - UPTIME)
            self.discovery.on_timer(self.times())
            found += self.read()
        self.now = end
        return found

    def meet(self, peer: DiscoveryPeer) -> None:
        """Let the victim verify the peer: it pings, answers the ping that comes back, and waits until it may ask."""
        answers = self.give(peer.ping(self.unix, self.place), peer.place)
        for ping in (one for one in answers if isinstance(decode_body(one), Ping)):
            self.give(peer.pong(ping, self.place), peer.place)
        for data, to in self.wait(1.0):
            if to == peer.place and isinstance(decode_body(data), Ping):
                self.give(peer.pong(data, self.place), peer.place)

    @property
    def table(self) -> list[bytes]:
        """Who is in its table, by their 64 bytes."""
        return [contact.id.xy for contact in self.discovery.table.nodes()]
