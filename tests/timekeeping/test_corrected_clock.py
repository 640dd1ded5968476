"""The machine's clock with a correction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.timekeeping.corrected_clock import SLEW_RATE
from tests.timekeeping.clocks import Machine


def test_without_a_correction_it_is_the_clock_of_the_machine() -> None:
    machine = Machine(-300)
    assert machine.off == -300
    machine.wait(1)
    assert machine.off == -300


def test_a_step_is_made_at_once() -> None:
    machine = Machine(-300)
    machine.clock.step(300)
    assert machine.off == 0
    assert machine.clock.correction == 300


@pytest.mark.parametrize("way", [5.0, -5.0])
def test_a_slew_takes_its_time(way: float) -> None:
    machine = Machine(-way)
    machine.clock.slew(way)
    machine.wait(25)
    assert machine.off == pytest.approx(-way / 2)
    machine.wait(25)
    assert machine.off == pytest.approx(0)
    machine.wait(25)
    assert machine.off == pytest.approx(0)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 100)), max_size=20))
def test_slewing_never_goes_back_and_never_runs_fast(slews: list[tuple[float, float]]) -> None:
    machine = Machine()
    for correction, seconds in slews:
        before = machine.clock.now()
        machine.clock.slew(correction)
        assert machine.clock.now() == pytest.approx(before, abs=1e-5)
        machine.wait(seconds)
        passed = machine.clock.now() - before
        assert (1 - SLEW_RATE) * seconds - 1e-5 <= passed <= (1 + SLEW_RATE) * seconds + 1e-5


def test_a_clock_that_is_put_right_needs_no_correction_any_more() -> None:
    """The time in use goes on as it did, and those who have asked for it are told."""
    machine = Machine(-300)
    machine.clock.step(300)
    told: list[float] = []
    machine.clock.on_set = lambda: told.append(machine.clock.correction)
    machine.error = 0.5
    assert machine.off == pytest.approx(0)
    assert told == [pytest.approx(-0.5)]
    machine.wait(10)
    assert machine.off == pytest.approx(0)
    assert len(told) == 1


@pytest.mark.parametrize("slept", [6.0, 8 * 3_600.0])
def test_a_machine_that_has_slept_keeps_its_correction(slept: float) -> None:
    machine = Machine(-300)
    machine.clock.step(300)
    told: list[bool] = []
    machine.clock.on_set = lambda: told.append(True)
    machine.sleep(slept)
    assert machine.off == 0
    assert told == [True]


def test_the_drift_of_a_clock_is_no_step() -> None:
    machine = Machine()
    machine.clock.on_set = lambda: pytest.fail("nobody has set it")
    for _ in range(100):
        machine.wait(3_600)
        machine.error += 1
        assert machine.off == pytest.approx(machine.error)
