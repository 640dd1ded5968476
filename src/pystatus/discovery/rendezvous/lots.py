"""Sets out of which some are drawn by lot, whatever their size, in time for those that are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from pystatus.crypto.random import RandomSource

T = TypeVar("T")


def below(random: RandomSource, end: int) -> int:
    """A number from 0 to ``end`` - 1. Some are likelier than others by less than one in 2^32."""
    return int.from_bytes(random(8), "big") % end


class LotSet(Generic[T]):
    """A set in an order that means nothing."""

    __slots__ = ("_index", "_items")

    def __init__(self) -> None:
        self._items: list[T] = []
        self._index: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def add(self, item: T) -> None:
        """Add what is not there yet."""
        self._index[item] = len(self._items)
        self._items.append(item)

    def remove(self, item: T) -> None:
        """Take out what is there."""
        index = self._index.pop(item)
        last = self._items.pop()
        if index < len(self._items):
            self._items[index] = last
            self._index[last] = index

    def draw(self, count: int, random: RandomSource) -> list[T]:
        """``count`` different ones, or all if there are fewer, in random order."""
        items = self._items
        moved: dict[int, int] = {}  # a shuffle of which only the beginning is made
        drawn = []
        for place in range(min(count, len(items))):
            other = place + below(random, len(items) - place)
            drawn.append(items[moved.get(other, other)])
            moved[other] = moved.get(place, place)
        return drawn
