"""Between the connections of a node and its relay: what comes in is handed over, what is to go out is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Work
from pystatus.discovery.addresses import host_key, is_local, subnet_key
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.net.clock import Clock
from pystatus.net.config import NetworkConfig
from pystatus.net.dialling import DialFailed
from pystatus.net.listeners import PeerListener
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.node.events import NodeEvent, PeerGone, PeerJoined
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.waku.relay.events import (
    ClockJudged,
    EnvelopeReceived,
    P2PReceived,
    PeerFailed,
    PeerReady,
    RequestCompleted,
)
from pystatus.waku.relay.peer import Misbehaviour
from pystatus.waku.relay.rate_limits import Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import DONE
from pystatus.waku.relay.subscriptions import Watches
from pystatus.waku_connection.shared_relay import SharedRelay

log = get_logger(__name__)

STALLED_BYTES = 1 << 20
"""Unsent bytes at which a peer is given no more envelopes until it has read some."""
STALLED_RETRY = 0.05
"""Seconds between two looks at peers that are stalled."""
CLOCK_STEP = 5.0
"""Seconds that the clock may be set by, against the clock of the event loop, without anything being done about it."""
DRAIN_TIMEOUT = 5.0
"""Seconds that a node which was told to stop gives its peers to take what waits for them. Docker kills after 10 s."""
DRAIN_POLL = 0.01
"""Seconds between two looks at what peers still have to read before the node closes."""


class WakuService:
    """Owns the connections and drives the relay. It is the :class:`~pystatus.net.peer.PeerApplication` of the former.
    Whoever changes something in the relay calls :meth:`flush_soon` afterwards.
    """

    def __init__(
        self,
        local: LocalNode,
        config: NetworkConfig,
        relay: Relay,
        *,
        clock: Clock,
        random: RandomSource,
        watches: Watches,
        report: Callable[[NodeEvent], None],
        judged: Callable[[ClockJudgement], None],
    ) -> None:
        """
        :param watches: get every new envelope.
        :param judged: told what peers make of the clock when that changes.
        :param report: called for everything else that happens.
        """
        self.relay = relay
        self._shared = SharedRelay[Peer](relay)
        self.network = PeerManager(local, self, config, random=random, on_dial=report)
        self.ready: set[Peer] = set()
        """The peers whose Status has arrived."""
        self.someone_ready = asyncio.Event()
        self.trusted: set[bytes] = set()
        """Ids of the nodes whose P2P packets are read."""
        self.listeners: list[PeerListener] = []
        """The parts of the node that hear of its peers, in the order in which they are told."""
        self._clock = clock
        self._watches = watches
        self._report = report
        self._judged = judged
        self._flush_due = False
        self._stalled: set[Peer] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._is_closing = False
        self._clock_skew: float | None = None

    async def start(self) -> None:
        """Listen, and begin to keep time.

        :raises LocalError: the port is in use, or may not be used.
        """
        self._is_closing = False
        await self.network.start()
        self._set_timer(self._clock.now())

    async def close(self) -> None:
        """Send what is to be sent, stop listening and say goodbye to all peers."""
        self._is_closing = True
        self._flush()
        if self._timer is not None:
            self._timer.cancel()
        await self.network.close()

    async def drain(self, timeout: float) -> bool:
        """See :meth:`pystatus.node.Node.drain`."""
        await self.network.stop_accepting()
        try:
            async with asyncio.timeout(timeout):
                # Nothing tells when a socket has drained.
                while self.relay.has_queued or any(  # noqa: ASYNC110 - see above
                    peer.pending_bytes for peer in self.network.peers
                ):
                    await asyncio.sleep(DRAIN_POLL)
        except TimeoutError:
            return False
        return True

    def is_unlimited(self, peer: Peer) -> bool:
        """Whether no rate limit is for this peer."""
        return peer.id in self.trusted or self.network.is_exempt(peer)

    def trust(self, node_id: bytes, trusted: bool) -> None:
        """See :meth:`pystatus.node.Node.trust`."""
        (self.trusted.add if trusted else self.trusted.discard)(node_id)
        for peer in self.network.peers:
            if peer.id == node_id:
                self.relay.set_trusted(peer, trusted)
                self.relay.set_unlimited(peer, self.is_unlimited(peer), self._clock.now())
                self.flush_soon()

    def ready_peer(self, node_id: bytes) -> Peer:
        """The peer of this id, whose Status has arrived.

        :raises LocalError: it is not connected.
        """
        for peer in self.ready:
            if peer.id == node_id:
                return peer
        raise LocalError("This peer is not connected: add it, and wait until it is.")

    def send_history(self, peer: Peer, code: int, payload: bytes) -> None:
        """Send a history request, or a packet of the answer to one."""
        self.relay.send_history(peer, code, payload)
        self.flush_soon()

    # What the network calls: see PeerApplication

    def peer_connected(self, peer: Peer) -> None:
        address = peer.address
        source = None if is_local(address) else Source(host_key(address), subnet_key(address))
        self._shared.peer_connected(
            peer, self._clock.now(), source, unlimited=self.is_unlimited(peer), trusted=peer.id in self.trusted
        )
        for listener in self._told(peer):
            listener.peer_connected(peer)
        self.flush_soon()

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> Work | None:
        if not self._flush_due:
            self.flush_soon()
        if capability != peer.capabilities[-1]:  # see spoken; without the call, as every packet comes here
            self.relay.receive_aside(peer, payload, self._clock.now())
            return None
        try:
            steps = self.relay.receive_in_steps(peer, code, payload, self._clock.now())
        except Misbehaviour as error:
            self._ban(peer, error)
            raise
        return None if steps is DONE else self._in_steps(peer, steps)

    def _in_steps(self, peer: Peer, steps: Work) -> Work:
        try:
            for _ in steps:
                yield
                self.flush_soon()
        except Misbehaviour as error:
            self._ban(peer, error)
            raise

    def _ban(self, peer: Peer, error: Misbehaviour) -> None:
        if peer.id not in self.trusted:
            self.network.ban(peer, str(error))

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        was_ready = peer in self.ready
        self.ready.discard(peer)
        if not self.ready:
            self.someone_ready.clear()
        for listener in self._told(peer):
            listener.peer_gone(peer)
        self._stalled.discard(peer)
        self.relay.peer_disconnected(peer, self._clock.now())
        if was_ready:
            self._report(PeerGone(peer, reason))
        elif not peer.inbound and not peer.is_within_node and not self._is_closing:
            self._report(DialFailed(peer.enode, reason))

    def _told(self, peer: Peer) -> tuple[PeerListener, ...]:
        """The parts that hear of this peer."""
        return () if peer.is_within_node else tuple(self.listeners)

    # Output: once for everything that came in during one turn of the event loop

    def flush_soon(self) -> None:
        """Send what the relay has to send, and report what it has to report, before this turn of the loop ends."""
        if not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        """Send all that the relay has to send, and hand on all that has come, what mailservers bring
        like everything else.

        Implements: WM-16
        """
        self._flush_due = False
        if self._stalled:
            self._look_at_stalled()
        deliver = self._watches.deliver
        is_delivered = False
        now = self._clock.now()
        self._look_at_clock(now)
        for peer in self._shared.queue_packets(now):
            if peer.flush() > STALLED_BYTES:
                self._stalled.add(peer)
                self.relay.set_writable(peer, False)
        while (event := self.relay.next_event()) is not None:
            if isinstance(event, PeerReady):
                assert isinstance(event.peer, Peer)
                if event.peer.is_connected:  # else it has left again within this turn of the event loop
                    self.ready.add(event.peer)
                    self.someone_ready.set()
                    self._report(PeerJoined(event.peer))
                    for listener in self._told(event.peer):
                        listener.peer_ready(event.peer)
            elif isinstance(event, PeerFailed):
                assert isinstance(event.peer, Peer)
                log.info("%r is given up: %s", event.peer, event.reason)
                event.peer.disconnect(DisconnectReason.SUBPROTOCOL_ERROR, event.reason)
            elif isinstance(event, EnvelopeReceived):
                deliver(event)
                is_delivered = True
            elif isinstance(event, P2PReceived):
                for listener in self.listeners:
                    listener.p2p_received(event)
                for envelope in event.envelopes:
                    deliver(EnvelopeReceived(envelope, event.peer, p2p=True))
                    is_delivered = True
            else:
                if isinstance(event, ClockJudged):
                    self._judged(event.judgement)
                    self.flush_soon()  # the time may be another one since
                else:
                    self._report(event)
                if isinstance(event, RequestCompleted):
                    for listener in self.listeners:
                        listener.request_completed(event)
        self._set_timer(now, STALLED_RETRY if self._stalled else None)
        if is_delivered:
            self._watches.over()

    def _look_at_clock(self, now: float) -> None:
        """Notice when it is set."""
        skew = now - asyncio.get_running_loop().time()
        if self._clock_skew is None:
            self._clock_skew = skew
        elif abs(skew - self._clock_skew) > CLOCK_STEP:
            log.info("the clock was set by %.0f s", skew - self._clock_skew)
            self._clock_skew = skew
            self.relay.clock_set(now)

    def _look_at_stalled(self) -> None:
        """Give envelopes again to peers that have read: what they do not read waits in the relay, not in a socket."""
        for peer in list(self._stalled):
            # Not below, as the network side drops a peer for what is above (write_high_water), and for nothing else.
            if peer.pending_bytes <= STALLED_BYTES:
                self._stalled.discard(peer)
                self.relay.set_writable(peer, True)

    def _set_timer(self, now: float, at_most: float | None = None) -> None:
        """Look again when the relay wants it, and within ``at_most`` seconds. A timer that comes earlier may stay.

        :param now: the clock's reading that the relay has had last: what became due since then is done at once.
        """
        if self._is_closing:
            return
        due = self.relay.next_timer()
        delays = [max(0.0, due - now)] if due is not None else []
        if at_most is not None:
            delays.append(at_most)
        if not delays:
            return
        loop = asyncio.get_running_loop()
        when = loop.time() + min(delays)
        if self._timer is not None:
            if self._timer_at <= when:
                return
            self._timer.cancel()
        self._timer_at = when
        self._timer = loop.call_at(when, self._timer_due)

    def _timer_due(self) -> None:
        self._timer = None
        now = self._clock.now()
        self._look_at_clock(now)
        self.relay.on_timer(now)
        self._flush()
