"""Unsigned varints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.wire import varint

# The table of multiformats/unsigned-varint.
KNOWN = [
    (0, "00"),
    (1, "01"),
    (127, "7f"),
    (128, "8001"),
    (0xE7, "e701"),
    (255, "ff01"),
    (300, "ac02"),
    (16384, "808001"),
    (2**63 - 1, "ffffffffffffffff7f"),
    (2**64 - 1, "ffffffffffffffffff01"),
]


@pytest.mark.parametrize(("value", "encoded"), KNOWN)
def test_known(value: int, encoded: str) -> None:
    assert varint.encode(value).hex() == encoded
    assert varint.decode(bytes.fromhex(encoded), 10) == (value, len(encoded) // 2)


@pytest.mark.parametrize("value", [-1, -128, -(2**64)])
def test_negative(value: int) -> None:
    with pytest.raises(LocalError):
        varint.encode(value)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=5))
def test_round_trip(value: int, rest: bytes) -> None:
    encoded = varint.encode(value)
    assert varint.decode(encoded + rest, 10) == (value, len(encoded))
    if len(encoded) > 1:
        with pytest.raises(RemoteError, match="does not end"):
            varint.decode(encoded, len(encoded) - 1)


@pytest.mark.parametrize("encoded", ["", "80", "ffff", "8000", "ff8000", "80" * 100_000])
def test_refused(encoded: str) -> None:
    with pytest.raises(RemoteError):
        varint.decode(bytes.fromhex(encoded), 10)


@given(st.binary(max_size=12), st.integers(0, 11))
def test_any_bytes(data: bytes, max_bytes: int) -> None:
    try:
        value, size = varint.decode(data, max_bytes)
    except RemoteError:
        return
    assert size <= max_bytes
    assert varint.encode(value) == data[:size]
