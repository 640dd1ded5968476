"""Which process of a node gets a connection. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from pystatus.discovery.addresses import IPAddress, is_local, subnet_key

SECRET_SIZE = 16
"""Bytes of the secret, which is new with every start, so that nobody can choose addresses that meet in one process."""


class Steering:
    """Sends each network to a process of its own choice, always the same one.

    Limits, bans and "already connected" are kept by each process for itself. They hold for the node as a whole because
    a /24 (IPv4) or /48 (IPv6) always comes to the same process. When that one is gone, only its networks move, and they
    spread over the others. This machine and the local network, which those limits spare, take the processes in turn.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._turn = 0

    def choose(self, address: IPAddress, running: Sequence[int]) -> int:
        """The number, out of ``running`` (at least one, ascending), of the process that gets a connection."""
        if is_local(address):
            self._turn += 1
            return running[self._turn % len(running)]
        version, network = subnet_key(address)
        name = bytes((version,)) + network.to_bytes(16, "big")
        return max(running, key=lambda number: self._weight(name, number))

    def _weight(self, name: bytes, number: int) -> bytes:
        return blake2b(name + number.to_bytes(4, "big"), digest_size=8, key=self._secret).digest()
