"""What was measured in a simulation, one by one: a row of a data frame each.

Times are simulated seconds; :attr:`written` counts from the moment at which the first message may be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class MessageSample:
    """What became of one message for one of its readers, or for its author."""

    measure: str
    """``received``: until the reader had it, on any device; ``confirmed``: until its author knew that it was delivered,
    of messages between two people with data sync."""
    chat: str
    """``private``, which is between two people, ``public``, or ``group``."""
    message: int
    """Messages are numbered from 0 in the order in which they were written."""
    author: int
    """People are numbered from 0."""
    reader: int | None
    """Who received it; none where it was confirmed: the author learns that the other one has it."""
    written: float
    """When, in seconds."""
    delay: float | None
    """Seconds from writing; none: it has not happened until the end."""

    @property
    def series(self) -> str | None:
        """Under which name it is drawn; none: it is not."""
        return self.chat if self.measure == "received" else None


@dataclass(frozen=True, slots=True)
class ArrivalSample:
    """What became of one envelope at one node that was to get it."""

    message: int
    """Envelopes are numbered from 0 in the order in which they were written."""
    author: int
    """The node that wrote it; nodes are numbered from 0, full nodes first."""
    reader: int
    """The node that was to get it."""
    kind: str
    """Of the reader: ``full`` or ``topics``."""
    written: float
    """When, in seconds."""
    delay: float | None
    """Seconds from writing; none: it has not arrived until the end."""

    @property
    def series(self) -> str | None:
        """Under which name it is drawn."""
        return "arrivals"


@dataclass(frozen=True, slots=True)
class DiscoverySample:
    """One search of a topic, or one lookup, in a network of discovery nodes."""

    measure: str
    """``search``: of a node that registers the topic and is there; ``lookup``: of the node nearest to a target."""
    node: int
    """Who searched; nodes are numbered from 0 as they join."""
    begun: float
    """When, in seconds from the moment at which measuring begins."""
    delay: float | None
    """Seconds until it was found, or until the lookup was over; none: that has not happened until the end."""
    steps: int
    """Of a search: lookups, of a lookup: nodes asked."""
    hops: int | None
    """Of a lookup: answers that one after the other led to the nearest node found."""
    right: bool
    """Of a search: something was found; of a lookup: the nearest node of all was."""

    @property
    def series(self) -> str | None:
        """Under which name it is drawn."""
        return self.measure


Sample: TypeAlias = MessageSample | ArrivalSample | DiscoverySample
TakeMessage: TypeAlias = Callable[[MessageSample], None]
TakeArrival: TypeAlias = Callable[[ArrivalSample], None]
TakeDiscovery: TypeAlias = Callable[[DiscoverySample], None]
