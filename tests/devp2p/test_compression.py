"""Snappy, and bombs made of it (EIP-706, A08)."""

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.devp2p.compression import compress, decompress, max_compressed_size
from pystatus.errors import RemoteError
from pystatus.wire import varint

LIMIT = 1 << 20


@given(st.binary(max_size=2000) | st.integers(0, LIMIT).map(bytes))
def test_round_trip(payload: bytes) -> None:
    compressed = compress(payload)
    assert len(compressed) <= max_compressed_size(len(payload))
    assert decompress(compressed, len(payload)) == payload


@given(st.binary(max_size=100))
def test_any_bytes_are_a_block_or_a_remote_error(data: bytes) -> None:
    with contextlib.suppress(RemoteError):
        assert len(decompress(data, LIMIT)) <= LIMIT


def test_one_byte_above_the_limit() -> None:
    assert decompress(compress(bytes(LIMIT)), LIMIT) == bytes(LIMIT)
    with pytest.raises(RemoteError, match="at most"):
        decompress(compress(bytes(LIMIT + 1)), LIMIT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\x80\x00",  # zero in two bytes
        b"\x80\x80\x80\x80\x80\x00",
        b"\xff\xff\xff\xff\xff\x01",
        varint.encode(2**32 - 1) + b"\x00a",
        varint.encode(2**35 - 1) + b"\x00a",
        b"\x03\x08ab",
        b"\x01\x00ab",
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(RemoteError):
        decompress(data, 2**32)


def test_nothing_is_allocated_for_a_length_that_the_block_cannot_hold() -> None:
    bomb = varint.encode(LIMIT * 512) + b"\x00" * 1000
    tracemalloc.start()
    with pytest.raises(RemoteError, match="pack"):
        decompress(bomb, LIMIT * 1024)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < LIMIT
