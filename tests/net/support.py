"""Nodes on this machine's own sockets, and peers that misbehave on purpose."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, ConnectionClosed, Event
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.session import Work
from pystatus.net.config import NetworkConfig
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.peers.backoff import Backoff

TOY = Capability("toy", 1)
TOYS = (Subprotocol(TOY, 8),)

CONFIG = NetworkConfig(
    listen_hosts=("127.0.0.1",),
    backoff=Backoff(initial=0.001, maximum=0.01),
    disconnect_timeout=0.2,
)
"""A node that listens on a free port of this machine and dials again without delay."""
PATIENCE = 20.0
"""Seconds after which a test that waits for something has failed. Nothing waits for this time to pass."""


def key(number: int) -> PrivateKey:
    """One of the test's private keys."""
    return PrivateKey(bytes([number]) * 32)


def node(number: int, subprotocols: tuple[Subprotocol, ...] = TOYS) -> LocalNode:
    return LocalNode(key(number), f"node {number}", subprotocols)


class Application:
    """Remembers everything, and lets a test wait for it."""

    def __init__(self) -> None:
        self.connected: asyncio.Queue[Peer] = asyncio.Queue()
        self.packets: asyncio.Queue[tuple[Peer, Capability, int, bytes]] = asyncio.Queue()
        self.disconnected: asyncio.Queue[tuple[Peer, str]] = asyncio.Queue()
        self.on_connected: Callable[[Peer], None] = lambda peer: None
        self.on_packet: Callable[[Peer, int, bytes], Work | None] = lambda peer, code, payload: None

    def peer_connected(self, peer: Peer) -> None:
        self.on_connected(peer)
        self.connected.put_nowait(peer)

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> Work | None:
        work = self.on_packet(peer, code, payload)
        self.packets.put_nowait((peer, capability, code, payload))
        return work

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        self.disconnected.put_nowait((peer, reason))


class TestNode(PeerManager):
    """A node with its application, which lets a test wait for what is going on inside."""

    __test__ = False

    def __init__(self, number: int, config: NetworkConfig = CONFIG, subprotocols: tuple[Subprotocol, ...] = TOYS):
        self.app = Application()
        self.dialled: asyncio.Queue[str | None] = asyncio.Queue()
        self.lost: asyncio.Queue[RlpxProtocol] = asyncio.Queue()
        super().__init__(node(number, subprotocols), self.app, config)

    async def _dial(self, enode: Enode) -> str | None:
        failure = await super()._dial(enode)
        self.dialled.put_nowait(failure)
        return failure

    def link_lost(self, link: RlpxProtocol) -> None:
        super().link_lost(link)
        self.lost.put_nowait(link)

    async def __aenter__(self) -> TestNode:
        await self.start()
        return self


def configured(limits: ConnectionLimits | None = None, **changes: object) -> NetworkConfig:
    """CONFIG with changes."""
    return replace(CONFIG, connection=limits or CONFIG.connection, **changes)  # type: ignore[arg-type]  # any field


class RawClient(asyncio.Protocol):
    """Dials a node with a connection of its own, and reads and answers only as the test wants."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self.lost = asyncio.get_running_loop().create_future()

    @classmethod
    async def dial(
        cls, enode: Enode, number: int, *, local: LocalNode | None = None, remote: int | None = None
    ) -> RawClient:
        """Connect and begin the handshake as node ``number``."""
        loop = asyncio.get_running_loop()
        expected = enode.public_key if remote is None else key(remote).public_key
        connection = Connection.initiate(local or node(number), expected, os.urandom, loop.time())
        return await cls._dial(enode, connection)

    @classmethod
    async def silent(cls, enode: Enode) -> RawClient:
        """Connect and say nothing."""
        return await cls._dial(enode, None)

    @classmethod
    async def _dial(cls, enode: Enode, connection: Connection | None) -> RawClient:
        loop = asyncio.get_running_loop()
        assert enode.host is not None
        _, client = await loop.create_connection(lambda: cls(connection), enode.host, enode.port)
        return client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.pump()

    def data_received(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.receive_data(data, asyncio.get_running_loop().time())
            self.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._connection.eof_received()
            self.pump()
        self.lost.set_result(None)

    @property
    def connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    def pump(self) -> None:
        if self._connection is not None:
            while (event := self._connection.next_event()) is not None:
                self._events.put_nowait(event)
            if self._connection.pending_bytes:
                self.transport.write(self._connection.data_to_send())

    async def connected(self) -> Connected:
        event = await self._events.get()
        assert isinstance(event, Connected), event
        return event

    async def closed(self) -> ConnectionClosed:
        event = await self._events.get()
        assert isinstance(event, ConnectionClosed), event
        self.transport.close()
        return event


class SilentServer(asyncio.Protocol):
    """Accepts connections and never says anything."""

    def __init__(self) -> None:
        self.accepted: asyncio.Queue[asyncio.Transport] = asyncio.Queue()
        self._transports: list[asyncio.Transport] = []

    async def __aenter__(self) -> SilentServer:
        self._server = await asyncio.get_running_loop().create_server(lambda: self, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._server.close()
        for transport in self._transports:
            transport.abort()
        await asyncio.sleep(0)  # lets the loop close them

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transports.append(cast(asyncio.Transport, transport))
        self.accepted.put_nowait(self._transports[-1])

    def enode(self, number: int) -> Enode:
        """Where node ``number`` is said to be."""
        port = self._server.sockets[0].getsockname()[1]
        return Enode(key(number).public_key, "127.0.0.1", port, port)
