"""Envelopes that wait for one peer, divided among the sources that brought them (A51).

Mostly everything leaves at once, in the order in which it came. Where more waits than can leave, sources have turns,
and the one of which most waits gives way: a flood stands in nobody's way but its own.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence

from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import LONGEST_LIST_HEADER, MAX_ENVELOPES_IN_PACKET, MAX_SENT_PACKET_SIZE, charge

TURN_BYTES = 4 << 10
"""Bytes, about, that one source gives before the next one has its turn: a handful of messages of Status."""

LEAST_DROPPED = 8
"""Where something gives way, one envelope for so many sources does at least: all of them are looked at for that, and
there may be as many as envelopes, each with a network of its own."""


class _Backlog:
    """What waits of one source, the oldest first."""

    __slots__ = ("envelopes", "size")

    def __init__(self) -> None:
        self.envelopes: deque[Envelope] = deque()
        self.size = 0


class PeerQueue:
    """What goes into the next Messages packets of a peer. Bytes are those of :func:`~pystatus.waku.packets.charge`.

    Whoever adds an envelope does it directly, for each peer: :meth:`begin`, where :attr:`source` is another one, then
    ``arrived`` and ``size``.
    """

    __slots__ = ("_backlogs", "_begins", "_turn_bytes", "_turns", "_waiting", "arrived", "echoes", "size", "source")

    def __init__(self) -> None:
        self.size = 0
        """Bytes of everything; 0 if and only if nothing waits."""
        self.arrived: list[Envelope] = []
        """What came since the last time that not everything could leave."""
        self.source: object = self
        """Of the last one of them."""
        self.echoes: set[bytes] = set()
        """Hashes in the queue that the peer sent us meanwhile; never more of them than there are envelopes in it."""
        self._begins: list[tuple[int, object]] = []
        self._backlogs: dict[object, _Backlog] = {}
        self._turns: deque[object] = deque()
        self._turn_bytes = 0
        self._waiting = 0

    def __len__(self) -> int:
        return len(self.arrived) + self._waiting

    def begin(self, source: object) -> None:
        """What is added from now on was brought by ``source``, which may be anything that can be a key."""
        if not self.arrived:
            self._begins.clear()
        self._begins.append((len(self.arrived), source))
        self.source = source

    def echoed(self, envelope_hash: bytes) -> None:
        """The peer has sent an envelope that may wait for it here."""
        if len(self.echoes) < len(self):  # else there are such that never waited: they count for as many that did
            self.echoes.add(envelope_hash)

    @property
    def next_charge(self) -> int:
        """What a Messages packet with nothing but the next envelope counts against limits, in bytes."""
        return LONGEST_LIST_HEADER + charge(self._next() if self._waiting else self.arrived[0])

    def take(self, second: int, limit: int) -> Sequence[Envelope]:
        """Take out about ``limit`` bytes, without what has expired or what the peer has sent itself.

        Implements: WK-6
        """
        if self.size <= limit and not self.echoes and not self._waiting:
            everything = [envelope for envelope in self.arrived if envelope.expiry >= second]
            self.size = 0
            self.arrived.clear()
            if len(self._begins) > 1:
                self._begins = [(0, self.source)]  # most often the next ones are brought by the same
            return everything
        self._sort()
        taken: list[Envelope] = []
        size = 0
        while self._waiting and size < limit:
            envelope = self._next()
            if self._is_wanted(envelope, second):
                taken.append(envelope)
                size += charge(envelope)
            self._pop()
        return taken

    def take_packet(self, second: int, room: float, surplus: float) -> tuple[Sequence[Envelope], int]:
        """The same for one packet that counts at most ``room`` bytes, of which its envelopes have at most ``surplus``
        less, but for the first: it, and what it counts. What fits in no packet is left out for good."""
        self._sort()
        taken: list[Envelope] = []
        total = LONGEST_LIST_HEADER
        while self._waiting:
            envelope = self._next()
            counted = charge(envelope)
            fits = LONGEST_LIST_HEADER + counted <= MAX_SENT_PACKET_SIZE
            if fits and self._is_wanted(envelope, second):
                surplus -= counted - len(envelope.raw)
                if total + counted > room or (taken and surplus < 0) or len(taken) == MAX_ENVELOPES_IN_PACKET:
                    break
                taken.append(envelope)
                total += counted
            self._pop()
        return taken, total

    def limit(self, limit: int) -> int:
        """Drop what waits while it is more than ``limit`` bytes, and some more where there are very many sources, and
        say how many envelopes that were: the oldest of the source of which most waits."""
        if self.size <= limit:
            return 0
        self._sort()
        before = self._waiting
        # Not looked for anew for each envelope: of as many as come in a flood that would take seconds.
        largest_first = [(-one.size, place, source) for place, (source, one) in enumerate(self._backlogs.items())]
        heapq.heapify(largest_first)
        most = before - len(largest_first) // LEAST_DROPPED
        while self.size > limit or self._waiting > most:
            _, place, source = largest_first[0]
            largest = self._backlogs[source]
            self._drop_first(largest)
            if largest.envelopes:
                heapq.heapreplace(largest_first, (-largest.size, place, source))
            else:
                heapq.heappop(largest_first)
                del self._backlogs[source]
        if len(self._backlogs) < len(self._turns):
            first = self._turns[0]
            self._turns = deque(source for source in self._turns if source in self._backlogs)
            self._ended(first)
        return before - self._waiting

    def clear(self) -> None:
        """Forget everything."""
        self.size = self._waiting = self._turn_bytes = 0
        self.arrived.clear()
        self.source = self
        self.echoes.clear()
        self._begins.clear()
        self._backlogs.clear()
        self._turns.clear()

    # turns

    def _sort(self) -> None:
        """Put what has arrived to what waits of its source."""
        arrived = self.arrived
        if not arrived:
            return
        ends = [start for start, _ in self._begins[1:]] + [len(arrived)]
        for (start, source), end in zip(self._begins, ends, strict=True):
            backlog = self._backlogs.get(source)
            if backlog is None:
                backlog = self._backlogs[source] = _Backlog()
                self._turns.append(source)
            some = arrived[start:end]
            backlog.envelopes.extend(some)
            backlog.size += sum(map(charge, some))
        self._waiting += len(arrived)
        arrived.clear()
        self._begins.clear()
        self.source = self

    def _next(self) -> Envelope:
        return self._backlogs[self._turns[0]].envelopes[0]

    def _pop(self) -> None:
        source = self._turns[0]
        backlog = self._backlogs[source]
        self._turn_bytes += self._drop_first(backlog)
        if not backlog.envelopes:
            self._turns.popleft()
            del self._backlogs[source]
            self._ended(source)
        elif self._turn_bytes >= TURN_BYTES:
            self._turn_bytes = 0
            self._turns.rotate(-1)

    def _ended(self, first: object) -> None:
        """Sources have no backlog any more; ``first`` had its turn before."""
        if not self._turns or self._turns[0] != first:
            self._turn_bytes = 0
        if not self.size:
            self.echoes.clear()

    def _drop_first(self, backlog: _Backlog) -> int:
        envelope = backlog.envelopes.popleft()
        counted = charge(envelope)
        backlog.size -= counted
        self.size -= counted
        self._waiting -= 1
        if self.echoes:
            self.echoes.discard(envelope.hash)
        return counted

    def _is_wanted(self, envelope: Envelope, second: int) -> bool:
        return envelope.expiry >= second and envelope.hash not in self.echoes
