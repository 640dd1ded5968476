"""Virtual time: what it is, what is due, and when. One clock for the simulations, for the worlds of the tests, and for
programs under test (:mod:`pystatus.testing`)."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TypeAlias

Action: TypeAlias = Callable[[], object]
NextTimer: TypeAlias = Callable[[], float | None]
"""When something is due, in seconds on the clock; None: nothing is."""

START = 1_600_000_000.0
"""The true time at which virtual worlds begin, Unix seconds: any in the years of the network."""


MOST_TURNS = 100
"""Calls of one watched timer in which no time passes. With more of them it would never pass."""


class VirtualClock:
    """A clock that moves when it is told to, with the actions that are due. What is due at one moment happens in the
    order in which it was entered, what is watched after it. It is a :class:`~pystatus.net.clock.Clock`."""

    def __init__(self, start: float = START) -> None:
        self._now = start
        self._entries: list[tuple[float, int, Action]] = []
        self._entered = 0
        self._watched: list[tuple[NextTimer, Action]] = []
        self._turns = 0
        """Calls of watched timers since time has passed."""

    def now(self) -> float:
        """The true time, Unix seconds. Devices have clocks that differ from it."""
        return self._now

    def at(self, time: float, action: Action) -> None:
        """Do ``action`` at ``time``, or now if that has passed."""
        self._entered += 1
        heapq.heappush(self._entries, (max(time, self._now), self._entered, action))

    def after(self, seconds: float, action: Action) -> None:
        """Do ``action`` in ``seconds``; 0: after everything that is due now already."""
        self.at(self._now + seconds, action)

    def watch(self, next_timer: NextTimer, on_timer: Action) -> None:
        """Do ``on_timer`` whenever ``next_timer`` says that it is due: the timer of an object without I/O, which is
        asked at each step. Many objects enter their timers with :meth:`at` instead."""
        self._watched.append((next_timer, on_timer))

    def next_time(self) -> float | None:
        """When the next action is due, which may be past after :meth:`set`; None: nothing is."""
        due = self._next_watched()
        if self._entries and (due is None or self._entries[0][0] <= due[0]):
            return self._entries[0][0]
        return None if due is None else due[0]

    def _next_watched(self) -> tuple[float, Action] | None:
        found: tuple[float, Action] | None = None
        for next_timer, on_timer in self._watched:
            due = next_timer()
            if due is not None and (found is None or due < found[0]):
                found = due, on_timer
        return found

    def step(self) -> None:
        """Move to the next action and do it. There has to be one."""
        watched = self._next_watched()
        if watched is None or (self._entries and self._entries[0][0] <= watched[0]):
            time, _, action = heapq.heappop(self._entries)
        else:
            time, action = watched
            self._turns = 0 if time > self._now else self._turns + 1
            assert self._turns < MOST_TURNS * len(self._watched), "a timer is due whenever it is asked: it does nothing"
        self._now = max(self._now, time)
        action()

    def run_until(self, time: float) -> None:
        """Do everything that is due up to ``time``, which is then the present."""
        while (due := self.next_time()) is not None and due <= time:
            self.step()
        self._now = max(self._now, time)

    def wait(self, seconds: float) -> None:
        """Do everything that is due within ``seconds`` from now, at its time."""
        self.run_until(self._now + seconds)

    def set(self, time: float) -> None:
        """It is ``time`` now, earlier or later, and nothing was done on the way: the machine slept, or somebody has set
        its clock. What was due meanwhile is done by the next step."""
        self._now = time

    def jump(self, seconds: float) -> None:
        """The same, so many seconds later; below 0: earlier."""
        self._now += seconds
