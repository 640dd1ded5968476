"""Who is linked with whom."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TypeAlias

from pystatus.simulation.nodes.settings import Topology

Edge: TypeAlias = tuple[int, int]
"""Numbers of two nodes: the one that dials, and the one that is dialled."""


def edges(topology: Topology, random: Random) -> list[Edge]:
    """Links between nodes 0 to ``topology.nodes - 1``, of which the first ``topology.full_nodes`` are full nodes.

    Full nodes form a ring in random order, so that they hang together, and get random links besides until each has
    ``degree`` of them on average. Each node with topics dials ``uplinks`` full nodes.
    """
    full = topology.full_nodes
    drawn: dict[Edge, None] = {}  # an ordered set: the same seed draws the same links in the same order
    ring = random.sample(range(full), full)
    for one, other in pairwise([*ring, ring[0]] if full > 2 else ring):
        drawn[min(one, other), max(one, other)] = None
    wanted = min(full * topology.degree // 2, full * (full - 1) // 2)
    while len(drawn) < wanted:
        one, other = sorted(random.sample(range(full), 2))
        drawn[one, other] = None
    links = list(drawn)
    for node in range(full, topology.nodes):
        links += [(node, up) for up in random.sample(range(full), min(topology.uplinks, full))]
    return links
