"""A machine whose clock is wrong, drifts, is set, and sleeps."""

from __future__ import annotations

from pystatus.timekeeping.corrected_clock import CorrectedClock

START = 1_700_000_000.0


class Machine:
    """One machine, and the true time."""

    def __init__(self, error: float = 0.0) -> None:
        self.true = START
        self.uptime = 1_000.0
        self.error = error
        """Seconds that its clock is ahead of the true time."""
        self.clock = CorrectedClock(lambda: self.true + self.error, lambda: self.uptime)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.true += seconds
        self.uptime += seconds

    def sleep(self, seconds: float) -> None:
        """Time passes, and the machine does not notice."""
        self.true += seconds

    @property
    def off(self) -> float:
        """Seconds that the time in use is ahead of the true one."""
        return self.clock.now() - self.true
