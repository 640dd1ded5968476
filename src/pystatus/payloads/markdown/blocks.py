"""The blocks of a text (payloads.md §13): code between fences, quotes, paragraphs and what ends them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from pystatus.payloads.markdown.pieces import BlockKind, RawBlock

_FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+) *+(?:\{([^}\n]*+)\}|(?!\{)([^ \t\n\r\f\v]*+)) *+\n")
_FENCE_END = re.compile(r"^ {0,3}(`{3,}+|~{3,}+) *+(?:\n|\Z)", re.MULTILINE)
_QUOTE = re.compile(r" {0,3}> ?")
_BLANK = re.compile(r"[ \t]*+(?:\n|\Z)")
_UNDERLINE = re.compile(r"(=++|-++) *+(?=\n)")
_DEFINITION = re.compile(
    r" {0,3}\[[^\]\n\r]++\]:[ \t]*+(?:\r\n|\n|\r)?+[ \t]*+(?=[\s\S])"  # its name
    r"[^ \t\n\r]*+[ \t]*+(?=[\n\r'\"(]|\Z)"  # what it stands for
)
_TITLE = re.compile(r"['\"(]([^\n\r]*+)")
_CAPTION = "Figure: "
_CAPTION_ID = re.compile(r"\{#([^}]*+)(?:\}[ \t\n\r\f\v]*+)?+\Z")


def blocks(text: str) -> Iterator[RawBlock]:
    """The blocks of ``text``, in their order. What is between them is blank."""
    return _Blocks(text).blocks()


class _Blocks:
    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[str, list[tuple[int, int]]] = {}
        """Where the lines begin and end that close a code block, by their mark."""
        for match in _FENCE_END.finditer(text):
            self._ends.setdefault(match[1], []).append(match.span())

    def blocks(self) -> Iterator[RawBlock]:
        position = 0
        while position < len(self._text):
            code = self._code(position)
            if code is not None:
                block, position = code
                yield block
                if self._text.startswith(_CAPTION, position):
                    block, position = self._caption(position)
                    yield block
            elif _QUOTE.match(self._text, position):
                block, position = self._quote(position)
                yield block
            else:
                found, position = self._paragraph(position)
                yield from found

    def _code(self, start: int) -> tuple[RawBlock, int] | None:
        """The code block that begins at ``start``, and where it ends."""
        match = _FENCE.match(self._text, start)
        ends = [] if match is None else self._ends.get(match[1], [])
        number = 0 if match is None else bisect_left(ends, (match.end(), 0))
        if match is None or number == len(ends):
            return None
        close, end = ends[number]
        language = match[3] if match[2] is None else match[2].strip(" \t\n\r\f\v")
        lines = self._text[match.end() : close]
        return RawBlock(BlockKind.CODE, lines, lines, language), end

    def _caption(self, start: int) -> tuple[RawBlock, int]:
        """What stands behind a code block, up to a blank line; without its id, and with the blank line, as the
        reference has it."""
        begin = end = start + len(_CAPTION)
        while end < len(self._text):
            line, end = end, self._line_end(end)
            if self._is_blank(line):
                break
        text = self._text[begin:end]
        place = text.find("{#")
        if place > 0 and (match := _CAPTION_ID.match(text, place)) is not None and match[1]:
            text = text[:place]
        return RawBlock(BlockKind.CAPTION, self._text[start:end], text), end

    def _quote(self, start: int) -> tuple[RawBlock, int]:
        """The quote that begins at ``start``, and where it ends: at a blank line that something else follows."""
        lines: list[str] = []
        line = end = start
        while line < len(self._text):
            end = self._line_end(line)
            match = _QUOTE.match(self._text, line)
            if match is not None:
                line = match.end()
            elif self._is_blank(line) and not self._goes_on(end):
                break
            lines.append(self._text[line:end])
            line = end
        text = "".join(lines)
        return RawBlock(BlockKind.QUOTE, text, text), end

    def _goes_on(self, line: int) -> bool:
        """Whether a quote goes on behind a blank line, at ``line``."""
        return line < len(self._text) and (_QUOTE.match(self._text, line) is not None or self._is_blank(line))

    def _paragraph(self, start: int) -> tuple[list[RawBlock], int]:
        """The paragraph at ``start``, if there is anything in it, with the heading or definition that ends it; and
        where they end."""
        text = self._text
        previous, line = start, start
        while line < len(text):
            end = self._definition_end(line)
            if end is not None:
                definition = RawBlock(BlockKind.DEFINITION, text[line:end], "")
                return [*self._lines(start, line), definition], end
            if self._is_blank(line):
                return self._lines(start, line), self._line_end(line)
            underline = _UNDERLINE.match(text, line) if line > start else None
            if underline is not None:
                kind = BlockKind.HEADING_1 if underline[1].startswith("=") else BlockKind.HEADING_2
                heading = RawBlock(kind, text[previous : line - 1].strip(" "), "")
                return [*self._lines(start, previous), heading], underline.end()
            if line > start and self._code(line) is not None:
                return self._lines(start, line), line
            previous, line = line, self._line_end(line)
        return self._lines(start, line), line

    def _lines(self, start: int, end: int) -> list[RawBlock]:
        """What is in a paragraph: without spaces at its beginning, one line end, and spaces before that."""
        if start == end:
            return []
        lines = self._text[start:end]
        text = lines.lstrip(" ").removesuffix("\n").rstrip(" ")
        return [RawBlock(BlockKind.PARAGRAPH, text, text)]

    def _definition_end(self, start: int) -> int | None:
        """Where the definition ends that begins at ``start``, before its line end; None: there is none."""
        match = _DEFINITION.match(self._text, start)
        if match is None:
            return None
        text, place = self._text, match.end()
        end: int | None = None
        if place == len(text) or text[place] in "\n\r":
            end = place + text.startswith("\r\n", place)
            place = self._without_gap(end + 1)
        title = _TITLE.match(text, place) if place + 1 < len(text) else None
        if title is not None and len(inside := title[1].rstrip(" \t")) > 1 and inside[-1] in "'\")":
            end = title.end() + text.startswith("\n\r", title.end())
        return end

    def _without_gap(self, position: int) -> int:
        while position < len(self._text) and self._text[position] in " \t":
            position += 1
        return position

    def _is_blank(self, line: int) -> bool:
        return line < len(self._text) and _BLANK.match(self._text, line) is not None

    def _line_end(self, line: int) -> int:
        """Where the next line begins."""
        return self._text.find("\n", line) + 1 or len(self._text)
