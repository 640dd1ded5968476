"""What a mailserver has heard itself: the seconds of which every envelope of the network has reached it.

It hears while it runs, has a relay among its peers, and its archive takes what comes. Without a relay nobody tells it
anything, so that time is not covered. What was sent a moment before it began may have passed already, and what was sent
in the last :data:`~pystatus.mailserver.timing.SETTLING` seconds may still be on its way: neither is counted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable

from pystatus.mailserver.time_ranges import TimeRange
from pystatus.mailserver.timing import BEGINNING, LONGEST_PAUSE, SETTLING


class Uptime:
    """How long one mailserver has been listening without a break."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._looked = -math.inf
        self._relays: frozenset[Hashable] = frozenset()
        self._lost = 0

    def look(self, now: float, relays: Collection[Hashable], lost: int) -> TimeRange | None:
        """Note the state of things; to be called every :data:`~pystatus.mailserver.timing.LOOK_SECONDS`.

        :param relays: the connections, each a new object, to peers that hear everything and pass it on.
        :param lost: envelopes so far that were heard, but could not be archived.
        :returns: what was heard since the last break, as far as it is certain; ``None``: nothing yet.
        """
        stayed = not self._relays.isdisjoint(relays)
        goes_on = stayed and lost == self._lost and 0 <= now - self._looked <= LONGEST_PAUSE
        if not goes_on:
            self._since = now if relays else None
        self._looked, self._relays, self._lost = now, frozenset(relays), lost
        if self.since is None:
            return None
        span = TimeRange(self.since, int(now) - SETTLING)
        return span if span.seconds else None

    @property
    def since(self) -> int | None:
        """The first Unix second of which everything is heard as long as nothing breaks off; ``None``: nothing is
        heard at present."""
        return None if self._since is None else math.ceil(self._since) + BEGINNING
