"""Discovery v5 on the sockets of this machine: a node of it, and the source that it is to the peer pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5.events import Event, NodeFound
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.maintenance import MAX_RECALLED
from pystatus.discovery.discv5.node import Contact, Endpoint, Times
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.topics import encode_topic
from pystatus.discovery.discv5.witnesses import AddressWitnesses
from pystatus.log_texts import get_logger
from pystatus.net.bootnodes import Bootnodes, Lookup, system_lookup
from pystatus.net.listening import ExternalEndpoint, addresses_at, datagram_sockets, enode_at
from pystatus.net.udp_endpoint import SHARE, UdpEndpoint, local_address, machine_times
from pystatus.peers.sources import Found, Source

log = get_logger(__name__)

_VERSIONS = (4, 6)


class DiscoveryNode:
    """One node of Discovery v5 on UDP sockets of its own (overlay.md §3)."""

    def __init__(
        self,
        key: PrivateKey,
        listen: tuple[Sequence[str], int],
        bootnodes: Sequence[Enode],
        random: RandomSource,
        on_event: Callable[[Event], None],
        *,
        advertised: str | None = None,
        tcp_port: int | None = None,
        limits: Limits | None = None,
        share: float = SHARE,
        lookup: Lookup = system_lookup,
        times: Callable[[], Times] = machine_times,
        on_bootnodes: Callable[[list[Enode]], None] = lambda nodes: None,
        on_seen: Callable[[IPAddress | None, int], None] = lambda address, version: None,
    ) -> None:
        """
        :param listen: hosts to bind to, and the UDP port; 0 takes a free one.
        :param bootnodes: their hosts may be names.
        :param on_event: called in the event loop; must not block.
        :param advertised: the host by which others reach us; it counts if it is an IP address.
        :param tcp_port: where we accept peers, as others are told. None: the UDP port, as in the network (overlay.md
            §3.3). 0: nowhere.
        :param share: the part of the processor that strangers may take; 1: all that there is.
        :param on_bootnodes: called with all that have an address, when it runs and whenever they change.
        :param on_seen: called with the address under which many networks see us, or None where they do not agree, and
            the version of IP, whenever that changes.
        """
        self._key = key
        self._hosts, self._port = listen
        self._bootnodes = tuple(bootnodes)
        self._random = random
        self._on_event = on_event
        self._advertised = advertised
        self._tcp_port = tcp_port
        self._limits = limits or Limits()
        self._share = share
        self._lookup = lookup
        self._times = times
        self._on_bootnodes = on_bootnodes
        self._on_seen = on_seen
        self._seen: dict[int, IPAddress | None] = dict.fromkeys(_VERSIONS)
        self._witnesses = AddressWitnesses()
        self._known: list[Contact] = []
        """Who was in the table when it was closed."""
        self._external: ExternalEndpoint | None = None
        self._names: Bootnodes | None = None
        self.udp: UdpEndpoint | None = None
        """The sockets and counters, and the discovery that they serve; None: closed."""
        self._impostor: str | None = None
        """Which bootnode is another node than it should be, as the end of a sentence."""
        self.host, self.port = "", 0
        """Where the first socket is bound, once it is."""
        self.places: list[tuple[str, int]] = []
        """Where all are bound."""

    async def start(self) -> None:
        """Bind the sockets and begin.

        :raises LocalError: the port is in use, or may not be used.
        """
        assert self.udp is None, "started once"
        sockets = datagram_sockets(self._hosts, self._port)
        address, self.port = local_address(sockets)
        self.host = str(address)
        self.places = [one.getsockname()[:2] for one in sockets]
        discovery = Discovery(
            self._key, self._endpoint(), self._random, self._times(), limits=self._limits, witnesses=self._witnesses
        )
        self.udp = UdpEndpoint(
            discovery,
            sockets,
            self._on_event,
            share=self._share,
            times=self._times,
            random=self._random,
            on_work=self._look,
        )
        self.udp.start()
        versions = frozenset(4 if "." in one.getsockname()[0] else 6 for one in sockets)
        self._names = Bootnodes(
            self._bootnodes, self._set_bootnodes, self._chance, versions=versions, lookup=self._lookup
        )
        try:
            self._names.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End. Closing again changes nothing. Started again, it finds those that it knows now."""
        if self._names is not None:
            await self._names.close()
            self._names = None
        if self.udp is not None:
            self._known = self.udp.discovery.table.nodes()[:MAX_RECALLED] or self._known
            self.udp.close()
            self.udp = None

    async def __aenter__(self) -> DiscoveryNode:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def set_external(self, external: ExternalEndpoint | None) -> None:
        """Where others reach us from now on; ``None``: nothing is known of it. It may be told before the start."""
        self._external = external
        if self.udp is not None:
            self.udp.discovery.set_endpoint(self._endpoint())

    @property
    def enode(self) -> Enode:
        """How others find us."""
        return enode_at(self._key.public_key, self.host, self.port, self._advertised, self._external)

    def _endpoint(self) -> Endpoint:
        """Where we are, as others are told. Of the address nobody makes use (overlay.md §3.2), of the TCP port
        everybody does."""
        tcp_port = self.port if self._tcp_port is None else self._tcp_port
        external = self._external
        if external is not None:
            address = next(iter(external.addresses), parse_address(self.host))
            return Endpoint(address, external.udp_port, external.tcp_port if tcp_port else 0)
        addresses = addresses_at((), self._advertised) if self._advertised is not None else ()
        return Endpoint(addresses[0] if addresses else parse_address(self.host), self.port, tcp_port)

    def _look(self) -> None:
        """Whether others see us under another address than before, and whether bootnodes are who they should be."""
        if self._impostor is None and (found := self.discovery.impostors):
            address, port = min(found, key=str)
            place = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
            self._impostor = (
                f"at {place} is another node than the enode of the bootnode says; ask for its enode, or the "
                "invitation, again"
            )
            log.warning("a bootnode is not asked: %s", self._impostor)
        for version in _VERSIONS:
            seen = self._witnesses.address(version)
            if seen != self._seen[version]:
                self._seen[version] = seen
                self._on_seen(seen, version)

    @property
    def discovery(self) -> Discovery:
        """The node itself. Call :meth:`~pystatus.net.udp_endpoint.UdpEndpoint.wake` after a call of it."""
        assert self.udp is not None, "it runs"
        return self.udp.discovery

    @property
    def problem(self) -> str | None:
        """Why a bootnode cannot be asked, as the end of a sentence; None: nothing is known against any."""
        return self._impostor or (None if self._names is None else self._names.problem)

    def _set_bootnodes(self, nodes: list[Enode]) -> None:
        assert self.udp is not None, "names are looked up while it runs"
        self.udp.discovery.set_bootnodes(nodes, self.udp.now, self._known)
        self.udp.wake()
        self._on_bootnodes(nodes)

    def _chance(self) -> float:
        return int.from_bytes(self._random(4), "big") / 2**32


