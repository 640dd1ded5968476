"""The lookups of a node that are under way, and those that wait until there is somebody to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.discovery.discv5.limits import BUCKET_SIZE, Limits
from pystatus.discovery.discv5.lookup import Ask, Done, Lookup
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.table import Table


class Lookups:
    """Begins lookups with the table, and lets time pass for them."""

    __slots__ = ("_ask", "_deferred", "_is_refreshing", "_limits", "_running", "_table", "begun")

    def __init__(self, table: Table, ask: Ask, limits: Limits, is_refreshing: Callable[[], bool]) -> None:
        """
        :param is_refreshing: whether the first nodes are being looked for.
        """
        self._table = table
        self._ask = ask
        self._limits = limits
        self._is_refreshing = is_refreshing
        self._running: list[Lookup] = []
        self._deferred: list[Lookup] = []
        self.begun = 0
        """Lookups that have asked somebody, those that are over included."""

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds."""
        running = self._running
        return min([lookup.next_timer for lookup in running]) if running else None

    def begin(self, target: bytes, seeds: Sequence[RemoteNode], done: Done, now: Times) -> None:
        """Begin at once.

        :param seeds: to ask besides those of the table.
        """
        self._run(self._make(target, done), seeds, now)

    def begin_in_time(self, target: bytes, done: Done, now: Times) -> bool:
        """Begin as soon as there is somebody to ask, while the first nodes are being looked for. False: too many
        lookups are under way."""
        if len(self._running) + len(self._deferred) >= self._limits.max_lookups:
            return False
        lookup = self._make(target, done)
        if not len(self._table) and self._is_refreshing():
            self._deferred.append(lookup)
        else:
            self._run(lookup, (), now)
        return True

    def on_timer(self, now: Times) -> None:
        """Go on where answers are late."""
        for lookup in tuple(self._running):
            lookup.on_timer(now)

    def tidy(self, now: Times) -> None:
        """Forget those that are over, and begin those that waited. To be called after everything else."""
        if self._running:
            self._running = [lookup for lookup in self._running if not lookup.is_over]
        if self._deferred and (len(self._table) or not self._is_refreshing()):
            begun, self._deferred = self._deferred, []
            for lookup in begun:
                self._run(lookup, (), now)

    def _make(self, target: bytes, done: Done) -> Lookup:
        return Lookup(target, (), self._limits.nodes_of_subnet_in_bucket, self._ask, done)

    def _run(self, lookup: Lookup, seeds: Sequence[RemoteNode], now: Times) -> None:
        lookup.add_all(self._table.closest(int.from_bytes(lookup.target, "big"), BUCKET_SIZE))
        lookup.add_all(seeds)
        self._running.append(lookup)
        self.begun += 1
        lookup.begin(now)
