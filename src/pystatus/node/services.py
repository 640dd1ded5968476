"""The parts of a node that run while it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

from pystatus.errors import LocalError
from pystatus.net.clock import Clock
from pystatus.node.waku_service import WakuService


class Service(Protocol):
    """One part. Closing one that was not started, or closing again, changes nothing that could be noticed."""

    async def start(self) -> None:
        """Begin.

        :raises LocalError: it cannot; nothing of it runs then.
        """

    async def close(self) -> None:
        """End, for good or until it is started again."""


def accounting(file: Path | None, service: WakuService, clock: Clock) -> Iterable[Service]:
    """The part that counts traffic by peers in ``file``, if there is one. It hears of the peers of ``service``."""
    if file is not None:
        from pystatus.accounting import Accounting  # a node without the file loads no database

        relay = service.relay
        part = Accounting(file, clock, lambda peer: relay.peer(peer).traffic, relay.clock_offset.confirms)
        service.listeners.append(part)
        yield part


async def start_all(services: Iterable[Service]) -> None:
    """Start one after another. If one cannot start, those before it are closed.

    :raises LocalError: one cannot start.
    """
    async with AsyncExitStack() as stack:
        for service in services:
            await service.start()
            stack.push_async_callback(service.close)
        stack.pop_all()


class Startup:
    """The start of all services, which is broken off when they are to be closed meanwhile."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        """That which starts them, until they are started."""
        self._over = asyncio.Event()
        self._is_closed = False

    async def run(self, services: Iterable[Service]) -> None:
        """Start one after another: see :func:`start_all`.

        :raises LocalError: one cannot start; it was broken off.
        """
        self._task = task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        try:
            await start_all(services)
        except asyncio.CancelledError:
            if not self._is_closed or task.uncancel():  # somebody else wants the end of the task, too
                raise
        finally:
            self._task = None
            self._over.set()
        if self._is_closed:
            raise LocalError("The node was closed while it started.")

    async def close(self, services: Iterable[Service]) -> None:
        """Close them: see :func:`close_all`. A start that is not over ends before."""
        self._is_closed = True
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            await self._over.wait()
        await close_all(services)


async def close_all(services: Iterable[Service]) -> None:
    """Close the last one first; all of them, even if one of them fails."""
    async with AsyncExitStack() as stack:
        for service in services:
            stack.push_async_callback(service.close)
