"""Who is to get each envelope, and who has."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Expected:
    """An envelope that not everybody has yet."""

    number: int
    """They are numbered from 0 as they are written."""
    author: int
    written: float
    """When."""
    waiting: set[int]
    """The nodes that have not got it."""


class Tally:
    """Keeps of each envelope the nodes that wait for it, until all have it."""

    def __init__(self, take: Callable[[Expected, int, float | None], None] | None = None) -> None:
        """
        :param take: called with each arrival at a node that was to get it: the envelope, the node, and the seconds from
            writing; and by :meth:`finish`.
        """
        self._take = take
        self.written = 0
        self.expected = 0
        """Arrivals: one for each envelope and each node that is to get it."""
        self.unwanted = 0
        """Arrivals at nodes that had not asked for it."""
        self.delays = array("d")
        """From writing to each arrival, in simulated seconds."""
        self._missing: dict[bytes, Expected] = {}
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
        for envelope in self._missing.values():
            for node in envelope.waiting:
                counts[node] += 1
        return dict(counts)

    def finish(self) -> None:
        """Nothing arrives any more: what is missing is told as such."""
        if self._take is not None:
            for envelope in self._missing.values():
                for node in sorted(envelope.waiting):
                    self._take(envelope, node, None)

    def write(self, envelope_hash: bytes, author: int, readers: Iterable[int], now: float) -> None:
        """An envelope was written that is for ``readers``, its author not among them."""
        waiting = set(readers)
        if waiting:
            self._missing[envelope_hash] = Expected(self.written, author, now, waiting)
        self.written += 1
        self.expected += len(waiting)

    def arrive(self, envelope_hash: bytes, node: int, now: float) -> None:
        """It is here for the first time."""
        self._digest.update(b"%.6f %d " % (now, node) + envelope_hash)
        envelope = self._missing.get(envelope_hash)
        if envelope is None or node not in envelope.waiting:
            self.unwanted += 1
            return
        delay = now - envelope.written
        self.delays.append(delay)
        if self._take is not None:
            self._take(envelope, node, delay)
        envelope.waiting.remove(node)
        if not envelope.waiting:
            del self._missing[envelope_hash]
