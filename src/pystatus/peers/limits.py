"""How many peers a node takes of one network, and wants of a topic."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.records import dataclass

DEFAULT_MAX_INBOUND_PER_SUBNET = 2
"""Inbound peers of one network: as in the reference."""
MAX_TOPIC_PEERS = 1_000
"""The most peers of one topic. Ours: more than any node dials."""


@dataclass(frozen=True, slots=True)
class TopicLimits:
    """Below ``min`` peers a topic is searched fast, and with ``max`` not at all (overlay.md §7.3).

    Implements: CL-24, CL-25
    """

    min: int
    max: int

    def __post_init__(self) -> None:
        """
        :raises LocalError: more at least than at most, or too many.
        """
        if not 0 <= self.min <= self.max <= MAX_TOPIC_PEERS:
            raise LocalError(
                f"Of peers of a topic at least {self.min} and at most {self.max} are impossible: give two numbers, "
                f"from 0 to {MAX_TOPIC_PEERS}."
            )


@dataclass(frozen=True, slots=True)
class TopicState:
    """How it stands with a topic."""

    peers: int
    """Peers of it that we have dialled and that are connected."""
    limits: TopicLimits
    period: float | None
    """Seconds between two lookups; ``None``: it is not searched."""


MOBILE_RELAYS = TopicLimits(2, 3)
"""Relays of a client: two or three are enough for a mobile node (1/CLIENT, CL-25)."""
ONE_MAILSERVER = TopicLimits(1, 1)
"""Mailservers of a client that names none (1/CLIENT, CL-25)."""
