"""What stands on the screen for the messages of a chat: themselves, in groups by author and minute, and lines between.

Day lines and times are by the time that authors give, as far as it can be true: it is never later than the message came
here, and days never go back, so nobody can fill a chat with day lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeAlias

from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import day_text, shown_ms, span_text
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.messenger.records import Cursor, Message
from pystatus.records import dataclass

MAX_GROUP = 20
"""Messages under one name; with more of them one would not see any more who writes. Ours."""
_MINUTE_MS = 60_000

RowKey: TypeAlias = tuple[str, bytes | int]
"""What a row is the same by when others come or go."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message. ``begins_group``: the name of its author and the time stand above it. ``time_ms`` is what to show
    as its time, Unix milliseconds."""

    message: Message
    begins_group: bool
    time_ms: int

    @property
    def key(self) -> RowKey:
        return "message", self.message.id


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day begins."""

    day: date

    @property
    def key(self) -> RowKey:
        return "day", self.day.toordinal()

    def text(self, texts: Catalogue, today: date) -> str:
        """``Monday, 30 November 2026``."""
        return day_text(self.day, today, texts)


@dataclass(frozen=True, slots=True)
class NewRow:
    """What follows was not read when the chat was opened: ``unread`` messages."""

    unread: int

    @property
    def key(self) -> RowKey:
        return "new", 0

    def text(self, texts: Catalogue) -> str:
        """``3 new messages``."""
        return texts.timeline_new(n=self.unread)


@dataclass(frozen=True, slots=True)
class GapRow:
    """Something may be missing here: no mailserver has answered for ``seconds`` between two Unix seconds."""

    lower: int
    upper: int
    seconds: int

    @property
    def key(self) -> RowKey:
        return "gap", self.lower

    def text(self, texts: Catalogue) -> str:
        """``3 h may be missing``."""
        return texts.timeline_gap(span=span_text(self.seconds, texts))


@dataclass(frozen=True, slots=True)
class BeginningRow:
    """There is nothing older here."""

    @property
    def key(self) -> RowKey:
        return "beginning", 0

    def text(self, texts: Catalogue) -> str:
        return texts.timeline_beginning()


Row: TypeAlias = MessageRow | DayRow | NewRow | GapRow | BeginningRow


@dataclass(frozen=True, slots=True)
class NewLine:
    """The line above what was not read, before the first message at or behind ``cursor``."""

    cursor: Cursor
    unread: int


def rows(
    messages: Sequence[Message],
    gaps: Sequence[TimeRange],
    new: NewLine | None,
    day_of: Callable[[int], date],
    *,
    has_newer: bool,
    begins: bool,
) -> list[Row]:
    """The rows of a window.

    :param messages: in the order of the chat, without holes.
    :param gaps: in their order. Gaps between two messages are one row; what is before the window is not in it.
    :param day_of: the day of a time in Unix milliseconds.
    :param has_newer: whether there may be messages behind the window: then gaps behind it are no part of it.
    :param begins: whether the window begins with the chat.
    """
    found: list[Row] = [BeginningRow()] if begins else []
    waiting = _Gaps(gaps)
    if messages and not begins:
        waiting.skip(shown_ms(messages[0]) // 1_000)
    day: date | None = None
    latest = 0
    group: list[Message] = []
    for message in messages:
        time_ms = shown_ms(message)
        latest = max(latest, time_ms)
        lines: list[Row] = list(waiting.before(latest // 1_000))
        today = day_of(latest)
        if day is None or today > day:
            day = today
            lines.append(DayRow(today))
        if new is not None and message.cursor >= new.cursor:
            lines.append(NewRow(new.unread))
            new = None
        found += lines
        if lines or not group or not _same_group(group, message):
            group = []
        group.append(message)
        found.append(MessageRow(message, len(group) == 1, time_ms))
    if not has_newer:
        found += waiting.rest()
    return found


def _same_group(group: Sequence[Message], following: Message) -> bool:
    """Whether ``following`` stands under the name and the time of the messages before it."""
    first = group[0]
    same_minute = shown_ms(first) // _MINUTE_MS == shown_ms(following) // _MINUTE_MS
    return first.author == following.author and same_minute and len(group) < MAX_GROUP


class _Gaps:
    """Gaps in their order, taken as the time goes on."""

    def __init__(self, gaps: Sequence[TimeRange]) -> None:
        self._gaps = gaps
        self._taken = 0

    def skip(self, second: int) -> None:
        """Those that begin before a second are not in the window, but for what of them is at or behind it."""
        while self._taken < len(self._gaps) and self._gaps[self._taken].upper <= second:
            self._taken += 1

    def before(self, second: int) -> Iterator[GapRow]:
        """Those that begin before a message of that second, as one row."""
        first = self._taken
        while self._taken < len(self._gaps) and self._gaps[self._taken].lower < second:
            self._taken += 1
        return self._joined(first)

    def rest(self) -> Iterator[GapRow]:
        """All others, as one row."""
        first, self._taken = self._taken, len(self._gaps)
        return self._joined(first)

    def _joined(self, first: int) -> Iterator[GapRow]:
        gaps = self._gaps[first : self._taken]
        if gaps:
            yield GapRow(gaps[0].lower, max(gap.upper for gap in gaps), sum(gap.seconds for gap in gaps))
