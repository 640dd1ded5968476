"""What a network of discovery nodes is asked to do: how many there are, how good the links are, who comes and goes."""

from __future__ import annotations

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass

MIN_NODES = 20
"""Nodes in one simulation: a lookup asks 16, which are to be fewer than all."""
MAX_NODES = 20_000
"""Nodes in one simulation: some GB of memory, and an hour of computing."""
MAX_LOOKUPS = 100_000
"""Lookups that are measured: each is compared with all nodes."""
MAX_ATTACKERS = 10_000
"""Hostile nodes in one simulation."""
MAX_NETWORKS = 256
"""Networks of 256 addresses that attackers have."""
ADDRESSES_EACH = 256
"""In a /24."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The UDP network. Datagrams are lost and overtake each other; none is changed."""

    delay: float = 0.05
    """Seconds from one node to another, on average; nodes are nearer to or farther from everybody."""
    loss: float = 0.01
    """Share of the datagrams that never arrive."""

    def __post_init__(self) -> None:
        if not 0 <= self.loss < 1:
            raise LocalError("The loss is a share from 0 to below 100 %.")
        if not 0 < self.delay <= 1:
            raise LocalError("A delay is above 0 and at most 1 second.")


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Who is there. Shares are 0 to 1, times are seconds."""

    nodes: int = 1_000
    """Bootstrap nodes included. For each that leaves another one joins."""
    bootnodes: int = 8
    """Nodes that are there from the first moment and never leave."""
    registering: float = 0.05
    """Share of the nodes that register the topic, from the moment at which they join."""
    searching: float = 0.1
    """Share of the nodes that look for the topic once, at a moment drawn, those who join included."""
    churn: float = 0.3
    """Share of the nodes that leave within an hour, without a word."""
    joining: float = 120.0
    """Within how long the first nodes join."""
    settling: float = 180.0
    """How long after that nothing is measured."""
    seconds: float = 600.0
    """How long it is measured."""
    lookups: int = 200
    """Lookups of drawn targets by drawn nodes, spread over the time that is measured."""

    def __post_init__(self) -> None:
        if not MIN_NODES <= self.nodes <= MAX_NODES:
            raise LocalError(f"A network has {MIN_NODES} to {MAX_NODES} nodes, not {self.nodes}.")
        if not 1 <= self.bootnodes <= self.nodes // 2:
            raise LocalError("A network has a bootnode at least, and as many other nodes.")
        for name in ("registering", "searching", "churn"):
            if not 0 <= getattr(self, name) <= 1:
                raise LocalError(f"{name} is a share from 0 to 100 %.")
        if self.registering + self.searching > 1:
            raise LocalError("Who registers the topic does not search it: both shares together are 100 % at most.")
        if min(self.joining, self.settling) < 0 or self.seconds <= 0:
            raise LocalError("A duration is not negative, and something is to be measured.")
        if not 0 <= self.lookups <= MAX_LOOKUPS:
            raise LocalError(f"0 to {MAX_LOOKUPS} lookups are measured.")

    @property
    def begin(self) -> float:
        """When measuring begins, on the clock of the simulation."""
        return self.joining + self.settling

    @property
    def end(self) -> float:
        """When it ends."""
        return self.begin + self.seconds


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Who wants to be all that a new node sees (attacks A42, A44)."""

    attackers: int = 2_000
    """Hostile nodes."""
    networks: int = 8
    """/24 networks in which they have their addresses."""
    grinding: int = 20
    """Identities that an attacker makes for each that it takes: those next to the topic and to the victim."""

    def __post_init__(self) -> None:
        if not 1 <= self.attackers <= MAX_ATTACKERS:
            raise LocalError(f"There are 1 to {MAX_ATTACKERS} attackers.")
        if not 1 <= self.networks <= MAX_NETWORKS:
            raise LocalError(f"Attackers have 1 to {MAX_NETWORKS} networks.")
        if not 1 <= self.grinding <= 1_000:
            raise LocalError("An attacker makes 1 to 1000 identities for each that it takes.")
        if self.attackers > self.networks * (ADDRESSES_EACH - 2):
            raise LocalError(
                f"{self.attackers} attackers have no room in {self.networks} networks of {ADDRESSES_EACH - 2} hosts"
                " each: more networks, or fewer attackers."
            )
