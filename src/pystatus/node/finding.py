"""Finding peers: the pool of a node, and the sources that its settings name. A node without any loads nothing of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.devp2p.local_record import LocalRecord, MemoryRecordStore
from pystatus.discovery.addresses import EVERYWHERE, IPAddress
from pystatus.discovery.discv5.node import Times
from pystatus.net.clock import Clock
from pystatus.net.dialer import Dialer
from pystatus.net.dns import Resolver
from pystatus.net.dns_source import DnsSource
from pystatus.net.listening import addresses_at, parse_listen_address
from pystatus.node.config import NodeConfig
from pystatus.node.events import NodeEvent
from pystatus.node.waku_service import WakuService
from pystatus.peers.cache import PeerCache
from pystatus.peers.limits import TopicLimits, TopicState
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source
from pystatus.storage.node_record import RecordFile

if TYPE_CHECKING:
    from pystatus.net.discv5 import DiscoveryNode
    from pystatus.net.rendezvous_client import RendezvousSource


class Finding:
    """What a node looks for peers with. A :class:`~pystatus.node.services.Service`, to be started when it listens."""

    def __init__(
        self,
        service: WakuService,
        config: NodeConfig,
        key: PrivateKey,
        clock: Clock,
        random: RandomSource,
        report: Callable[[NodeEvent], None],
        is_mailserver: Callable[[], bool],
        *,
        resolver: Resolver | None,
        cache: PeerCache | None,
    ) -> None:
        """
        :param resolver: knows the node lists; None asks DNS.
        :param cache: of good peers, in place of the file that the settings name.
        :param is_mailserver: asked at the start, as that is when it is known.
        """
        self._service = service
        self._config = config
        self._key = key
        self._random = random
        self._clock = clock
        self._resolver = resolver
        self._cache = cache
        self._is_mailserver = is_mailserver
        self._report = report
        self._open = ExitStack()
        self._rendezvous: RendezvousSource | None = None
        self._lists: DnsSource | None = None
        self._own_record: NodeRecord | None = None
        self._local_record: LocalRecord | None = None
        self.on_seen: Callable[[IPAddress | None, int], None] = lambda address, version: None
        """Told of the address under which many networks see this node; the caller sets it before the start."""
        self.is_address_settled: Callable[[], bool] = lambda: True
        """Whether it is known if a router opens the ports of this node: before that it would register in vain. The
        caller sets it likewise."""
        self.dialer: Dialer | None = None
        """While it runs."""
        self.discv5: DiscoveryNode | None = None
        """Discovery v5, if the settings name bootnodes; it may be closed while there are enough peers."""

    async def start(self) -> None:
        """Begin with the peers of earlier runs.

        :raises LocalError: the file of good peers cannot be opened; what others find this node by cannot start.
        """
        cache = self._opened_cache()
        self.dialer = dialer = self._new_dialer(cache)
        try:
            self._add_sources(dialer, cache)
            await dialer.start()
        except BaseException:
            self.dialer = self.discv5 = self._lists = None
            self._open.close()
            raise
        self._service.listeners.append(dialer)
        for peer in self._service.network.peers:  # static ones may be here already
            if not peer.is_within_node:
                dialer.peer_connected(peer)

    async def close(self) -> None:
        """Look for nobody any more."""
        dialer, self.dialer = self.dialer, None
        if dialer is not None:
            self._service.listeners.remove(dialer)
            try:
                await dialer.close()
            finally:
                self._open.close()

    @property
    def lists_problem(self) -> str | None:
        """See :attr:`pystatus.node.Node.lists_problem`."""
        if self._lists is None or self._lists.lists.is_known:
            return None
        return self._lists.lists.problem

    @property
    def topics(self) -> Mapping[str, TopicState]:
        """How it stands with each topic; nothing while the node does not run."""
        return {} if self.dialer is None else self.dialer.pool.topics

    @property
    def candidates(self) -> Mapping[Source, int]:
        """How many nodes that may become peers each source has found."""
        if self.dialer is None:
            return {}
        return Counter(one.source for one in self.dialer.pool.candidates if not one.is_busy)

    def reject_mailserver(self, node_id: bytes, reason: str) -> None:
        """A mailserver does not answer as it should: leave it, so that another one is looked for. Nothing happens if it
        is a peer for another reason."""
        if self.dialer is not None:
            self.dialer.reject(node_id, WHISPERMAIL, reason)

    @property
    def registered(self) -> Sequence[str]:
        """The topics under which others find this node.

        Implements: CL-21, CL-22
        """
        if not self._config.register:
            return ()
        return (WHISPER, WHISPERMAIL) if self._is_mailserver() else (WHISPER,)

    def address_changed(self) -> None:
        """Others reach this node elsewhere: they are told so from now on."""
        self._own_record = None
        if self._rendezvous is not None:
            self._rendezvous.address_changed()
        if self.discv5 is not None:
            self.discv5.set_external(self._service.network.external)

    def _new_dialer(self, cache: PeerCache | None) -> Dialer:
        config = self._config
        limits = {WHISPER: TopicLimits(_or(config.min_peers, config.enough_peers), config.enough_peers)}
        if config.enough_mailservers:
            limits[WHISPERMAIL] = TopicLimits(config.enough_mailservers, config.enough_mailservers)
        network = self._service.network
        pool = PeerPool(limits, self._random, cache=cache, stable_after=network.config.stable_after)
        return Dialer(network, pool, registered=self.registered, report=self._report)

    def _opened_cache(self) -> PeerCache | None:
        if self._cache is not None or self._config.peers_file is None:
            return self._cache
        from pystatus.storage.cached_peers import PeerFile

        file = PeerFile(self._config.peers_file, self._clock.now)
        self._open.callback(file.close)
        return file

    def _add_sources(self, dialer: Dialer, cache: PeerCache | None) -> None:
        config = self._config
        if config.usable_lists:
            from pystatus.net.dns import DnsResolver
            from pystatus.net.dns_lists import parse_lists

            self._lists = lists = DnsSource(
                parse_lists(config.usable_lists),
                self._resolver or DnsResolver(config.dns_server, route=config.route),
                self._random,
                dialer.found,
                local=config.dns_local,
                is_wanted=dialer.is_hungry,
                versions=cache,
            )
            dialer.add(lists, lists.look)
        if config.usable_bootnodes:
            from pystatus.net.bootnodes import parse_bootnodes
            from pystatus.net.discv5 import Discv5Source

            hosts, port = self._listens_at()
            discv5 = Discv5Source(
                self._key,
                (hosts or EVERYWHERE, port),
                parse_bootnodes(config.usable_bootnodes),
                self._random,
                dialer.found,
                advertised=config.advertised_host,
                tcp_port=port,
                times=lambda: Times(time.monotonic(), self._clock.now()),
                on_seen=lambda address, version: self.on_seen(address, version),
            )
            self.discv5 = discv5.node
            discv5.node.set_external(self._service.network.external)
            dialer.add(discv5)

        if config.rendezvous_nodes:
            from pystatus.net.rendezvous_client import RendezvousSource
            from pystatus.net.rendezvous_nodes import parse_rendezvous_nodes

            nodes = parse_rendezvous_nodes(config.rendezvous_nodes)
            self._rendezvous = RendezvousSource(
                self._key, nodes, self._registered_record, self._random, dialer.found, config.route
            )
            dialer.add(self._rendezvous)

    def _listens_at(self) -> tuple[Sequence[str], int]:
        """The hosts and the port where others can dial this node; no hosts and port 0: nowhere.

        The UDP port is the same number, as others take one for the other (overlay.md §3.3).
        """
        if self._config.accepts_at is not None:
            host, port = self._config.accepts_at
            return (host,), port
        if self._config.listen is None:
            return (), 0
        return parse_listen_address(self._config.listen)[0], self._service.network.enode.port

    def _registered_record(self) -> NodeRecord | None:
        """What Rendezvous nodes give to others; ``None``: nothing yet."""
        return self._record() if self.is_address_settled() else None

    def _record(self) -> NodeRecord:
        """What the node says of itself."""
        if self._own_record is None:
            self._own_record = self._new_record()
        return self._own_record

    def _new_record(self) -> NodeRecord:
        if self._local_record is None:
            file = self._config.record_file
            store = MemoryRecordStore(b"") if file is None else RecordFile(file)
            self._local_record = LocalRecord(self._key, store, int(self._clock.now()))
        hosts, port = self._listens_at()
        addresses, udp_port = addresses_at(hosts, self._config.advertised_host), port
        external = self._service.network.external
        if external is not None:
            addresses, port, udp_port = external.addresses, external.tcp_port, external.udp_port
        return self._local_record.locate(
            *addresses, tcp_port=port, udp_port=udp_port if self._config.usable_bootnodes else 0
        )


def _or(number: int | None, otherwise: int) -> int:
    return otherwise if number is None else number
