"""The packets: vectors, and whatever bytes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.addresses import address_from_bytes
from pystatus.discovery.discv5 import list_reader, packets, wire_nodes
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId
from pystatus.discovery.discv5.packets import (
    MAX_PACKET_SIZE,
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    PacketType,
    Ping,
    Pong,
    TopicNodes,
    TopicQuery,
    TopicRegister,
)
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import rlp
from tests.support.vectors import Case, case_id, cases, unhex

SOMEBODY = Secp256k1Identity(PrivateKey(b"\x01" * 32))


def identity_of(case: Case) -> Secp256k1Identity:
    return Secp256k1Identity(PrivateKey(unhex(case["private_key"])))


def endpoint(fields: Case) -> WireEndpoint:
    return WireEndpoint(unhex(fields["ip"]), fields["udp"], fields["tcp"])


def node(fields: Case) -> WireNode:
    return WireNode(unhex(fields["ip"]), fields["udp"], fields["tcp"], unhex(fields["id"]))


def body_of(kind: int, fields: Case) -> Body:
    """What a case says of a packet."""
    rest = tuple(map(unhex, fields.get("rest", ())))
    topics = tuple(map(unhex, fields.get("topics_hex", ())))
    nodes = tuple(map(node, fields.get("nodes", ())))
    match kind:
        case PacketType.PING:
            sender, to = endpoint(fields["from"]), endpoint(fields["to"])
            return Ping(sender, to, fields["expiration"], topics, fields["version"], rest)
        case PacketType.PONG:
            return Pong(
                endpoint(fields["to"]),
                unhex(fields["reply_token"]),
                fields["expiration"],
                unhex(fields["topic_hash"]),
                fields["ticket_serial"],
                tuple(fields["wait_periods"]),
                rest,
            )
        case PacketType.FINDNODE:
            return FindNode(unhex(fields["target"]), fields["expiration"], rest)
        case PacketType.NEIGHBORS:
            return Neighbors(nodes, fields["expiration"], rest)
        case PacketType.FINDNODE_HASH:
            return FindNodeHash(unhex(fields["target"]), fields["expiration"], rest)
        case PacketType.TOPIC_REGISTER:
            return TopicRegister(topics, fields["idx"], unhex(fields["pong"]))
        case PacketType.TOPIC_QUERY:
            return TopicQuery(unhex(fields["topic_hex"]), fields["expiration"])
        case _:
            return TopicNodes(unhex(fields["echo"]), nodes)


@pytest.mark.requirement("CL-17")
@pytest.mark.parametrize("case", cases("discv5", "packet"), ids=case_id)
def test_packets_of_the_reference(case: Case) -> None:
    identity, packet = identity_of(case), unhex(case["packet"])
    body = body_of(case["type"], case["fields"])
    assert packets.encode(body, identity) == packet
    received = packets.decode(packet, SOMEBODY)
    assert received.body == body
    assert received.sender == unhex(case["node_id"])
    assert received.hash == unhex(case["packet_hash"])
    assert packets.type_of(body) == packets.check_head(packet) == case["type"]
    assert packets.signed_hash(packet) == unhex(case["signed_hash"])
    assert packets.signature_of(packet) == unhex(case["signature"])


@pytest.mark.requirement("CL-17")
@pytest.mark.parametrize("case", cases("discv5", "decode"), ids=case_id)
def test_datagrams_of_all_sorts(case: Case) -> None:
    packet = unhex(case["packet"])
    if case.get("must_fail"):
        with pytest.raises(RemoteError):
            packets.decode(packet, SOMEBODY)
        return
    received = packets.decode(packet, SOMEBODY)
    assert received.body == body_of(case["type"], case["fields"])
    assert received.sender == unhex(case["sender_id"])
    assert received.hash == unhex(case["packet_hash"])


@pytest.mark.parametrize("case", cases("discv5", "neighbors_split"), ids=case_id)
def test_an_answer_cut_into_packets(case: Case) -> None:
    nodes = [node(fields) for fields in case["nodes"]]
    size = packets.MAX_NODES
    sent = [
        packets.encode(Neighbors(tuple(nodes[start : start + size]), case["now_unix"] + 20), identity_of(case))
        for start in range(0, len(nodes), size)
    ]
    assert sent == [unhex(packet) for packet in case["packets"]]
    assert [len(nodes[start : start + size]) for start in range(0, len(nodes), size)] == case["nodes_per_packet"]


@pytest.mark.parametrize("case", cases("discv5", "endpoint"), ids=case_id)
def test_endpoints_and_nodes_as_they_are_written(case: Case) -> None:
    address = address_from_bytes(unhex(case["ip"]))
    assert address is not None
    where = Endpoint(address, case["udp"], case["tcp"])
    contact = Contact(NodeId.of(unhex(case["node_id"])), where)
    assert wire_nodes.encode_node(wire_nodes.wire_node(contact)) == unhex(case["node_rlp"])
    assert wire_nodes.encode_endpoint(wire_nodes.wire_endpoint(where)) == unhex(case["endpoint_rlp"])


@pytest.mark.parametrize("case", cases("discv5", "topic_hash"), ids=case_id)
def test_topic_hashes(case: Case) -> None:
    assert packets.topic_hash([unhex(topic) for topic in case["topics_hex"]]) == unhex(case["topic_hash"])


def test_a_packet_above_the_limit_is_not_made() -> None:
    query = TopicQuery(bytes(MAX_PACKET_SIZE), 0)
    with pytest.raises(LocalError, match="at most 1280 bytes"):
        packets.encode(query, SOMEBODY)


def test_the_largest_neighbors_packet_fits() -> None:
    nodes = tuple(WireNode(bytes([255] * 16), 0xFFFF, 0xFFFF, bytes(64)) for _ in range(packets.MAX_NODES))
    assert {len(wire_nodes.encode_node(node)) for node in nodes} == {91}
    assert len(packets.encode(Neighbors(nodes, 2**64 - 1), SOMEBODY)) <= MAX_PACKET_SIZE


def test_what_is_remembered_of_encodings_is_bounded() -> None:
    """They are shared by all nodes of a process."""
    for number in range(wire_nodes.CODEC_MEMORY + 100):
        wire_nodes.encode_node(WireNode(number.to_bytes(4, "big"), 30303, 30303, bytes(64)))
    assert wire_nodes.encode_node.cache_info().currsize == wire_nodes.CODEC_MEMORY
    for remembers in (wire_nodes.encode_endpoint, wire_nodes._remembered_node, wire_nodes._remembered_endpoint):
        assert remembers.cache_info().maxsize == wire_nodes.CODEC_MEMORY


def test_of_long_addresses_nothing_is_remembered() -> None:
    """Anybody can write an address as long as a packet, and nobody has to sign it."""
    long = bytes(wire_nodes.LONGEST_REMEMBERED)
    endpoints = Ping(WireEndpoint(long, 1, 1), WireEndpoint(long, 2, 2), 2**32, ())
    nodes = Neighbors((WireNode(long, 1, 1, bytes(64)),), 2**32)
    before = [one.cache_info().currsize for one in (wire_nodes._remembered_endpoint, wire_nodes._remembered_node)]
    for body in (endpoints, nodes):
        assert packets.decode_body(packets.encode(body, SOMEBODY)) == body
    after = [one.cache_info().currsize for one in (wire_nodes._remembered_endpoint, wire_nodes._remembered_node)]
    assert after == before


def test_very_many_tiny_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """A datagram is not to cost as much as twenty signatures, which are looked at only behind its body: the header of
    an item of one byte is that byte."""
    headers = 0

    def header(*arguments: Any) -> tuple[bool, int, int]:
        nonlocal headers
        headers += 1
        return rlp.header(*arguments)

    here = WireEndpoint(b"", 1, 1)
    crowded: list[packets.Body] = [
        Ping(here, here, 2**32, (b"\x01", b"") * 500),
        Ping(here, here, 2**32, (), 4, (b"\x01", b"\x80") * 500),
        Pong(here, b"", 2**32, bytes(32), 1, (1,) * 1_000),
    ]
    datagrams = [packets.encode(body, SOMEBODY) for body in crowded]
    monkeypatch.setattr(list_reader, "rlp", SimpleNamespace(header=header, as_int=rlp.as_int))
    assert [packets.decode_body(datagram) for datagram in datagrams] == crowded
    assert headers < 20 * len(crowded)


numbers = st.integers(0, 2**64 - 1)
ports = st.integers(0, 0xFFFF)
endpoints = st.builds(WireEndpoint, st.binary(max_size=16), ports, ports)
nodes = st.builds(WireNode, st.binary(max_size=16), ports, ports, st.binary(min_size=64, max_size=64))
topics = st.lists(st.binary(max_size=64), max_size=8).map(tuple)
rests = st.lists(st.sampled_from([b"\xc0", b"\x01", b"\x81\xff", b"\xc3\xb8\xff\xff"]), max_size=2).map(tuple)
hashes = st.binary(min_size=32, max_size=32)
node_lists = st.lists(nodes, max_size=10).map(tuple)
waits = st.lists(st.integers(0, 2**32 - 1), max_size=8).map(tuple)
bodies: st.SearchStrategy[Any] = st.one_of(
    st.builds(Ping, endpoints, endpoints, numbers, topics, numbers, rests),
    st.builds(Pong, endpoints, st.binary(max_size=40), numbers, hashes, st.integers(0, 2**32 - 1), waits, rests),
    st.builds(FindNode, st.binary(min_size=64, max_size=64), numbers, rests),
    st.builds(Neighbors, node_lists, numbers, rests),
    st.builds(FindNodeHash, hashes, numbers, rests),
    st.builds(TopicRegister, topics, numbers, st.binary(max_size=400)),
    st.builds(TopicQuery, st.binary(max_size=300), numbers),
    st.builds(TopicNodes, hashes, node_lists),
)


@given(bodies, st.binary(max_size=40))
def test_what_is_written_is_read(body: Body, behind: bytes) -> None:
    packet = packets.encode(body, SOMEBODY)
    assert packets.decode(packet, SOMEBODY) == (SOMEBODY.node_id.xy, body, packets.packet_hash(packet))
    assert packets.decode_body((packet + behind)[:MAX_PACKET_SIZE]) == body


@given(st.binary(max_size=1400))
def test_whatever_bytes_behind_the_prefix(data: bytes) -> None:
    try:
        packets.decode(packets.PREFIX + data, SOMEBODY)
    except RemoteError:
        return
    assert len(packets.PREFIX + data) <= MAX_PACKET_SIZE


@given(st.integers(1, 8), st.binary(max_size=300))
def test_whatever_body(kind: int, data: bytes) -> None:
    packet = packets.PREFIX + bytes(65) + bytes([kind]) + data
    try:
        body = packets.decode_body(packet)
    except RemoteError:
        return
    assert packets.decode_body(packets.encode(body, SOMEBODY)) == body


@given(bodies, st.data())
def test_a_changed_byte_is_refused_or_from_somebody_else(body: Body, data: st.DataObject) -> None:
    packet = bytearray(packets.encode(body, SOMEBODY))
    at = data.draw(st.integers(0, len(packet) - 1))
    packet[at] ^= data.draw(st.integers(1, 255))
    try:
        received = packets.decode(bytes(packet), SOMEBODY)
    except RemoteError:
        return
    assert received.sender != SOMEBODY.node_id.xy
