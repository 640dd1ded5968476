"""The three-word name of a chat key (account.md §8)."""

from __future__ import annotations

import json
from functools import cache, lru_cache

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey

_SEED_MASK = (1 << 64) - 1
_TAPS = 0xB8
MAX_ALIASES = 2_048
"""Names that are kept, some 200 bytes each. Ours: those of everybody who can be mentioned in a chat, who are looked
through at every letter that is typed."""


@cache
def _words(name: str) -> tuple[str, ...]:
    """A word list. Its order and its duplicates are part of the algorithm."""
    from pystatus.data_files import read_data  # loaded late: not every process shows names

    return tuple(json.loads(read_data("pystatus.account", f"data/{name}.json")))


def _next(state: int) -> int:
    """The state of a 64-bit Fibonacci shift register after ``state``."""
    return (state << 1 | (state & _TAPS).bit_count() & 1) & _SEED_MASK


@lru_cache(MAX_ALIASES)
def alias_of_seed(seed: int) -> str:
    """The name that the 64-bit ``seed`` leads to."""
    adjectives, animals = _words("alias_adjectives"), _words("alias_animals")
    first = _next(seed)
    second = _next(first)
    third = _next(second)
    return " ".join(
        (adjectives[first % len(adjectives)], adjectives[second % len(adjectives)], animals[third % len(animals)])
    )


def seed_of(key: PublicKey) -> int:
    """The low 64 bits of the x coordinate."""
    return key.x & _SEED_MASK


@checked
def alias(key: PublicKey) -> str:
    """The three-word name of ``key``, such as "Experienced Splendid Gibbon".

    Implements: AC-16
    """
    return alias_of_seed(seed_of(key))
