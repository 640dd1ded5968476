"""What is pooled already, for peers that came late or want more than before: a little at a time, so that live traffic
does not wait for newcomers (A17)."""

from __future__ import annotations

from collections.abc import Iterator, Set

from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.peer import Peer
from pystatus.waku.relay.pool import NOBODY, Entry, Pool
from pystatus.waku.relay.send_queue import SendQueue
from pystatus.waku.relay.sent import SentEnvelopes

OFFER_BYTES = 128 << 10
"""Bytes of pooled envelopes that are queued at a time, for all such peers together: a millisecond of sending."""
OFFER_LOOKS = 2000
"""Pooled envelopes that are looked at for it: a millisecond, too."""
MAX_OFFERED = 4 << 20
"""Bytes in the queue of a peer at which it is offered no more until some have left."""
OFFER_RATE = 100_000
"""Pooled envelopes that are looked at in a second for one peer which keeps changing its mind: a tenth of a second of
work, so that it cannot keep us searching (A21). A peer that does it once waits for nothing."""


class Backfill:
    """Peers to which the pool is being offered, each in its turn."""

    def __init__(
        self,
        pool: Pool,
        own: SentEnvelopes,
        settings: LocalStatus,
        outgoing: SendQueue,
        counters: Counters,
        connected: Set[int],
    ) -> None:
        """
        :param connected: the numbers of the peers that are there; the relay changes it.
        """
        self._pool = pool
        self._own = own
        self._settings = settings
        self._outgoing = outgoing
        self._counters = counters
        self._connected = connected
        self._due: dict[Peer, float] = {}
        # Names, as envelopes may leave the pool long before a slow peer is offered them: so they take no memory here.
        self._left: dict[Peer, Iterator[bytes]] = {}
        self._more_at: float | None = None
        self._before: tuple[frozenset[int], int] = NOBODY, 0
        self._after = NOBODY

    def __bool__(self) -> bool:
        """Whether anybody has not been offered everything."""
        return bool(self._left)

    def gone(self, peer: Peer) -> None:
        """It wants nothing any more."""
        self._due.pop(peer, None)
        self._left.pop(peer, None)

    def begin(self, peer: Peer, now: float) -> None:
        """Offer everything that is pooled, in place of what was not offered yet; later, if it was offered just now.

        Implements: WK-5, WK-50, WK-51
        """
        pause = len(self._pool) / OFFER_RATE
        if now < peer.next_offer <= now + pause:
            self._due.setdefault(peer, peer.next_offer)
            return
        peer.next_offer = now + pause
        # A light node passes on nothing but its own.
        pooled = () if self._settings.config.light else self._pool.stored
        self._left[peer] = iter([*self._own.hashes(), *pooled])

    def go_on(self, now: float) -> None:
        """Queue a little more."""
        self._more_at = now if self._left and self._queue_some() else None

    def next_timer(self) -> float | None:
        """When to go on, or to begin."""
        return min((time for time in (self._more_at, *self._due.values()) if time is not None), default=None)

    def on_timer(self, now: float) -> None:
        """Begin what was put off until now."""
        for peer in [peer for peer, due in self._due.items() if due <= now]:
            del self._due[peer]
            self.begin(peer, now)

    def _queue_some(self) -> bool:
        """Whether there is something to go on with at once."""
        size = looks = 0
        for peer in list(self._left):
            if size >= OFFER_BYTES or looks >= OFFER_LOOKS:
                return True
            if not peer.writable or peer.queue.size >= MAX_OFFERED:
                continue
            left = self._left.pop(peer)
            for envelope_hash in left:
                looks += 1
                entry = self._pool.get(envelope_hash) or self._own.get(envelope_hash)
                if entry is not None:
                    size += self._offer(peer, entry)
                if size >= OFFER_BYTES or looks >= OFFER_LOOKS:
                    self._left[peer] = left  # behind the others
                    break
        return any(peer.writable and peer.queue.size < MAX_OFFERED for peer in self._left)

    def _offer(self, peer: Peer, entry: Entry) -> int:
        """Queue an envelope for a peer if it wants it and has it not. Its bytes, or 0."""
        envelope, peers = entry.envelope, entry.peers
        number = peer.number
        if number in peers or not peer.interest.wants(envelope.topic) or not envelope.reaches(peer.min_pow):
            return 0
        # Neighbours in the pool mostly are where each other is.
        if (peers, number) != self._before:
            # Those who have gone are forgotten: else the sets would grow with everybody who ever came.
            self._before = peers, number
            self._after = self._pool.share(peers.intersection(self._connected).union((number,)))
        entry.peers = self._after
        self._outgoing.add_envelope((peer,), envelope, self)
        self._counters.topics.count(envelope.topic, len(envelope.raw), 0, 1)
        return len(envelope.raw)
