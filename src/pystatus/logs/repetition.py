"""How often the log says the same: what peers can repeat is one line a second (A58). No I/O; the time is an argument.

Lines are counted by what nobody outside can choose: the place in our code that writes them, all lines of a library
together, and apart from them each thing that our operator has named (:func:`~pystatus.log_texts.about`). So the lines
about a static peer are not crowded out by strangers. Among strangers the line that is written is drawn by lot from all
of its second: with however many lines, nobody decides which one of another's is left out.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from pystatus.log_texts import bound
from pystatus.token_bucket import TokenBucket

REPEAT_SECONDS = 1.0
"""Between two lines of one kind."""
IMPORTANT_AT_ONCE = 20
"""Lines of ours of one kind, from level warning on or about what our operator has named or done, that are written at
once before they are one a second: as many as there may be workers, disks or mailservers to say the same of. One more
every second."""
MAX_KINDS = 1_000
"""Kinds above which those that have rested are forgotten; the code has about a hundred places that write lines."""

OURS = "pystatus"
"""What the names of our loggers begin with."""


@dataclass(slots=True)
class _Kind:
    """What is known of one kind of line."""

    bucket: TokenBucket
    since: float = 0.0
    """When the first one since the last line came."""
    waiting: int = 0
    """How many came since then."""
    drawn: logging.LogRecord | None = None
    """The one of them that is written next."""


class Repetition:
    """Which records are written, and when."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """
        :param chance: draws from 0 to below 1.
        """
        self._chance = chance
        self._kinds: dict[Hashable, _Kind] = {}

    def takes(self, record: logging.LogRecord, now: float) -> bool:
        """Whether ``record`` is written at once. Else it is one of those from which :meth:`due` draws.

        :param now: seconds of a clock that only goes forward.
        """
        kind = self._kind(record, now)
        if kind.drawn is None and kind.bucket.take(now):
            return True
        if kind.drawn is None:
            kind.since = now
        kind.waiting += 1
        if self._chance() * kind.waiting < 1.0:
            kind.drawn = _alone(record)
        return False

    def due(self, now: float, *, at_end: bool = False) -> Iterator[tuple[logging.LogRecord, int, float]]:
        """The records that it is time to write, how many more there were like each, and in how many seconds.

        :param at_end: nothing is written later.
        """
        for kind in self._kinds.values():
            if kind.drawn is not None and (kind.bucket.take(now) or at_end):
                yield kind.drawn, kind.waiting - 1, now - kind.since
                kind.drawn, kind.waiting = None, 0

    @property
    def is_waiting(self) -> bool:
        """Whether :meth:`due` will have something."""
        return any(kind.drawn is not None for kind in self._kinds.values())

    def _kind(self, record: logging.LogRecord, now: float) -> _Kind:
        library = record.name.partition(".")[0]
        key: Hashable = library
        burst = 1
        if library == OURS:
            subject = getattr(record, "subject", None)
            key = (record.pathname, record.lineno, subject)
            burst = IMPORTANT_AT_ONCE if subject is not None or record.levelno >= logging.WARNING else 1
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= MAX_KINDS:
                self._kinds = {
                    key: kind for key, kind in self._kinds.items() if kind.drawn or not kind.bucket.is_full(now)
                }
            kind = self._kinds[key] = _Kind(TokenBucket(burst, 1 / REPEAT_SECONDS, now))
        return kind


def _alone(record: logging.LogRecord) -> logging.LogRecord:
    """The record without its exception, which holds the frames that it went through, and all that is in them: packets
    and bodies of requests. Its traceback was made a text when the record was bound."""
    if not record.exc_info:
        return record
    bound(record)
    kept = logging.makeLogRecord(record.__dict__)
    kept.exc_info = None
    return kept
