"""What the pool reports (overlay.md §7.4)."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.devp2p.enode import Enode
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class DiscoveryStarted:
    """Peers are missing, and are looked for (``discovery.started``)."""

    topics: tuple[str, ...]
    """What is searched."""


@dataclass(frozen=True, slots=True)
class DiscoveryStopped:
    """Nothing is searched any more: there are enough peers, or the search pauses (``discovery.stopped``)."""

    is_satisfied: bool
    """Whether there are enough."""


@dataclass(frozen=True, slots=True)
class NodeDiscovered:
    """A node of a topic that was looked for besides relays is connected, and speaks our protocol
    (``enode.discovered``)."""

    enode: Enode
    topic: str


PoolEvent: TypeAlias = DiscoveryStarted | DiscoveryStopped | NodeDiscovered
