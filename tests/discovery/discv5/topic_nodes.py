"""Nodes, times and chance for tests of topics: what a test says of them is all there is."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId, Times

UNIX = 1_600_000_000.0


def at(monotonic: float) -> Times:
    """A time. Topics know the monotonic one alone."""
    return Times(monotonic, UNIX + monotonic)


def node_id(number: int) -> NodeId:
    """A name; there is no key behind it."""
    return NodeId.of(keccak256(b"%d" % number) * 2)


def address(number: int, host: int = 1) -> IPAddress:
    """A public address: every number is a /24 of its own."""
    return ipaddress.IPv4Address((20 << 24) + (number << 8) + host)


def contact(
    number: int, host: IPAddress | None = None, *, named: NodeId | None = None, tcp_port: int = 30303
) -> Contact:
    return Contact(named or node_id(number), Endpoint(host or address(number), 30303, tcp_port))


class Draws:
    """A random source that gives what is prepared for sizes of 4 and 8, in that order, and zeros for other sizes.
    Nothing may be left over, and nothing else may be drawn."""

    def __init__(self, draws: Iterable[bytes] = ()) -> None:
        self.left = list(draws)

    def __call__(self, size: int) -> bytes:
        if size not in (4, 8):
            return bytes(size)
        draw = self.left.pop(0)
        assert len(draw) == size
        return draw
