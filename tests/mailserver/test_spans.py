"""Sets of seconds, compared with sets of numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges

LAST = 40
pieces = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), max_size=8)


def spans(*bounds: tuple[int, int]) -> TimeRanges:
    return TimeRanges(TimeRange(*each) for each in bounds)


def seconds(some: TimeRanges) -> set[int]:
    return {second for span in some for second in range(span.lower, span.upper)}


def of(bounds: list[tuple[int, int]]) -> set[int]:
    return {second for lower, upper in bounds for second in range(lower, upper)}


@given(pieces, pieces)
def test_union_difference_and_intersection_are_those_of_sets(
    one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    left, right = spans(*one), spans(*two)
    assert seconds(left) == of(one)
    assert seconds(left | right) == of(one) | of(two)
    assert seconds(left - right) == of(one) - of(two)
    assert seconds(left & right) == of(one) & of(two)
    assert left.seconds == len(of(one))
    assert bool(left) == bool(of(one))
    assert (left == right) == (of(one) == of(two))


@given(pieces, pieces)
def test_there_is_one_way_to_write_a_set(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    """In order, none empty, and none touches the next: what is equal is equally long when it is stored."""
    for each in (spans(*one), spans(*one) | spans(*two), spans(*one) - spans(*two), spans(*one) & spans(*two)):
        assert all(span.lower < span.upper for span in each)
        assert all(before.upper < after.lower for before, after in pairwise(each))
        assert hash(each) == hash(TimeRanges(reversed(list(each))))


def test_what_is_asked_for_first() -> None:
    assert spans((0, 5), (10, 20), (7, 9)).newest == (10, 20)
    with pytest.raises(IndexError):
        _ = NOTHING.newest


def test_how_they_look_and_what_they_equal() -> None:
    assert repr(spans((5, 9), (0, 3), (3, 5))) == "TimeRanges([(0, 9)])"
    assert spans((0, 9)) != [(0, 9)]
    assert not NOTHING
    assert (TimeRange(3, 5).seconds, TimeRange(5, 3).seconds) == (2, 0)
