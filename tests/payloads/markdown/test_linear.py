"""A text of a stranger costs time in proportion to its length, whatever is in it."""

from __future__ import annotations

import gc
import inspect
import sys
import time
from collections.abc import Callable
from itertools import product
from types import FrameType
from typing import Any

import pytest

from pystatus.payloads.checks import MAX_TEXT
from pystatus.payloads.markdown.parsing import REMEMBERED, parse_text
from pystatus.payloads.markdown.tree import ParsedText

remembered: Any = inspect.unwrap(parse_text, stop=lambda function: hasattr(function, "cache_info"))
parse_anew: Callable[[str], ParsedText] = remembered.__wrapped__

PIECES = ["*a ", "**a ", "***a** ", "_a", "~~a ", "[", "] ", "[*](", "`", "`` ` ", "``` ", "*["]
LINES = [
    "\n```x\n",
    "\n```\n~~~\n",
    "> \n\n",
    "[a]: \n",
    "a\n===\n",
    "a\n-",
    "```\n```\nFigure: {#",
    "(http://a) ",
    '<a href="http://a">http',
    "http://a&b;",
    "#a",
    "@0x04",
    "  \n",
    "\\",
    " ",
    "\n",
    "=",
]
ADVERSARIAL = [*LINES, *map("".join, product(PIECES, PIECES))]

MAX_STEPS = 100
"""Lines of Python that are run for one character."""


def steps(text: str) -> int:
    """How many lines of Python are run for ``text``."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse_anew(text)
    finally:
        sys.settrace(before)
    return count


def repeated(piece: str, length: int) -> str:
    """``piece`` again and again, as much as fits."""
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_the_longest_message_takes_a_bounded_number_of_steps(piece: str) -> None:
    assert steps(repeated(piece, MAX_TEXT)) <= MAX_STEPS * MAX_TEXT


@pytest.mark.parametrize("piece", ADVERSARIAL[:: len(LINES) // 4])
def test_sixteen_times_the_text_takes_sixteen_times_the_time(piece: str) -> None:
    """What is done inside of the regular expressions is no step, so the time is looked at as well: 256 times as much
    where it is quadratic."""
    short, long = repeated(piece, MAX_TEXT), repeated(piece, 16 * MAX_TEXT)
    assert best_time(long) < 64 * max(best_time(short), 0.0002)


@pytest.mark.parametrize("piece", ["*a* ", "a`b`", "\\\n", "@0x04", "#a ", "> \n\na\n\n"])
def test_few_trees_are_remembered_and_they_are_small(piece: str) -> None:
    assert remembered.cache_info().maxsize == REMEMBERED
    assert bytes_of(parse_anew(repeated(piece, MAX_TEXT))) < 1 << 20


def bytes_of(tree: ParsedText) -> int:
    """What the objects of the tree take, each counted once. What the rest of the process allocates does not count."""
    found: dict[int, object] = {}
    waiting: list[object] = [tree]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and not isinstance(one, type):
            found[id(one)] = one
            waiting += gc.get_referents(one)
    return sum(map(sys.getsizeof, found.values()))


def best_time(text: str) -> float:
    """Seconds of this thread."""
    times = []
    for _ in range(3):
        start = time.thread_time()
        parse_anew(text)
        times.append(time.thread_time() - start)
    return min(times)
