"""Rows of a chat as lines of cells: the only place where messages become characters of a terminal.

Nothing of a message stands left of anything else: what a terminal measures otherwise than we do moves no other cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from pystatus.account.names import ShownName, display_name
from pystatus.apps.terminal import half_blocks
from pystatus.apps.terminal.looks import UNICODE, Signs, looks_of, readable
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import time_text
from pystatus.faces.timeline_rows import BeginningRow, DayRow, GapRow, MessageRow, NewRow, Row
from pystatus.media.previews import Preview
from pystatus.messenger import message_text
from pystatus.messenger.features.names import people_on
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.stand_ins import is_stand_in

GUTTER = 4
"""Cells left of a text: the mark of the chosen one, that of delivery, and a space on each side."""
MAX_LINES = 20
"""Lines of a message that are shown before somebody asks for all (as the app)."""
MAX_CHARACTERS = 600
"""Characters of a message that are shown before somebody asks for all (as the app)."""
MAX_NAMES = 4_096
"""Names of authors and of those who are mentioned, before those are looked for that belong to no message any more: two
MB, and twice what the authors of a window are. A message of 4,096 characters mentions thirty. Ours."""
MIN_WIDTH = 8
"""Cells of a text at least, however narrow the terminal is."""

_PARTS = (
    (message_text.Style.EMPHASIS, Style(italic=True)),
    (message_text.Style.STRONG, Style(bold=True)),
    (message_text.Style.DELETED, Style(strike=True)),
    (message_text.Style.LINK, Style(underline=True)),
    (message_text.Style.TAG, Style(bold=True)),
    (message_text.Style.MENTION, Style(bold=True)),
    (message_text.Style.HEADING, Style(bold=True, underline=True)),
)


@dataclass(slots=True)
class Palette:
    """The colours of a theme, as the widget has looked them up."""

    text: Style = field(default_factory=Style)
    dim: Style = field(default_factory=Style)
    accent: Style = field(default_factory=Style)
    error: Style = field(default_factory=Style)
    code: Style = field(default_factory=Style)
    own: Style = field(default_factory=Style)
    chosen: Style = field(default_factory=Style)
    behind: str = "#000000"
    """What is behind texts, as ``#rrggbb``."""
    people: bool = True
    """Whether people have their colours: not where there are sixteen or none."""

    def of(self, person: PublicKey) -> Style:
        """The colour of somebody, such that one can read it."""
        if not self.people:
            return Style()
        return Style(color=readable(looks_of(person).color, self.behind))


@dataclass(slots=True)
class Extras:
    """What belongs to the messages of a window beside them, read a page at a time."""

    names: Mapping[PublicKey, ShownName] = field(default_factory=dict)
    quoted: Mapping[bytes, Message | None] = field(default_factory=dict)
    """The messages that others reply to, by their ids; ``None``: it is not here."""
    below: Mapping[bytes, str] = field(default_factory=dict)
    """Reactions, and how many members of a group have it."""
    notes: Mapping[bytes, str] = field(default_factory=dict)
    """What a message carries beside its text."""
    pictures: Mapping[bytes, tuple[int, int]] = field(default_factory=dict)
    """The pictures that are drawn: wide and high, in pixels, as their files say. The room for them is kept from the
    beginning, so that nothing moves when the pixels are there."""
    pixels: Callable[[bytes], Preview | str | None] = lambda _: None
    """The pixels of one of them, or why there are none; None: they come."""
    open: set[bytes] = field(default_factory=set)
    """Long messages that are shown whole."""

    def keep(self, messages: Sequence[Message]) -> None:
        """Forget what belongs to other messages than these, in the order of the chat: strangers write more than a
        screen holds. Of too many people those who write are named, and those whom the last messages mention."""
        held = {one.id for one in messages}
        quoted = {one.response_to for one in messages}
        self.quoted = {one: found for one, found in self.quoted.items() if one in quoted}
        self.below = {one: text for one, text in self.below.items() if one in held}
        self.notes = {one: note for one, note in self.notes.items() if one in held}
        self.pictures = {one: size for one, size in self.pictures.items() if one in held}
        self.open &= held
        shown = [*filter(None, self.quoted.values()), *messages]
        named = {one.author for one in shown}
        for message in reversed(shown):
            if len(named) >= MAX_NAMES:
                break
            named.update(people_on([message]))
        self.names = {person: name for person, name in self.names.items() if person in named}


