"""Settings of the client's side of the offline inbox."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.mailserver.timing import CHECK_SECONDS, DAY, LONGEST_HISTORY, LOOK_BACK
from pystatus.records import dataclass

FIRST_STEP = 3600
"""Seconds of history that are asked for at first; where there is little, it soon becomes more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    """Settings of fetching."""

    look_back: int = LOOK_BACK
    """Seconds of history that are fetched of a new topic."""
    copies: int = 2
    """Servers that are asked for the same, the second one when nothing else is to be done: one alone may have been
    away, or keep something back."""
    connections: int = 2
    """Servers that are connected at a time."""
    daily_bytes: int | None = None
    """Bytes of envelopes that are fetched on one day (UTC); ``None``: no limit. A page that was begun is read. Half of
    them at most is for asking once more."""
    check_seconds: float = CHECK_SECONDS
    first_step: int = FIRST_STEP
    """Seconds of history that are asked for at first."""
    reach: int = LONGEST_HISTORY
    """Seconds before now beyond which nothing is fetched."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a setting out of range.
        """
        if not 0 <= self.look_back <= LONGEST_HISTORY:
            raise LocalError(f"History reaches back {LONGEST_HISTORY // DAY} days at most.")
        if min(self.copies, self.connections, self.check_seconds, self.first_step) < 1:
            raise LocalError("History is fetched from at least one mailserver, and not all the time.")
        if not 0 <= self.reach <= LONGEST_HISTORY:
            raise LocalError(f"What is fetched was sent within the last {LONGEST_HISTORY // DAY} days.")
        if self.daily_bytes is not None and self.daily_bytes < 0:
            raise LocalError("The bytes of a day are not negative.")
