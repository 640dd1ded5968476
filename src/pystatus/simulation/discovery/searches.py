"""Searches of a topic: each goes on as the peer pool's do until it has found a node that is there."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from pystatus.discovery.discv5.events import NodeFound
from pystatus.simulation.discovery.host import Host, World
from pystatus.simulation.samples import DiscoverySample

TOPIC = "whisper"
"""The topic of relays (overlay.md §3.7)."""
FAST_PERIOD, SLOW_PERIOD = 3.0, 30.0
"""Seconds between two lookups of a search, as the peer pool asks for them (overlay.md §7.1)."""
FAST_SECONDS = 30.0
"""How long a search is fast at most (overlay.md §7.1)."""


class Searches:
    """All searches of a simulation."""

    def __init__(self, world: World, is_live: Callable[[bytes], bool], take: Callable[[DiscoverySample], None]) -> None:
        """
        :param is_live: whether a node, by its 64 bytes, is there and registers the topic.
        :param take: called with each search that has come to an end.
        """
        self.lookups = array("d")
        """Of each search that has found."""
        self.delays = array("d")
        """Seconds of each search that has found."""
        self.begun = 0
        self.stale = 0
        """Nodes found that had left, or that register nothing."""
        self._world = world
        self._is_live = is_live
        self._take = take
        self._running: dict[Host, float] = {}
        """And when they began."""

    def begin(self, host: Host) -> None:
        """Let ``host`` search, if it is still there."""
        if not host.is_up:
            return
        world = self._world
        self.begun += 1
        self._running[host] = world.queue.now
        host.discovery.search(TOPIC, FAST_PERIOD, world.times())
        host.flush()
        world.queue.after(FAST_SECONDS, self._slow_down, host)

    def found(self, host: Host, event: NodeFound) -> None:
        """Discovery tells of a node."""
        begun = self._running.get(host)
        if begun is None:
            return
        if not self._is_live(event.node.public_key.xy):
            self.stale += 1
            return
        del self._running[host]
        lookups = host.discovery.search_lookups(TOPIC)
        delay = self._world.queue.now - begun
        host.discovery.search(TOPIC, None, self._world.times())
        self.lookups.append(lookups)
        self.delays.append(delay)
        self._take(DiscoverySample("search", host.number, begun, delay, lookups, None, right=True))

    def left(self, host: Host) -> None:
        """A node went: what it searched does not count."""
        if self._running.pop(host, None) is not None:
            self.begun -= 1

    def end(self) -> None:
        """Nothing is searched any more."""
        for host, begun in self._running.items():
            lookups = host.discovery.search_lookups(TOPIC)
            self._take(DiscoverySample("search", host.number, begun, None, lookups, None, right=False))
        self._running.clear()

    def _slow_down(self, host: Host) -> None:
        if host in self._running:
            host.discovery.search(TOPIC, SLOW_PERIOD, self._world.times())
            host.flush()
