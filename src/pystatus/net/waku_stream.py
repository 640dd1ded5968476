"""A peer at the other end of one socket, which is read when the caller asks: for tools that are a peer for a moment."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from types import TracebackType

from pystatus.devp2p.messages import DisconnectReason
from pystatus.waku_connection.connection import Event, WakuConnection

READ_SIZE = 1 << 16
"""Bytes that are read from the socket at a time."""


class WakuStream:
    """Carries bytes between a socket and a connection. As a context manager it says goodbye in the end, and closes the
    socket in any case. Timers are the caller's: it gives up when it has waited enough."""

    def __init__(self, connection: WakuConnection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection = connection
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, connection: WakuConnection, connected: socket.socket) -> WakuStream:
        """Run ``connection`` on a socket that is connected, and not blocking.

        :raises OSError: the socket was closed meanwhile.
        """
        stream = cls(connection, *await asyncio.open_connection(sock=connected))
        await stream.write()
        return stream

    async def read(self) -> list[Event]:
        """What the next bytes bring, which may be nothing; at the end of the socket, the end of the connection."""
        try:
            data = await self._reader.read(READ_SIZE)
        except OSError:
            data = b""
        now = asyncio.get_running_loop().time()
        if data:
            self.connection.receive_data(data, now, time.time())
        else:
            self.connection.eof_received(now, time.time())
        events = []
        while (event := self.connection.next_event()) is not None:
            events.append(event)
        await self.write()
        return events

    async def write(self) -> None:
        """Send what is to be sent now: after every input."""
        self._writer.write(self.connection.data_to_send(time.time()))
        with contextlib.suppress(OSError):  # the next read says what happened
            await self._writer.drain()

    async def __aenter__(self) -> WakuStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.connection.disconnect(DisconnectReason.CLIENT_QUITTING)
                await self.write()
        finally:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
