"""The structure of WEBP files (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pystatus.media.exif import orientation
from pystatus.media.limits import MAX_PROFILE_BYTES
from pystatus.media.outline import UPRIGHT, Outline, Parts, cut_off, damaged
from pystatus.payloads.kinds import ImageType

_KEPT = frozenset({b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_FRAME_PARTS = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
_DESCRIBED = 0x20 | 0x08 | 0x04
"""The flags of a file that has a colour profile, EXIF or XMP."""
_FRAME_HEADER = 16
"""Bytes of an animation's picture before its data."""


def read(data: bytes) -> Outline:
    """The outline of a WEBP file.

    :raises InvalidMedia: it is damaged or over a limit.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise damaged()
    (size,) = struct.unpack_from("<I", data, 4)
    if len(data) < 8 + size:
        raise cut_off()
    parts = Parts()
    kept: list[bytes] = []
    canvas: tuple[int, int] | None = None
    picture: tuple[int, int] | None = None
    turned, profile = UPRIGHT, b""
    for name, contents in _chunks(data[12 : 8 + size], parts):
        if name == b"VP8X":
            if kept or len(contents) < 10:
                raise damaged()
            canvas = 1 + int.from_bytes(contents[4:7], "little"), 1 + int.from_bytes(contents[7:10], "little")
            contents = bytes([contents[0] & ~_DESCRIBED]) + contents[1:10]
        elif name in (b"VP8 ", b"VP8L"):
            if picture is not None or parts.frames:
                raise damaged()
            picture = _size(name, contents)
        elif name == b"ANMF":
            parts.one_more_frame()
            contents = _frame(contents, canvas, parts)
        elif name == b"EXIF":
            turned = orientation(contents)
        elif name == b"ICCP":
            profile = contents if len(contents) <= MAX_PROFILE_BYTES else b""
        if name in _KEPT:
            kept.append(_chunk(name, contents))
    if (picture is None) == (not parts.frames) or (canvas and picture and canvas != picture):
        raise damaged()
    width, height = canvas or picture or (0, 0)
    body = b"WEBP" + b"".join(kept)
    return Outline(
        ImageType.WEBP,
        width=width,
        height=height,
        cleaned=b"RIFF" + struct.pack("<I", len(body)) + body,
        frames=max(1, parts.frames),
        orientation=turned,
        profile=profile,
    )


def _chunks(data: bytes, parts: Parts) -> Iterator[tuple[bytes, bytes]]:
    """The name and the contents of each chunk."""
    place = 0
    while place < len(data):
        parts.one_more()
        if len(data) < place + 8:
            raise cut_off()
        name, size = struct.unpack_from("<4sI", data, place)
        end = place + 8 + size
        if len(data) < end:
            raise cut_off()
        yield name, data[place + 8 : end]
        place = end + (size & 1)


def _chunk(name: bytes, contents: bytes) -> bytes:
    return name + struct.pack("<I", len(contents)) + contents + b"\0" * (len(contents) & 1)


def _frame(contents: bytes, canvas: tuple[int, int] | None, parts: Parts) -> bytes:
    """One picture of an animation, which has to lie within its canvas and be as large as it says."""
    if canvas is None or len(contents) < _FRAME_HEADER:
        raise damaged()
    left, top, wide, high = (int.from_bytes(contents[place : place + 3], "little") for place in (0, 3, 6, 9))
    wide, high = wide + 1, high + 1
    if 2 * left + wide > canvas[0] or 2 * top + high > canvas[1]:
        raise damaged()
    kept, sizes = [contents[:_FRAME_HEADER]], []
    for name, data in _chunks(contents[_FRAME_HEADER:], parts):
        if name in _FRAME_PARTS:
            kept.append(_chunk(name, data))
        if name in (b"VP8 ", b"VP8L"):
            sizes.append(_size(name, data))
    if sizes != [(wide, high)]:
        raise damaged()
    return b"".join(kept)


def _size(name: bytes, data: bytes) -> tuple[int, int]:
    """Width and height in the head of the pixels' data."""
    if name == b"VP8L":
        if len(data) < 5 or data[0] != 0x2F:
            raise damaged()
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
        raise damaged()
    wide, high = struct.unpack_from("<HH", data, 6)
    return wide & 0x3FFF, high & 0x3FFF
