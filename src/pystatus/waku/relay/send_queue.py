"""What waits to be written to peers, and when it goes (waku.md §5.1, §5.5).

Nothing waits for a peer: what it does not read in time, or does not want so fast, waits for it in a queue of bounded
size (:mod:`~pystatus.waku.relay.peer_queue`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import floor
from typing import TypeAlias

from pystatus.crypto.hashing import keccak_state
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.events import EnvelopeSent, PeerId
from pystatus.waku.relay.peer import Peer
from pystatus.waku.relay.rate_limits import Throttle
from pystatus.waku.relay.sent import SentEnvelopes

FLUSH_SIZE = 4 << 20
"""Bytes, about, that one peer is given by one call of :meth:`SendQueue.collect`; the rest waits for the next. Here and
below tiny envelopes count more than their own (:func:`~pystatus.waku.packets.charge`)."""
MAX_QUEUE_SIZE = 8 << 20
"""Bytes that wait for a peer whose connection takes nothing, or that wants no more now; beyond it the oldest of the
source of which most waits are dropped."""
SHORTEST_WAIT = 0.001
"""Seconds for which a throttled peer is left alone at least: what a timer can tell apart."""

Packet: TypeAlias = tuple[PeerId, int, bytes]
"""For whom, packet code relative to the capability, body."""


class SendQueue:
    """The packets and envelopes for all peers of a relay."""

    def __init__(
        self,
        counters: Counters,
        flush_interval: float,
        own: SentEnvelopes,
        tell: Callable[[EnvelopeSent], None],
        prepare: Callable[[float], None],
    ):
        """
        :param flush_interval: seconds of the transmission cycle; 0: envelopes leave at once.
        :param own: what this node has posted: ``tell`` is called for each peer that one of them leaves for.
        :param prepare: called before anything is collected, with the time: queues what is made only now.
        """
        self._counters = counters
        self._interval = flush_interval
        self._own = own
        self._tell = tell
        self._prepare = prepare
        self._packets: list[tuple[Peer, int, bytes]] = []
        self._with_queue: list[Peer] = []
        self._flush_at: float | None = None
        self._began: float | None = None
        self._latest: tuple[packets.Bundle, bytes] = ((), b"")
        self.next_time: float | None = None
        """When to collect again, if nothing else happens."""

    @property
    def has_queued(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._packets or self._with_queue)

    def add_packet(self, peer: Peer, code: int, payload: bytes) -> None:
        """A packet that leaves with the next call, before all envelopes."""
        self._packets.append((peer, code, payload))

    def add_envelope(self, peers: Iterable[Peer], envelope: Envelope, source: object) -> None:
        """An envelope for the next Messages packets of these peers.

        :param source: who brought it, as the pool counts: where more waits than can leave, sources have turns.
        """
        size = packets.charge(envelope)
        for peer in peers:
            if not peer.is_queued:
                peer.is_queued = True
                self._with_queue.append(peer)
            queue = peer.queue
            if queue.source is not source:
                queue.begin(source)
            queue.arrived.append(envelope)
            queue.size += size

    def collect(self, now: float) -> list[Packet]:
        """Everything to be written at ``now``, in order. Nothing that has expired, and no packet above 1 MiB.

        Implements: WK-6, WK-8
        """
        self._prepare(now)
        output: list[Packet] = []
        for peer, code, payload in self._packets:
            if not peer.failed:
                self._emit(peer, code, payload, now, output)
        self._packets.clear()
        self.next_time = None
        if self._with_queue:
            is_time = self._is_time(now)
            with_queue, self._with_queue = self._with_queue, []
            for peer in with_queue:
                if is_time and peer.writable and not peer.failed:
                    self._flush(peer, now, output)
                peer.is_queued = bool(peer.queue.size)
                if peer.is_queued:
                    # A peer that takes everything may have more before it for a moment, after a burst. In a cycle it is
                    # given so much and no more.
                    if not peer.writable or peer.throttle is not None or self._interval:
                        self._counters.envelopes_dropped += peer.queue.limit(MAX_QUEUE_SIZE)
                    self._with_queue.append(peer)
            self._latest = ((), b"")
        return output

    def _is_time(self, now: float) -> bool:
        """Whether envelopes leave now: always, or once in each cycle."""
        if not self._interval:
            return True
        if self._began is None:
            self._began = now
        if self._flush_at is None:
            cycles = max(0, floor((now - self._began) / self._interval))
            self._flush_at = self._began + (cycles + 1) * self._interval
        # A clock that steps back shall not keep us waiting.
        if self._flush_at > now and self._flush_at - now <= self._interval:
            self._wake(self._flush_at)
            return False
        self._flush_at = None
        return True

    def _flush(self, peer: Peer, now: float, output: list[Packet]) -> None:
        if peer.throttle is not None:
            self._flush_slowly(peer, peer.throttle, now, output)
            return
        for bundle in packets.bundles(peer.queue.take(int(now), FLUSH_SIZE)):
            self._send(peer, bundle, now, output)
        if peer.queue.size:
            self._wake(now)

    def _flush_slowly(self, peer: Peer, throttle: Throttle, now: float, output: list[Packet]) -> None:
        """Send as fast as the peer has asked for, in as few packets as possible."""
        size = 0
        queue = peer.queue
        while queue.size and size < FLUSH_SIZE:
            if throttle.wait(queue.next_charge, now):
                break
            room = max(throttle.room(now), queue.next_charge)
            room = min(room, packets.MAX_SENT_PACKET_SIZE)
            bundle, charge = queue.take_packet(int(now), room, throttle.surplus(now))
            if bundle:
                sent = self._send(peer, bundle, now, output)
                throttle.spend_more(charge - sent, now)
                size += sent
        if queue.size:
            self._wake(now + max(SHORTEST_WAIT, throttle.wait(queue.next_charge, now)))

    def _send(self, peer: Peer, bundle: packets.Bundle, now: float, output: list[Packet]) -> int:
        same, payload = self._latest
        if bundle != same:  # peers that want the same follow each other: full nodes are most of them
            payload = packets.encode_messages(bundle)
            self._latest = (bundle, payload)
        self._emit(peer, packets.MESSAGES, payload, now, output)
        self._counters.envelopes_sent += len(bundle)
        own = self._own
        if len(own) and (hashes := tuple(envelope.hash for envelope in bundle if envelope.hash in own)):
            for event in own.sent(peer, hashes, keccak_state(payload).digest()):
                self._tell(event)
        return len(payload)

    def _emit(self, peer: Peer, code: int, payload: bytes, now: float, output: list[Packet]) -> None:
        size = len(payload)
        peer.bytes_sent += size
        if peer.throttle is not None and code != packets.STATUS:  # the handshake is free
            peer.throttle.spend(size, now)
        self._counters.bytes_sent += size
        self._counters.packets_sent[code] += 1
        self._counters.packets_by_dialect[peer.dialect.title] += 1
        output.append((peer.id, code, payload))

    def _wake(self, at: float) -> None:
        if self.next_time is None or at < self.next_time:
            self.next_time = at
