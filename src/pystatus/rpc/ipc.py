"""The Unix socket: JSON values both ways. Only its owner may open its file, and call.

Where others may open it, too, the system says who they are (A46).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
import struct
from pathlib import Path

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.net.listening import stop_listening
from pystatus.outage import Outage
from pystatus.rpc.dispatcher import Dispatcher, failure
from pystatus.rpc.errors import APPLICATION_ERROR, LIMIT_EXCEEDED
from pystatus.rpc.json_stream import READ_SIZE, talk
from pystatus.rpc.room import Room
from pystatus.storage.files import bind_private

log = get_logger(__name__)

CLOSE_TIMEOUT = 2.0
"""Seconds that a caller has to read the last answers."""
MAX_CONNECTIONS = 100
"""Connections at a time; more are told so, and hung up on."""
MAX_TURNED_AWAY = 20
"""Of these, those that are given time to read why; others are hung up on at once."""
_CROWDED = failure(
    None, LIMIT_EXCEEDED, f"{MAX_CONNECTIONS} connections are open already: close one of them, and connect again"
)


_FOREIGN = failure(None, APPLICATION_ERROR, "this socket serves the user who runs pystatus, and nobody else")
_CREDENTIALS = struct.Struct("iII")
"""Process, user and group of who has connected (unix(7), ``SO_PEERCRED``)."""


class IpcServer:
    """One socket file."""

    def __init__(self, dispatcher: Dispatcher, room: Room) -> None:
        """
        :param room: what all callers share, of this and of other ways to call.
        """
        self._dispatcher = dispatcher
        self._room = room
        self._server: asyncio.Server | None = None
        self._path: Path | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turned_away: set[asyncio.Task[None]] = set()
        self._foreign = Outage(
            log, "another user of this machine is turned away at the RPC's socket", "its own user is served there again"
        )
        self._crowd = Outage(
            log, "too many connections to the RPC's socket", "there are places on the RPC's socket again"
        )

    async def start(self, path: Path) -> None:
        """
        :raises LocalError: something else is there, another process listens there, or it cannot be made.
        """
        _remove_left_over(path)
        self._server = await asyncio.start_unix_server(self._accept, sock=_bound(path))
        self._path = path

    def stop(self) -> None:
        """Let nobody connect any more, and remove the file: another process can have it from now on."""
        if self._server is not None:
            for listener in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listener)
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    async def close(self) -> None:
        """Hang up on everybody and remove the file."""
        if self._server is None:
            return
        await stop_listening(self._server)
        self.stop()
        tasks = self._tasks | self._turned_away
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        now = asyncio.get_running_loop().time()
        if not _is_own(writer):
            self._foreign.failed(now, "its file can be opened by others; it should have the mode 600")
            await self._turn_away(reader, writer, task, _FOREIGN)
            return
        self._foreign.worked(now)
        if len(self._tasks) >= MAX_CONNECTIONS:
            self._crowd.failed(now, f"more than {MAX_CONNECTIONS} are hung up on")
            await self._turn_away(reader, writer, task, _CROWDED)
            return
        self._crowd.worked(now)
        self._tasks.add(task)
        try:
            await talk(self._dispatcher, self._room, reader, writer, writer.transport.abort)
            await _finish(writer)
        except asyncio.CancelledError:
            pass  # the server stops, and asyncio would complain that nobody waits for this task
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _turn_away(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None], why: bytes
    ) -> None:
        """Say why. Who is hung up on while they write would not read it, so they are heard until they hang up."""
        if len(self._turned_away) >= MAX_TURNED_AWAY:
            writer.transport.abort()
            return
        self._turned_away.add(task)
        try:
            writer.write(why + b"\n")
            writer.write_eof()
            async with asyncio.timeout(CLOSE_TIMEOUT):
                while await reader.read(READ_SIZE):
                    pass
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            pass  # it has had its time, or the server stops: asyncio would complain that nobody waits for this task
        finally:
            self._turned_away.discard(task)
            writer.transport.abort()


def _is_own(writer: asyncio.StreamWriter) -> bool:
    """Whether it is our user who has connected, or the superuser, whom nothing keeps out."""
    return peer_uid(writer.get_extra_info("socket")) in (None, 0, os.geteuid())


def peer_uid(connection: socket.socket) -> int | None:
    """The user who has connected; ``None``: this system does not say, and the mode of the file decides alone."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    given = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(given)
    return int(uid)


async def _finish(writer: asyncio.StreamWriter) -> None:
    """Let a caller read what was written, but not for ever."""
    writer.close()
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await writer.wait_closed()


def _bound(path: Path) -> socket.socket:
    """A socket whose file is private before anybody can connect: it does not listen yet."""
    try:
        return bind_private(path)
    except OSError as error:
        raise LocalError(f"The RPC cannot use the socket {path}: {error.strerror or error}.") from error


def _remove_left_over(path: Path) -> None:
    """Remove the socket of a process that was killed."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise LocalError(f"The RPC cannot use the socket {path}: {error.strerror}.") from error
    if not stat.S_ISSOCK(mode):
        raise LocalError(f"The path {path} is not a socket: name another path for the RPC, or remove it.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise LocalError(f"Another process listens on {path}: stop it, or name another path for the RPC.")
