"""The end of listening."""

from __future__ import annotations

import asyncio
import gc
import socket
from typing import cast

import pytest

from pystatus.net.listening import stop_listening
from tests.net.support import PATIENCE


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_is_accepted_while_listening_ends_is_heard_or_hung_up_on(turns: int) -> None:
    """In whichever turn of the event loop: no socket is left to the garbage collector, which pytest would tell of."""
    loop = asyncio.get_running_loop()

    class Greeter(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            cast(asyncio.Transport, transport).write(b"hello")
            transport.close()

    server = await loop.create_server(Greeter, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        client.setblocking(False)
        for _ in range(turns):
            await asyncio.sleep(0)
        await stop_listening(server)
        gc.collect()
        async with asyncio.timeout(PATIENCE):
            try:
                heard = await loop.sock_recv(client, 16)
            except ConnectionResetError:
                heard = b""
            await server.wait_closed()
    assert heard == b"hello" or (turns < 3 and not heard)
