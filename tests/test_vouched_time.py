"""How far the time has come for certain, whatever the clock says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.vouched_time import CLOCK_STEP, FIRST_STATUS, LONGEST_STEP, NOTED, VouchedTime, is_due

NOW = 1_600_000_000.0
DAY = 86_400.0


def test_a_clock_that_is_ahead_ages_nothing() -> None:
    time = VouchedTime(NOW)
    time.advance(NOW + 40 * DAY)
    assert time.for_deletion(NOW + 40 * DAY) == NOW
    assert time.unconfirmed(NOW + 40 * DAY) == 40 * DAY


def test_a_clock_that_runs_ages_everything() -> None:
    time = VouchedTime(NOW)
    for hour in range(40 * 24 + 1):
        time.advance(NOW + 3_600 * hour)
    assert time.for_deletion(NOW + 40 * DAY) == NOW + 40 * DAY


def test_a_step_and_a_long_sleep_count_nothing() -> None:
    time = VouchedTime(NOW)
    for now in (NOW, NOW + 60, NOW + LONGEST_STEP + 61, NOW + LONGEST_STEP + 70):
        time.advance(now)
    assert time.kept == NOW + 69


def test_a_clock_that_steps_back_and_forth_gains_nothing() -> None:
    time = VouchedTime(NOW)
    for now in (NOW, NOW - 5 * DAY, NOW, NOW + 5 * DAY, NOW):
        time.advance(now)
    assert time.kept == NOW


def test_others_bring_it_up_to_the_clock() -> None:
    time = VouchedTime(NOW)
    time.advance(NOW + 40 * DAY)
    time.confirm(NOW + 40 * DAY)
    assert time.for_deletion(NOW + 40 * DAY) == NOW + 40 * DAY


def test_others_bring_it_down_when_it_was_wrong() -> None:
    time = VouchedTime(NOW + 40 * DAY)
    assert time.for_deletion(NOW) == NOW
    time.confirm(NOW)
    assert time.for_deletion(NOW + 40 * DAY) == NOW


@pytest.mark.parametrize("count", range(NOTED + 3))
def test_several_envelopes_out_of_archives_vouch_for_a_time(count: int) -> None:
    time = VouchedTime(NOW)
    for number in range(count):
        time.note(NOW + 10 * DAY + number, NOW + 40 * DAY)
    assert time.kept == (NOW if count < NOTED else NOW + 10 * DAY + count - NOTED)


def test_envelopes_from_the_future_vouch_for_nothing() -> None:
    time = VouchedTime(NOW)
    for _ in range(10):
        time.note(NOW + 1, NOW)
    assert time.kept == NOW


def test_without_any_evidence_nothing_is_old() -> None:
    time = VouchedTime()
    time.advance(NOW)
    time.advance(NOW + 3_600)
    assert time.for_deletion(NOW + 3_600) < FIRST_STATUS
    assert time.unconfirmed(NOW) is None


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (NOW, False),
        (NOW - 99, False),
        (NOW - 100, True),
        (NOW + CLOCK_STEP, False),
        (NOW + CLOCK_STEP + 1, True),
        (NOW + 40 * DAY, True),
        (float("-inf"), True),
    ],
)
def test_what_was_done_in_the_future_is_due_at_once(last: float, due: bool) -> None:
    assert is_due(last, 100, NOW) is due


@given(
    st.lists(st.tuples(st.floats(0, 600), st.sampled_from([0.0, 3 * LONGEST_STEP, 40 * DAY, -40 * DAY])), max_size=30)
)
def test_steps_of_the_clock_never_bring_it_beyond_the_real_time(moments: list[tuple[float, float]]) -> None:
    """The clock is read after some real seconds each time, with one error or another."""
    real = NOW
    time = VouchedTime(NOW)
    for passed, error in moments:
        real += passed
        time.advance(real + error)
        assert time.kept <= real
