"""Where the lookups of one topic go: its radius, who has had a say in it, and which kind of target is next
(overlay.md §3.6)."""

from __future__ import annotations

import math

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.node import NodeId
from pystatus.discovery.discv5.radius import RADIUS_TIME, Target, TopicRadius
from pystatus.discovery.discv5.topics import hash_prefix

FORCED_REGULAR = 4
"""Radius lookups in a row after which a regular one is made (overlay.md §3.6). The reference does so for searches
alone, and collects no tickets until the radius is known."""
MAX_VOTERS = 4_096
"""Nodes whose last say is remembered, about 150 bytes each; who was heard longest ago may speak as if for the first
time. A search asks 16 nodes every 3 s for half a minute, then every 30 s: 700 in 20 minutes."""


class TopicEstimate:
    """The radius of a topic, shared by its registration and its search."""

    __slots__ = ("_centre", "_centre_is_next", "_radius_lookups", "_voted", "radius")

    def __init__(self, topic: bytes, random: RandomSource) -> None:
        self.radius = TopicRadius(topic, random)
        self._centre = keccak256(topic)
        self._centre_is_next = True
        self._radius_lookups = FORCED_REGULAR
        self._voted: dict[NodeId, float] = {}

    def next_target(self, now: float) -> Target:
        """Where the next lookup goes.

        The first one goes to the topic's own place: of a topic that few register, all ads are there. While the radius
        is not known, every second regular lookup goes there; the others go to a random place, because an attacker can
        be everywhere around one place, and not everywhere.
        """
        target = self.radius.next_target(now, regular=self._radius_lookups >= FORCED_REGULAR)
        if target.is_radius_lookup:
            self._radius_lookups += 1
            return target
        is_forced = self._radius_lookups >= FORCED_REGULAR
        self._radius_lookups = 0
        if is_forced:
            self._centre_is_next = not self._centre_is_next
            if not self._centre_is_next:
                return Target(self._centre, False)
        return target

    def is_small(self) -> None:
        """A lookup has found all nodes that there are: there is no edge to look for."""
        self._radius_lookups = FORCED_REGULAR

    def is_near(self, node: NodeId, target: bytes) -> bool:
        """Whether a node of a lookup's result, behind the first, is near enough to be asked."""
        return (hash_prefix(node.hash) ^ hash_prefix(target)) < self.radius.min_radius

    def is_inside(self, node: NodeId) -> bool:
        """Whether ads at that node would be found."""
        return self.radius.distance(node.hash) <= self.radius.radius

    def vote(self, node: NodeId, target: bytes, inside: float, now: float) -> None:
        """A node told whether it is inside. However often it does, it counts as one node: its votes, each less with
        time, are never more than 1 together."""
        last = self._voted.pop(node, None)
        weight = 1.0 if last is None else 1.0 - math.exp((last - now) / RADIUS_TIME)
        if len(self._voted) >= MAX_VOTERS:
            del self._voted[next(iter(self._voted))]
        self._voted[node] = now
        self.radius.adjust(now, target, node.hash, inside, weight)
