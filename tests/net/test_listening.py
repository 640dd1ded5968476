"""The end of listening."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from dataclasses import replace
from typing import cast

import pytest

from pystatus.errors import LocalError
from pystatus.net.listening import datagram_sockets, listening_sockets, stop_listening
from tests.net.support import CONFIG, PATIENCE, TestNode


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


# Ports below 1024, such as 443

NO_RIGHT = (
    r"This user may not listen on (UDP )?port 443: choose a port above 1023, or give it the right: with "
    r"AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or by setcap"
)


async def test_a_port_below_1024_is_listened_on_or_the_sentence_says_what_to_do() -> None:
    """Whichever this user may: both are looked at, by what the system itself says."""
    port, is_allowed = _low_port()
    config = replace(CONFIG, listen_hosts=("127.0.0.1",), listen_port=port)
    if is_allowed:
        async with TestNode(1, config) as relay, TestNode(2) as other, asyncio.timeout(PATIENCE):
            assert relay.enode.port == port < 1024
            assert await other.dial(relay.enode) is None
    else:
        with pytest.raises(LocalError, match=f"may not listen on port {port}"):
            await TestNode(1, config).start()


def _low_port() -> tuple[int, bool]:
    """A free port, and whether it may be listened on."""
    for port in (443, *range(1023, 900, -1)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    return port, False
            else:
                return port, True
    raise AssertionError("no port is free")


async def test_without_the_right_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(LocalError, match=NO_RIGHT):
        await TestNode(1, replace(CONFIG, listen_hosts=("127.0.0.1",), listen_port=443)).start()
    for bound in (listening_sockets, datagram_sockets):
        with pytest.raises(LocalError, match=NO_RIGHT):
            bound(("127.0.0.1",), 443)
