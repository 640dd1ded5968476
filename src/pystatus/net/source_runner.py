"""Starts and closes a source of nodes as the pool needs it (overlay.md §7.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.outage import Outage
from pystatus.peers.backoff import Backoff
from pystatus.peers.sources import DiscoverySource

log = get_logger(__name__)

RESTART = Backoff(initial=2.0, maximum=300.0)
"""When a source that could not start is tried again (overlay.md §7.1: after 2 seconds), later and later."""


class SourceRunner:
    """One source. It runs as long as something is searched or registered, and never starts and closes at a time."""

    def __init__(self, source: DiscoverySource, restart: Backoff = RESTART) -> None:
        self.source = source
        self.is_running = False
        self._restart = restart
        self._searched: Mapping[str, float | None] = {}
        self._registered: tuple[str, ...] = ()
        """In their order, which says whose ads come first where there are few registrars."""
        self._applied: dict[str, float | None] = {}
        self._applied_topics: tuple[str, ...] = ()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        name = source.source.value
        self._outage = Outage(log, f"peers cannot be looked for with {name}", f"peers are looked for with {name} again")

    async def start(self) -> None:
        """Begin to start and close the source. If it is wanted already, it is started before this returns.

        :raises LocalError: it is wanted and cannot start.
        """
        if self._is_wanted:
            await self._start()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_report_crash)

    async def close(self) -> None:
        """Close the source, for good or until :meth:`start` is called again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None
        await self._close()

    def set(self, searched: Mapping[str, float | None], registered: Sequence[str]) -> None:
        """What is to be searched, and how often, and what is to be registered, from now on."""
        self._searched = dict(searched)
        self._registered = tuple(registered)
        self._changed.set()

    @property
    def _is_wanted(self) -> bool:
        return bool(self._registered) or any(period is not None for period in self._searched.values())

    async def _run(self) -> None:
        failures = 0
        while True:
            self._changed.clear()
            try:
                await self._follow()
            except LocalError as error:
                self._outage.failed(asyncio.get_running_loop().time(), error)
            except Exception as error:  # a bug of ours, which must end neither the other sources nor this one for good
                self._report(error)
            else:
                failures = 0
                await self._changed.wait()
                continue
            failures += 1
            await self._close()
            await asyncio.sleep(self._restart.pause(failures, 0.0))

    async def _follow(self) -> None:
        """Make the source do what is wanted now."""
        if not self._is_wanted:
            await self._close()
            return
        if not self.is_running:
            await self._start()
            self._outage.worked(asyncio.get_running_loop().time())
        self._apply()

    async def _start(self) -> None:
        await self.source.start()
        self.is_running = True
        self._apply()

    async def _close(self) -> None:
        """Close the source if it runs. Where this is cancelled, it runs, and is closed by the next call."""
        if not self.is_running:
            return
        self._applied, self._applied_topics = {}, ()
        try:
            await self.source.close()
        except Exception as error:  # likewise; who closes has more to close
            self._report(error)
        self.is_running = False

    def _apply(self) -> None:
        for topic, period in self._searched.items():
            if self._applied.get(topic) != period:
                self.source.search(topic, period)
        self._applied = dict(self._searched)
        for topic in self._registered:
            if topic not in self._applied_topics:
                self.source.register(topic)
        for topic in self._applied_topics:
            if topic not in self._registered:
                self.source.unregister(topic)
        self._applied_topics = self._registered

    def _report(self, error: Exception) -> None:
        context = {"message": f"the source {self.source.source.value} has crashed", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)


def _report_crash(task: asyncio.Task[None]) -> None:
    """A task that ends with an error is a bug of ours; asyncio would tell of it only when the task is collected."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "a source has crashed", "exception": task.exception()})
