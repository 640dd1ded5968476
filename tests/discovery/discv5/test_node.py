"""Names, places and distances of nodes."""

from __future__ import annotations

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Contact, DiscoveredNode, Endpoint, NodeId, log_distance
from pystatus.errors import RemoteError
from tests.support.vectors import Case, case_id, cases, unhex


def number(text: str) -> int:
    return int.from_bytes(unhex(text), "big")


@pytest.mark.parametrize("case", cases("discv5", "node_hash"), ids=case_id)
def test_names_of_a_node(case: Case) -> None:
    own = Secp256k1Identity(PrivateKey(unhex(case["private_key"]))).node_id
    assert own.xy == unhex(case["node_id"])
    assert own.hash == unhex(case["node_hash"])
    assert own.position >> 192 == number(case["node_hash_prefix"])
    assert own == NodeId.of(unhex(case["node_id"]))


@pytest.mark.parametrize("case", cases("discv5", "log_distance"), ids=case_id)
def test_log_distances(case: Case) -> None:
    assert log_distance(number(case["a"]), number(case["b"])) == case["log_distance"]


@pytest.mark.parametrize("case", cases("discv5", "distance_compare"), ids=case_id)
def test_which_of_two_is_nearer(case: Case) -> None:
    target = number(case["target"])
    a, b = number(case["a"]) ^ target, number(case["b"]) ^ target
    assert (a > b) - (a < b) == case["result"]


def test_a_node_as_an_enode_url() -> None:
    key = PrivateKey(b"\x07" * 32)
    contact = Contact(NodeId.of(key.public_key.xy), Endpoint(parse_address("2a01::7"), 30301, 30303))
    found = DiscoveredNode.of(contact)
    assert found.public_key == key.public_key
    assert str(found.enode) == f"enode://{key.public_key.xy.hex()}@[2a01::7]:30303?discport=30301"


def test_an_identity_with_a_real_key() -> None:
    key = PrivateKey(b"\x07" * 32)
    identity = Secp256k1Identity(key)
    digest = keccak256(b"x")
    signature = identity.sign(digest)
    assert identity.recover(digest, signature) == key.public_key.xy
    with pytest.raises(RemoteError, match="0 or 1"):
        identity.recover(digest, signature[:64] + bytes([signature[64] + 27]))
    with pytest.raises(RemoteError):
        identity.recover(digest, signature[:64])
    assert identity.node_id_of(key.public_key.xy, proven=False) == identity.node_id
    with pytest.raises(RemoteError):
        identity.node_id_of(bytes(64), proven=False)
