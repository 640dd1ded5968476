"""Endpoints and nodes as packets have them (overlay.md §3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pystatus.discovery.discv5.list_reader import ListReader
from pystatus.discovery.discv5.node import ID_SIZE, Contact, Endpoint
from pystatus.wire import rlp

CODEC_MEMORY = 8_192
"""Nodes and endpoints whose encoded form is remembered, about 500 bytes each at most: the same few are named in packet
after packet."""

LONGEST_REMEMBERED = 96
"""Bytes of the RLP of a node or an endpoint that is remembered: with an IPv6 address and the highest ports a node has
91. An address may have any length, up to that of a packet, and nobody has to sign what is decoded here."""

_PORT_BYTES = 2


class WireEndpoint(NamedTuple):
    """An endpoint as a packet has it; the address may have any length, and is not used."""

    ip: bytes
    udp_port: int
    tcp_port: int


class WireNode(NamedTuple):
    """A node as a packet has it: nothing is checked but the length of the id."""

    ip: bytes
    """4 or 16 bytes, IPv4 in either; or nonsense."""
    udp_port: int
    tcp_port: int
    id: bytes
    """64 bytes, perhaps no key."""


def wire_endpoint(endpoint: Endpoint) -> WireEndpoint:
    """An endpoint for a packet: IPv4 in 4 bytes."""
    return WireEndpoint(endpoint.address.packed, endpoint.udp_port, endpoint.tcp_port)


def wire_node(contact: Contact) -> WireNode:
    """A node for a packet."""
    endpoint = contact.endpoint
    return WireNode(endpoint.address.packed, endpoint.udp_port, endpoint.tcp_port, contact.id.xy)


@lru_cache(CODEC_MEMORY)
def encode_node(node: WireNode) -> bytes:
    """The RLP of a node, at most 91 bytes."""
    items = _endpoint_items(*node[:3]) + rlp.encode_bytes(node.id)
    return rlp.list_header(len(items)) + items


def _endpoint_items(ip: bytes, udp_port: int, tcp_port: int) -> bytes:
    return b"".join((rlp.encode_bytes(ip), _encode_port(udp_port), _encode_port(tcp_port)))


def _encode_port(port: int) -> bytes:
    return b"\x82" + port.to_bytes(2, "big") if port > 0xFF else rlp.encode(port)


@lru_cache(CODEC_MEMORY)
def encode_endpoint(endpoint: WireEndpoint) -> bytes:
    """The RLP of an endpoint."""
    items = _endpoint_items(*endpoint)
    return rlp.list_header(len(items)) + items


def encode_nodes(nodes: Sequence[WireNode]) -> bytes:
    """The RLP of a list of nodes."""
    return rlp.encode_list([encode_node(node) for node in nodes])


def _decode_endpoint(raw: bytes) -> WireEndpoint:
    fields = ListReader(raw, 0, len(raw)).read_list()
    endpoint = WireEndpoint(fields.read_bytes(), fields.read_int(_PORT_BYTES), fields.read_int(_PORT_BYTES))
    fields.check_end()
    return endpoint


def read_endpoint(items: ListReader) -> WireEndpoint:
    """The next item is an endpoint.

    :raises RemoteError: it is none.
    """
    raw = items.read_raw()
    return _remembered_endpoint(raw) if len(raw) <= LONGEST_REMEMBERED else _decode_endpoint(raw)


def _decode_node(raw: bytes) -> WireNode:
    fields = ListReader(raw, 0, len(raw)).read_list()
    ip, udp_port, tcp_port = fields.read_bytes(), fields.read_int(_PORT_BYTES), fields.read_int(_PORT_BYTES)
    node = WireNode(ip, udp_port, tcp_port, fields.read_bytes(ID_SIZE))
    fields.check_end()
    return node


def read_nodes(items: ListReader) -> tuple[WireNode, ...]:
    """The next item is a list of nodes.

    :raises RemoteError: it is none.
    """
    nodes = items.read_list()
    found = []
    while nodes.more:
        raw = nodes.read_raw()
        found.append(_remembered_node(raw) if len(raw) <= LONGEST_REMEMBERED else _decode_node(raw))
    return tuple(found)


_remembered_endpoint = lru_cache(CODEC_MEMORY)(_decode_endpoint)
_remembered_node = lru_cache(CODEC_MEMORY)(_decode_node)
