"""Connections to any port, of people whom nobody knows."""

from __future__ import annotations

import asyncio
import contextlib
import socket


async def connect(stack: contextlib.AsyncExitStack, port: int, says: bytes = b"") -> socket.socket:
    """One more connection to a port of this machine, which says this, reads nothing, and stays until the end of
    ``stack``."""
    one = stack.enter_context(socket.socket())
    one.setblocking(False)
    await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", port))
    with contextlib.suppress(OSError):  # it may have been hung up on already, or what is read for it is full
        one.send(says)
    return one


def is_hung_up_on(one: socket.socket) -> bool:
    """Whether the other side has ended a connection on which it said nothing."""
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
