"""Sockets that listen, how those who do are found, and what to say when nobody can."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Sequence

from pystatus.crypto.keys import PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import EVERYWHERE, IPAddress, parse_address
from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import quoted

BACKLOG = 128
"""Connections that the system holds for us until they are accepted: a moment's worth after a restart."""

_HIGHEST_PORT = 0xFFFF


def parse_listen_address(text: str) -> tuple[tuple[str, ...], int]:
    """``host:port`` as hosts to listen on and a port.

    :raises LocalError: not of that form.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise LocalError(f"{quoted(text)} is not an address to listen on. Give host:port, for example 0.0.0.0:30303.")
    host = host.removeprefix("[").removesuffix("]")
    return ((host,) if host else EVERYWHERE), int(port)


def is_address(host: str) -> bool:
    """Whether this is an IP address, so that no name has to be looked up."""
    try:
        parse_address(host)
    except ValueError:
        return False
    return True


def listening_sockets(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Non-blocking sockets that listen on each of ``hosts`` (IP addresses or names); port 0: all on one free port.

    :raises LocalError: the port is in use, or may not be used; the sentence says what to do.
    """
    return _bound(hosts, port, socket.SOCK_STREAM)


def datagram_sockets(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Non-blocking UDP sockets on each of ``hosts``, likewise.

    :raises LocalError: likewise.
    """
    return _bound(hosts, port, socket.SOCK_DGRAM)


def _bound(hosts: Sequence[str], port: int, kind: socket.SocketKind) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            for family, _, protocol, _, address in socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE):
                try:
                    bound = socket.socket(family, kind, protocol)
                except OSError as error:
                    if error.errno == errno.EAFNOSUPPORT and opened:  # a system without IPv6, asked for everywhere
                        continue
                    raise
                opened.append(bound)
                if kind == socket.SOCK_STREAM:  # of UDP this would let another process take the port
                    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                bound.bind((address[0], port, *address[2:]))
                if kind == socket.SOCK_STREAM:
                    bound.listen(BACKLOG)
                bound.setblocking(False)
                port = port or bound.getsockname()[1]
    except OSError as error:
        for bound in opened:
            bound.close()
        raise listen_error(hosts, port, error, "UDP port" if kind == socket.SOCK_DGRAM else "port") from error
    return opened


class ListeningServer:
    """The servers of all addresses on which a node listens, one for each socket: those of asyncio take different ports
    for IPv4 and IPv6 where any free one will do."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []

    async def start(
        self, protocol: Callable[[], asyncio.Protocol], sockets: Sequence[socket.socket], backlog: int
    ) -> None:
        """Let clients in. Where this is cancelled, nothing listens; a server that asyncio makes and starts in one call
        would be left open, and nobody would have it.

        :param sockets: that listen; they are closed with this.
        """
        loop = asyncio.get_running_loop()
        try:
            for one in sockets:
                server = await loop.create_server(protocol, sock=one, backlog=backlog, start_serving=False)
                self._servers.append(server)
                await server.start_serving()
            await asyncio.sleep(0)  # as asyncio does, and uvloop does not: from here on it does listen
        except BaseException:
            self.close()
            for one in sockets:
                one.close()
            raise

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """As those of :class:`asyncio.Server`."""
        return tuple(one for server in self._servers for one in server.sockets)

    def is_serving(self) -> bool:
        """Likewise."""
        return bool(self._servers) and all(server.is_serving() for server in self._servers)

    async def stop(self) -> None:
        """See :func:`stop_listening`."""
        await stop_listening(self)

    def close(self) -> None:
        """As that of :class:`asyncio.Server`."""
        for server in self._servers:
            server.close()

    async def wait_closed(self) -> None:
        """Likewise."""
        for server in self._servers:
            await server.wait_closed()


async def listening_server(
    protocol: Callable[[], asyncio.Protocol], hosts: Sequence[str], port: int, *, backlog: int = BACKLOG
) -> ListeningServer:
    """A server that lets clients in, on all ``hosts`` under one port.

    :param hosts: names or IP addresses; an empty one: everywhere.
    :raises LocalError: the port is in use, or may not be used.
    """
    server = ListeningServer()
    await server.start(protocol, listening_sockets(EVERYWHERE if "" in hosts else hosts, port), backlog)
    return server


async def stop_listening(server: asyncio.Server | ListeningServer) -> None:
    """Let nobody in any more.

    What was accepted in this turn of the event loop is still heard, or refused: asyncio makes its transport in the
    next turn, if the server is open then, and calls its protocol in the one after. Else its socket would be left to the
    garbage collector.
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener)
    for _ in range(2):
        await asyncio.sleep(0)
    server.close()


@dataclass(frozen=True, slots=True)
class ExternalEndpoint:
    """Where others reach a node that is behind a router, or listens on all addresses of its machine."""

    hosts: tuple[str, ...]
    """At least one, the first of which stands in the enode: a name, or an IP address of each family at most."""
    tcp_port: int
    udp_port: int

    @property
    def addresses(self) -> tuple[IPAddress, ...]:
        """Those of the hosts that are addresses: what a record can say."""
        return addresses_at(self.hosts, None)


def enode_at(
    key: PublicKey, address: str, port: int, advertised: str | None, external: ExternalEndpoint | None = None
) -> Enode:
    """How others find the holder of ``key`` who listens on ``address``.

    :param advertised: the host that they use instead, if any.
    :param external: where they reach it instead, if that is known.
    """
    if external is not None:
        return Enode(key, external.hosts[0], external.tcp_port, external.udp_port)
    if advertised is None:
        listening = parse_address(address)
        advertised = ("127.0.0.1" if listening.version == 4 else "::1") if listening.is_unspecified else str(listening)
    return Enode(key, advertised, port, port)


def addresses_at(hosts: Sequence[str], advertised: str | None) -> tuple[IPAddress, ...]:
    """The addresses that the record of a node says, which listens on ``hosts``: as :func:`enode_at` has them, at most
    one of each family. None for a name: a record is read where nobody resolves names."""
    found: dict[int, IPAddress] = {}
    for host in hosts if advertised is None else (advertised,):
        try:
            address = parse_address(host)
        except ValueError:
            continue
        if address.is_unspecified and advertised is None:
            address = parse_address("127.0.0.1" if address.version == 4 else "::1")
        found.setdefault(address.version, address)
    return tuple(found.values())


def listen_error(hosts: Sequence[str], port: int, error: OSError, what: str = "port") -> LocalError:
    """Why nobody listens now, as a sentence that says what to do.

    :param what: a port, or a UDP port.
    """
    if error.errno == errno.EADDRINUSE:
        return LocalError(
            f"{what[0].upper()}{what[1:]} {port} is already in use on this machine: stop the program that uses it, or "
            "choose another port."
        )
    if error.errno == errno.EACCES:
        return LocalError(
            f"This user may not listen on {what} {port}: choose a port above 1023, or give it the right: with "
            "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or by setcap cap_net_bind_service=+ep for a "
            "Python of its own."
        )
    return LocalError(f"Cannot listen on {', '.join(hosts)} {what} {port}: {system_text(error)}.")


def system_text(error: OSError) -> str:
    """The system's words; asyncio puts its own in their place."""
    if error.errno is not None and error.errno > 0:  # name resolution has negative ones
        return os.strerror(error.errno)
    return error.strerror or str(error)
