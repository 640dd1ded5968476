"""Things in the order of the seconds in which they expire."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

_SPARE = 64
"""Seconds that are gone and may stay in a heap beside twice those that exist; then it is made anew."""


class ExpiryIndex(Generic[T]):
    """Things by the second of their expiry. Finding the nearest second costs O(1), amortised."""

    def __init__(self) -> None:
        self._buckets: dict[int, dict[T, None]] = {}
        self._heap: list[int] = []

    def add(self, expiry: int, thing: T) -> None:
        """Note it; once more changes nothing."""
        bucket = self._buckets.get(expiry)
        if bucket is not None:
            bucket[thing] = None
            return
        self._buckets[expiry] = {thing: None}
        heapq.heappush(self._heap, expiry)
        if len(self._heap) > 2 * len(self._buckets) + _SPARE:
            self._heap = sorted(self._buckets)

    def discard(self, expiry: int, thing: T) -> None:
        """Forget that it expires then."""
        bucket = self._buckets.get(expiry)
        if bucket is not None:
            bucket.pop(thing, None)
            if not bucket:
                del self._buckets[expiry]

    def nearest(self) -> int | None:
        """The first second in which anything expires."""
        while self._heap and self._heap[0] not in self._buckets:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def first(self) -> tuple[int, T] | None:
        """The first second in which anything expires, and one of the things that do."""
        nearest = self.nearest()
        return None if nearest is None else (nearest, next(iter(self._buckets[nearest])))

    def pop_before(self, second: int) -> Iterator[tuple[int, T]]:
        """Take out everything that expires before ``second``: when it expires, and what it is."""
        while (nearest := self.nearest()) is not None and nearest < second:
            for thing in self._buckets.pop(nearest):
                yield nearest, thing


class LatestFirst:
    """Hashes by the second of their expiry. Finding the last second costs O(1), amortised."""

    __slots__ = ("_heap", "buckets")

    def __init__(self) -> None:
        self.buckets: dict[int, list[bytes]] = {}
        """What expires in each second. To a second that is there, more may be appended."""
        self._heap: list[int] = []

    def __contains__(self, expiry: int) -> bool:
        """Whether anything expires in this second."""
        return expiry in self.buckets

    def add(self, expiry: int, envelope_hash: bytes) -> bool:
        """Note a hash. Whether it is the first of its second."""
        bucket = self.buckets.get(expiry)
        if bucket is not None:
            bucket.append(envelope_hash)
            return False
        self.buckets[expiry] = [envelope_hash]
        self._note(expiry)
        return True

    @property
    def seconds(self) -> Collection[int]:
        """Those in which anything expires."""
        return self.buckets.keys()

    def take_over(self, other: LatestFirst) -> None:
        """Note all that ``other`` has."""
        for expiry, hashes in other.buckets.items():
            bucket = self.buckets.get(expiry)
            if bucket is not None:
                bucket += hashes
            else:
                self.buckets[expiry] = hashes
                self._note(expiry)

    def _note(self, expiry: int) -> None:
        """A second is new."""
        heapq.heappush(self._heap, -expiry)
        if len(self._heap) > 2 * len(self.buckets) + _SPARE:
            self._heap = sorted(-second for second in self.buckets)

    def farthest(self) -> int:
        """The last second in which anything expires, or -1."""
        while self._heap and -self._heap[0] not in self.buckets:
            heapq.heappop(self._heap)
        return -self._heap[0] if self._heap else -1

    def pop_last(self) -> tuple[int, bytes]:
        """Take out the youngest hash of the last second: the second, and the hash.

        :raises KeyError: there is none.
        """
        expiry = self.farthest()
        bucket = self.buckets[expiry]
        envelope_hash = bucket.pop()
        if not bucket:
            del self.buckets[expiry]
        return expiry, envelope_hash

    def pop(self, expiry: int, most: int) -> list[bytes]:
        """Take out what expires in a second, ``most`` hashes at most."""
        bucket = self.buckets.get(expiry, [])
        if len(bucket) <= most:
            return self.buckets.pop(expiry, [])
        kept = len(bucket) - most
        some = bucket[kept:]
        del bucket[kept:]
        return some
