"""The supervisor: keeps the workers running, joined and supplied with connections, and gathers their numbers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import TracebackType
from typing import Any

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.net.listening import enode_at
from pystatus.node import NodeConfig, NodeSettings, parse_listen_address
from pystatus.outage import Outage
from pystatus.records import dataclass
from pystatus.settings.model import MAX_WORKERS
from pystatus.wording import counted
from pystatus.workers.entrance import Entrance
from pystatus.workers.limits import WorkerTimes
from pystatus.workers.messages import ACCEPTED, JOIN, Start, pair
from pystatus.workers.process import WorkerProcess
from pystatus.workers.report import WorkerReport

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker, for metrics."""

    number: int
    """From 1."""
    restarts: int
    report: WorkerReport | None
    """None: it is not running, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """A worker takes connections."""

    number: int
    pid: int


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """A worker ended by itself; it will be started again."""

    number: int
    reason: str


WorkerEvent = WorkerStarted | WorkerEnded


class Supervisor:
    """A node in several processes. Use it as an asynchronous context manager."""

    def __init__(
        self,
        config: NodeConfig,
        workers: int,
        *,
        log_level: str = "warning",
        log_format: str = "console",
        times: WorkerTimes | None = None,
        on_event: Callable[[WorkerEvent], None] = lambda event: None,
    ) -> None:
        """
        :param config: of the node as a whole, with its address to listen on and its key.
        :param on_event: called from the event loop; must not block.
        :raises LocalError: no such number of workers, or nothing to listen on, or no key.
        """
        if not 1 <= workers <= MAX_WORKERS:
            raise LocalError(f"A node has 1 to {MAX_WORKERS} workers, not {workers}.")
        if config.listen is None or config.key is None:
            raise LocalError("Workers need an address to listen on and the node's key.")
        self._config = config
        self._key = config.key
        self._count = workers
        self._log = (log_level, log_format)
        self._silent: dict[int, Outage] = {}
        self._times = times or WorkerTimes()
        self._on_event = on_event
        self._address = ("", 0)
        self._running: dict[int, WorkerProcess] = {}
        self._processes: set[WorkerProcess] = set()
        self._restarts = dict.fromkeys(range(1, workers + 1), 0)
        self._entrance = Entrance(lambda: sorted(self._running), self._hand_over, self._times.accept_again)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False

    # Life

    async def start(self) -> None:
        """Listen, and start the workers; return when all of them take connections.

        :raises LocalError: the port is in use, or may not be used; or a worker cannot start.
        """
        assert self._config.listen is not None
        self._address = self._entrance.bind(*parse_listen_address(self._config.listen))
        loop = asyncio.get_running_loop()
        ready: list[asyncio.Future[None]] = [loop.create_future() for _ in range(self._count)]
        for number, started in enumerate(ready, 1):
            self._do(self._keep_running(number, started))
        try:
            await asyncio.gather(*ready)
        except BaseException:
            await self.close()
            raise
        self._entrance.open()
        log.info("%s as %s", counted(self._count, "worker listens", "workers listen"), self.enode)

    async def close(self) -> None:
        """Let the workers say goodbye to their peers, for a moment, and end them."""
        self._is_closing = True
        self._entrance.close()
        for process in self._processes:
            process.terminate()
        ends = [asyncio.ensure_future(process.ended()) for process in self._processes]
        if ends:
            _, late = await asyncio.wait(ends, timeout=self._times.drain)
            if late:
                log.warning(
                    "killed, as they did not end within %g s: %s", self._times.drain, counted(len(late), "worker")
                )
                for process in self._processes:
                    process.kill()
                await asyncio.wait(late)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def __aenter__(self) -> Supervisor:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # For the operator

    @property
    def config(self) -> NodeConfig:
        """Of the node as a whole."""
        return self._config

    @property
    def is_listening(self) -> bool:
        """Whether others can dial this node, and there is a worker for them."""
        return self._entrance.is_open and bool(self._running)

    @property
    def enode(self) -> Enode:
        """How others find this node, whichever worker they come to."""
        return enode_at(self._key.public_key, *self._address, self._config.advertised_host)

    @property
    def refused(self) -> int:
        """Connections that no worker took."""
        return self._entrance.refused

    async def gather(self) -> list[WorkerStatus]:
        """The numbers of all workers. One that does not answer in time has none."""
        numbers = range(1, self._count + 1)
        reports = await asyncio.gather(*(self._report(number) for number in numbers))
        return [
            WorkerStatus(number, self._restarts[number], report)
            for number, report in zip(numbers, reports, strict=True)
        ]

    def configure(self, settings: NodeSettings) -> None:
        """New settings, for the workers that run and those that will start; see :meth:`pystatus.node.Node.configure`.

        :raises LocalError: a wrong value, or one of the peers is this node itself; nothing is changed.
        """
        config = self._config.changed(settings)
        if self._key.public_key in [Enode.parse(peer).public_key for peer in config.peers]:
            raise LocalError("One of the peers is this node itself: take it out, or give this node another key.")
        self._config = config
        self._tell_settings()

    def set_log_level(self, log_level: str) -> None:
        """How much the workers log."""
        self._log = (log_level, self._log[1])
        self._tell_settings()

    def _tell_settings(self) -> None:
        for number, process in self._running.items():
            process.configure(self._share(number), self._log[0])

    async def _report(self, number: int) -> WorkerReport | None:
        process = self._running.get(number)
        if process is None:
            return None
        outage = self._silent.setdefault(
            number, Outage(log, f"worker {number} gives no numbers", f"worker {number} gives numbers again")
        )
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._times.report):
                report = await process.report()
        except (TimeoutError, LocalError) as error:
            outage.failed(now, str(error) or f"it did not answer within {counted(self._times.report, 'second')}")
            return None
        outage.worked(now)
        return report

    # One worker

    async def _keep_running(self, number: int, first: asyncio.Future[None]) -> None:
        """Start it, and start it again whenever it has ended. If it cannot start at all, ``first`` says so."""
        loop = asyncio.get_running_loop()
        failures = 0
        while not self._is_closing:
            process = WorkerProcess(
                Start(number, self._share(number), *self._log), lambda other: self._parted(number, other)
            )
            began = loop.time()
            reason = await self._run(process, first)
            if self._is_closing or (first.done() and first.exception() is not None):
                return
            failures = 1 if loop.time() - began >= self._times.stable_after else failures + 1
            pause = self._times.restart.pause(failures, 0.0)
            log.warning("worker %d has ended (%s); it starts again in %s", number, reason, counted(pause, "second"))
            self._on_event(WorkerEnded(number, reason))
            await asyncio.sleep(pause)
            self._restarts[number] += 1

    async def _run(self, process: WorkerProcess, first: asyncio.Future[None]) -> str:
        """One run of one worker; how it ended."""
        number = process.number
        try:
            await process.start(self._times.start)
        except (LocalError, OSError) as error:  # a timeout is an OSError, too
            why = "it took too long" if isinstance(error, TimeoutError) else error
            what = error if isinstance(error, LocalError) else LocalError(f"Worker {number} did not start: {why}")
            if not first.done():
                first.set_exception(what)
            return str(what)
        self._processes.add(process)
        if self._is_closing:
            process.terminate()
        else:
            for other in self._running.values():
                self._join(process, other)
            self._running[number] = process
            self._on_event(WorkerStarted(number, process.pid))
            if not first.done():
                first.set_result(None)
        watching = asyncio.ensure_future(self._watch(process))
        try:
            return await process.ended()
        finally:
            watching.cancel()
            self._running.pop(number, None)
            self._processes.discard(process)

    async def _watch(self, process: WorkerProcess) -> None:
        """Kill a worker that answers no more."""
        while True:
            await asyncio.sleep(self._times.watch)
            try:
                async with asyncio.timeout(self._times.hung):
                    await process.report()
            except TimeoutError:
                log.error("worker %d has not answered for %g s and is killed", process.number, self._times.hung)
                process.kill()
                return
            except LocalError:  # it has ended
                return

    def _share(self, number: int) -> NodeConfig:
        """Worker ``number``'s part: its share of the places, and of the peers to dial. Those who are dialled by another
        worker and dial us themselves are welcome here, too."""
        config = self._config
        inbound = config.max_inbound_peers
        file = config.traffic_file
        if file is not None and number > 1:  # each counts its own peers
            file = file.with_name(f"{file.stem}-{number}{file.suffix}")
        return replace(
            config,
            listen=None,
            accepts_at=self._address,
            traffic_file=file,
            peers=config.peers[number - 1 :: self._count],
            whitelist=(*config.whitelist, *config.peers),
            discovery=config.discovery and number == 1,  # one looks for all, and is found for all
            register=config.register and number == 1,
            nat=config.nat if number == 1 else "none",
            max_peers=-(-config.max_peers // self._count),
            max_inbound_peers=None if inbound is None else -(-inbound // self._count),
        )

    # Between workers

    def _join(self, one: WorkerProcess, other: WorkerProcess) -> None:
        ends = pair(socket.SOCK_STREAM)
        with ends[0], ends[1]:
            one.hand_over(ends[0], JOIN + str(other.number).encode())
            other.hand_over(ends[1], JOIN + str(one.number).encode())

    def _parted(self, number: int, other: int) -> None:
        """Worker ``number`` says that it is no longer joined with ``other``. Both say so; the lower number counts."""
        processes = self._running.get(number), self._running.get(other)
        if number < other and None not in processes:
            self._do(self._join_again(*processes))  # type: ignore[arg-type]  # neither is None

    async def _join_again(self, one: WorkerProcess, other: WorkerProcess) -> None:
        """Join them, unless one of them has parted because it ended: its successor is joined with everybody."""
        await asyncio.sleep(self._times.join_again)
        if self._is_closing:
            return
        if self._running.get(one.number) is one and self._running.get(other.number) is other:
            log.warning("workers %d and %d had parted and are joined again", one.number, other.number)
            self._join(one, other)

    def _hand_over(self, number: int, accepted: socket.socket) -> bool:
        return self._running[number].hand_over(accepted, ACCEPTED)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """A task that fails is a bug of ours; asyncio would tell of it only when the task is collected."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            task.get_loop().call_exception_handler(
                {"message": "a worker is no longer kept", "exception": task.exception()}
            )
