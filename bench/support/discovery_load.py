"""Strangers who ask a node of Discovery v5, as fast as it answers."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Iterator
from ipaddress import ip_address

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

HERE = ip_address("127.0.0.1")
LIFE = 20
"""Seconds until a packet expires (overlay.md §3.2)."""
PATIENCE = 10.0
"""Seconds without any answer after which a node is given up."""
WINDOW = 16
"""Questions of one stranger under way: all of them fit into the buffer of a socket."""


class Stranger:
    """A node that asks, and answers pings."""

    def __init__(self) -> None:
        self.identity = Secp256k1Identity(PrivateKey.generate(os.urandom))
        self.port = 0

    def endpoint(self) -> Endpoint:
        return Endpoint(HERE, self.port, self.port)

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


class Strangers:
    """Several of them, each with a socket, all known to one node."""

    def __init__(self, node: Enode, number: int) -> None:
        assert node.host is not None
        self._node = Endpoint(ip_address(node.host), node.udp_port, node.port)
        self._selector = selectors.DefaultSelector()
        self._strangers: dict[socket.socket, Stranger] = {}
        for _ in range(number):
            one = Stranger()
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind(("127.0.0.1", 0))
            sock.connect((node.host, node.udp_port))
            sock.setblocking(False)
            one.port = sock.getsockname()[1]
            self._strangers[sock] = one
            self._selector.register(sock, selectors.EVENT_READ)

    def introduce(self) -> None:
        """Prove all addresses."""
        waiting = set(self._strangers)
        for sock, one in self._strangers.items():
            sock.send(one.ping(self._node))
        while waiting:
            for sock, datagram in self._arrivals():
                pong = self._strangers[sock].answer_to(datagram, self._node)
                if pong is not None:
                    sock.send(pong)
                    waiting.discard(sock)

    def answered_per_second(self, seconds: float) -> float:
        """Ask as long as that; answers a second. The node has to know few enough nodes for an answer of one packet. A
        question whose answer is lost, or comes late, is one fewer under way from then on."""
        started = time.perf_counter()
        until = started + seconds
        for sock, one in self._strangers.items():
            for _ in range(WINDOW):
                sock.send(one.question())
        answers, last = 0, started
        while last < until:
            for sock, datagram in self._arrivals():
                last = time.perf_counter()
                one = self._strangers[sock]
                if check_head(datagram) is PacketType.NEIGHBORS:
                    answers += 1
                    sock.send(one.question())
                else:
                    pong = one.answer_to(datagram, self._node)
                    if pong is not None:
                        sock.send(pong)
        return answers / (last - started)

    def _arrivals(self) -> Iterator[tuple[socket.socket, bytes]]:
        events = self._selector.select(PATIENCE)
        assert events, "the node does not answer"
        for key, _ in events:
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            while True:
                try:
                    yield sock, sock.recv(2048)
                except BlockingIOError:
                    break

    def close(self) -> None:
        self._selector.close()
        for sock in self._strangers:
            sock.close()
