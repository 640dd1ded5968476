"""Simulated time that does not run ahead of the clock."""

from __future__ import annotations

from collections.abc import Callable


class RealTime:
    """Waits before what is not due yet, and notes how late the rest is. Give it to a run as its ``wait``."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """
        :param clock: seconds on any clock that does not step.
        """
        self.longest_lag = 0.0
        """By how many seconds a step came too late, at most. The preparation, before second 0, does not count."""
        self._clock = clock
        self._sleep = sleep
        self._begin: float | None = None

    def __call__(self, due: float) -> None:
        """Wait until second ``due`` of the run; what is before second 0 is due at once."""
        if due < 0:
            return
        now = self._clock()
        if self._begin is None:
            self._begin = now - due
        early = self._begin + due - now
        if early > 0:
            self._sleep(early)
        self.longest_lag = max(self.longest_lag, -early)
