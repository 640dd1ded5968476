"""The structure of JPEG files (ITU-T T.81 annex B)."""

from __future__ import annotations

import re
import struct

from pystatus.media.errors import InvalidMedia
from pystatus.media.exif import orientation
from pystatus.media.limits import MAX_PROFILE_BYTES, MAX_SCANS
from pystatus.media.outline import UPRIGHT, Outline, Parts, cut_off, damaged
from pystatus.payloads.kinds import ImageType

_EOI, _SOS = 0xD9, 0xDA
_STARTS_OF_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Sequential and progressive pictures; decoders of clients know no others."""
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL = frozenset({0xC0, 0xC1})
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
"""Huffman tables, quantisation, restart interval."""
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""The segment that says that the colours are YCbCr, without a preview."""
_ADOBE_SIZE = 12
"""Bytes of Adobe's segment, which says how the colours are coded."""
_ICC = b"ICC_PROFILE\0"
_FIRST_MARKER, _RST0 = 0xC0, 0xD0
_FILL = re.compile(rb"\xff+")
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: a marker that is neither stuffed nor a restart. What fills the space before it is not
looked for here: from each of its bytes all others would be gone through once more."""


def read(data: bytes) -> Outline:
    """The outline of a JPEG file.

    :raises InvalidMedia: it is damaged or over a limit.
    """
    parts = Parts()
    kept = [data[:2]]
    frame: tuple[int, int, int] | None = None
    turned, profile = UPRIGHT, {}
    scans, place = 0, 2
    while True:
        parts.one_more()
        marker, place, segment = _segment(data, place)
        if marker == _EOI:
            break
        if marker in _OTHER_FRAMES:
            raise InvalidMedia("it is a JPEG of a kind that clients cannot show")
        whole = b"\xff" + bytes([marker]) + struct.pack(">H", len(segment) + 2) + segment
        if marker in _STARTS_OF_FRAMES:
            if frame is not None or len(segment) < 6:
                raise damaged()
            height, width = struct.unpack_from(">HH", segment, 1)
            frame = marker, width, height
            kept.append(whole)
        elif marker == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise InvalidMedia(f"it has more than {MAX_SCANS} passes")
            end = _MARKER.search(data, place)
            if end is None:
                raise cut_off()
            kept += [whole, data[place : end.start()].rstrip(b"\xff")]
            place = end.start()
        elif marker in _TABLES:
            kept.append(whole)
        elif marker == _APP0 and segment.startswith(b"JFIF\0") and len(kept) == 1:
            kept.append(_JFIF)
        elif marker == _APP14 and segment.startswith(b"Adobe"):
            kept.append(b"\xff\xee" + struct.pack(">H", _ADOBE_SIZE + 2) + segment[:_ADOBE_SIZE])
        elif marker == _APP1 and segment.startswith(b"Exif\0"):
            turned = orientation(segment)
        elif marker == _APP2 and segment.startswith(_ICC) and len(segment) > len(_ICC) + 2:
            profile[segment[len(_ICC)]] = segment[len(_ICC) + 2 :]
    if frame is None or not scans:
        raise damaged()
    kept.append(b"\xff\xd9")
    joined = b"".join(profile[number] for number in sorted(profile))
    return Outline(
        ImageType.JPEG,
        width=frame[1],
        height=frame[2],
        cleaned=b"".join(kept),
        orientation=turned,
        profile=joined if len(joined) <= MAX_PROFILE_BYTES else b"",
        is_sequential=frame[0] in _SEQUENTIAL and scans == 1,
    )


def _segment(data: bytes, place: int) -> tuple[int, int, bytes]:
    """The marker at a place, where the next one is, and the contents of its segment."""
    fill = _FILL.match(data, place)
    if fill is None:
        raise damaged() if place < len(data) else cut_off()
    place = fill.end()
    if len(data) <= place:
        raise cut_off()
    marker = data[place]
    if marker == _EOI:
        return marker, place + 1, b""
    if marker < _FIRST_MARKER or _RST0 <= marker < _EOI:
        raise damaged()
    if len(data) < place + 3:
        raise cut_off()
    (length,) = struct.unpack_from(">H", data, place + 1)
    end = place + 1 + length
    if length < 2:
        raise damaged()
    if len(data) < end:
        raise cut_off()
    return marker, end, data[place + 3 : end]
