"""The part of a node that asks time servers, and has its clock put right by them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from pystatus.crypto.random import RandomSource
from pystatus.log_texts import about, get_logger
from pystatus.net.time_servers import TimeServers
from pystatus.outage import Outage
from pystatus.timekeeping.agreement import agreement
from pystatus.timekeeping.corrected_clock import CorrectedClock
from pystatus.timekeeping.keeper import TimeKeeper
from pystatus.waku.relay.clock_judgement import ClockJudgement

log = get_logger(__name__)

FIRST_ROUND = 3.0
"""Seconds for which a node that starts waits for the first answers, so that it sends nothing with a wrong time. Ours:
the servers have two."""
LEAST_PAUSE = 16.0
"""Seconds between two rounds at least, however often the machine's clock is set (RFC 5905 §7.2: MINPOLL)."""


class ClockService:
    """Keeps the time of one node. A :class:`~pystatus.node.services.Service`, the first to be started."""

    def __init__(
        self,
        servers: TimeServers,
        clock: CorrectedClock,
        random: RandomSource,
        peers: Callable[[], ClockJudgement],
        changed: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        """
        :param peers: what peers make of the time that is used, now.
        :param changed: called when the time that is used has changed, or what servers say of it.
        :param closed: called when nothing changes any more.
        """
        self._servers = servers
        self._clock = clock
        self._random = random
        self._peers = peers
        self._changed = changed
        self._closed = closed
        self.keeper = TimeKeeper(clock)
        self._outage = Outage(log, "no time servers are believed", "time servers are believed again")
        self._task: asyncio.Task[None] | None = None
        self._at_once = asyncio.Event()
        self._first = asyncio.Event()

    async def start(self) -> None:
        """Ask, and go on in the background; see :data:`FIRST_ROUND`."""
        self._clock.on_set = self._machine_set
        self._task = asyncio.create_task(self._run(), name="time servers")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_ROUND):
                await self._first.wait()

    async def close(self) -> None:
        """Ask no more. The clock keeps its correction."""
        self._clock.on_set = lambda: None
        self._closed()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        self._servers.close()

    async def _run(self) -> None:
        while True:
            await self._round()
            self._first.set()
            pause = self.keeper.pause(self._chance)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await asyncio.sleep(min(LEAST_PAUSE, pause))
                    await self._at_once.wait()

    async def _round(self) -> None:
        self._at_once.clear()
        answers, problems = await self._servers.ask()
        self._clock.now()  # notices if the machine has slept meanwhile: then what was measured says nothing
        if self._at_once.is_set():
            return
        agreed = agreement([answer.offset for answer in answers], len(self._servers.servers))
        now = asyncio.get_running_loop().time()
        if agreed is None:
            apart = ", ".join(f"{answer.offset:+.1f} s" for answer in answers)
            why = [f"they say {apart}" if len(answers) > 1 else "", *problems]
            self._outage.failed(now, "; ".join(filter(None, why)))
        else:
            self._outage.worked(now)
            log.debug("%d time servers: %+.3f s", agreed.servers, agreed.offset, extra=about("time servers"))
        self.keeper.heard(agreed, self._peers())
        self._changed()

    def _machine_set(self) -> None:
        self.keeper.machine_set()
        self._at_once.set()

    def _chance(self) -> float:
        return int.from_bytes(self._random(4), "big") / 2**32
