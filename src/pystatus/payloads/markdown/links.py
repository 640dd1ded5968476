"""Addresses in a paragraph (payloads.md §13)."""

from __future__ import annotations

import re
from functools import cached_property

from pystatus.payloads.markdown.occurrences import Occurrences
from pystatus.payloads.markdown.pieces import Kind, Piece

_ADDRESS = re.compile(r"(?<![A-Za-z])(?:https?|ftp|mailto)://[A-Za-z0-9][^ \t\n\r\f\v<]*+", re.ASCII | re.IGNORECASE)
_ENTITY = re.compile(r"&[a-z]{2,5};")
_LONGEST_ENTITY = 7
_PATH = r"(?:(?:https?|ftp)://|/)[-A-Za-z0-9+&@#/%?=~_|!:,.;()]++"
_ANCHOR = re.compile(rf'<a[ \t\n\f\r]href="{_PATH}"(?:[ \t\n\f\r]title="[^"<>]++")?+[ \t\n\f\r]?+>{_PATH}</a>')
_ESCAPED = re.compile(r"\\(?:([\s\S])|\Z)")
_OPENING = {")": "(", "]": "[", "}": "{"}


class Links:
    """The addresses of one paragraph."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._anchors: dict[int, int | None] = {}
        """Where an HTML link ends, by where it begins."""

    def at(self, start: int) -> tuple[int, Piece] | None:
        """Where the link at ``start`` ends, and the link; None: there is none."""
        end = self._anchor_end(start)
        if end is not None:
            source = self._text[start:end]
            return end, Piece(Kind.ANCHOR, source, source)
        match = _ADDRESS.match(self._text, start)
        if match is None:
            return None
        end = self._shortened(start, match.end())
        closing = ""
        if self._text[end - 1] in _OPENING and (opening := self._pairs.get(end - 1)) is not None:
            end -= 1
            closing = self._text[end] if opening > start else ""
        source = self._text[start:end]
        return end, Piece(Kind.LINK, source, unescaped(source), closing)

    def _shortened(self, start: int, end: int) -> int:
        """Without a dot or comma at its end, and then without a semicolon that ends no entity."""
        text = self._text
        if text[end - 1] in ".," and text[end - 2] != "\\":
            end -= 1
        if text[end - 1] == ";" and text[end - 2] != "\\":
            entity = _ENTITY.search(text, max(start, end - _LONGEST_ENTITY), end)
            if entity is None or entity.end() != end:
                end -= 1
        return end

    def _anchor_end(self, start: int) -> int | None:
        """Where the HTML link ends in which ``start`` is."""
        number = self._angles.index(start + 1) - 1
        if number < 0:
            return None
        begin = self._angles.positions[number]
        if begin not in self._anchors:
            match = _ANCHOR.match(self._text, begin)
            self._anchors[begin] = None if match is None else match.end()
        return self._anchors[begin]

    @cached_property
    def _angles(self) -> Occurrences:
        return Occurrences.of("<", self._text)

    @cached_property
    def _pairs(self) -> dict[int, int]:
        """The opening bracket of each closing one that has one on its line."""
        open_: dict[str, list[int]] = {bracket: [] for bracket in _OPENING.values()}
        pairs: dict[int, int] = {}
        for match in re.finditer(r"[()\[\]{}\n]", self._text):
            character = match[0]
            if character == "\n":
                for positions in open_.values():
                    positions.clear()
            elif character in open_:
                open_[character].append(match.start())
            elif positions := open_[_OPENING[character]]:
                pairs[match.start()] = positions.pop()
        return pairs


def unescaped(source: str) -> str:
    """Without the backslashes that stand before a character; one at the end is dropped, too."""
    return _ESCAPED.sub(lambda match: match[1] or "", source)
