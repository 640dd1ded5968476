"""Packets of Discovery v5, and the node that they come to."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Endpoint, NodeId, Times
from pystatus.discovery.discv5.packets import PREFIX, Ping, Pong
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from pystatus.errors import RemoteError
from tests.fuzzing.corpus import hexes
from tests.fuzzing.target import RUNS, Target

KEYS = tuple(PrivateKey(bytes([number]) * 32).public_key for number in (1, 2, 3))
"""Our own, that of a neighbour, and that of a stranger."""
READER = Secp256k1Identity(PrivateKey(b"\x01" * 32))
HEAD = len(PREFIX) + 65
UNIX = 1_600_000_000
PLACES = tuple((parse_address(text), 30303) for text in ("51.1.1.1", "52.2.2.2", "53.3.3.3"))
WIRE = WireEndpoint(b"\x34\x02\x02\x02", 30303, 30303)


class _Named:
    """Instead of signing, says by number who it was: what a node does with a packet is fuzzed, not secp256k1."""

    def __init__(self, number: int) -> None:
        self.node_id = NodeId.of(KEYS[number].xy)
        self._signature = bytes([number]) * 65

    def sign(self, digest: bytes) -> bytes:
        return self._signature

    def recover(self, digest: bytes, signature: bytes) -> bytes:
        return KEYS[signature[0] % len(KEYS)].xy

    def node_id_of(self, xy: bytes, *, proven: bool) -> NodeId:
        return NodeId.of(PublicKey.from_xy(xy).xy)


def _packet(data: bytes) -> None:
    packets.check_head(data)
    body = packets.decode_body(data)
    assert packets.decode_body(data[:HEAD] + packets.encode(body, READER)[HEAD:]) == body
    sender = packets.recover(data, READER)
    assert packets.decode(data, READER) == (sender, body, packets.packet_hash(data))


def _body(data: bytes) -> None:
    """A type and a body, whoever signed it."""
    packet = PREFIX + bytes(65) + data
    packets.check_head(packet)
    body = packets.decode_body(packet)
    assert packets.decode_body(packets.encode(body, READER)) == body


def _node(data: bytes) -> None:
    """Packets one after the other, without their heads: every third is of a stranger, the others of a neighbour, who
    was asked something, has a ticket and gave one."""
    now = Times(5_000.0, float(UNIX))
    node = Discovery(PrivateKey(b"\x01" * 32), Endpoint(*PLACES[0], 30303), bytes, now, identity=_Named(0))
    neighbour = _Named(1)
    node.register("whisper", now)
    node.search("whisper", 3, now)
    node.receive(packets.encode(Ping(WIRE, WIRE, UNIX + 20, (b"whisper",)), neighbour), PLACES[1], now)
    _, ping = node.datagrams_to_send()
    pong = Pong(WIRE, packets.packet_hash(ping.data), 5_000, packets.topic_hash([b"whisper"]), 1, (60,))
    node.receive(packets.encode(pong, neighbour), PLACES[1], now)
    node.on_timer(now)
    bodies = data.split(PREFIX)
    for number, body in enumerate(bodies):
        who = 2 if number % 3 == 2 else 1
        packet = PREFIX + bytes([who]) * 65 + body
        now = Times(now.monotonic + 0.1, _time_of(packet))
        before = node.counters.bytes_out
        node.receive(packet, PLACES[who], now)
        if who == 2:
            assert node.counters.bytes_out - before <= 3 * len(packet)
        node.on_timer(now)
        node.datagrams_to_send()
        node.events()
    counters = node.counters
    assert counters.datagrams_in == len(bodies) + 2
    assert counters.datagrams_in == sum(counters.received.values()) + sum(counters.refused.values())


def _time_of(packet: bytes) -> float:
    """When a packet would not have expired."""
    try:
        packets.check_head(packet)
        expiration = getattr(packets.decode_body(packet), "expiration", UNIX)
    except RemoteError:
        return float(UNIX)
    return float(expiration)


def _datagrams() -> list[bytes]:
    return [data for data in hexes("discv5", shortest=80, longest=1_300) if data.startswith(PREFIX)]


TARGETS = (
    Target(
        "discv5-packet",
        _packet,
        _datagrams,
        (
            "discovery/discv5/packets.py:check_head",
            "discovery/discv5/packets.py:decode_body",
            "discovery/discv5/packets.py:recover",
            "discovery/discv5/packets.py:decode",
            "discovery/discv5/identity.py:Secp256k1Identity.recover",
        ),
    ),
    Target(
        "discv5-body",
        _body,
        lambda: [data[HEAD:] for data in _datagrams()],
        ("discovery/discv5/packets.py:decode_body",),
    ),
    Target(
        "discv5-node",
        _node,
        lambda: [PREFIX.join(data[HEAD:] for data in _datagrams()[start::40]) for start in range(40)],
        (
            "discovery/discv5/topic_discovery.py:TopicDiscovery.ponged",
            "discovery/discv5/topic_table.py:TopicTable.use",
        ),
        runs=RUNS // 40,  # an input has as many packets; their decoders have targets of their own
    ),
)
