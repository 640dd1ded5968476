"""The one thing in EXIF metadata that matters for how a picture looks: its orientation."""

from __future__ import annotations

import struct

from pystatus.media.outline import UPRIGHT

_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112
_SHORT = 3
_MOST_ENTRIES = 256
"""Entries of the directory that are looked at. Ours: cameras write some twenty."""


def orientation(exif: bytes) -> int:
    """The orientation that an EXIF block names, with or without its prefix. What cannot be read is upright."""
    data = exif.removeprefix(_PREFIX)
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "4xI", data)
        (count,) = struct.unpack_from(order + "H", data, start)
        for place in range(start + 2, start + 2 + 12 * min(count, _MOST_ENTRIES), 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", data, place)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return value if UPRIGHT <= value <= 8 else UPRIGHT
    except struct.error:
        pass  # it ends too early, and nobody has to believe what is left of it
    return UPRIGHT
