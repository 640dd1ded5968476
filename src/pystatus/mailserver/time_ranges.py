"""Sets of seconds, as spans of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class TimeRange(NamedTuple):
    """The seconds from ``lower`` to before ``upper``, Unix time."""

    lower: int
    upper: int

    @property
    def seconds(self) -> int:
        """How long it is; 0 if it is none."""
        return max(0, self.upper - self.lower)


class TimeRanges:
    """An immutable set of seconds. Its spans are in order, do not touch each other, and none is empty."""

    __slots__ = ("_spans",)

    def __init__(self, spans: Iterable[TimeRange] = ()) -> None:
        joined: list[TimeRange] = []
        for span in sorted(span for span in spans if span.lower < span.upper):
            if joined and span.lower <= joined[-1].upper:
                joined[-1] = TimeRange(joined[-1].lower, max(joined[-1].upper, span.upper))
            else:
                joined.append(span)
        self._spans = tuple(joined)

    def __iter__(self) -> Iterator[TimeRange]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __bool__(self) -> bool:
        return bool(self._spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeRanges) and self._spans == other._spans

    def __hash__(self) -> int:
        return hash(self._spans)

    def __repr__(self) -> str:
        return f"TimeRanges({list(map(tuple, self._spans))})"

    def __or__(self, other: TimeRanges) -> TimeRanges:
        if not other._spans or self is other:
            return self
        return TimeRanges((*self._spans, *other._spans)) if self._spans else other

    def __sub__(self, other: TimeRanges) -> TimeRanges:
        if not self._spans or not other._spans:
            return self
        return _in_order(tuple(span for span in self._without(other) if span.lower < span.upper))

    def __and__(self, other: TimeRanges) -> TimeRanges:
        return self - (self - other)

    def _without(self, other: TimeRanges) -> Iterator[TimeRange]:
        """Once through both: who is often cut off has thousands of spans."""
        taken = iter(other._spans)
        hole = next(taken, None)
        for lower, upper in self._spans:
            begin = lower
            while hole is not None and hole.lower < upper:
                yield TimeRange(begin, hole.lower)
                begin = max(begin, hole.upper)
                if hole.upper > upper:
                    break
                hole = next(taken, None)
            yield TimeRange(begin, upper)

    def last(self, count: int) -> TimeRanges:
        """The last ``count`` spans of it."""
        return self if len(self._spans) <= count else _in_order(self._spans[-count:])

    @property
    def newest(self) -> TimeRange:
        """The last span.

        :raises IndexError: there is none.
        """
        return self._spans[-1]

    @property
    def oldest(self) -> TimeRange:
        """The first span.

        :raises IndexError: there is none.
        """
        return self._spans[0]

    @property
    def seconds(self) -> int:
        """How many there are."""
        return sum(span.seconds for span in self._spans)


def _in_order(spans: tuple[TimeRange, ...]) -> TimeRanges:
    """A set of spans that are as they should be already."""
    made = TimeRanges.__new__(TimeRanges)
    made._spans = spans
    return made


NOTHING = TimeRanges()
"""No second at all."""
