"""A network of somebody's own, without sockets and on a clock that jumps: a bootnode, some relays, and a client.

The nodes and the peer pool are the real ones. Connections are not: who is on the network takes one at once, and one to
a host that was cut off is noticed as long after that as in the real node.
"""

from __future__ import annotations

from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.events import NodeFound
from pystatus.discovery.discv5.service import Discovery
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER, Source
from tests.discovery.discv5.small_network import Host, SmallNetwork
from tests.peers.support import anybody, drawn

UNNOTICED = 30.0
"""Seconds until a connection without a frame counts as lost (overlay.md §2.8)."""
UNREACHED = 3.0
"""Seconds until a dial of a host that is not there has failed, on a network of one's own."""
STEP = 0.5
"""Seconds between two looks at the pool."""
MANY = 100


class OwnNetwork(SmallNetwork):
    """The first host is the bootnode, the others are relays that register themselves."""

    def __init__(self, relays: int) -> None:
        super().__init__(1 + relays)
        self.cut: set[Host] = set()
        self.passes = lambda sender, _, receiver: not {sender, receiver} & self.cut
        self.clients: list[Client] = []
        for relay in self.relays:
            relay.node.register(WHISPER, self.now)

    @property
    def bootnode(self) -> Host:
        return self.hosts[0]

    @property
    def relays(self) -> list[Host]:
        """Those that are on the network."""
        clients = {client.host for client in self.clients}
        return [host for host in self.hosts[1:] if host not in self.cut and host not in clients]

    def join(self) -> Host:
        """One more host, which knows the bootnode."""
        host = Host(len(self.hosts) + 1, self.now)
        self.hosts.append(host)
        host.node.set_bootnodes([self.bootnode.enode], self.now)
        return host

    def replace(self, relay: Host) -> Host:
        """A relay goes without a word, and another one comes."""
        self.cut.add(relay)
        other = self.join()
        other.node.register(WHISPER, self.now)
        return other

    def at(self, enode: Enode) -> Host:
        return next(host for host in self.hosts if host.enode == enode)

    def wait(self, seconds: float) -> None:
        """Let time pass for the nodes and the clients."""
        until = self.seconds + seconds
        while self.seconds < until:
            self.run(min(STEP, until - self.seconds))
            for client in self.clients:
                client.look()


class Client:
    """Its pool, and its discovery, which runs while anything is searched."""

    def __init__(self, network: OwnNetwork, limits: TopicLimits, host: Host | None = None) -> None:
        self.host = network.join() if host is None else host
        self.pool = PeerPool({WHISPER: limits}, drawn())
        self._network = network
        self._period: float | None = None
        self._lost: dict[Enode, float] = {}
        self._failing: dict[Enode, float] = {}
        self.peers: set[Enode] = set()
        network.clients.append(self)
        self.pool.start(network.seconds)

    def look(self) -> None:
        """Do what is due."""
        network, now = self._network, self._network.seconds
        for event in self.host.events:
            if isinstance(event, NodeFound):
                self.pool.found(Source.DISCV5, event.topic, event.node.enode, now)
        self.host.events.clear()
        for peer in sorted(self.peers, key=str):
            if network.at(peer) in network.cut and now >= self._lost.setdefault(peer, now + UNNOTICED):
                self.peers.remove(peer)
                self.pool.gone(peer.node_id, now)
        for peer in [peer for peer, at in self._failing.items() if at <= now]:
            del self._failing[peer]
            self.pool.dial_failed(peer.node_id, now)
        self.pool.on_timer(now)
        while (one := self.pool.next_dial(now, MANY, anybody)) is not None:
            host = network.at(one.enode)
            if host in network.cut:
                self._failing[one.enode] = now + UNREACHED
                continue
            self.peers.add(one.enode)
            self.pool.connected(one.enode, host.address, now)
            self.pool.confirmed(one.enode.node_id)
        self._direct()

    def _direct(self) -> None:
        """A new node for each search, as the source of the pool has."""
        network, period = self._network, self.pool.searched[WHISPER]
        if period == self._period:
            return
        if self._period is None:
            self.host.node = Discovery(self.host.key, self.host.endpoint, drawn(), network.now)
            self.host.node.set_bootnodes([network.bootnode.enode], network.now)
        self._period = period
        self.host.node.search(WHISPER, period, network.now)
