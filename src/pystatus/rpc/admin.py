"""``admin_*``, ``net_*``, ``web3_*`` and ``rpc_*``: what operators of Ethereum software know, in its shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pystatus.devp2p.enode import Enode
from pystatus.net.peer import Peer
from pystatus.node import Node, client_id
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import limit_exceeded

NETWORK_ID = "1"
"""What ``net_version`` says. Waku has no network id; this is what the reference is configured with."""
MODULE_VERSION = "1.0"
MAX_NAMED = 1_000
"""Peers to stay connected to, those of the settings included, beyond which callers can add none; and trusted peers,
likewise. Each peer to stay connected to is dialled by a task of its own."""


class AdminApi:
    """The node and its peers."""

    def __init__(self, node: Node, modules: Iterable[str]) -> None:
        self._node = node
        self._modules = sorted(modules)

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "admin_nodeInfo": self.node_info,
            "admin_peers": self.peers,
            "admin_discovery": self.discovery,
            "admin_addPeer": self.add_peer,
            "admin_removePeer": self.remove_peer,
            "admin_addTrustedPeer": self.add_trusted_peer,
            "admin_removeTrustedPeer": self.remove_trusted_peer,
            "net_version": self.network,
            "net_listening": self.listening,
            "net_peerCount": self.peer_count,
            "web3_clientVersion": self.client_version,
            "rpc_modules": self.modules,
        }

    def node_info(self) -> dict[str, Any]:
        node = self._node
        enode = node.enode
        host = f"[{enode.host}]" if ":" in (enode.host or "") else enode.host
        return {
            "id": enode.node_address.hex(),
            "name": client_id(),
            "enode": str(enode),
            "ip": enode.host or "",
            "ports": {"discovery": enode.udp_port, "listener": enode.port},
            "listenAddr": f"{host}:{enode.port}" if enode.is_complete else "",
            "nat": {"method": node.config.nat, "mapped": node.address.is_mapped, "problem": node.address.problem},
            "protocols": {
                "waku": {
                    "version": "1",
                    "maxMessageSize": node.config.max_envelope_size,
                    "minimumPoW": node.config.min_pow,
                }
            },
        }

    def peers(self) -> list[dict[str, Any]]:
        static = {peer.enode.node_id for peer in self._node.static_peers}
        return [self._peer_info(peer, is_static=peer.id in static) for peer in self._node.peers]

    def _peer_info(self, peer: Peer, *, is_static: bool) -> dict[str, Any]:
        received, sent = self._node.relay.peer(peer).traffic
        return {
            "id": peer.enode.node_address.hex(),
            "name": peer.client_id,
            "enode": str(peer.enode),
            "caps": [str(capability) for capability in peer.announced],
            "network": {
                "localAddress": peer.local_address,
                "remoteAddress": peer.remote_address,
                "inbound": peer.inbound,
                "trusted": peer.id in self._node.trusted,
                "static": is_static,
                "source": None if peer.source is None else peer.source.value,
            },
            "protocols": {
                capability.name: {"version": capability.version, "bytesReceived": received, "bytesSent": sent}
                for capability in peer.capabilities
            },
        }

    def discovery(self) -> dict[str, Any]:
        finding = self._node.finding
        if finding is None:
            return {"enabled": False, "topics": {}, "registered": [], "candidates": {}}
        return {
            "enabled": True,
            "topics": {
                topic: {
                    "peers": state.peers,
                    "min": state.limits.min,
                    "max": state.limits.max,
                    "searchSeconds": state.period,
                }
                for topic, state in finding.topics.items()
            },
            "registered": list(finding.registered),
            "candidates": {source.value: count for source, count in sorted(finding.candidates.items())},
        }

    def add_peer(self, enode: str) -> bool:
        static = {peer.enode.node_id for peer in self._node.static_peers}
        if len(static) >= MAX_NAMED and Enode.parse(enode).node_id not in static:
            raise limit_exceeded(
                f"this node stays connected to at most {MAX_NAMED} peers: remove some with admin_removePeer"
            )
        self._node.add_peer(enode)
        return True

    def remove_peer(self, enode: str) -> bool:
        self._node.remove_peer(enode)
        return True

    def add_trusted_peer(self, enode: str) -> bool:
        trust(self._node, enode)
        return True

    def remove_trusted_peer(self, enode: str) -> bool:
        self._node.trust(enode, trusted=False)
        return True

    def network(self) -> str:
        return NETWORK_ID

    def listening(self) -> bool:
        return self._node.enode.is_complete

    def peer_count(self) -> str:
        return hex(len(self._node.peers))

    def client_version(self) -> str:
        return client_id()

    def modules(self) -> dict[str, str]:
        return dict.fromkeys(self._modules, MODULE_VERSION)


def trust(node: Node, enode: str) -> None:
    """Trust one more peer.

    :raises LocalError: malformed, or there are too many already.
    """
    if len(node.trusted) >= MAX_NAMED and Enode.parse(enode).node_id not in node.trusted:
        raise limit_exceeded(f"this node trusts at most {MAX_NAMED} peers: call admin_removeTrustedPeer for some")
    node.trust(enode)
