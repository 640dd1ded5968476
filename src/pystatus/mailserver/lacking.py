"""What a mailserver lacks, and how it says so to whoever asks: beside the answer, or in place of its end.

Two forms, which clients of the reference survive (waku.md §7.7):

* Behind the hash of a :class:`~pystatus.mailserver.completion.Completed` without cursor: pairs of Unix seconds, four
  bytes each, big-endian, from ``lower`` to before ``upper``, the newest first; four at most, of which the last may
  stand for several. The reference ignores what is shorter than a cursor.
* The text of a :class:`~pystatus.mailserver.completion.Failed`, where the mailserver expects to have it soon: what is
  younger than the span that is named has come; what is older, too, if the text says so. The reference keeps what has
  come, gives the round up and asks again later.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from pystatus.mailserver.cursor import LAST_SECOND
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.records import dataclass

MOST_STATED = 4
"""Spans in one answer; with more of them it would look like a cursor."""
LONGEST_WAIT = 3_600
"""Seconds that a mailserver may ask to wait."""

_PAIR = struct.Struct(">II")
STATED_SIZES = tuple(_PAIR.size * count for count in range(1, MOST_STATED + 1))
"""Bytes that a statement may have."""

_PENDING = "history from {} to {} is not here yet{}: ask again in {} seconds"
_ALL_ELSE = ", and all else has been sent"
_PARSED = re.compile(_PENDING.format(r"(\d{1,10})", r"(\d{1,10})", f"({_ALL_ELSE})?", r"(\d{1,9})"))
EVER = TimeRange(0, LAST_SECOND)
"""All that can be asked for."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an archive is known to lack at one moment."""

    lacking: TimeRanges = NOTHING
    """All of it."""
    pending: TimeRanges = NOTHING
    """The part that is being fetched from others."""
    wait: float = 0.0
    """Seconds after which it is worth asking for that part again."""


COMPLETE = Holdings()
"""Nothing is lacking."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A mailserver is fetching something itself."""

    span: TimeRange
    """The newest of what was asked for that it lacks. What is younger has been sent."""
    wait: int
    """Seconds after which it is to be asked again."""
    all_else: bool = False
    """What is older has been sent, too: it lacks nothing else of what was asked for."""

    @property
    def text(self) -> str:
        """What it says."""
        return _PENDING.format(*self.span, _ALL_ELSE if self.all_else else "", self.wait)

    @classmethod
    def parse(cls, text: str) -> Pending | None:
        """Read the text of a refusal; ``None`` if it is about something else."""
        found = _PARSED.fullmatch(text)
        if found is None:
            return None
        lower, upper, wait = (int(found[group]) for group in (1, 2, 4))
        if lower >= upper:
            return None
        return cls(TimeRange(lower, upper), max(1, min(wait, LONGEST_WAIT)), found[3] is not None)


def state(lacking: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """What is stated of these spans: in place of the oldest, where there are too many, one that holds them all."""
    newest_first = sorted(lacking, reverse=True)
    if len(newest_first) > MOST_STATED:
        rest = newest_first[MOST_STATED - 1 :]
        newest_first[MOST_STATED - 1 :] = [TimeRange(rest[-1].lower, rest[0].upper)]
    return tuple(newest_first)


def pack(stated: Iterable[TimeRange]) -> bytes:
    """The bytes of a statement."""
    return b"".join(_PAIR.pack(lower, min(upper, LAST_SECOND)) for lower, upper in stated)


def unpack(content: bytes) -> tuple[TimeRange, ...]:
    """Read a statement of one of :data:`STATED_SIZES`. Spans that are none are left out."""
    return tuple(TimeRange(*pair) for pair in _PAIR.iter_unpack(content) if pair[0] < pair[1])
