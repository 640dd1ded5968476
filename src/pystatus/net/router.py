"""What a router is to those who ask it for ports, whatever it speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.nat.ports import Lease, LocalPort


class PortTaken(RemoteError):
    """Another machine has this external port."""


class Router(Protocol):
    """One router. Every request ends by itself, and raises :class:`~pystatus.errors.RemoteError` when it fails."""

    name: str
    """Of it, for sentences."""

    async def external_address(self) -> IPAddress:
        """Where it is, as the internet sees it. It may lie."""

    async def has_forgotten(self, leases: Mapping[LocalPort, Lease]) -> bool:
        """Whether the ports have to be opened anew. To be called after :meth:`external_address`."""

    async def open_port(self, port: LocalPort, external_port: int, lifetime: int) -> Lease:
        """Open a port, or keep it open. It may give another port than the one that is wanted.

        :raises PortTaken: it wants another one to be named.
        """

    async def close_port(self, port: LocalPort, lease: Lease) -> None:
        """Close it."""

    def listen(self, on_announcement: Callable[[], None]) -> None:
        """Call this when it announces that something has changed."""

    def close(self) -> None:
        """Hear nothing more."""
