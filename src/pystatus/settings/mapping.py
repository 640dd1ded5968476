"""From settings to what the node is made of."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import EVERYWHERE
from pystatus.errors import LocalError, Refused, refused
from pystatus.log_texts import about, get_logger
from pystatus.net.listening import is_address
from pystatus.node import NodeConfig, parse_listen_address
from pystatus.rpc.config import TOKEN_FILE, RpcConfig
from pystatus.settings.model import Settings
from pystatus.storage.archive.names import is_on_this_machine
from pystatus.storage.paths import default_data_directory
from pystatus.waku.relay.pool import REMEMBERED_PER_STORED, PoolLimits
from pystatus.waku.status import RateLimits

if TYPE_CHECKING:
    from pystatus.nat.method import NatMethod

log = get_logger(__name__)

PEERS_FILE = "peers.db"
"""Good peers below the data directory, where no file is named."""


def check(settings: Settings) -> None:
    """See that the settings make a node together, as far as can be told without starting it.

    :raises Refused: they do not.
    """
    with refused():
        node_config(settings, key=None)
        rpc_config(settings)
    check_names(settings)
    if (
        settings.proxy is not None
        and settings.mailserver.enabled
        and not is_on_this_machine(settings.mailserver.archive)
    ):
        raise Refused(
            "The archive is on another machine, to which no way leads through the proxy. Name a file, or a database on "
            "127.0.0.1 (mailserver.archive), or leave out proxy."
        )
    if settings.mailserver.enabled and settings.workers > 1:
        raise Refused("A mailserver runs in one process. Set workers to 1, or start a second mailserver.")
    places = [("listen", *parse_listen_address(settings.listen))]
    places += [
        (f"{name}.port", (host,), port)
        for name, host, port in (
            ("metrics", settings.metrics.host, settings.metrics.port),
            ("rpc", settings.rpc.host, settings.rpc.port),
        )
        if port is not None
    ]
    for (one, hosts, port), (other, other_hosts, other_port) in combinations(places, 2):
        if 0 < port == other_port and any(_meet(host, another) for host in hosts for another in other_hosts):
            raise Refused(f"{one} and {other} are both port {port}. Give each a port of its own.")


def _meet(host: str, other: str) -> bool:
    """Whether one process at most can listen on a port of both."""
    is_same_family = (":" in host) == (":" in other)
    return host == other or (is_same_family and (host in EVERYWHERE or other in EVERYWHERE))


def _others(peers: tuple[str, ...], key: PrivateKey | None) -> tuple[str, ...]:
    """``peers`` without the node itself: one list of all relays of an operator serves each of them."""
    if key is None:
        return peers
    others = tuple(peer for peer in peers if Enode.parse(peer).public_key != key.public_key)
    if len(others) < len(peers):
        log.info("this node is itself among its peers, and is passed over", extra=about("settings"))
    return others


def node_config(settings: Settings, key: PrivateKey | None) -> NodeConfig:
    """The node that ``settings`` describe.

    :param key: of the node, which is not its own peer; None if it is only looked whether they make one.
    :raises LocalError: values that do not go together.
    """
    relay, limits, discovery = settings.relay, settings.limits, settings.discovery
    return NodeConfig(
        listen=settings.listen,
        advertised_host=settings.advertise,
        nat=settings.nat,
        peers=_others(settings.peers, key),
        warn_of_peers=True,
        discovery=discovery.enabled,
        bootnodes=discovery.bootnodes,
        rendezvous_nodes=discovery.rendezvous_nodes,
        dns_lists=discovery.dns_lists,
        register=discovery.register,
        enough_peers=discovery.enough_peers,
        min_peers=discovery.min_peers,
        enough_mailservers=discovery.enough_mailservers,
        peers_file=_peers_file(settings),
        dns_server=discovery.dns_server,
        dns_local=discovery.local,
        proxy=settings.proxy,
        time_servers=settings.time_servers,
        key=key,
        max_peers=relay.max_peers,
        max_inbound_peers=relay.max_inbound_peers,
        max_inbound_per_subnet=relay.max_inbound_per_subnet,
        min_pow=relay.min_pow,
        confirmations=relay.confirmations,
        flush_interval=relay.flush_interval,
        pool=PoolLimits(
            max_bytes=relay.pool_bytes,
            max_envelopes=relay.pool_envelopes,
            max_remembered=REMEMBERED_PER_STORED * relay.pool_envelopes,
        ),
        max_packet_size=relay.max_packet_size,
        packet_rates=RateLimits(limits.packets_per_address, limits.packets_per_peer, limits.envelopes_per_topic),
        byte_rates=RateLimits(limits.bytes_per_address, limits.bytes_per_peer, limits.bytes_per_topic),
        whitelist=limits.whitelist,
        traffic_file=relay.traffic_file,
        bridge=relay.bridge,
    )


def check_names(settings: Settings) -> None:
    """With a proxy no name is looked up on this machine, neither of a place to listen on. ``localhost`` is asked of
    nobody.

    :raises Refused: one would be.
    """
    if settings.proxy is None:
        return
    hosts, _ = parse_listen_address(settings.listen)
    places = [("listen", host) for host in hosts]
    places += [
        (f"{name}.host", one.host)
        for name, one in (("metrics", settings.metrics), ("rpc", settings.rpc))
        if one.port is not None
    ]
    for name, host in places:
        if not is_address(host) and host.lower() != "localhost":
            raise Refused(
                f"With a proxy no name is looked up on this machine: put an IP address into {name} in place of {host}."
            )


def nat_method(settings: Settings) -> NatMethod:
    """How others reach what listens beside a node: with a proxy nothing goes another way, and no router is asked."""
    from pystatus.nat.method import NatMethod

    method = NatMethod.parse(settings.nat)
    return NatMethod.parse("none") if settings.proxy is not None and method.asks_router else method


def given_host(settings: Settings) -> str | None:
    """The host by which others reach the node, as far as a person has said it; a router is not asked."""
    from pystatus.nat.method import NatMethod, Way

    method = NatMethod.parse(settings.nat)
    return str(method.address) if method.way is Way.EXTIP else settings.advertise


def _peers_file(settings: Settings) -> Path | None:
    """Where good peers are kept; ``None``: none are looked for."""
    discovery = settings.discovery
    if not discovery.enabled or not (discovery.bootnodes or discovery.rendezvous_nodes or discovery.dns_lists):
        return None
    return discovery.peers_file or (settings.data_dir or default_data_directory()) / PEERS_FILE


def reloaded_config(settings: Settings, config: NodeConfig) -> NodeConfig:
    """What a node is to run with when its settings are read again: those that reload. What callers of the RPC have
    changed otherwise stays.

    :param config: what it runs with.
    :raises LocalError: values that do not go together.
    """
    wanted = node_config(settings, config.key)
    return replace(
        config,
        peers=wanted.peers,
        max_peers=wanted.max_peers,
        max_inbound_peers=wanted.max_inbound_peers,
        min_pow=wanted.min_pow,
        packet_rates=wanted.packet_rates,
        byte_rates=wanted.byte_rates,
    )


def rpc_config(settings: Settings) -> RpcConfig:
    """What the RPC offers.

    :raises LocalError: a token that is none, or a node in several processes: it has no one place for keys.
    """
    rpc = settings.rpc
    if settings.workers > 1 and (rpc.port is not None or rpc.socket is not None):
        raise LocalError(
            "A node with several workers offers no RPC. Set workers to 1, or take out rpc.port and rpc.socket."
        )
    token_file = rpc.token_file or (settings.data_dir or default_data_directory()) / TOKEN_FILE
    return RpcConfig(
        http=rpc.port is not None,
        http_host=rpc.host,
        http_port=rpc.port or 0,
        socket=rpc.socket,
        modules=rpc.modules,
        token=rpc.token,
        token_file=None if rpc.token is not None else token_file,
        allowed_hosts=rpc.allowed_hosts,
        allowed_origins=rpc.allowed_origins,
        reference_encoding=rpc.reference_encoding,
    )
