"""The node itself: what applications call."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterable, Sequence, Set
from types import TracebackType
from typing import TYPE_CHECKING

from pystatus.arguments import checked_with
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.net.bans import Ban
from pystatus.net.clock import Clock, SystemClock
from pystatus.net.peer import Peer
from pystatus.net.static import StaticPeer
from pystatus.node.capabilities import WAKU_1, client_id, subprotocols
from pystatus.node.config import NodeConfig, complete_enode
from pystatus.node.events import NodeEvent
from pystatus.node.life import Life
from pystatus.node.topic_interest import TopicInterest
from pystatus.node.waku_service import DRAIN_TIMEOUT, WakuService
from pystatus.overlay.enode import Enode
from pystatus.overlay.local_node import LocalNode
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay.clock_offset import ClockJudgement
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.subscriptions import Receiver, Watch
from pystatus.waku.status import RateLimits

if TYPE_CHECKING:
    from pystatus.accounting import Accounting
    from pystatus.mailserver.client.fetcher import Fetcher
    from pystatus.mailserver.server.archive import Archive
    from pystatus.mailserver.server.server import Server
    from pystatus.net.archiver import Backlog
    from pystatus.net.dialer import Dialer
    from pystatus.net.dns import Resolver
    from pystatus.net.mailserver import Mailserver
    from pystatus.node.mailserver_session import MailserverSession, Outcome
    from pystatus.node.mailserver_sync import MailserverSync


@checked_with(
    Archive="pystatus.mailserver.server.archive",
    Backlog="pystatus.net.archiver",
    Fetcher="pystatus.mailserver.client.fetcher",
    Outcome="pystatus.node.mailserver_session",
    Resolver="pystatus.net.dns",
    Server="pystatus.mailserver.server.server",
)
class Node:
    """One node. Use it as an asynchronous context manager."""

    def __init__(
        self,
        config: NodeConfig | None = None,
        *,
        clock: Clock | None = None,
        random: RandomSource = os.urandom,
        on_event: Callable[[NodeEvent], None] | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        """
        :param on_event: called for everything that happens, from the event loop; must not block.
        :param resolver: whoever knows the node lists; None asks DNS.
        """
        self.config = config or NodeConfig()
        self._clock = clock or SystemClock()
        self._random = random
        self._on_event = on_event
        self._resolver = resolver
        self._relay = Relay(self.config.relay())
        self._wanted = TopicInterest(self.config, self._relay, self.set_interest)
        self._own_watch = self._wanted.watches.open(self._report)
        self._service = WakuService(
            LocalNode(self.config.key or PrivateKey.generate(random), client_id(), subprotocols(self.config.bridge)),
            self.config.network(),
            self._relay,
            clock=self._clock,
            random=random,
            deliver=self._wanted.watches.deliver,
            report=self._report,
        )
        self._network = self._service.network
        self._accounting: Accounting | None = None
        self._finder: Dialer | None = None
        self._mailserver: Mailserver | None = None
        self._sync: MailserverSync | None = None
        self._session: MailserverSession | None = None
        self._closed = asyncio.Event()
        self._life = Life("node", "async with node: …, or: await node.start()", "Node(…)")

    def __repr__(self) -> str:
        enode = self.enode
        where = f"@{enode.host}:{enode.port}" if enode.is_complete else ""
        return f"<Node {enode.node_id.hex()[:8]}…{where}, {self._life.word}, peers: {len(self.peers)}>"

    # life

    def keep_history(
        self,
        archive: Archive,
        server: Server,
        *,
        retention: float | None = None,
        catch_up_from: Iterable[str] = (),
        backlog: Backlog | None = None,
    ) -> Mailserver:
        """Be a mailserver (8/WAKU-MAIL): archive what is relayed, and answer requests for it. To be called before
        :meth:`start`; closing the node closes the archive.

        :param retention: seconds that envelopes are kept; ``None``: as long as the archive's size allows.
        :param catch_up_from: enode URLs of mailservers with the same password, which are asked for what came while
            this one was away. Its own is passed over.
        :param backlog: where envelopes that the archive could not take are kept from one run to the next.
        :raises LocalError: this node does not relay everything, or has started; a retention of no time; a malformed
            enode, or one that says not where to dial.
        """
        self._life.check_new()
        from pystatus.net.archiver import Archiver  # a node without history loads nothing of it
        from pystatus.net.mailserver import Mailserver
        from pystatus.net.watched_archive import WatchedArchive
        from pystatus.node.mailserver_sync import MailserverSync

        if not self.config.full_node or self.config.light:
            raise LocalError("A mailserver has to hear everything: make it a full node that is not light.")
        exchange = self._service
        watched = WatchedArchive(archive)
        confirmed = self._relay.clock_offset.confirms
        archiver = Archiver(watched, self._clock, retention=retention, file=backlog, confirmed=confirmed)
        watched.waiting = lambda: (archiver.waiting, archiver.lost)
        mailserver = Mailserver(server, watched, archiver, self._clock, exchange.send_history, exchange.flush_soon)
        self._mailserver = self._relay.keeper = mailserver
        exchange.listeners.append(mailserver)
        others = {complete_enode(text).node_id: text for text in catch_up_from}
        self._sync = MailserverSync(
            self, watched, archiver, self._clock, self._random, key=server.key, others=others, retention=retention
        )
        server.holdings = self._sync.holdings
        return mailserver

    async def start(self) -> None:
        """Listen and dial.

        :raises LocalError: the port is in use, or may not be used; the file for traffic cannot be opened; the node was
            started, or closed, before.
        """
        self._life.begin()
        try:
            await self._start()
        except BaseException:
            self._life.did_not_begin()
            raise

    async def _start(self) -> None:
        self._life.opened()
        if self._mailserver is not None:
            self._mailserver.start()
        try:
            if self.config.traffic_file is not None:
                from pystatus.accounting import Accounting  # a node without the file loads no database

                self._accounting = Accounting(
                    self.config.traffic_file, self._clock, self._relay.traffic, self._relay.clock_offset.confirms
                )
                self._service.listeners.append(self._accounting)
            await self._service.start()
        except BaseException:
            if self._accounting is not None:  # it may be started again, with another one
                self._service.listeners.remove(self._accounting)
                self._accounting.close()
                self._accounting = None
            if self._mailserver is not None:
                await self._mailserver.close()
            raise
        for peer in self.config.peers:
            self._network.add_static(complete_enode(peer))
        if self.config.dns_lists:
            self._finder = self._new_finder()
            self._service.listeners.append(self._finder)
            self._finder.start()
        if self._sync is not None:
            self._sync.start()

    def _new_finder(self) -> Dialer:
        from pystatus.net.dialer import Dialer
        from pystatus.net.dns import DnsResolver  # a node without lists loads nothing of them
        from pystatus.net.dns_lists import parse_lists

        config = self.config
        return Dialer(
            self._network,
            parse_lists(config.dns_lists),
            self._random,
            enough=config.enough_peers,
            local=config.dns_local,
            resolver=self._resolver or DnsResolver(config.dns_server),
        )

    async def close(self) -> None:
        """Stop listening and say goodbye to all peers. Closing again changes nothing, nor does closing a node that was
        never started; neither can be started again.

        :raises LocalError: it was started in another event loop or thread: close it there.
        """
        if self._closed.is_set():
            return
        self._life.check_here()
        self._life.close()
        self._closed.set()
        self._service.someone_ready.set()  # who waits for that waits no more
        if self._session is not None:
            self._session.close()
        if self._sync is not None:
            await self._sync.close()
        if self._finder is not None:
            await self._finder.close()
        await self._service.close()
        if self._mailserver is not None:
            await self._mailserver.close()
        if self._accounting is not None:
            self._accounting.close()

    async def drain(self, timeout: float = DRAIN_TIMEOUT) -> bool:
        """Take nothing new, neither connections nor packets, and wait until the peers have what waits for them. To be
        called before :meth:`close`.

        :param timeout: seconds to wait at most.
        :returns: whether they have all of it.
        :raises LocalError: it was started in another event loop or thread.
        """
        self._life.check_here()
        return await self._service.drain(timeout)

    async def run_forever(self) -> None:
        """Wait until the node is closed.

        :raises LocalError: it was not started, or in another event loop or thread.
        """
        self._life.check_started()
        if not self._closed.is_set():
            self._life.check_here()
        await self._closed.wait()

    async def __aenter__(self) -> Node:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # who

    @property
    def enode(self) -> Enode:
        """How others find this node."""
        return self._network.enode

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The peers whose Status has arrived: envelopes go to them and come from them."""
        return tuple(peer for peer in self._service.ready if not peer.is_within_node)

    @property
    def connected(self) -> tuple[Peer, ...]:
        """Everybody who is connected, also those whose Status has not come yet."""
        return self._network.peers

    @property
    def lists_problem(self) -> str | None:
        """Why nobody is found by the node lists, in words without a full stop; None: all of them are read, or have not
        been tried yet, or there are none."""
        if self._finder is None or self._finder.lists.is_known:
            return None
        return self._finder.lists.problem

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until there is a peer to exchange envelopes with.

        :raises TimeoutError: none within ``timeout`` seconds; the node goes on trying.
        :raises LocalError: the node is not open, or was closed meanwhile.
        """
        self._life.check()
        try:
            async with asyncio.timeout(timeout):
                await self._service.someone_ready.wait()
        except TimeoutError:
            raise TimeoutError(f"No peer is connected after {timeout} s. The node goes on.") from None
        self._life.check()

    def add_peer(self, enode: str) -> None:
        """Stay connected to one more peer.

        :raises LocalError: malformed, without an address, or our own.
        """
        static = self._network.add_static(complete_enode(enode))
        for peer in self._network.peers:
            if peer.id == static.enode.node_id:
                self._relay.set_unlimited(peer, True, self._clock.now())
                self._service.flush_soon()

    @property
    def bans(self) -> tuple[Ban, ...]:
        """Who may not connect now, because it misbehaved."""
        return self._network.bans

    def lift_ban(self, node_id: bytes) -> bool:
        """Let a node and its address in again. Whether it was banned."""
        return self._network.lift_ban(node_id)

    # settings that may change while the node runs; peers are told within 0.1 s

    @property
    def packet_rates(self) -> RateLimits:
        """The limits in force."""
        return self._relay.packet_rates

    @property
    def byte_rates(self) -> RateLimits:
        """The limits in force."""
        return self._relay.byte_rates

    def set_min_pow(self, min_pow: float) -> None:
        """Change the proof of work that envelopes need; the former one is tolerated for 10 s.

        :raises LocalError: not finite, or negative.
        """
        self._relay.set_min_pow(min_pow, self._clock.now())
        self._service.flush_soon()

    def set_interest(self, interest: Interest) -> None:
        """Change what peers are asked for, whatever :meth:`watch` said; the former interest is tolerated for 10 s."""
        self._relay.set_interest(interest, self._clock.now())
        self._service.flush_soon()

    def set_confirmations(self, confirmations: bool) -> None:
        """Confirm every batch of envelopes from now on, or none."""
        self._relay.set_confirmations(confirmations, self._clock.now())
        self._service.flush_soon()

    def set_light(self, light: bool) -> None:
        """Send nothing but own envelopes from now on, or relay."""
        self._relay.set_light(light, self._clock.now())
        self._service.flush_soon()

    def set_rate_limits(self, packet_rates: RateLimits, byte_rates: RateLimits) -> None:
        """Change what is taken from peers a second.

        :raises LocalError: negative, or less than one packet.
        """
        self._relay.set_rate_limits(packet_rates, byte_rates, self._clock.now())
        self._service.flush_soon()

    # Other processes of this node

    async def adopt(self, accepted: socket.socket) -> None:
        """Take over a TCP connection that another process has accepted for us.

        :raises LocalError: the node is not open, or it is another kind of socket.
        """
        self._life.check()
        if accepted.family not in (socket.AF_INET, socket.AF_INET6) or accepted.type is not socket.SOCK_STREAM:
            raise LocalError("A node takes over TCP connections: give the socket that accept() returned.")
        await self._network.adopt(accepted)

    async def join(self, end: socket.socket, name: str) -> asyncio.Future[None]:
        """Exchange all envelopes with another process over ``end``, a connected Unix socket whose other end it joins.
        ``name`` is what it is called here. The future is done when the two are no longer joined.

        :raises LocalError: the node is not open, or it is another kind of socket.
        """
        self._life.check()
        if end.family is not socket.AF_UNIX:
            raise LocalError("Processes of a node are joined by Unix sockets: give one end of socket.socketpair().")
        return (await self._network.join(end, WAKU_1.capability, name)).lost

    @property
    def is_listening(self) -> bool:
        """Whether others can dial this node."""
        return self._network.is_listening

    @property
    def static_peers(self) -> tuple[StaticPeer, ...]:
        """The peers to stay connected to, and how that goes."""
        return self._network.static_peers

    def reconfigure(self, config: NodeConfig) -> None:
        """Take over, while running, the peers, the proof of work, the number of peers and the rate limits of
        ``config``; the rest of it counts only for a node that is made with it. Peers of :meth:`add_peer` stay.

        :raises LocalError: one of the peers is this node itself; nothing is changed.
        """
        before = self.config
        wanted = [complete_enode(text) for text in config.peers]
        if self.enode.public_key in [enode.public_key for enode in wanted]:
            raise LocalError("One of the peers is this node itself: take it out.")
        kept = {enode.node_id for enode in wanted}
        for text in before.peers:
            if Enode.parse(text).node_id not in kept:
                self.remove_peer(text)
        for text in config.peers:
            self.add_peer(text)
        self._network.set_max_peers(config.max_peers, config.inbound)
        self._relay.set_min_pow(config.min_pow, self._clock.now())
        if (config.packet_rates, config.byte_rates) != (before.packet_rates, before.byte_rates):
            self._relay.set_rate_limits(config.packet_rates, config.byte_rates, self._clock.now())
        self._service.flush_soon()
        self.config = before.while_running(config)

    def trust(self, enode: str, trusted: bool = True) -> None:
        """Read the P2P packets of this node, now and whenever it is connected: a mailserver's answers to our requests.
        Whatever it sends so is not checked and reaches whoever watches the topic, and no rate limit holds it up. By
        default nobody is trusted.

        :raises LocalError: malformed.

        Implements: WM-15
        """
        node_id = Enode.parse(enode).node_id
        (self._service.trusted.add if trusted else self._service.trusted.discard)(node_id)
        for peer in self._network.peers:
            if peer.id == node_id:
                self._relay.set_trusted(peer, trusted)
                self._relay.set_unlimited(peer, self._service.is_unlimited(peer), self._clock.now())
                self._service.flush_soon()

    def remove_peer(self, enode: str, why: str = "") -> None:
        """Stay connected to this peer no more, and disconnect it if it is connected.

        :param why: what :class:`PeerGone` says; empty: that we disconnected. The peer does not learn it.
        :raises LocalError: malformed.
        """
        node_id = Enode.parse(enode).node_id
        self._network.remove_static(node_id, why)
        for peer in self._network.peers:
            if peer.id == node_id:
                peer.disconnect(error=why)

    def is_static(self, peer: Peer) -> bool:
        """Whether we stay connected to this peer."""
        return any(static.enode.node_id == peer.id for static in self._network.static_peers)

    @property
    def trusted(self) -> Set[bytes]:
        """Ids of the nodes that are trusted, connected or not."""
        return self._service.trusted

    def is_trusted(self, peer: Peer) -> bool:
        """Whether P2P packets of this peer are read."""
        return peer.id in self._service.trusted

    def connected_peer(self, enode: str) -> Peer:
        """The peer of this enode, whatever address that names.

        :raises LocalError: malformed, or it is not connected.
        """
        node_id = Enode.parse(enode).node_id
        for peer in self._service.ready:
            if peer.id == node_id:
                return peer
        raise LocalError("This peer is not connected: add it, and wait until it is.")

    # envelopes

    @property
    def now(self) -> float:
        """Unix time in seconds by the node's clock, which envelopes are made and judged by."""
        return self._clock.now()

    @property
    def clock(self) -> ClockJudgement:
        """What the peers make of our clock."""
        return self._relay.clock_offset.judge(self._clock.now())

    @property
    def is_clock_confirmed(self) -> bool:
        """Whether envelopes of peers have agreed with the clock for ten minutes: what is old by it may be deleted."""
        return self._relay.clock_offset.confirms(self._clock.now())

    @property
    def pooled(self) -> int:
        """Envelopes in the pool."""
        return len(self._relay.pool)

    @property
    def pooled_bytes(self) -> int:
        """Bytes of the envelopes in the pool."""
        return self._relay.pool.bytes

    @property
    def min_pow(self) -> float:
        """Proof of work that this node asks for now."""
        return self._relay.min_pow

    @property
    def max_envelope_size(self) -> int:
        """Bytes of the largest envelope that is taken, own ones included; the header counts as 20."""
        return self._relay.max_envelope_size

    def set_max_envelope_size(self, size: int) -> None:
        """Take envelopes up to another size.

        :raises LocalError: not a size, or above what the specification allows.
        """
        self._relay.set_max_envelope_size(size)

    def set_bloom_filter(self, bloom: bytes) -> None:
        """Ask peers for what matches these 64 bytes in place of single topics. Topics watched later are added to it.

        :raises LocalError: not 64 bytes.
        """
        self._wanted.set_bloom_filter(bloom)

    @property
    def mailserver(self) -> Mailserver | None:
        """What :meth:`keep_history` has made of this node."""
        return self._mailserver

    @property
    def catching_up(self) -> MailserverSync | None:
        """What this mailserver lacks, if it is one."""
        return self._sync

    @property
    def counters(self) -> Counters:
        """What the relay has done so far."""
        return self._relay.counters

    def traffic(self, peer: Peer) -> tuple[int, int]:
        """Bytes of Waku packets received from this peer and sent to it.

        :raises LocalError: it is not connected.
        """
        return self._relay.traffic(peer)

    def interest(self, peer: Peer) -> Interest:
        """What this peer asks for.

        :raises LocalError: it is not connected.
        """
        return self._relay.interest(peer)

    def is_relay(self, peer: Peer) -> bool:
        """Whether this peer says that it takes every envelope and passes it on.

        :raises LocalError: it is not connected.
        """
        return self._relay.is_relay(peer)

    def post(self, envelope: Envelope) -> None:
        """Send an own envelope to every peer that wants it, and to those that come before it expires.

        :raises LocalError: no honest peer would take it.
        """
        delay = self.config.post_delay
        if delay:
            delay *= int.from_bytes(self._random(4), "big") / 2**32
        self._relay.post(envelope, self._clock.now(), delay)
        self._service.flush_soon()

    def send_p2p(self, peer: Peer, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone; it takes them only if it trusts us. They need no proof of work.

        :raises LocalError: it is gone, or not ready, or reads too slowly; an envelope is too large for a packet.
        """
        self._relay.send_p2p(peer, envelopes)
        self._service.flush_soon()

    def send_request(self, peer: Peer, payload: bytes) -> None:
        """Ask a mailserver for history: ``payload`` is a sealed request, or a plain one. :meth:`trust` it first: its
        answer consists of P2P packets.

        Implements: WM-5
        """
        self._service.send_history(peer, packets.P2P_REQUEST, payload)

    def fetch_history(
        self,
        fetcher: Fetcher,
        mailservers: Iterable[str],
        take: Callable[[Outcome], None],
        when_stored: Callable[[Callable[[], None]], None] | None = None,
    ) -> MailserverSession:
        """Let ``fetcher`` ask mailservers from now on, until the node is closed or another one is given. One at a time.

        :param mailservers: the enode URLs of its mailservers.
        :param take: called with everything that comes of it, from the event loop; must not block.
        :param when_stored: see :class:`~pystatus.node.mailserver_session.MailserverSession`.
        :raises LocalError: a malformed enode, or one that says not where to dial.
        """
        from pystatus.node.mailserver_session import (
            MailserverSession,  # a node that asks for nothing loads nothing of it
        )

        enodes = {complete_enode(enode).node_id: enode for enode in mailservers}
        if self._session is not None:
            self._session.close()
            self._service.listeners.remove(self._session)
        self._session = inquiry = MailserverSession(self, fetcher, enodes, take, when_stored)
        self._service.listeners.append(inquiry)
        inquiry.start()
        return inquiry

    def watch(self, topics: Iterable[bytes]) -> None:
        """Report the envelopes of these topics (4 bytes each) and, unless this is a full node, ask peers for no others.

        :raises LocalError: not a topic.
        """
        self._own_watch.set_topics(topics)

    def open_watch(self, receive: Receiver) -> Watch:
        """A party beside whoever uses :meth:`watch`, with topics of its own: ``receive`` gets their envelopes and must
        not block. The node asks peers for what all parties want together.
        """
        return self._wanted.watches.open(receive)

    def _report(self, event: NodeEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)
