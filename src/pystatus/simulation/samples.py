"""What was measured in a simulation, one by one: a row of a data frame each.

Times are simulated seconds; :attr:`written` counts from the moment at which the first message may be written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class MessageSample:
    """What became of one message for one of its readers, or for its author."""

    measure: str
    """``received``: until the reader had it, on any device; ``confirmed``: until its author knew that it was delivered,
    of private messages between people with data sync."""
    chat: str
    """``private`` or ``public``."""
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


Sample: TypeAlias = MessageSample | ArrivalSample
TakeMessage: TypeAlias = Callable[[MessageSample], None]
TakeArrival: TypeAlias = Callable[[ArrivalSample], None]
