"""Node records: signed by their node, or refused."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import MAX_RECORD_SIZE, MAX_SEQUENCE, NodeRecord
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import rlp
from tests.devp2p import known_answers as kat

# ethereum/devp2p, node records, "Test Vectors" (overlay.md §1.3)
TEXT = (
    "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8"
    "AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8"
)
ADDRESS = "a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7"
# overlay.md §4.5: the record of a rendezvous answer
WITH_TCP = (
    "enr:-Im4QOOgIJUKNbiFq6Pb1Bk0Ovfay7IFgsti24Oy3AvDTDBCEKmMnXmjKZBrxhRiLMgLvJPat6R1aKN98V_ivhfhlKSAgmlkgnY0gmlwhAECA"
    "wSJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN0Y3CCdl-DdWRwgA"
)
KEY = kat.STATIC_B
"""Key B of EIP-8, which made both."""


def made(*content: rlp.Encodable, key: PrivateKey = KEY) -> bytes:
    """A record with a good signature over whatever the content is."""
    signature = key.sign(keccak256(rlp.encode(content)))[:64]
    return rlp.encode([signature, *content])


OWN = (b"secp256k1", KEY.public_key.compressed)


def test_the_known_record() -> None:
    record = NodeRecord.parse(TEXT)
    assert (record.seq, record.node_address.hex(), record.node_id) == (1, ADDRESS, KEY.public_key.xy)
    assert (str(record.address), record.tcp_port, record.udp_port) == ("127.0.0.1", 0, 30303)
    assert not record.enode.is_complete
    assert str(record) == TEXT


def test_signing_gives_the_known_record() -> None:
    assert str(NodeRecord.sign(KEY, 1, {b"ip": bytes([127, 0, 0, 1]), b"udp": 30303})) == TEXT
    assert NodeRecord.sign(KEY, 0, {b"ip": bytes([1, 2, 3, 4]), b"tcp": 30303, b"udp": 0}) == NodeRecord.parse(WITH_TCP)


def test_a_record_that_says_where_to_dial() -> None:
    enode = NodeRecord.parse(WITH_TCP).enode
    assert str(enode) == f"enode://{KEY.public_key.xy.hex()}@1.2.3.4:30303?discport=0"


def test_records_are_equal_when_their_bytes_are() -> None:
    assert {NodeRecord.parse(TEXT)} == {NodeRecord.parse(TEXT)}
    assert NodeRecord.parse(TEXT) != NodeRecord.parse(WITH_TCP)


@pytest.mark.parametrize(
    ("values", "address", "tcp", "udp"),
    [
        ({b"ip6": ipaddress.ip_address("2001:db8::1").packed, b"tcp": 1}, "2001:db8::1", 1, 0),
        ({b"ip6": ipaddress.ip_address("2001:db8::1").packed, b"tcp": 1, b"tcp6": 2}, "2001:db8::1", 2, 0),
        ({b"ip": b"\x01\x02\x03\x04", b"tcp": 1, b"tcp6": 2, b"udp": 3}, "1.2.3.4", 1, 3),
        ({b"ip": b"\x01\x02\x03\x04", b"ip6": bytes(16), b"tcp": 1}, "1.2.3.4", 1, 0),
        ({b"ip6": ipaddress.ip_address("::ffff:10.0.0.1").packed}, "10.0.0.1", 0, 0),
        ({b"ip": b"\x01\x02\x03"}, "None", 0, 0),
        ({b"ip": [b"\x01\x02\x03\x04"], b"tcp": [b""], b"udp": b"\x00\x01"}, "None", 0, 0),
        ({b"ip": b"\x01\x02\x03\x04", b"tcp": 65536}, "1.2.3.4", 0, 0),
        ({}, "None", 0, 0),
    ],
)
def test_where_it_is(values: dict[bytes, rlp.Encodable], address: str, tcp: int, udp: int) -> None:
    """What is odd in a signed record is as good as not there; the record stands, as EIP-778 wants it."""
    record = NodeRecord.sign(KEY, 7, values)
    assert (str(record.address), record.tcp_port, record.udp_port) == (address, tcp, udp)


def test_keys_that_mean_nothing_here_stay() -> None:
    record = NodeRecord.sign(KEY, MAX_SEQUENCE, {b"eth2": [b"a", [b"b"]], b"zz": b""})
    again = NodeRecord.decode(record.encoded)
    assert again.values[b"eth2"] == [b"a", [b"b"]]
    assert again.seq == MAX_SEQUENCE


@pytest.mark.parametrize("flipped", range(len(NodeRecord.parse(TEXT).encoded)))
def test_one_other_byte_and_it_is_refused(flipped: int) -> None:
    data = bytearray(NodeRecord.parse(TEXT).encoded)
    data[flipped] ^= 1
    with pytest.raises(RemoteError):
        NodeRecord.decode(bytes(data))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ends where an item"),
        (b"\xc0", "key without a value"),
        (b"\x80", "list was expected"),
        (made(), "key without a value"),
        (made(1, b"id"), "key without a value"),
        (made(1), "identity scheme"),
        (made(1, b"id", b"v5", *OWN), "identity scheme"),
        (made(1, b"id", [b"v4"], *OWN), "identity scheme"),
        (made(1, b"id", b"v4"), "33"),
        (made(1, b"id", b"v4", b"secp256k1", KEY.public_key.uncompressed), "33"),
        (made(1, b"id", b"v4", b"secp256k1", bytes([2]) + b"\xff" * 32), "not a point"),
        (made(1, b"id", b"v4", b"secp256k1", [KEY.public_key.compressed]), "list where"),
        (made(1, b"id", b"v4", *OWN, key=kat.STATIC_A), "not signed by its own key"),
        (made(1, *OWN, b"id", b"v4"), "not sorted"),
        (made(1, b"id", b"v4", b"id", b"v4", *OWN), "not unique"),
        (made(1, [b"id"], b"v4", *OWN), "list where"),
        (made(b"\x00\x01", b"id", b"v4", *OWN), "leading zeros"),
        (made(2**64, b"id", b"v4", *OWN), "at most 8"),
        (made([], b"id", b"v4", *OWN), "list where"),
        (made(1, b"id", b"v4", *OWN) + b"\x00", "left over"),
        (made(1, b"id", b"v4", *OWN, b"x", bytes(200)), "300 are allowed"),
        (rlp.encode([bytes(65), 1, b"id", b"v4", *OWN]), "64 were expected"),
        (rlp.encode([bytes(64), 1, b"id", b"v4", *OWN]), "not signed by its own key"),
    ],
)
def test_what_no_record_is(data: bytes, why: str) -> None:
    with pytest.raises(RemoteError, match=why):
        NodeRecord.decode(data)


@pytest.mark.parametrize(
    "text", ["", TEXT[4:], "ENR:" + TEXT[4:], TEXT + "=", TEXT + "A" * 300, TEXT[:-1] + "+", "enr:"]
)
def test_what_no_text_of_a_record_is(text: str) -> None:
    with pytest.raises(RemoteError):
        NodeRecord.parse(text)


@given(st.binary(max_size=MAX_RECORD_SIZE + 10))
@example(NodeRecord.parse(TEXT).encoded)
def test_any_bytes_are_a_record_or_refused(data: bytes) -> None:
    try:
        record = NodeRecord.decode(data)
    except RemoteError:
        return
    assert record.encoded == data


@given(st.recursive(st.binary(max_size=40), lambda inner: st.lists(inner, max_size=8), max_leaves=20))
def test_any_signed_content_is_a_record_or_refused(content: rlp.Encodable) -> None:
    data = made(*content) if isinstance(content, list) else made(1, b"id", b"v4", *OWN, b"z", content)
    try:
        record = NodeRecord.decode(data)
    except RemoteError:
        return
    assert NodeRecord.parse(str(record)).enode == record.enode


@given(st.text(max_size=40).map(lambda text: "enr:" + text))
def test_any_text_is_a_record_or_refused(text: str) -> None:
    with pytest.raises(RemoteError):
        NodeRecord.parse(text)


@pytest.mark.parametrize("seq", [-1, MAX_SEQUENCE + 1])
def test_a_version_that_is_none(seq: int) -> None:
    with pytest.raises(LocalError, match="64 bits"):
        NodeRecord.sign(KEY, seq, {})


def test_a_record_that_nobody_would_take() -> None:
    with pytest.raises(LocalError, match="Nobody would take"):
        NodeRecord.sign(KEY, 1, {b"x": bytes(200)})
