"""Attacks on a port of HTTP: more connections than it has places, that say nothing, half of something, or rubbish."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from itertools import cycle

from bench.attacks.target import Target

HELD = 900
"""Connections that attackers hold, of the 1,024 descriptors of a process."""
ACCEPTED_AFTER = 2.0
"""Seconds until a connection that is not accepted is given up."""
SECRET = b"Authorization\x00: Bearer a-secret-of-somebody\r\n\r\n"
CALL = b'{"jsonrpc":"2.0","id":1,"method":"net_version"}'


def _post(*headers: bytes, body: bytes = CALL) -> bytes:
    lines = [b"POST / HTTP/1.1", b"Host: localhost", b"Content-Type: application/json", *headers]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(CALL), b"", body])


METRICS = (
    b"",
    b"G",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 5_000,
    b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
    SECRET,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)
"""A55: silent, slow, never reading, malformed, with secrets in it, TLS."""
RPC = (
    b"",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ",
    _post(),
    _post(b"Authorization: Bearer wrong"),
    _post(body=CALL[:-10]),
    _post(b"Expect: 100-continue", body=b""),
    b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n",
)
"""A57: silent, half a header, without the token, with a wrong one, a body that does not come, a page."""


class Crowd:
    """Connects without a pause and holds what it is let."""

    def __init__(self, says: tuple[bytes, ...], target: Target) -> None:
        self.connections = self.packets = self.sent_bytes = 0
        self._says = cycle(says)
        self._port = target.port

    async def go_on(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        held: deque[socket.socket] = deque()
        try:
            while True:
                one = socket.socket()
                one.setblocking(False)
                held.append(one)
                with contextlib.suppress(OSError, TimeoutError):  # it was hung up on: the next one
                    async with asyncio.timeout(ACCEPTED_AFTER):
                        await loop.sock_connect(one, ("127.0.0.1", self._port))
                    self.connections += 1
                    self.sent_bytes += one.send(next(self._says))
                    self.packets += 1
                if len(held) > HELD:
                    held.popleft().close()
                await asyncio.sleep(0)
        finally:
            for one in held:
                one.close()
