"""What a relay has done so far, in plain numbers: for metrics, for operators, for tests (waku.md §5).

Everything only grows, except the topics' table: see :class:`TopicTraffic`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pystatus.waku.relay.admission import Refusal

MAX_COUNTED_TOPICS = 1024
"""Topics with numbers of their own, about 0.3 MB. A Status network of thousands of people uses some 5,000 partition
topics and one for each public chat; which of them are busy is what an operator asks for."""
PATIENCE = 8
"""Envelopes of unknown topics for each place in the full table, before the table is tidied."""


@dataclass(slots=True)
class Traffic:
    """Envelopes and their bytes in RLP. What comes twice counts twice; what goes to three peers counts three times."""

    envelopes_in: int = 0
    bytes_in: int = 0
    envelopes_out: int = 0
    bytes_out: int = 0
    """Queued for peers; the few that a peer does not get after all are counted, too."""

    def add(self, other: Traffic) -> None:
        self.envelopes_in += other.envelopes_in
        self.bytes_in += other.bytes_in
        self.envelopes_out += other.envelopes_out
        self.bytes_out += other.bytes_out


class TopicTraffic:
    """Traffic by topic, in bounded memory: the busiest topics have their own numbers, the rest is summed.

    A table that is full, and is asked for :data:`PATIENCE` times as many topics that it does not have, gives up its
    quieter half. So somebody who invents topics keeps the busy ones out only for a while, and the work for it stays
    O(1) an envelope.
    """

    def __init__(self, limit: int = MAX_COUNTED_TOPICS) -> None:
        self.other = Traffic()
        """Of all topics that have no numbers of their own."""
        self._limit = limit
        self._rows: dict[bytes, Traffic] = {}
        self._misses = 0

    def count(self, topic: bytes, size: int, received: int, sent: int) -> None:
        """An envelope of ``size`` bytes came ``received`` times and is to go to ``sent`` peers."""
        row = self._rows.get(topic)
        if row is None:
            row = self._open(topic)
        row.envelopes_in += received
        row.bytes_in += received * size
        row.envelopes_out += sent
        row.bytes_out += sent * size

    @property
    def rows(self) -> Mapping[bytes, Traffic]:
        """The topics with numbers of their own."""
        return MappingProxyType(self._rows)

    def _open(self, topic: bytes) -> Traffic:
        if len(self._rows) >= self._limit:
            self._misses += 1
            if self._misses < PATIENCE * self._limit:
                return self.other
            self._misses = 0
            self._make_room()
        row = self._rows[topic] = Traffic()
        return row

    def _make_room(self) -> None:
        by_bytes = sorted(self._rows.items(), key=lambda row: row[1].bytes_in + row[1].bytes_out, reverse=True)
        for topic, row in by_bytes[self._limit // 2 :]:
            del self._rows[topic]
            self.other.add(row)


@dataclass(slots=True)
class Counters:
    """Since the relay was made. Bytes are those of packet bodies, before compression."""

    packets_received: Counter[int] = field(default_factory=Counter)
    """By packet code."""
    packets_sent: Counter[int] = field(default_factory=Counter)
    packets_by_dialect: Counter[str] = field(default_factory=Counter)
    """Received and sent, by capability: ``waku/1``, ``waku/0``, ``shh/6``."""
    bytes_received: int = 0
    bytes_sent: int = 0
    envelopes_new: int = 0
    """Taken from peers: admitted and seen for the first time."""
    envelopes_known: int = 0
    """Received again."""
    envelopes_refused: Counter[Refusal] = field(default_factory=Counter)
    envelopes_sent: int = 0
    """In packets to peers: one that went to three counts three times."""
    envelopes_dropped: int = 0
    """Given up because the peer they waited for does not read."""
    envelopes_expired: int = 0
    """Left the pool because their time was over."""
    envelopes_evicted: int = 0
    """Left the pool, or never entered it, because it was full; relayed nevertheless."""
    packets_cut: int = 0
    """Packets with more envelopes than are taken of one."""
    rate_limited: Counter[str] = field(default_factory=Counter)
    """Packets that exceeded a limit, by its kind: ``ip``, ``prefix``, ``peer``; of ``topic``: envelopes."""
    misbehaved: int = 0
    """Peers that were disconnected for their behaviour."""
    topics: TopicTraffic = field(default_factory=TopicTraffic)
