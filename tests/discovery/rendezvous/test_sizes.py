"""Who has most of many."""

from __future__ import annotations

import os
from collections import Counter

from pystatus.discovery.rendezvous.sizes import Sizes


def test_it_is_right_whatever_comes() -> None:
    sizes: Sizes[int] = Sizes()
    counts: Counter[int] = Counter()
    for step in range(2_000):
        thing = os.urandom(1)[0] % 7
        if counts[thing] and os.urandom(1)[0] % 2:
            counts[thing] -= 1
            sizes.shrank(thing, counts[thing])
        else:
            counts[thing] += 1
            sizes.grew(thing, counts[thing])
        if any(counts.values()):
            assert counts[sizes.largest(os.urandom)] == max(counts.values()), step


def test_of_many_that_have_one_each_it_draws_by_lot_and_looks_at_one() -> None:
    sizes: Sizes[int] = Sizes()
    for thing in range(1_000):
        sizes.grew(thing, 1)
    draws = 0

    def random(size: int) -> bytes:
        nonlocal draws
        draws += 1
        return os.urandom(size)

    assert len({sizes.largest(random) for _ in range(50)}) > 10
    assert draws == 50
