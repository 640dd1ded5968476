"""The node itself: what applications call."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from pystatus.arguments import checked_with
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.local_node import LocalNode
from pystatus.net.clock import Clock
from pystatus.net.peer import Peer
from pystatus.net.static import StaticPeer
from pystatus.node.addressing import NodeAddress
from pystatus.node.config import NodeConfig, NodeSettings, relay_config
from pystatus.node.events import NodeEvent
from pystatus.node.history_client import HistoryClient
from pystatus.node.life import Life
from pystatus.node.outbound import OutboundPeers
from pystatus.node.processes import OtherProcesses
from pystatus.node.services import Service, Startup, accounting
from pystatus.node.timing import NodeTime
from pystatus.node.waku_service import DRAIN_TIMEOUT, WakuService
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.subscriptions import Receiver, Topics, Watch, Watches
from pystatus.waku_connection.capabilities import client_id, subprotocols

if TYPE_CHECKING:
    from pystatus.mailserver.client.fetcher import Fetcher
    from pystatus.mailserver.server.archive import Archive
    from pystatus.mailserver.server.server import Server
    from pystatus.net.archiver import Backlog
    from pystatus.net.dns import Resolver
    from pystatus.net.mailserver import Mailserver
    from pystatus.node.finding import Finding
    from pystatus.node.mailserver_session import MailserverSession, Outcome
    from pystatus.node.mailserver_sync import MailserverSync
    from pystatus.peers.cache import PeerCache


@checked_with(
    Archive="pystatus.mailserver.server.archive",
    Backlog="pystatus.net.archiver",
    Fetcher="pystatus.mailserver.client.fetcher",
    Outcome="pystatus.node.mailserver_session",
    PeerCache="pystatus.peers.cache",
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
        peer_cache: PeerCache | None = None,
    ) -> None:
        """
        :param on_event: called for everything that happens, from the event loop; must not block.
        :param resolver: knows the node lists; None asks DNS.
        :param peer_cache: keeps good peers that were found, in place of a file.
        """
        self.config = config = config or NodeConfig()
        """The settings in force. To change one call :meth:`configure`."""
        self._random = random
        self._report = on_event or (lambda event: None)
        self._life = Life("node", "async with node: …, or: await node.start()", "Node(…)")
        self._closed = asyncio.Event()
        self._startup = Startup()
        self.relay = Relay(config.relay())
        """What the node does with envelopes. Its settings, counters, pool and what it knows of peers are read here."""
        self._time = NodeTime(clock, config.usable_time_servers, random, self.relay, self._report)
        self._clock = self._time.clock
        self._watches = Watches(self._watch_changed)
        self._own_watch = self._watches.open(self._report_envelope)
        key = config.key or PrivateKey.generate(random)
        self._service = WakuService(
            LocalNode(key, client_id(), subprotocols(config.bridge)), config.network(), self.relay,
            clock=self._clock, random=random, watches=self._watches, report=self._report, judged=self._time.judged,
        )  # fmt: skip
        self._time.flush = self._service.flush_soon
        self.network = self._service.network
        """The connections: all that there are, the bans, whether others can dial this node."""
        self.processes = OtherProcesses(self.network, self._life)
        """For a node of several processes, of which this is one."""
        self.mailserver: Mailserver | None = None
        """What :meth:`keep_history` has made of this node."""
        self.catching_up: MailserverSync | None = None
        """What this mailserver lacks, if it is one."""
        self.finding: Finding | None = None
        """What looks for peers, and what it has found; ``None``: the settings name nothing to look with."""
        if config.is_looking:
            from pystatus.node.finding import Finding  # a node that looks for nobody loads nothing of it

            self.finding = Finding(
                self._service, config, key, self._clock, random, self._report, lambda: self.mailserver is not None,
                resolver=resolver, cache=peer_cache,
            )  # fmt: skip
        self._outbound = OutboundPeers(self._service, config, self.finding)
        self.address = NodeAddress(self.network, config, self.finding, random, self._report)
        """Where others reach this node: what its router and its peers say."""
        self._history = HistoryClient(self, self._service.listeners, self.finding)
        self._services: tuple[Service, ...] = (
            *self._time.services, *accounting(config.traffic_file, self._service, self._clock),
            self._service, self._history, self.address, self._outbound,
        )  # fmt: skip

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
        from pystatus.node.mailserver_setup import set_up  # a node without history loads nothing of it

        self.mailserver, self.catching_up = mailserver, sync = set_up(
            self, self._service, self._history, archive, server, clock=self._clock, random=self._random,
            retention=retention, catch_up_from=catch_up_from, backlog=backlog,
        )  # fmt: skip
        self._services = (mailserver, *self._services, sync)
        return mailserver

    async def start(self) -> None:
        """Listen and dial.

        :raises LocalError: the port is in use, or may not be used; the file for traffic cannot be opened; one of the
            peers is this node itself; the node was started, or closed, before.
        """
        self._life.begin()
        try:
            self._outbound.check(self.config.peers)
            self._life.opened()
            await self._startup.run(self._services)
        except BaseException:
            self._life.did_not_begin()
            raise

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
        await self._startup.close(self._services)

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

    # settings

    def configure(self, settings: NodeSettings) -> None:
        """Change settings while the node runs: ``node.configure(replace(node.config, min_pow=0.5))``. They hold at
        once, and peers are told within 0.1 s; a former proof of work and a former interest are tolerated for 10 s.
        Peers of :meth:`add_peer` stay.

        :raises LocalError: a wrong value, values that do not go together, or something that cannot change while the
            node runs; the node is closed; nothing is changed.
        """
        self._life.check_not_closed()
        before, config = self.config, self.config.changed(settings)
        if config.peers != before.peers:
            self._outbound.check(config.peers)
        now = self._clock.now()
        self.relay.configure(relay_config(config, self._watches.topics), now)
        self.config = config
        if config.peers != before.peers:
            self._outbound.configure(config.peers, now)
        self.network.set_max_peers(config.max_peers, config.inbound)
        self._flush_soon()

    def _watch_changed(self, topics: Topics) -> None:
        self.relay.configure(relay_config(self.config, topics), self._clock.now())
        self._flush_soon()

    def _flush_soon(self) -> None:
        if self._life.is_open:  # else there is no peer yet, and there may be no event loop
            self._service.flush_soon()

    # peers

    @property
    def enode(self) -> Enode:
        """How others find this node."""
        return self.network.enode

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The peers whose Status has arrived: envelopes go to them and come from them. ``node.network.peers`` has
        those whose Status has not come yet, too."""
        return tuple(peer for peer in self._service.ready if not peer.is_within_node)

    @property
    def static_peers(self) -> tuple[StaticPeer, ...]:
        """The peers to stay connected to, and how that goes."""
        return self.network.static_peers

    @property
    def trusted(self) -> Set[bytes]:
        """Ids of the nodes that are trusted, connected or not."""
        return self._service.trusted

    @property
    def lists_problem(self) -> str | None:
        """Why nobody is found by the node lists, in words without a full stop; None: all of them are read, or have not
        been tried yet, or there are none."""
        return self._outbound.lists_problem

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until there is a peer to exchange envelopes with.

        :raises TimeoutError: none within ``timeout`` seconds; the node keeps trying.
        :raises LocalError: the node is not open, or was closed meanwhile.
        """
        self._life.check()
        try:
            async with asyncio.timeout(timeout):
                await self._service.someone_ready.wait()
        except TimeoutError:
            raise TimeoutError(f"No peer is connected after {timeout} s. The node keeps trying.") from None
        self._life.check()

    def connected_peer(self, enode: str) -> Peer:
        """The peer of this enode, whatever address that names.

        :raises LocalError: malformed, or it is not connected.
        """
        return self._service.ready_peer(Enode.parse(enode).node_id)

    def add_peer(self, enode: str) -> None:
        """Stay connected to one more peer.

        :raises LocalError: malformed, without an address, or our own.
        """
        self._outbound.add(enode, self._clock.now())

    def remove_peer(self, enode: str, why: str = "") -> None:
        """Stay connected to this peer no more, and disconnect it if it is connected.

        :param why: what :class:`PeerGone` says; empty: that we disconnected. The peer does not learn it.
        :raises LocalError: malformed.
        """
        self._outbound.remove(enode, why)
        if self.config.peers != self._outbound.peers:
            self.config = replace(self.config, peers=self._outbound.peers)

    def trust(self, enode: str, trusted: bool = True) -> None:
        """Read the P2P packets of this node, now and whenever it is connected: a mailserver's answers to our requests.
        What it sends so is not checked and reaches those who watch the topic, and no rate limit holds it up. By
        default no node is trusted.

        :raises LocalError: malformed.

        Implements: WM-15
        """
        self._service.trust(Enode.parse(enode).node_id, trusted)

    # envelopes

    @property
    def now(self) -> float:
        """Unix time in seconds by the node's clock, which envelopes are made and judged by."""
        return self._clock.now()

    @property
    def clock(self) -> ClockJudgement:
        """What the peers make of our clock, and time servers if there are some."""
        return self._time.judgement

    def post(self, envelope: Envelope) -> None:
        """Send an own envelope to every peer that wants it, and to those that come before it expires.

        :raises LocalError: no honest peer would take it.
        """
        delay = self.config.post_delay
        if delay:
            delay *= int.from_bytes(self._random(4), "big") / 2**32
        self.relay.post(envelope, self._clock.now(), delay)
        self._service.flush_soon()

    def send_p2p(self, peer: Peer, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone; it takes them only if it trusts us. They need no proof of work.

        :raises LocalError: it is gone, or not ready, or reads too slowly; an envelope is too large for a packet.
        """
        self.relay.send_p2p(peer, envelopes)
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
        :param take: called with everything that comes of it, from the event loop; must not block. What these
            mailservers send to this node alone goes there, and is no event of the node besides.
        :param when_stored: see :class:`~pystatus.node.mailserver_session.MailserverSession`.
        :raises LocalError: a malformed enode, or one that says not where to dial; this node keeps history.
        """
        return self._history.fetch(fetcher, mailservers, take, when_stored)

    def watch(self, topics: Iterable[bytes]) -> None:
        """Report the envelopes of these topics (4 bytes each) and, unless this is a full node, ask peers for no others.

        :raises LocalError: not a topic.
        """
        self._own_watch.set_topics(topics)

    def open_watch(self, receive: Receiver, over: Callable[[], None] | None = None) -> Watch:
        """A party beside the one that uses :meth:`watch`, with topics of its own: ``receive`` gets their envelopes, and
        ``over`` is called after all that came together. The node asks peers for what all parties want together.
        """
        return self._watches.open(receive, over)

    def _report_envelope(self, event: EnvelopeReceived) -> None:
        if not event.p2p or not self._history.asks(event.peer):
            self._report(event)
