"""What is due, and when: a queue for tens of millions of datagrams.

:class:`~pystatus.simulation.clock.VirtualClock` orders single actions; this one collects what is due within the same
slot in a list, so that an entry costs an append and no comparison.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, TypeAlias

SLOT = 2**-10
"""Seconds, about a millisecond: what is due within one slot happens at its end, in the order in which it was entered. A
link of the Internet takes ten times as long at least. A power of two, so that the time of a slot is exact."""

Event: TypeAlias = tuple[Callable[..., object], tuple[Any, ...]]


class EventQueue:
    """Virtual time, from 0 seconds, and what is to happen in it."""

    __slots__ = ("_due", "_slot", "_slots", "now")

    def __init__(self) -> None:
        self.now = 0.0
        """Seconds since the start."""
        self._slot = 0
        self._slots: dict[int, list[Event]] = {}
        self._due: list[int] = []
        """A heap of the slots that have events."""

    def at(self, time: float, action: Callable[..., object], *arguments: Any) -> None:
        """Call ``action`` with ``arguments`` at ``time``, or in the present slot if that has passed."""
        slot = -int(-time // SLOT)  # rounded up: nothing happens before its time
        if slot <= self._slot:
            slot = self._slot
        events = self._slots.get(slot)
        if events is None:
            self._slots[slot] = [(action, arguments)]
            heapq.heappush(self._due, slot)
        else:
            events.append((action, arguments))

    def after(self, seconds: float, action: Callable[..., object], *arguments: Any) -> None:
        """Call ``action`` with ``arguments`` in ``seconds``."""
        self.at(self.now + seconds, action, *arguments)

    def run_until(self, time: float) -> None:
        """Do everything that is due up to ``time``, which is then the present."""
        last = int(time // SLOT)
        due, slots = self._due, self._slots
        while due and due[0] <= last:
            self._slot = due[0]
            self.now = max(self.now, self._slot * SLOT)
            for action, arguments in slots[self._slot]:  # an action may append to this list
                action(*arguments)
            del slots[self._slot]
            heapq.heappop(due)
        self._slot = max(self._slot, last)
        self.now = max(self.now, time)
