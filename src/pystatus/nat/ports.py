"""What is asked of a router, whatever it speaks."""

from __future__ import annotations

import enum

from pystatus.records import dataclass

MAPPING_LIFETIME = 1_200
"""Seconds that a port stays open without being renewed (overlay.md §6.1)."""
RENEWAL_SECONDS = 900.0
"""Seconds after which it is renewed (overlay.md §6.1)."""


class Protocol(enum.Enum):
    """Of a port."""

    TCP = "TCP"
    UDP = "UDP"


@dataclass(frozen=True, slots=True)
class LocalPort:
    """A port of this machine that others shall reach."""

    protocol: Protocol
    number: int

    def __str__(self) -> str:
        return f"{self.protocol.value} port {self.number}"

    @property
    def description(self) -> str:
        """What the router's pages show (overlay.md §6.1)."""
        return "ethereum p2p" if self.protocol is Protocol.TCP else "ethereum discovery"


@dataclass(frozen=True, slots=True)
class Lease:
    """A port that a router has opened."""

    external_port: int
    lifetime: float
    """Seconds; ``math.inf``: until it is closed."""
