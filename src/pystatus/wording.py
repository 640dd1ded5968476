"""Numbers in sentences, and how wide texts are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def counted(number: float, one: str, many: str | None = None) -> str:
    """``1 envelope``, ``2 envelopes``, ``0.5 seconds``: a number and what it counts, as a sentence has it.

    :param one: what stands behind 1: ``envelope`` or ``envelope is``.
    :param many: what stands behind other numbers; None: ``one`` with an s.
    """
    return f"{number:.15g} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes: East Asian characters and emoji two, combining marks none."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
