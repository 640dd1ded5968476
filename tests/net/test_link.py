"""A link whose socket the event loop has closed behind its back."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from pystatus.net.link import Link
from pystatus.net.peers import PeerNetwork
from pystatus.overlay.devp2p.messages import DisconnectReason
from pystatus.overlay.enode import Enode
from tests.net.support import CONFIG, Application, key, node


class SilentlyClosed(asyncio.Transport):
    """What uvloop leaves after a dial broken off: closed, but not said to be closing, and using it is an error."""

    def __init__(self) -> None:
        self.is_closed = False
        self.written = 0
        self._socket = socket.socket()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 30303), "socket": self._socket}[name]

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The limits do not matter here."""

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_closed:
            raise RuntimeError("the handler is closed")
        self.written += len(data)

    def close(self) -> None:
        if self.is_closed:
            raise RuntimeError("the handler is closed")

    def abort(self) -> None:
        self._socket.close()


async def test_the_socket_is_left_alone_after_a_dial_was_broken_off() -> None:
    loop = asyncio.get_running_loop()
    problems: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: problems.append(context))
    network = PeerNetwork(node(1), Application(), CONFIG)
    link = Link(network, loop, Enode(key(2).public_key, "127.0.0.1", 30303))
    transport = SilentlyClosed()
    link.connection_made(transport)
    greeting = transport.written
    assert greeting > 0

    link.disconnect(DisconnectReason.REQUESTED)  # is to be written at the end of this turn
    transport.is_closed = True
    link.drop()
    await asyncio.sleep(0)

    assert problems == []
    assert transport.written == greeting
    assert await link.outcome is not None
