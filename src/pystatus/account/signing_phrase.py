"""The signing phrase: three words that every question about a signature shows (account.md §3.3).

A program that imitates this one to get at a password does not know them.
"""

from __future__ import annotations

import json
from functools import cache

from pystatus.crypto.random import RandomSource

WORDS = 3
"""Words of a phrase."""
SIGNING_PHRASE = "signing-phrase"
"""The setting that holds it."""

_DRAWN_BYTES = 8
"""Of randomness for each word: that the list has no power of two words weighs 2^-54 then."""


@cache
def words() -> tuple[str, ...]:
    """Those that a phrase is made of: the 622 of version 1.7 of the app."""
    from pystatus.data_files import read_data  # loaded late: a profile draws its phrase once

    return tuple(json.loads(read_data("pystatus.account", "data/signing_phrase_en.json")))


def new_signing_phrase(random: RandomSource) -> str:
    """A phrase, each word drawn by itself.

    Implements: AC-35
    """
    known = words()
    drawn = (int.from_bytes(random(_DRAWN_BYTES), "big") for _ in range(WORDS))
    return " ".join(known[number % len(known)] for number in drawn)
