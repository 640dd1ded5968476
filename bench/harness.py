"""What the benchmarks share: the shape of a result and a timer that repeats until it is sure."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MINIMUM_SECONDS = 1.0
"""How long one measurement runs at least."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of ``bench/results.json``."""

    name: str
    value: float
    unit: str
    note: str = ""


def seconds_per_call(function: Callable[[], object], *, minimum_seconds: float = MINIMUM_SECONDS) -> float:
    """The mean duration of ``function`` over at least ``minimum_seconds``, after one call to warm up."""
    function()
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            function()
        elapsed = time.perf_counter() - start
        if elapsed >= minimum_seconds:
            return elapsed / calls
        calls = max(calls * 2, int(calls * minimum_seconds * 1.2 / max(elapsed, 1e-9)))


def per_second(name: str, function: Callable[[], object], *, batch: int = 1, note: str = "") -> Measurement:
    """How often ``function`` runs in a second, times ``batch`` where one call does that many."""
    return Measurement(name, round(batch / seconds_per_call(function), 1), "1/s", note)
