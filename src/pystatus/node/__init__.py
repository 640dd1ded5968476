"""A Status node: a Waku relay on the peer-to-peer network. A bare one relays; a client brings its own interest.

async with Node(NodeConfig(listen="0.0.0.0:30303")) as node:
    print(node.enode)
    await node.run_forever()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # who is attached to the node of another process loads nothing of one
    from pystatus.net.listening import parse_listen_address
    from pystatus.node.config import NodeConfig, NodeSettings
    from pystatus.node.events import AddressChanged, NodeEvent, PeerGone, PeerJoined
    from pystatus.node.node import Node
    from pystatus.waku_connection.capabilities import DIALECTS, SHH_6, WAKU_0, WAKU_1, client_id

_HOMES = {
    "DIALECTS": "waku_connection.capabilities",
    "SHH_6": "waku_connection.capabilities",
    "WAKU_0": "waku_connection.capabilities",
    "WAKU_1": "waku_connection.capabilities",
    "AddressChanged": "node.events",
    "Node": "node.node",
    "NodeConfig": "node.config",
    "NodeEvent": "node.events",
    "NodeSettings": "node.config",
    "PeerGone": "node.events",
    "PeerJoined": "node.events",
    "client_id": "waku_connection.capabilities",
    "parse_listen_address": "net.listening",
}
"""Public names and the module below ``pystatus`` that each comes from."""

__all__ = [
    "DIALECTS",
    "SHH_6",
    "WAKU_0",
    "WAKU_1",
    "AddressChanged",
    "Node",
    "NodeConfig",
    "NodeEvent",
    "NodeSettings",
    "PeerGone",
    "PeerJoined",
    "client_id",
    "parse_listen_address",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pystatus.node' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"pystatus.{_HOMES[name]}"), name)
    return value
