"""How long a registrar lets the next ad of a topic wait (overlay.md §3.5)."""

from __future__ import annotations

import math

MIN_WAIT = 60.0
"""Seconds that every ad waits (overlay.md §3.5)."""
MAX_WAIT = 3600.0
"""Seconds: as long as an ad stands. A registrant that is asked to wait longer does not come back (overlay.md §10.2),
so whoever floods a topic cannot raise its wait beyond use."""
TARGET_INTERVAL = 12.0
"""Seconds between ads of one topic at which its wait stays as it is: 50 ads in 10 minutes (overlay.md §3.5)."""
TIME_CONSTANT = 600.0
"""Seconds in which the wait changes by a factor of e (overlay.md §3.5)."""


class WaitControl:
    """The wait of one topic: it grows while ads come faster than one in 12 s, and falls while they come more slowly."""

    __slots__ = ("_last", "_wait")

    def __init__(self) -> None:
        self._wait = 0.0
        self._last = 0.0

    @property
    def wait(self) -> float:
        """Seconds that a ticket says: what the last registration left. It does not fall while nobody registers."""
        return max(MIN_WAIT, self._wait)

    def registered(self, now: float) -> None:
        """An ad was taken."""
        self._wait = self._after(now)
        self._last = now

    def is_at_minimum(self, now: float) -> bool:
        """Whether an ad that came now would leave the wait at its minimum: the topic may be forgotten."""
        return self._after(now) <= MIN_WAIT

    def _after(self, now: float) -> float:
        wait = self._wait * math.exp((TARGET_INTERVAL - (now - self._last)) / TIME_CONSTANT)
        whole = math.floor(wait * 1e9) / 1e9  # nanoseconds, as the reference counts
        return min(MAX_WAIT, max(MIN_WAIT, whole))
