"""Virtual time: what happens, when, and in which order."""

from __future__ import annotations

import pytest

from pystatus.simulation.clock import START, VirtualClock


def test_what_is_due_at_one_moment_happens_in_the_order_in_which_it_was_entered_and_timers_after_it() -> None:
    clock = VirtualClock()
    seen: list[str] = []
    timer: list[float | None] = [START + 1.0]

    def on_timer() -> None:
        seen.append("timer")
        timer[0] = None

    clock.watch(lambda: timer[0], on_timer)
    for name in ("one", "two"):
        clock.after(1.0, lambda name=name: seen.append(name))  # type: ignore[misc]  # loop value
    clock.after(0.5, lambda: clock.after(0.5, lambda: seen.append("three")))
    clock.wait(0.99)
    assert seen == []
    clock.wait(0.01)
    assert seen == ["one", "two", "three", "timer"]
    assert clock.next_time() is None


def test_the_past_is_now_and_time_never_passes_backwards() -> None:
    clock = VirtualClock()
    seen: list[float] = []
    clock.wait(10)
    clock.at(START, lambda: seen.append(clock.now()))
    clock.run_until(START + 5)
    assert seen == []
    clock.wait(0)
    assert (seen, clock.now()) == ([START + 10], START + 10)


def test_a_clock_that_is_set_does_nothing_on_the_way_and_then_all_that_was_due() -> None:
    clock = VirtualClock()
    seen: list[float] = []
    clock.after(5.0, lambda: seen.append(clock.now() - START))
    clock.jump(60.0)
    assert seen == []
    clock.step()
    assert seen == [60.0]
    clock.after(5.0, lambda: seen.append(clock.now() - START))
    clock.set(START)
    clock.wait(64.0)
    assert seen == [60.0]
    clock.wait(1.0)
    assert seen == [60.0, 65.0]


def test_the_earliest_of_several_timers_is_called() -> None:
    clock = VirtualClock()
    due = {"slow": START + 2.0, "quick": START + 1.0}
    seen: list[str] = []
    for name in due:

        def on_timer(name: str = name) -> None:
            seen.append(name)
            due[name] += 2.0

        clock.watch(lambda name=name: due[name], on_timer)  # type: ignore[misc]  # loop value
    clock.wait(4.0)
    assert seen == ["quick", "slow", "quick", "slow"]


def test_a_timer_that_stays_due_is_a_fault() -> None:
    clock = VirtualClock()
    clock.watch(lambda: START + 1.0, lambda: None)
    with pytest.raises(AssertionError, match="due whenever it is asked"):
        clock.wait(2.0)
