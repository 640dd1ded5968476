"""Nodes that may become peers, and when each may be tried. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pystatus.devp2p.enode import Enode
from pystatus.net.config import Backoff

MAX_CANDIDATES = 200
"""Nodes that are remembered, several for each place that a node has for peers of its choice."""
CANDIDATE_BACKOFF = Backoff(initial=60.0, maximum=3600.0)
"""After a failure, and after a peer has left soon: others are tried first (overlay.md §10.4: up to an hour)."""


@dataclass(slots=True)
class DialCandidate:
    """One node."""

    enode: Enode
    due: float
    """Not to be dialled before, on the clock of the event loop."""
    failures: int = 0
    """Attempts since the last connection that lasted."""
    is_busy: bool = False
    """Dialled now, or connected."""


class DialCandidates:
    """Nodes by id, at most :data:`MAX_CANDIDATES`."""

    def __init__(self, backoff: Backoff = CANDIDATE_BACKOFF, limit: int = MAX_CANDIDATES) -> None:
        self._backoff = backoff
        self._limit = limit
        self._known: dict[bytes, DialCandidate] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, node_id: bytes) -> bool:
        return node_id in self._known

    def add(self, enode: Enode, now: float) -> bool:
        """Remember a node, or that it has moved. False: all places are taken by nodes that have not failed."""
        known = self._known.get(enode.node_id)
        if known is not None:
            if known.enode != enode:
                known.enode, known.due = enode, now
            return True
        if len(self._known) >= self._limit and not self._drop_worst():
            return False
        self._known[enode.node_id] = DialCandidate(enode, now)
        return True

    def take(self, now: float, may_dial: Callable[[Enode], bool]) -> Enode | None:
        """The node to dial next: of those that are due, whoever has failed least. ``None``: nobody is due."""
        due = [one for one in self._known.values() if not one.is_busy and one.due <= now and may_dial(one.enode)]
        if not due:
            return None
        best = min(due, key=lambda one: (one.failures, one.due))
        best.is_busy = True
        return best.enode

    def next_due(self, may_dial: Callable[[Enode], bool]) -> float | None:
        """When somebody is due; ``None``: nobody waits."""
        return min((one.due for one in self._known.values() if not one.is_busy and may_dial(one.enode)), default=None)

    def failed(self, node_id: bytes, now: float, chance: float) -> None:
        """It could not be reached, or has left soon; ``chance`` is random in 0 … 1."""
        candidate = self._known[node_id]
        candidate.is_busy = False
        candidate.failures += 1
        candidate.due = now + self._backoff.pause(candidate.failures, chance)

    def left(self, node_id: bytes, now: float, chance: float) -> None:
        """It was a peer for a good while."""
        self._known[node_id].failures = 0
        self.failed(node_id, now, chance)

    def _drop_worst(self) -> bool:
        idle = [one for one in self._known.values() if not one.is_busy]
        worst = max(idle, key=lambda one: one.failures, default=None)
        if worst is None or not worst.failures:
            return False
        del self._known[worst.enode.node_id]
        return True