class Discv5Source:
    """Discovery v5 as one source of the peer pool.

    Implements: CL-14, CL-21
    """

    source = Source.DISCV5

    def __init__(
        self,
        key: PrivateKey,
        listen: tuple[Sequence[str], int],
        bootnodes: Sequence[Enode],
        random: RandomSource,
        found: Found,
        *,
        advertised: str | None = None,
        tcp_port: int | None = None,
        limits: Limits | None = None,
        share: float = SHARE,
        lookup: Lookup = system_lookup,
        times: Callable[[], Times] = machine_times,
        on_seen: Callable[[IPAddress | None, int], None] = lambda address, version: None,
    ) -> None:
        """See :class:`DiscoveryNode`. A node that wants to be found gives the port of its TCP listener, and listens
        there with the same number (overlay.md §3.3)."""
        self.node = DiscoveryNode(
            key,
            listen,
            bootnodes,
            random,
            self._heard,
            advertised=advertised,
            tcp_port=tcp_port,
            limits=limits,
            share=share,
            lookup=lookup,
            times=times,
            on_seen=on_seen,
        )
        self._found = found
        self._periods: dict[str, float] = {}
        self._registered: dict[str, None] = {}

    async def start(self) -> None:
        """See :class:`~pystatus.peers.sources.DiscoverySource`. What was asked for before begins now."""
        await self.node.start()
        udp = self._udp
        for topic, period in self._periods.items():
            udp.discovery.search(topic, period, udp.now)
        for topic in self._registered:
            udp.discovery.register(topic, udp.now)
        udp.wake()

    async def close(self) -> None:
        """Likewise."""
        self._periods.clear()
        self._registered.clear()
        await self.node.close()

    def search(self, topic: str, period: float | None) -> None:
        """Likewise."""
        if period is None and topic not in self._periods:
            return
        encode_topic(topic)
        if self.node.udp is not None:
            self.node.discovery.search(topic, period, self.node.udp.now)
            self.node.udp.wake()
        if period is None:
            del self._periods[topic]
        else:
            self._periods[topic] = period

    def register(self, topic: str) -> None:
        """Likewise."""
        if topic in self._registered:
            return
        encode_topic(topic)
        if self.node.udp is not None:
            self.node.discovery.register(topic, self.node.udp.now)
            self.node.udp.wake()
        self._registered[topic] = None

    def unregister(self, topic: str) -> None:
        """Likewise."""
        if topic not in self._registered:
            return
        del self._registered[topic]
        if self.node.udp is not None:
            self.node.discovery.unregister(topic)
            self.node.udp.wake()

    @property
    def _udp(self) -> UdpEndpoint:
        assert self.node.udp is not None, "it runs"
        return self.node.udp

    def _heard(self, event: Event) -> None:
        if isinstance(event, NodeFound) and event.topic in self._periods:
            self._found(self.source, event.topic, event.node.enode)
