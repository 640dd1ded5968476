"""The time that deletions by age count from. It is never later than what something beside the clock vouches for.

A clock may be wrong: its battery is empty, or a program was started with another time. Deletion of what is a month old
by such a clock deletes everything. So ages count from a time that three things vouch for:

* the last run, which has stored how far the time had come (a profile or archive of an older version has not: then the
  newest data in it);
* the steady advance of the clock since then. A step of the clock, or a sleep of the machine, is no advance;
* what others send: :meth:`VouchedTime.confirm`, when their envelopes agree with the clock for a while (see
  :class:`pystatus.waku.relay.clock_offset.ClockOffset`), and :meth:`VouchedTime.note`, for envelopes out of archives.

The first two make a time that is never later than the real one, if it was not later at first. The third brings it up to
the clock after a long absence. Without any of them, things are kept longer than necessary and never lost. No I/O.
"""

from __future__ import annotations

import heapq

LONGEST_STEP = 7_200.0
"""Seconds between two readings of the clock that count as time that has passed: twice the longest interval at which it
is read (an hour). A larger difference is a step of the clock, or a sleep; nothing here can tell which."""
NOTED = 3
"""Envelopes of the past that have to be as new as a time to vouch for it: one may have been made with a wrong clock."""
FIRST_STATUS = 1_500_000_000
"""Unix second before which there was no Status network (July 2017): an earlier time says that nothing is known."""
CLOCK_STEP = 10.0
"""Seconds by which a clock may go back unnoticed: what time servers mend bit by bit (waku.md §2.5)."""


class VouchedTime:
    """How far the time has got for certain. Times are Unix seconds."""

    def __init__(self, vouched: float = 0.0) -> None:
        """
        :param vouched: what was kept of the last run, or the time of the newest data that an older version has left; 0:
            nothing is known, so nothing is old enough to be deleted until others confirm the time.
        """
        self._vouched = vouched
        self._read_at: float | None = None
        self._noted: list[float] = []

    @property
    def kept(self) -> int:
        """What to keep for the next run, from its first moment on: then no data of a wrong clock can take its place."""
        return int(self._vouched)

    def advance(self, now: float) -> None:
        """The clock says ``now``: to be called at least once an hour."""
        if self._read_at is not None and 0.0 < now - self._read_at <= LONGEST_STEP:
            self._vouched += now - self._read_at
        self._read_at = now

    def confirm(self, now: float) -> None:
        """Others agree that it is ``now``, whatever was thought before."""
        self._read_at = self._vouched = now

    def note(self, sent: float, now: float) -> None:
        """Something that others have kept was sent at ``sent``: it is at least as late as the third newest of it.

        What comes from the future, by our clock, vouches for nothing.
        """
        if sent > now:
            return
        if len(self._noted) < NOTED:
            heapq.heappush(self._noted, sent)
        else:
            heapq.heappushpop(self._noted, sent)
        if len(self._noted) == NOTED:
            self._vouched = max(self._vouched, self._noted[0])

    def for_deletion(self, now: float) -> float:
        """The time to count ages from while the clock says ``now``."""
        return min(now, self._vouched)

    def unconfirmed(self, now: float) -> float | None:
        """Seconds by which the clock is ahead of what is vouched for; ``None``: nothing is vouched for yet."""
        return None if self._vouched < FIRST_STATUS else max(0.0, now - self._vouched)


def is_due(last: float, interval: float, now: float) -> bool:
    """Whether something that is done every ``interval`` seconds, and was last done at ``last``, is to be done again.

    What was done in the future was done by a clock that was ahead: it is due at once, not when that time comes.
    """
    return not -CLOCK_STEP <= now - last < interval
