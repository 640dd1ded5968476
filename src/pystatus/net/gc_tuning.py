"""Short pauses for the collector of cyclic garbage.

Left to itself, Python goes through every object that there is whenever their number has grown by a quarter. For a relay
with tens of thousands of pooled envelopes, which come and go and are never part of a cycle, that is a pause of 20 to 70
milliseconds every few seconds. So what has survived a second is set aside; all of it is gone through only when it has
doubled, or every five minutes.
"""

from __future__ import annotations

import asyncio
import gc

SET_ASIDE_SECONDS = 1.0
"""Between two times at which the survivors are set aside."""
COUNT_SECONDS = 10.0
"""Between two counts of what was set aside, each of which takes a millisecond or so."""
LONGEST_SECONDS = 300.0
"""Between two times at which everything is gone through. Until then cycles of objects that lived for more than a second
remain: a connection leaves some 6 kB of them."""
GROWTH = 2
"""So many times as many objects as were left the last time are a reason to go through everything."""
AT_LEAST = 250_000
"""Objects below which nothing is said by their growth: some 50 MB."""
_YOUNG = 1
"""The oldest of the two generations of objects that are less than a second old."""


class Collector:
    """Decides when garbage is collected in this process, while its event loop runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._left = 0
        now = loop.time()
        self._count_at = now + COUNT_SECONDS
        self._all_at = now + LONGEST_SECONDS
        self._timer = loop.call_later(SET_ASIDE_SECONDS, self._set_aside)

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.cancel()
        gc.unfreeze()

    def _set_aside(self) -> None:
        gc.collect(_YOUNG)
        gc.freeze()
        now = self._loop.time()
        if now >= self._count_at:
            self._count_at = now + COUNT_SECONDS
            if now >= self._all_at or gc.get_freeze_count() > max(AT_LEAST, GROWTH * self._left):
                self._collect_all(now)
        self._timer = self._loop.call_later(SET_ASIDE_SECONDS, self._set_aside)

    def _collect_all(self, now: float) -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._left = gc.get_freeze_count()
        self._all_at = now + LONGEST_SECONDS
