"""Nodes that have failed again and again: nobody is dialled for ever (overlay.md §10.4). No I/O."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.devp2p.enode import Enode
from pystatus.records import dataclass

MAX_FAILURES = 5
"""Attempts in a row after which a node is given up for a while. Ours: with the back-off of candidates they take a
quarter of an hour."""
BAD_SECONDS = 3600.0
"""How long a node is not tried after it was given up, the first time (overlay.md §10.4: an hour). Each time it is twice
as long, up to :data:`MAX_BAD_SECONDS`, and then it has one attempt."""
MAX_BAD_SECONDS = 24 * 3600.0
"""The longest of these times."""
MAX_BAD_NODES = 1_000
"""Nodes of which that is remembered, some 300 kB; the one that was given up first is forgotten first. Ours: five times
as many as candidates."""

_Place: TypeAlias = tuple[bytes, str]
"""A node id with an address: others may name a good node at an address where it is not."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    until: float
    times: int


class BadNodes:
    """What was given up, and until when."""

    def __init__(self) -> None:
        self._verdicts: dict[_Place, _Verdict] = {}

    def __len__(self) -> int:
        return len(self._verdicts)

    def add(self, enode: Enode, now: float) -> None:
        """It has failed too often, or has misbehaved."""
        former = self._verdicts.pop(_place(enode), None)
        times = 1 if former is None else former.times + 1
        if len(self._verdicts) >= MAX_BAD_NODES:
            del self._verdicts[next(iter(self._verdicts))]
        seconds = min(BAD_SECONDS * 2.0 ** min(times - 1, 16), MAX_BAD_SECONDS)
        self._verdicts[_place(enode)] = _Verdict(now + seconds, times)

    def holds(self, enode: Enode, now: float) -> bool:
        """Whether it is not to be tried."""
        verdict = self._verdicts.get(_place(enode))
        return verdict is not None and now < verdict.until

    def failures(self, enode: Enode) -> int:
        """The attempts that a node begins with: one that was given up before has a single one left."""
        return MAX_FAILURES - 1 if _place(enode) in self._verdicts else 0

    def forgive(self, enode: Enode) -> None:
        """It has been a good peer."""
        self._verdicts.pop(_place(enode), None)


def _place(enode: Enode) -> _Place:
    return enode.node_id, enode.address
