"""What stands in the lines of a paragraph (payloads.md §13): one level deep, in linear time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from pystatus.payloads.markdown.emphasis import Brackets, Marks
from pystatus.payloads.markdown.links import Links
from pystatus.payloads.markdown.occurrences import Occurrences
from pystatus.payloads.markdown.pieces import Kind, Piece

_TRIGGER = re.compile(
    r"[*_~`@#\\]|(?<! ) ++(?=\n)|(?:https?://|ftp://|file://|mailto:)",
    re.ASCII | re.IGNORECASE,
)
_MENTION = re.compile(r"@(0x[0-9a-f]{130})(?=[ \t\n\r\f\v.,:;]|\Z)")
_TAG = re.compile(r"#([a-z0-9-]++)(?=[ \t\n\r\f\v]|\Z)")
_ESCAPABLE = "\\`*_{}[]()#+-.!:|&<>~"

Found = tuple[int, Piece] | None
"""Where a piece ends, and the piece; None: what was looked at is text."""


def pieces(text: str) -> list[Piece]:
    """The pieces of a paragraph, all of it, in their order."""
    return _Paragraph(text).pieces()


class _Paragraph:
    def __init__(self, text: str) -> None:
        self._text = text
        self._links = Links(text)
        self._brackets = Brackets(text)
        self._marks: dict[str, Marks] = {}

    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        begin = position = 0
        while (match := _TRIGGER.search(self._text, position)) is not None:
            start = match.start()
            handler = _HANDLERS.get(self._text[start])
            piece = self._links.at(start) if handler is None else handler(self, start)
            if piece is None:
                position = start + 1
                continue
            if start > begin:
                found.append(self._plain(begin, start))
            begin = position = piece[0]
            found.append(piece[1])
        if begin < len(self._text):
            found.append(self._plain(begin, len(self._text)))
        return found

    def _plain(self, begin: int, end: int) -> Piece:
        text = self._text[begin:end]
        return Piece(Kind.TEXT, text, text)

    def _piece(self, kind: Kind, start: int, end: int, text: str) -> Found:
        return end, Piece(kind, self._text[start:end], text)

    def _emphasis(self, start: int) -> Found:
        mark = self._text[start]
        if mark not in self._marks:
            self._marks[mark] = Marks(self._text, mark, self._brackets)
        closed = self._marks[mark].closed(start)
        if closed is None:
            return None
        kind, text, end = closed
        return self._piece(kind, start, end, text)

    def _code(self, start: int) -> Found:
        size = self._backticks.run_end(start) - start
        close = self._backticks.close(start + size, size)
        if close is None:
            return None
        text = self._text[start + size : close].strip(" ")
        return self._piece(Kind.CODE if text else Kind.LOST, start, close + size, text)

    @cached_property
    def _backticks(self) -> Backticks:
        return Backticks(self._text)

    def _mention(self, start: int) -> Found:
        match = _MENTION.match(self._text, start)
        return None if match is None else self._piece(Kind.MENTION, start, match.end(), match[1])

    def _tag(self, start: int) -> Found:
        match = _TAG.match(self._text, start)
        return None if match is None else self._piece(Kind.TAG, start, match.end(), match[1])

    def _escape(self, start: int) -> Found:
        following = self._text[start + 1 : start + 2]
        if not following:
            return self._piece(Kind.LOST, start, start + 1, "")
        if following == "\n":
            return self._piece(Kind.LINE_BREAK, start, start + 2, "")
        return self._piece(Kind.ESCAPED, start, start + 2, following) if following in _ESCAPABLE else None

    def _line_end(self, start: int) -> Found:
        end = self._text.index("\n", start)
        if end - start == 1:
            return self._piece(Kind.LOST, start, end, "")
        return self._piece(Kind.LINE_BREAK, start, end + 1, "")


class Backticks:
    """The runs of backticks of a paragraph."""

    def __init__(self, text: str) -> None:
        runs = [match.span() for match in re.finditer("`++", text)]
        self._runs = Occurrences([start for start, _ in runs])
        self._ends = [end for _, end in runs]
        self._by_size: dict[int, Occurrences] = {}
        """The runs of at least so many backticks. All of them together have as many entries as there are backticks."""
        for start, end in runs:
            for size in range(1, end - start + 1):
                self._by_size.setdefault(size, Occurrences([])).positions.append(start)

    def run_end(self, position: int) -> int:
        """Where the run ends in which ``position`` is."""
        return self._ends[self._runs.index(position + 1) - 1]

    def close(self, position: int, size: int) -> int | None:
        """The first run from ``position`` on that has at least ``size`` backticks."""
        runs = self._by_size.get(size)
        return None if runs is None else runs.after(position)


# By the character that a piece begins with; links begin with others. A table of each paragraph's own methods would tie
# it into a circle, which stays until the collector of garbage comes, and each text that is shown has paragraphs.
_HANDLERS: dict[str, Callable[[_Paragraph, int], Found]] = {
    "*": _Paragraph._emphasis,
    "_": _Paragraph._emphasis,
    "~": _Paragraph._emphasis,
    "`": _Paragraph._code,
    "@": _Paragraph._mention,
    "#": _Paragraph._tag,
    "\\": _Paragraph._escape,
    " ": _Paragraph._line_end,
}
