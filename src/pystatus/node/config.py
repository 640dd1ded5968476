"""What can be set about a node."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import field, fields, replace
from pathlib import Path

from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.errors import LocalError
from pystatus.fleets.fleet import Fleet
from pystatus.net.config import NetworkConfig
from pystatus.net.listening import is_address, parse_listen_address
from pystatus.net.proxy import Proxy
from pystatus.net.route import DIRECT, Route
from pystatus.peers.limits import DEFAULT_MAX_INBOUND_PER_SUBNET
from pystatus.peers.whitelist import Whitelist
from pystatus.records import dataclass
from pystatus.timekeeping.servers import parse_time_servers
from pystatus.waku.bloom import bloom_union, topics_bloom
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MAX_PACKET_SIZE
from pystatus.waku.relay.config import RELAY_MIN_POW, RelayConfig, check_fixed
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.rate_limits import DEFAULT_BYTE_RATES, DEFAULT_PACKET_RATES
from pystatus.waku.relay.subscriptions import Topics
from pystatus.waku.status import MAX_TOPICS, RateLimits

DEFAULT_MAX_PEERS = 50
"""Connections of a node, not counting its static peers."""
ENOUGH_PEERS = 8
"""Peers that a node dialled, static ones included, with which no more are looked for in node lists: enough that hardly
one operator has them all, few enough that relays have places for many nodes."""
MAX_POST_DELAY = 5.0
"""Seconds: a third of what Status envelopes live."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """What may change while a node runs: see :meth:`pystatus.node.Node.configure`. A :class:`NodeConfig` has all of it,
    and checks the values."""

    peers: tuple[str, ...] = ()
    """Enode URLs of the peers to stay connected to."""
    max_peers: int = DEFAULT_MAX_PEERS
    """Connections, besides those to ``peers``."""
    max_inbound_peers: int | None = None
    """Those among them that dialled us; ``None``: all of them, or with node lists all but the places for those who are
    looked for there, or with bootnodes or Rendezvous nodes half of them (A44). Peers of our choice have places of their
    own, so nobody who dials us can take them (overlay.md §10.1)."""
    min_pow: float = RELAY_MIN_POW
    """Proof of work that envelopes need to be relayed."""
    interest: Interest | None = None
    """What peers are asked for, together with what :meth:`Node.watch` names; ``None``: a full node asks for everything,
    another one for what is watched alone."""
    light: bool = False
    """Send nothing but own envelopes; other light nodes are of no use then.

    Implements: WK-50, WK-51, WK-52
    """
    confirmations: bool = False
    """Confirm every batch of envelopes that a peer sends.

    Implements: WK-48
    """
    max_envelope_size: int = MAX_ENVELOPE_SIZE
    """Bytes of the largest envelope that is taken, own ones included; the header counts as 20. Peers are not told."""
    packet_rates: RateLimits = DEFAULT_PACKET_RATES
    """Packets a second that are taken from one address, one peer, and (envelopes) from one peer of one topic; 0 is no
    limit. A network (IPv4 /24, IPv6 /48) has twice the limit of an address. Local addresses have only that of peers."""
    byte_rates: RateLimits = DEFAULT_BYTE_RATES
    """The same in bytes."""


@checked
@dataclass(frozen=True, slots=True)
class NodeConfig(NodeSettings):
    """All settings of a node: those that may change, and those that it is made with. The default is a relay that nobody
    can dial.

    With a ``fleet`` its relays are among the peers, and its bootnodes, Rendezvous nodes and node lists among those that
    are named below; the settings keep these, and not the fleet.
    """

    listen: str | None = None
    """``host:port`` to accept connections on; port 0 takes a free one. An IPv6 host stands in brackets."""
    max_inbound_per_subnet: int = DEFAULT_MAX_INBOUND_PER_SUBNET
    """Of one network (IPv4 /24, IPv6 /48) those that dialled us, but for this machine and the local one: nobody who has
    a network can take more places (overlay.md §10.1). Behind one router there may be a family."""
    warn_of_peers: bool = False
    """Warn in the log when one of ``peers`` cannot be connected, for those who do not hear of it by events."""
    discovery: bool = True
    """Look for peers with what is named below. False: ``peers`` are all that are dialled, and nobody else is asked.

    Implements: CL-29
    """
    bootnodes: tuple[str, ...] = ()
    """Enode URLs of nodes of Discovery v5 by which others are found. They are no peers.

    Implements: CL-9, CL-12
    """
    rendezvous_nodes: tuple[str, ...] = ()
    """Rendezvous nodes that are asked for others, ``/ip4/<address>/tcp/<port>/ethv4/<peer id>``.

    Implements: CL-18, CL-23
    """
    dns_lists: tuple[str, ...] = ()
    """Node lists in DNS (EIP-1459), ``enrtree://<key>@<domain>``, whose nodes are dialled until there are enough."""
    register: bool = False
    """Let others find this node by its bootnodes and Rendezvous nodes: as a relay, and if it is one as a mailserver.

    Implements: CL-21, CL-22
    """
    enough_peers: int = ENOUGH_PEERS
    """Peers that this node dialled, those of ``peers`` included, with which no more are looked for."""
    min_peers: int | None = None
    """With fewer of them than this it looks more often; ``None``: with fewer than ``enough_peers``."""
    enough_mailservers: int = 0
    """Mailservers that this node looks for, besides. 0: none is looked for."""
    time_servers: tuple[str, ...] = ()
    """NTP servers that say what time it is: ``host``, ``host:port``, or ``pool`` for pool.ntp.org. Empty: nobody is
    asked, and the clock of the machine is taken as it is."""
    record_file: Path | None = None
    """Where to keep the record of this node (EIP-778), so that each change has the next number; ``None``: nowhere, and
    the time is its number."""
    peers_file: Path | None = None
    """Where good peers that were found are kept, which the next run begins with; ``None``: nowhere.

    Implements: CL-28
    """
    dns_server: str | None = None
    """The server that knows the lists, an IP address and possibly a port; ``None``: those of this system."""
    proxy: Proxy | None = None
    """Everything that this node opens goes through it, and names are looked up there. Bootnodes are not asked then, as
    they speak UDP, nor node lists without ``dns_server``."""
    dns_local: bool = False
    """Dial the addresses of this machine and of local networks that lists name, too: for networks of one's own."""
    key: PrivateKey | None = None
    """The node key, which is its identity on the overlay and no chat key; None makes a new one for each run."""
    full_node: bool = True
    """Relay everything. Else only what :meth:`Node.watch` names is asked for and accepted."""
    bloom: bool = False
    """Ask peers by a bloom filter of the topics instead of by the topics: they learn less, and send more."""
    max_topics: int = MAX_TOPICS
    """Topics that peers are asked for by name, of which they take 10,000; for more by a bloom filter, with which some
    other topics come as well."""
    whitelist: tuple[str, ...] = ()
    """Whom neither limits nor bans concern, besides ``peers``: enode URLs, node ids, IP addresses, networks."""
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
    """Where to keep how much each peer sends and receives in each hour; ``None``: nowhere.

    Implements: WK-54
    """
    advertised_host: str | None = None
    """The host in our enode, where it differs from what we listen on."""
    nat: str = "none"
    """How this node learns its address, and whether it opens its ports on the router before it: ``none``, ``any``
    (NAT-PMP and UPnP, whichever is there), ``upnp``, ``pmp``, ``pmp:<gateway>``, ``extip:<address>``. Nothing is done
    for a node that listens on loopback alone. Unlike the commands, a program that uses this class changes nothing on
    the router of its user unless it asks for it."""
    accepts_at: tuple[str, int] | None = None
    """Instead of ``listen``: the address and port at which another process listens for us, see
    :meth:`pystatus.node.processes.OtherProcesses.adopt`."""
    bridge: bool = False
    """Speak Whisper (shh/6) as well, with peers that do not speak Waku, and relay between them and all others. With
    ``register`` those of both kinds find it.

    Implements: WH-4
    """
    fleet: Fleet | None = None
    """Taken apart at once: it is ``None`` again when the settings are made."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a malformed address or enode, or settings that contradict or exclude each other.
        """
        if self.fleet is not None:
            self._join(self.fleet)
        if self.bridge and (self.light or not self.full_node):
            raise LocalError("A bridge relays everything: make it a full node that is not light, or do not bridge.")
        if self.listen is not None:
            hosts, _ = parse_listen_address(self.listen)
            if self.proxy is not None and not all(map(is_address, hosts)):
                raise LocalError(
                    "With a proxy no name is looked up on this machine: listen on an IP address, for example 0.0.0.0."
                )
        self._check_nat()
        for peer in self.peers:
            complete_enode(peer)
        Whitelist.parse(self.whitelist)
        if self.dns_lists or self.dns_server is not None:
            self._check_lists()
        if self.time_servers:
            parse_time_servers(self.time_servers)
        if self.is_looking or (self.discovery and self.bootnodes) or self.register or self.min_peers is not None:
            self._check_discovery()
        if not 0 <= self.post_delay <= MAX_POST_DELAY:
            raise LocalError(f"Own envelopes are held back 0 to {MAX_POST_DELAY:g} seconds, not {self.post_delay:g}.")
        if not 0 < self.max_topics <= MAX_TOPICS:
            raise LocalError(f"A node names 1 to {MAX_TOPICS} topics, not {self.max_topics}.")
        self.relay()

    def _join(self, fleet: Fleet) -> None:
        """Take the nodes of a fleet among those that are named, each once."""
        for name, more in (
            ("peers", fleet.relays),
            ("bootnodes", fleet.bootnodes),
            ("rendezvous_nodes", fleet.rendezvous_nodes),
            ("dns_lists", fleet.dns_lists),
        ):
            object.__setattr__(self, name, tuple(dict.fromkeys((*getattr(self, name), *more))))
        object.__setattr__(self, "fleet", None)

    def _check_nat(self) -> None:
        if self.nat == "none":
            return
        from pystatus.nat.method import NatMethod, Way  # a node that asks no router loads nothing of it

        method = NatMethod.parse(self.nat)
        given = self.advertised_host
        if method.way is Way.EXTIP and given is not None and given != str(method.address):
            raise LocalError(
                f"Two addresses are given for this node: {given} (advertise) and {method.address} (nat). Take one out."
            )

    def _check_lists(self) -> None:
        from pystatus.net.dns import parse_server  # a node without lists loads nothing of them
        from pystatus.net.dns_lists import parse_lists

        parse_lists(self.dns_lists)
        if self.dns_server is not None:
            parse_server(self.dns_server)

    def _check_discovery(self) -> None:
        from pystatus.peers.limits import TopicLimits  # a node without discovery loads nothing of it

        if self.bootnodes:
            from pystatus.net.bootnodes import parse_bootnodes

            parse_bootnodes(self.bootnodes)
        if self.rendezvous_nodes:
            from pystatus.net.rendezvous_nodes import parse_rendezvous_nodes

            parse_rendezvous_nodes(self.rendezvous_nodes)
        if self.min_peers is not None and self.min_peers > self.enough_peers:
            raise LocalError(
                f"Of peers at least {self.min_peers} are wanted, and {self.enough_peers} are enough: lower the first "
                "number, or raise the second."
            )
        TopicLimits(0, self.enough_peers)
        TopicLimits(0, self.enough_mailservers)
        if not self.register:
            return
        if not self.discovery:
            raise LocalError("Discovery is off, so that nobody can find this node. Switch it on, or do not register.")
        if not self.usable_bootnodes and not self.rendezvous_nodes:
            raise LocalError(
                "Nobody is named with whom to register. Name bootnodes (--bootnode, discovery.bootnodes) or Rendezvous "
                "nodes (--rendezvous, discovery.rendezvous_nodes); through a proxy only the latter are asked."
            )
        if self.listen is None and self.accepts_at is None:
            raise LocalError(
                "Who finds this node cannot dial it, as it does not listen. Give it an address to listen on."
            )

    @property
    def is_looking(self) -> bool:
        """Whether peers are looked for."""
        return self.discovery and bool(self.usable_bootnodes or self.rendezvous_nodes or self.usable_lists)

    @property
    def route(self) -> Route:
        """How others are reached."""
        return DIRECT if self.proxy is None else Route(self.proxy)

    @property
    def usable_bootnodes(self) -> tuple[str, ...]:
        """Those that can be asked: none through a proxy."""
        return self.bootnodes if self.route.has_udp else ()

    @property
    def usable_lists(self) -> tuple[str, ...]:
        """Node lists that can be read: through a proxy if a DNS server is named."""
        return self.dns_lists if self.route.has_names or self.dns_server is not None else ()

    @property
    def usable_time_servers(self) -> tuple[str, ...]:
        """Those that can be asked: none through a proxy."""
        return self.time_servers if self.route.has_udp else ()

    def relay(self) -> RelayConfig:
        """What of it concerns the relay, as long as nothing is watched."""
        return relay_config(self, frozenset())

    @property
    def inbound(self) -> int:
        """Peers at a time that dialled us."""
        if self.max_inbound_peers is not None:
            return self.max_inbound_peers
        if not self.is_looking:
            return self.max_peers
        others = max(0, self.max_peers - self.enough_peers)
        # Whom strangers can have found may be strangers who work together: half of the places are for our choice.
        return min(others, self.max_peers // 2) if self.usable_bootnodes or self.rendezvous_nodes else others

    def interest_in(self, topics: Collection[bytes]) -> Interest:
        """How peers are asked for these topics: by a bloom filter as well if there are more than may be named."""
        return _interest_in(self, topics)

    def network(self) -> NetworkConfig:
        """What of it concerns the connections."""
        hosts, port = parse_listen_address(self.listen) if self.listen else ((), 0)
        return NetworkConfig(
            listen_hosts=hosts,
            listen_port=port,
            accepts_at=self.accepts_at,
            advertised_host=self.advertised_host,
            max_peers=self.max_peers,
            max_inbound_peers=self.inbound,
            max_inbound_per_subnet=self.max_inbound_per_subnet,
            whitelist=Whitelist.parse(self.whitelist),
            static_level=logging.WARNING if self.warn_of_peers else logging.INFO,
            connection=ConnectionLimits(max_packet_size=self.max_packet_size),
            route=self.route,
        )

    def changed(self, settings: NodeSettings) -> NodeConfig:
        """This with the values of ``settings``.

        :raises LocalError: they do not go together, or something differs that cannot change.
        """
        if isinstance(settings, NodeConfig):
            check_fixed(self, settings, NodeSettings)
            return settings
        return replace(self, **{each.name: getattr(settings, each.name) for each in fields(NodeSettings)})


def relay_config(config: NodeConfig, topics: Topics) -> RelayConfig:
    """What of a node's settings concerns its relay. Not a method, whose arguments would be looked at one by one.

    :param topics: what is watched in this process; ``None``: every topic.
    :raises LocalError: settings that contradict each other.
    """
    return RelayConfig(
        interest=_asked(config, topics),
        watched=topics,
        min_pow=config.min_pow,
        light=config.light,
        confirmations=config.confirmations,
        max_envelope_size=config.max_envelope_size,
        packet_rates=config.packet_rates,
        byte_rates=config.byte_rates,
        max_packet_size=config.max_packet_size,
        pool=config.pool,
        flush_interval=config.flush_interval,
    )


def _asked(config: NodeConfig, topics: Topics) -> Interest:
    """What peers are asked for while these topics are watched."""
    besides = config.interest
    if topics is None or (config.full_node if besides is None else besides == EVERYTHING):
        return EVERYTHING
    if besides is None:
        return _interest_in(config, topics)
    if besides.topics is not None:
        return _interest_in(config, besides.topics | topics)
    return Interest.in_bloom(bloom_union(besides.as_bloom(), topics_bloom(topics)))


def _interest_in(config: NodeConfig, topics: Collection[bytes]) -> Interest:
    by_bloom = config.bloom or len(topics) > config.max_topics
    return Interest.in_bloom(topics_bloom(topics)) if by_bloom else Interest.in_topics(topics)


def complete_enode(text: str) -> Enode:
    """An enode URL that says where to dial.

    :raises LocalError: malformed, or without an address.
    """
    enode = Enode.parse(text)
    if not enode.is_complete:
        raise LocalError(f'"{text[:200]}" says not where to dial. Add @host:port to the node id.')
    return enode
