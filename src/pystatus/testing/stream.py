"""A connection in memory: what TCP is to a client, without a socket that is connected."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Protocol

ADDRESS = "127.0.0.1"
"""Of everybody: what an enode needs."""
OUR_PORT = 1
"""The port of the client's end; nobody asks for it."""


class Dialled(Protocol):
    """The end that is not the client's."""

    port: int

    def opened(self, transport: MemoryTransport) -> None:
        """The client has connected."""

    def receive_data(self, data: bytes) -> None:
        """The client has sent this."""

    def eof_received(self) -> None:
        """The client sends nothing more."""


class MemoryTransport(asyncio.Transport):
    """The client's end. Bytes arrive in the next turn of the event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol, sock: socket.socket, other: Dialled
    ) -> None:
        super().__init__({"peername": (ADDRESS, other.port), "sockname": (ADDRESS, OUR_PORT), "socket": sock})
        self._loop = loop
        self._protocol = protocol
        self._socket = sock
        self._other = other
        self._waiting: list[bytes] = []
        """What has come while the protocol does not read."""
        self._reads = True
        self._is_closing = False
        self._is_lost = False
        protocol.connection_made(self)
        other.opened(self)

    # what the protocol calls

    def write(self, data: Any) -> None:
        if not self._is_closing:
            self._loop.call_soon(self._other.receive_data, bytes(data))

    def write_eof(self) -> None:
        self._loop.call_soon(self._other.eof_received)

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if not self._is_closing:
            self._loop.call_soon(self._other.eof_received)
        self._lose()

    def abort(self) -> None:
        self.close()

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True
        self._loop.call_soon(self._deliver)

    def is_reading(self) -> bool:
        return self._reads

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer: the other end takes everything at once."""

    def get_write_buffer_size(self) -> int:
        return 0

    # what the other end calls

    def deliver(self, data: bytes) -> None:
        """The other end has sent this."""
        self._waiting.append(data)
        self._loop.call_soon(self._deliver)

    def cut(self) -> None:
        """The connection is lost."""
        self._lose()

    def _deliver(self) -> None:
        while self._waiting and self._reads and not self._is_closing:
            self._protocol.data_received(self._waiting.pop(0))

    def _lose(self) -> None:
        self._is_closing = True
        if not self._is_lost:
            self._is_lost = True
            self._loop.call_soon(self._lost)

    def _lost(self) -> None:
        self._socket.close()
        self._protocol.connection_lost(None)
