"""A SOCKS5 proxy on this machine (RFC 1928, RFC 1929), small, strict, and as wicked as a test wants it.

Run as a program, it is the proxy of a network of hosts (:mod:`tests.support.hosts`). A line of JSON says that it is up.

    python -m tests.support.socks HOST:PORT NAME=ADDRESS …
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

SUCCEEDED, REFUSED, HOST_UNREACHABLE = 0, 5, 4
NO_CREDENTIALS, CREDENTIALS, NONE_OF_THESE = 0, 2, 0xFF

Wickedness = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class SocksProxy:
    """``async with SocksProxy() as proxy: … proxy.url …``

    ``names`` are those that it knows, and what they stand for; ``credentials`` those that it wants; ``replies`` the
    bytes with which it answers what it is asked for, in place of doing it.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[str, str] | None = None
    refuses: int | None = None
    """The reply to every request."""
    instead: Wickedness | None = None
    """What it does with a connection, in place of all this."""
    alter: Callable[[bytes], bytes] = lambda data: data
    """What it makes of the bytes of the far end."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Hosts and ports, as they were asked for."""
    host: str = "127.0.0.1"
    port: int = 0

    async def __aenter__(self) -> SocksProxy:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accepted, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        who = "" if self.credentials is None else "{}:{}@".format(*self.credentials)
        return f"socks5://{who}{self.host}:{self.port}"

    async def wait_closed(self) -> None:
        await self._server.serve_forever()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            # Python 3.11 tells of a task for a connection that was cancelled as of an error.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await (self.instead or self._serve)(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        assert version == 5
        offered = await reader.readexactly(count)
        wanted = NO_CREDENTIALS if self.credentials is None else CREDENTIALS
        if wanted not in offered:
            writer.write(bytes((5, NONE_OF_THESE)))
            return
        writer.write(bytes((5, wanted)))
        if self.credentials is not None:
            version, size = await reader.readexactly(2)
            assert version == 1
            user = await reader.readexactly(size)
            (size,) = await reader.readexactly(1)
            password = await reader.readexactly(size)
            is_right = (user.decode(), password.decode()) == self.credentials
            writer.write(bytes((1, 0 if is_right else 1)))
            if not is_right:
                return
        version, command, reserved, kind = await reader.readexactly(4)
        assert (version, command, reserved) == (5, 1, 0)
        if kind == 3:
            (size,) = await reader.readexactly(1)
            host = (await reader.readexactly(size)).decode()
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append((host, port))
        if self.refuses is not None:
            writer.write(_reply(self.refuses))
            return
        address = self.names.get(host, host)
        try:
            ipaddress.ip_address(address)
            far_reader, far_writer = await asyncio.open_connection(address, port)
        except (OSError, ValueError) as error:
            writer.write(_reply(HOST_UNREACHABLE if isinstance(error, ValueError) else REFUSED))
            return
        writer.write(_reply(SUCCEEDED))
        try:
            await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer, self.alter))
        finally:
            far_writer.close()


def _reply(code: int) -> bytes:
    return bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0))


async def _carry(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, alter: Callable[[bytes], bytes] = lambda data: data
) -> None:
    """All of it, and its end."""
    while data := await source.read(1 << 16):
        target.write(alter(data))
        await target.drain()
    target.close()


async def main(listen: str, *names: str) -> None:
    host, _, port = listen.rpartition(":")
    known = dict(one.split("=") for one in names)
    async with SocksProxy(names=known, host=host, port=int(port)) as proxy:
        print(json.dumps({"event": "started", "enode": proxy.url}), flush=True)
        await proxy.wait_closed()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
