"""The envelopes that a node holds until they expire, and the memory of those it has seen (waku.md §2.6, §10).

Three limits bound it: bytes and envelopes of what is stored, and hashes of what is remembered. Where there is no room,
the source that uses most gives way (:mod:`pystatus.waku.relay.pool_usage`); of its envelopes the one that expires last.
So a flood displaces nobody else's envelopes, and long-lived junk does not displace Status traffic, which lives 15 s. A
hash that is remembered stays so until its envelope has expired. Only a source that fills more of the memory than the
one that needs room loses one of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

from pystatus.errors import LocalError
from pystatus.largest import Largest
from pystatus.records import dataclass
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.expiry import ExpiryIndex
from pystatus.waku.relay.pool_usage import ENTRY_OVERHEAD, SourceUsage

REMEMBERED_PER_STORED = 12
"""Hashes remembered for each envelope that is stored. By default 1.2 million: 80,000 envelopes a second that live
15 s."""
MAX_SOURCES = 10_000
"""Sources, at about 1 kB each. With more of them the networks that have left since then share one: it takes as many
networks to fill the table, and then the envelopes of one that leaves go with those of the crowd."""
GRAIN = 16
"""The part of the life that is left, a sixteenth, to which the expiry of what is only remembered is rounded up: so it
stays a little longer, and whoever gives each envelope a second of its own does not make each cost four times as much.
What lives for less than twice as many seconds is not rounded."""
MAX_SHARED = 16_384
"""Values that entries share, some 2 MB, with sets of fifty peers 30 MB: more than the topics, sizes and seconds of any
network that was recorded. When somebody invents more, sharing begins anew."""
MAX_SWEPT = 4_096
"""Envelopes and hashes that are dropped at a time: some milliseconds. A whole pool may expire in one second."""
SHARE_SECONDS = 60
"""Sharing begins anew so often in any case: expiries and peers that are gone come back no more, and Status envelopes
live for a quarter of it."""

NOBODY: frozenset[int] = frozenset()

T = TypeVar("T")
_CROWD = "crowd"
"""The key of the networks that have left while there were too many."""


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
    max_remembered: int = REMEMBERED_PER_STORED * 100_000
    """Hashes remembered, at about 150 bytes each, whatever their expiry. Beyond it, what expires later than everything
    else of the source that fills most of it is refused; it could come back again and again otherwise."""

    def __post_init__(self) -> None:
        if min(self.max_bytes, self.max_envelopes, self.max_remembered) < 1:
            raise LocalError("A pool needs room for at least one envelope.")


class Pool:
    """Envelopes by hash."""

    def __init__(self, limits: PoolLimits | None = None, counters: Counters | None = None) -> None:
        self.limits = limits or PoolLimits()
        self._counters = counters or Counters()
        self.bytes = 0
        """Raw bytes stored."""
        self.stored: dict[bytes, Entry] = {}
        """By hash. Only the pool changes it."""
        self.evicted: set[bytes] = set()
        """Hashes that are remembered only. Only the pool changes them."""
        self._until: ExpiryIndex[SourceUsage] = ExpiryIndex()
        self._own = SourceUsage()
        self._sources: dict[Hashable, SourceUsage] = {None: self._own}
        self._most_charged = Largest[SourceUsage](lambda source: source.charge)
        self._most_remembered = Largest[SourceUsage](lambda source: source.remembered)
        self._present = 0
        self._shared: dict[Any, Any] = {}
        self._share_until = 0

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
        if len(self._shared) >= MAX_SHARED:
            self._shared.clear()
        shared: T = self._shared.setdefault(value, value)
        return shared

    def open_source(self, key: Hashable) -> SourceUsage:
        """A peer has connected from there; give what is returned with each envelope that it brings."""
        source = self._sources.setdefault(key, SourceUsage())
        source.users += 1
        return source

    def close_source(self, key: Hashable) -> None:
        """A peer from there has gone. What it brought stays, and is still charged to the source."""
        source = self._sources[key]
        source.users -= 1
        self._drop_unused(key)
        if len(self._sources) > MAX_SOURCES and not source.users and key in self._sources:
            del self._sources[key]
            self._join(self._sources.setdefault(_CROWD, SourceUsage()), source)

    @property
    def sources(self) -> int:
        """Sources that have something here, or are connected; this node is one of them."""
        return len(self._sources)

    def add(self, entry: Entry, source: SourceUsage | None = None) -> bool:
        """Remember an envelope that is not in the pool yet, and store it if there is room.

        :param source: who brought it; ``None``: this node.
        :returns: ``False`` if it cannot even be remembered: then it must not be passed on.
        """
        source = source or self._own
        envelope = entry.envelope
        expiry = envelope.expiry
        envelope_hash = envelope.hash
        stored, limits = self.stored, self.limits
        if len(stored) + len(self.evicted) >= limits.max_remembered and not self._forget_one_for(source, expiry):
            return False
        size = len(envelope.raw)
        source.remembered += 1
        has_room = self.bytes + size <= limits.max_bytes and len(stored) < limits.max_envelopes
        if has_room or self._make_room(source, size, expiry):
            shared = self._shared
            if len(shared) >= MAX_SHARED:
                shared.clear()
            envelope.share_values(shared)
            stored[envelope_hash] = entry
            self.bytes += size
            source.charge += size + ENTRY_OVERHEAD
            bucket = source.stored.buckets.get(expiry)
            if bucket is not None:
                bucket.append(envelope_hash)
            else:
                source.stored.add(expiry, envelope_hash)
                self._until.add(expiry, source)
                self._present = max(self._present, expiry - envelope.ttl)  # nobody sweeps where nothing expires
        else:
            self._remember_only(source, expiry, envelope_hash)
        return True

    def sweep(self, second: int, most: int = MAX_SWEPT) -> None:
        """Drop what expired before Unix second ``second``.

        :param most: hashes that are dropped; of more than that the rest is for the next call.
        """
        self._present = second
        while most and (first := self._until.first()) is not None and first[0] < second:
            expiry, source = first
            expired = source.stored.pop(expiry, most)
            for envelope_hash in expired:
                self._drop(source, envelope_hash)
            self._counters.envelopes_expired += len(expired)
            forgotten = source.evicted.pop(expiry, most - len(expired))
            self.evicted.difference_update(forgotten)
            source.remembered -= len(expired) + len(forgotten)
            most -= len(expired) + len(forgotten)
            self._leave(expiry, source)
        if not self._share_until - SHARE_SECONDS <= second < self._share_until:
            self._share_until = second + SHARE_SECONDS
            self._shared.clear()
            for key in [key for key, source in self._sources.items() if not source.users]:
                self._drop_unused(key)

    def next_sweep(self) -> int | None:
        """The first Unix second at which there is something to sweep."""
        nearest = self._until.nearest()
        return None if nearest is None else nearest + 1

    def _make_room(self, source: SourceUsage, size: int, expiry: int) -> bool:
        """Whether there is room now for an envelope of ``source``."""
        limits = self.limits
        if size > limits.max_bytes:
            return False
        while self.bytes + size > limits.max_bytes or len(self.stored) >= limits.max_envelopes:
            largest = self._most_charged.among(self._sources.values())
            if source.charge + size + ENTRY_OVERHEAD >= largest.charge:
                largest = source
                if source.stored.farthest() <= expiry:
                    return False
            second, evicted = largest.stored.pop_last()
            self._drop(largest, evicted)
            self._remember_only(largest, second, evicted)
            self._leave(second, largest)
        return True

    def _join(self, crowd: SourceUsage, source: SourceUsage) -> None:
        for expiry in {*source.stored.seconds, *source.evicted.seconds}:
            self._until.discard(expiry, source)
            self._until.add(expiry, crowd)
        crowd.take_over(source)

    def _rounded(self, expiry: int) -> int:
        """When a hash is forgotten whose envelope expires at ``expiry``."""
        left = max(0, expiry - self._present)
        grain = 1 << max(0, (left // GRAIN).bit_length() - 1)
        return -(-expiry // grain) * grain

    def _remember_only(self, source: SourceUsage, expiry: int, envelope_hash: bytes) -> None:
        expiry = self._rounded(expiry)
        self.evicted.add(envelope_hash)
        if source.evicted.add(expiry, envelope_hash):
            self._until.add(expiry, source)
        self._counters.envelopes_evicted += 1

    def _forget_one_for(self, source: SourceUsage, expiry: int) -> bool:
        """Whether there is room in the memory now for a hash of ``source``."""
        largest = self._most_remembered.among(self._sources.values())
        if source.remembered >= largest.remembered:
            largest = source
            if max(self._rounded(source.stored.farthest()), source.evicted.farthest()) <= self._rounded(expiry):
                return False
        if largest.stored.farthest() > largest.evicted.farthest():
            second, forgotten = largest.stored.pop_last()
            self._drop(largest, forgotten)
            self._counters.envelopes_evicted += 1
        else:
            second, forgotten = largest.evicted.pop_last()
            self.evicted.remove(forgotten)
        largest.remembered -= 1
        self._leave(second, largest)
        return True

    def _leave(self, second: int, source: SourceUsage) -> None:
        """Something of ``source`` does not expire in this second any more: perhaps nothing does."""
        if second not in source.stored and second not in source.evicted:
            self._until.discard(second, source)

    def _drop(self, source: SourceUsage, envelope_hash: bytes) -> None:
        size = len(self.stored.pop(envelope_hash).envelope.raw)
        self.bytes -= size
        source.charge -= size + ENTRY_OVERHEAD

    def _drop_unused(self, key: Hashable) -> None:
        source = self._sources[key]
        if source is not self._own and not source.users and not source.remembered:
            del self._sources[key]
