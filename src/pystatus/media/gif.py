"""The structure of GIF files (GIF89a)."""

from __future__ import annotations

import struct

from pystatus.media.outline import Outline, Parts, cut_off, damaged
from pystatus.payloads.kinds import ImageType

_SIGNATURES = (b"GIF87a", b"GIF89a")
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
"""The applications whose extension says how often an animation is repeated, and nothing else."""
_LOOP_SIZE = 19
"""Bytes of such an extension."""


def read(data: bytes) -> Outline:
    """The outline of a GIF file.

    :raises InvalidMedia: it is damaged or over a limit.
    """
    if data[:6] not in _SIGNATURES:
        raise damaged()
    if len(data) < 13:
        raise cut_off()
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    parts = Parts()
    place = 13 + _palette(flags)
    kept = [data[:place]]
    while True:
        parts.one_more()
        if len(data) <= place:
            raise cut_off()
        start, kind = place, data[place]
        if kind == _TRAILER:
            break
        if kind == _IMAGE:
            if len(data) < place + 11:
                raise cut_off()
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, place + 1)
            if left + wide > width or top + high > height:  # or a decoder would need more than the file says
                raise damaged()
            parts.one_more_frame()
            place = _blocks(data, place + 11 + _palette(flags), parts)
            kept.append(data[start:place])
        elif kind == _EXTENSION:
            label = data[place + 1 : place + 2]
            place = _blocks(data, place + 2, parts)
            extension = data[start:place]
            is_loop = extension[3:14] in _LOOPS and len(extension) == _LOOP_SIZE
            if label == bytes([_CONTROL]) or (label == bytes([_APPLICATION]) and is_loop):
                kept.append(extension)
        else:
            raise damaged()
    if not parts.frames:
        raise damaged()
    kept.append(bytes([_TRAILER]))
    return Outline(ImageType.GIF, width, height, b"".join(kept), frames=parts.frames)


def _palette(flags: int) -> int:
    """Bytes of the palette that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, place: int, parts: Parts) -> int:
    """Where a chain of blocks ends that begins at a place."""
    while True:
        parts.one_more()
        if len(data) <= place:
            raise cut_off()
        size = data[place]
        place += 1 + size
        if not size:
            return place
