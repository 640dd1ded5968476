"""Finding by some letters of a name, for a switcher: ``spgi`` finds ``Splendid Gibbon``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from pystatus.account.names import folded

MAX_QUERY = 64
"""Characters of what is looked for, the first ones: a name has no more. Ours."""
MAX_SEARCHED = 256
"""Characters of a name that are looked at: as many as the longest ENS name has. Ours."""

WHOLE, BEGINNING, WORD, INSIDE, SCATTERED = range(5)
"""How well a name fits, the best first: all of it, its beginning, the beginning of one of its words, some letters that
follow each other, some letters in their order."""

T = TypeVar("T")


def found(
    query: str,
    things: Iterable[T],
    names_of: Callable[[T], Iterable[str]],
    keys_of: Callable[[T], Iterable[str]],
    limit: int,
) -> Sequence[T]:
    """At most ``limit`` things that have a name which fits, the best first; what fits alike stays in its order. An
    empty query finds everything.

    :param keys_of: keys and other codes, which fit by their beginning alone.
    """
    wanted = plain(query[:MAX_QUERY].strip())
    ranked: list[tuple[tuple[int, int], T]] = []
    for thing in things:
        fits = [fit for name in names_of(thing) if (fit := _fit(wanted, plain(name[:MAX_SEARCHED]))) is not None]
        if any(key.lower().startswith(wanted) for key in keys_of(thing)):
            fits.append((BEGINNING, MAX_SEARCHED))
        if fits:
            ranked.append((min(fits), thing))
    return [thing for _, thing in sorted(ranked, key=lambda one: one[0])][: max(limit, 0)]


def plain(text: str) -> str:
    """The form in which names are compared here: without capital letters, accents, and the ``#`` or ``@`` before."""
    if text.isascii():
        return text.lower().lstrip("#@")
    bare = "".join(one for one in unicodedata.normalize("NFKD", folded(text)) if not unicodedata.combining(one))
    return bare.lstrip("#@")


def _fit(wanted: str, name: str) -> tuple[int, int] | None:
    """How well, and how far apart the letters are; None: it does not fit."""
    if not wanted:
        return BEGINNING, 0
    if name == wanted:
        return WHOLE, 0
    if name.startswith(wanted):
        return BEGINNING, len(name)
    place = name.find(wanted)
    while place > 0:
        if not name[place - 1].isalnum():
            return WORD, place
        place = name.find(wanted, place + 1)
    if wanted in name:
        return INSIDE, name.find(wanted)
    return _scattered(wanted.replace(" ", ""), name)


def _scattered(wanted: str, name: str) -> tuple[int, int] | None:
    start = place = -1
    for letter in wanted:
        place = name.find(letter, place + 1)
        if place < 0:
            return None
        start = place if start < 0 else start
    return SCATTERED, place - start
