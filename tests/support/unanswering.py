"""Addresses of this machine where connections are neither made nor refused, as behind a broken IPv6 or a firewall."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

FULL = 8
"""Connections that fill the smallest queue a system gives a listener."""


@contextlib.contextmanager
def unanswering(host: str, port: int = 0) -> Iterator[int]:
    """A port whose queue is full: whoever connects hears nothing. It is yielded."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(FULL):
            filling = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            filling.setblocking(False)
            filling.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
