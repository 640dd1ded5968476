"""What a network of relays is asked to do: how many nodes, what they ask for, who writes how much."""

from __future__ import annotations

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.wording import counted

MAX_NODES = 2_000
"""Nodes in one simulation: each with its links takes about 0.5 MB, and each envelope visits all of them."""
MAX_MESSAGES = 10_000_000
"""Envelopes in one simulation: some days of computing."""
MAX_TOPICS = 1 << 16
"""Topics in one simulation: as many as a network of that size would ever need."""
LEAST_SIZE = 16
"""Bytes of data in an envelope: its number, and chance enough to be nobody else's."""
MOST_SIZE = 60_000
LEAST_CLOCK_ERROR = 11.0
"""Seconds by which a clock is off that counts as wrong: one more than what everybody takes (waku.md §2.5)."""
MOST_CLOCK_ERROR = 86_400.0
"""Seconds: a day. Farther off, nothing is different."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Who is linked with whom, and who asks for what."""

    nodes: int = 85
    degree: int = 6
    """Links of a full node to other full nodes, on average; they are drawn at random, and all nodes hang together."""
    with_topics: float = 0.4
    """Share of the nodes that ask for some topics; the others are full nodes."""
    uplinks: int = 3
    """Full nodes that a node with topics is linked with."""
    topics: int = 20
    """On which envelopes are written."""
    topics_each: int = 3
    """Topics that a node with topics asks for."""

    def __post_init__(self) -> None:
        if not 2 <= self.nodes <= MAX_NODES:
            raise LocalError(f"A network has 2 to {MAX_NODES} nodes, not {self.nodes}.")
        if not 0 <= self.with_topics <= 1:
            raise LocalError("The share of nodes with topics is 0 to 100 %.")
        if self.degree < 2 or self.uplinks < 1:
            raise LocalError("A full node has at least two links, a node with topics at least one.")
        if not 1 <= self.topics_each <= self.topics <= MAX_TOPICS:
            raise LocalError(
                f"A node cannot ask for {counted(self.topics_each, 'topic')} of {self.topics}: lower topics-each, or"
                f" raise topics, which is 1 to {MAX_TOPICS}."
            )

    @property
    def full_nodes(self) -> int:
        """At least one: nodes with topics have nobody else to talk to."""
        return max(1, self.nodes - round(self.nodes * self.with_topics))


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is written. Everybody writes, whatever they ask for."""

    rate: float = 50.0
    """Envelopes a second in the whole network."""
    seconds: float = 60.0
    """How long."""
    size: int = 500
    """Bytes of data in an envelope; a short one-to-one message has 536."""

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.seconds <= 0 or not 1 <= self.messages <= MAX_MESSAGES:
            raise LocalError(f"A simulation has 1 to {MAX_MESSAGES} messages: rate times seconds.")
        if not LEAST_SIZE <= self.size <= MOST_SIZE:
            raise LocalError(f"An envelope has {LEAST_SIZE} to {MOST_SIZE} bytes of data.")

    @property
    def messages(self) -> int:
        """Envelopes written altogether."""
        return round(self.rate * self.seconds)


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How good the links are. As over TCP, bytes arrive complete and in order as long as a link lasts."""

    delay: float = 0.05
    """Seconds: half of it at least, one and a half times it at most."""
    churn: float = 0.0
    """Share of the time that a link is broken. What was on it is lost."""
    away: float = 5.0
    """Seconds that it stays so on average."""

    def __post_init__(self) -> None:
        if not 0 <= self.churn < 1:
            raise LocalError("Churn is a share from 0 to below 100 %.")
        if self.delay < 0 or self.away <= 0:
            raise LocalError("A duration is not negative.")

    @property
    def lasting(self) -> float:
        """Seconds that a link lasts on average, where links break."""
        return self.away * (1 - self.churn) / self.churn


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Whose clocks are wrong, and how much. All others are right."""

    wrong: float = 0.0
    """Share of the nodes, which are drawn."""
    error: float = 600.0
    """Seconds by which a wrong clock is off at most, in either direction; at least :data:`LEAST_CLOCK_ERROR`."""

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= 1:
            raise LocalError("The share of nodes with a wrong clock is 0 to 100 %.")
        if not LEAST_CLOCK_ERROR <= self.error <= MOST_CLOCK_ERROR:
            raise LocalError(
                f"A clock is wrong if it is off by {LEAST_CLOCK_ERROR:g} to {MOST_CLOCK_ERROR:g} seconds, not by "
                f"{self.error:g}."
            )
