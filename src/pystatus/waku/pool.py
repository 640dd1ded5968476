"""The envelopes that a node holds until they expire, and the memory of those it has seen (waku.md §2.6, §10).

Three limits bound it. Whoever expires last goes first: of what is stored when there are too many bytes or envelopes,
and of what is remembered when there are too many hashes. So long-lived junk never displaces Status traffic, which lives
15 s, and a hash that is remembered stays so until its envelope has expired, whatever is stored meanwhile.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

from pystatus.errors import LocalError
from pystatus.waku.counters import Counters
from pystatus.waku.envelope import Envelope, Share

MAX_SHARED = 16_384
"""Values that entries share, some 2 MB, with sets of fifty peers 30 MB: more than the topics, sizes and seconds of any
network that was recorded. When somebody invents more, sharing begins anew."""
SHARE_SECONDS = 60
"""Sharing begins anew so often in any case: expiries and peers that are gone come back no more, and Status envelopes
live for a quarter of it."""

NOBODY: frozenset[int] = frozenset()

T = TypeVar("T")


class Entry:
    """An envelope in the pool, and who has it."""

    __slots__ = ("envelope", "peers")

    def __init__(self, envelope: Envelope, peers: frozenset[int] = NOBODY) -> None:
        self.envelope = envelope
        self.peers = peers
        """The numbers of the peers that have it. Most envelopes are where most others are: the set is shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How much a pool holds. What does not fit is still relayed at once; late joiners do not get it."""

    max_bytes: int = 128 << 20
    """Bytes of raw envelopes; in memory an envelope takes about 0.4 kB more."""
    max_envelopes: int = 100_000
    """Envelopes stored: several minutes of the busiest Status network that was recorded."""
    max_remembered: int = 1_200_000
    """Hashes remembered, at about 150 bytes each: 80,000 envelopes a second that live 15 s. Beyond it, what expires
    later than everything else is refused; it could come back again and again otherwise."""

    def __post_init__(self) -> None:
        if min(self.max_bytes, self.max_envelopes, self.max_remembered) < 1:
            raise LocalError("a pool needs room for at least one envelope")


class ExpiryIndex:
    """Hashes by the second of their expiry. Finding the nearest and the farthest second costs O(1), amortised."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[bytes]] = {}
        self._nearest: list[int] = []
        self._farthest: list[int] = []

    def add(self, expiry: int, envelope_hash: bytes) -> None:
        bucket = self._buckets.get(expiry)
        if bucket is not None:
            bucket.append(envelope_hash)
            return
        self._buckets[expiry] = [envelope_hash]
        heapq.heappush(self._nearest, expiry)
        heapq.heappush(self._farthest, -expiry)
        # Entries of seconds that are gone stay in the heaps until they come up, or until they are the majority.
        if len(self._nearest) > 2 * len(self._buckets) + 64:
            self._nearest = sorted(self._buckets)
        if len(self._farthest) > 2 * len(self._buckets) + 64:
            self._farthest = sorted(-second for second in self._buckets)

    def nearest(self) -> int | None:
        """The first second in which anything expires."""
        while self._nearest and self._nearest[0] not in self._buckets:
            heapq.heappop(self._nearest)
        return self._nearest[0] if self._nearest else None

    def farthest(self) -> int:
        """The last second in which anything expires, or -1."""
        while self._farthest and -self._farthest[0] not in self._buckets:
            heapq.heappop(self._farthest)
        return -self._farthest[0] if self._farthest else -1

    def pop_last(self, expiry: int) -> bytes:
        """Take out the youngest hash of a second that has any."""
        bucket = self._buckets[expiry]
        envelope_hash = bucket.pop()
        if not bucket:
            del self._buckets[expiry]
        return envelope_hash

    def pop_before(self, second: int) -> Iterator[bytes]:
        """Take out everything that expires before ``second``."""
        while (nearest := self.nearest()) is not None and nearest < second:
            yield from self._buckets.pop(nearest)


