"""Lookups of drawn targets by drawn nodes: do they find the nearest node, and by how many steps?"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping

from pystatus.discovery.discv5.events import LookupDone
from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.discovery.discv5.node import HASH_SIZE
from pystatus.simulation.discovery.host import Host, World
from pystatus.simulation.discovery.probe import Probe
from pystatus.simulation.samples import DiscoverySample


class Lookups:
    """All lookups of a simulation that are measured."""

    def __init__(
        self, world: World, live: Callable[[], Mapping[bytes, Host]], take: Callable[[DiscoverySample], None]
    ) -> None:
        """
        :param live: all nodes that are there, by their 64 bytes.
        :param take: called with each lookup that has come to an end.
        """
        self.hops = array("d")
        self.asked = array("d")
        self.delays = array("d")
        """Seconds."""
        self.right = 0
        """Lookups that found the nearest node."""
        self._world = world
        self._live = live
        self._take = take

    def begin(self, host: Host, target: bytes) -> None:
        """Let ``host`` look for the nodes nearest to ``target``."""
        start = host.discovery.table.closest(int.from_bytes(target, "big"), BUCKET_SIZE)
        probe = Probe(target, self._world.queue.now, (node.contact for node in start))
        host.probes.append(probe)
        probe.lookup_id = host.discovery.lookup(target, self._world.times())
        host.flush()

    def done(self, host: Host, event: LookupDone) -> None:
        """Discovery tells what a lookup has found."""
        found = [probe for probe in host.probes if probe.lookup_id == event.lookup_id]
        if not found:  # it was over at once
            found = host.probes[-1:]
        (probe,) = found
        host.probes.remove(probe)
        nodes = [node.public_key.xy for node in event.nodes]
        right = self._nearest(host, probe) in nodes
        hops = probe.hops(nodes[0]) if nodes else 0
        delay = self._world.queue.now - probe.begun
        self.right += right
        self.hops.append(hops)
        self.asked.append(probe.asked)
        self.delays.append(delay)
        self._take(DiscoverySample("lookup", host.number, probe.begun, delay, probe.asked, hops, right=right))

    def _nearest(self, host: Host, probe: Probe) -> bytes:
        """Of the nodes that were there all the time."""
        assert len(probe.target) == HASH_SIZE
        target = int.from_bytes(probe.target, "big")
        others = (one for one in self._live().values() if one is not host and one.joined < probe.begun)
        return min(others, key=lambda one: one.node_id.position ^ target).node_id.xy
