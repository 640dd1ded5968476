"""A worker as its supervisor sees it: a process, and the two channels to it."""

from __future__ import annotations

import asyncio
import itertools
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.node import NodeSettings
from pystatus.workers.messages import (
    MAX_LINE,
    Ask,
    Configure,
    Failed,
    Parted,
    Start,
    Started,
    ToWorker,
    decode_from_worker,
    encode,
    pair,
)
from pystatus.workers.report import WorkerReport

log = get_logger(__name__)


class WorkerProcess:
    """One run of one worker, from :meth:`start` to :meth:`ended`."""

    def __init__(self, start: Start, on_parted: Callable[[int], None]) -> None:
        """
        :param on_parted: called with the number of a worker that this one is no longer joined with.
        """
        self.number = start.number
        self._start = start
        self._on_parted = on_parted
        self._process: asyncio.subprocess.Process
        self._door: socket.socket
        self._writer: asyncio.StreamWriter
        self._listening: asyncio.Task[None]
        self._started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ids = itertools.count()
        self._asked: dict[int, asyncio.Future[WorkerReport]] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    async def start(self, timeout: float) -> None:
        """Return when the worker takes connections. If it comes to nothing, no process is left.

        :param timeout: seconds that it may take.

        :raises LocalError: it says why it cannot, or it ended.
        :raises TimeoutError: it was not ready in time.
        :raises OSError: the system has no room for another process.
        """
        with ExitStack() as stack:
            control, its_control = (stack.enter_context(end) for end in pair(socket.SOCK_STREAM))
            self._door, its_door = (stack.enter_context(end) for end in pair(socket.SOCK_SEQPACKET))
            await _for_certain(self._spawn(its_control, its_door))
            stack.pop_all()
        its_control.close()
        its_door.close()
        try:
            reader, self._writer = await asyncio.open_unix_connection(sock=control, limit=MAX_LINE)
        except BaseException:  # somebody has cancelled us meanwhile
            self.kill()
            control.close()
            self._door.close()
            await _for_certain(self._process.wait())
            raise
        self._tell(self._start)
        self._listening = asyncio.ensure_future(self._listen(reader))
        try:
            async with asyncio.timeout(timeout):
                await self._started
        except BaseException:
            self.kill()
            await _for_certain(self.ended())
            raise

    async def _spawn(self, control: socket.socket, door: socket.socket) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "pystatus.workers.worker", str(control.fileno()), str(door.fileno())),
            pass_fds=(control.fileno(), door.fileno()),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # what is typed at the terminal goes to the supervisor alone
        )

    async def ended(self) -> str:
        """Wait until the process is gone, and say how it ended."""
        await asyncio.wait([self._listening])
        code = await self._process.wait()
        self._door.close()
        self._writer.close()
        self._listening.result()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def hand_over(self, given: socket.socket, word: bytes) -> bool:
        """Give the worker a socket; the caller closes its own. Whether it was taken: a worker that is busy for long, or
        has just ended, takes none."""
        try:
            socket.send_fds(self._door, [word], [given.fileno()])
        except OSError:
            return False
        return True

    async def report(self) -> WorkerReport:
        """Its numbers.

        :raises LocalError: it ended meanwhile.
        """
        number = next(self._ids)
        answer: asyncio.Future[WorkerReport] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._tell(Ask(number))
            return await answer
        finally:
            del self._asked[number]

    def configure(self, settings: NodeSettings, log_level: str) -> None:
        """New settings."""
        self._tell(Configure(settings, log_level))

    def terminate(self) -> None:
        """Ask it to end in good order."""
        if self._process.returncode is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        if self._process.returncode is None:
            self._process.kill()

    def _tell(self, message: ToWorker) -> None:
        self._writer.write(encode(message))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        failure = f"worker {self.number} ended before it was ready; its log says why"
        try:
            while line := await reader.readline():
                message = decode_from_worker(line)
                if isinstance(message, Started):
                    self._started.set_result(None)
                elif isinstance(message, Failed):
                    failure = message.sentence
                elif isinstance(message, Parted):
                    self._on_parted(message.number)
                elif message.id in self._asked:
                    self._asked[message.id].set_result(message.report)
        except ConnectionError:  # it was killed before it had read everything
            log.debug("worker %d left a message unread", self.number)
        finally:
            unanswered: list[asyncio.Future[Any]] = [self._started, *self._asked.values()]
            for waiting in unanswered:
                if not waiting.done():
                    waiting.set_exception(LocalError(failure))


async def _for_certain(work: Coroutine[Any, Any, object]) -> None:
    """Do what takes a moment and leaves a process behind if it is broken off. Whoever cancels us meanwhile has to wait:
    we are cancelled at our next pause."""
    task = asyncio.ensure_future(work)
    cancelled = 0
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled += 1
    this = asyncio.current_task()
    assert this is not None, "a coroutine runs in a task"
    if cancelled:
        this.cancel()
    task.result()
