"""Whether a topic is searched, and how fast (overlay.md §7.3). No I/O.

Implements: CL-26, CL-27
"""

from __future__ import annotations

from enum import Enum

from pystatus.peers.limits import TopicLimits

FAST_PERIOD = 3.0
"""Seconds between two lookups while peers are missing (overlay.md §7.1)."""
SLOW_PERIOD = 30.0
"""Seconds between two lookups otherwise (overlay.md §7.1)."""
MAX_FAST_SECONDS = 30.0
"""How long a topic is searched fast at most; then slowly (overlay.md §7.1)."""
STOP_DELAY = 10.0
"""Seconds between the peer that was the last one missing and the end of the search, if none leaves meanwhile
(overlay.md §7.1)."""


class Mode(Enum):
    """How a topic is searched. The value is the period in seconds."""

    STOPPED = None
    FAST = FAST_PERIOD
    SLOW = SLOW_PERIOD


class TopicSearch:
    """One topic. ``count`` is how many peers of it are connected."""

    def __init__(self, limits: TopicLimits) -> None:
        self.limits = limits
        """May be set at any time; :meth:`recount` afterwards."""
        self.mode = Mode.STOPPED
        self._fast_until: float | None = None
        self._stop_at: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether the topic is searched."""
        return self.mode is not Mode.STOPPED

    @property
    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is to be called, if ever."""
        return min((at for at in (self._fast_until, self._stop_at) if at is not None), default=None)

    def is_below_min(self, count: int) -> bool:
        """Whether peers are missing so that it has to be searched."""
        return count < self.limits.min

    def is_satisfied(self, count: int) -> bool:
        """Whether there is no place for another peer."""
        return count >= self.limits.max

    def start(self, count: int, now: float) -> None:
        """Search. Nothing happens if it is searched."""
        if not self.is_running and not self.is_satisfied(count):
            self._stop_at = None
            self._set_mode(count, now)

    def stop(self) -> None:
        """Search no more."""
        self.mode = Mode.STOPPED
        self._fast_until = self._stop_at = None

    def recount(self, count: int, now: float) -> None:
        """A peer has come or gone, or the limits have changed."""
        if not self.is_running:
            return
        if not self.is_satisfied(count):
            self._stop_at = None
        elif self._stop_at is None:
            self._stop_at = now + STOP_DELAY
        self._set_mode(count, now)

    def on_timer(self, now: float) -> None:
        """Time has passed."""
        if self._stop_at is not None and now >= self._stop_at:
            self.stop()
        elif self._fast_until is not None and now >= self._fast_until:
            self._fast_until = None
            self.mode = Mode.SLOW

    def _set_mode(self, count: int, now: float) -> None:
        if not self.is_below_min(count):
            self.mode, self._fast_until = Mode.SLOW, None
        elif self.mode is not Mode.FAST:
            self.mode, self._fast_until = Mode.FAST, now + MAX_FAST_SECONDS
