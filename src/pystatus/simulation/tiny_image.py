"""The pictures that people in a simulation send: a real PNG of eight by eight pixels, another one for each message."""

from __future__ import annotations

import struct
import zlib

SIDE = 8
"""Pixels of a side: small, so that a simulation measures messages and not pictures."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
"""The header: eight bits of grey a pixel."""
_FACTOR = 2_654_435_761
"""Spreads numbers over 32 bits (Knuth): pictures of messages one after the other differ in many pixels."""


def tiny_image(number: int) -> bytes:
    """The picture of message ``number``: the same bytes on every machine, so it is stored without compression."""
    pixels = (number * _FACTOR + 1).to_bytes(SIDE * SIDE, "big")
    rows = b"".join(b"\x00" + pixels[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    data = stored + struct.pack(">I", zlib.adler32(rows))
    return _SIGNATURE + _chunk(b"IHDR", _GREY) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
