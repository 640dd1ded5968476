"""Things that end at a time, and which of them are due."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_SLACK = 64
"""Deadlines that were moved and may wait to be dropped, besides as many as there are things."""


class Deadlines(Generic[T]):
    """The deadline of each thing. Memory for twice as many as there are, however often they are moved."""

    __slots__ = ("_heap", "_serial", "_when")

    def __init__(self) -> None:
        self._when: dict[T, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, T]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._when)

    def set(self, thing: T, deadline: float) -> None:
        """Give a thing a deadline, or another one."""
        self._serial += 1
        self._when[thing] = (deadline, self._serial)
        if len(self._heap) > 2 * len(self._when) + _SLACK:
            self._heap = [(when, serial, each) for each, (when, serial) in self._when.items()]
            heapq.heapify(self._heap)
        else:
            heapq.heappush(self._heap, (deadline, self._serial, thing))

    def discard(self, thing: T) -> None:
        """It has none any more."""
        self._when.pop(thing, None)

    def pop_due(self, now: float) -> Iterator[T]:
        """Take out those whose deadline has passed, the first first. At its deadline a thing is not due yet."""
        heap = self._heap
        while heap and heap[0][0] < now:
            deadline, serial, thing = heapq.heappop(heap)
            if self._when.get(thing) == (deadline, serial):
                del self._when[thing]
                yield thing
