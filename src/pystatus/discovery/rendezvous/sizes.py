"""Which of many networks has most, for whoever makes room: at once, however many have as much."""

from __future__ import annotations

from typing import Generic, TypeVar

from pystatus.crypto.random import RandomSource
from pystatus.discovery.rendezvous.lots import LotSet

T = TypeVar("T")


class Sizes(Generic[T]):
    """Things by how much each has. To be told of each change, by one."""

    __slots__ = ("_by_size", "_most")

    def __init__(self) -> None:
        self._by_size: dict[int, LotSet[T]] = {}
        self._most = 0

    def grew(self, thing: T, size: int) -> None:
        """It has one more, ``size`` now."""
        if size > 1:
            self._remove(thing, size - 1)
        self._add(thing, size)
        self._most = max(self._most, size)

    def shrank(self, thing: T, size: int) -> None:
        """It has one less, ``size`` now; with 0 it is forgotten."""
        self._remove(thing, size + 1)
        if size:
            self._add(thing, size)
        if self._most not in self._by_size:
            self._most -= 1  # where it is now, or where nothing is left

    def largest(self, random: RandomSource) -> T:
        """One that has most. Of those that have as much it is drawn by lot: else who came first, or last, would be
        displaced by whoever has a network for each connection. There has to be one."""
        (found,) = self._by_size[self._most].draw(1, random)
        return found

    def _add(self, thing: T, size: int) -> None:
        self._by_size.setdefault(size, LotSet()).add(thing)

    def _remove(self, thing: T, size: int) -> None:
        things = self._by_size[size]
        things.remove(thing)
        if not len(things):
            del self._by_size[size]
