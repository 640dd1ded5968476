"""The relay: takes envelopes from peers, keeps them until they expire, passes each on once to each peer that wants it
(6/WAKU1, waku.md §4.3 to §5.4, §10).

Bytes in, packets and events out, the time (Unix seconds) as an argument. After each batch of inputs the shell calls
:meth:`Relay.packets_to_send` and then :meth:`Relay.next_event` until it is ``None``: envelopes that came in together
leave together, one Messages packet for each peer.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Sequence

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.admission import FORGIVEN_SECONDS, SYNC_ALLOWANCE
from pystatus.waku.relay.archive_port import EnvelopeSink
from pystatus.waku.relay.backfill import Backfill
from pystatus.waku.relay.clock_watch import ClockWatch
from pystatus.waku.relay.config import RelayConfig, check_envelope_size
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.events import Event, PeerFailed, PeerId, PeerReady
from pystatus.waku.relay.ingest import Ingest
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.p2p import P2PPackets
from pystatus.waku.relay.peer import MALFORMED_PENALTY, RATE_PENALTY, Misbehaviour, Peer
from pystatus.waku.relay.pool import Pool
from pystatus.waku.relay.publish import Publisher
from pystatus.waku.relay.rate_limits import Accounts, Source
from pystatus.waku.relay.routing import RecipientsByTopic
from pystatus.waku.relay.send_queue import Packet, SendQueue
from pystatus.waku.relay.sent import SentEnvelopes
from pystatus.waku.relay.steps import DONE, Steps
from pystatus.waku.status import MAX_OPTIONS_SIZE, RateLimits


class Relay:
    """A node's Waku side. Peers are whatever hashable ids the shell gives them."""

    def __init__(self, config: RelayConfig | None = None) -> None:
        self.config = config or RelayConfig()
        self.counters = Counters()
        self.pool = Pool(self.config.pool, self.counters)
        self._settings = LocalStatus(self.config)
        self._accounts = self._new_accounts()
        self._rates_changed_at = -math.inf
        self._peers: dict[PeerId, Peer] = {}
        self._waiting: dict[PeerId, Peer] = {}
        self._last_number = 0
        self._connected: set[int] = set()
        self._takers = RecipientsByTopic(self._peers, self.pool.share)
        self._own = SentEnvelopes()
        self._outgoing = SendQueue(self.counters, self.config.flush_interval, self._note_sent)
        self._events: deque[Event] = deque()
        self._clock_watch = ClockWatch(self._events.append)
        self.clock_offset = self._clock_watch.offset
        """How far our clock is from those of our peers."""
        self._intake = Ingest(
            self.pool,
            self._settings,
            self.counters,
            self._takers,
            self._outgoing,
            self.clock_offset,
            self.config.watched,
            self._events.append,
            self._connected,
        )
        self._offers = Backfill(self.pool, self._own, self._settings, self._outgoing, self.counters, self._connected)
        self._posting = Publisher(
            self.pool, self._own, self._settings, self._intake, self.counters, self._events.append
        )
        self._direct = P2PPackets(self._outgoing, self._events.append)

    @property
    def watched(self) -> frozenset[bytes] | None:
        """Topics whose envelopes raise :class:`EnvelopeReceived`; ``None``: all. May be set at any time."""
        return self._intake.watched

    @watched.setter
    def watched(self, topics: frozenset[bytes] | None) -> None:
        self._intake.watched = topics

    @property
    def keeper(self) -> EnvelopeSink | None:
        """The mailserver beside this relay, if there is one."""
        return self._intake.keeper

    @keeper.setter
    def keeper(self, keeper: EnvelopeSink | None) -> None:
        self._intake.keeper = keeper

    # Peers

    @property
    def ready_peers(self) -> list[PeerId]:
        """Those whose handshake is over."""
        return [peer.id for peer in self._peers.values() if peer.ready and not peer.failed]

    def peer_connected(
        self,
        peer_id: PeerId,
        now: float,
        source: Source | None = None,
        *,
        unlimited: bool = False,
        dialect: Dialect = WAKU_1,
    ) -> None:
        """A connection speaks Waku, in this dialect. Our Status is the first packet to it; its own is awaited.

        :param source: where the peer is; ``None``: no limit of addresses concerns it.
        :param unlimited: no limit at all concerns it (WK-38).
        :raises LocalError: this peer is connected already.

        Implements: WK-16, WK-17, WK-41, WU-4
        """
        if peer_id in self._peers:
            raise LocalError(f"Peer {peer_id!r} is connected already.")
        self._last_number += 1
        deadline = now + self.config.status_timeout
        options = self._settings.options
        usage = self.pool.open_source(_pool_source(self._last_number, source))
        peer = Peer(peer_id, self._last_number, dialect, now, deadline, options, usage, source, unlimited=unlimited)
        self._open_accounts(peer, now)
        self._peers[peer_id] = self._waiting[peer_id] = peer
        self._connected.add(peer.number)
        self._outgoing.add_packet(peer, packets.STATUS, dialect.encode_status(peer.announced))

    def peer_disconnected(self, peer_id: PeerId, now: float) -> None:
        """The connection is gone, by whoever's hand.

        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        del self._peers[peer_id]
        self._accounts.close(peer.accounts)
        self.pool.close_source(_pool_source(peer.number, peer.source))
        self._fail(peer)

    def set_writable(self, peer_id: PeerId, writable: bool) -> None:
        """Say whether the connection takes more. While it does not, a bounded number of envelopes waits.

        :raises LocalError: no such peer.
        """
        self._peer(peer_id).writable = writable

    def set_unlimited(self, peer_id: PeerId, unlimited: bool, now: float) -> None:
        """Let a peer send as much as it likes, or no longer.

        :raises LocalError: no such peer.

        Implements: WK-38
        """
        peer = self._peer(peer_id)
        if peer.unlimited != unlimited:
            peer.unlimited = unlimited
            self._open_accounts(peer, now)
            self._update(peer)

    def set_trusted(self, peer_id: PeerId, trusted: bool) -> None:
        """Say whether P2P packets of this peer are read, as those of a mailserver that was asked for history are.
        From everybody else they are ignored. No rate limit concerns a trusted peer (WK-38).

        :raises LocalError: no such peer.

        Implements: WM-15
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
        return self._outgoing.has_queued or bool(self._offers)

    def interest(self, peer_id: PeerId) -> Interest:
        """What this peer asks for.

        :raises LocalError: no such peer.
        """
        return self._peer(peer_id).interest

    def is_relay(self, peer_id: PeerId) -> bool:
        """Whether this peer says that it takes every envelope and passes it on.

        :raises LocalError: no such peer.
        """
        peer = self._peer(peer_id)
        return peer.interest == EVERYTHING and not peer.light

    # Input

    def receive_packet(self, peer_id: PeerId, code: int, payload: bytes, now: float) -> None:
        """Take a packet from a peer. ``code`` is relative to the capability; unknown codes are ignored.

        :raises RemoteError: disconnect this peer. Nothing more is taken from it.
        :raises LocalError: no such peer.

        Implements: WK-14, WK-57
        """
        for _ in self.receive_in_steps(peer_id, code, payload, now):
            pass

    def receive_in_steps(self, peer_id: PeerId, code: int, payload: bytes, now: float) -> Steps:
        """The same, but what is more than one step of work (:mod:`~pystatus.waku.relay.steps`) is given back: go
        through it, a little at a time. In between others may be heard, but nothing else of this peer. What is not gone
        through to the end is dropped, from some step on.

        :returns: :data:`~pystatus.waku.relay.steps.DONE` if nothing is left. Each step may raise RemoteError, too.
        :raises RemoteError: disconnect this peer. Nothing more is taken from it.
        :raises LocalError: no such peer.

        Implements: WK-8, WK-9, WK-10, WK-14, WK-23, WK-57
        """
        peer = self._peer(peer_id)
        if peer.failed:
            return DONE
        self._count_packet(peer, code, len(payload))
        try:
            if len(payload) > self.config.max_packet_size:
                raise RemoteError(f"packet of {len(payload)} bytes")
            # The handshake is free; settings are taken in any case, as they have a limit of their own.
            if peer.ready and self._exceeds(peer, len(payload), now) and code not in peer.dialect.update_codes:
                return DONE
            if code == packets.MESSAGES and peer.ready:
                steps = self._intake.receive(peer, payload, now)
                return steps if steps is DONE else self._guarded(peer, steps)
            if not peer.ready:
                self._receive_status(peer, code, payload, now)
            elif code in peer.dialect.update_codes:
                self._receive_update(peer, code, payload, now)
            elif code in (packets.BATCH_ACKNOWLEDGED, packets.MESSAGE_RESPONSE):
                for event in self._own.confirmed(peer, code, payload, now):
                    self._events.append(event)
                    self._clock_watch.answered(peer, event, now)
            elif code == packets.P2P_MESSAGE and peer.trusted:
                steps = self._direct.receive(peer, payload, now)
                return steps if steps is DONE else self._guarded(peer, steps)
            elif code == packets.P2P_REQUEST_COMPLETE and peer.trusted:
                self._direct.receive_completion(peer, payload, now)
            elif code == packets.P2P_REQUEST and self.keeper is not None:
                self._direct.receive_request(peer, self.keeper, payload, now)
        except RemoteError as error:
            self._give_up(peer, error)
            raise
        return DONE

    def _guarded(self, peer: Peer, steps: Steps) -> Steps:
        try:
            yield from steps
        except RemoteError as error:
            self._give_up(peer, error)
            raise

    def _count_packet(self, peer: Peer, code: int, size: int) -> None:
        peer.bytes_received += size
        self.counters.bytes_received += size
        self.counters.packets_received[code] += 1
        self.counters.packets_by_dialect[peer.dialect.title] += 1

    def _give_up(self, peer: Peer, error: RemoteError) -> None:
        self._fail(peer)
        if isinstance(error, Misbehaviour):
            self.counters.misbehaved += 1

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
        if len(payload) > MAX_OPTIONS_SIZE or not peer.may_update(len(payload), now):
            self._fail(peer)
            raise RemoteError("envelopes, or a flood, in a dialect that is not spoken with this peer")

    def post(self, envelope: Envelope, now: float, delay: float = 0.0) -> None:
        """Send an own envelope, whatever our own interest is. Posting it again changes nothing.

        :param delay: seconds to hold it back, so that the first peer to get it learns less about where it began.
        :raises LocalError: no honest peer would take it (expired, too large, too little proof of work), or no room.
        """
        self._posting.post(envelope, now, delay)

    @property
    def packet_rates(self) -> RateLimits:
        """The limits in force, in packets a second."""
        return self._settings.packet_rates

    @property
    def byte_rates(self) -> RateLimits:
        """The limits in force, in bytes a second."""
        return self._settings.byte_rates

    def send_p2p(self, peer_id: PeerId, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone, in P2P Messages, whatever their proof of work, topic and expiry are. It
        takes them only if it trusts us, and says nothing of it. They are not pooled, and nobody passes them on.

        :raises LocalError: no such peer, or it is not ready or reads too slowly; an envelope is too large for a packet.
        """
        self._direct.send(self._peer(peer_id), envelopes)

    def send_history(self, peer_id: PeerId, code: int, payload: bytes) -> None:
        """Send a history request, or a packet of the answer to one. A peer that is gone, or going, gets nothing."""
        peer = self._peers.get(peer_id)
        if peer is not None and not peer.failed:
            self._outgoing.add_packet(peer, code, payload)

    # Settings: all may change at any time. They hold at once; peers are told at once, or 0.1 s after the last change.

    def set_interest(self, interest: Interest, now: float) -> None:
        """Change what we ask peers for. The former interest is tolerated for 10 s."""
        self._settings.set_interest(interest, now)

    def set_min_pow(self, min_pow: float, now: float) -> None:
        """Change the proof of work that we ask for. The former one is tolerated for 10 s.

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

        :raises LocalError: not a size, or above :data:`~pystatus.waku.relay.config.HIGHEST_ENVELOPE_SIZE`.
        """
        check_envelope_size(size)
        self._settings.admission.max_envelope_size = size

    def set_confirmations(self, confirmations: bool, now: float) -> None:
        """Confirm every batch that comes in, or none."""
        self._settings.set_confirmations(confirmations, now)

    def set_light(self, light: bool, now: float) -> None:
        """Send only own envelopes, or relay. Other light nodes are of no use to a light node: they fail.

        Implements: WK-51, WK-52
        """
        self._settings.set_light(light, now)
        for peer in self._peers.values():
            if light and peer.light and not peer.failed:
                self._fail(peer)
                self._events.append(PeerFailed(peer.id, "two light nodes have nothing to say to each other"))

    def set_rate_limits(self, packet_rates: RateLimits, byte_rates: RateLimits, now: float) -> None:
        """Change what is taken from peers. What they have sent so far is forgotten.

        :raises LocalError: negative, or less than one packet.
        """
        self._settings.set_rates(packet_rates, byte_rates, now)
        self._rates_changed_at = now
        self._accounts = self._new_accounts()
        for peer in self._peers.values():
            self._open_accounts(peer, now)

    # Output

    def next_event(self) -> Event | None:
        """The next thing to tell, or ``None``."""
        return self._events.popleft() if self._events else None

    def packets_to_send(self, now: float) -> list[Packet]:
        """Everything to be written now, in order. Nothing that has expired, and no packet above 1 MiB."""
        if self._settings.announce(now):
            for peer in self._peers.values():
                self._update(peer)
        self._offers.go_on(now)
        self._clock_watch.look(now)
        return self._outgoing.collect(now)

    # Time

    def next_timer(self) -> float | None:
        """When to call :meth:`on_timer` and :meth:`packets_to_send` next, if nothing else happens."""
        times = (
            self._outgoing.next_time,
            self._settings.announce_at,
            self._settings.admission.next_timer(),
            self.pool.next_sweep(),
            self._own.next_timer(),
            self._posting.next_timer(),
            next(iter(self._waiting.values())).status_deadline if self._waiting else None,
            self._offers.next_timer(),
            self._clock_watch.next_timer(),
        )
        return min((time for time in times if time is not None), default=None)

    def on_timer(self, now: float) -> None:
        """Do what is due: let envelopes and tolerances expire, give up on silent peers. Early calls are harmless.

        Implements: WK-19
        """
        second = int(now)
        self._settings.admission.on_timer(now)
        self.pool.sweep(second)
        self._events.extend(self._own.expire(second))
        self._posting.on_timer(now)
        for peer in [peer for peer in self._waiting.values() if peer.status_deadline <= now]:
            self._fail(peer)
            self._events.append(PeerFailed(peer.id, "no Status in time"))
        self._offers.on_timer(now)

    def clock_set(self, now: float) -> None:
        """The clock was set by some seconds, and says ``now``. What was heard about the former one counts no more; own
        envelopes that it has dated to the future are given up, as if they had expired."""
        self.clock_offset.stepped()
        self._events.extend(self._own.give_up_after(int(now) + SYNC_ALLOWANCE))
        self._posting.clock_set_back(now)
        self._settings.announce_soon(now)

    # Rate limits

    def _new_accounts(self) -> Accounts:
        return Accounts(self._settings.packet_rates, self._settings.byte_rates, self.config.rate_burst)

    def _open_accounts(self, peer: Peer, now: float) -> None:
        self._accounts.close(peer.accounts)
        accounts = self._accounts
        peer.accounts = () if peer.unlimited else accounts.open(peer.source, now)
        peer.topic_accounts = None if peer.unlimited else accounts.topics()
        peer.guarantee = None if peer.unlimited else accounts.guarantee(peer.source, now)
        peer.excess = None if peer.unlimited else accounts.excess(now)

    def _exceeds(self, peer: Peer, size: int, now: float) -> bool:
        """Whether a packet is above a limit; counts it.

        :raises Misbehaviour: the peer does not stop.

        Implements: WK-37, WK-39
        """
        for account in peer.accounts:
            if not account.charge(size, now):
                if account.kind != "peer" and peer.guarantee is not None and peer.guarantee.charge(size, now):
                    return False
                self.counters.rate_limited[account.kind] += 1
                # The peer may not have heard of lower limits yet.
                in_vain = peer.excess is not None and not peer.excess.charge(size, now)
                if in_vain and not 0 <= now - self._rates_changed_at < FORGIVEN_SECONDS:
                    peer.penalise(RATE_PENALTY, now)
                return True
        return False

    # Handshake and settings

    def _receive_status(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        """Its first packet has to be the Status; nothing else is looked at.

        Implements: WK-16, WK-18, WK-20, WK-21, WK-22
        """
        if code != packets.STATUS:
            raise RemoteError(f"packet {code} before the Status")
        peer.greet(peer.dialect.decode_status(payload), now)
        self._check_light(peer)
        del self._waiting[peer.id]
        self._takers.clear()
        self._events.append(PeerReady(peer.id))
        self._update(peer)
        self._offers.begin(peer, now)

    def _receive_update(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        try:
            if not peer.may_update(len(payload), now):
                raise RemoteError("too many Status Updates")
            options = peer.dialect.decode_update(code, payload)
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        changed = peer.apply(options, now)
        self._check_light(peer)
        self._takers.clear()
        if changed:
            self._offers.begin(peer, now)

    def _check_light(self, peer: Peer) -> None:
        """Of two light nodes neither would pass anything on.

        Implements: WK-52
        """
        if peer.light and self._settings.light:
            raise RemoteError("two light nodes have nothing to say to each other")

    def _update(self, peer: Peer) -> None:
        changes = peer.announce(self._settings.options)
        if changes is not None:
            for code, payload in peer.dialect.encode_update(changes):
                self._outgoing.add_packet(peer, code, payload)

    def _note_sent(self, peer: Peer, bundle: packets.Bundle, payload: bytes) -> None:
        if len(self._own):
            self._events.extend(self._own.sent(peer, bundle, payload))

    def _peer(self, peer_id: PeerId) -> Peer:
        peer = self._peers.get(peer_id)
        if peer is None:
            raise LocalError(f"No peer {peer_id!r} is connected.")
        return peer

    def _fail(self, peer: Peer) -> None:
        """Nothing from this peer or to it counts any more."""
        peer.leave()
        self._waiting.pop(peer.id, None)
        self._connected.discard(peer.number)
        self._offers.gone(peer)
        self._takers.clear()


def _pool_source(number: int, source: Source | None) -> Hashable:
    """To whom the pool charges what a peer brings: its network; a peer of this machine's network is one of its own. By
    its number: what it brought may stay for years, and its id would hold a connection that has ended."""
    return number if source is None else source.prefix
