"""What a mailserver has heard itself: the seconds of which every envelope of the network has reached it.

It hears while it runs, has a relay among its peers, and its archive takes what comes. Without a relay nobody tells it
anything, so that time is not covered. What was sent a moment before it began may have passed already, and what was sent
in the last :data:`SETTLED` seconds may still be on its way: neither is counted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable

from pystatus.mailserver.fetching import CLOCK_SKEW, OVERLAP
from pystatus.mailserver.spans import Span

LOOK_SECONDS = 5.0
"""Between two calls of :meth:`Presence.look`."""
UNNOTICED = 30
"""Seconds for which a peer may be gone without a word before the connection is given up (overlay.md §2.8)."""
SETTLED = OVERLAP + UNNOTICED
"""Seconds after which nothing can come any more that was sent then."""
LONGEST_PAUSE = 15.0
"""Seconds without a look after which something may have been missed: the machine slept, or its clock was set. Envelopes
live 10 to 15 seconds (waku.md §2.7), and what is read later than that is refused as expired."""


class Presence:
    """How long one mailserver has been listening without a break."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._looked = -math.inf
        self._relays: frozenset[Hashable] = frozenset()
        self._lost = 0

    def look(self, now: float, relays: Collection[Hashable], lost: int) -> Span | None:
        """Note the state of things; to be called every :data:`LOOK_SECONDS`.

        :param relays: the connections, each a new object, to peers that hear everything and pass it on.
        :param lost: envelopes so far that were heard, but could not be archived.
        :returns: what was heard since the last break, as far as it is certain; ``None``: nothing yet.
        """
        stayed = not self._relays.isdisjoint(relays)
        goes_on = stayed and lost == self._lost and 0 <= now - self._looked <= LONGEST_PAUSE
        if not goes_on:
            self._since = now if relays else None
        self._looked, self._relays, self._lost = now, frozenset(relays), lost
        if self._since is None:
            return None
        span = Span(math.ceil(self._since) + CLOCK_SKEW, int(now) - SETTLED)
        return span if span.seconds else None
