"""A Status node: a Waku relay on the peer-to-peer network. A bare one relays; a client brings its own interest.

async with Node(NodeConfig(listen="0.0.0.0:30303")) as node:
    print(node.enode)
    await node.run_forever()
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import platform
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.net.addresses import host_key, is_local, subnet_key
from pystatus.net.bans import Ban
from pystatus.net.clock import Clock, SystemClock
from pystatus.net.config import NetworkConfig
from pystatus.net.peer import Peer
from pystatus.net.peers import PeerNetwork
from pystatus.net.static import StaticPeer
from pystatus.net.whitelist import Whitelist
from pystatus.overlay.devp2p.capabilities import Capability, Subprotocol
from pystatus.overlay.devp2p.messages import DisconnectReason
from pystatus.overlay.enode import Enode
from pystatus.overlay.limits import ConnectionLimits
from pystatus.overlay.local_node import LocalNode
from pystatus.version import VERSION
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.config import RELAY_MIN_POW, RelayConfig
from pystatus.waku.counters import Counters
from pystatus.waku.dialects import shh_6, waku_0, waku_1
from pystatus.waku.dialects.dialect import CODE_COUNT, Dialect
from pystatus.waku.envelope import Envelope
from pystatus.waku.events import EnvelopeReceived, PeerFailed, PeerReady
from pystatus.waku.events import Event as RelayEvent
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MAX_PACKET_SIZE
from pystatus.waku.peer import Misbehaviour
from pystatus.waku.pool import PoolLimits
from pystatus.waku.rates import DEFAULT_BYTE_RATES, DEFAULT_PACKET_RATES, Source
from pystatus.waku.relay import Relay
from pystatus.waku.status import RateLimits
from pystatus.waku.watching import Receiver, Topics, Watch, Watches

if TYPE_CHECKING:
    from pystatus.accounting import Accounting
    from pystatus.net.dns import Resolver
    from pystatus.net.finding import PeerFinder

log = logging.getLogger(__name__)


def _subprotocol(dialect: Dialect) -> Subprotocol:
    return Subprotocol(Capability(dialect.name, dialect.version), CODE_COUNT)


WAKU_1 = _subprotocol(waku_1.WAKU_1)
WAKU_0 = _subprotocol(waku_0.WAKU_0)
SHH_6 = _subprotocol(shh_6.SHH_6)
DIALECTS: dict[Capability, Dialect] = {
    WAKU_1.capability: waku_1.WAKU_1,
    WAKU_0.capability: waku_0.WAKU_0,
    SHH_6.capability: shh_6.SHH_6,
}
DEFAULT_MAX_PEERS = 50
"""Connections of a node, not counting its static peers."""
ENOUGH_PEERS = 8
"""Peers that a node dialled, static ones included, with which no more are looked for in node lists: enough that hardly
one operator has them all, few enough that relays have places for many nodes."""
STALLED_BYTES = 1 << 20
"""Unsent bytes at which a peer is given no more envelopes until it has read some."""
MAX_POST_DELAY = 5.0
"""Seconds: a third of what Status envelopes live."""
STALLED_RETRY = 0.05
"""Seconds between two looks at peers that are stalled."""
DRAIN_POLL = 0.01
"""Seconds between two looks at what peers still have to read before the node closes."""

_HIGHEST_PORT = 0xFFFF


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """Settings of a node. The default is a relay that nobody can dial."""

    listen: str | None = None
    """``host:port`` to accept connections on; port 0 takes a free one. An IPv6 host stands in brackets."""
    peers: tuple[str, ...] = ()
    """Enode URLs of the peers to stay connected to."""
    dns_lists: tuple[str, ...] = ()
    """Node lists in DNS (EIP-1459), ``enrtree://<key>@<domain>``, whose nodes are dialled until there are enough."""
    enough_peers: int = ENOUGH_PEERS
    """Peers that this node dialled, those above included, with which no more are looked for in the lists."""
    dns_server: str | None = None
    """The server that knows the lists, an IP address and possibly a port; ``None``: those of this system."""
    dns_local: bool = False
    """Dial the addresses of this machine and of local networks that lists name, too: for networks of one's own."""
    key: PrivateKey | None = None
    """The node key, which is its identity on the overlay and no chat key; None makes a new one for each run."""
    full_node: bool = True
    """Relay everything. Else only what :meth:`Node.set_topics` names is asked for and accepted."""
    min_pow: float = RELAY_MIN_POW
    """Proof of work that envelopes need to be relayed."""
    light: bool = False
    """Send nothing but own envelopes; other light nodes are of no use then (WK-50 to WK-52)."""
    bloom: bool = False
    """Ask peers by a bloom filter of the topics instead of by the topics: they learn less, and send more."""
    confirmations: bool = False
    """Confirm every batch of envelopes that a peer sends (WK-48)."""
    packet_rates: RateLimits = DEFAULT_PACKET_RATES
    """Packets a second that are taken from one address, one peer, and (envelopes) from one peer of one topic; 0 is no
    limit. A network (IPv4 /24, IPv6 /48) has twice the limit of an address. Local addresses have only that of peers."""
    byte_rates: RateLimits = DEFAULT_BYTE_RATES
    """The same in bytes."""
    whitelist: tuple[str, ...] = ()
    """Whom neither limits nor bans concern, besides the peers above: enode URLs, node ids, IP addresses, networks."""
    flush_interval: float = 0.0
    """Seconds of a transmission cycle in which envelopes are collected; 0: they leave at once."""
    max_packet_size: int = MAX_PACKET_SIZE
    """Bytes of a packet that is accepted; limits in bytes a second may not be lower."""
    pool: PoolLimits = field(default_factory=PoolLimits)
    """How much is kept until it expires."""
    post_delay: float = 0.0
    """Seconds at most for which an own envelope is held back, at random, before anybody gets it; so peers learn less
    about who wrote it."""
    traffic_file: Path | None = None
    """Where to keep how much each peer sends and receives in each hour (WK-54); ``None``: nowhere."""
    max_peers: int = DEFAULT_MAX_PEERS
    """Connections, besides those to the peers above."""
    max_inbound_peers: int | None = None
    """Those among them that dialled us; ``None``: all of them, or with node lists all but those that are looked for
    there. Peers of our choice have places of their own, so nobody
    who dials us can take them (overlay.md §10.1)."""
    advertised_host: str | None = None
    """The host in our enode, where it differs from what we listen on."""
    accepts_at: tuple[str, int] | None = None
    """Instead of ``listen``: the address and port at which another process listens for us, see :meth:`Node.adopt`."""
    bridge: bool = False
    """Speak Whisper (shh/6) as well, with peers that do not speak Waku, and relay between them and all others."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a malformed address or enode, or settings that contradict or exclude each other.
        """
        if self.bridge and (self.light or not self.full_node):
            raise LocalError("A bridge relays everything: make it a full node that is not light, or do not bridge.")
        if self.listen is not None:
            parse_listen_address(self.listen)
        for peer in self.peers:
            _complete_enode(peer)
        Whitelist.parse(self.whitelist)
        if self.dns_lists or self.dns_server is not None:
            self._check_lists()
        if not 0 <= self.post_delay <= MAX_POST_DELAY:
            raise LocalError(f"own envelopes are held back 0 to {MAX_POST_DELAY:g} seconds, not {self.post_delay:g}")
        self.relay()

    def _check_lists(self) -> None:
        from pystatus.net.dns import parse_server  # a node without lists loads nothing of them
        from pystatus.net.dns_lists import parse_lists

        parse_lists(self.dns_lists)
        if self.dns_server is not None:
            parse_server(self.dns_server)

    def relay(self) -> RelayConfig:
        """What of it concerns the relay."""
        return RelayConfig(
            interest=EVERYTHING if self.full_node else self.interest(()),
            min_pow=self.min_pow,
            light=self.light,
            confirmations=self.confirmations,
            watched=frozenset(),
            max_packet_size=self.max_packet_size,
            pool=self.pool,
            packet_rates=self.packet_rates,
            byte_rates=self.byte_rates,
            flush_interval=self.flush_interval,
        )

    @property
    def inbound(self) -> int:
        """Peers at a time that dialled us."""
        if self.max_inbound_peers is not None:
            return self.max_inbound_peers
        return max(0, self.max_peers - self.enough_peers) if self.dns_lists else self.max_peers

    def interest(self, topics: Collection[bytes]) -> Interest:
        """How peers are asked for these topics."""
        return Interest.in_bloom(topics_bloom(topics)) if self.bloom else Interest.in_topics(topics)


