"""TXT records by name: the little of DNS that node lists need."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Protocol

from pystatus import typed
from pystatus.errors import LocalError, RemoteError
from pystatus.net.route import DIRECT, NO_SERVER, Route

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as _Resolver

QUERY_TIMEOUT = 5.0
"""Seconds for one name, repetitions included (overlay.md §5.2)."""
PROXIED_TIMEOUT = 20.0
"""The same through a proxy: a new way through Tor takes some seconds, and is given up there after 20."""
SERVER_TIMEOUT = 1.0
"""Seconds for one server of several: one that is gone leaves time for the others, and for both address families."""
PORT = 53
"""Where DNS servers listen."""


class Resolver(Protocol):
    """Whoever answers with TXT records."""

    async def texts(self, name: str) -> list[bytes]:
        """The TXT records of ``name``, the strings of each joined.

        :raises RemoteError: no answer in time, or none with such records; the sentence says which.
        """


class DnsResolver:
    """Asks the DNS servers of this system, or one that is named. dnspython is loaded with the first question."""

    def __init__(self, server: str | None = None, timeout: float | None = None, route: Route = DIRECT) -> None:
        """
        :param server: see :func:`parse_server`.
        :param timeout: seconds for one name; ``None``: :data:`QUERY_TIMEOUT`, or :data:`PROXIED_TIMEOUT`.
        :param route: how it is reached. Through a proxy it is asked over TCP, and has to be named.
        :raises LocalError: not the address of a server; a proxy, and no server.
        """
        self._server = None if server is None else parse_server(server)
        if self._server is None and not route.has_names:
            raise LocalError(NO_SERVER)
        self._route = route
        self._timeout = timeout or (QUERY_TIMEOUT if route.has_names else PROXIED_TIMEOUT)
        self._resolver: _Resolver | None = None

    async def texts(self, name: str) -> list[bytes]:
        """See :class:`Resolver`."""
        from dns.exception import DNSException
        from dns.rdtypes.ANY.TXT import TXT

        try:
            if self._route.has_names:
                self._resolver = self._resolver or self._made()
                answer = await self._resolver.resolve(f"{name}.", "TXT", lifetime=self._timeout)
            else:
                from pystatus.net.dns_stream import ask

                assert self._server is not None, "a proxy needs one"
                answer = await ask(f"{name}.", self._route.attempt(*self._server), self._timeout)
        except (DNSException, OSError) as error:
            raise RemoteError(f"no TXT record of {name}: {str(error) or type(error).__name__}") from error
        return [b"".join(record.strings) for record in answer if isinstance(record, TXT)]

    def _made(self) -> _Resolver:
        from dns.asyncresolver import Resolver as Made

        made = Made(configure=self._server is None)
        made.timeout = SERVER_TIMEOUT
        if self._server is not None:
            made.nameservers, made.port = [self._server[0]], self._server[1]
        return made


def parse_server(text: str) -> tuple[str, int]:
    """The address and port of a DNS server: ``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1``, ``[2001:db8::1]:53``.

    :raises LocalError: none of these.
    """
    host, port = typed.token(text), str(PORT)
    if host.startswith("[") or host.count(":") == 1:
        host, _, port = host.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        address = ""
    if not address or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) <= 0xFFFF:
        raise LocalError(f'"{text[:200]}" is no DNS server: give an IP address, or address:port.')
    return address, int(port)
