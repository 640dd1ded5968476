"""The relay: takes envelopes from peers, keeps them until they expire, passes each on once to each peer that wants it
(6/WAKU1, waku.md §4.3 to §5.4, §10).

Bytes in, packets and events out, the time (Unix seconds) as an argument. After each batch of inputs the shell calls
:meth:`Relay.packets_to_send` and then :meth:`Relay.next_event` until it is ``None``: envelopes that came in together
leave together, one Messages packet for each peer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import SYNC_ALLOWANCE
from pystatus.waku.relay.archive_port import EnvelopeSink
from pystatus.waku.relay.backfill import Backfill
from pystatus.waku.relay.clock_watch import ClockWatch
from pystatus.waku.relay.config import RelayConfig, RelaySettings
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.events import Event, PeerFailed, PeerId
from pystatus.waku.relay.ingest import Ingest
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.p2p import P2PPackets
from pystatus.waku.relay.peer import MALFORMED_PENALTY, Misbehaviour, Peer
from pystatus.waku.relay.pool import Pool
from pystatus.waku.relay.publish import Publisher
from pystatus.waku.relay.rate_limiter import RateLimiter
from pystatus.waku.relay.rate_limits import Source
from pystatus.waku.relay.routing import RecipientsByTopic
from pystatus.waku.relay.send_queue import SendQueue
from pystatus.waku.relay.sent import SentEnvelopes
from pystatus.waku.relay.status_exchange import TWO_LIGHT_NODES, StatusExchange
from pystatus.waku.relay.steps import DONE, Steps
from pystatus.waku.status import MAX_OPTIONS_SIZE


class Relay:
    """A node's Waku side. Peers are whatever hashable ids the shell gives them."""

    def __init__(self, config: RelayConfig | None = None) -> None:
        self.config = config or RelayConfig()
        """The settings in force; :meth:`configure` changes them."""
        self.counters = Counters()
        self.pool = Pool(self.config.pool, self.counters)
        self._settings = LocalStatus(self.config)
        self._limiter = RateLimiter(self.config, self.counters)
        self._peers: dict[PeerId, Peer] = {}
        self._last_number = 0
        self._connected: set[int] = set()
        self._takers = RecipientsByTopic(self._peers, self.pool.share)
        self._own = SentEnvelopes()
        self._events: deque[Event] = deque()
        tell = self._events.append
        self._outgoing = SendQueue(self.counters, self.config.flush_interval, self._own, tell, self._prepare)
        self.packets_to_send = self._outgoing.collect
        """See :meth:`SendQueue.collect`."""
        self._clock_watch = ClockWatch(tell, self._voices)
        self.clock_offset = self._clock_watch.offset
        """How far our clock is from those of our peers."""
        self._intake = Ingest(
            self.pool,
            self._settings,
            self.counters,
            self._takers,
            self._outgoing,
            self.clock_offset,
            tell,
            self._connected,
            self._own,
        )
        self._offers = Backfill(self.pool, self._own, self._settings, self._outgoing, self.counters, self._connected)
        self._statuses = StatusExchange(
            self._settings, self.config.status_timeout, self._takers, self._outgoing, self._offers, tell
        )
        self._posting = Publisher(self.pool, self._own, self._settings, self._intake, self.counters, tell)
        self.post = self._posting.post
        """See :meth:`Publisher.post`."""
        self._direct = P2PPackets(self._outgoing, tell)

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

    def peer(self, peer_id: PeerId) -> Peer:
        """What is known of a peer: to be read, and to be asked for anew each time.

        :raises LocalError: no such peer.
        """
        peer = self._peers.get(peer_id)
        if peer is None:
            raise LocalError(f"No peer {peer_id!r} is connected.")
        return peer

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
        """
        if peer_id in self._peers:
            raise LocalError(f"Peer {peer_id!r} is connected already.")
        self._last_number += 1
        options = self._settings.options
        usage = self.pool.open_source(_pool_source(self._last_number, source))
        peer = Peer(peer_id, self._last_number, dialect, now, options, usage, source, unlimited=unlimited)
        self._limiter.open(peer, now)
        self._peers[peer_id] = peer
        self._connected.add(peer.number)
        self._statuses.begin(peer, now)

    def peer_disconnected(self, peer_id: PeerId, now: float) -> None:
        """The connection is gone.

        :raises LocalError: no such peer.
        """
        peer = self.peer(peer_id)
        del self._peers[peer_id]
        self._limiter.close(peer)
        self.pool.close_source(_pool_source(peer.number, peer.source))
        self._fail(peer)

    def set_writable(self, peer_id: PeerId, writable: bool) -> None:
        """Say whether the connection takes more. While it does not, a bounded number of envelopes waits.

        :raises LocalError: no such peer.
        """
        self.peer(peer_id).writable = writable

    def set_unlimited(self, peer_id: PeerId, unlimited: bool, now: float) -> None:
        """Let a peer send as much as it likes, or no longer.

        :raises LocalError: no such peer.

        Implements: WK-38
        """
        peer = self.peer(peer_id)
        if peer.unlimited != unlimited:
            peer.unlimited = unlimited
            self._limiter.open(peer, now)
            self._statuses.announce(peer)

    def set_trusted(self, peer_id: PeerId, trusted: bool) -> None:
        """Say whether P2P packets of this peer are read, as those of a mailserver that was asked for history are.
        From everybody else they are ignored. No rate limit concerns a trusted peer (WK-38).

        :raises LocalError: no such peer.

        Implements: WM-15
        """
        self.peer(peer_id).trusted = trusted

    @property
    def has_queued(self) -> bool:
        """Whether anything waits to be written."""
        return self._outgoing.has_queued or bool(self._offers)

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
        peer = self.peer(peer_id)
        if peer.failed:
            return DONE
        self._count_packet(peer, code, len(payload))
        try:
            if len(payload) > self.config.max_packet_size:
                raise RemoteError(f"packet of {len(payload)} bytes")
            # The handshake is free; settings are taken in any case, as they have a limit of their own.
            if peer.ready and self._limiter.exceeds(peer, len(payload), now) and code not in peer.dialect.update_codes:
                return DONE
            if code == packets.MESSAGES and peer.ready:
                steps = self._intake.receive(peer, payload, now)
                return steps if steps is DONE else self._guarded(peer, steps)
            if not peer.ready:
                self._statuses.receive(peer, code, payload, now)
            elif code in peer.dialect.update_codes:
                self._statuses.receive_update(peer, code, payload, now)
            elif code in (packets.BATCH_ACKNOWLEDGED, packets.MESSAGE_RESPONSE):
                for event in self._own.confirmed(peer, code, payload, now):
                    self._events.append(event)
                    self._clock_watch.answered(peer, event, now, self._own)
            elif code == packets.P2P_MESSAGE and peer.trusted:
                steps = self._direct.receive(peer, payload, now)
                return steps if steps is DONE else self._guarded(peer, steps)
            elif code == packets.P2P_REQUEST_COMPLETE and peer.trusted:
                self._direct.receive_completion(peer, payload, now)
            elif code == packets.P2P_REQUEST and self.keeper is not None:
                self._ask_keeper(self.keeper, peer, payload, now)
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

    def _ask_keeper(self, keeper: EnvelopeSink, peer: Peer, payload: bytes, now: float) -> None:
        try:
            if len(payload) > packets.MAX_REQUEST_SIZE:
                raise RemoteError(f"request of {len(payload)} bytes")
            keeper.requested(peer.id, payload)
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)

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
        peer = self.peer(peer_id)
        if peer.failed:
            return
        peer.bytes_received += len(payload)
        self.counters.bytes_received += len(payload)
        if len(payload) > MAX_OPTIONS_SIZE or not peer.may_update(len(payload), now):
            self._fail(peer)
            raise RemoteError("envelopes, or a flood, in a dialect that is not spoken with this peer")

    def send_p2p(self, peer_id: PeerId, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone, in P2P Messages, whatever their proof of work, topic and expiry are. It
        takes them only if it trusts us, and says nothing of it. They are not pooled, and nobody passes them on.

        :raises LocalError: no such peer, or it is not ready or reads too slowly; an envelope is too large for a packet.
        """
        self._direct.send(self.peer(peer_id), envelopes)

    def send_history(self, peer_id: PeerId, code: int, payload: bytes) -> None:
        """Send a history request, or a packet of the answer to one. A peer that is gone, or going, gets nothing."""
        peer = self._peers.get(peer_id)
        if peer is not None and not peer.failed:
            self._outgoing.add_packet(peer, code, payload)

    # Settings

    def configure(self, settings: RelaySettings, now: float) -> None:
        """Take over settings: ``relay.configure(replace(relay.config, min_pow=0.5), now)``. They hold at once; peers
        are told at once, or 0.1 s after the last change. A former interest and a former proof of work are tolerated for
        10 s. With other rate limits, what peers have sent so far is forgotten. A relay that becomes light gives up its
        light peers: they are of no use to each other.

        :raises LocalError: a wrong value, or one that does not go with another; nothing has changed.

        Implements: WK-51, WK-52
        """
        before, config = self.config, self.config.changed(settings)
        self.config = config
        self._settings.configure(config, now)
        if (config.packet_rates, config.byte_rates) != (before.packet_rates, before.byte_rates):
            self._limiter.configure(config, self._peers.values(), now)
        if config.light and not before.light:
            for peer in [peer for peer in self._peers.values() if peer.light and not peer.failed]:
                self._fail(peer)
                self._events.append(PeerFailed(peer.id, TWO_LIGHT_NODES))

    # Output

    def next_event(self) -> Event | None:
        """The next thing to tell, or ``None``."""
        return self._events.popleft() if self._events else None

    def _prepare(self, now: float) -> None:
        """Queue what leaves now besides."""
        if self._settings.announce(now):
            for peer in self._peers.values():
                self._statuses.announce(peer)
        self._offers.go_on(now)
        self._clock_watch.look(now)

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
            self._statuses.next_time,
            self._offers.next_timer(),
            self._clock_watch.next_timer(),
        )
        return min((time for time in times if time is not None), default=None)

    def on_timer(self, now: float) -> None:
        """Do what is due: let envelopes and tolerances expire, give up on silent peers. Early calls are harmless."""
        second = int(now)
        self._settings.admission.on_timer(now)
        self.pool.sweep(second)
        self._events.extend(self._own.expire(second))
        self._posting.on_timer(now)
        for peer in self._statuses.overdue(now):
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

    def _voices(self) -> int:
        """How many of those who are connected can say something of our clock."""
        return len({peer.voice for peer in self._peers.values() if peer.ready})

    def _fail(self, peer: Peer) -> None:
        """Nothing from this peer or to it counts any more."""
        peer.leave()
        self._statuses.gone(peer)
        self._connected.discard(peer.number)
        self._offers.gone(peer)
        self._takers.clear()


def _pool_source(number: int, source: Source | None) -> Hashable:
    """To whom the pool charges what a peer brings: its network; a peer of this machine's network is one of its own. By
    its number: what it brought may stay for years, and its id would hold a connection that has ended."""
    return number if source is None else source.prefix
