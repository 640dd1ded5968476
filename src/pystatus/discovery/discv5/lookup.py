"""A Kademlia lookup: who is nearest to a hash (overlay.md §3.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from pystatus.discovery.discv5.limits import ALPHA, BUCKET_SIZE, RESPONSE_TIMEOUT
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.remote import NO_SUBNET, Query, RemoteNode

MAX_ASKED = 64
"""Nodes that one lookup asks. An honest one among a million nodes asks about thirty; somebody who can make ids near to
the target could lead it on."""

PATIENCE = 4 * RESPONSE_TIMEOUT
"""Seconds without an answer after which a lookup ends: one that is pinged, waits for the other's ping, and is asked
then, has 500 ms for each."""

Ask: TypeAlias = Callable[[RemoteNode, Query, Times], None]
Done: TypeAlias = Callable[["Lookup", Times], None]


class Lookup:
    """Asks the three nearest nodes that it has not asked, until none of the 16 nearest is left.

    * After 500 ms without an answer, the questions under way count as late, and others are asked. Answers that come
      later still count: a node that has to be verified first needs longer.
    * A node that does not answer is dropped from the result. One of the three nearest is asked once more before that:
      where one datagram in a hundred is lost, one lookup in fifteen would miss the nearest node otherwise.
    * Of one network (/24 or /48) as many are in the result as in a bucket of the table: the nearest.
    """

    __slots__ = (
        "_ask",
        "_asked",
        "_done",
        "_failed",
        "_heard",
        "_is_asking",
        "_late",
        "_nearest",
        "_of_subnet",
        "_position",
        "_repeated",
        "_under_way",
        "is_over",
        "target",
    )

    def __init__(self, target: bytes, start: Iterable[RemoteNode], of_subnet: int, ask: Ask, done: Done) -> None:
        """
        :param target: 32 bytes.
        :param of_subnet: nodes of one network in the result.
        :param done: called once with this lookup.
        """
        self.target = target
        self.is_over = False
        self._position = int.from_bytes(target, "big")
        self._ask = ask
        self._done = done
        self._of_subnet = of_subnet
        self._nearest: list[tuple[int, RemoteNode]] = []
        self._asked: set[bytes] = set()
        self._failed: set[bytes] = set()
        self._repeated: set[bytes] = set()
        self._under_way: set[bytes] = set()
        self._late: set[bytes] = set()
        self._heard = 0.0
        self._is_asking = False
        self.add_all(start)

    def add_all(self, nodes: Iterable[RemoteNode]) -> None:
        """Take the nearest of these nodes, too."""
        for node in nodes:
            self._add(node)

    @property
    def result(self) -> list[RemoteNode]:
        """The nearest nodes as far as they are known, nearest first, at most 16."""
        return [node for _, node in self._nearest]

    @property
    def next_timer(self) -> float:
        """Monotonic seconds."""
        return self._heard + (RESPONSE_TIMEOUT if self._under_way else PATIENCE)

    def begin(self, now: Times) -> None:
        """Ask. It may be over when this returns."""
        self._go_on(now)

    def on_timer(self, now: Times) -> None:
        """Go on without those that are late, if it is time."""
        if self.is_over or now.monotonic < self.next_timer:
            return
        heard = self._heard
        if self._under_way:
            self._late |= self._under_way
            self._under_way.clear()
        else:
            self._late.clear()
        self._go_on(now)
        if not self._under_way:
            self._heard = heard

    def answered(self, node: RemoteNode, nodes: Sequence[RemoteNode | None], is_all: bool, now: Times) -> None:
        """A node named others."""
        if self.is_over:
            return
        self.add_all(one for one in nodes if one is not None)
        self._settle(node, now)

    def failed(self, node: RemoteNode, now: Times) -> None:
        """A node did not answer, or is not where it was said to be."""
        if self.is_over:
            return
        xy = node.id.xy
        if xy not in self._repeated and any(one.id == node.id for _, one in self._nearest[:ALPHA]):
            self._repeated.add(xy)
            self._asked.discard(xy)
        else:
            self._failed.add(xy)
            self._nearest = [(distance, one) for distance, one in self._nearest if one.id != node.id]
        self._settle(node, now)

    def _settle(self, node: RemoteNode, now: Times) -> None:
        self._under_way.discard(node.id.xy)
        self._late.discard(node.id.xy)
        self._go_on(now)

    def _go_on(self, now: Times) -> None:
        if self._is_asking:
            return  # a question failed at once: the loop below goes on
        self._is_asking = True
        self._heard = now.monotonic
        while len(self._under_way) < ALPHA and len(self._asked) < MAX_ASKED:
            node = next((node for _, node in self._nearest if node.id.xy not in self._asked), None)
            if node is None:
                break
            self._asked.add(node.id.xy)
            self._under_way.add(node.id.xy)
            self._ask(node, Query(self.target, self), now)
        self._is_asking = False
        if not self._under_way and not self._late:
            self.is_over = True
            self._done(self, now)

    def _add(self, node: RemoteNode) -> None:
        """Take a node into the list, if it is among the nearest."""
        nearest = self._nearest
        if node.id.xy in self._failed:
            return
        distance = node.id.position ^ self._position
        place = bisect_left(nearest, distance, key=lambda item: item[0])
        if place >= BUCKET_SIZE or (place < len(nearest) and nearest[place][0] == distance):
            return
        nearest.insert(place, (distance, node))
        if node.subnet != NO_SUBNET:
            of_subnet = [index for index, (_, one) in enumerate(nearest) if one.subnet == node.subnet]
            if len(of_subnet) > self._of_subnet:
                del nearest[of_subnet[-1]]
        del nearest[BUCKET_SIZE:]
