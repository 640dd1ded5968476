"""What a network of relays did, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from pystatus.records import dataclass
from pystatus.simulation.nodes.clocks import ClockFigures
from pystatus.simulation.report import Delays
from pystatus.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLoad:
    """One node, from the first envelope to the last."""

    node: int
    kind: str
    """``full`` or ``topics``."""
    links: int
    written: int
    received: int
    """Envelopes that came for the first time."""
    duplicates: int
    """Envelopes that came again."""
    bytes_in: int
    """Over its links, encrypted and compressed."""
    bytes_out: int
    cpu_seconds: float
    """Of the real processor, with encryption, without system calls."""
    missed: int
    """Envelopes that it should have got and did not."""
    clock_error: float = 0.0
    """Seconds that its clock is ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """The outcome of one run. Everything but the processor's time follows from the seed."""

    seed: int
    nodes: int
    full_nodes: int
    links: int
    links_broken: int
    messages: int
    seconds: float
    """Simulated, from the first message to the last."""
    expected: int
    """Arrivals: one for each message and each node that is interested in it, its author not counted."""
    missed: int
    unwanted: int
    """Envelopes that came to a node that had not asked for their topic."""
    disconnections: int
    """Peers that a node has sent away. All are honest."""
    delays: Delays
    """From writing to arriving, over all interested nodes; simulated seconds."""
    cpu_seconds: float
    """Of all nodes, from the first message to the last."""
    digest: str
    clocks: ClockFigures
    loads: tuple[NodeLoad, ...]
    examples: tuple[str, ...] = ()
    fails_if_missed: bool = True
    """Links that break may cut off a node for longer than an envelope lives."""

    @property
    def ok(self) -> bool:
        """Every envelope reached every node that is interested, and nobody else."""
        missed = self.fails_if_missed and self.missed
        return not (self.unwanted or self.disconnections or missed) and self.clocks.ok

    @property
    def core_share(self) -> float:
        """Cores that all nodes together need to keep up with the clock."""
        return self.cpu_seconds / self.seconds

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        values: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Delays):
                values |= _delays("delay", value)
            elif isinstance(value, ClockFigures):
                values |= {
                    f"clocks_{part.name}": round(getattr(value, part.name), 4)
                    for part in fields(value)
                    if part.name != "said"
                }
                values |= _delays("clocks_said", value.said)
            elif field.name == "loads":
                values["loads"] = [{**asdict(load), "cpu_seconds": round(load.cpu_seconds, 4)} for load in value]
            elif field.name not in ("examples", "fails_if_missed"):
                values[field.name] = round(value, 3) if isinstance(value, float) else value
        return {**values, "core_share": round(self.core_share, 4), "ok": self.ok}

    def lines(self) -> list[str]:
        """For people, without the examples: the network, then each node's load in a second."""
        delays = self.delays
        percentiles = f"p50 {delays.p50:.3f} s, p99 {delays.p99:.3f} s, longest {delays.longest:.3f} s"
        rows = [
            ("nodes", f"{self.nodes}: {self.full_nodes} full nodes, {self.nodes - self.full_nodes} with topics"),
            ("links", f"{self.links}, broken {counted(self.links_broken, 'time')}"),
            ("messages", f"{self.messages} in {self.seconds:.1f} s of simulated time"),
            ("missed", f"{self.missed} of {self.expected} arrivals at interested nodes"),
            ("not asked for", str(self.unwanted)),
            ("until received", percentiles if delays.count else "nothing was"),
            ("sent away", f"{self.disconnections} honest peers"),
            *self._clock_rows(),
            ("processor", f"{self.cpu_seconds:.1f} s for all nodes: {100 * self.core_share:.0f} % of one core"),
            ("digest", self.digest),
        ]
        width = max(len(name) for name, _ in rows)
        table = [f"{name:{width}}  {value}" for name, value in rows]
        return [*table, "", *self._loads()]

    def _clock_rows(self) -> list[tuple[str, str]]:
        clocks = self.clocks
        right = ("right clocks", f"{clocks.accused} said that they are wrong")
        if not clocks.wrong:
            return [right]
        said = clocks.said
        return [
            (
                "wrong clocks",
                f"{clocks.wrong}, of which {clocks.silent} never said so; {clocks.mistaken} by another error",
            ),
            (
                "until they said so",
                f"p50 {said.p50:.1f} s, p99 {said.p99:.1f} s, longest {said.longest:.1f} s; from then on "
                f"{100 * clocks.saying:.1f} % of the time"
                if said.count
                else "nobody did",
            ),
            right,
        ]

    def _loads(self) -> list[str]:
        heads = ("node", "kind", "links", "new/s", "again/s", "kB/s in", "kB/s out", "CPU %", "missed")
        rows = [self._row(str(load.node), [load]) for load in self.loads]
        for kind in ("full", "topics"):
            some = [load for load in self.loads if load.kind == kind]
            if some:
                rows.append(self._row("mean", some))
        widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
        return [
            "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows]
        ]

    def _row(self, name: str, loads: Sequence[NodeLoad]) -> tuple[str, ...]:
        def rate(*totals: float) -> float:
            return sum(totals) / len(totals) / self.seconds

        return (
            name,
            loads[0].kind,
            f"{sum(load.links for load in loads) / len(loads):.3g}",
            f"{rate(*(load.received for load in loads)):.1f}",
            f"{rate(*(load.duplicates for load in loads)):.1f}",
            f"{rate(*(load.bytes_in for load in loads)) / 1e3:.1f}",
            f"{rate(*(load.bytes_out for load in loads)) / 1e3:.1f}",
            f"{100 * rate(*(load.cpu_seconds for load in loads)):.2f}",
            str(sum(load.missed for load in loads)),
        )


def _delays(name: str, delays: Delays) -> dict[str, object]:
    return {f"{name}_{part}": round(number, 4) for part, number in asdict(delays).items()}
