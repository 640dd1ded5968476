"""A peer that costs nearly nothing: it shakes hands, and from then on only counts the bytes that it is sent.

With twenty-five real peers on the machine, theirs would be most of the work. A sink reads as fast as the system can,
and what it has not decrypted is compared, by its length, with what a real peer has got.
"""

from __future__ import annotations

import asyncio
import os
from typing import cast

from bench.support.ends import EVERYTHING
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, PacketReceived
from pystatus.devp2p.local_node import LocalNode
from pystatus.node import WAKU_1, client_id
from pystatus.waku import packets


class Sink(asyncio.BufferedProtocol):
    """One such peer. The relay drops it after thirty seconds of silence."""

    def __init__(self) -> None:
        self.bytes = 0
        """Received since the relay's Status."""
        self.is_gone = False
        self._is_ready = asyncio.get_running_loop().create_future()
        self._local = LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1,))
        self._buffer = bytearray(1 << 18)
        self._connection: Connection
        self._transport: asyncio.Transport

    async def connect(self, enode: Enode) -> None:
        """Return when the relay's Status is here."""
        loop = asyncio.get_running_loop()
        self._connection = Connection.initiate(self._local, enode.public_key, os.urandom, loop.time())
        assert enode.host is not None
        await loop.create_connection(lambda: self, enode.host, enode.port)
        await self._is_ready

    def close(self) -> None:
        self._transport.close()

    # asyncio.BufferedProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._connection.data_to_send())

    def get_buffer(self, _size_hint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, size: int) -> None:
        if self._is_ready.done():
            self.bytes += size
            return
        self._connection.receive_data(bytes(self._buffer[:size]), asyncio.get_running_loop().time())
        while (event := self._connection.next_event()) is not None:
            if isinstance(event, Connected):
                self._connection.send(WAKU_1.capability, packets.STATUS, EVERYTHING.encode())
            elif isinstance(event, PacketReceived) and event.code == packets.STATUS:
                self._is_ready.set_result(None)
        self._transport.write(self._connection.data_to_send())

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_gone = True
