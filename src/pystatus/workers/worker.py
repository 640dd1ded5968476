"""One worker: a relay that gets its settings over one inherited socket and its connections over another.

``python -m pystatus.workers.worker CONTROL DOOR`` is started by the supervisor with the numbers of both. It ends
when it is told to, or when the supervisor is gone.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.net.loop import run
from pystatus.net.signals import on_signal
from pystatus.node import Node
from pystatus.workers.messages import (
    ACCEPTED,
    JOIN,
    MAX_LINE,
    MAX_WORD,
    Answer,
    Ask,
    Configure,
    Failed,
    FromWorker,
    Parted,
    Start,
    Started,
    decode_to_worker,
    encode,
)
from pystatus.workers.report import WorkerReport

MAX_ARRIVALS = 64
"""Sockets that are taken from the door before others have their turn."""

log = get_logger(__name__)


class Worker:
    """Lives in one event loop, for one run."""

    def __init__(self, control: socket.socket, door: socket.socket) -> None:
        self._control = control
        self._door = door
        self._node: Node
        self._writer: asyncio.StreamWriter
        self._number = 0
        self._levels = Levels()
        self._is_stopping = False
        self._joined: dict[int, int] = {}
        """How often this one was joined with another worker, by its number."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Relay until SIGTERM, or until the supervisor is gone."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._control, limit=MAX_LINE)
        start = decode_to_worker(await reader.readline())
        assert isinstance(start, Start), "it comes first"
        self._number = start.number
        self._levels = Levels.parse(start.log_level)
        stderr_log.set_up(self._levels, LogFormat(start.log_format), as_json=False)
        try:
            self._node = Node(start.config)
            await self._node.start()
        except LocalError as error:
            self._tell(Failed(str(error)))
            await self._writer.drain()
            return
        asyncio.get_running_loop().add_reader(self._door, self._at_the_door)
        listening = asyncio.ensure_future(self._listen(reader))
        with on_signal(listening.cancel, signal.SIGTERM):
            self._tell(Started())
            with suppress(asyncio.CancelledError):
                await listening
            self._is_stopping = True
            asyncio.get_running_loop().remove_reader(self._door)
            await self._node.drain()
            await self._node.close()
        self._writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Do what the supervisor says, until it says no more."""
        while line := await reader.readline():
            message = decode_to_worker(line)
            if isinstance(message, Ask):
                self._tell(Answer(message.id, WorkerReport.of(self._node)))
            elif isinstance(message, Configure):
                self._configure(message)

    def _configure(self, message: Configure) -> None:
        levels = Levels.parse(message.log_level)
        stderr_log.set_levels(levels, self._levels)
        self._levels = levels
        try:
            self._node.configure(message.settings)
        except LocalError as error:
            log.error("worker %d keeps its settings: %s", self._number, error)

    def _tell(self, message: FromWorker) -> None:
        self._writer.write(encode(message))

    # Sockets that arrive

    def _at_the_door(self) -> None:
        for _ in range(MAX_ARRIVALS):
            try:
                word, descriptors, _, _ = socket.recv_fds(self._door, MAX_WORD, 1)
            except BlockingIOError:
                return
            if not descriptors:  # the supervisor is gone; the other channel says so, too
                asyncio.get_running_loop().remove_reader(self._door)
                return
            arrived = socket.socket(fileno=descriptors[0])
            arrived.setblocking(False)
            if word == ACCEPTED:
                self._do(self._node.processes.adopt(arrived))
            else:
                self._do(self._join(arrived, int(word.removeprefix(JOIN))))

    async def _join(self, end: socket.socket, number: int) -> None:
        """Be joined with another worker until one of the two ends it, or they are joined anew."""
        turn = self._joined[number] = self._joined.get(number, 0) + 1
        lost = await self._node.processes.join(end, f"worker {number}")
        await lost
        if self._joined[number] == turn and not self._is_stopping:
            self._tell(Parted(number))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def main() -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor says when
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the supervisor passes on new settings
    control, door = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    run(Worker(control, door).work())


if __name__ == "__main__":
    main()