class Pool:
    """Envelopes by hash."""

    def __init__(self, limits: PoolLimits | None = None, counters: Counters | None = None) -> None:
        self.limits = limits or PoolLimits()
        self._counters = counters or Counters()
        self.bytes = 0
        """Raw bytes stored."""
        self.stored: dict[bytes, Entry] = {}
        """By hash. Only the pool changes it."""
        self._stored_until = ExpiryIndex()
        self._shared: dict[object, object] = {}
        self._share_until = 0
        self.evicted: set[bytes] = set()
        """Hashes that are remembered only. Only the pool changes them."""
        self._evicted_until = ExpiryIndex()

    def __contains__(self, envelope_hash: bytes) -> bool:
        """Whether this hash is remembered, stored or not."""
        return envelope_hash in self.stored or envelope_hash in self.evicted

    def __len__(self) -> int:
        """Envelopes stored."""
        return len(self.stored)

    @property
    def remembered(self) -> int:
        """Hashes remembered, of stored and evicted envelopes."""
        return len(self.stored) + len(self.evicted)

    def get(self, envelope_hash: bytes) -> Entry | None:
        """The envelope, if it is stored."""
        return self.stored.get(envelope_hash)

    def entries(self) -> Iterable[Entry]:
        """Everything stored, in the order in which it came. Do not change the pool meanwhile."""
        return self.stored.values()

    def share(self, value: T) -> T:
        """``value``, or an equal one that others use already. A set of peers takes 200 bytes, and there are 100,000."""
        return cast(T, self._shared_by_now().setdefault(value, value))

    def _shared_by_now(self) -> dict[object, object]:
        if len(self._shared) >= MAX_SHARED:
            self._shared.clear()
        return self._shared

    def add(self, entry: Entry) -> bool:
        """Remember an envelope that is not in the pool yet, and store it if there is room.

        ``False`` if it cannot even be remembered: then it must not be passed on.
        """
        envelope = entry.envelope
        expiry = envelope.expiry
        envelope_hash = envelope.hash
        stored, limits = self.stored, self.limits
        if len(stored) + len(self.evicted) >= limits.max_remembered and not self._forget_one_later_than(expiry):
            return False
        size = len(envelope.raw)
        has_room = self.bytes + size <= limits.max_bytes and len(stored) < limits.max_envelopes
        if has_room or self._make_room(size, expiry):
            envelope.share_values(cast(Share, self._shared_by_now().setdefault))
            stored[envelope_hash] = entry
            self._stored_until.add(expiry, envelope_hash)
            self.bytes += size
        else:
            self.evicted.add(envelope_hash)
            self._evicted_until.add(expiry, envelope_hash)
            self._counters.envelopes_evicted += 1
        return True

    def sweep(self, second: int) -> None:
        """Drop what expired before Unix second ``second``."""
        for envelope_hash in self._stored_until.pop_before(second):
            self._drop(envelope_hash)
            self._counters.envelopes_expired += 1
        for envelope_hash in self._evicted_until.pop_before(second):
            self.evicted.remove(envelope_hash)
        if not self._share_until - SHARE_SECONDS <= second < self._share_until:
            self._share_until = second + SHARE_SECONDS
            self._shared.clear()

    def next_sweep(self) -> int | None:
        """The first Unix second at which there is something to sweep."""
        expiries = [e for e in (self._stored_until.nearest(), self._evicted_until.nearest()) if e is not None]
        return min(expiries) + 1 if expiries else None

    def _make_room(self, size: int, expiry: int) -> bool:
        limits = self.limits
        if size > limits.max_bytes:
            return False
        while self.bytes + size > limits.max_bytes or len(self.stored) >= limits.max_envelopes:
            farthest = self._stored_until.farthest()
            if farthest <= expiry:
                return False
            evicted = self._stored_until.pop_last(farthest)
            self._drop(evicted)
            self._counters.envelopes_evicted += 1
            self.evicted.add(evicted)
            self._evicted_until.add(farthest, evicted)
        return True

    def _forget_one_later_than(self, expiry: int) -> bool:
        stored, evicted = self._stored_until.farthest(), self._evicted_until.farthest()
        if max(stored, evicted) <= expiry:
            return False
        if stored > evicted:
            self._drop(self._stored_until.pop_last(stored))
            self._counters.envelopes_evicted += 1
        else:
            self.evicted.remove(self._evicted_until.pop_last(evicted))
        return True

    def _drop(self, envelope_hash: bytes) -> None:
        envelope = self.stored.pop(envelope_hash).envelope
        self.bytes -= len(envelope.raw)
