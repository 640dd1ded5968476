"""Envelopes with a number and a time in them, so that whoever gets them knows what is missing and how long it took."""

from __future__ import annotations

import os
import struct
import time
from collections import Counter
from collections.abc import Sequence

from pystatus.waku.envelope import Envelope

ENVELOPE_SIZE = 560
"""Bytes of one envelope in RLP: a short one-to-one message."""
TTL = 15
"""Seconds: what Status gives its envelopes."""

_MARK = struct.Struct(">IQQ")
"""Author, number, nanoseconds of the monotonic clock."""
_DATA_START = 17
"""Where the data begins in an envelope of this size: list, expiry, ttl below 128, topic, and the data's own length."""
_NONCE_SIZE = 1
_FILLING = ENVELOPE_SIZE - _DATA_START - _MARK.size - _NONCE_SIZE
"""Bytes of chance in each envelope: like what is encrypted, it does not shrink by compression."""


class Author:
    """Makes envelopes, each with the next number."""

    def __init__(self, number: int, topics: Sequence[bytes]) -> None:
        self.number = number
        self.written = 0
        self._topics = topics

    def write(self, count: int, ttl: int = TTL) -> list[Envelope]:
        """``count`` envelopes sent now, on one topic after the other."""
        expiry = int(time.time()) + ttl
        envelopes = []
        for _ in range(count):
            data = _MARK.pack(self.number, self.written, time.monotonic_ns()) + os.urandom(_FILLING)
            topic = self._topics[self.written % len(self._topics)]
            envelopes.append(Envelope.create(expiry, ttl, topic, data, 1))
            self.written += 1
        return envelopes


class Numbers:
    """Which numbers of one author have arrived."""

    def __init__(self) -> None:
        self.expected = 0
        """The number after the highest."""
        self.missing: set[int] = set()
        """Those below it that have not arrived."""
        self.repeated = 0

    def arrived(self, number: int) -> None:
        if number == self.expected:
            self.expected += 1
        elif number > self.expected:
            self.missing.update(range(self.expected, number))
            self.expected = number + 1
        elif number in self.missing:
            self.missing.remove(number)
        else:
            self.repeated += 1

    def lost(self, written: int) -> int:
        """How many of ``written`` envelopes are not here."""
        return len(self.missing) + written - self.expected


class Reader:
    """Reads the envelopes of authors of this process."""

    def __init__(self) -> None:
        self.numbers: dict[int, Numbers] = {}
        """By author."""
        self.delays: Counter[int] = Counter()
        """How many envelopes took that many tenths of a millisecond, rounded down."""

    def read(self, raw: bytes) -> None:
        author, number, written_at = _MARK.unpack_from(raw, _DATA_START)
        numbers = self.numbers.get(author)
        if numbers is None:
            numbers = self.numbers[author] = Numbers()
        numbers.arrived(number)
        self.delays[(time.monotonic_ns() - written_at) // 100_000] += 1


def percentile(delays: Counter[int], share: float) -> float:
    """The delay in seconds that ``share`` of all envelopes do not exceed.

    :param delays: counts by tenths of a millisecond, as a :class:`Reader` keeps them.
    """
    left = share * delays.total()
    for delay in sorted(delays):
        left -= delays[delay]
        if left <= 0:
            return (delay + 1) / 10_000
    return 0.0
