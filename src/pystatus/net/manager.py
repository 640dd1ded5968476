"""The node's peers over TCP: a listener, a dialler for static peers, and the limits around them (overlay.md §6.3)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import TracebackType

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, ConnectionClosed
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.errors import LocalError
from pystatus.log_texts import about, get_logger
from pystatus.net.admission import PeerAdmission
from pystatus.net.config import NetworkConfig
from pystatus.net.connecting import resolve
from pystatus.net.dialling import DialBegan, DialEvent, DialFailed, connect
from pystatus.net.listening import ExternalEndpoint, ListeningServer, enode_at, listening_server, system_text
from pystatus.net.mesh import MeshLink
from pystatus.net.mesh_links import MeshLinks
from pystatus.net.packet_memory import PacketMemory
from pystatus.net.peer import Peer, PeerApplication
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.net.scheduler import Scheduler
from pystatus.net.static import StaticPeer
from pystatus.net.tasks import report_crash
from pystatus.peers.bans import Ban
from pystatus.peers.sources import Source

log = get_logger(__name__)


class PeerManager:
    """Owns every connection of a node. It lives in one event loop.

    ::

        async with PeerManager(local, application, config) as network:
            network.add_static(Enode.parse("enode://…"))
            peer = await network.wait_for_peer()
    """

    def __init__(
        self,
        local: LocalNode,
        application: PeerApplication,
        config: NetworkConfig | None = None,
        *,
        random: RandomSource = os.urandom,
        on_dial: Callable[[DialEvent], None] | None = None,
    ) -> None:
        """
        :param on_dial: told of every attempt to connect to somebody, and of those that come to nothing.
        """
        self.application = application
        self._on_dial = on_dial
        self.config = config or NetworkConfig()
        self._local = local
        self._random = random
        self.resolve = resolve
        """Finds the addresses of names where there is no proxy: the system, unless it is replaced."""
        self._dial_slots = asyncio.Semaphore(self.config.max_dials)
        self._server: ListeningServer | None = None
        self.external: ExternalEndpoint | None = None
        """Where others reach us, once that is known; the caller changes it. ``None``: where we listen."""
        self.turns = Scheduler()
        self.packet_memory = PacketMemory()
        self._links: set[RlpxProtocol] = set()
        self._links_gone = asyncio.Event()
        self._connected: dict[bytes, RlpxProtocol] = {}
        self._static: dict[bytes, StaticPeer] = {}
        self._admission = PeerAdmission(self.config, self._connected, self._static)
        self._mesh = MeshLinks(
            application, self.turns, self.config, pause=self._pause_reading, resume=self._resume_reading
        )
        self._dialling: dict[bytes, asyncio.Task[None]] = {}
        self._sources: dict[bytes, Source | None] = {}
        self._waiting: list[tuple[bytes | None, asyncio.Future[Peer]]] = []
        self._is_closing = False

    # Life

    async def start(self) -> None:
        """Listen, if the configuration says so.

        :raises LocalError: the port is in use, or may not be used; the sentence says what to do.
        """
        self._is_closing = False
        self._links_gone.clear()
        config = self.config
        if not config.listen_hosts:
            return
        loop = asyncio.get_running_loop()
        self._server = await listening_server(
            partial(RlpxProtocol, self, loop), config.listen_hosts, config.listen_port
        )
        log.info("listening as %s", self.enode)

    async def stop_accepting(self) -> None:
        """Dial nobody, let nobody in, and read nothing more of those who are connected: before :meth:`close`, so that
        what waits for peers gets less and not more."""
        self._is_closing = True
        if self._server is not None:
            await self._server.stop()
        for task in self._dialling.values():
            task.cancel()
        for link in self._links:
            link.pause_reading()

    async def close(self) -> None:
        """Stop listening and dialling, say goodbye to all peers, and wait for that a moment, but not longer."""
        self._is_closing = True
        if self._server is not None:
            await self._server.stop()
        for task in self._dialling.values():
            task.cancel()
        for link in list(self._links):
            link.disconnect(DisconnectReason.CLIENT_QUITTING)
        for _, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(LocalError("The network was closed while waiting for a peer."))
        if self._dialling:
            await asyncio.wait(self._dialling.values())
            self._dialling.clear()
        await self._mesh.close()
        if self._links:
            await self._links_gone.wait()  # each link aborts itself after disconnect_timeout
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> PeerManager:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    # Peers

    @property
    def enode(self) -> Enode:
        """How others find us. Without a host as long as we do not listen."""
        key, places = self._local.key.public_key, self.places_to_dial
        return enode_at(key, *places[0], self.config.advertised_host, self.external) if places else Enode(key)

    @property
    def places_to_dial(self) -> list[tuple[str, int]]:
        """The addresses and ports at which somebody listens for us."""
        if self._server is not None and self._server.sockets:
            return [one.getsockname()[:2] for one in self._server.sockets]
        return [] if self.config.accepts_at is None else [self.config.accepts_at]

    @property
    def is_listening(self) -> bool:
        """Whether others can dial us."""
        return self._server is not None and self._server.is_serving() and not self._is_closing

    def set_max_peers(self, max_peers: int, max_inbound_peers: int) -> None:
        """Change how many may be connected, and how many of them may have dialled us. Those who are may stay."""
        self.config = replace(self.config, max_peers=max_peers, max_inbound_peers=max_inbound_peers)
        self._admission.config = self.config

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Everybody who is connected."""
        return tuple(link.peer for link in self._connected.values() if link.peer is not None)

    @property
    def static_peers(self) -> tuple[StaticPeer, ...]:
        """Everybody whom we dial, and how that goes."""
        return tuple(self._static.values())

    def add_static(self, enode: Enode) -> StaticPeer:
        """Dial ``enode`` now and whenever it is not connected. Added again with another address, it is dialled there.

        Whoever is added is welcome: a ban on it is lifted, and it is never banned while it is here.

        :raises LocalError: it says not where to dial, or it is our own.

        Implements: WK-61
        """
        if not enode.is_complete:
            raise LocalError("This enode has no address: it needs @host:port behind the node id.")
        if enode.public_key == self._local.key.public_key:
            raise LocalError("This enode is our own: take it out of the peers, or give this node another key.")
        if self._is_closing:
            raise LocalError("The network is closed.")
        self._admission.lift_ban(enode.node_id)
        if (known := self._static.get(enode.node_id)) is not None:
            if known.enode == enode:
                return known
            self._dialling.pop(enode.node_id).cancel()
        static = self._static[enode.node_id] = StaticPeer(enode, self.config.static_level)
        if enode.node_id in self._connected:
            static.connected()
        task = asyncio.create_task(static.keep_connected(self._dial, self.config, self._random))
        task.add_done_callback(report_crash("a dialler has crashed"))
        self._dialling[enode.node_id] = task
        return static

    def remove_static(self, node_id: bytes, why: str = "") -> None:
        """Dial it no more, and disconnect it. Nothing happens if it was not added.

        :param why: as :meth:`Peer.disconnect` takes it.
        """
        if self._static.pop(node_id, None) is None:
            return
        self._dialling.pop(node_id).cancel()
        if (link := self._connected.get(node_id)) is not None:
            link.disconnect(DisconnectReason.REQUESTED, why)

    async def dial(self, enode: Enode, source: Source | None = None) -> str | None:
        """Try once to connect to ``enode``, which says where: None when it is a peer, else what went wrong.
        ``source`` is what :attr:`Peer.source` says."""
        self._sources[enode.node_id] = source
        try:
            return await self._dial(enode)
        finally:
            self._sources.pop(enode.node_id, None)

    def may_dial(self, enode: Enode) -> bool:
        """Whether it is worth a try to dial a node that is an IP address: it is not connected, nor static, nor banned,
        nor ourselves."""
        if enode.public_key == self._local.key.public_key:
            return False
        return self._admission.may_dial(enode, asyncio.get_running_loop().time())

    def is_banned(self, node_id: bytes) -> bool:
        """Whether a node may not connect now, because it has misbehaved."""
        return self._admission.is_banned(node_id, asyncio.get_running_loop().time())

    @property
    def places(self) -> int:
        """How many more may be connected, not counting static peers; none when the network is closing."""
        return 0 if self._is_closing else self._admission.free_places

    async def wait_for_peer(self, node_id: bytes | None = None) -> Peer:
        """The peer with this id, or any: at once if it is connected, else when it is.

        :raises LocalError: the network is closed before.
        """
        for peer in self.peers:
            if node_id in (None, peer.id):
                return peer
        if self._is_closing:
            raise LocalError("The network is closed.")
        waiter: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        entry = (node_id, waiter)
        self._waiting.append(entry)
        try:
            return await waiter
        finally:
            self._waiting.remove(entry)

    # Other processes of this node

    async def adopt(self, accepted: socket.socket) -> None:
        """Take over a connection that another process has accepted for us, and judge it like one of our own."""
        try:
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(partial(RlpxProtocol, self, loop), accepted)
        except OSError as error:  # whoever dialled has gone meanwhile
            accepted.close()
            log.debug("a connection was lost before it was taken over: %s", system_text(error))

    async def join(self, end: socket.socket, capability: Capability, name: str) -> MeshLink:
        """Exchange packets of ``capability`` with another process of this node over ``end``, a connected Unix socket.
        It counts for no limit. One that was joined as ``name`` before is left."""
        return await self._mesh.join(end, capability, name)

    def _pause_reading(self) -> None:
        for link in self._connected.values():
            link.pause_reading()

    def _resume_reading(self) -> None:
        if not self._is_closing:
            for link in self._connected.values():
                link.resume_reading()

    # Bans

    @property
    def bans(self) -> tuple[Ban, ...]:
        """Who may not connect now, and until when."""
        return self._admission.bans(asyncio.get_running_loop().time())

    def ban(self, peer: Peer, reason: str) -> None:
        """Let this node not in for ten minutes, nor anybody from its address if it is the third from there. The
        connection is left to the caller. Static peers and whitelisted ones are never banned, nor are local addresses,
        where many nodes may live."""
        self._admission.ban(peer, reason, asyncio.get_running_loop().time())

    def lift_ban(self, node_id: bytes) -> bool:
        """Let a node and its address in again. Whether it was banned."""
        return self._admission.lift_ban(node_id)

    def is_exempt(self, peer: Peer) -> bool:
        """Whether this peer is static, whitelisted, or a process of this node: limits and bans are not for it."""
        return self._admission.is_exempt(peer)

    # What links tell

    def link_opened(self, link: RlpxProtocol) -> Connection | None:
        """See :class:`~pystatus.net.rlpx_protocol.ConnectionDelegate`."""
        if self._is_closing:
            return None
        now = asyncio.get_running_loop().time()
        admit = partial(self._admit, link)
        limits = self.config.connection
        if link.dialled is not None:
            remote = link.dialled.public_key
            connection = Connection.initiate(self._local, remote, self._random, now, admit=admit, limits=limits)
        else:
            refusal = self._admission.refuse_inbound(link.address, len(self._links), now)
            if refusal is not None:
                log.debug("hung up on %s: %s", link.address, refusal)
                return None
            connection = Connection.respond(self._local, self._random, now, admit=admit, limits=limits)
        self._links.add(link)
        return connection

    def link_connected(self, link: RlpxProtocol, event: Connected) -> Peer:
        """See :class:`~pystatus.net.rlpx_protocol.ConnectionDelegate`."""
        if link.inbound:
            self._admission.inbound_over(link.address)
        enode = link.dialled or Enode(PublicKey.from_xy(event.remote_id), str(link.address))
        peer = Peer(link, enode, event)
        if not peer.inbound:
            peer.source = Source.STATIC if peer.id in self._static else self._sources.get(peer.id)
        self._connected[peer.id] = link
        if peer.id in self._static:
            self._static[peer.id].connected()
        log.info("connected: %r", peer, extra=self._subject(peer))
        for node_id, waiter in self._waiting:
            if node_id in (None, peer.id) and not waiter.done():
                waiter.set_result(peer)
        return peer

    def link_closed(self, link: RlpxProtocol, event: ConnectionClosed) -> None:
        """See :class:`~pystatus.net.rlpx_protocol.ConnectionDelegate`."""
        peer = link.peer
        if peer is None:
            if link.inbound:
                self._admission.inbound_over(link.address)
            log.debug("handshake with %s failed: %s", link.address, event.error)
            return
        del self._connected[peer.id]
        if peer.id in self._static:
            self._static[peer.id].disconnected(event.error)
        log.info("disconnected: %r: %s", peer, event.error, extra=self._subject(peer))
        self.application.peer_disconnected(peer, event.error)

    def link_lost(self, link: RlpxProtocol) -> None:
        """See :class:`~pystatus.net.rlpx_protocol.ConnectionDelegate`."""
        self._links.discard(link)
        if self._is_closing and not self._links:
            self._links_gone.set()

    def _subject(self, peer: Peer) -> dict[str, str] | None:
        """Whose lines no stranger crowds out of the log: those of the peers that the operator has named."""
        if peer.id in self._static:
            return about(peer.id.hex())
        return about("welcome") if self.is_exempt(peer) else None

    def _admit(self, link: RlpxProtocol, remote_id: bytes) -> DisconnectReason | None:
        return self._admission.admit(link, remote_id, asyncio.get_running_loop().time())

    # Dialling

    async def _dial(self, enode: Enode) -> str | None:
        """One attempt: None when the peer is connected, else what went wrong."""
        async with self._dial_slots:
            self._tell(DialBegan(enode))
            try:
                link = RlpxProtocol(self, asyncio.get_running_loop(), enode)
                failure = await connect(link, self.config.route, self.resolve, self.config.dial_timeout)
            except asyncio.CancelledError:
                self._tell(DialFailed(enode, "it did not answer until it was given up"))
                raise
        if failure is not None:
            self._tell(DialFailed(enode, failure))
        return failure

    def _tell(self, event: DialEvent) -> None:
        """Nobody is told that somebody failed who is connected: the two may have dialled each other."""
        if self._on_dial is not None and not self._is_closing and event.enode.node_id not in self._connected:
            self._on_dial(event)
