"""Where emphasis and code spans close, against the plain way: a search from each mark anew."""

from __future__ import annotations

import string

from hypothesis import example, given
from hypothesis import strategies as st

from pystatus.payloads.markdown.emphasis import SPACES, Brackets, Marks
from pystatus.payloads.markdown.inline import Backticks


def next_mark(text: str, start: int, mark: str) -> int | None:
    """The next mark behind ``start``, outside of code spans and brackets, which are stepped over."""
    place = start
    while True:
        while place < len(text) and text[place] not in f"{mark}`[":
            place += 1
        if place >= len(text):
            return None
        if place != start and text[place - 1] == "\\":
            place += 1
            continue
        if text[place] == mark:
            return place if place > start else None
        inside: int | None = None
        closing = "`" if text[place] == "`" else "]"
        is_code = closing == "`"
        place += 1
        while place < len(text) and text[place] != closing:
            if inside is None and text[place] == mark:
                inside = place
            place += 1
        if is_code:
            if place >= len(text):
                return inside
            place += 1
            continue
        place += 1
        while place < len(text) and text[place] in " \n":
            place += 1
        if place >= len(text):
            return inside
        if text[place] not in "[(":
            if inside is not None:
                return inside
            continue
        opening = text[place]
        place += 1
        while place < len(text) and text[place] != opening:
            if inside is None and text[place] == mark:
                return place
            place += 1
        if place >= len(text):
            return inside
        place += 1


def closing(text: str, start: int, mark: str, size: int) -> int | None:
    """Where the text ends that ``size`` marks begin, which stand before ``start``."""
    place = next_mark(text, start, mark)
    while place is not None:
        run = len(text[place:]) - len(text[place:].lstrip(mark))
        if text[place - 1] not in SPACES:
            behind = text[place + 1 : place + 2]
            if size == 1 and run == 1 and behind in SPACES + string.punctuation:
                return place
            if size > 1 and run >= size:
                return place
        if size != 2:
            return None
        place = next_mark(text, place + 1, mark)
    return None


TEXTS = st.text(alphabet="ab *_~`[]()\\\n.é", max_size=40)


@given(text=TEXTS, mark=st.sampled_from("*_~"))
@example(text="*a [*] [ * [ b* *", mark="*")
@example(text="***a** b*", mark="*")
@example(text="**a ** b**", mark="*")
def test_emphasis(text: str, mark: str) -> None:
    marks = Marks(text, mark, Brackets(text))
    for start in range(len(text)):
        if text[start] != mark:
            continue
        size = len(text[start:]) - len(text[start:].lstrip(mark))
        inner = start + size
        expected = None
        if size <= 3 - (mark == "~") and inner < len(text) and text[inner] not in SPACES:
            expected = closing(text, inner, mark, size)
        found = marks.closed(start)
        assert (None if found is None else found[2] - size) == expected, (text, start)
        if found is not None:
            assert found[1] == text[inner:expected]


@given(text=st.text(alphabet="`` a", max_size=60))
def test_code_spans(text: str) -> None:
    backticks = Backticks(text)
    for start in range(len(text)):
        if text[start] != "`":
            continue
        size = len(text[start:]) - len(text[start:].lstrip("`"))
        assert backticks.run_end(start) == start + size
        place = text.find("`" * size, start + size)
        assert backticks.close(start + size, size) == (None if place < 0 else place)
