"""The times that history rests on, all of them, each taken from the protocol or derived from another one here.

What one side promises the other side waits for: a mailserver says of a second that everything sent in it is here, and
whoever asks believes an answer about it, only when :data:`SETTLING` is over. docs/protocol.md states the rule.
"""

from __future__ import annotations

DAY = 86_400
LONGEST_TTL = 60
"""Seconds that envelopes of Status live at most: 50 is the longest that is in use (waku.md §2.7)."""
SHORTEST_TTL = 10
"""Seconds that envelopes of Status live at least (waku.md §2.7)."""
CLOCK_SKEW = 10
"""Seconds by which any clock is off from the true time: a sender's, a mailserver's, ours (waku.md §2.5)."""
UNNOTICED = 30
"""Seconds for which a peer may be gone without a word before the connection is given up (overlay.md §2.8)."""
SETTLING = LONGEST_TTL + 3 * CLOCK_SKEW + UNNOTICED
"""Seconds after which a second is settled: what was sent in it has reached every mailserver that hears everything, by
whichever of the three clocks, and one that heard nothing any more has noticed that it does not. An answer proves a
second when it was asked for that much later; questions overlap by it, and so does what a mailserver says it has heard.
"""

LOOK_SECONDS = 5.0
"""Between two looks of a mailserver whether it still hears everything."""
LONGEST_PAUSE = SHORTEST_TTL
"""Seconds without a look after which a mailserver may have missed something: the machine slept, or its clock was set.
What is read when its life is over is refused as expired."""
BEGINNING = 2 * CLOCK_SKEW
"""Seconds by which what was sent before a mailserver began to listen may seem to be sent later: its own clock and the
sender's are off."""
BACK_AGAIN = BEGINNING + SETTLING
"""Seconds after its return at which a mailserver can have fetched all that it missed: the last of it is settled."""
PENDING_SECONDS = 600.0
"""For which a mailserver expects to get what it lacks from another one, since its return or since the last of it came.
It refuses questions about it meanwhile; later it answers them, and says what it lacks. Several times
:data:`BACK_AGAIN`, so that one failure is no reason to give up; not for ever, so that two mailservers that wait for
each other come to an end."""
SHARE_SECONDS = 60.0
"""Between two updates of what a mailserver has heard, in its archive. So much that was heard is asked for again after a
crash."""

CHECK_SECONDS = 600.0
"""Between two looks for what is missing while all is well: relays may have missed something, too."""
DAYS_LATER = 2
"""What was answered on one day (UTC) is asked for once more on the second day after it: a day later at least. A
mailserver that was away, and did not say so, has caught up by then."""
SPREAD = DAY // 4
"""Seconds over which the questions of :data:`DAYS_LATER` are spread: not everybody asks at midnight."""
LACKING_REST = 3_600.0
"""Seconds for which a mailserver is not asked again for what it said that it lacks."""
DISTRUST = DAY
"""Seconds before now that are asked for once more when the clock is found to have been ahead."""
LOOK_BACK = DAY
"""Seconds of history that are fetched of a new topic.

Implements: WU-29
"""
LONGEST_HISTORY = 30 * DAY
"""Seconds of history that mailservers keep."""


def day_of(now: float) -> int:
    """Days since 1970, UTC."""
    return int(now) // DAY
