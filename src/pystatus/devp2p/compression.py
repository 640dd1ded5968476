"""Snappy raw blocks around message payloads (EIP-706, overlay.md §2.5)."""

from dataclasses import dataclass

import cramjam

from pystatus.errors import RemoteError
from pystatus.wire import varint

SNAPPY_VERSION = 5
"""Payloads are compressed with peers that announce at least this version of the base protocol."""

_MAX_LENGTH_BYTES = 5  # a Snappy length is a 32-bit number
# The densest element of Snappy, a copy of 64 bytes, takes three bytes.
_MAX_COPY = 64
_COPY_SIZE = 3
_decompress_raw = cramjam.snappy.decompress_raw


@dataclass(slots=True)
class _Latest:
    """What was compressed last."""

    payload: bytes
    block: bytes


_latest = _Latest(b"", b"\x00")


def compress(payload: bytes) -> bytes:
    """The raw block of ``payload``. What a relay sends to many peers, one after the other, is compressed once."""
    latest = _latest
    if payload is not latest.payload:
        latest.block = bytes(cramjam.snappy.compress_raw(payload))
        latest.payload = payload
    return latest.block


def decompress(data: bytes, max_size: int) -> bytes:
    """The contents of a raw block. The announced length is checked before anything is allocated.

    :raises RemoteError: more than ``max_size`` bytes announced, more than such a block can hold, or not Snappy.
    """
    if len(data) > 2 and data[0] > 0x7F and 0 < data[1] < 0x80:  # 128 to 16,383 bytes, as nearly all packets have
        size, length_size = data[0] & 0x7F | data[1] << 7, 2
    else:
        size, length_size = varint.decode(data, _MAX_LENGTH_BYTES)
    if size > max_size:
        raise RemoteError(f"compressed payload announces {size} bytes where at most {max_size} are taken")
    if size * _COPY_SIZE > (len(data) - length_size) * _MAX_COPY:
        raise RemoteError(f"compressed payload announces {size} bytes, more than Snappy can pack into it")
    try:
        return bytes(_decompress_raw(data))
    except cramjam.DecompressionError as error:
        raise RemoteError("payload is not a Snappy block") from error


def max_compressed_size(size: int) -> int:
    """The most bytes that a compressor may make of ``size`` bytes (Snappy's own bound)."""
    return 32 + size + size // 6
