"""Simulated time: what happens next, and when."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TypeAlias

Action: TypeAlias = Callable[[], object]


class Agenda:
    """A queue of actions by time. What is due at one moment happens in the order in which it was entered."""

    def __init__(self, start: float) -> None:
        self.now = start
        """The true time, Unix seconds. Devices have clocks that differ from it."""
        self._entries: list[tuple[float, int, Action]] = []
        self._entered = 0

    def at(self, time: float, action: Action) -> None:
        """Do ``action`` at ``time``, or now if that has passed."""
        self._entered += 1
        heapq.heappush(self._entries, (max(time, self.now), self._entered, action))

    def after(self, seconds: float, action: Action) -> None:
        """Do ``action`` in ``seconds``; 0: after everything that is due now already."""
        self.at(self.now + seconds, action)

    def next_time(self) -> float | None:
        """When the next action is due."""
        return self._entries[0][0] if self._entries else None

    def step(self) -> None:
        """Go to the next action and do it. There has to be one."""
        self.now, _, action = heapq.heappop(self._entries)
        action()

    def run_until(self, time: float) -> None:
        """Do everything that is due up to ``time``, which is then the present."""
        while self._entries and self._entries[0][0] <= time:
            self.step()
        self.now = max(self.now, time)
