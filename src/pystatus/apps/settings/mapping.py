"""From settings to what the node is made of."""

from __future__ import annotations

from pystatus.apps.settings.model import Settings
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.node import NodeConfig
from pystatus.rpc.config import TOKEN_FILE, RpcConfig
from pystatus.storage.places import default_data_directory
from pystatus.waku.pool import REMEMBERED_PER_STORED, PoolLimits
from pystatus.waku.status import RateLimits


def node_config(settings: Settings, key: PrivateKey | None) -> NodeConfig:
    """The node that ``settings`` describe.

    :raises LocalError: values that do not go together.
    """
    relay, limits, discovery = settings.relay, settings.limits, settings.discovery
    return NodeConfig(
        listen=settings.listen,
        advertised_host=settings.advertise,
        peers=settings.peers,
        warn_of_peers=True,
        dns_lists=discovery.dns_lists,
        enough_peers=discovery.enough_peers,
        dns_server=discovery.dns_server,
        dns_local=discovery.local,
        key=key,
        max_peers=relay.max_peers,
        max_inbound_peers=relay.max_inbound_peers,
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
