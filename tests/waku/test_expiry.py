"""Indices by the second of expiry: nothing comes out twice, and seconds that are gone leave nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.waku.relay.expiry import ExpiryIndex, LatestFirst


def test_what_expires_first_comes_out_first() -> None:
    index: ExpiryIndex[str] = ExpiryIndex()
    assert index.nearest() is None
    for second, thing in ((7, "later"), (5, "one"), (5, "two"), (5, "one")):
        index.add(second, thing)
    assert index.nearest() == 5
    assert list(index.pop_before(5)) == []
    assert list(index.pop_before(6)) == [(5, "one"), (5, "two")]
    assert index.nearest() == 7


def test_what_is_discarded_does_not_come_out() -> None:
    index: ExpiryIndex[str] = ExpiryIndex()
    index.add(5, "one")
    index.add(5, "two")
    index.discard(5, "one")
    index.discard(6, "one")
    assert list(index.pop_before(10)) == [(5, "two")]
    index.add(7, "one")
    index.discard(7, "one")
    assert index.nearest() is None


def test_what_expires_last_comes_out_first_and_of_a_second_the_youngest() -> None:
    index = LatestFirst()
    assert index.farthest() == -1
    with pytest.raises(KeyError):
        index.pop_last()
    assert [index.add(second, name) for second, name in ((5, b"a"), (9, b"b"), (9, b"c"))] == [True, True, False]
    assert 9 in index
    assert [index.pop_last() for _ in range(2)] == [(9, b"c"), (9, b"b")]
    assert 9 not in index
    assert (index.pop(5, 9), index.pop(5, 9), index.farthest()) == ([b"a"], [], -1)


def test_of_a_second_some_may_be_taken_out() -> None:
    index = LatestFirst()
    for name in b"abcde":
        index.add(5, bytes([name]))
    assert index.pop(5, 0) == []
    assert [index.pop(5, 2) for _ in range(4)] == [[b"d", b"e"], [b"b", b"c"], [b"a"], []]
    assert 5 not in index


def test_an_index_does_not_grow_with_use() -> None:
    index, latest = ExpiryIndex[bytes](), LatestFirst()
    index.add(5, b"kept")
    latest.add(5, b"kept")
    for second in range(20, 10_000):
        for each in (second, second + 10**6):
            index.add(each, b"hash")
            index.discard(each, b"hash")
            latest.add(each, b"hash")
            latest.pop(each, 10)
        assert len(index._heap) + len(latest._heap) < 300
    assert (index.nearest(), latest.farthest()) == (5, 5)


def test_what_others_leave_behind_does_not_make_an_index_grow() -> None:
    crowd = LatestFirst()
    crowd.add(10**6, b"kept")
    for second in range(10_000):
        other = LatestFirst()
        other.add(second, b"of another")
        crowd.take_over(other)
        crowd.pop(second, 10)
        assert len(crowd._heap) < 300


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3))))
def test_against_a_sorted_list(steps: list[tuple[int, int]]) -> None:
    index, latest = ExpiryIndex[bytes](), LatestFirst()
    model: list[tuple[int, bytes]] = []
    for number, (second, action) in enumerate(steps):
        if action < 2:
            thing = number.to_bytes(2, "big")
            index.add(second, thing)
            latest.add(second, thing)
            model.append((second, thing))
        elif action == 2 and model:
            last = max(model, key=lambda each: (each[0], each[1]))
            assert latest.pop_last() == last
            index.discard(*last)
            model.remove(last)
        else:
            gone = [each for each in model if each[0] < second]
            assert sorted(index.pop_before(second)) == sorted(gone)
            for each in {each for each, _ in gone}:
                latest.pop(each, 10)
            model = [each for each in model if each[0] >= second]
        assert index.nearest() == min((each for each, _ in model), default=None)
        assert latest.farthest() == max((each for each, _ in model), default=-1)
