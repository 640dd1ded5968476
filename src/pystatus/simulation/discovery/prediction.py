"""What Kademlia promises for a network of a size, before anything is measured.

Two forms. The formula: a node that answers has a bucket with ``k`` nodes of the half in which the target lies, and the
nearest of ``k`` points drawn there shares ``1 + E[max of k geometric]`` more bits with the target than the node itself,
on average. So log2(n) bits take log2(n) divided by that many answers, which is the O(log n) of Maymounkov and Mazières
(2002); the model of Salah, Roos and Strufe (arXiv:1408.3079) has the whole distribution. The ideal: a lookup where all
tables are perfect, that is, where every bucket has ``k`` nodes, or all that there are, and everybody answers.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from random import Random

BUCKET_SIZE = 16
"""Nodes of a bucket, and of an answer (overlay.md §3.2)."""
ALPHA = 3
"""Nodes that are asked at the same time (overlay.md §3.2)."""
BITS = 64
"""Bits of an identity: enough to tell all apart, and those which topics are measured by."""


def bits_per_hop(k: int = BUCKET_SIZE) -> float:
    """How many more bits the nearest node of an answer shares with the target, on average, than the node that
    answered."""
    return 1 + sum(1 - (1 - 0.5**bit) ** k for bit in range(1, BITS))


def hops(nodes: int, k: int = BUCKET_SIZE) -> float:
    """Answers that one after the other lead to the nearest node, in a network of ``nodes``: the first of these is the
    own table's."""
    return math.log2(nodes) / bits_per_hop(k)


class IdealNetwork:
    """Identities and perfect tables; a table is drawn when it is asked for the first time."""

    def __init__(self, nodes: int, random: Random, k: int = BUCKET_SIZE) -> None:
        self._random = random
        self._k = k
        self._ids = sorted({random.getrandbits(BITS) for _ in range(nodes)})
        self._tables: dict[int, list[int]] = {}

    def lookup(self, target: int | None = None) -> tuple[int, int]:
        """By a drawn node, of a drawn target: how many answers, one after the other, led to the nearest node, the own
        table's included, and how many nodes were asked."""
        own = self._random.choice(self._ids)
        target = self._random.getrandbits(BITS) if target is None else target
        known = dict.fromkeys(self._answer(own, target), 1)
        asked = {own}
        while waiting := [one for one in self._nearest(known, target) if one not in asked][:ALPHA]:
            for one in waiting:
                asked.add(one)
                for told in self._answer(one, target):
                    known[told] = min(known.get(told, known[one] + 1), known[one] + 1)
        nearest = min(known, key=lambda one: one ^ target)
        return known[nearest], len(asked) - 1

    def _answer(self, node: int, target: int) -> list[int]:
        if node not in self._tables:
            self._tables[node] = self._draw_table(node)
        return self._nearest(self._tables[node], target)

    def _nearest(self, nodes: list[int] | dict[int, int], target: int) -> list[int]:
        return heapq.nsmallest(self._k, nodes, key=lambda one: one ^ target)

    def _draw_table(self, node: int) -> list[int]:
        table: list[int] = []
        for bit in range(BITS):
            size = 1 << bit
            first = (node ^ size) >> bit << bit
            begin, end = bisect_left(self._ids, first), bisect_left(self._ids, first + size)
            inside = range(begin, end)
            table += [self._ids[one] for one in (self._random.sample(inside, min(self._k, len(inside))))]
        return table


def ideal(nodes: int, lookups: int, random: Random) -> tuple[float, float]:
    """Mean hops and mean nodes asked of ``lookups`` in a perfect network of ``nodes``."""
    network = IdealNetwork(nodes, random)
    found = [network.lookup() for _ in range(lookups)]
    return sum(hop for hop, _ in found) / lookups, sum(asked for _, asked in found) / lookups
