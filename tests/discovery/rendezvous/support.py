"""Records and a server in memory."""

from __future__ import annotations

import ipaddress
import os

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.rendezvous.registry import Registry
from pystatus.discovery.rendezvous.server import Counters, ServerConnection, ServerStream

NOW = 1000.0
SECOND = 1_000_000_000


def ip(text: str) -> IPAddress:
    return ipaddress.ip_address(text)


def key(number: int) -> PrivateKey:
    return PrivateKey(number.to_bytes(32, "big"))


def record(number: int, address: str = "", seq: int = 0, tcp: int = 30303) -> NodeRecord:
    """Of the node with that key; without an address it says nothing of where it is."""
    where: dict[bytes, bytes | int] = {b"tcp": tcp}
    if address:
        packed = ip(address).packed
        where[b"ip" if len(packed) == 4 else b"ip6"] = packed
    return NodeRecord.sign(key(number), seq, where)


def connection(source: str, registry: Registry | None = None, *, tells_address: bool = False) -> ServerConnection:
    """A client at ``source``, at a server of its own if there is no ``registry``."""
    there = Registry(os.urandom) if registry is None else registry
    return ServerConnection(there, ip(source), NOW, Counters(), tells_address=tells_address)


def stream(source: str, registry: Registry | None = None) -> ServerStream:
    return ServerStream(connection(source, registry))
