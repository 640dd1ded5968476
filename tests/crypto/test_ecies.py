"""ECIES: the vectors, and every way in which a text can be damaged."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto import ecies
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, cases, unhex

KEY = PrivateKey(b"\x11" * 32)
SEALED = ecies.encrypt(KEY.public_key, b"hello", os.urandom)


@pytest.mark.parametrize("case", cases("x3dh", "ecies"), ids=case_id)
def test_vectors(case: Case) -> None:
    key, ciphertext = PrivateKey(unhex(case["recipient_private_key"])), unhex(case["ciphertext"])
    if case["must_fail"]:
        with pytest.raises(RemoteError):
            ecies.decrypt(key, ciphertext)
    else:
        assert ecies.decrypt(key, ciphertext) == unhex(case["plaintext"])


@given(st.binary(min_size=1, max_size=300), st.binary(max_size=20))
def test_round_trip(plaintext: bytes, mac_data: bytes) -> None:
    sealed = ecies.encrypt(KEY.public_key, plaintext, os.urandom, mac_data)
    assert len(sealed) == len(plaintext) + ecies.OVERHEAD
    assert sealed[0] == 4
    assert ecies.decrypt(KEY, sealed, mac_data) == plaintext
    with pytest.raises(RemoteError, match="tag"):
        ecies.decrypt(KEY, sealed, mac_data + b"x")


def test_all_randomness_is_given() -> None:
    def sealed() -> bytes:
        random = QueuedRandom([b"\x22" * 32])
        return ecies.encrypt(KEY.public_key, b"hello", lambda size: random(size) if size == 32 else b"\x33" * size)

    assert sealed() == sealed()
    assert sealed()[:65] == PrivateKey(b"\x22" * 32).public_key.uncompressed
    assert sealed()[65:81] == b"\x33" * 16


@pytest.mark.parametrize("size", range(ecies.OVERHEAD + 1))
def test_every_size_that_holds_no_message(size: int) -> None:
    """Attack A29: 0 to 113 bytes, 113 being the form of an empty plaintext, which the reference refuses, too."""
    for data in ((SEALED * 2)[:size], bytes(size), b"\4" * size):
        with pytest.raises(RemoteError, match=f"{size} bytes holds no message"):
            ecies.decrypt(KEY, data)


def test_empty_plaintext_is_not_opened() -> None:
    with pytest.raises(RemoteError, match="113 bytes"):
        ecies.decrypt(KEY, ecies.encrypt(KEY.public_key, b"", os.urandom))


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_changed_byte(position: int, change: int) -> None:
    damaged = bytearray(SEALED)
    damaged[position] ^= change
    with pytest.raises(RemoteError):
        ecies.decrypt(KEY, bytes(damaged))


@pytest.mark.parametrize("cut", [slice(None, -1), slice(1, None), slice(None, 114)])
def test_cut_short(cut: slice) -> None:
    sealed = ecies.encrypt(KEY.public_key, b"hello, world", os.urandom)
    with pytest.raises(RemoteError):
        ecies.decrypt(KEY, sealed[cut])


def test_glued() -> None:
    with pytest.raises(RemoteError):
        ecies.decrypt(KEY, SEALED + b"\0")


def test_for_somebody_else() -> None:
    with pytest.raises(RemoteError, match="tag"):
        ecies.decrypt(PrivateKey(b"\x12" * 32), SEALED)


@pytest.mark.parametrize("prefix", [0, 2, 3, 5, 6, 7])
def test_ephemeral_key_in_another_form(prefix: int) -> None:
    with pytest.raises(RemoteError, match="uncompressed point"):
        ecies.decrypt(KEY, bytes([prefix]) + SEALED[1:])


OFF_THE_CURVE = {"zero": bytes(64), "too large": b"\xff" * 64, "one bit off": SEALED[1:64] + bytes([SEALED[64] ^ 1])}


@pytest.mark.parametrize("point", OFF_THE_CURVE.values(), ids=OFF_THE_CURVE)
def test_ephemeral_key_off_the_curve(point: bytes) -> None:
    with pytest.raises(RemoteError, match="not a point"):
        ecies.decrypt(KEY, b"\4" + point + SEALED[65:])


@settings(max_examples=200)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes(data: bytes, behind_a_point: bool) -> None:
    with pytest.raises(RemoteError):
        ecies.decrypt(KEY, SEALED[:65] + data if behind_a_point else data)
