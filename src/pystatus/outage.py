"""A thing outside that is away: one line in the log when that begins, one when it is over, and none between.

Whatever is tried again and again (a database, a disk, a relay, a name server) has one :class:`Outage`. No I/O: the time
is an argument.
"""

from __future__ import annotations

import logging
import math
from datetime import timedelta

from pystatus.log_texts import about
from pystatus.wording import counted

REST_SECONDS = 60.0
"""After the line that an outage is over the next one is told at the earliest so much later: something that comes and
goes makes two lines a minute, whoever makes it come and go."""


class Outage:
    """Whether one thing is away, and what the log says of it."""

    def __init__(self, log: logging.Logger, away: str, back: str, level: int = logging.WARNING) -> None:
        """
        :param log: of the module whose work is held up.
        :param away: what does not work, as the beginning of the line that says why: "no archive can be written". It may
            name what the operator has named, and nothing of strangers: see :func:`~pystatus.log_texts.about`.
        :param back: what works again, as the beginning of the line that says after how long.
        :param level: of both lines.
        """
        self._log = log
        self._away = away
        self._back = back
        self._level = level
        self._since: float | None = None
        self._is_told = False
        self._untold = 0
        self._rests_until = -math.inf

    @property
    def is_on(self) -> bool:
        """Whether the last attempt failed."""
        return self._since is not None

    def failed(self, now: float, why: object) -> None:
        """An attempt failed.

        :param now: seconds of a clock that only goes forward.
        :param why: a sentence, or an error whose text is one.
        """
        if self._since is None:
            self._since = now
        if self._is_told or now < self._rests_until:
            self._log.debug("%s: %s", self._away, why, extra=about(self._away))
            return
        self._is_told = True
        reason = str(why).rstrip(".")
        if self._untold:
            reason = f"{reason} ({counted(self._untold, 'more time')} since the last line)"
            self._untold = 0
        self._log.log(self._level, "%s: %s", self._away, reason, extra=about(self._away))

    def worked(self, now: float, also: str = "") -> None:
        """An attempt succeeded. Costs nothing while all is well.

        :param also: more to say if an outage ends with it, as the end of the sentence.
        """
        if self._since is None:
            return
        if self._is_told:
            lasted = timedelta(seconds=round(max(0.0, now - self._since)))
            self._log.log(self._level, "%s, after %s%s", self._back, lasted, also, extra=about(self._away))
            self._rests_until = now + REST_SECONDS
        else:
            self._untold += 1
        self._since = None
        self._is_told = False
