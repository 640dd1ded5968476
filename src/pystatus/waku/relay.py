"""The relay: takes envelopes from peers, keeps them until they expire, passes each on once to each peer that wants it
(6/WAKU1, waku.md §4.3 to §5.4, §10).

Bytes in, packets and events out, the time (Unix seconds) as an argument. After each batch of inputs the shell calls
:meth:`Relay.packets_to_send` and then :meth:`Relay.next_event` until it is ``None``: envelopes that came in together
leave together, one Messages packet for each peer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import chain
from typing import TypeAlias

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.admission import Refusal
from pystatus.waku.config import RelayConfig, check_envelope_size
from pystatus.waku.counters import Counters
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.events import (
    EnvelopeExpired,
    EnvelopeReceived,
    EnvelopeSent,
    Event,
    PeerFailed,
    PeerId,
    PeerReady,
    RequestCompleted,
)
from pystatus.waku.interest import Interest
from pystatus.waku.peer import MALFORMED_PENALTY, Misbehaviour, Peer
from pystatus.waku.pool import Entry, ExpiryIndex, Pool
from pystatus.waku.settings import OwnSettings
from pystatus.waku.status import MAX_OPTIONS_SIZE

OFFER_RATE = 100_000
"""Pooled envelopes that are looked at in a second for one peer which keeps changing its mind: a tenth of a second of
work, so that it cannot keep us searching (A21). A peer that does it once waits for nothing."""
FLUSH_SIZE = 4 << 20
"""Bytes, about, that one peer is given by one call of ``packets_to_send``; the rest waits for the next."""
MAX_QUEUE_SIZE = 16 << 20
"""Bytes that wait for a peer whose connection takes nothing; the oldest are dropped."""
MAX_CONFIRMATION_SIZE = 256 << 10
"""Bytes of a message response that we read: 2,048 errors with a short text each; more would take long to decode."""
MAX_P2P_ENVELOPES = 1000
"""Envelopes that we read from one P2P Message: a page of history is never longer (waku.md §7.4)."""
MAX_COMPLETION_SIZE = 4 << 10
"""Bytes of a P2P Request Complete that we read: at most 100 where all went well, else some text (waku.md §7.7)."""
MAX_REPORTED_ERRORS = 2048
"""Envelopes that a message response of ours may complain about. A batch with more of them is not confirmed at all."""
MAX_CACHED_TOPICS = 65_536
"""Topics for which we remember who wants them."""

Packet: TypeAlias = tuple[PeerId, int, bytes]
"""For whom, packet code relative to the capability, body."""


class Relay:
    """A node's Waku side. Peers are whatever hashable ids the shell gives them."""

    def __init__(self, config: RelayConfig | None = None) -> None:
        self.config = config or RelayConfig()
        self.counters = Counters()
        self.pool = Pool(self.config.pool, self.counters)
        self.watched = self.config.watched
        """Topics whose envelopes raise :class:`EnvelopeReceived`; ``None``: all. May be set at any time."""
        self._settings = OwnSettings(self.config)
        self._peers: dict[PeerId, Peer] = {}
        self._waiting: dict[PeerId, Peer] = {}
        self._last_number = 0
        self._takers: dict[bytes, list[Peer]] = {}
        self._own: dict[bytes, Entry] = {}
        self._own_until = ExpiryIndex()
        self._offers: dict[PeerId, float] = {}
        self._outbox: list[tuple[Peer, int, bytes]] = []
        self._with_queue: list[Peer] = []
        self._backlog_at: float | None = None
        self._events: deque[Event] = deque()

    # Peers

    @property
    def ready_peers(self) -> list[PeerId]:
        """Those whose handshake is over."""
        return [peer.id for peer in self._peers.values() if peer.ready and not peer.failed]

    def peer_connected(self, peer_id: PeerId, now: float, *, dialect: Dialect = WAKU_1) -> None:
        """A connection speaks Waku, in this dialect. Our Status is the first packet to it; its own is awaited.

        :raises LocalError: this peer is connected already.
        """
        if peer_id in self._peers:
            raise LocalError(f"peer {peer_id!r} is connected already")
        self._last_number += 1
        deadline = now + self.config.status_timeout
        peer = Peer(peer_id, self._last_number, dialect, deadline, self._settings.options)
        self._peers[peer_id] = self._waiting[peer_id] = peer
        self._outbox.append((peer, packets.STATUS, dialect.encode_status(peer.announced)))

    def peer_disconnected(self, peer_id: PeerId, now: float) -> None:
        """The connection is gone, by whoever's hand.

        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        del self._peers[peer_id]
        self._fail(peer)

    def set_writable(self, peer_id: PeerId, writable: bool) -> None:
        """Say whether the connection takes more. While it does not, a bounded number of envelopes waits.

        :raises LocalError: no such peer.
        """
        self._peer(peer_id).writable = writable

    def set_trusted(self, peer_id: PeerId, trusted: bool) -> None:
        """Say whether P2P packets of this peer are read, as those of a mailserver that was asked for history are.
        From everybody else they are ignored.

        :raises LocalError: no such peer.
        """
        self._peer(peer_id).trusted = trusted

    def traffic(self, peer_id: PeerId) -> tuple[int, int]:
        """Bytes of packets received from this peer and sent to it.

        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        return peer.bytes_received, peer.bytes_sent

    @property
    def has_queued(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._outbox or self._with_queue)

    # Input

    def receive_packet(self, peer_id: PeerId, code: int, payload: bytes, now: float) -> None:
        """Take a packet from a peer. ``code`` is relative to the capability; unknown codes are ignored (WK-14).

        :raises RemoteError: disconnect this peer. Nothing more is taken from it.
        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        if peer.failed:
            return
        peer.bytes_received += len(payload)
        self.counters.bytes_received += len(payload)
        self.counters.packets_received[code] += 1
        self.counters.packets_by_dialect[peer.dialect.title] += 1
        try:
            if len(payload) > self.config.max_packet_size:
                raise RemoteError(f"packet of {len(payload)} bytes")
            if code == packets.MESSAGES and peer.ready:
                self._receive_messages(peer, payload, now)
            elif not peer.ready:
                self._receive_status(peer, code, payload, now)
            elif code in peer.dialect.update_codes:
                self._receive_update(peer, code, payload, now)
            elif code in (packets.BATCH_ACKNOWLEDGED, packets.MESSAGE_RESPONSE):
                self._receive_confirmation(peer, code, payload, now)
            elif code in (packets.P2P_MESSAGE, packets.P2P_REQUEST_COMPLETE) and peer.trusted:
                self._receive_p2p(peer, code, payload, now)
            # P2P Requests go to mailservers: ignored.
        except RemoteError as error:
            self._fail(peer)
            if isinstance(error, Misbehaviour):
                self.counters.misbehaved += 1
            raise

    def receive_aside(self, peer_id: PeerId, payload: bytes, now: float) -> None:
        """Take a packet of another dialect than the one that is spoken with this peer, which shares both. It was told
        that we want nothing there, so it may say what it wants, as often as in Status Updates; nothing comes of it.

        :raises RemoteError: disconnect this peer: it sends more than that.
        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        if peer.failed:
            return
        peer.bytes_received += len(payload)
        self.counters.bytes_received += len(payload)
        if len(payload) > MAX_OPTIONS_SIZE or not peer.may_update(now):
            self._fail(peer)
            raise RemoteError("envelopes, or a flood, in a dialect that is not spoken with this peer")

    def post(self, envelope: Envelope, now: float) -> None:
        """Send an own envelope, whatever our own interest is. Posting it again changes nothing.

        :raises LocalError: no honest peer would take it (expired, too large, too little proof of work), or no room.
        """
        if envelope.hash in self._own:
            return
        refusal = self._settings.admission.refuse_own(envelope, int(now))
        if refusal is not None:
            raise LocalError(f"the envelope cannot be sent: {refusal.description}")
        entry = self.pool.get(envelope.hash) or (envelope, set())
        if envelope.hash not in self.pool and not self.pool.add(*entry):
            raise LocalError("the envelope cannot be sent: too many are on their way; try again in some seconds")
        # Its answer may come at once, and by then peers must know what we want (§8.2).
        self._settings.announce_soon(now)
        self._own[envelope.hash] = entry
        self._own_until.add(envelope.expiry, envelope.hash)
        self._spread(*entry)

    def send_p2p(self, peer_id: PeerId, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone, in P2P Messages, whatever their proof of work, topic and expiry are. It
        takes them only if it trusts us, and says nothing of it. They are not pooled, and nobody passes them on.

        :raises LocalError: no such peer, or it is not ready or reads too slowly; an envelope is too large for a packet.
        """
        peer = self._peer(peer_id)
        if peer.failed or not peer.ready:
            raise LocalError("the peer has not finished its handshake: wait until it is among the ready ones")
        if not peer.writable:
            raise LocalError("the peer reads too slowly: too much waits for it; try again in some seconds")
        bundles = packets.bundles(envelopes)
        if sum(len(bundle) for bundle in bundles) < len(envelopes):
            raise LocalError(f"an envelope does not fit a packet of {packets.MAX_SENT_PACKET_SIZE} bytes")
        for bundle in bundles:
            self._outbox.append((peer, packets.P2P_MESSAGE, peer.dialect.encode_p2p(bundle)))

    def set_interest(self, interest: Interest, now: float) -> None:
        """Change what we ask peers for. They are told at once, or within 0.1 s of the last change."""
        self._settings.set_interest(interest, now)

    def set_min_pow(self, min_pow: float, now: float) -> None:
        """Change the proof of work that we ask for.

        :raises LocalError: not finite, or negative.
        """
        self._settings.set_min_pow(min_pow, now)

    @property
    def min_pow(self) -> float:
        """The proof of work that we ask for."""
        return self._settings.admission.min_pow

    @property
    def max_envelope_size(self) -> int:
        """Bytes of the largest envelope that we take, header counted as 20."""
        return self._settings.admission.max_envelope_size

    def set_max_envelope_size(self, size: int) -> None:
        """Take envelopes up to another size. Peers are not told: Waku has no option for it.

        :raises LocalError: not a size, or above :data:`~pystatus.waku.config.HIGHEST_ENVELOPE_SIZE`.
        """
        check_envelope_size(size)
        self._settings.admission.max_envelope_size = size

    # Output

    def next_event(self) -> Event | None:
        """The next thing to tell, or ``None``."""
        return self._events.popleft() if self._events else None

    def packets_to_send(self, now: float) -> list[Packet]:
        """Everything to be written now, in order. Nothing that has expired, and no packet above 1 MiB."""
        if self._settings.announce(now):
            for peer in self._peers.values():
                self._update(peer)
        output: list[Packet] = []
        for peer, code, payload in self._outbox:
            if not peer.failed:
                self._emit(peer, code, payload, output)
        self._outbox.clear()
        with_queue, self._with_queue = self._with_queue, []
        self._backlog_at = None
        for peer in with_queue:
            if peer.failed:
                continue
            if peer.writable:
                for bundle in packets.bundles(peer.take_queue(int(now), FLUSH_SIZE)):
                    payload = packets.encode_messages(bundle)
                    self._emit(peer, packets.MESSAGES, payload, output)
                    self.counters.envelopes_sent += len(bundle)
                    if self._own:
                        self._note_sent(peer, bundle, payload)
                if peer.queue:
                    self._backlog_at = now
            else:
                self.counters.envelopes_dropped += peer.limit_queue(MAX_QUEUE_SIZE)
            if peer.queue:
                self._with_queue.append(peer)
        return output

    def _emit(self, peer: Peer, code: int, payload: bytes, output: list[Packet]) -> None:
        size = len(payload)
        peer.bytes_sent += size
        self.counters.bytes_sent += size
        self.counters.packets_sent[code] += 1
        self.counters.packets_by_dialect[peer.dialect.title] += 1
        output.append((peer.id, code, payload))

    # Time

    def next_timer(self) -> float | None:
        """When to call :meth:`on_timer` and :meth:`packets_to_send` next, if nothing else happens."""
        own = self._own_until.nearest()
        times = (
            self._backlog_at,
            self._settings.announce_at,
            self._settings.admission.next_timer(),
            self.pool.next_sweep(),
            None if own is None else own + 1,
            next(iter(self._waiting.values())).status_deadline if self._waiting else None,
            min(self._offers.values()) if self._offers else None,
        )
        return min((time for time in times if time is not None), default=None)

    def on_timer(self, now: float) -> None:
        """Do what is due: let envelopes and tolerances expire, give up on silent peers. Early calls are harmless."""
        second = int(now)
        self._settings.admission.on_timer(now)
        self.pool.sweep(second)
        for envelope_hash in self._own_until.pop_before(second):
            del self._own[envelope_hash]
            self._events.append(EnvelopeExpired(envelope_hash))
        for peer in [peer for peer in self._waiting.values() if peer.status_deadline <= now]:
            self._fail(peer)
            self._events.append(PeerFailed(peer.id, "no Status in time"))
        for peer_id in [peer_id for peer_id, due in self._offers.items() if due <= now]:
            del self._offers[peer_id]
            self._offer_pool(self._peers[peer_id], now)

    # Handshake and settings

    def _receive_status(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        if code != packets.STATUS:
            raise RemoteError(f"packet {code} before the Status")
        peer.greet(peer.dialect.decode_status(payload))
        self._check_light(peer)
        del self._waiting[peer.id]
        self._takers.clear()
        self._events.append(PeerReady(peer.id))
        self._update(peer)
        self._offer_pool(peer, now)

    def _receive_update(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        try:
            if not peer.may_update(now):
                raise RemoteError("too many Status Updates")
            options = peer.dialect.decode_update(code, payload)
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        changed = peer.apply(options)
        self._check_light(peer)
        if changed:
            self._takers.clear()
            self._offer_pool(peer, now)

    def _check_light(self, peer: Peer) -> None:
        if peer.light and self.config.light:
            raise RemoteError("two light nodes have nothing to say to each other")

    def _update(self, peer: Peer) -> None:
        changes = peer.announce(self._settings.options)
        if changes is not None:
            self._outbox.extend((peer, code, payload) for code, payload in peer.dialect.encode_update(changes))

    # Envelopes

    def _receive_messages(self, peer: Peer, payload: bytes, now: float) -> None:
        pool = self.pool
        known: list[bytes] = []
        fresh: dict[bytes, Envelope] = {}
        try:
            for raw in packets.split_messages(payload):
                envelope_hash = keccak256(raw)
                if envelope_hash in pool or envelope_hash in fresh:
                    known.append(envelope_hash)
                else:
                    fresh[envelope_hash] = Envelope.decode(raw, envelope_hash)
        except RemoteError:
            # One malformed envelope spoils the packet: nothing of it has been looked at yet.
            peer.penalise(MALFORMED_PENALTY, now)
            return
        for envelope_hash in known:
            self._note_known(peer, envelope_hash)
        second = int(now)
        refuse = self._settings.admission.refuse
        watched = self.watched
        topics = self.counters.topics
        refusals: list[tuple[bytes, Refusal]] = []
        for envelope_hash, envelope in fresh.items():
            refusal = refuse(envelope, second)
            if refusal is not None:
                refusals.append((envelope_hash, refusal))
                continue
            peers = {peer.number}
            if not pool.add(envelope, peers):
                refusals.append((envelope_hash, Refusal.POOL_FULL))
                continue
            traffic = topics.of(envelope.topic)
            traffic.envelopes_in += 1
            traffic.bytes_in += len(envelope.raw)
            if not self.config.light:
                self._spread(envelope, peers)
            if watched is None or envelope.topic in watched:
                self._events.append(EnvelopeReceived(envelope, peer.id))
        counters = self.counters
        counters.envelopes_known += len(known)
        counters.envelopes_new += len(fresh) - len(refusals)
        if self.config.confirmations:
            self._confirm(peer, payload, refusals)
        if refusals:
            counters.envelopes_refused.update([refusal for _, refusal in refusals])
            peer.penalise(sum(refusal.penalty for _, refusal in refusals), now)

    def _spread(self, envelope: Envelope, peers: set[int]) -> None:
        """Queue an envelope for every peer that wants it and does not have it."""
        takers = self._takers.get(envelope.topic)
        if takers is None:
            takers = self._find_takers(envelope.topic)
        before = len(peers)
        for peer in takers:
            if peer.number not in peers and envelope.reaches(peer.min_pow):
                peers.add(peer.number)
                self._enqueue(peer, envelope)
        copies = len(peers) - before
        if copies:
            traffic = self.counters.topics.of(envelope.topic)
            traffic.envelopes_out += copies
            traffic.bytes_out += copies * len(envelope.raw)

    def _find_takers(self, topic: bytes) -> list[Peer]:
        if len(self._takers) >= MAX_CACHED_TOPICS:
            self._takers.clear()
        takers = [p for p in self._peers.values() if p.ready and not p.failed and p.interest.wants(topic)]
        self._takers[topic] = takers
        return takers

    def _enqueue(self, peer: Peer, envelope: Envelope) -> None:
        if not peer.queue:
            self._with_queue.append(peer)
        peer.queue.append(envelope)

    def _note_known(self, peer: Peer, envelope_hash: bytes) -> None:
        entry = self.pool.get(envelope_hash)
        if entry is None:
            return
        envelope, peers = entry
        traffic = self.counters.topics.of(envelope.topic)
        traffic.envelopes_in += 1
        traffic.bytes_in += len(envelope.raw)
        if peer.number not in peers:
            peers.add(peer.number)
        elif peer.queue:
            peer.echoes.add(envelope_hash)

    def _offer_pool(self, peer: Peer, now: float) -> None:
        """Queue what is pooled already for a peer that has just come or wants more than before."""
        if now < peer.next_offer <= now + len(self.pool) / OFFER_RATE:
            self._offers.setdefault(peer.id, peer.next_offer)
            return
        peer.next_offer = now + len(self.pool) / OFFER_RATE
        wants = peer.interest.wants
        # A light node passes on nothing but its own.
        for envelope, peers in chain(self._own.values(), () if self.config.light else self.pool.entries()):
            if peer.number not in peers and wants(envelope.topic) and envelope.reaches(peer.min_pow):
                peers.add(peer.number)
                self._enqueue(peer, envelope)
                traffic = self.counters.topics.of(envelope.topic)
                traffic.envelopes_out += 1
                traffic.bytes_out += len(envelope.raw)

    # P2P

    def _receive_p2p(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        """What it brings needs neither work nor a future (waku.md §4.8), and is not pooled: only we hear of it."""
        watched = self.watched
        try:
            if code == packets.P2P_MESSAGE:
                envelopes = [Envelope.decode(raw) for raw in peer.dialect.split_p2p(payload, MAX_P2P_ENVELOPES)]
                wanted = [one for one in envelopes if watched is None or one.topic in watched]
                self._events.extend(EnvelopeReceived(envelope, peer.id, p2p=True) for envelope in wanted)
            elif len(payload) > MAX_COMPLETION_SIZE:
                raise RemoteError(f"completion of {len(payload)} bytes")
            else:
                self._events.append(RequestCompleted(packets.decode_request_complete(payload), peer.id))
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)

    # Confirmations

    def _confirm(self, peer: Peer, payload: bytes, refusals: list[tuple[bytes, Refusal]]) -> None:
        errors = tuple(
            packets.EnvelopeError(envelope_hash, refusal.code, refusal.description)
            for envelope_hash, refusal in refusals
            if refusal.code is not None
        )
        if len(errors) > MAX_REPORTED_ERRORS:
            return
        batch_hash = keccak256(payload)
        response = packets.MessageResponse(batch_hash, errors)
        self._outbox.append((peer, packets.MESSAGE_RESPONSE, response.encode()))
        self._outbox.append((peer, packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch_hash)))

    def _note_sent(self, peer: Peer, bundle: packets.Bundle, payload: bytes) -> None:
        own = tuple(envelope.hash for envelope in bundle if envelope.hash in self._own)
        if not own or peer.light:
            return
        self._events.extend(EnvelopeSent(envelope_hash, peer.id) for envelope_hash in own)
        if peer.confirmations:
            peer.await_confirmation(keccak256(payload), own)

    def _receive_confirmation(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        """The first of the two answers to a batch settles it; those to other batches are ignored (A25)."""
        if not peer.awaited:
            return
        try:
            if len(payload) > MAX_CONFIRMATION_SIZE:
                raise RemoteError(f"confirmation of {len(payload)} bytes")
            if code == packets.MESSAGE_RESPONSE:
                response = packets.MessageResponse.decode(payload)
            else:
                response = packets.MessageResponse(packets.decode_batch_acknowledged(payload))
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        if response is not None:
            self._events.extend(peer.settle(response))

    def _peer(self, peer_id: PeerId) -> Peer:
        peer = self._peers.get(peer_id)
        if peer is None:
            raise LocalError(f"no peer {peer_id!r} is connected")
        return peer

    def _fail(self, peer: Peer) -> None:
        """Nothing from this peer or to it counts any more."""
        peer.failed = True
        peer.queue.clear()
        self._waiting.pop(peer.id, None)
        self._offers.pop(peer.id, None)
        self._takers.clear()
