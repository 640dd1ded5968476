"""A whole run: nodes join, register and search a topic, leave, and one counts what that takes."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.events import Event, LookupDone, NodeFound
from pystatus.discovery.discv5.identity import Identity, Secp256k1Identity
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import HASH_SIZE
from pystatus.simulation.discovery import prediction
from pystatus.simulation.discovery.addresses import honest_addresses
from pystatus.simulation.discovery.event_queue import EventQueue
from pystatus.simulation.discovery.host import Host, World
from pystatus.simulation.discovery.identity import CheapIdentity, Directory
from pystatus.simulation.discovery.lookups import Lookups
from pystatus.simulation.discovery.report import PACKETS, Counts, DiscoveryReport
from pystatus.simulation.discovery.searches import TOPIC, Searches
from pystatus.simulation.discovery.settings import Links, Population
from pystatus.simulation.discovery.udp import Traffic, UdpNetwork
from pystatus.simulation.randomness import stream
from pystatus.simulation.report import Delays
from pystatus.simulation.samples import DiscoverySample, TakeDiscovery

BOOTNODES_EACH = 4
"""Bootstrap nodes that a node is given, drawn from all: as Status clients have it (overlay.md §6.2)."""
ROOM = 60.0
"""Seconds before the end in which no search and no lookup begins: half an hour would find no more than a minute."""
SETTLED = 60.0
"""Seconds that a node has been there before a lookup of it is measured."""
IDEAL_LOOKUPS = 200
"""Lookups in the network with perfect tables, for comparison."""
HOUR = 3_600.0
STEP = 1.0
"""Simulated seconds between two calls for progress."""

Progress = Callable[[int, int], None]
"""Called with the simulated seconds that have passed and are to pass."""


class DiscoveryNetwork:
    """One run. Make it, :meth:`run` it once."""

    @checked
    def __init__(
        self,
        population: Population,
        links: Links,
        seed: int,
        *,
        limits: Limits | None = None,
        real_signatures: bool = False,
        take: TakeDiscovery | None = None,
    ) -> None:
        """
        :param limits: of the honest nodes, if not those of pystatus.
        :param real_signatures: sign and recover as real nodes do, which takes ten times as long and changes nothing.
        :param take: called with every sample.
        """
        self.population = population
        self.seed = seed
        self.queue = EventQueue()
        self.udp = UdpNetwork(self.queue, links, stream(seed, "links"))
        self.world = World(self.queue, self.udp)
        self.limits = limits or Limits()
        self.directory = Directory()
        self.hosts: dict[bytes, Host] = {}
        """All that are there, by their 64 bytes."""
        self.searches = Searches(self.world, self._is_live, self._sample)
        self.lookups = Lookups(self.world, lambda: self.hosts, self._sample)
        self.bootnodes: list[Enode] = []
        self.watchers: dict[Host, Callable[[Host, NodeFound], object]] = {}
        """Who is told what a node finds, where that is not a search that is measured."""
        self.joined = self.left = 0
        """Since measuring began."""
        self._take = take
        self._digest = hashlib.sha256()
        self._real_signatures = real_signatures
        self._addresses = honest_addresses(stream(seed, "addresses"))
        self._people = stream(seed, "people")
        self._churn = stream(seed, "churn")
        self._numbers = 0
        self._roles = self._draw_roles()
        """Of the first nodes that are no bootstrap nodes: a number below the share of those that register, or above."""
        self.lasting: set[Host] = set()
        """Nodes that do not leave."""

    def run(self, progress: Progress | None = None) -> DiscoveryReport:
        """Let everybody join, wait, measure, and report."""
        population = self.population
        with without_collector():
            self.start()
            self.run_until(population.begin, progress)
            self.udp.traffic = Traffic()
            self.joined = self.left = 0
            self._plan_lookups()
            self.run_until(population.end, progress)
            self.searches.end()
            return self._report()

    def start(self) -> None:
        """Enter what will happen: the first nodes join, others leave and join, until the end."""
        population, chance = self.population, self._people
        for _ in range(population.bootnodes):
            self.lasting.add(self.join())
        for _ in range(population.nodes - population.bootnodes):
            self.queue.at(chance.random() * population.joining, self.join)
        if population.churn:
            self.queue.at(population.joining, self._leave_later)
            self.queue.at(population.joining, self._join_later)

    def run_until(self, time: float, progress: Progress | None = None) -> None:
        """Pass time, on the clock of the simulation."""
        while self.queue.now < time:
            self.queue.run_until(min(time, self.queue.now + STEP))
            if progress is not None:
                progress(int(self.queue.now), int(self.population.end))

    # who comes and goes

    def join(self, name: str | None = None) -> Host:
        """A node is started.

        :param name: of a node that does not depend on how many joined before, and has no part in what is measured.
        """
        number = self._numbers
        self._numbers += 1
        draw = self._chance_of(name or str(number))
        key = PrivateKey.generate(draw.randbytes)
        place = next(self._addresses)
        host = Host(number, key, place, self._identity(key), self.limits, draw, self.world, self._event)
        self.hosts[host.node_id.xy] = host
        self.joined += 1
        count = min(BOOTNODES_EACH, len(self.bootnodes))
        host.discovery.set_bootnodes(self._people.sample(self.bootnodes, count), self.world.times())
        if len(self.bootnodes) < self.population.bootnodes:
            self.bootnodes.append(Enode(key.public_key, str(place[0]), place[1], place[1]))
        elif name is None:
            self._give_role(host)
        host.flush()
        return host

    def key_of(self, name: str) -> PrivateKey:
        """That of a node which will :meth:`join` by that name: attackers may know it before."""
        return PrivateKey.generate(self._chance_of(name).randbytes)

    def _chance_of(self, name: str) -> Random:
        return stream(self.seed, f"node {name}")

    def _identity(self, key: PrivateKey) -> Identity:
        return Secp256k1Identity(key) if self._real_signatures else CheapIdentity(key.public_key, self.directory)

    def _draw_roles(self) -> list[float]:
        count = self.population.nodes - self.population.bootnodes
        roles = [(number + 0.5) / count for number in range(count)]
        self._people.shuffle(roles)
        return roles

    def _give_role(self, host: Host) -> None:
        population = self.population
        role = self._roles.pop() if self._roles else self._people.random()
        if role < population.registering:
            host.registers = True
            host.discovery.register(TOPIC, self.world.times())
        elif role < population.registering + population.searching:
            last = max(population.begin, population.end - ROOM)
            begin = population.begin + self._people.random() * (last - population.begin)
            if host.joined <= population.begin:
                self.queue.at(begin, self.searches.begin, host)
            elif host.joined < last:  # who comes later looks at once
                self.queue.after(0, self.searches.begin, host)

    def _join_later(self) -> None:
        self.queue.after(self._pause(), self._join_now)

    def _join_now(self) -> None:
        self.join()
        self._join_later()

    def _leave_later(self) -> None:
        self.queue.after(self._pause(), self._leave_now)

    def _leave_now(self) -> None:
        host = self._churn.choice([one for one in self.hosts.values() if one not in self.lasting])
        self.left += 1
        del self.hosts[host.node_id.xy]
        self.searches.left(host)
        host.leave()
        self._leave_later()

    def _pause(self) -> float:
        """Seconds between two nodes that leave, or that join."""
        return self._churn.expovariate(self.population.nodes * self.population.churn / HOUR)

    def _is_live(self, xy: bytes) -> bool:
        host = self.hosts.get(xy)
        return host is not None and host.registers

    # what is measured

    def _event(self, host: Host, event: Event) -> None:
        if isinstance(event, NodeFound):
            self.watchers.get(host, self.searches.found)(host, event)
        elif isinstance(event, LookupDone):
            self.lookups.done(host, event)

    def _plan_lookups(self) -> None:
        population, chance = self.population, self._people
        for _ in range(population.lookups):
            time = population.begin + chance.random() * max(0.0, population.seconds - ROOM)
            self.queue.at(time, self._look_up, chance.randbytes(HASH_SIZE))

    def _look_up(self, target: bytes) -> None:
        settled = [host for host in self.hosts.values() if host.joined <= self.queue.now - SETTLED]
        self.lookups.begin(self._people.choice(settled or list(self.hosts.values())), target)

    def _sample(self, sample: DiscoverySample) -> None:
        self._digest.update(repr(sample).encode())
        if self._take is not None:
            self._take(sample)

    def _report(self) -> DiscoveryReport:
        population, traffic, searches, lookups = self.population, self.udp.traffic, self.searches, self.lookups
        tables = [host.discovery.table.nodes() for host in self.hosts.values()]
        entries = [node.id.xy for table in tables for node in table]
        share = population.nodes * population.seconds / 60
        ideal_hops, ideal_asked = prediction.ideal(population.nodes, IDEAL_LOOKUPS, stream(self.seed, "ideal"))
        self._digest.update(repr((traffic.datagrams, traffic.bytes, sorted(entries))).encode())
        return DiscoveryReport(
            seed=self.seed,
            nodes=population.nodes,
            seconds=population.seconds,
            joined=self.joined,
            left=self.left,
            registering=sum(host.registers for host in self.hosts.values()),
            registered=sum(self._live_ads(host) for host in self.hosts.values()),
            searches=searches.begun,
            found=len(searches.delays),
            stale=searches.stale,
            search_lookups=Counts.of(searches.lookups),
            search_delays=Delays.of(searches.delays),
            lookups=len(lookups.delays),
            right=lookups.right,
            hops=Counts.of(lookups.hops),
            asked=Counts.of(lookups.asked),
            lookup_delays=Delays.of(lookups.delays),
            predicted_hops=prediction.hops(population.nodes),
            ideal_hops=ideal_hops,
            ideal_asked=ideal_asked,
            datagrams={kind: count / share for kind, count in zip(PACKETS, traffic.datagrams, strict=True)},
            bytes=sum(traffic.bytes) / share,
            lost=traffic.lost,
            nowhere=traffic.nowhere,
            table=Counts.of([len(table) for table in tables]),
            table_gone=sum(one not in self.hosts for one in entries) / max(1, len(entries)),
            digest=self._digest.hexdigest(),
        )

    def _live_ads(self, host: Host) -> int:
        ads = host.discovery.ads(TOPIC, self.world.times())
        return sum(self._is_live(node.public_key.xy) for node in ads if node.public_key.xy != host.node_id.xy)


@contextmanager
def without_collector() -> Iterator[None]:
    """The collector of circles would look at all objects of all nodes again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
