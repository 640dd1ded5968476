"""A capture: envelopes and when they came, one behind the other in a file. No I/O. See docs/inspect.md.

    capture = magic(8) ‖ version(2) ‖ reserved(2) ‖ record …
    record  = microseconds(8) ‖ length(4) ‖ envelope

Numbers are big-endian; the time is Unix time. A record whose end is missing, as a program that was killed leaves it
behind, is no error: :attr:`CaptureReader.incomplete` counts its bytes.
"""

from __future__ import annotations

import struct

from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE

MAGIC = b"\x89PSTCAP\n"
"""Not text, and changed by everything that changes line ends."""
VERSION = 1
HEADER_SIZE = len(MAGIC) + 4
MAX_RECORDED_SIZE = MAX_ENVELOPE_SIZE + 64
"""Bytes of an envelope with its RLP headers. A longer one is damage, and is seen before anything waits for its end."""

_VERSION = struct.Struct(">HH")
_RECORD = struct.Struct(">QI")
RECORD_OVERHEAD = _RECORD.size
"""Bytes of a record beside the envelope."""

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """An envelope that came."""

    microseconds: int
    """Unix time."""
    raw: bytes
    """The envelope in RLP. That it is one is not checked here."""

    @property
    def time(self) -> float:
        """Unix time in seconds."""
        return self.microseconds / _MICROSECONDS

    @classmethod
    def at(cls, time: float, raw: bytes) -> Record:
        """A record of ``raw``, which came at ``time`` (Unix seconds)."""
        return cls(round(time * _MICROSECONDS), raw)

    def encode(self) -> bytes:
        """
        :raises LocalError: larger than an envelope can be, or a time before 1970.
        """
        if len(self.raw) > MAX_RECORDED_SIZE or not 0 <= self.microseconds < 1 << 64:
            raise LocalError(f"A capture holds envelopes of at most {MAX_RECORDED_SIZE} bytes that came after 1970.")
        return _RECORD.pack(self.microseconds, len(self.raw)) + self.raw


def header() -> bytes:
    """What a capture begins with."""
    return MAGIC + _VERSION.pack(VERSION, 0)


class CaptureReader:
    """Bytes in, records out::

        reader.receive_data(data)
        while (record := reader.next_record()) is not None: ...

    Who asks for the records after each piece of data never has more than one record in it beside that piece.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.position = 0
        """Bytes that were understood so far: where the damage begins, if there is some."""
        self.has_header = False
        """Whether the header has come: without it, it is no capture."""

    @property
    def incomplete(self) -> int:
        """Bytes of a record, or of the header, whose end has not come yet."""
        return len(self._buffer)

    def receive_data(self, data: bytes) -> None:
        """Take bytes, cut in any way."""
        self._buffer += data

    def next_record(self) -> Record | None:
        """The next record, or None if it is not complete yet.

        :raises RemoteError: no capture, of a version that we do not know, or damaged. So it is from then on.
        """
        if not self.has_header and not self._read_header():
            return None
        buffer = self._buffer
        if len(buffer) < RECORD_OVERHEAD:
            return None
        microseconds, length = _RECORD.unpack_from(buffer)
        if length > MAX_RECORDED_SIZE:
            raise RemoteError(f"a record of {length} bytes")
        end = RECORD_OVERHEAD + length
        if end > len(buffer):
            return None
        record = Record(microseconds, bytes(buffer[RECORD_OVERHEAD:end]))
        self._take(end)
        return record

    def _read_header(self) -> bool:
        buffer = self._buffer
        if not MAGIC.startswith(buffer[: len(MAGIC)]):
            raise RemoteError("this is no capture")
        if len(buffer) < HEADER_SIZE:
            return False
        version, _ = _VERSION.unpack_from(buffer, len(MAGIC))
        if version != VERSION:
            raise RemoteError(f"a capture of version {version}; this program reads version {VERSION}")
        self._take(HEADER_SIZE)
        self.has_header = True
        return True

    def _take(self, count: int) -> None:
        del self._buffer[:count]
        self.position += count
