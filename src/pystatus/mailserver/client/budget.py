"""How many bytes of history may be fetched on one day."""

from __future__ import annotations

from pystatus.mailserver.client.actions import SaveQuota
from pystatus.mailserver.timing import DAY, day_of

ONCE_MORE_SHARE = 2
"""Half of a day's bytes may go to what was answered before, so that enough is left for what is new."""


class Budget:
    """The bytes of a day (UTC), and what was spent of them."""

    def __init__(self, limit: int | None, spent: SaveQuota | None) -> None:
        """
        :param limit: bytes on one day; ``None``: no limit.
        :param spent: what was kept of it.
        """
        self._limit = limit
        self._spent = spent or SaveQuota(0, 0)

    def spend(self, size: int, now: float) -> SaveQuota | None:
        """So many bytes came. What is to be stored of it."""
        self._spent = SaveQuota(day_of(now), self._today(now) + size)
        return self._spent if self._limit is not None and size else None

    def is_spent(self, now: float, share: int = 1) -> bool:
        """Whether nothing is left of today's bytes, or of this part of them: 2 is a half."""
        return self._limit is not None and self._today(now) >= self._limit // share

    def renewed_at(self, now: float) -> float:
        """When the next day begins: Unix seconds."""
        return float((day_of(now) + 1) * DAY)

    def _today(self, now: float) -> int:
        return self._spent.bytes if self._spent.day == day_of(now) else 0
