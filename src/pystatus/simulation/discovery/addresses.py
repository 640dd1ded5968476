"""Addresses of the nodes of a simulation."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from random import Random

from pystatus.simulation.discovery.udp import Place

PORT = 30303
"""Of all nodes, for UDP and TCP: what Status nodes listen on (overlay.md §6.2)."""


def honest_addresses(random: Random) -> Iterator[Place]:
    """Public IPv4 addresses drawn from all: two nodes of ten thousand share a /24 by chance alone."""
    taken = set()
    while True:
        address = IPv4Address(random.getrandbits(32))
        if address.is_global and not address.is_multicast and address not in taken:
            taken.add(address)
            yield address, PORT


def hostile_addresses(networks: int, random: Random) -> Iterator[Place]:
    """The hosts of ``networks`` networks of 24 bits, from one network after the other."""
    drawn = honest_addresses(random)
    blocks: dict[IPv4Network, None] = {}
    while len(blocks) < networks:
        address, _ = next(drawn)
        blocks[IPv4Network((address, 24), strict=False)] = None
    hosts = [list(block.hosts()) for block in blocks]
    for row in zip(*hosts, strict=True):
        for address in row:
            yield address, PORT
