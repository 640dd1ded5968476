"""Envelopes on the wire: vectors, strictness, and that the quick way of reading agrees with the general one."""

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.waku.envelope import Envelope
from pystatus.wire import rlp
from tests.support.vectors import Case, case_id, cases, unhex

U32 = (1 << 32) - 1
U64 = (1 << 64) - 1

envelope_cases = [case for case in cases("envelopes") if case.get("fails_at") != "decode"]


@pytest.mark.parametrize("case", [c for c in envelope_cases if not c["must_fail"]], ids=case_id)
def test_reading(case: Case) -> None:
    expected = case["envelope"]
    envelope = Envelope.decode(unhex(expected["rlp"]))
    assert envelope.hash == unhex(expected["hash"])
    assert (envelope.expiry, envelope.ttl, envelope.nonce) == (expected["expiry"], expected["ttl"], expected["nonce"])
    assert envelope.topic == unhex(expected["topic"])
    assert (len(envelope.data), envelope.size) == (expected["data_length"], expected["size"])
    assert envelope.short_length == len(envelope.short) == expected["rlp_without_nonce_length"]
    assert struct.pack(">d", envelope.pow()) == unhex(expected["pow_float64_bits"])
    assert envelope.bloom == unhex(expected["bloom"])
    assert envelope.sent == case["expected"]["sent"]


@pytest.mark.parametrize("case", [c for c in envelope_cases if not c["must_fail"]], ids=case_id)
def test_writing(case: Case) -> None:
    expected = case["envelope"]
    read = Envelope.decode(unhex(expected["rlp"]))
    written = Envelope.create(read.expiry, read.ttl, read.topic, read.data, read.nonce)
    assert written.raw == unhex(expected["rlp"])
    assert written == read


@pytest.mark.parametrize("case", [c for c in envelope_cases if "pow_target" in c], ids=case_id)
def test_mining_again_finds_the_same_nonce(case: Case) -> None:
    read = Envelope.decode(unhex(case["envelope"]["rlp"]))
    ttl = 0 if "ttl 0 given" in case["name"] else read.ttl
    assert Envelope.mine(read.sent, ttl, read.topic, read.data, case["pow_target"]).raw == read.raw


@pytest.mark.parametrize("case", [c for c in cases("envelopes") if c.get("fails_at") == "decode"], ids=case_id)
def test_refusals(case: Case) -> None:
    with pytest.raises(RemoteError):
        Envelope.decode(unhex(case["envelope"]["rlp"]))


@pytest.mark.parametrize(
    "raw",
    [
        "c8808084ffaadd1180",  # four items
        "ca808084ffaadd11808080",  # six
        "ca8200018084ffaadd118080",  # leading zero
        "ce850100000000" + "8084ffaadd118080",  # expiry of five bytes
        "c88080" + "83ffaadd8080",  # topic of three bytes
        "c8c08084ffaadd118080"[:2] + "c08084ffaadd118080",  # expiry is a list
        "c980808481ffaadd11c080"[:20],  # data is a list
        "c98080" + "84ffaadd1180c0",  # nonce is a list
        "8180",  # not a list
        "d2" + "8080" + "84ffaadd1180" + "89" + "01" * 9,  # nonce of nine bytes
    ],
)
def test_malformed(raw: str) -> None:
    with pytest.raises(RemoteError):
        Envelope.decode(bytes.fromhex(raw))


def test_the_smallest() -> None:
    raw = bytes.fromhex("c9808084ffaadd118080")
    envelope = Envelope.decode(raw)
    assert (envelope.expiry, envelope.ttl, envelope.data, envelope.nonce, envelope.size) == (0, 0, b"", 0, 20)
    assert Envelope.create(0, 0, bytes.fromhex("ffaadd11"), b"").raw == raw


def test_sending_time_wraps_around() -> None:
    assert Envelope.create(10, 20, b"abcd", b"").sent == (1 << 32) - 10


def test_envelopes_are_values() -> None:
    one, same, other = (Envelope.create(1_600_000_000, 15, b"abcd", b"", nonce) for nonce in (1, 1, 2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != one.raw
    assert one.hash.hex()[:16] in repr(one)


@pytest.mark.parametrize(
    ("expiry", "ttl", "topic", "nonce"),
    [(1 << 32, 1, b"abcd", 0), (-1, 1, b"abcd", 0), (1, 1 << 32, b"abcd", 0), (1, 1, b"abc", 0), (1, 1, b"abcd", -1)],
)
def test_fields_out_of_range(expiry: int, ttl: int, topic: bytes, nonce: int) -> None:
    with pytest.raises(LocalError):
        Envelope.create(expiry, ttl, topic, b"", nonce)


def reference(raw: bytes) -> tuple[int, int, bytes, bytes, int]:
    """Read with the generic RLP decoder, field by field."""
    expiry, ttl, topic, data, nonce = rlp.as_list(rlp.decode(raw), 5)
    return rlp.as_int(expiry, 4), rlp.as_int(ttl, 4), rlp.as_bytes(topic, 4), rlp.as_bytes(data), rlp.as_int(nonce, 8)


def agree(raw: bytes) -> None:
    """Both ways of reading accept the same bytes and see the same fields."""
    try:
        expected = reference(raw)
    except RemoteError:
        with pytest.raises(RemoteError):
            Envelope.decode(raw)
        return
    envelope = Envelope.decode(raw)
    assert (envelope.expiry, envelope.ttl, envelope.topic, envelope.data, envelope.nonce) == expected
    assert envelope.short == rlp.encode(expected[:4])
    assert envelope.short_length == len(envelope.short)
    assert envelope.hash == keccak256(raw)


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    agree(raw)


integers = st.integers(0, U32) | st.sampled_from([0, 1, 15, 127, 128, 255, 256, 65535, 65536, 0xFFFFFF, 0x1000000])
data_sizes = st.sampled_from([0, 1, 55, 56, 200, 255, 256, 257, 284, 540, 65500, 65535, 65536, 70000]) | st.integers(
    0, 70_000
)


@given(integers, integers, st.binary(min_size=4, max_size=4), data_sizes, st.integers(0, U64) | integers)
@example(1_600_000_000, 15, b"abcd", 1, 127)
def test_every_shape(expiry: int, ttl: int, topic: bytes, size: int, nonce: int) -> None:
    data = (topic * (size // 4 + 1))[:size]
    agree(rlp.encode([expiry, ttl, topic, data, nonce]))


@settings(max_examples=400)
@given(
    st.sampled_from([(15, 13), (15, 0), (127, 128), (128, 5), (300, 300), (70000, 1), (1 << 24, 1 << 40), (0, 7)]),
    st.integers(0, 24) | st.integers(0, 320),
    st.integers(0, 255),
    st.sampled_from([284, 256, 300]),
    st.sampled_from(["set", "cut", "insert", "tail"]),
)
def test_damaged_usual_envelopes(numbers: tuple[int, int], position: int, value: int, size: int, how: str) -> None:
    """Whatever is done to an envelope of the usual shape, the quick way misses nothing."""
    ttl, nonce = numbers
    raw = bytearray(rlp.encode([1_600_000_000, ttl, b"abcd", b"\x05" * size, nonce]))
    position %= len(raw)
    if how == "set":
        raw[position] = value
    elif how == "cut":
        del raw[position]
    elif how == "insert":
        raw.insert(position, value)
    else:
        raw[-1] = value
        raw[1:3] = (len(raw) - 3).to_bytes(2, "big")
    agree(bytes(raw))
