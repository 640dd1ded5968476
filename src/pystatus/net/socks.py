"""Connections through a SOCKS5 proxy (RFC 1928). The library python-socks speaks with the proxy, which is reached as
everybody is; what is here says what went wrong, and what to do.

A proxy sees whom we connect to, and can refuse, delay or lie. It cannot read or alter what is said: whoever answers at
the other end proves a key that we know before (RLPx, Rendezvous), or a certificate (HTTPS); node lists are signed.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, cast

from pystatus.discovery.addresses import IPAddress, unmapped
from pystatus.net.connecting import ConnectionAttempt
from pystatus.net.proxy import Proxy
from pystatus.wording import counted

LONGEST = 60.0
"""Seconds that a proxy may take at most, where its caller does not end it sooner. Every caller does: a dial is given up
after 15 seconds (overlay.md §2.8)."""
SOMEWHERE: IPAddress = ipaddress.IPv6Address("100::")
"""Stands for the address of a name that the proxy looks up (RFC 6666: it leads nowhere): it is not one of this machine
or of the local network, and who is there may not send us there."""

_REFUSALS = {
    1: "could not connect to it",
    2: "does not allow connections to it: choose another port, 443 for example, or ask who runs the proxy",
    3: "knows no way to its network",
    4: "cannot reach it, or does not find its name",
    5: "was refused there: nobody listens at that port",
    6: "had no answer from it in time",
    7: "makes no TCP connections for others: use another one",
    8: "does not take this kind of address",
}
"""What the replies of RFC 1928 §6 mean, behind "the proxy at host:port"."""


_AWAY = "cannot be reached ("
_AT = "the proxy at "


def is_proxy_away(reason: str) -> bool:
    """Whether a connection failed, for this reason, because the proxy itself is not there: no other one will do
    better."""
    return reason.startswith(_AT) and _AWAY in reason


class ProxyError(OSError):
    """The proxy made no connection; the text says why."""


class SocksAttempt:
    """One attempt to connect to a host and a port through a proxy, which looks up the name. See
    :class:`~pystatus.net.route.Attempt`."""

    def __init__(self, proxy: Proxy, host: str, port: int) -> None:
        self._proxy = proxy
        self._host = host
        self._port = port
        self._door = ConnectionAttempt(proxy.host, proxy.port)
        self._is_at_door = False
        """The proxy itself is connected."""

    @property
    def beyond(self) -> tuple[IPAddress, str]:
        """See :class:`~pystatus.net.route.Attempt`. What a proxy says of that is not asked: it may lie."""
        try:
            address = unmapped(ipaddress.ip_address(self._host))
        except ValueError:
            return SOMEWHERE, f"{self._host}:{self._port}"
        return address, f"[{address}]:{self._port}" if address.version == 6 else f"{address}:{self._port}"

    async def connect(self) -> socket.socket:
        """See :class:`~pystatus.net.route.Attempt`."""
        from python_socks import ProxyError as Refusal
        from python_socks import ProxyType
        from python_socks.async_.asyncio import Proxy as Library

        proxy = self._proxy
        try:
            self._host.encode("idna")
        except UnicodeError:
            raise ProxyError(f"{self._host[:200]} is no name that a proxy could look up") from None
        # What stands for a proxy before this one opens the connection: so it is done as all others are.
        before = cast(Library, _Door(self))
        library = Library(
            ProxyType.SOCKS5, proxy.host, proxy.port, proxy.user, proxy.password, rdns=True, forward=before
        )
        try:
            return await library.connect(self._host, self._port, timeout=LONGEST)
        except Refusal as error:
            raise ProxyError(self._said(error, error.error_code)) from error
        except ValueError as error:  # bytes that are no text, or of another length
            raise ProxyError(self._said(error, None)) from error

    def failure(self, error: OSError, seconds: float | None = None) -> str:
        """See :class:`~pystatus.net.route.Attempt`."""
        if isinstance(error, ProxyError):
            return str(error)
        at = f"{_AT}{self._proxy.address}"
        if not self._is_at_door:
            return f"{at} {_AWAY}{self._door.failure(error, seconds)}): start it, or correct its address"
        if isinstance(error, TimeoutError):
            within = "" if seconds is None else f" within {counted(seconds, 'second')}"
            return f"{at} has not connected to it{within}"
        return f"{at} has broken the connection ({self._door.failure(error, seconds)})"

    async def open(self) -> socket.socket:
        """Connect to the proxy."""
        opened = await self._door.connect()
        self._is_at_door = True
        return opened

    def _said(self, error: Exception, code: int | None) -> str:
        """What an answer of the proxy means."""
        at = f"the proxy at {self._proxy.address}"
        if code is not None:
            return f"{at} {_REFUSALS.get(code, 'refuses')}"
        words = str(error)
        if "uthentication" in words:
            known = (
                "does not take this user name and password" if self._proxy.user else "wants a user name and password"
            )
            return f"{at} {known}: give them as socks5://USER:PASSWORD@HOST:PORT in PYSTATUS_PROXY or a settings file"
        if "closed" in words:
            return f"{at} has hung up: see that it is a SOCKS5 proxy, and that it lets this machine in"
        return f"{at} does not answer as SOCKS5 does: correct its address ({words[:100]})"


class _Door:
    """Opens the connection to the proxy, where the library would look up its name and try one address."""

    def __init__(self, attempt: SocksAttempt) -> None:
        self._attempt = attempt

    async def connect(self, dest_host: str, dest_port: int, timeout: float | None = None, **_: Any) -> socket.socket:
        return await self._attempt.open()
