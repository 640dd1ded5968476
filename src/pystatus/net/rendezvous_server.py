"""A Rendezvous server: connections of strangers, and the registry that they share (overlay.md §4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress, Key, host_key, is_local, subnet_key
from pystatus.discovery.rendezvous.messages import PROTOCOL
from pystatus.discovery.rendezvous.registry import Registry, RegistryLimits
from pystatus.discovery.rendezvous.server import Counters, ServerConnection, ServerStream, TooManyRequests
from pystatus.discovery.rendezvous.sizes import Sizes
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.connection import Libp2pConnection
from pystatus.libp2p.events import (
    Connected,
    ConnectionClosed,
    Event,
    StreamData,
    StreamEnded,
    StreamFailed,
    StreamOpened,
)
from pystatus.libp2p.limits import Libp2pLimits
from pystatus.libp2p.multiaddr import PeerAddress, at_address
from pystatus.libp2p.peer_id import PeerId
from pystatus.log_texts import get_logger
from pystatus.net.arrival_rates import ArrivalRates
from pystatus.net.descriptors import most_descriptors
from pystatus.net.libp2p_protocol import Libp2pProtocol
from pystatus.net.listening import ExternalEndpoint, ListeningServer, addresses_at, listening_server
from pystatus.records import dataclass

log = get_logger(__name__)

CLEANING_PERIOD = 2.0
"""Seconds between two looks for registrations that are over (overlay.md §4.3). They are never handed out before."""
OTHER_DESCRIPTORS = 128
"""Of the files and sockets that a process may have open, those that are not for clients: the metrics have 64 of them.
Where none is left the system lets nobody in, and so nobody would ever give way."""


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Connections that there are."""

    connections: int = 1024
    """In all, or as many as a process may have files open, but for :data:`OTHER_DESCRIPTORS`: on most systems 896."""
    connections_per_host: int = 8
    """Of one IPv4 address or /64. Hosts of the own network are not counted."""
    connections_per_subnet: int = 64
    """Of one /24 or /48, likewise."""
    arrivals_burst: float = 64.0
    """New connections of one /24 or /48 at once, likewise."""
    arrivals_per_second: float = 4.0
    """The same in the long run. Clients keep their connection, and a handshake takes a millisecond of this machine."""


class Session(Protocol):
    """One connection of a client, as far as its place is concerned."""

    @property
    def address(self) -> IPAddress:
        """Where the client is."""

    def abort(self, why: str) -> None:
        """End it at once, because others need its place."""

    def close(self, why: str) -> None:
        """End it."""


