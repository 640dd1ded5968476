"""A node that starts while it is under attack, and the peers that it comes to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Protocol

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address, subnet_key
from pystatus.discovery.discv5.events import NodeFound
from pystatus.net.config import NetworkConfig
from pystatus.node.config import ENOUGH_PEERS
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER, Source
from pystatus.simulation.discovery.host import Host, World

TICK = 0.5
"""Seconds between two looks whether somebody is to be dialled."""
DIAL_SECONDS = 0.3
"""What a dial takes: three round trips of TCP, RLPx and Hello."""
KNOCK_SECONDS = 35.0
"""Between two dials of one attacker to the victim: sooner it is refused (overlay.md §6.3)."""


class Pool(Protocol):
    """Chooses peers."""

    def start(self, now: float) -> None: ...

    def found(self, source: Source, topic: str, enode: Enode, now: float) -> object: ...

    def next_enode(self, now: float, places: int) -> Enode | None:
        """Whom to dial now."""
        ...

    def connected(self, enode: Enode, address: IPAddress, now: float) -> None: ...

    def dial_failed(self, node_id: bytes, now: float) -> None: ...

    def period(self) -> float | None:
        """Seconds between two lookups that it wants."""
        ...

    def on_timer(self, now: float) -> None: ...


class RealPool(PeerPool):
    """The pool of pystatus."""

    def next_enode(self, now: float, places: int) -> Enode | None:
        """See :class:`Pool`."""
        candidate = self.next_dial(now, places, lambda enode: True)
        return None if candidate is None else candidate.enode

    def period(self) -> float | None:
        """See :class:`Pool`."""
        return self.searched[WHISPER]


class NaivePool:
    """A pool without rules: who is found first is dialled first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[bytes, Enode] = {}
        self._taken: set[bytes] = set()
        """Who is dialled, or connected."""

    def start(self, now: float) -> None:
        """See :class:`Pool`."""

    def found(self, source: Source, topic: str, enode: Enode, now: float) -> None:
        """See :class:`Pool`."""
        if enode.node_id not in self._taken:
            self._waiting.setdefault(enode.node_id, enode)

    def next_enode(self, now: float, places: int) -> Enode | None:
        """See :class:`Pool`."""
        if not self._waiting or len(self._taken) >= self._limit:
            return None
        enode = self._waiting.pop(next(iter(self._waiting)))
        self._taken.add(enode.node_id)
        return enode

    def connected(self, enode: Enode, address: IPAddress, now: float) -> None:
        """See :class:`Pool`."""

    def dial_failed(self, node_id: bytes, now: float) -> None:
        """See :class:`Pool`."""
        self._taken.discard(node_id)

    def period(self) -> float | None:
        """See :class:`Pool`."""
        return 3.0 if len(self._taken) < self._limit else None

    def on_timer(self, now: float) -> None:
        """See :class:`Pool`."""


class Victim:
    """The node, its pool, and its connections."""

    def __init__(
        self,
        host: Host,
        world: World,
        random: Random,
        *,
        rules: bool,
        is_there: Callable[[bytes], bool],
    ) -> None:
        """
        :param is_there: whether a node, by its 64 bytes, takes connections.
        """
        # As `NodeConfig` has it for a node with bootnodes.
        config = NetworkConfig()
        config = replace(config, max_inbound_peers=config.max_peers // 2)
        self.host = host
        self.found: set[bytes] = set()
        """All that discovery has found."""
        self.chosen: dict[bytes, IPAddress] = {}
        """Peers that it has dialled."""
        self.inbound: list[IPAddress] = []
        """Peers that have dialled it. All are attackers: nobody else has a reason to."""
        self._config = config
        self._rules = rules
        outbound = ENOUGH_PEERS if rules else config.max_peers
        limits = TopicLimits(min(2, outbound), outbound)
        self._pool: Pool = RealPool({WHISPER: limits}, random.randbytes) if rules else NaivePool(outbound)
        self._world = world
        self._is_there = is_there
        self._period: float | None = None

    def start(self) -> None:
        """Begin to search."""
        self._pool.start(self._world.queue.now)
        self._tick()

    def event(self, event: NodeFound) -> None:
        """Discovery has found a node."""
        enode = event.node.enode
        self.found.add(enode.node_id)
        self._pool.found(Source.DISCV5, event.topic, enode, self._world.queue.now)

    def knock(self, address: IPAddress) -> None:
        """Somebody dials us: it is let in where there is a place."""
        config = self._config
        if len(self.chosen) + len(self.inbound) >= config.max_peers or address in self.inbound:
            return
        if self._rules:
            of_subnet = Counter(map(subnet_key, self.inbound))[subnet_key(address)]
            if len(self.inbound) >= config.max_inbound_peers or of_subnet >= config.max_inbound_per_subnet:
                return
        self.inbound.append(address)

    def _tick(self) -> None:
        world, pool = self._world, self._pool
        now = world.queue.now
        pool.on_timer(now)
        while len(self.chosen) + len(self.inbound) < self._config.max_peers:
            enode = pool.next_enode(now, self._config.max_peers)
            if enode is None:
                break
            world.queue.after(DIAL_SECONDS, self._dialled, enode)
        period = pool.period()
        if period != self._period:
            self._period = period
            self.host.discovery.search(WHISPER, period, world.times())
            self.host.flush()
        world.queue.after(TICK, self._tick)

    def _dialled(self, enode: Enode) -> None:
        now = self._world.queue.now
        is_full = len(self.chosen) + len(self.inbound) >= self._config.max_peers
        if is_full or not self._is_there(enode.node_id):
            self._pool.dial_failed(enode.node_id, now)
            return
        address = parse_address(str(enode.host))
        self.chosen[enode.node_id] = address
        self._pool.connected(enode, address, now)
