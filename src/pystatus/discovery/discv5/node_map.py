"""All nodes that are remembered, at most 5,000, and who gives way when there are more (overlay.md §10.2)."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest

from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.draws import below
from pystatus.discovery.discv5.remote import NO_SUBNET, RemoteNode
from pystatus.discovery.discv5.states import PROVEN, State
from pystatus.discovery.discv5.table import Table

SAMPLE_SIZE = 32
"""Nodes that are drawn by lot when one has to give way."""


class NodeMap:
    """Nodes by id. Those of the table never give way.

    When the map is full, some are drawn by lot. One gives way that is not verified; or else one of the network (/24 or
    /48) that most of those drawn are of; the one of them that was heard longest ago. So a flood displaces itself, and
    nobody can choose whom."""

    __slots__ = ("_by_id", "_list", "_max", "_random", "_table")

    def __init__(self, max_nodes: int, table: Table, random: RandomSource) -> None:
        self._max = max_nodes
        self._table = table
        self._random = random
        self._by_id: dict[bytes, RemoteNode] = {}
        self._list: list[RemoteNode] = []

    def __len__(self) -> int:
        return len(self._list)

    def get(self, xy: bytes) -> RemoteNode | None:
        """The node with that id of 64 bytes."""
        return self._by_id.get(xy)

    def make_room(self) -> RemoteNode | None:
        """The node that has to go before :meth:`add` takes another one. ``None``: there is room, or none can be
        made (see :attr:`is_full`)."""
        if len(self._list) < self._max:
            return None
        drawn = {below(self._random, len(self._list), 4) for _ in range(SAMPLE_SIZE)}
        nodes = [node for node in (self._list[index] for index in drawn) if node not in self._table]
        strangers = [node for node in nodes if node.state not in PROVEN]
        candidates = strangers or nodes
        of_network = Counter(node.subnet for node in candidates if node.subnet != NO_SUBNET)
        return min(candidates, key=lambda node: (-of_network[node.subnet], node.heard), default=None)

    def silent(self, count: int) -> list[RemoteNode]:
        """Those that were known and do not answer now: the ones that were heard last, at most ``count``."""
        silent = (node for node in self._list if node.state is State.UNRESPONSIVE)
        return nlargest(count, silent, key=lambda node: node.heard)

    def draw_silent(self) -> RemoteNode | None:
        """One of them, drawn by lot."""
        silent = [node for node in self._list if node.state is State.UNRESPONSIVE]
        return silent[below(self._random, len(silent), 4)] if silent else None

    @property
    def is_full(self) -> bool:
        return len(self._list) >= self._max

    def add(self, node: RemoteNode) -> None:
        node.index = len(self._list)
        self._list.append(node)
        self._by_id[node.id.xy] = node

    def remove(self, node: RemoteNode) -> None:
        """Forget a node. Nothing happens if it is forgotten already."""
        if node.index < 0:
            return
        last = self._list.pop()
        if last is not node:
            self._list[node.index] = last
            last.index = node.index
        node.index = -1
        del self._by_id[node.id.xy]
