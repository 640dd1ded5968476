"""Walking a whole network: which node is asked for which part of its table, and when that is all of it. No I/O.

A node answers findnodeHash with the nodes of its table that are closest to the target. A target at the logarithmic
distance d from the node itself gets first the nodes of its bucket d, then all of the buckets below, then those above.
So the buckets are asked for from the farthest (256) inwards, until an answer reaches beyond the bucket that was asked
for, or holds less than an answer can: then everything below was in it (overlay.md §3.2, §3.4).
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import host_key, is_local, parse_address
from pystatus.discovery.discv5.node import log_distance
from pystatus.errors import LocalError

FARTHEST = 256
"""The bucket of the nodes whose hash differs in the first bit; half of a network is there (overlay.md §3.2)."""
FULL_ANSWER = 12
"""Nodes of an answer of one packet (overlay.md §3.2). Less than that is all that a node has."""
MAX_NODES = 20_000
"""Nodes that a crawl takes up: twice what the simulations have, and far more than the network ever had. 15 MB."""
MAX_QUERIES = 32
"""Questions to one node: in a network of a million nodes 18 buckets are not empty. Who answers ever more is lying."""
MAX_NEIGHBOURS = 1_024
"""Nodes that are remembered as known to one node: 32 full buckets of 16 and replacements."""
ATTEMPTS = 3
"""Times that a node without an answer is asked: a datagram may get lost."""
SPACING = 0.25
"""Seconds between two questions to one node, which may limit what an address may ask (overlay.md §10.2)."""
MAX_OF_ADDRESS = 16
"""Nodes of one IP address (IPv6: /64) that are asked: whoever invents nodes must not aim a crawl at somebody. Local
addresses have no limit."""


@dataclass(slots=True)
class CrawledNode:
    """A node, and what was learnt of it."""

    enode: Enode
    answered: bool = False
    is_done: bool = False
    neighbours: array[int] = field(default_factory=lambda: array("I"))
    """The nodes that it knows, as numbers in :attr:`Crawl.nodes`, in order."""
    queries: int = 0
    """Questions that were put to it."""
    bucket: int = FARTHEST
    """Which is asked for next, or was asked for last."""
    failures: int = 0
    """Questions without an answer, since the last one that had one."""


class Crawl:
    """What is known of a network, and what is to be asked next. Seconds are those of any clock that only goes
    forward."""

    def __init__(self, random: RandomSource, *, max_nodes: int = MAX_NODES) -> None:
        """
        :param max_nodes: nodes that are taken up, :data:`MAX_NODES` at most.
        """
        if not 1 <= max_nodes <= MAX_NODES:
            raise LocalError(f"A crawl takes up 1 to {MAX_NODES} nodes.")
        self.nodes: list[CrawledNode] = []
        """All of them, in the order in which they were found."""
        self.ignored = 0
        """Times that a node was named and not taken up: there were too many, in all or of its address."""
        self.queries = 0
        """Questions that were put."""
        self._random = random
        self._max_nodes = max_nodes
        self._numbers: dict[bytes, int] = {}
        """By node address."""
        self._due: list[tuple[float, int]] = []
        """A heap: when which node may be asked."""
        self._asked: dict[int, int] = {}
        """The node of each question under way, and the bucket that it is for."""
        self._partial: dict[int, set[int]] = {}
        """The neighbours of nodes that have answered something, but not everything."""
        self._of_address: Counter[tuple[int, int]] = Counter()

    @property
    def is_done(self) -> bool:
        """Whether every node has told what it knows, or does not answer."""
        return not self._due and not self._asked

    @property
    def under_way(self) -> int:
        """Questions without an answer as yet."""
        return len(self._asked)

    def add(self, enode: Enode, now: float) -> int | None:
        """A node to ask; its number, or None if it is not taken up. It is asked once, whatever is said of it later.

        :param enode: with an IP address as its host, and a UDP port.
        """
        known = self._numbers.get(enode.node_address)
        if known is not None:
            return known
        assert enode.host is not None, "it says where it is"
        address = parse_address(enode.host)
        of_address = host_key(address)
        is_crowded = self._of_address[of_address] >= MAX_OF_ADDRESS and not is_local(address)
        if len(self.nodes) >= self._max_nodes or is_crowded:
            self.ignored += 1
            return None
        self._of_address[of_address] += 1
        number = self._numbers[enode.node_address] = len(self.nodes)
        self.nodes.append(CrawledNode(enode))
        heapq.heappush(self._due, (now, number))
        return number

    def next_time(self) -> float | None:
        """When the next question may be put; None: not before one is answered."""
        return self._due[0][0] if self._due else None

    def next_question(self, now: float) -> tuple[int, bytes] | None:
        """The number of a node, and the target that it is to be asked for; None: nothing at present. The outcome is
        told to :meth:`answered` or :meth:`failed`."""
        if not self._due or self._due[0][0] > now:
            return None
        _, number = heapq.heappop(self._due)
        node = self.nodes[number]
        node.queries += 1
        self.queries += 1
        self._asked[number] = node.bucket
        return number, target_at(node.enode.node_address, node.bucket, self._random)

    def answered(self, number: int, found: Iterable[Enode], now: float) -> None:
        """A node has answered."""
        bucket = self._asked.pop(number)
        node = self.nodes[number]
        node.answered, node.failures = True, 0
        neighbours = self._partial.setdefault(number, set())
        own = int.from_bytes(node.enode.node_address, "big")
        told = 0
        reached_beyond = False
        for enode in found:
            distance = log_distance(own, int.from_bytes(enode.node_address, "big"))
            if not distance:  # itself
                continue
            told += 1
            reached_beyond |= distance > bucket
            known = self.add(enode, now)
            if known is not None and len(neighbours) < MAX_NEIGHBOURS:
                neighbours.add(known)
        node.bucket -= 1
        if reached_beyond or told < FULL_ANSWER - 1 or not node.bucket or node.queries >= MAX_QUERIES:
            self._finish(number)
        else:
            heapq.heappush(self._due, (now + SPACING, number))

    def failed(self, number: int, now: float) -> None:
        """A node has not answered."""
        del self._asked[number]
        node = self.nodes[number]
        node.failures += 1
        if node.failures >= ATTEMPTS or node.queries >= MAX_QUERIES:
            self._finish(number)
        else:
            heapq.heappush(self._due, (now + SPACING * 2**node.failures, number))

    def _finish(self, number: int) -> None:
        node = self.nodes[number]
        node.is_done = True
        node.neighbours = array("I", sorted(self._partial.pop(number, ())))


def target_at(hash_: bytes, distance: int, random: RandomSource) -> bytes:
    """A random hash at a logarithmic distance of 1 to 256 from another."""
    below = int.from_bytes(random(32), "big") >> (257 - distance)
    return (int.from_bytes(hash_, "big") ^ (1 << (distance - 1)) ^ below).to_bytes(32, "big")
