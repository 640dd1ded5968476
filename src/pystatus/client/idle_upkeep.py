"""The database is kept in order while the client has nothing else to do: one small step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pystatus.client.command_queue import CommandQueue

FIRST = 300.0
"""Seconds until the first round: what is waiting for a client comes at its start. Ours."""
EVERY = 21_600.0
"""Seconds between two rounds: four a day. What is to be done grows slowly. Ours."""
PAUSE = 0.25
"""Seconds between two steps of 10 ms at most, and until it is looked again whether the client is idle: a twenty-fifth
of a core, and a disk has a few small writes a second. Ours."""


class IdleUpkeep:
    """Of one open profile."""

    def __init__(self, inputs: CommandQueue, step: Callable[[], int | None]) -> None:
        """
        :param step: does a little, inside a transaction; ``None``: there was nothing left to do.
        """
        self._inputs = inputs
        self._step = step
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, some time from now."""
        self._after(FIRST)

    def stop(self) -> None:
        """The database is about to be closed."""
        if self._timer is not None:
            self._timer.cancel()

    def _after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._work)

    def _work(self) -> None:
        if not self._inputs.is_idle:
            self._after(PAUSE)
            return
        self._inputs.add(self._take_step)

    def _take_step(self) -> None:
        self._after(EVERY if self._step() is None else PAUSE)
