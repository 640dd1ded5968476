"""Wrong clocks in a network of relays: who has one, and whether those who have one say so, and nobody else."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from random import Random

from pystatus.records import dataclass
from pystatus.simulation.nodes.settings import LEAST_CLOCK_ERROR, Clocks
from pystatus.simulation.report import Delays
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.wording import counted

ESTIMATED_WITHIN = 100.0
"""Seconds by which what a node says of its clock may be off: envelopes are up to a minute old."""
NEVER = Delays(0, 0.0, 0.0, 0.0, 0.0)
TICKS = 1_024
"""Parts of a second of which an error is a whole number: so it can be added to a time and taken away again exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFigures:
    """What became of it."""

    wrong: int = 0
    """Nodes whose clock is wrong."""
    silent: int = 0
    """Those of them that never said so."""
    mistaken: int = 0
    """Those of them that have said another error than theirs."""
    accused: int = 0
    """Nodes whose clock is right and that have said it is wrong."""
    saying: float = 0.0
    """Share of the time after they first said so for which those who are wrong go on saying so."""
    said: Delays = NEVER
    """From the first message until those who are wrong said so, simulated seconds."""

    @property
    def ok(self) -> bool:
        """Everybody who is wrong says so, and nobody else."""
        return not (self.silent or self.accused)


def errors(clocks: Clocks, nodes: int, random: Random) -> list[float]:
    """Seconds that the clock of each node is ahead."""
    found = [0.0] * nodes
    for node in random.sample(range(nodes), round(nodes * clocks.wrong)):
        error = round(random.uniform(LEAST_CLOCK_ERROR, clocks.error) * TICKS) / TICKS
        found[node] = error if random.random() < 0.5 else -error
    return found


class ClockWords:
    """What one node says of its clock."""

    def __init__(self, error: float) -> None:
        self.error = error
        """Seconds that its clock is ahead."""
        self.first: float | None = None
        """When it first said that it was wrong."""
        self.is_mistaken = False
        self._since: float | None = None
        self._spent = 0.0

    @property
    def is_wrong(self) -> bool:
        return bool(self.error)

    def said(self, judgement: ClockJudgement, now: float) -> None:
        """Its judgement has changed."""
        self.stop(now)
        if judgement.is_suspected:
            self._since = now
            if self.first is None:
                self.first = now
            if abs(judgement.offset + self.error) > ESTIMATED_WITHIN:
                self.is_mistaken = True

    def stop(self, now: float) -> None:
        """It says so no more, or the run is over."""
        if self._since is not None:
            self._spent += now - self._since
            self._since = None

    def share(self, now: float) -> float:
        """Of the time since it first said so."""
        return 0.0 if self.first is None or now <= self.first else self._spent / (now - self.first)


def figures(words: Sequence[ClockWords], begin: float, now: float) -> ClockFigures:
    """What all nodes have said together, from ``begin`` on."""
    for one in words:
        one.stop(now)
    wrong = [one for one in words if one.is_wrong]
    heard = [one for one in wrong if one.first is not None]
    return ClockFigures(
        wrong=len(wrong),
        silent=len(wrong) - len(heard),
        mistaken=sum(one.is_mistaken for one in wrong),
        accused=sum(one.first is not None for one in words if not one.is_wrong),
        saying=sum(one.share(now) for one in heard) / len(heard) if heard else 0.0,
        said=Delays.of(array("d", (one.first - begin for one in heard if one.first is not None))),
    )


def faults(words: Sequence[ClockWords]) -> list[str]:
    """Who did not say what they should, in words."""
    found = []
    for number, one in enumerate(words):
        if one.is_wrong and one.first is None:
            found.append(f"node {number}, whose clock is off by {counted(round(one.error), 'second')}, never said so")
        elif not one.is_wrong and one.first is not None:
            found.append(f"node {number} said that its clock is wrong, and it is right")
    return found