@dataclass(frozen=True, slots=True)
class PeerJoined:
    """The handshake with a peer is over: envelopes go to it and come from it."""

    peer: Peer


@dataclass(frozen=True, slots=True)
class PeerGone:
    """A peer that had joined has disconnected."""

    peer: Peer
    reason: str


NodeEvent: TypeAlias = RelayEvent | PeerJoined | PeerGone


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
        self._static = [_complete_enode(text) for text in self.config.peers]
        self._relay = Relay(self.config.relay())
        hosts, port = parse_listen_address(self.config.listen) if self.config.listen else ((), 0)
        spoken = (WAKU_1, WAKU_0, SHH_6) if self.config.bridge else (WAKU_1, WAKU_0)
        local = LocalNode(self.config.key or PrivateKey.generate(random), client_id(), spoken)
        network = NetworkConfig(
            listen_hosts=hosts,
            listen_port=port,
            accepts_at=self.config.accepts_at,
            advertised_host=self.config.advertised_host,
            max_peers=self.config.max_peers,
            max_inbound_peers=self.config.inbound,
            whitelist=Whitelist.parse(self.config.whitelist),
            connection=ConnectionLimits(max_packet_size=self.config.max_packet_size),
        )
        self._network = PeerNetwork(local, self, network, random=random)
        self._watches = Watches(self._wanted_changed)
        self._bloom: bytes | None = None
        self._own_watch = self._watches.open(self._report)
        self._ready: set[Peer] = set()
        self._trusted: set[bytes] = set()
        self._someone_ready = asyncio.Event()
        self._accounting: Accounting | None = None
        self._resolver = resolver
        self._finder: PeerFinder | None = None
        self._flush_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._closed = asyncio.Event()

    # life

    async def start(self) -> None:
        """Listen and dial.

        :raises LocalError: the port is in use, or may not be used; the file for traffic cannot be opened.
        """
        if self.config.traffic_file is not None:
            from pystatus.accounting import Accounting  # a node without the file loads no database

            self._accounting = Accounting(self.config.traffic_file, self._clock, self._relay.traffic)
        await self._network.start()
        for enode in self._static:
            self._network.add_static(enode)
        if self.config.dns_lists:
            self._finder = self._new_finder()
            self._finder.start()
        self._set_timer()

    def _new_finder(self) -> PeerFinder:
        from pystatus.net.dns import DnsResolver  # a node without lists loads nothing of them
        from pystatus.net.dns_lists import parse_lists
        from pystatus.net.finding import PeerFinder

        config = self.config
        return PeerFinder(
            self._network,
            parse_lists(config.dns_lists),
            self._random,
            enough=config.enough_peers,
            local=config.dns_local,
            resolver=self._resolver or DnsResolver(config.dns_server),
        )

    async def close(self) -> None:
        """Stop listening and say goodbye to all peers."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._flush()
        if self._timer is not None:
            self._timer.cancel()
        if self._finder is not None:
            await self._finder.close()
        await self._network.close()
        if self._accounting is not None:
            self._accounting.close()

    async def drain(self, timeout: float) -> bool:
        """Take nothing new, neither connections nor packets, and wait until the peers have what waits for them. To be
        called before :meth:`close`.

        :param timeout: seconds to wait at most.
        :returns: whether they have all of it.
        """
        self._network.stop_accepting()
        try:
            async with asyncio.timeout(timeout):
                # Nothing tells when a socket has drained.
                while self._relay.has_queued or any(  # noqa: ASYNC110
                    peer.pending_bytes for peer in self._network.peers
                ):
                    await asyncio.sleep(DRAIN_POLL)
        except TimeoutError:
            return False
        return True

    async def run_forever(self) -> None:
        """Wait until the node is closed."""
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
        return tuple(peer for peer in self._ready if not peer.is_within_node)

    @property
    def connected(self) -> tuple[Peer, ...]:
        """Everybody who is connected, also those whose Status has not come yet."""
        return self._network.peers

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until there is a peer to exchange envelopes with.

        :raises TimeoutError: none within ``timeout`` seconds; the node goes on trying.
        """
        async with asyncio.timeout(timeout):
            await self._someone_ready.wait()

    def add_peer(self, enode: str) -> None:
        """Stay connected to one more peer.

        :raises LocalError: malformed, without an address, or our own.
        """
        static = self._network.add_static(_complete_enode(enode))
        for peer in self._network.peers:
            if peer.id == static.enode.node_id:
                self._relay.set_unlimited(peer, True, self._clock.now())
                self._flush_soon()

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
        self._flush_soon()

    def set_interest(self, interest: Interest) -> None:
        """Change what peers are asked for, whatever :meth:`watch` said; the former interest is tolerated for 10 s."""
        self._relay.set_interest(interest, self._clock.now())
        self._flush_soon()

    def set_confirmations(self, confirmations: bool) -> None:
        """Confirm every batch of envelopes from now on, or none."""
        self._relay.set_confirmations(confirmations, self._clock.now())
        self._flush_soon()

    def set_light(self, light: bool) -> None:
        """Send nothing but own envelopes from now on, or relay."""
        self._relay.set_light(light, self._clock.now())
        self._flush_soon()

    def set_rate_limits(self, packet_rates: RateLimits, byte_rates: RateLimits) -> None:
        """Change what is taken from peers a second.

        :raises LocalError: negative, or less than one packet.
        """
        self._relay.set_rate_limits(packet_rates, byte_rates, self._clock.now())
        self._flush_soon()

    # Other processes of this node

    async def adopt(self, accepted: socket.socket) -> None:
        """Take over a TCP connection that another process has accepted for us."""
        await self._network.adopt(accepted)

    async def join(self, end: socket.socket, name: str) -> asyncio.Future[None]:
        """Exchange all envelopes with another process over ``end``, a connected Unix socket whose other end it joins.
        ``name`` is what it is called here. The future is done when the two are no longer joined."""
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
        wanted = [_complete_enode(text) for text in config.peers]
        if self.enode.public_key in [enode.public_key for enode in wanted]:
            raise LocalError("one of the peers is this node itself: take it out")
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
        self._flush_soon()
        self.config = dataclasses.replace(
            before,
            peers=config.peers,
            min_pow=config.min_pow,
            max_peers=config.max_peers,
            max_inbound_peers=config.max_inbound_peers,
            packet_rates=config.packet_rates,
            byte_rates=config.byte_rates,
        )

    def trust(self, enode: str, trusted: bool = True) -> None:
        """Read the P2P packets of this node, now and whenever it is connected: a mailserver's answers to our requests.
        Whatever it sends so is not checked and reaches whoever watches the topic, and no rate limit holds it up. By
        default nobody is trusted.

        :raises LocalError: malformed.
        """
        node_id = Enode.parse(enode).node_id
        (self._trusted.add if trusted else self._trusted.discard)(node_id)
        for peer in self._network.peers:
            if peer.id == node_id:
                self._relay.set_trusted(peer, trusted)
                self._relay.set_unlimited(peer, self._is_unlimited(peer), self._clock.now())
                self._flush_soon()

    def _is_unlimited(self, peer: Peer) -> bool:
        return peer.id in self._trusted or self._network.is_welcome(peer)

    def remove_peer(self, enode: str) -> None:
        """Stay connected to this peer no more, and disconnect it if it is connected.

        :raises LocalError: malformed.
        """
        node_id = Enode.parse(enode).node_id
        self._network.remove_static(node_id)
        for peer in self._network.peers:
            if peer.id == node_id:
                peer.disconnect()

    def is_static(self, peer: Peer) -> bool:
        """Whether we stay connected to this peer."""
        return any(static.enode.node_id == peer.id for static in self._network.static_peers)

    def is_trusted(self, peer: Peer) -> bool:
        """Whether P2P packets of this peer are read."""
        return peer.id in self._trusted

    def connected_peer(self, enode: str) -> Peer:
        """The peer of this enode, whatever address that names.

        :raises LocalError: malformed, or it is not connected.
        """
        node_id = Enode.parse(enode).node_id
        for peer in self._ready:
            if peer.id == node_id:
                return peer
        raise LocalError("this peer is not connected: add it, and wait until it is")

    # envelopes

    @property
    def now(self) -> float:
        """Unix time in seconds by the node's clock, which envelopes are made and judged by."""
        return self._clock.now()

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
        Interest.in_bloom(bloom)
        self._bloom = bloom
        self._set_interest(self._watches.topics)

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

    def post(self, envelope: Envelope) -> None:
        """Send an own envelope to every peer that wants it, and to those that come before it expires.

        :raises LocalError: no honest peer would take it.
        """
        delay = self.config.post_delay
        if delay:
            delay *= int.from_bytes(self._random(4), "big") / 2**32
        self._relay.post(envelope, self._clock.now(), delay)
        self._flush_soon()

    def send_p2p(self, peer: Peer, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone; it takes them only if it trusts us. They need no proof of work.

        :raises LocalError: it is gone, or not ready, or reads too slowly; an envelope is too large for a packet.
        """
        self._relay.send_p2p(peer, envelopes)
        self._flush_soon()

    def watch(self, topics: Iterable[bytes]) -> None:
        """Report the envelopes of these topics (4 bytes each) and, unless this is a full node, ask peers for no others.

        :raises LocalError: more topics than a node may ask for.
        """
        self._own_watch.set_topics(topics)

    def open_watch(self, receive: Receiver) -> Watch:
        """A party beside whoever uses :meth:`watch`, with topics of its own: ``receive`` gets their envelopes and must
        not block. The node asks peers for what all parties want together.
        """
        return self._watches.open(receive)

    def _wanted_changed(self, topics: Topics) -> None:
        self._set_interest(topics)
        self._relay.watched = topics

    def _set_interest(self, topics: Topics) -> None:
        if self._bloom is None and self.config.full_node:
            return
        if topics is None:
            self.set_interest(EVERYTHING)
        elif self._bloom is None:
            self.set_interest(self.config.interest(topics))
        else:
            self.set_interest(Interest.in_bloom(_united(self._bloom, topics_bloom(topics))))

    # What the network calls: see PeerApplication

    def peer_connected(self, peer: Peer) -> None:
        address = peer.address
        source = None if is_local(address) else Source(host_key(address), subnet_key(address))
        *unspoken, spoken = peer.capabilities  # see _spoken
        self._relay.peer_connected(
            peer, self._clock.now(), source, unlimited=self._is_unlimited(peer), dialect=DIALECTS[spoken]
        )
        self._relay.set_trusted(peer, peer.id in self._trusted)
        if self._accounting is not None and not peer.is_within_node:
            self._accounting.joined(peer)
        for capability in unspoken:  # Whisper, while Waku is spoken with it: it may wait for an answer there, too
            peer.send(capability, packets.STATUS, shh_6.NOTHING)
        self._flush_soon()

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> None:
        try:
            if capability == _spoken(peer):
                self._relay.receive_packet(peer, code, payload, self._clock.now())
            else:
                self._relay.receive_aside(peer, payload, self._clock.now())
        except Misbehaviour as error:
            if peer.id not in self._trusted:
                self._network.ban(peer, str(error))
            raise
        finally:
            self._flush_soon()

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        if self._accounting is not None and not peer.is_within_node:
            self._accounting.left(peer)
        self._relay.peer_disconnected(peer, self._clock.now())
        if self._finder is not None:
            self._finder.peer_left(peer)
        if peer in self._ready:
            self._ready.discard(peer)
            if not self._ready:
                self._someone_ready.clear()
            self._report(PeerGone(peer, reason))

    # Output: once for everything that came in during one turn of the event loop

    def _flush_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        relay = self._relay
        stalled = self._mark_stalled()
        for peer, code, payload in relay.packets_to_send(self._clock.now()):
            assert isinstance(peer, Peer)
            peer.send(_spoken(peer), code, payload)
        while (event := relay.next_event()) is not None:
            if isinstance(event, PeerReady):
                assert isinstance(event.peer, Peer)
                if event.peer.is_connected:  # else it has left again within this turn of the event loop
                    self._ready.add(event.peer)
                    self._someone_ready.set()
                    self._report(PeerJoined(event.peer))
            elif isinstance(event, PeerFailed):
                assert isinstance(event.peer, Peer)
                log.info("%r is given up: %s", event.peer, event.reason)
                event.peer.disconnect(DisconnectReason.SUBPROTOCOL_ERROR)
            elif isinstance(event, EnvelopeReceived):
                self._watches.deliver(event)
            else:
                self._report(event)
        self._set_timer(STALLED_RETRY if stalled else None)

    def _mark_stalled(self) -> bool:
        """Hold back what a peer does not read, instead of piling it up in its socket. Whether there is such a peer."""
        stalled = False
        for peer in self._ready:
            # Not below, as the network side drops a peer for what is above (write_high_water), and for nothing else.
            writable = peer.pending_bytes <= STALLED_BYTES
            self._relay.set_writable(peer, writable)
            stalled = stalled or not writable
        return stalled

    def _set_timer(self, at_most: float | None = None) -> None:
        """Look again when the relay wants it, and within ``at_most`` seconds. A timer that comes earlier may stay."""
        if self._closed.is_set():
            return
        due = self._relay.next_timer()
        delays = [max(0.0, due - self._clock.now())] if due is not None else []
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
        self._relay.on_timer(self._clock.now())
        self._flush()

    def _report(self, event: NodeEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)


def client_id() -> str:
    """What this software calls itself in a Hello, in the form of the reference's names."""
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    return f"pystatus/v{VERSION}/{system}/python{platform.python_version()}"


def _spoken(peer: Peer) -> Capability:
    """The capability that envelopes travel in. They are sorted by name, so Waku stands behind Whisper: a peer that
    shares both gets every envelope once, in Waku (waku.md §1.1).
    """
    return peer.capabilities[-1]


def parse_listen_address(text: str) -> tuple[tuple[str, ...], int]:
    """``host:port`` as hosts to listen on and a port.

    :raises LocalError: not of that form.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise LocalError(f"{text!r} is not an address to listen on. Give host:port, for example 0.0.0.0:30303.")
    host = host.removeprefix("[").removesuffix("]")
    return ((host,) if host else ("0.0.0.0", "::")), int(port)  # noqa: S104 - an empty host means everywhere


def _united(one: bytes, other: bytes) -> bytes:
    return bytes(a | b for a, b in zip(one, other, strict=True))


def _complete_enode(text: str) -> Enode:
    enode = Enode.parse(text)
    if not enode.is_complete:
        raise LocalError(f'"{text[:200]}" says not where to dial. Add @host:port to the node id.')
    return enode
