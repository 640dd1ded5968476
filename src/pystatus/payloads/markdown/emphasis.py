"""Where emphasis closes (payloads.md §13).

The reference looks for the closing mark from each opening one anew, and steps over code spans and brackets on its way.
What comes next at a place does not depend on where the search began, so each place is looked at once and remembered.
"""

from __future__ import annotations

import re

from pystatus.payloads.markdown.occurrences import Occurrences
from pystatus.payloads.markdown.pieces import Kind

SPACES = " \t\n\r\f\v"
"""White space of the dialect: that of ASCII."""
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What may stand behind a closing single mark beside white space and the end."""

_GAP = re.compile(r"[ \n]*+")


class Brackets:
    """Where code spans and brackets stand in a paragraph, for all three marks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._occurrences: dict[str, Occurrences] = {}
        self._gaps: dict[int, int] = {}

    def of(self, character: str) -> Occurrences:
        """Where ``character`` stands."""
        if character not in self._occurrences:
            self._occurrences[character] = Occurrences.of(re.escape(character), self._text)
        return self._occurrences[character]

    def gap_end(self, position: int) -> int:
        """The first place from ``position`` on without a space or line end."""
        if position not in self._gaps:
            match = _GAP.match(self._text, position)
            self._gaps[position] = position if match is None else match.end()
        return self._gaps[position]


class Marks:
    """One mark (``*``, ``_`` or ``~``) in one paragraph."""

    def __init__(self, text: str, mark: str, brackets: Brackets) -> None:
        self._text = text
        self._mark = mark
        self._brackets = brackets
        self._stops = Occurrences.of(f"[{re.escape(mark)}`\\[]", text)
        self._next: dict[int, int | None] = {}
        """The mark that is reached from a stop, by the number of the stop."""
        self._closing_pair: dict[int, int | None] = {}
        """The closing double mark that is reached from a mark, by the position of that mark."""

    def closed(self, start: int) -> tuple[Kind, str, int] | None:
        """What begins with the run of marks at ``start``: its kind, its text and where it ends. None: nothing."""
        text, mark = self._text, self._mark
        size = 1
        while size <= 3 and text.startswith(mark, start + size):
            size += 1
        inner = start + size
        if size > 3 or inner >= len(text) or text[inner] in SPACES:
            return None
        if size == 1:
            kind, end = (Kind.DELETED if mark == "~" else Kind.EMPHASIS), self._single(inner)
        elif size == 2:
            kind, end = (Kind.DELETED if mark == "~" else Kind.STRONG), self._double(inner)
        else:
            kind, end = Kind.STRONG_EMPHASIS, None if mark == "~" else self._triple(inner)
        return None if end is None else (kind, text[inner:end], end + size)

    def _single(self, start: int) -> int | None:
        end = self._find(start)
        if end is None or self._text[end - 1] in SPACES:
            return None
        following = self._text[end + 1 : end + 2]
        return end if following != self._mark and following in SPACES + PUNCTUATION else None

    def _double(self, start: int) -> int | None:
        candidate = self._find(start)
        passed: list[int] = []
        while candidate is not None and candidate not in self._closing_pair:
            if self._text[candidate - 1] not in SPACES and self._text.startswith(self._mark, candidate + 1):
                self._closing_pair[candidate] = candidate
            else:
                passed.append(candidate)
                candidate = self._find(candidate + 1)
        found = None if candidate is None else self._closing_pair[candidate]
        self._closing_pair.update(dict.fromkeys(passed, found))
        return found

    def _triple(self, start: int) -> int | None:
        end = self._find(start)
        if end is None or self._text[end - 1] in SPACES:
            return None
        return end if self._text.startswith(self._mark * 2, end + 1) else None

    def _find(self, start: int) -> int | None:
        """The next mark behind ``start``. A mark at ``start`` itself ends the search."""
        if start < len(self._text) and self._stops.within(start, start + 1) is not None:
            if self._text[start] == self._mark:
                return None
            found, start = self._step(start)
            if start < 0:
                return found
        return self._find_outside(start)

    def _find_outside(self, start: int) -> int | None:
        """The same from a place outside of code spans and brackets."""
        passed: list[int] = []
        found: int | None = None
        while (number := self._stops.index(start)) < len(self._stops.positions):
            if number in self._next:
                found = self._next[number]
                break
            passed.append(number)
            stop = self._stops.positions[number]
            if stop and self._text[stop - 1] == "\\":
                start = stop + 1
                continue
            found, start = self._step(stop)
            if start < 0:
                break
        self._next.update(dict.fromkeys(passed, found))
        return found

    def _step(self, stop: int) -> tuple[int | None, int]:
        """The mark that is found at a stop, and -1; or None, and where the search goes on."""
        if self._text[stop] == self._mark:
            return stop, -1
        return self._over_code(stop) if self._text[stop] == "`" else self._over_brackets(stop)

    def _over_code(self, stop: int) -> tuple[int | None, int]:
        end = self._brackets.of("`").after(stop + 1)
        if end is None:
            return self._brackets.of(self._mark).after(stop + 1), -1
        return None, end + 1

    def _over_brackets(self, stop: int) -> tuple[int | None, int]:
        """Over ``[…]``, and over ``(…`` or ``[…`` behind it, which ends with another bracket of the same kind."""
        marks, text = self._brackets.of(self._mark), self._text
        end = self._brackets.of("]").after(stop + 1)
        inside = marks.within(stop + 1, end)
        if end is None:
            return inside, -1
        behind = self._brackets.gap_end(end + 1)
        if behind >= len(text):
            return inside, -1
        if text[behind] not in "[(":
            return (None, behind) if inside is None else (inside, -1)
        again = self._brackets.of(text[behind]).after(behind + 1)
        if inside is None:
            inside = marks.within(behind + 1, again)
            if inside is not None:
                return inside, -1
        return (inside, -1) if again is None else (None, again + 1)
