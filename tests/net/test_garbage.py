"""Garbage is collected in portions: what has survived a second is set aside, and gone through when it has grown."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any, cast

import pytest

from pystatus.net import gc_tuning
from pystatus.net.gc_tuning import COUNT_SECONDS, LONGEST_SECONDS, SET_ASIDE_SECONDS, Collector


class Cycle:
    """Refers to itself: only the collector can free it."""

    freed = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Cycle.freed += 1


class FakeLoop:
    """Time that passes by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, Any]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Any) -> FakeLoop:
        self._timers.append((self.now + delay, callback))
        return self

    def cancel(self) -> None:
        self._timers.clear()

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            self.now, callback = self._timers.pop(0)
            callback()
        self.now = end


@pytest.fixture
def loop() -> Iterator[FakeLoop]:
    gc.collect()
    Cycle.freed = 0
    yield FakeLoop()
    gc.unfreeze()


def collector(loop: FakeLoop) -> Collector:
    return Collector(cast(Any, loop))


def test_survivors_are_set_aside_and_garbage_of_the_last_second_is_freed(loop: FakeLoop) -> None:
    watching = collector(loop)
    before = gc.get_freeze_count()
    kept = [[number] for number in range(1_000)]
    Cycle()
    loop.wait(SET_ASIDE_SECONDS)
    assert gc.get_freeze_count() >= before + len(kept)
    assert Cycle.freed == 1
    watching.close()
    assert gc.get_freeze_count() == 0
    loop.wait(LONGEST_SECONDS)
    assert gc.get_freeze_count() == 0


def test_what_became_garbage_later_is_freed_in_time(loop: FakeLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc_tuning, "AT_LEAST", 1 << 40)
    watching = collector(loop)
    cycle: Cycle | None = Cycle()
    loop.wait(COUNT_SECONDS)
    del cycle
    loop.wait(SET_ASIDE_SECONDS)
    assert Cycle.freed == 0
    loop.wait(LONGEST_SECONDS)
    assert Cycle.freed == 1
    watching.close()


def test_growth_is_a_reason_to_look_sooner(loop: FakeLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc_tuning, "AT_LEAST", 0)
    watching = collector(loop)
    cycle: Cycle | None = Cycle()
    loop.wait(COUNT_SECONDS)  # the first look: what is left is known now
    del cycle
    left = gc.get_freeze_count()
    loop.wait(COUNT_SECONDS)
    assert Cycle.freed == 0
    kept = [[number] for number in range(2 * left)]
    loop.wait(COUNT_SECONDS)
    assert Cycle.freed == 1
    assert len(kept) == 2 * left
    watching.close()
