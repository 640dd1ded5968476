"""Strangers who ask a node of Discovery v5: each has an address of its own, and all of them share one socket.

The system takes any address of a network that a route declares to be of this machine, so a socket that is bound to none
of them sends from each. In a network namespace of our own that is a network of the internet, whose addresses a node
counts; outside it is 127.0.0.0/8, which no limit for an address concerns.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Endpoint
from pystatus.discovery.discv5.packets import (
    FindNodeHash,
    PacketType,
    Ping,
    Pong,
    check_head,
    decode_body,
    encode,
    packet_hash,
    topic_hash,
)
from pystatus.discovery.discv5.wire_nodes import wire_endpoint

HERE = IPv4Address("127.0.0.1")
LIFE = 20
"""Seconds until a packet expires (overlay.md §3.2)."""
LATE = 0.5
"""Seconds after which an answer is late (overlay.md §3.2)."""
OF_SUBNET = 2
"""Strangers of one /24: as many as a bucket takes of it."""
ATTEMPTS = 5
"""To prove it: the node may pass over one datagram or the other while others use the machine."""
LONGEST_DATAGRAM = 2_048
LONGEST_WAIT = 0.01
"""Seconds without a datagram after which questions that are late are looked for."""
_BUFFER = 1 << 20
"""Bytes of answers that may wait."""
_PKTINFO = 8
"""IP_PKTINFO of Linux: the address to send from, and the one that a datagram came to. Python names it since 3.13."""
_FROM = struct.Struct("=I4s4s")
"""Interface, address to send from, and address that it came to (struct in_pktinfo)."""


class Stranger:
    """A node that asks, and answers pings."""

    def __init__(self, address: IPv4Address = HERE) -> None:
        self.identity = Secp256k1Identity(PrivateKey.generate(os.urandom))
        self.address = address
        self.port = 0
        self.asked_at: float | None = None
        """When the question began that is under way."""
        self.was_checked = False
        """Whether it has answered a ping."""

    def endpoint(self) -> Endpoint:
        return Endpoint(self.address, self.port, self.port)

    def ping(self, to: Endpoint) -> bytes:
        expiration = int(time.time()) + LIFE
        return encode(Ping(wire_endpoint(self.endpoint()), wire_endpoint(to), expiration), self.identity)

    def question(self) -> bytes:
        return encode(FindNodeHash(os.urandom(32), int(time.time()) + LIFE), self.identity)

    def answer_to(self, datagram: bytes, to: Endpoint) -> bytes | None:
        """The pong to a ping."""
        check_head(datagram)
        body = decode_body(datagram)
        if not isinstance(body, Ping):
            return None
        pong = Pong(wire_endpoint(to), packet_hash(datagram), int(time.monotonic()), topic_hash(body.topics), 1)
        return encode(pong, self.identity)


@dataclass
class Tally:
    """What became of questions."""

    asked: int = 0
    answered: int = 0
    """Within :data:`LATE`."""
    seconds: float = 0.0


class Strangers:
    """Many of them, known to one node. One whose question is late introduces itself again, as nodes do."""

    def __init__(self, node: Enode, number: int, network: IPv4Address) -> None:
        """
        :param network: their addresses are in the /8 of it, each :data:`OF_SUBNET` in a /24.
        """
        assert node.host is not None
        self._to = (node.host, node.udp_port)
        self._node = Endpoint(ip_address(node.host), node.udp_port, node.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setsockopt(socket.IPPROTO_IP, _PKTINFO, 1)
        self._socket.bind(("0.0.0.0", 0))  # each datagram says where it comes from
        self._socket.setblocking(False)
        self._strangers: dict[bytes, Stranger] = {}
        for count in range(number):
            subnet, one = divmod(count, OF_SUBNET)
            stranger = Stranger(network + ((subnet + 1) << 8) + one + 2)
            stranger.port = self._socket.getsockname()[1]
            self._strangers[stranger.address.packed] = stranger
        self._due: dict[Stranger, None] = {}
        """Who has a question under way, the oldest first."""

    def introduce(self) -> None:
        """Prove the addresses."""
        waiting = list(self._strangers.values())
        for _ in range(ATTEMPTS):
            waiting = [one for one in waiting if not self._is_known(one)]
        assert not waiting, f"the node has not checked {len(waiting)} of {len(self._strangers)}"

    def _is_known(self, one: Stranger) -> bool:
        """Ping, and ask when the node has checked the address: whether there is an answer."""
        tally = Tally()
        one.was_checked = False
        self._send(one, one.ping(self._node))
        until = time.perf_counter() + LATE
        while not one.was_checked and time.perf_counter() < until:
            self._take(tally, LONGEST_WAIT)
        self._ask(one, tally)
        while one.asked_at is not None:
            self._take(tally, LONGEST_WAIT)
        return tally.answered > 0

    def ask(self, per_second: float, seconds: float) -> Tally:
        """One after the other asks, so many a second whatever becomes of the questions."""
        tally = Tally()
        turn = 0
        everybody = list(self._strangers.values())
        started = time.perf_counter()
        while (now := time.perf_counter()) < started + seconds:
            while turn < (now - started) * per_second:
                self._ask(everybody[turn % len(everybody)], tally)
                turn += 1
            self._take(tally, max(0.0, started + turn / per_second - now))
        return self._finish(tally, started)

    def ask_at_once(self, window: int, seconds: float) -> Tally:
        """As fast as it answers: so many questions are under way at any time. The next stranger asks when one is
        answered, or late."""
        tally = Tally()
        turn = 0
        everybody = list(self._strangers.values())
        started = time.perf_counter()
        while time.perf_counter() < started + seconds:
            while len(self._due) < window:
                self._ask(everybody[turn % len(everybody)], tally)
                turn += 1
            self._take(tally, LONGEST_WAIT)
        return self._finish(tally, started)

    def _ask(self, one: Stranger, tally: Tally) -> None:
        self._due.pop(one, None)
        one.asked_at = time.perf_counter()
        self._due[one] = None
        self._send(one, one.question())
        tally.asked += 1

    def _take(self, tally: Tally, wait: float) -> None:
        for one, kind in self._arrivals(wait):
            if kind is PacketType.NEIGHBORS and one.asked_at is not None:  # the second one of an answer is no answer
                tally.answered += time.perf_counter() - one.asked_at <= LATE
                one.asked_at = None
                self._due.pop(one, None)
        now = time.perf_counter()
        while self._due:
            oldest = next(iter(self._due))
            assert oldest.asked_at is not None
            if now - oldest.asked_at <= LATE:
                break
            oldest.asked_at = None
            del self._due[oldest]
            self._send(oldest, oldest.ping(self._node))

    def _finish(self, tally: Tally, started: float) -> Tally:
        tally.seconds = time.perf_counter() - started
        while self._due:
            self._take(tally, LONGEST_WAIT)
        return tally

    def _send(self, one: Stranger, datagram: bytes) -> None:
        source = _FROM.pack(0, one.address.packed, bytes(4))
        self._socket.sendmsg([datagram], [(socket.IPPROTO_IP, _PKTINFO, source)], 0, self._to)

    def _arrivals(self, wait: float) -> Iterator[tuple[Stranger, PacketType]]:
        """What came, to whom. Pings are answered."""
        if not select.select([self._socket], [], [], wait)[0]:
            return
        while True:
            try:
                datagram, extra, _, _ = self._socket.recvmsg(LONGEST_DATAGRAM, socket.CMSG_SPACE(_FROM.size))
            except BlockingIOError:
                return
            one = self._strangers[_FROM.unpack(extra[0][2])[2]]
            kind = check_head(datagram)
            if kind is PacketType.PING:
                pong = one.answer_to(datagram, self._node)
                assert pong is not None, "it is a ping"
                self._send(one, pong)
                one.was_checked = True
            yield one, kind

    def close(self) -> None:
        self._socket.close()
