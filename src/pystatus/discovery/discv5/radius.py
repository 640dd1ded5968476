"""How far around its topic ads are spread: the radius estimate of a registrant and a searcher (overlay.md §3.6).

Nodes are sorted into buckets by their distance from the topic, eight for each bit. A registrar that lets ads wait
long, or that has ads, lies inside of the radius; one with nothing to do lies outside. Until enough is known of the
buckets at the edge, lookups go there (radius lookups); after that they go to a random place inside (regular lookups).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.draws import below
from pystatus.discovery.discv5.limits import RESPONSE_TIMEOUT
from pystatus.discovery.discv5.topics import MAX_DISTANCE, PREFIX_BITS, hash_prefix, topic_prefix

BUCKETS_PER_BIT = 8
"""Buckets in which the distance halves (overlay.md §3.6)."""
MAX_BUCKET = PREFIX_BITS * BUCKETS_PER_BIT - 1
"""The number of the last bucket, that of the topic itself (overlay.md §3.6)."""
RADIUS_TIME = 1200.0
"""Seconds in which evidence loses a factor of e (overlay.md §3.6)."""
MIN_PEAK = 40.0
"""By how much the sum of evidence at the edge has to stand out (overlay.md §3.6)."""
MIN_RIGHT_SUM = 20.0
"""Evidence from the nodes nearest to the topic by which the smallest possible radius is judged (overlay.md §3.6)."""
MIN_SLOPE = 1.0
"""Evidence of each bucket outside, at least (overlay.md §3.6)."""
MAX_NO_ADJUST = 20.0
"""Lookups without any answer after which a bucket counts as empty (overlay.md §3.6)."""
LOOKUP_WIDTH = 8
"""Buckets on each side of the edge in which radius lookups are made (overlay.md §3.6)."""
TARGET_WAIT = 600.0
"""Seconds of wait that speak neither for inside nor for outside (overlay.md §3.6)."""


class Target(NamedTuple):
    """Where the next lookup of a topic goes."""

    hash: bytes
    """32 bytes."""
    is_radius_lookup: bool


class RadiusBucket:
    """The nodes at one range of distances, and what they said."""

    __slots__ = ("inside", "lookups", "no_adjust", "outside", "updated", "value")

    def __init__(self) -> None:
        self.inside = 0.0
        self.outside = 0.0
        self.no_adjust = 0.0
        self.updated = 0.0
        self.value = 0.0
        """Evidence for outside less evidence for inside, of this bucket and of all that are farther away."""
        self.lookups: dict[bytes, float] = {}
        """When radius lookups into this bucket began that nobody has answered."""

    def update(self, now: float) -> None:
        """Let what is old count less, and lookups that are over count as unanswered."""
        if now == self.updated:
            return
        decay = math.exp((self.updated - now) / RADIUS_TIME)
        self.inside *= decay
        self.outside *= decay
        self.no_adjust *= decay
        self.updated = now
        for target, began in list(self.lookups.items()):
            if now - began > RESPONSE_TIMEOUT:
                self.no_adjust += 1
                del self.lookups[target]

    @property
    def can_be_looked_up(self) -> bool:
        """Whether lookups into it may still be answered."""
        return self.no_adjust < MAX_NO_ADJUST


class TopicRadius:
    """The radius of one topic, as far as it is known."""

    __slots__ = ("_prefix", "_random", "buckets", "has_converged", "min_radius", "radius")

    def __init__(self, topic: bytes, random: RandomSource) -> None:
        self._prefix = topic_prefix(topic)
        self._random = random
        self.buckets: list[RadiusBucket] = []
        self.radius = MAX_DISTANCE
        """Distances below are inside."""
        self.min_radius = MAX_DISTANCE
        """The radius is not smaller. Nodes so near to a target are asked as well as the nearest one."""
        self.has_converged = False
        """Whether it ever needed no radius lookups."""

    def distance(self, node_hash: bytes) -> int:
        """How far a node is from the topic."""
        return hash_prefix(node_hash) ^ self._prefix

    def bucket_of(self, node_hash: bytes) -> int:
        """The number of the bucket of a node: floor((64 - log2 distance) · 8), 0 to 511."""
        distance = self.distance(node_hash)
        bucket = int((PREFIX_BITS - math.log2(distance)) * BUCKETS_PER_BIT) if distance else MAX_BUCKET
        return max(0, min(MAX_BUCKET, bucket))

    def next_target(self, now: float, *, regular: bool = False) -> Target:
        """Where the next lookup goes.

        :param regular: not to the edge, whatever is not known yet.
        """
        bucket = None if regular else self._estimate(now)
        if bucket is None:
            return Target(self._hash_at(self._regular_distance()), False)
        target = self.target_in(bucket)
        self.buckets[bucket].lookups[target] = now
        return Target(target, True)

    def adjust(self, now: float, target: bytes, node_hash: bytes, inside: float, weight: float = 1.0) -> None:
        """A node told whether it is inside.

        :param target: of the lookup that led to it.
        :param inside: 0 outside, 1 inside, or between.
        :param weight: what that counts.
        """
        number = self.bucket_of(node_hash)
        if number >= len(self.buckets):
            return
        bucket = self.buckets[number]
        bucket.update(now)
        bucket.inside += weight * inside
        bucket.outside += weight * (1 - inside)
        bucket.lookups.pop(target, None)

    def target_in(self, bucket: int) -> bytes:
        """A hash at a random distance of that bucket."""
        nearest = int(_edge(bucket + 1))
        distance = nearest + below(self._random, int(_edge(bucket) - _edge(bucket + 1)))
        return self._hash_at(min(MAX_DISTANCE, distance))

    def _regular_distance(self) -> int:
        """Inside of the radius, and a little outside. Sums are taken modulo 2^64, as in the reference."""
        radius = self.radius
        extra = min(radius // 2, MAX_DISTANCE - radius)
        drawn = (below(self._random, radius) + below(self._random, 2 * extra)) & MAX_DISTANCE
        return abs(drawn - extra)

    def _hash_at(self, distance: int) -> bytes:
        return (self._prefix ^ distance).to_bytes(8) + self._random(24)

    def _estimate(self, now: float) -> int | None:
        """Estimate the radius: the bucket of a radius lookup, or ``None`` if none is needed or can be made."""
        value = 0.0
        for bucket in self.buckets:
            bucket.update(now)
            value += bucket.outside - bucket.inside
            bucket.value = value
        edge, peak, crossing = self._edge_bucket()
        min_radius_bucket = self._min_radius_bucket()
        self.min_radius = _radius(min_radius_bucket)
        left = right = None
        if self._is_flat(0, edge - LOOKUP_WIDTH - 1, peak):
            left = self.choose_bucket(edge - LOOKUP_WIDTH, edge - 1)
        if crossing != edge and (
            min_radius_bucket <= edge or self._is_flat(edge + LOOKUP_WIDTH, len(self.buckets) - 1, peak)
        ):
            while len(self.buckets) <= edge + LOOKUP_WIDTH:
                self.buckets.append(RadiusBucket())
            right = self.choose_bucket(edge, edge + LOOKUP_WIDTH - 1)
        if left is None and right is None:
            self.has_converged = True
            self.radius = _radius(min(edge, min_radius_bucket))
        if left is None or right is None:
            return right if left is None else left
        return right if below(self._random, 2, 4) else left

    def _edge_bucket(self) -> tuple[int, float, int | None]:
        """The bucket behind the highest value, that value, and the bucket at which the values are too low to go on."""
        edge, peak = 0, 0.0
        for number, bucket in enumerate(self.buckets):
            if bucket.value < number * MIN_SLOPE:
                return edge, peak, number
            if bucket.value > peak:
                edge, peak = number + 1, bucket.value
        return edge, peak, None

    def _min_radius_bucket(self) -> int:
        """The farthest bucket such that there is enough evidence from it and the nearer ones; 0 if there is not."""
        total = 0.0
        for number in reversed(range(len(self.buckets))):
            total += self.buckets[number].inside + self.buckets[number].outside
            if total >= MIN_RIGHT_SUM:
                return number
        return 0

    def _is_flat(self, first: int, last: int, peak: float) -> bool:
        """Whether the values of those buckets come too near to the peak."""
        highest = max((bucket.value for bucket in self.buckets[first : max(first, last + 1)]), default=0.0)
        return peak - max(0.0, highest) < MIN_PEAK

    def choose_bucket(self, first: int, last: int) -> int | None:
        """One of those buckets in which lookups may be answered, by chance; ``None`` if there is none."""
        choice = [
            number
            for number in range(max(0, first), last + 1)
            if number >= len(self.buckets) or self.buckets[number].can_be_looked_up
        ]
        return choice[below(self._random, len(choice), 4)] if choice else None


def wait_evidence(wait: float) -> float:
    """How much a wait in a ticket speaks for the registrar being inside: 0 to 1 (overlay.md §3.6)."""
    return max(0.0, min(1.0, wait / TARGET_WAIT - 0.5))


def _edge(bucket: int) -> float:
    """The farthest distance of a bucket."""
    return math.pow(2.0, PREFIX_BITS - bucket / BUCKETS_PER_BIT)


def _radius(bucket: int) -> int:
    """The radius that ends before a bucket: everything for 0. (The reference says 2^63 there on some machines, because
    2^64 is no number of 64 bits: decisions.md, discv5 169.)"""
    return int(_edge(bucket)) if bucket else MAX_DISTANCE
