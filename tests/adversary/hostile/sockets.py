"""Peers of a node over TCP: they shake hands, and from then on they do as they like."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Self, cast

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, ConnectionClosed, PacketReceived
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.waku import packets
from pystatus.waku_connection.capabilities import WAKU_1, client_id
from tests.adversary.hostile.relay_peers import EVERYTHING

AHEAD = 1 << 20
"""Bytes that a peer runs ahead of its socket, see :meth:`HostilePeer.room`."""


class Refused(Exception):
    """The node ended the connection before it had sent a Status; the text says why."""


class HostilePeer(asyncio.Protocol):
    """One connection to a node, under an identity that is new unless it is given.

    It answers pings as long as it reads. It does nothing else by itself.
    """

    def __init__(
        self,
        enode: Enode,
        *,
        identity: PrivateKey | None = None,
        status: bytes | None = EVERYTHING.encode(),
        on_packet: Callable[[int, bytes], None] | None = None,
    ) -> None:
        """
        :param status: what it says of itself when the connection is there; None: nothing.
        :param on_packet: given code and body of every packet of Waku that comes.
        """
        self.sent_bytes = 0
        """Written to the socket, whether or not the node has read it."""
        self.gone = asyncio.Event()
        """Set when the connection has ended, whoever ended it."""
        self.reason = ""
        """Why it did, as far as the node has said it."""
        self._enode = enode
        self._status = status
        self._on_packet = on_packet
        self._ready = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._transport: asyncio.Transport | None = None
        local = LocalNode(identity or PrivateKey.generate(os.urandom), client_id(), (WAKU_1,))
        limits = ConnectionLimits(max_sent_packet_size=packets.MAX_FRAME_SIZE)
        now = asyncio.get_running_loop().time()
        self._connection = Connection.initiate(local, enode.public_key, os.urandom, now, limits=limits)

    async def connect(self) -> Self:
        """Shake hands; return when the node's Status is here.

        :raises Refused: the node does not want it.
        :raises OSError: there is no connection.
        """
        assert self._enode.host is not None
        await asyncio.get_running_loop().create_connection(lambda: self, self._enode.host, self._enode.port)
        await self._ready.wait()
        if self.gone.is_set():
            raise Refused(self.reason)
        return self

    def hang_up(self) -> None:
        """Without a word, if there is a connection. What was written and not read is lost."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """The same, and return when it is over."""
        self.hang_up()
        await self.gone.wait()

    def send(self, code: int, body: bytes) -> None:
        """Send any packet of Waku, unless the connection has ended."""
        if not self.gone.is_set():
            self._connection.send(WAKU_1.capability, code, body)
            self._write()

    async def room(self) -> None:
        """Return when the node has read all but :data:`AHEAD` bytes, or is gone."""
        await self._room.wait()

    def stop_reading(self) -> None:
        """Let the node wait: what it sends stays with it as soon as the system's buffers are full."""
        self._there.pause_reading()

    def read_on(self) -> None:
        self._there.resume_reading()

    def _write(self) -> None:
        data = self._connection.data_to_send()
        self.sent_bytes += len(data)
        self._there.write(data)

    @property
    def _there(self) -> asyncio.Transport:
        assert self._transport is not None, "not connected"
        return self._transport

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._transport.set_write_buffer_limits(AHEAD)
        self._write()

    def data_received(self, data: bytes) -> None:
        self._connection.receive_data(data, asyncio.get_running_loop().time())
        while (event := self._connection.next_event()) is not None:
            match event:
                case Connected():
                    if self._status is not None:
                        self._connection.send(WAKU_1.capability, packets.STATUS, self._status)
                case PacketReceived(_, code, body):
                    if code == packets.STATUS:
                        self._ready.set()
                    if self._on_packet is not None:
                        self._on_packet(code, body)
                case ConnectionClosed():
                    self._end(event.error)
                    self._there.abort()
                    return
        self._write()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(str(error or "the node hung up"))

    def _end(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.gone.set()
        self._ready.set()
        self._room.set()
