"""Who is to get each envelope, and who has."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable


class Tally:
    """Keeps of each envelope the nodes that wait for it, until all have it."""

    def __init__(self) -> None:
        self.written = 0
        self.expected = 0
        """Arrivals: one for each envelope and each node that is to get it."""
        self.unwanted = 0
        """Arrivals at nodes that had not asked for it."""
        self.delays = array("d")
        """From writing to each arrival, in simulated seconds."""
        self._missing: dict[bytes, tuple[float, set[int]]] = {}
        self._digest = hashlib.sha256()

    @property
    def arrived(self) -> int:
        """Arrivals at nodes that were to get it."""
        return len(self.delays)

    @property
    def missed(self) -> int:
        """Arrivals that have not happened."""
        return self.expected - self.arrived

    @property
    def digest(self) -> str:
        """A hash over what arrived where and when: equal for equal runs."""
        return self._digest.hexdigest()

    def missing_at(self) -> dict[int, int]:
        """How many envelopes each node waits for."""
        counts: defaultdict[int, int] = defaultdict(int)
        for _, nodes in self._missing.values():
            for node in nodes:
                counts[node] += 1
        return dict(counts)

    def write(self, envelope_hash: bytes, readers: Iterable[int], now: float) -> None:
        """An envelope was written that is for ``readers``, its author not among them."""
        waiting = set(readers)
        self.written += 1
        self.expected += len(waiting)
        if waiting:
            self._missing[envelope_hash] = (now, waiting)

    def arrive(self, envelope_hash: bytes, node: int, now: float) -> None:
        """It is here for the first time."""
        self._digest.update(b"%.6f %d " % (now, node) + envelope_hash)
        written, waiting = self._missing.get(envelope_hash, (now, set()))
        if node not in waiting:
            self.unwanted += 1
            return
        self.delays.append(now - written)
        waiting.remove(node)
        if not waiting:
            del self._missing[envelope_hash]
