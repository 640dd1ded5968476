"""What a network of discovery nodes did, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

from pystatus.records import dataclass
from pystatus.simulation.report import Delays
from pystatus.wording import counted

GOAL_MEDIAN = 5
"""Lookups after which half of the searches have found a node that is there (issue 17)."""
GOAL_P95 = 15
"""Lookups after which 95 of 100 searches have (issue 17)."""
GOAL_RIGHT = 0.9
"""Share of the lookups that find the nearest node. A small network reaches 95 %, as tests demand; of
thousands most have to be verified first, by four datagrams that nothing repeats but for the nearest."""
PACKETS = (
    "none",
    "ping",
    "pong",
    "findnode",
    "neighbors",
    "findnode_hash",
    "topic_register",
    "topic_query",
    "topic_nodes",
)
"""By their type (overlay.md §3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A distribution of numbers."""

    count: int = 0
    mean: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    most: float = 0.0

    @classmethod
    def of(cls, values: Sequence[float]) -> Counts:
        """The mean and the percentiles (nearest rank) of ``values``."""
        if not values:
            return cls()
        ordered = sorted(values)
        p50, p95 = (ordered[max(0, -int(-share * len(ordered) // 1) - 1)] for share in (0.5, 0.95))
        return cls(count=len(ordered), mean=sum(ordered) / len(ordered), p50=p50, p95=p95, most=ordered[-1])

    def __str__(self) -> str:
        if not self.count:
            return "nothing was measured"
        return f"median {self.p50:g}, p95 {self.p95:g}, most {self.most:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryReport:
    """The outcome of one run. Everything follows from the seed."""

    seed: int
    nodes: int
    seconds: float
    """Simulated, that were measured."""
    joined: int
    """Nodes that came meanwhile."""
    left: int
    """Nodes that went meanwhile."""
    registering: int
    """Nodes that register the topic at the end."""
    registered: int
    """Ads of nodes that are there, at all registrars together, at the end."""
    searches: int
    """That began, and whose node stayed until it had found, or until the end."""
    found: int
    """Of these, that found a node which is there and registers the topic."""
    stale: int
    """Nodes that were found before that, and were not there any more."""
    search_lookups: Counts
    """Lookups of a search until then, the last included."""
    search_delays: Delays
    """The same, in seconds."""
    lookups: int
    """Of drawn targets, that came to an end."""
    right: int
    """Of these, that found the nearest node that is there."""
    hops: Counts
    """Answers that one after the other led to the nearest node that was found; the first of these is the own
    table's."""
    asked: Counts
    """Nodes that a lookup asked."""
    lookup_delays: Delays
    """How long a lookup took, in seconds."""
    predicted_hops: float
    """By the formula of Kademlia (:func:`~pystatus.simulation.discovery.prediction.hops`)."""
    ideal_hops: float
    """The mean in a network of that size with perfect tables."""
    ideal_asked: float
    """The same of the nodes that are asked."""
    datagrams: Mapping[str, float]
    """That a node sends in a minute, on average, by the type of the packet."""
    bytes: float
    """The same in bytes, without the headers of UDP and IP."""
    lost: int
    """Datagrams that were lost by chance."""
    nowhere: int
    """Datagrams to nodes that had left."""
    table: Counts
    """Nodes in the tables at the end."""
    table_gone: float
    """Share of these that are not there any more."""
    digest: str

    @property
    def datagrams_each(self) -> float:
        """Datagrams that a node sends in a minute, on average."""
        return sum(self.datagrams.values())

    @property
    def reached(self) -> float:
        """Share of the lookups that found the nearest node."""
        return self.right / self.lookups if self.lookups else 1.0

    @property
    def examples(self) -> Sequence[str]:
        """What is not well, in words."""
        told = []
        if self.found < 0.95 * self.searches:
            told.append(f"{self.searches - self.found} of {self.searches} searches found nobody")
        if self.search_lookups.p50 > GOAL_MEDIAN or self.search_lookups.p95 > GOAL_P95:
            told.append(f"searches take more than {GOAL_MEDIAN} lookups (median) or {GOAL_P95} (p95)")
        if self.reached < GOAL_RIGHT:
            told.append(f"{100 * self.reached:.1f} % of the lookups find the nearest node")
        return told

    @property
    def ok(self) -> bool:
        """Searches and lookups find what is there."""
        return not self.examples

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        values: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Delays | Counts):
                name = field.name.removesuffix("s") if isinstance(value, Delays) else field.name
                values |= {f"{name}_{part}": round(number, 4) for part, number in asdict(value).items()}
            elif isinstance(value, Mapping):
                values[field.name] = {name: round(number, 3) for name, number in value.items()}
            else:
                values[field.name] = round(value, 4) if isinstance(value, float) else value
        return {**values, "datagrams_each": round(self.datagrams_each, 3), "ok": self.ok}

    def lines(self) -> list[str]:
        """For people, without the examples."""
        kinds = ", ".join(f"{kind.replace('_', ' ')} {sent:.1f}" for kind, sent in self.datagrams.items() if sent)
        hops = f"mean {self.hops.mean:.2f}, {self.hops}"
        rows = [
            (
                "nodes",
                f"{self.nodes}; in {self.seconds:.0f} simulated seconds {self.left} left and {self.joined} joined",
            ),
            ("registering", f"{counted(self.registering, 'node')}, {counted(self.registered, 'ad')} at registrars"),
            (
                "searches",
                f"{self.found} of {self.searches} found a live node; of what was found, {self.stale} had left",
            ),
            ("lookups of a search", str(self.search_lookups)),
            ("until found", str(self.search_delays)),
            ("lookups", f"{self.right} of {self.lookups} found the nearest node"),
            ("hops", f"{hops}; by the formula {self.predicted_hops:.2f}, with perfect tables {self.ideal_hops:.2f}"),
            ("nodes asked", f"mean {self.asked.mean:.1f}, {self.asked}; with perfect tables {self.ideal_asked:.1f}"),
            ("a lookup takes", str(self.lookup_delays)),
            ("tables", f"{self.table}; {100 * self.table_gone:.1f} % have left"),
            ("sent by a node", f"{self.datagrams_each:.1f} datagrams, {self.bytes / 1e3:.1f} kB a minute"),
            ("of these", kinds),
            ("not arrived", f"{self.lost} lost, {self.nowhere} to nodes that had left"),
            ("digest", self.digest),
        ]
        width = max(len(name) for name, _ in rows)
        return [f"{name:{width}}  {value}" for name, value in rows]
