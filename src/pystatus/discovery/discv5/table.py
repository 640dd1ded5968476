"""The table of known nodes: buckets by distance, nodes that wait for a place, limits for networks (overlay.md §3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.draws import below
from pystatus.discovery.discv5.limits import BUCKET_SIZE, Limits
from pystatus.discovery.discv5.node import Contact, NodeId, log_distance
from pystatus.discovery.discv5.remote import NO_SUBNET, RemoteNode
from pystatus.discovery.discv5.states import State

_PREFIX_SHIFT = 192
_MAX_PREFIX = 2**64 - 1
_TAIL_SIZE = 24


class Bucket:
    """The nodes at one distance."""

    __slots__ = ("entries", "replacements")

    def __init__(self) -> None:
        self.entries: list[RemoteNode] = []
        """At most 16, the one that was verified last in front."""
        self.replacements: list[RemoteNode] = []
        """Those that wait for a place, the newest at the end. None is an entry, none is here twice."""


class Table:
    """Buckets by :func:`~pystatus.discovery.discv5.node.log_distance`, 0 to 256, made when they are needed."""

    __slots__ = ("_buckets", "_count", "_limits", "_own")

    def __init__(self, own: NodeId, limits: Limits) -> None:
        self._own = own
        self._limits = limits
        self._buckets: dict[int, Bucket] = {}
        self._count = 0

    def __len__(self) -> int:
        """Nodes in buckets, without those that wait for a place."""
        return self._count

    def __contains__(self, node: RemoteNode) -> bool:
        bucket = self._buckets.get(self._distance(node))
        return bucket is not None and node in bucket.entries

    def nodes(self) -> list[Contact]:
        """Who is in the table, by distance."""
        return [node.contact for node in self.entries()]

    def entries(self) -> Iterator[RemoteNode]:
        """The same, as they are kept."""
        for distance in sorted(self._buckets):
            yield from self._buckets[distance].entries

    def bucket(self, distance: int) -> Bucket | None:
        """What is kept at a distance."""
        return self._buckets.get(distance)

    def add(self, node: RemoteNode) -> RemoteNode | None:
        """A node was verified: it comes to the front of its bucket. If that is full, it waits for a place, and the node
        is returned whose place it may have: the one that was verified longest ago.

        A node whose network has enough nodes in the bucket or in the table is left out (overlay.md §10.2)."""
        distance = self._distance(node)
        bucket = self._buckets.get(distance)
        if bucket is None:
            bucket = Bucket()
        elif node in bucket.entries:
            bucket.entries.remove(node)
            bucket.entries.insert(0, node)
            return None
        elif node in bucket.replacements:
            bucket.replacements.remove(node)
        if not self._has_room_for(node, bucket):
            return None
        self._buckets[distance] = bucket
        if len(bucket.entries) < BUCKET_SIZE:
            bucket.entries.insert(0, node)
            self._count += 1
            return None
        bucket.replacements.append(node)
        if len(bucket.replacements) > self._limits.replacements:
            del bucket.replacements[0]
        return bucket.entries[-1]

    def delete(self, node: RemoteNode) -> None:
        """Nothing is known of a node any more."""
        distance = self._distance(node)
        bucket = self._buckets.get(distance)
        if bucket is None:
            return
        if node in bucket.entries:
            bucket.entries.remove(node)
            self._count -= 1
        elif node in bucket.replacements:
            bucket.replacements.remove(node)
        if not bucket.entries and not bucket.replacements:
            del self._buckets[distance]

    def delete_replace(self, node: RemoteNode) -> None:
        """A node does not answer: the one that came last to wait for a place, and is still known, gets its place."""
        bucket = self._buckets.get(self._distance(node))
        was_entry = bucket is not None and node in bucket.entries
        self.delete(node)
        if bucket is None or not was_entry:
            return
        while bucket.replacements:
            replacement = bucket.replacements.pop()
            if replacement.state is State.KNOWN:
                bucket.entries.insert(0, replacement)
                self._count += 1
                return

    def closest(self, position: int, count: int) -> list[RemoteNode]:
        """The ``count`` nodes nearest to a position, nearest first."""
        # Seen from the position, a bucket of ours is a range of distances of its own: first the one that the position
        # itself is in, then all below it together, then each above it.
        middle = log_distance(self._own.position, position)
        found: list[RemoteNode] = []
        groups = [[middle], [distance for distance in self._buckets if distance < middle]]
        groups += [[distance] for distance in sorted(self._buckets) if distance > middle]
        for group in groups:
            nodes = [
                node for distance in group if distance in self._buckets for node in self._buckets[distance].entries
            ]
            nodes.sort(key=lambda node: node.id.position ^ position)
            found += nodes
            if len(found) >= count:
                break
        return found[:count]

    def oldest(self, random: RandomSource) -> RemoteNode | None:
        """Of a bucket drawn by lot, the node that was verified longest ago."""
        filled = [bucket for bucket in self._buckets.values() if bucket.entries]
        return filled[below(random, len(filled), 4)].entries[-1] if filled else None

    def refresh_target(self, random: RandomSource) -> bytes:
        """32 bytes to look for so that buckets are filled: as near to us as an entry drawn by lot, or anywhere
        (overlay.md §3.4)."""
        chosen = below(random, self._count + 1, 4)
        own_prefix = self._own.position >> _PREFIX_SHIFT
        distance = 0
        if chosen < self._count:
            prefix = list(self.entries())[chosen].id.position >> _PREFIX_SHIFT
            distance = own_prefix ^ prefix
        # The reference also takes the whole range where doubling the distance overflows 64 bits, and for 0.
        bound = _MAX_PREFIX if distance == 0 or distance * 2 > _MAX_PREFIX else distance
        prefix = own_prefix ^ below(random, bound)
        return prefix.to_bytes(8, "big") + random(_TAIL_SIZE)

    def _distance(self, node: RemoteNode) -> int:
        return (self._own.position ^ node.id.position).bit_length()

    def _has_room_for(self, node: RemoteNode, bucket: Bucket) -> bool:
        subnet = node.subnet
        if subnet == NO_SUBNET:
            return True
        if _count_of(subnet, bucket) >= self._limits.nodes_of_subnet_in_bucket:
            return False
        in_table = sum(_count_of(subnet, one) for one in self._buckets.values())
        return in_table < self._limits.nodes_of_subnet_in_table


def _count_of(subnet: int, bucket: Bucket) -> int:
    return sum(node.subnet == subnet for nodes in (bucket.entries, bucket.replacements) for node in nodes)
