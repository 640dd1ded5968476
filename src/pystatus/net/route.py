"""How this process reaches others: by itself, or through a proxy and in no other way.

Whatever opens a connection, sends a datagram or looks up a name asks a :class:`Route` first. A proxy carries TCP alone,
and looks up the names; so with one there is no UDP (Discovery v5, NTP, the port mapping of routers), and nothing is
looked up here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pystatus.net.proxy import Proxy
from pystatus.records import dataclass

if TYPE_CHECKING:  # what only says how others are reached needs no event loop
    import socket

    from pystatus.discovery.addresses import IPAddress
    from pystatus.net.connecting import Resolve

NO_SERVER = (
    "With a proxy no name is looked up on this machine: to read node lists name a DNS server that the proxy reaches, "
    "with --dns-server ADDRESS."
)
"""What is said where node lists cannot be read through a proxy."""


class Attempt(Protocol):
    """One attempt to connect to a host and a port."""

    @property
    def beyond(self) -> tuple[IPAddress, str] | None:
        """Who is at the other end of the connection, where that is not whom the socket is connected with: the address
        as limits see it, and ``host:port`` as people do; ``None``: it is."""

    async def connect(self) -> socket.socket:
        """A socket, not blocking, that leads there. A timeout of the caller may break it off.

        :raises OSError: it does not come to that.
        """

    def failure(self, error: OSError, seconds: float | None = None) -> str:
        """Why there is no connection, in words without a full stop.

        :param error: what :meth:`connect` raised, or the timeout that broke it off.
        :param seconds: after which that was.
        """


@dataclass(frozen=True, slots=True)
class Route:
    """How others are reached."""

    proxy: Proxy | None = None
    """Everything goes through it; ``None``: directly."""

    @property
    def has_udp(self) -> bool:
        """Whether datagrams may be sent, and answers be waited for."""
        return self.proxy is None

    @property
    def has_names(self) -> bool:
        """Whether names of others may be looked up on this machine, by its resolver or by DNS over UDP."""
        return self.proxy is None

    def attempt(self, host: str, port: int, resolve: Resolve | None = None) -> Attempt:
        """An attempt to connect over TCP.

        :param resolve: finds the addresses of a name where that is done here; ``None``: the system does.
        """
        if self.proxy is not None:
            from pystatus.net.socks import SocksAttempt  # without a proxy nothing of it is loaded

            return SocksAttempt(self.proxy, host, port)
        from pystatus.net.connecting import ConnectionAttempt

        return ConnectionAttempt(host, port) if resolve is None else ConnectionAttempt(host, port, resolve)


DIRECT = Route()
"""By itself."""
