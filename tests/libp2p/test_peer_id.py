"""Peer ids and addresses: the vectors, and what is none."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.multiaddr import P2P, PeerAddress, at_address
from pystatus.libp2p.peer_id import KEY_PREFIX, PeerId
from tests.libp2p.support import ALICE
from tests.support.vectors import Case, case_id, cases, unhex

ADDRESSES = cases("rendezvous", "address")
PEER = PeerId(ALICE.public_key)


def test_the_example_of_the_page() -> None:
    """overlay.md §4.1: key B of EIP-8."""
    key = PrivateKey(bytes.fromhex("b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"))
    peer = PeerId(key.public_key)
    assert str(peer) == "16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm"
    assert PeerId.parse(str(peer)) == peer


@pytest.mark.requirement("CL-18")
@pytest.mark.parametrize("case", [case for case in ADDRESSES if not case.get("must_fail")], ids=case_id)
def test_addresses(case: Case) -> None:
    address = PeerAddress.parse(case["multiaddr"])
    assert str(address) == case["multiaddr"]
    assert address.encoded == unhex(case["multiaddr_bytes"])
    assert address.dialled == case["dial_address"]
    assert bytes(address.peer) == unhex(case["peer_id_bytes"])
    assert str(address.peer) == case["peer_id"]
    assert address.peer == PeerId(PrivateKey(unhex(case["private_key"])).public_key)
    assert address.peer == PeerId.from_bytes(unhex(case["peer_id_bytes"]))


@pytest.mark.parametrize("case", [case for case in ADDRESSES if case.get("must_fail")], ids=case_id)
def test_addresses_that_are_none(case: Case) -> None:
    with pytest.raises(LocalError, match="is not the address of a Rendezvous node"):
        PeerAddress.parse(case["multiaddr"])


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (f"/ip6/2001:db8::1/tcp/9/p2p/{PEER}", "2920010db8000000000000000000000001060009a50327"),
        (f"/dns4/rdv.example.org/tcp/443/ethv4/{PEER}", "360f7264762e6578616d706c652e6f72670601bbea03"),
        (f"/ip4/1.2.3.4/tcp/0/p2p/{PEER}", "0401020304060000a50327"),
    ],
    ids=["ip6", "dns4", "p2p"],
)  # fmt: skip
def test_the_other_forms(text: str, encoded: str) -> None:
    address = PeerAddress.parse(f"  {text}\n")
    assert str(address) == text
    assert address.encoded == bytes.fromhex(encoded) + bytes(PEER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"ip4/1.2.3.4/tcp/1/ethv4/{PEER}",
        f"/ip4/1.2.3.4/udp/1/ethv4/{PEER}",
        f"/ip4/1.2.3.4/tcp/1/ethv4/{PEER}/p2p-circuit",
        f"/ip4/::1/tcp/1/ethv4/{PEER}",
        f"/ip4/1.2.3/tcp/1/ethv4/{PEER}",
        f"/ip6/1.2.3.4/tcp/1/ethv4/{PEER}",
        f"/dns4/-a.example/tcp/1/ethv4/{PEER}",
        f"/dns4/{'a' * 300}/tcp/1/ethv4/{PEER}",
        f"/dns6/example.org/tcp/1/ethv4/{PEER}",
        f"/ip4/1.2.3.4/tcp/-1/ethv4/{PEER}",
        f"/ip4/1.2.3.4/tcp//ethv4/{PEER}",
        "/ip4/1.2.3.4/tcp/1/ethv4/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "/ip4/1.2.3.4/tcp/1/ethv4/" + "1" * 5000,
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(LocalError, match="Copy it again"):
        PeerAddress.parse(text)


def test_where_a_server_listens() -> None:
    assert str(at_address(ipaddress.ip_address("1.2.3.4"), 9, PEER)) == f"/ip4/1.2.3.4/tcp/9/ethv4/{PEER}"
    assert str(at_address(ipaddress.ip_address("::1"), 9, PEER)) == f"/ip6/::1/tcp/9/ethv4/{PEER}"
    assert at_address(ipaddress.ip_address("::1"), 9, PEER).form != P2P


@pytest.mark.parametrize(
    "key",
    [b"", KEY_PREFIX, bytes.fromhex("08011220") + bytes(32), KEY_PREFIX + bytes(33), KEY_PREFIX + b"\2" + b"\xff" * 32],
    ids=["nothing", "short", "ed25519", "zeros", "off the curve"],
)
def test_keys_that_are_none(key: bytes) -> None:
    with pytest.raises(RemoteError):
        PeerId.from_key(key)
    with pytest.raises(RemoteError):
        PeerId.from_bytes(bytes(PEER)[:2] + key)
