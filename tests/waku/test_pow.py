"""Proof of work: the vectors bit for bit, and the search."""

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak_state
from pystatus.errors import LocalError
from pystatus.waku.envelope import Envelope
from pystatus.waku.pow import leading_zeros, pow_hash, pow_value, required_zeros, search
from tests.support.vectors import Case, case_id, cases, unhex


def bits(value: float) -> bytes:
    return struct.pack(">d", value)


@pytest.mark.parametrize("case", cases("pow_bloom", "pow"), ids=case_id)
def test_value(case: Case) -> None:
    envelope = Envelope.create(
        case["expiry"], case["ttl"], unhex(case["topic"]), unhex(case["data"]), int(case["nonce"])
    )
    assert envelope.size == case["size"]
    assert envelope.short_length == len(envelope.short) == case["rlp_without_nonce_length"]
    assert pow_hash(keccak_state(envelope.short), envelope.nonce) == unhex(case["pow_hash"])
    assert bits(envelope.pow()) == unhex(case["pow_float64_bits"])


@pytest.mark.parametrize("case", cases("pow_bloom", "seal"), ids=case_id)
def test_search(case: Case) -> None:
    data = unhex(case["data"])
    assert required_zeros(case["pow_target"], 20 + len(data), case["ttl"]) == case["required_leading_zero_bits"]
    sent = case["expiry"] - case["ttl"]
    envelope = Envelope.mine(sent, case["ttl"], unhex(case["topic"]), data, case["pow_target"])
    assert envelope.nonce == int(case["nonce"])
    assert envelope.hash == unhex(case["hash"])
    assert envelope.pow() == case["pow"]


def test_known_answer() -> None:
    """waku.md §12."""
    envelope = Envelope.mine(1590000000, 15, bytes.fromhex("ffaadd11"), b"\xab" * 256, 0.002)
    assert envelope.raw.hex().startswith("f9010f845ec5798f0f84ffaadd11b90100")
    assert envelope.short.hex().startswith("f9010e845ec5798f0f84ffaadd11b90100")
    assert (len(envelope.short), envelope.size, envelope.nonce) == (273, 276, 13)
    digest = "046a45a85a8a939c3f2e244e78ecc55469655ee33a54dd0a41c92b45cb437b8f"
    assert pow_hash(keccak_state(envelope.short), 13).hex() == digest
    assert envelope.pow() == 0.007814407814407814
    assert envelope.pow(extra_seconds=6) == 0.005581719867434153
    assert envelope.hash.hex() == "2afed970b8747624f3e3e1a4fefc800a5c53ce20a33c9ab93b427d8dc2bc6133"


def test_an_envelope_without_lifetime_is_infinitely_hard() -> None:
    envelope = Envelope.decode(bytes.fromhex("c9808084ffaadd118080"))
    assert envelope.pow() == math.inf
    assert envelope.reaches(1e300)


def test_leading_zeros_of_all_zero() -> None:
    assert leading_zeros(bytes(32)) == 256
    assert leading_zeros(b"\xff" * 32) == 0
    assert pow_value(256, 100, 10) == 2.0**256 / 100 / 10


@settings(max_examples=30)
@given(st.binary(max_size=2000), st.integers(1, 100), st.sampled_from([0.000002, 0.0005, 0.002]))
def test_what_was_sought_is_reached(data: bytes, ttl: int, target: float) -> None:
    envelope = Envelope.mine(1_600_000_000, ttl, b"abcd", data, target)
    assert envelope.pow() >= target
    assert envelope.reaches(target)


@settings(max_examples=200)
@given(st.binary(max_size=700), st.integers(0, 400), st.integers(0, 11), st.floats(0, 0.01), st.integers(0, 1000))
def test_reaching_a_target_is_having_that_much(data: bytes, ttl: int, extra: int, target: float, nonce: int) -> None:
    envelope = Envelope.create(1_600_000_000, ttl, b"abcd", data, nonce)
    assert envelope.reaches(target, extra) is (envelope.pow(extra) >= target)


def test_no_search_for_nothing() -> None:
    envelope = Envelope.mine(1_600_000_000, 15, b"abcd", b"data", 0)
    assert envelope.nonce == 0


def test_a_search_ends() -> None:
    with pytest.raises(LocalError, match="ask for less"):
        search(keccak_state(b"short"), 200, max_hashes=100)


@pytest.mark.parametrize("target", [-1.0, 0.0, math.inf, math.nan, 1e300])
def test_targets_out_of_reach(target: float) -> None:
    with pytest.raises(LocalError):
        required_zeros(target, 1 << 20, 1 << 31)
