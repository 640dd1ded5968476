"""Whose load is measured, and within which limits."""

from __future__ import annotations

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass

MAX_USERS = 1_000_000
"""Of whom each has a key: a minute of computing."""
MAX_TOPICS = 10_000
"""In one bloom filter: far more than fill it."""
OWN_TOPICS = 3
"""That everybody listens to, whoever they talk with: the partition, the personal discovery topic, the contact code."""
RELAYS = 30
"""Of the network in which copies are counted."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Whose load is measured."""

    users: int = 10_000
    listeners: int = 200
    """Of them who are looked at: the first ones."""
    topics: int = 100
    """That each of them listens to."""
    requests: int = 4
    """Among which the topics are divided when a mailserver is asked."""
    peers: int = 2
    """Relays that each relay is linked with, on average."""
    messages: float = 100.0
    """That somebody receives in a day."""
    private: float = 0.5
    offline: float = 0.9

    def __post_init__(self) -> None:
        """
        :raises LocalError: out of its limits.
        """
        if not 1 <= self.listeners <= self.users <= MAX_USERS:
            raise LocalError(f"There are 1 to {MAX_USERS} users, and no more listeners than users.")
        if not OWN_TOPICS <= self.topics <= MAX_TOPICS:
            raise LocalError(f"Everybody listens to {OWN_TOPICS} to {MAX_TOPICS} topics.")
        if not 1 <= self.requests <= self.topics:
            raise LocalError(f"The topics are divided among at least one request, and at most {self.topics}.")
        if not 2 <= self.peers < RELAYS:
            raise LocalError(f"A relay has 2 to {RELAYS - 1} peers.")