class Drawing:
    """Draws the rows of one chat."""

    def __init__(
        self, console: Console, own: PublicKey, texts: Catalogue, today: Callable[[], date], signs: Signs = UNICODE
    ) -> None:
        """
        :param today: the day that it is now.
        """
        self.palette = Palette()
        self.extras = Extras()
        self.signs = signs
        self.private = False
        """Whether messages have forward secrecy in this chat, so that those without it say so."""
        self._console = console
        self._own = own
        self._texts = texts
        self._today = today

    def name(self, person: PublicKey) -> str:
        """How somebody is called, with the beginning of the key where another one is called the same."""
        known = self.extras.names.get(person)
        return display_name(person) if known is None else known.label

    def lines(self, row: Row, width: int, *, chosen: bool = False) -> list[Strip]:
        """The lines of a row, each ``width`` cells at most."""
        texts, palette = self._texts, self.palette
        match row:
            case MessageRow():
                segments = self._message(row, width)
            case DayRow():
                segments = [self._rule(row.text(texts, self._today()), width, palette.dim)]
            case NewRow():
                segments = [self._rule(row.text(texts), width, palette.accent)]
            case GapRow():
                said = f"{row.text(texts)} · {texts.terminal_gap_key()}"
                segments = [self._rule(said, width, palette.error)]
            case BeginningRow():
                segments = [[Segment(line, palette.dim)] for line in self._wrapped(row.text(texts), width)]
        if chosen:
            segments = [[Segment(self.signs.chosen, self.palette.accent), *_after_first(line)] for line in segments]
        return [Strip(line).crop(0, width) for line in segments]

    def _wrapped(self, text: str, width: int) -> list[str]:
        wrapped = Text(text).wrap(self._console, max(MIN_WIDTH, width - 2))
        return [" " + line.plain.rstrip() for line in wrapped]

    def _rule(self, text: str, width: int, style: Style) -> list[Segment]:
        left = self.signs.line * 2
        rest = max(0, width - cell_len(text) - len(left) - 3)
        return [Segment(f" {left} {text} {self.signs.line * min(rest, 200)}", style)]

    def _message(self, row: MessageRow, width: int) -> list[list[Segment]]:
        message, palette, extras = row.message, self.palette, self.extras
        lines: list[list[Segment]] = []
        if row.begins_group:
            lines.append([Segment(" ", palette.text)])
            lines.append(self._head(row))
        room = max(MIN_WIDTH, width - GUTTER)
        body: list[list[Segment]] = []
        if message.response_to is not None:
            body.append([Segment(f"{self.signs.quote} {self._quote(message.response_to, room)}", palette.dim)])
        note = extras.notes.get(message.id, "")
        if note:
            body += [[Segment(line, palette.dim)] for line in self._plain_lines(note, room)]
        if message.id in extras.pictures:
            body += self._picture(message.id, room)
        body += self._text(message, room, noted=bool(note))
        below = extras.below.get(message.id)
        if below:
            body.append([Segment(below, palette.accent)])
        for number, line in enumerate(body):
            lines.append([*self._gutter(message, first=number == 0), *line])
        return lines

    def _picture(self, message_id: bytes, room: int) -> list[list[Segment]]:
        columns, lines = half_blocks.size_in_cells(
            *self.extras.pictures[message_id], min(room, half_blocks.MAX_COLUMNS), half_blocks.MAX_LINES
        )
        pixels = self.extras.pixels(message_id)
        if isinstance(pixels, Preview):
            shown = [list(line) for line in half_blocks.drawn(pixels, columns, lines)]
        else:
            said = list(self._plain_lines(pixels or self._texts.terminal_picture_loading(), room))[:lines]
            shown = [[Segment(line, self.palette.dim)] for line in said]
        return shown + [[Segment("", self.palette.text)] for _ in range(lines - len(shown))]

    def _gutter(self, message: Message, *, first: bool) -> list[Segment]:
        if not first or message.state is None:
            return [Segment(" " * GUTTER, self.palette.text)]
        bad = message.state in (MessageState.FAILED, MessageState.UNCONFIRMED)
        mark = self.signs.state(message.state)
        return [Segment(f"  {mark} ", self.palette.error if bad else self.palette.dim)]

    def _head(self, row: MessageRow) -> list[Segment]:
        """Time first, then the name: what somebody is called moves nothing."""
        message, palette, looks = row.message, self.palette, looks_of(row.message.author)
        is_own = message.author == self._own
        color = palette.of(message.author)
        style = palette.text + color + Style(bold=True)
        cells = looks.cells if self.signs is UNICODE else "   "
        head = [
            Segment(" ", palette.text),
            Segment(cells, palette.text + color),
            Segment(f" {time_text(row.time_ms)} ", palette.dim),
            Segment(self.name(message.author), style),
        ]
        if is_own:
            head.append(Segment(f" ({self._texts.terminal_you()})", palette.dim))
        if self.private and not message.forward_secrecy:
            head.append(Segment(f"  {self._texts.terminal_no_secrecy()}", palette.dim))
        return head

    def _quote(self, message_id: bytes, room: int) -> str:
        quoted = self.extras.quoted.get(message_id)
        if quoted is None:
            return self._texts.terminal_not_here()
        said = message_text.preview(quoted, self.name, max(MIN_WIDTH, room))
        return _cut(f"{self.name(quoted.author)}: {said}", room - 2, self.signs.more)

    def _text(self, message: Message, room: int, *, noted: bool) -> list[list[Segment]]:
        said = "" if noted and is_stand_in(message.text) else message.text
        pieces = message_text.spans(said, self._own, self.name)
        if not pieces:
            return [] if noted else [[Segment(self._texts.terminal_empty(), self.palette.dim)]]
        lines: list[list[Segment]] = []
        text = Text(end="", no_wrap=False)
        for piece in pieces:
            text.append(piece.text, self._style(piece))
        whole = message.id in self.extras.open
        if not whole and len(text) > MAX_CHARACTERS + MAX_CHARACTERS // 4:
            hidden = text.plain[MAX_CHARACTERS:].count("\n") + 1 + (len(text) - MAX_CHARACTERS) // room
            text.truncate(MAX_CHARACTERS)
            text = text[:MAX_CHARACTERS]
        else:
            hidden = 0
        for line in text.wrap(self._console, room, tab_size=4):
            line.rstrip()
            lines.append(
                [
                    Segment(segment.text, self.palette.text + (segment.style or Style()))
                    for segment in line.render(self._console, end="")
                    if segment.text
                ]
            )
        if not whole and len(lines) > MAX_LINES + 2:
            hidden += len(lines) - MAX_LINES
            del lines[MAX_LINES:]
        if hidden:
            lines.append([Segment(self._texts.terminal_more_lines(n=hidden), self.palette.accent)])
        return lines

    def _style(self, piece: message_text.Span) -> Style:
        style = Style()
        for part, look in _PARTS:
            if part in piece.style:
                style += look
        if message_text.Style.CODE in piece.style:
            style += self.palette.code
        if message_text.Style.QUOTE in piece.style:
            style += self.palette.dim
        if message_text.Style.OWN in piece.style:
            style += self.palette.own
        elif piece.person is not None:
            style += self.palette.of(piece.person)
        return style

    def _plain_lines(self, text: str, room: int) -> Iterable[str]:
        return (line.plain.rstrip() for line in Text(text).wrap(self._console, room))


def _after_first(line: Sequence[Segment]) -> list[Segment]:
    first, *others = line
    return [Segment(first.text[1:], first.style), *others]


def _cut(text: str, width: int, more: str) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(1, width - cell_len(more))).rstrip() + more


def plain_lines(strips: Sequence[Strip]) -> list[str]:
    """What lines say, without their looks."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]
