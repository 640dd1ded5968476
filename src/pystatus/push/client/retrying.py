"""When what was not answered is tried again (push-notifications.md §5, §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BackOff:
    """Tries at growing distances: ``step · r · 2^r`` seconds after r of them, until there were ``most``."""

    step: int
    most: int

    def due(self, last: float, tries: int) -> float | None:
        """When to try again after the try at ``last`` (Unix seconds), the first time at once; ``None``: no more."""
        if tries >= self.most:
            return None
        return last + self.step * tries * (1 << tries)


REGISTRATIONS: Final = BackOff(step=15, most=12)
"""The last try is a week after the first."""
NOTIFICATIONS: Final = BackOff(step=2, most=5)
"""After an answer that the token is wrong; the last try is some three minutes later (push-notifications.md §15, 11)."""
STALE_SECONDS: Final = 86_400
"""Seconds after which somebody is asked for again, and what is known of a device's version may be wrong."""
