"""What was seen, in numbers. No I/O; the time (Unix seconds) is an argument."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field

from pystatus.waku.envelope import Envelope

RATE_SECONDS = 10
"""Seconds that a rate is taken over, at most."""
MAX_TOPICS = 10_000
"""Topics that are counted one by one, about 3 MB; what comes under others is counted together."""
MAX_REMEMBERED = 200_000
"""Hashes of envelopes by which repetitions are known, about 25 MB; the oldest is forgotten first."""


@dataclass(slots=True)
class Range:
    """The least, the greatest and the mean of some values."""

    count: int = 0
    total: float = 0.0
    least: float = 0.0
    greatest: float = 0.0

    def add(self, value: float) -> None:
        self.least = min(self.least, value) if self.count else value
        self.greatest = max(self.greatest, value)
        self.count += 1
        self.total += value

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0


@dataclass(slots=True)
class TopicRow:
    """What came under one topic."""

    topic: bytes
    envelopes: int = 0
    bytes: int = 0
    last: float = 0.0
    """When the last one came."""
    pow: Range = field(default_factory=Range)


class Rate:
    """Envelopes and bytes a second, over the last :data:`RATE_SECONDS`, or since the beginning if that is less."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, int, int]] = deque()  # second, envelopes, bytes
        self._since: int | None = None

    def begin(self, now: float) -> None:
        """From now on envelopes are waited for, unless they were before."""
        if self._since is None:
            self._since = int(now)

    def add(self, size: int, now: float) -> None:
        self.begin(now)
        second = int(now)
        if self._seconds and self._seconds[-1][0] >= second:
            last, count, total = self._seconds.pop()
            self._seconds.append((last, count + 1, total + size))
        else:
            self._seconds.append((second, 1, size))
            self._forget(second)

    def at(self, now: float) -> tuple[float, float]:
        """Envelopes and bytes a second."""
        self._forget(int(now))
        count = sum(entry[1] for entry in self._seconds)
        total = sum(entry[2] for entry in self._seconds)
        span = self.span(now)
        return count / span, total / span

    def span(self, now: float) -> int:
        """The seconds that the rate is of: those that have begun, from 1 to :data:`RATE_SECONDS`."""
        since = int(now) if self._since is None else self._since
        return max(1, min(RATE_SECONDS, int(now) - since + 1))

    def _forget(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - RATE_SECONDS:
            self._seconds.popleft()


class Statistics:
    """Everything that is counted."""

    def __init__(self) -> None:
        self.packets: Counter[int] = Counter()
        """By code."""
        self.packet_bytes: Counter[int] = Counter()
        self.envelopes = 0
        """Different ones."""
        self.repeated = 0
        self.malformed = 0
        """Packets and envelopes that cannot be read."""
        self.size = Range()
        self.pow = Range()
        self.ttl = Range()
        self.rate = Rate()
        self.topics: dict[bytes, TopicRow] = {}
        self.other = TopicRow(b"")
        """All topics beyond :data:`MAX_TOPICS`."""
        self.first: float | None = None
        self.last: float | None = None
        self._seen: dict[bytes, None] = {}

    def packet(self, code: int, size: int) -> None:
        """A packet came, of ``size`` bytes before compression."""
        self.packets[code] += 1
        self.packet_bytes[code] += size

    def envelope(self, envelope: Envelope, now: float) -> bool:
        """An envelope came; whether it is a new one."""
        if envelope.hash in self._seen:
            self.repeated += 1
            return False
        self._seen[envelope.hash] = None
        if len(self._seen) > MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        size, work = len(envelope.raw), envelope.pow()
        self.envelopes += 1
        self.size.add(size)
        if work < math.inf:  # an envelope with a ttl of 0 needs no work
            self.pow.add(work)
        self.ttl.add(envelope.ttl)
        self.rate.add(size, now)
        self.first = now if self.first is None else min(self.first, now)
        self.last = now if self.last is None else max(self.last, now)
        row = self._row(envelope.topic)
        row.envelopes += 1
        row.bytes += size
        row.last = now
        if work < math.inf:
            row.pow.add(work)
        return True

    def busiest(self, count: int) -> list[TopicRow]:
        """The topics with the most envelopes."""
        return sorted(self.topics.values(), key=lambda row: (-row.envelopes, -row.bytes, row.topic))[:count]

    def _row(self, topic: bytes) -> TopicRow:
        row = self.topics.get(topic)
        if row is None:
            if len(self.topics) >= MAX_TOPICS:
                return self.other
            row = self.topics[topic] = TopicRow(topic)
        return row
