"""Spans of time as both archives store them: pairs of Unix seconds, eight bytes each, big-endian."""

from __future__ import annotations

import struct

from pystatus.mailserver.server.archive import ArchiveError
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges

_PAIR = struct.Struct(">QQ")


def pack(spans: TimeRanges) -> bytes:
    """What is stored."""
    return b"".join(_PAIR.pack(*span) for span in spans)


def unpack(stored: bytes) -> TimeRanges:
    """What was stored.

    :raises ArchiveError: something else was.
    """
    if len(stored) % _PAIR.size:
        raise ArchiveError("The archive is damaged: what it says of the time that it covers cannot be read.")
    return TimeRanges(TimeRange(*pair) for pair in _PAIR.iter_unpack(stored))
