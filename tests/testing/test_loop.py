"""The event loop of tests: its time passes when everybody waits, and not before."""

from __future__ import annotations

import asyncio
import time

import pytest

from pystatus.errors import LocalError
from pystatus.simulation.clock import START, VirtualClock
from pystatus.testing.loop import VirtualLoop


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def run(clock: VirtualClock, story: object, limit: float = 1e9) -> object:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock, limit)) as runner:
        return runner.run(story)  # type: ignore[arg-type]  # any coroutine


def test_timers_and_what_is_entered_on_the_clock_happen_in_their_order(clock: VirtualClock) -> None:
    seen: list[tuple[str, float]] = []

    def note(what: str) -> None:
        seen.append((what, clock.now() - START))

    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(2.0, note, "timer")
        clock.after(1.0, lambda: note("entered"))
        clock.after(3.0, lambda: note("entered"))
        await asyncio.sleep(4.0)
        note("end")

    run(clock, story())
    assert [what for what, _ in seen] == ["entered", "timer", "entered", "end"]
    assert [at for _, at in seen] == pytest.approx([1.0, 2.0, 3.0, 4.0], abs=1e-5)


def test_the_smallest_pauses_end(clock: VirtualClock) -> None:
    """Unix seconds are exact to a quarter of a microsecond: a timer must not wait for less than that for ever."""

    async def story() -> int:
        for number in range(2_000):
            await asyncio.sleep(0.1 / (number + 1) ** 2)
        return 2_000

    assert run(clock, story()) == 2_000
    assert 0.16 < clock.now() - START < 0.17


def test_a_timeout_is_one_of_the_clock(clock: VirtualClock) -> None:
    async def story() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1e6):
                await asyncio.Event().wait()

    run(clock, story())
    assert clock.now() == pytest.approx(START + 1e6, abs=1e-3)


def test_what_is_given_to_a_thread_is_called_while_the_clock_stands_still(clock: VirtualClock) -> None:
    def work(seconds: float) -> float:
        time.sleep(seconds)
        return clock.now()

    def fails() -> None:
        raise ZeroDivisionError

    async def story() -> None:
        beside = asyncio.create_task(asyncio.sleep(1.0))
        assert await asyncio.to_thread(work, 0.01) == START
        assert not beside.done()
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(fails)
        await beside

    run(clock, story())


def test_what_fails_on_the_clock_fails_the_test(clock: VirtualClock) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    async def story() -> None:
        clock.after(1.0, fails)
        await asyncio.sleep(2.0)

    with pytest.raises(ZeroDivisionError):
        run(clock, story())


def test_it_passes_as_long_as_it_may(clock: VirtualClock) -> None:
    async def story(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return clock.now()

    assert run(clock, story(59.0), limit=60.0) == pytest.approx(START + 59)
    with pytest.raises(LocalError, match="the limit of run"):
        run(clock, story(61.0), limit=60.0)
