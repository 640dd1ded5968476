"""The structure of PNG files (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib

from pystatus.media.exif import orientation
from pystatus.media.limits import MAX_PROFILE_BYTES
from pystatus.media.outline import UPRIGHT, Outline, Parts, cut_off, damaged
from pystatus.payloads.kinds import ImageType

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"})
"""What pixels and animations need. Everything else says something about them."""


def read(data: bytes) -> Outline:
    """The outline of a PNG file.

    :raises InvalidMedia: it is damaged or over a limit.
    """
    if not data.startswith(SIGNATURE):
        raise damaged()
    parts = Parts()
    kept = [SIGNATURE]
    width = height = 0
    turned, has_pixels = UPRIGHT, False
    profile: bytes | None = None
    place = len(SIGNATURE)
    while True:
        parts.one_more()
        if len(data) < place + 12:
            raise cut_off()
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if len(data) < end:
            raise cut_off()
        contents = data[place + 8 : end - 4]
        if (name == b"IHDR") != (len(kept) == 1) or zlib.crc32(name + contents) != int.from_bytes(
            data[end - 4 : end], "big"
        ):
            raise damaged()
        if name in _KEPT:
            kept.append(data[place:end])
        place = end
        match name:
            case b"IHDR":
                if length != 13:
                    raise damaged()
                width, height = struct.unpack_from(">II", contents)
            case b"IDAT":
                has_pixels = True
            case b"fcTL":
                parts.one_more_frame()
            case b"eXIf":
                turned = orientation(contents)
            case b"iCCP" if profile is None:  # there may be one, and each becomes a thousand times as large
                profile = _profile(contents)
            case b"IEND":
                break
    if not has_pixels:
        raise damaged()
    return Outline(
        ImageType.PNG,
        width=width,
        height=height,
        cleaned=b"".join(kept),
        frames=max(1, parts.frames),
        orientation=turned,
        profile=profile or b"",
    )


def _profile(contents: bytes) -> bytes:
    """The colour profile in a chunk; empty if it cannot be read or is too large."""
    name, _, rest = contents.partition(b"\0")
    if len(name) > 79 or rest[:1] != b"\0":
        return b""
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(rest[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return b""
    return profile if inflater.eof else b""
