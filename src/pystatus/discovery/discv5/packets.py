"""The packets of Discovery v5: encoding, decoding, signing (overlay.md §3.1, §3.2).

::

    packet = prefix(22) ‖ signature(65) ‖ type(1) ‖ rlp(body)

Decoding is in two steps, so that a flood is refused before a signature is recovered: :func:`check_head` looks at size,
prefix and type, :func:`decode_body` reads the body; who signed is :func:`recover`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from pystatus.crypto.hashing import keccak256, keccak_state
from pystatus.discovery.discv5.identity import Identity
from pystatus.discovery.discv5.list_reader import ListReader
from pystatus.discovery.discv5.node import HASH_SIZE, ID_SIZE
from pystatus.discovery.discv5.wire_nodes import (
    WireEndpoint,
    WireNode,
    encode_endpoint,
    encode_nodes,
    read_endpoint,
    read_nodes,
)
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import rlp

PREFIX = b"temporary discovery v5"
"""What every packet begins with."""
MAX_PACKET_SIZE = 1_280
"""Bytes of a datagram (overlay.md §3.1). Longer ones are dropped before anything is done with them."""
VERSION = 4
"""Of the protocol, in pings. Nobody checks it."""
MAX_NODES = 12
"""Nodes in a neighbors packet, sent; so many fit at their largest, 91 bytes each with an IPv6 address."""

_SIGNATURE_START = len(PREFIX)
_TYPE_AT = _SIGNATURE_START + 65
_BODY_START = _TYPE_AT + 1
_UINT32_BYTES = 4


class PacketType(IntEnum):
    """The byte before the body."""

    PING = 1
    PONG = 2
    FINDNODE = 3
    NEIGHBORS = 4
    FINDNODE_HASH = 5
    TOPIC_REGISTER = 6
    TOPIC_QUERY = 7
    TOPIC_NODES = 8


class Ping(NamedTuple):
    """Are you there, and what are your tickets for these topics?"""

    sender: WireEndpoint
    """``from``: only its TCP port is used."""
    to: WireEndpoint
    expiration: int
    """Unix seconds."""
    topics: tuple[bytes, ...] = ()
    version: int = VERSION
    rest: tuple[bytes, ...] = ()
    """RLP items behind those that are known, as they came."""


class Pong(NamedTuple):
    """The answer to a ping, and a ticket for its topics."""

    to: WireEndpoint
    reply_token: bytes
    """Hash of the ping packet."""
    expiration: int
    """Monotonic seconds of the registrar when it issued the ticket."""
    topic_hash: bytes
    """:func:`topic_hash` of the topics of the ping."""
    ticket_serial: int
    wait_periods: tuple[int, ...] = ()
    """Seconds, for each topic."""
    rest: tuple[bytes, ...] = ()


class FindNode(NamedTuple):
    """Which nodes are near the hash of this id?"""

    target: bytes
    """64 bytes."""
    expiration: int
    rest: tuple[bytes, ...] = ()


class Neighbors(NamedTuple):
    """The answer to findnode and findnodeHash, one or two packets."""

    nodes: tuple[WireNode, ...]
    expiration: int
    rest: tuple[bytes, ...] = ()


class FindNodeHash(NamedTuple):
    """Which nodes are near this hash?"""

    target: bytes
    """32 bytes."""
    expiration: int
    rest: tuple[bytes, ...] = ()


class TopicRegister(NamedTuple):
    """The use of a ticket: list me under one of its topics."""

    topics: tuple[bytes, ...]
    topic_index: int
    """Which of them."""
    pong: bytes
    """The whole packet of the ticket."""


class TopicQuery(NamedTuple):
    """Which nodes are listed under a topic?"""

    topic: bytes
    expiration: int
    """0 from the reference: it means nothing."""


class TopicNodes(NamedTuple):
    """The answer to topicQuery."""

    echo: bytes
    """Hash of the query packet."""
    nodes: tuple[WireNode, ...]


Body: TypeAlias = Ping | Pong | FindNode | Neighbors | FindNodeHash | TopicRegister | TopicQuery | TopicNodes


class Received(NamedTuple):
    """A packet whose signer is known."""

    sender: bytes
    """64 bytes."""
    body: Body
    hash: bytes
    """What answers refer to: :func:`packet_hash`."""


def topic_hash(topics: Sequence[bytes]) -> bytes:
    """Keccak-256 of the RLP list of topics, as pongs have it."""
    return keccak256(rlp.encode(topics))


def packet_hash(datagram: bytes) -> bytes:
    """Keccak-256 of signature, type and body: what a pong and topicNodes refer to."""
    return keccak_state(memoryview(datagram)[_SIGNATURE_START:]).digest()


def signed_hash(datagram: bytes) -> bytes:
    """Keccak-256 of type and body: what is signed, and the same for both forms of a signature."""
    return keccak_state(memoryview(datagram)[_TYPE_AT:]).digest()


def signature_of(datagram: bytes) -> bytes:
    """The 65 bytes r ‖ s ‖ v."""
    return datagram[_SIGNATURE_START:_TYPE_AT]


def type_of(body: Body) -> PacketType:
    """The type of the packet that has this body."""
    return _TYPE_OF[type(body)]


# --- Encoding


def encode(body: Body, identity: Identity) -> bytes:
    """The signed packet.

    :raises LocalError: above :data:`MAX_PACKET_SIZE`.
    """
    signed = bytes((_TYPE_OF[type(body)],)) + _encode_body(body)
    packet = b"".join((PREFIX, identity.sign(keccak256(signed)), signed))
    if len(packet) > MAX_PACKET_SIZE:
        raise LocalError(
            f"A discovery packet has at most {MAX_PACKET_SIZE} bytes, not {len(packet)}: shorten its lists."
        )
    return packet


def _encode_body(body: Body) -> bytes:
    if isinstance(body, Ping):
        items = [
            rlp.encode(body.version),
            encode_endpoint(body.sender),
            encode_endpoint(body.to),
            rlp.encode(body.expiration),
            rlp.encode(body.topics),
            *body.rest,
        ]
    elif isinstance(body, Pong):
        items = [
            encode_endpoint(body.to),
            rlp.encode_bytes(body.reply_token),
            rlp.encode(body.expiration),
            rlp.encode_bytes(body.topic_hash),
            rlp.encode(body.ticket_serial),
            rlp.encode(body.wait_periods),
            *body.rest,
        ]
    elif isinstance(body, (FindNode, FindNodeHash)):
        items = [rlp.encode_bytes(body.target), rlp.encode(body.expiration), *body.rest]
    elif isinstance(body, Neighbors):
        items = [encode_nodes(body.nodes), rlp.encode(body.expiration), *body.rest]
    elif isinstance(body, TopicNodes):
        items = [rlp.encode_bytes(body.echo), encode_nodes(body.nodes)]
    else:  # topicRegister, topicQuery: their fields in order
        items = [rlp.encode(field) for field in body]
    return rlp.encode_list(items)


# --- Decoding


def check_head(datagram: bytes) -> PacketType:
    """The type of a datagram that may be a packet.

    :raises RemoteError: too short, too long, of another protocol, or of an unknown type.
    """
    if not _BODY_START <= len(datagram) <= MAX_PACKET_SIZE:
        raise RemoteError(f"datagram of {len(datagram)} bytes: a packet has {_BODY_START} to {MAX_PACKET_SIZE}")
    if not datagram.startswith(PREFIX):
        raise RemoteError("datagram of another protocol")
    kind = datagram[_TYPE_AT]
    if not PacketType.PING <= kind <= PacketType.TOPIC_NODES:
        raise RemoteError(f"unknown packet type {kind}")
    return PacketType(kind)


def decode_body(datagram: bytes) -> Body:
    """The body of a datagram whose head is good. Bytes behind it, and extra elements where the protocol lets them be
    (overlay.md §0.2), are ignored.

    :raises RemoteError: not the body of its type.
    """
    items = ListReader(datagram, _BODY_START, len(datagram)).read_list()
    return _DECODERS[datagram[_TYPE_AT]](items)


def recover(datagram: bytes, identity: Identity) -> bytes:
    """The id of whoever signed it, 64 bytes. An altered packet is not recognisable: another id is recovered.

    :raises RemoteError: nobody can have signed this.
    """
    return identity.recover(signed_hash(datagram), signature_of(datagram))


def decode(datagram: bytes, identity: Identity) -> Received:
    """Head, body and signer at once.

    :raises RemoteError: see :func:`check_head`, :func:`decode_body`, :func:`recover`.
    """
    check_head(datagram)
    body = decode_body(datagram)
    return Received(recover(datagram, identity), body, packet_hash(datagram))


def _ping(items: ListReader) -> Ping:
    version, sender, to = items.read_int(), read_endpoint(items), read_endpoint(items)
    expiration = items.read_int()
    return Ping(sender, to, expiration, items.read_list().read_all_bytes(), version, items.read_rest())


def _pong(items: ListReader) -> Pong:
    to, token, expiration = read_endpoint(items), items.read_bytes(), items.read_int()
    hash_, serial, periods = (
        items.read_bytes(HASH_SIZE),
        items.read_int(_UINT32_BYTES),
        items.read_list().read_all_bytes(),
    )
    waits = tuple(rlp.as_int(period, _UINT32_BYTES) for period in periods)
    return Pong(to, token, expiration, hash_, serial, waits, items.read_rest())


def _findnode(items: ListReader) -> FindNode:
    return FindNode(items.read_bytes(ID_SIZE), items.read_int(), items.read_rest())


def _neighbors(items: ListReader) -> Neighbors:
    return Neighbors(read_nodes(items), items.read_int(), items.read_rest())


def _findnode_hash(items: ListReader) -> FindNodeHash:
    return FindNodeHash(items.read_bytes(HASH_SIZE), items.read_int(), items.read_rest())


def _topic_register(items: ListReader) -> TopicRegister:
    body = TopicRegister(items.read_list().read_all_bytes(), items.read_int(), items.read_bytes())
    items.check_end()
    return body


def _topic_query(items: ListReader) -> TopicQuery:
    body = TopicQuery(items.read_bytes(), items.read_int())
    items.check_end()
    return body


def _topic_nodes(items: ListReader) -> TopicNodes:
    body = TopicNodes(items.read_bytes(HASH_SIZE), read_nodes(items))
    items.check_end()
    return body


_TYPES_AND_READERS: dict[PacketType, tuple[type[Body], Callable[[ListReader], Body]]] = {
    PacketType.PING: (Ping, _ping),
    PacketType.PONG: (Pong, _pong),
    PacketType.FINDNODE: (FindNode, _findnode),
    PacketType.NEIGHBORS: (Neighbors, _neighbors),
    PacketType.FINDNODE_HASH: (FindNodeHash, _findnode_hash),
    PacketType.TOPIC_REGISTER: (TopicRegister, _topic_register),
    PacketType.TOPIC_QUERY: (TopicQuery, _topic_query),
    PacketType.TOPIC_NODES: (TopicNodes, _topic_nodes),
}
_DECODERS: dict[int, Callable[[ListReader], Body]] = {kind: read for kind, (_, read) in _TYPES_AND_READERS.items()}
_TYPE_OF: dict[type, PacketType] = {body: kind for kind, (body, _) in _TYPES_AND_READERS.items()}
