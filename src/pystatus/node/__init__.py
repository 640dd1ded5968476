"""A Status node: a Waku relay on the peer-to-peer network. A bare one relays; a client brings its own interest.

async with Node(NodeConfig(listen="0.0.0.0:30303")) as node:
    print(node.enode)
    await node.run_forever()
"""

from pystatus.net.listening import parse_listen_address
from pystatus.node.config import NodeConfig, NodeSettings
from pystatus.node.events import AddressChanged, NodeEvent, PeerGone, PeerJoined
from pystatus.node.node import Node
from pystatus.waku_connection.capabilities import DIALECTS, SHH_6, WAKU_0, WAKU_1, client_id

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