class _Session:
    """One connection of a client."""

    def __init__(self, server: RendezvousServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._protocol: Libp2pProtocol
        self._connection: Libp2pConnection
        self._requests: ServerConnection
        self._streams: dict[int, ServerStream] = {}

    @property
    def address(self) -> IPAddress:
        return self._protocol.address

    def close(self, why: str) -> None:
        self._connection.close(why)
        self._protocol.pump()

    def abort(self, why: str) -> None:
        log.debug("connection from %s is given up: %s", self.address, why)
        self._protocol.abort()

    def connection_opened(self, protocol: Libp2pProtocol) -> Libp2pConnection | None:
        self._protocol = protocol
        made = self._server.admit(self, self._loop.time())
        if made is not None:
            self._connection, self._requests = made
        return None if made is None else self._connection

    def connection_lost(self) -> None:
        self._server.forget(self)

    def event(self, event: Event) -> None:
        match event:
            case StreamOpened(number):
                self._streams[number] = ServerStream(self._requests)
            case StreamData(number, data):
                self._received(number, data)
            case StreamEnded(number):
                self._ended(number)
            case StreamFailed(number):
                self._streams.pop(number, None)
            case Connected(remote, security):
                log.debug("%s from %s connected by %s", remote, self.address, security)
            case ConnectionClosed(error):
                log.debug("connection from %s is over: %s", self.address, error)
                self._streams.clear()

    def _received(self, number: int, data: bytes) -> None:
        stream = self._streams.get(number)
        if stream is None:  # given up, and the client has not heard of it yet
            return
        try:
            answer = stream.receive_data(data, self._loop.time())
        except TooManyRequests as error:
            self._connection.close(str(error))
        except RemoteError as error:
            self._reset(number, error)
        else:
            self._answer(number, answer, is_over=stream.is_over)

    def _ended(self, number: int) -> None:
        stream = self._streams.get(number)
        if stream is not None:
            self._answer(number, stream.end(), is_over=True)

    def _answer(self, number: int, answer: bytes, *, is_over: bool) -> None:
        try:
            if answer:
                self._connection.send(number, answer)
        except LocalError as error:  # the client does not read
            self._reset(number, error)
            return
        if is_over:
            del self._streams[number]
            self._connection.end(number, self._loop.time())

    def _reset(self, number: int, error: Exception) -> None:
        log.debug("stream of %s is reset: %s", self.address, error)
        del self._streams[number]
        self._connection.reset(number, self._loop.time())


class RendezvousServer:
    """Listens, answers, forgets. One with the same key takes the place of one that was closed."""

    def __init__(
        self,
        key: PrivateKey,
        hosts: Sequence[str],
        port: int,
        random: RandomSource,
        *,
        binds_address: bool = True,
        tells_address: bool = False,
        registry_limits: RegistryLimits | None = None,
        limits: ServerLimits | None = None,
        connection_limits: Libp2pLimits | None = None,
    ) -> None:
        """
        :param key: by which clients know the server.
        :param port: 0: a free one.
        :param binds_address: see :class:`~pystatus.discovery.rendezvous.registry.Registry`.
        :param tells_address: see :class:`~pystatus.discovery.rendezvous.server.ServerConnection`.
        """
        self._key = key
        self._hosts = hosts
        self._port = port
        self._random = random
        self._tells_address = tells_address
        self._limits = limits or ServerLimits()
        self._most = min(self._limits.connections, max(1, most_descriptors() - OTHER_DESCRIPTORS))
        self._connection_limits = connection_limits
        self.registry = Registry(random, registry_limits, binds_address=binds_address)
        self.counters = Counters()
        self.refused_connections = 0
        """Since the start."""
        self._sessions: dict[Session, None] = {}
        self._by_host: dict[Key, int] = {}
        self._by_subnet: dict[Key, dict[Session, None]] = {}
        self._sizes: Sizes[Key] = Sizes()
        self._arrivals = ArrivalRates(self._limits.arrivals_burst, self._limits.arrivals_per_second)
        self._server: ListeningServer | None = None
        self._cleaning: asyncio.TimerHandle | None = None

    @property
    def peer_id(self) -> PeerId:
        """Who the server proves to be."""
        return PeerId(self._key.public_key)

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return self._port

    @property
    def is_listening(self) -> bool:
        """Whether clients can come."""
        return self._server is not None

    @property
    def connections(self) -> int:
        """Clients that are connected now."""
        return len(self._sessions)

    @property
    def places(self) -> list[tuple[str, int]]:
        """The addresses and ports at which it listens, once it does."""
        return [] if self._server is None else [one.getsockname()[:2] for one in self._server.sockets]

    def address(self, advertised: str | None = None, external: ExternalEndpoint | None = None) -> PeerAddress:
        """How clients name it.

        :param advertised: the host by which they reach it, where it is not the one on which it listens.
        :param external: where they reach it, if that is known.
        """
        if external is not None:
            found = external.addresses
            if found:
                return at_address(found[0], external.tcp_port, self.peer_id)
            return PeerAddress("dns4", external.hosts[0], external.tcp_port, self.peer_id)
        found = addresses_at(self._hosts, advertised)
        if found:
            return at_address(found[0], self._port, self.peer_id)
        return PeerAddress("dns4", advertised or self._hosts[0], self._port, self.peer_id)

    async def start(self) -> None:
        """Listen.

        :raises LocalError: the port is in use, or may not be used.
        """
        loop = asyncio.get_running_loop()
        self._server = await listening_server(
            lambda: Libp2pProtocol(_Session(self, loop), loop), self._hosts, self._port
        )
        self._port = self._server.sockets[0].getsockname()[1]
        self._clean(loop)

    async def close(self) -> None:
        """Let nobody in any more, and end every connection."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()
        if self._cleaning is not None:
            self._cleaning.cancel()
            self._cleaning = None
        for session in list(self._sessions):
            session.close("the server stops")
        if server is not None:
            await server.wait_closed()

    def _clean(self, loop: asyncio.AbstractEventLoop) -> None:
        self.registry.expire(loop.time())
        self._arrivals.forget(loop.time())
        self._cleaning = loop.call_later(CLEANING_PERIOD, self._clean, loop)

    # For the sessions

    def admit(self, session: Session, now: float) -> tuple[Libp2pConnection, ServerConnection] | None:
        """Somebody has connected; None: hang up."""
        address = session.address
        if (refusal := self._make_room(address, now)) is not None:
            self.refused_connections += 1
            log.debug("connection from %s refused: %s", address, refusal)
            return None
        host, subnet = host_key(address), subnet_key(address)
        self._sessions[session] = None
        self._by_host[host] = self._by_host.get(host, 0) + 1
        of_subnet = self._by_subnet.setdefault(subnet, {})
        of_subnet[session] = None
        self._sizes.grew(subnet, len(of_subnet))
        connection = Libp2pConnection.listen(self._key, self._random, now, (PROTOCOL,), limits=self._connection_limits)
        return connection, ServerConnection(
            self.registry, address, now, self.counters, tells_address=self._tells_address
        )

    def forget(self, session: Session) -> None:
        """Its socket is gone, or will be in a moment."""
        if session not in self._sessions:
            return
        address = session.address
        host, subnet = host_key(address), subnet_key(address)
        del self._sessions[session], self._by_subnet[subnet][session]
        self._sizes.shrank(subnet, len(self._by_subnet[subnet]))
        if not self._by_subnet[subnet]:
            del self._by_subnet[subnet]
        self._by_host[host] -= 1
        if not self._by_host[host]:
            del self._by_host[host]

    def _make_room(self, address: IPAddress, now: float) -> str | None:
        """Why nobody is let in from here; None: there is room. Where all was full, the network with most connections
        has lost its oldest one."""
        limits, subnet = self._limits, subnet_key(address)
        if not is_local(address):
            if self._by_host.get(host_key(address), 0) >= limits.connections_per_host:
                return "that address has enough connections"
            if len(self._by_subnet.get(subnet, ())) >= limits.connections_per_subnet:
                return "that network has enough connections"
        if not self._arrivals.take(address, now):
            return "that network comes too often"
        if len(self._sessions) >= self._most:
            most = self._sizes.largest(self._random)
            if len(self._by_subnet[most]) <= len(self._by_subnet.get(subnet, ())):
                return "there are enough connections, and most of them are of that network"
            victim = next(iter(self._by_subnet[most]))
            self.forget(victim)
            victim.abort("others want to connect, and its network has most connections")
        return None
