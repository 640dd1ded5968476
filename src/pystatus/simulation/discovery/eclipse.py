"""An attempt to be all that a new node sees, with the limits for networks and without them (attacks A42, A44)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields

from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.limits import BUCKET_SIZE, Limits
from pystatus.records import dataclass
from pystatus.simulation.discovery.attackers import Ring, grind
from pystatus.simulation.discovery.host import Host
from pystatus.simulation.discovery.network import DiscoveryNetwork, without_collector
from pystatus.simulation.discovery.searches import TOPIC
from pystatus.simulation.discovery.settings import Attack, Links, Population
from pystatus.simulation.discovery.udp import Place
from pystatus.simulation.discovery.victim import KNOCK_SECONDS, Victim
from pystatus.simulation.randomness import stream

GOAL = 0.5
"""Share of the victim's pool that the attackers may hold (issue 17)."""
PREPARATION = 60.0
"""Seconds before the victim starts at which the attackers begin: three tickets each, and so two ads, are used by then
at best."""
VICTIM = "victim"
"""The name of that node."""
_ANY_NUMBER = 1_000_000
"""Of nodes of one network, where there is no limit."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the victim has at the end."""

    table: int
    """Nodes in its table."""
    table_hostile: int
    """Attackers among them."""
    found: int
    """Nodes that a registrar has named under the topic."""
    found_hostile: int
    pool: int
    """Peers that it has chosen and dialled."""
    pool_hostile: int
    inbound: int
    """Peers that have dialled it: all are attackers."""

    @property
    def share(self) -> float:
        """Of the pool that the attackers hold; 1 if there is nobody else."""
        return self.pool_hostile / self.pool if self.pool else 1.0

    @property
    def share_of_all(self) -> float:
        """The same of all connections."""
        count = self.pool + self.inbound
        return (self.pool_hostile + self.inbound) / count if count else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EclipseReport:
    """The outcome of one run. Everything follows from the seed."""

    seed: int
    nodes: int
    attackers: int
    networks: int
    seconds: float
    """Simulated, from the start of the victim."""
    with_rules: Side
    without_rules: Side
    """The same without limits for networks in any table, and with a pool that dials whom it finds first."""

    @property
    def examples(self) -> Sequence[str]:
        """What is not well, in words."""
        share = self.with_rules.share
        return [f"the attackers hold {100 * share:.0f} % of the pool"] if share > GOAL else []

    @property
    def ok(self) -> bool:
        """The attackers hold half of the pool at most."""
        return not self.examples

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        values: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Side):
                shares = {"share": round(value.share, 4), "share_of_all": round(value.share_of_all, 4)}
                values[field.name] = asdict(value) | shares
            else:
                values[field.name] = value
        return {**values, "ok": self.ok}

    def lines(self) -> list[str]:
        """For people, without the examples."""
        rows: list[tuple[str, ...]] = [("", "with our rules", "without")]
        for name, of, hostile in (("table", "table", "table_hostile"), ("found", "found", "found_hostile"),
                                  ("pool", "pool", "pool_hostile"), ("inbound", "inbound", "inbound")):  # fmt: skip
            cells = [f"{getattr(side, hostile)} of {getattr(side, of)}" for side in self._sides]
            rows.append((f"attackers in {name}" if name != "found" else "attackers found", *cells))
        rows.append(("share of the pool", *(f"{100 * side.share:.0f} %" for side in self._sides)))
        rows.append(("share of all peers", *(f"{100 * side.share_of_all:.0f} %" for side in self._sides)))
        head = (
            f"{self.attackers} attackers from {self.networks} networks, {self.nodes} honest nodes, {self.seconds:g} s"
        )
        return [head, "", *(f"{name:20}{one:>16}{other:>12}" for name, one, other in rows)]

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self.with_rules, self.without_rules


class Eclipse:
    """One run. Make it, :meth:`run` it once."""

    @checked
    def __init__(self, population: Population, links: Links, attack: Attack, seed: int) -> None:
        self.population = population
        self.links = links
        self.attack = attack
        self.seed = seed
        self._keys: list[PrivateKey] = []

    def run(self, progress: Progress | None = None) -> EclipseReport:
        """The attack with the rules, then without them."""
        rules, none = (self._side(rules=one, progress=progress, before=part) for part, one in enumerate((True, False)))
        return EclipseReport(
            seed=self.seed,
            nodes=self.population.nodes,
            attackers=self.attack.attackers,
            networks=self.attack.networks,
            seconds=self.population.seconds,
            with_rules=rules,
            without_rules=none,
        )

    def _side(self, *, rules: bool, progress: Progress | None, before: int) -> Side:
        population, end = self.population, int(self.population.end)

        def told(done: int, total: int) -> None:
            if progress is not None:
                progress(before * end + done, 2 * end)

        with without_collector():
            network = DiscoveryNetwork(population, self.links, self.seed, limits=Limits() if rules else open_limits())
            network.start()
            network.run_until(max(0.0, population.begin - PREPARATION), told)
            random = stream(self.seed, "attackers")
            key = network.key_of(VICTIM)
            ring = Ring(self._grind(key), self.attack, network.directory, network.world, random, _places(network))
            ring.start()
            network.run_until(population.begin, told)
            host = network.join(VICTIM)
            network.lasting.add(host)
            ring.victim = host.port.place
            victim = self._start_victim(network, host, ring, rules=rules)
            network.run_until(population.end, told)
            return _side(host, victim, ring)

    def _grind(self, victim: PrivateKey) -> list[PrivateKey]:
        """The same attackers in both cases."""
        if not self._keys:
            aims = [int.from_bytes(keccak256(aim), "big") for aim in (TOPIC.encode(), victim.public_key.xy)]
            self._keys = grind(self.attack, aims, stream(self.seed, "grinding"))
        return self._keys

    def _start_victim(self, network: DiscoveryNetwork, host: Host, ring: Ring, *, rules: bool) -> Victim:
        def is_there(xy: bytes) -> bool:
            return xy in ring.ids or xy in network.hosts

        random = stream(self.seed, "victim")
        victim = Victim(host, network.world, random, rules=rules, is_there=is_there)
        network.watchers[host] = lambda _, event: victim.event(event)
        victim.start()
        for attacker in ring:
            network.queue.after(KNOCK_SECONDS * random.random(), _knock_again, network, victim, attacker.place)
        return victim


def open_limits() -> Limits:
    """Those of a node without limits for networks."""
    return Limits(
        nodes_of_subnet_in_bucket=BUCKET_SIZE,
        nodes_of_subnet_in_table=_ANY_NUMBER,
    )


def _places(network: DiscoveryNetwork) -> Callable[[], Sequence[Place]]:
    return lambda: [host.port.place for host in network.hosts.values()]


def _knock_again(network: DiscoveryNetwork, victim: Victim, place: Place) -> None:
    victim.knock(place[0])
    network.queue.after(KNOCK_SECONDS, _knock_again, network, victim, place)


def _side(host: Host, victim: Victim, ring: Ring) -> Side:
    table = [node.id.xy for node in host.discovery.table.nodes()]
    return Side(
        table=len(table),
        table_hostile=sum(xy in ring.ids for xy in table),
        found=len(victim.found),
        found_hostile=len(victim.found & ring.ids),
        pool=len(victim.chosen),
        pool_hostile=len(victim.chosen.keys() & ring.ids),
        inbound=len(victim.inbound),
    )
