"""The table: buckets, places, limits for networks."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5.limits import BUCKET_SIZE, Limits
from pystatus.discovery.discv5.node import Endpoint, NodeId, Times, log_distance
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.states import State
from pystatus.discovery.discv5.table import Table
from tests.discovery.discv5.topic_nodes import Draws
from tests.support.vectors import Case, case_id, cases, unhex

NOW = Times(0, 0)
LIKE_THE_REFERENCE = Limits(replacements=16)


def remote(node_id: NodeId, number: int = 0, address: IPAddress | None = None) -> RemoteNode:
    """A known node; each number is a network of its own."""
    address = address or parse_address(f"51.{number // 256}.{number % 256}.1")
    node = RemoteNode(node_id, Endpoint(address, 30303, 30303), NOW)
    node.state = State.KNOWN
    return node


def named(number: int, address: IPAddress | None = None) -> RemoteNode:
    return remote(NodeId.of(keccak256(b"%d" % number) * 2), number, address)


def in_one_bucket(count: int, own: NodeId) -> list[RemoteNode]:
    """Nodes at distance 256 of ``own``."""
    nodes = (named(number) for number in range(100_000))
    far = (node for node in nodes if log_distance(own.position, node.id.position) == 256)
    return [next(far) for _ in range(count)]


OWN = NodeId.of(bytes(64))


@pytest.mark.parametrize("case", cases("discv5", "bucket"), ids=case_id)
def test_a_bucket_of_the_reference(case: Case) -> None:
    """No node is twice in a bucket and its replacements (decisions.md, vectors): what the reference has twice is here
    once, as the newest replacement, and not beside the entries."""
    table = Table(NodeId.of(unhex(case["self_id"])), LIKE_THE_REFERENCE)
    nodes = [remote(NodeId.of(unhex(fields["id"])), number) for number, fields in enumerate(case["nodes"])]
    for step in case["steps"]:
        node = nodes[step["node"]]
        if step["op"] == "add":
            to_be_contested = table.add(node)
            expected = step["to_be_contested"]
            assert to_be_contested is (None if expected is None else nodes[expected])
        elif step["op"] == "delete":
            table.delete(node)
        else:
            table.delete_replace(node)
        bucket = table.bucket(case["nodes"][step["node"]]["log_distance"])
        entries = [] if bucket is None else [nodes.index(entry) for entry in bucket.entries]
        replacements = [] if bucket is None else [nodes.index(entry) for entry in bucket.replacements]
        once = list(dict.fromkeys(reversed(step["replacements_after"])))[::-1]
        if not case.get("reference_bug"):
            assert entries == step["entries_after"]
            assert replacements == [number for number in once if number not in entries]
            assert len(table) == step["count_after"]
        assert len(set(entries + replacements)) == len(entries + replacements)
        assert len(table) == len(table.nodes())
    if case.get("reference_bug"):
        assert entries == [20, *range(15, 1, -1)]


@pytest.mark.parametrize("case", cases("discv5", "closest"), ids=case_id)
def test_the_nodes_of_an_answer(case: Case) -> None:
    table = Table(NodeId.of(unhex(case["self_id"])), Limits())
    nodes = [remote(NodeId.of(unhex(fields["id"])), number) for number, fields in enumerate(case["table"])]
    for node in nodes:
        table.add(node)
    for row in case["rows"]:
        target = int.from_bytes(unhex(row["target"]), "big")
        for count in (3, 16):
            assert [nodes.index(node) for node in table.closest(target, count)] == row[f"closest_{count}"]


@pytest.mark.parametrize("case", cases("discv5", "bucket_refresh"), ids=case_id)
def test_the_target_that_fills_buckets(case: Case) -> None:
    own = NodeId(b"", unhex(case["self_hash"]), int.from_bytes(unhex(case["self_hash"]), "big"))
    table = Table(own, Limits())
    nodes = [remote(NodeId.of(unhex(fields["id"])), number) for number, fields in enumerate(case["table"])]
    for node in reversed(nodes):
        table.add(node)
    assert [nodes.index(node) for node in table.entries()] == case["slots_by_log_distance"]
    for row in case["rows"]:
        *draws, tail = map(unhex, row["random"])
        drawn = Draws(draws)
        target = table.refresh_target(drawn)
        assert drawn.left == []
        assert target[:8] + tail == unhex(row["target"])


@given(st.sets(st.integers(0, 5000), max_size=120), st.integers(0, 2**256 - 1), st.integers(1, 20))
def test_the_nearest_are_the_nearest(numbers: set[int], target: int, count: int) -> None:
    table = Table(OWN, Limits())
    for number in numbers:
        table.add(named(number))
    every = sorted(table.entries(), key=lambda node: node.id.position ^ target)
    assert table.closest(target, count) == every[:count]


def test_a_network_has_few_places_in_a_bucket_and_in_the_table() -> None:
    table = Table(OWN, Limits())
    of_one = [named(number, parse_address(f"51.1.2.{number % 250 + 1}")) for number in range(200)]
    for node in of_one:
        table.add(node)
    assert len(table) == Limits().nodes_of_subnet_in_table
    per_bucket = [log_distance(OWN.position, node.id.position) for node in table.entries()]
    assert max(per_bucket.count(distance) for distance in per_bucket) == Limits().nodes_of_subnet_in_bucket


def test_those_that_wait_for_a_place_are_counted_with_their_network() -> None:
    table = Table(OWN, Limits())
    first = in_one_bucket(BUCKET_SIZE + 3, OWN)
    for node in first[:BUCKET_SIZE]:
        table.add(node)
    for node in first[BUCKET_SIZE:]:
        node.endpoint = Endpoint(parse_address("61.1.1.1"), 30303, 30303)
        table.add(node)
    bucket = table.bucket(256)
    assert bucket is not None
    assert bucket.replacements == first[BUCKET_SIZE : BUCKET_SIZE + 2]


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "fe80::1"])
def test_the_local_network_is_exempt(text: str) -> None:
    table = Table(OWN, Limits())
    for node in in_one_bucket(BUCKET_SIZE, OWN):
        node.endpoint = Endpoint(parse_address(text), 30303, 30303)
        table.add(node)
    assert len(table) == BUCKET_SIZE


def test_few_wait_for_a_place() -> None:
    table = Table(OWN, Limits())
    nodes = in_one_bucket(40, OWN)
    for node in nodes:
        table.add(node)
    bucket = table.bucket(256)
    assert bucket is not None
    assert bucket.replacements == nodes[-Limits().replacements :]


def test_only_a_known_node_moves_up() -> None:
    table = Table(OWN, Limits())
    nodes = in_one_bucket(BUCKET_SIZE + 3, OWN)
    for node in nodes:
        table.add(node)
    nodes[-1].state = State.UNRESPONSIVE
    nodes[-2].state = State.CONTESTED
    table.delete_replace(nodes[0])
    bucket = table.bucket(256)
    assert bucket is not None
    assert bucket.entries[0] is nodes[-3]
    assert bucket.replacements == []
    table.delete_replace(nodes[1])
    assert len(table) == len(bucket.entries) == BUCKET_SIZE - 1


def test_who_is_gone_waits_no_more() -> None:
    table = Table(OWN, Limits())
    nodes = in_one_bucket(BUCKET_SIZE + 2, OWN)
    for node in nodes:
        table.add(node)
    table.delete_replace(nodes[-1])
    bucket = table.bucket(256)
    assert bucket is not None
    assert bucket.replacements == [nodes[-2]]
    assert nodes[-1] not in table
    assert nodes[0] in table
    table.delete(nodes[-2])
    assert bucket.replacements == []
    for node in nodes:
        table.delete(node)
    assert len(table) == 0
    assert table.bucket(256) is None
    table.delete_replace(nodes[0])


def test_the_oldest_of_a_bucket() -> None:
    table = Table(OWN, Limits())
    assert table.oldest(os.urandom) is None
    nodes = in_one_bucket(3, OWN)
    for node in nodes:
        table.add(node)
    assert table.oldest(os.urandom) is nodes[0]
    table.add(nodes[0])
    assert table.oldest(os.urandom) is nodes[1]
