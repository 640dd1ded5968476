"""What is believed of several answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.timekeeping.agreement import AGREEING_WITHIN, Agreement, agreement, quorum


@pytest.mark.parametrize(("asked", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (8, 5)])
def test_more_than_half_are_needed(asked: int, needed: int) -> None:
    assert quorum(asked) == needed
    assert agreement([1.0] * needed, asked) == Agreement(1.0, needed)
    assert agreement([1.0] * (needed - 1), asked) is None


def test_one_that_is_away_from_the_others_is_not_counted() -> None:
    assert agreement([0.1, 0.2, 0.3, 3_600.0], 4) == Agreement(0.2, 3)
    assert agreement([0.1, 0.2, 3_600.0], 4) is None
    assert agreement([0.0, 3_600.0], 2) is None


@given(st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=8), st.data())
def test_a_minority_that_lies_moves_nothing(honest: list[float], data: st.DataObject) -> None:
    """Whatever it says, the result is between two honest answers, or there is none."""
    lies = data.draw(st.lists(st.floats(-1e9, 1e9), max_size=len(honest) - 1))
    order = data.draw(st.permutations([*honest, *lies]))
    found = agreement(order, len(order))
    assert found is not None or lies
    if found is not None:
        assert min(honest) - AGREEING_WITHIN <= found.offset <= max(honest) + AGREEING_WITHIN
        assert min(honest) <= found.offset <= max(honest) or any(abs(lie) <= 0.5 + AGREEING_WITHIN for lie in lies)
