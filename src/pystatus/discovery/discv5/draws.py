"""Numbers by chance from a source of random bytes, in the distributions that Discovery v5 uses (overlay.md §3)."""

from __future__ import annotations

import math

from pystatus.crypto.random import RandomSource


def below(random: RandomSource, bound: int, size: int = 8) -> int:
    """A number from 0 to ``bound`` - 1; 0, without a draw, where that leaves no choice.

    :param size: bytes that are drawn. What is left of them modulo ``bound`` favours small numbers by at most
        ``bound`` / 256^``size``, which nothing here depends on.
    """
    return int.from_bytes(random(size)) % bound if bound > 1 else 0


def exponential(random: RandomSource) -> float:
    """A number of the exponential distribution with mean 1."""
    return -math.log((int.from_bytes(random(7)) + 1) / 2**56)
