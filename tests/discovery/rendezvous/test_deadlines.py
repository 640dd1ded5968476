"""Deadlines that are moved, and lots."""

from __future__ import annotations

import os

import pytest

from pystatus.discovery.rendezvous.deadlines import Deadlines
from pystatus.discovery.rendezvous.lots import LotSet, below


def test_deadlines_that_are_moved_very_often_take_no_memory() -> None:
    deadlines: Deadlines[str] = Deadlines()
    for number in range(10_000):
        deadlines.set("a", float(number))
        deadlines.set("b", float(10_000 - number))
        assert len(deadlines._heap) < 100
    assert list(deadlines.pop_due(5_000)) == ["b"]
    assert list(deadlines.pop_due(20_000)) == ["a"]
    assert len(deadlines) == 0


def test_what_has_no_deadline_any_more_is_not_due() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("a", 1.0)
    deadlines.discard("a")
    deadlines.discard("a")
    assert list(deadlines.pop_due(2.0)) == []
    deadlines.set("a", 1.0)
    deadlines.set("a", 5.0)
    assert list(deadlines.pop_due(2.0)) == []
    assert list(deadlines.pop_due(6.0)) == ["a"]


def test_lots() -> None:
    lots: LotSet[int] = LotSet()
    for number in range(10):
        lots.add(number)
    for number in (3, 9, 0):
        lots.remove(number)
    assert sorted(lots) == [1, 2, 4, 5, 6, 7, 8]
    assert len(lots) == 7
    with pytest.raises(KeyError):
        lots.remove(3)
    drawn = {tuple(lots.draw(2, os.urandom)) for _ in range(1000)}
    assert drawn == {(one, other) for one in lots for other in lots if one != other}
    assert sorted(lots.draw(100, os.urandom)) == sorted(lots)
    assert lots.draw(0, os.urandom) == []
    assert below(lambda size: b"\xff" * size, 10) == (2**64 - 1) % 10
