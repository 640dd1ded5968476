"""yamux: many streams on one connection (github.com/hashicorp/yamux, specification; github.com/libp2p/specs, yamux).

A frame is a header of 12 bytes (version, type, flags, stream, length) and, if it is data, as many bytes. Nothing is
kept here: what comes is handed on as it comes, and what is sent must fit into the window that the peer has opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, IntFlag
from struct import Struct
from typing import TypeAlias

from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass

PROTOCOL = "/yamux/1.0.0"
"""Its name in multistream-select."""
WINDOW = 256 << 10
"""Bytes that each side may send on a new stream before the other says more (the specification)."""

_HEADER = Struct(">BBHII")
_VERSION = 0


class FrameType(IntEnum):
    DATA = 0
    WINDOW_UPDATE = 1
    PING = 2
    GO_AWAY = 3


class Flag(IntFlag):
    NONE = 0
    SYN = 1
    ACK = 2
    FIN = 4
    RST = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """The peer opens a stream. :meth:`Yamux.reset` refuses it."""

    stream: int


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes on a stream."""

    stream: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The peer sends nothing more on this stream."""

    stream: int


@dataclass(frozen=True, slots=True)
class Reset:
    """The peer has given a stream up; there is nothing more of it."""

    stream: int


@dataclass(frozen=True, slots=True)
class Pinged:
    """The peer wants :meth:`Yamux.pong`."""

    value: int


@dataclass(frozen=True, slots=True)
class GoneAway:
    """The peer opens no more streams and wants none."""

    code: int


Event: TypeAlias = Opened | Data | Ended | Reset | Pinged | GoneAway


class _Stream:
    __slots__ = ("ended_by_peer", "ended_by_us", "received", "window")

    def __init__(self) -> None:
        self.window = WINDOW
        """Bytes that we may send."""
        self.received = 0
        """Bytes that the peer has sent and was not told that it may send again."""
        self.ended_by_us = False
        self.ended_by_peer = False


class Yamux:
    """One side of a multiplexed connection."""

    __slots__ = ("_body", "_body_ends", "_body_stream", "_buffer", "_next_id", "_output", "_parity", "_streams")

    def __init__(self, *, initiates: bool) -> None:
        """
        :param initiates: we dialled: our streams have odd numbers.
        """
        self._parity = 1 if initiates else 0
        self._next_id = 1 if initiates else 2
        self._streams: dict[int, _Stream] = {}
        self._output: list[bytes] = []
        self._buffer = bytearray()
        self._body = 0
        self._body_stream = 0
        self._body_ends = False

    def __len__(self) -> int:
        """Streams that are open in a direction."""
        return len(self._streams)

    def __contains__(self, stream: object) -> bool:
        return stream in self._streams

    def data_to_send(self) -> bytes:
        """What is to be written now."""
        output = b"".join(self._output)
        self._output.clear()
        return output

    # Ours

    def open(self) -> int:
        """Open a stream: its number."""
        stream = self._next_id
        self._next_id += 2
        self._streams[stream] = _Stream()
        self._send(FrameType.WINDOW_UPDATE, Flag.SYN, stream)
        return stream

    def accept(self, stream: int) -> None:
        """Say that a stream of the peer is welcome."""
        self._send(FrameType.WINDOW_UPDATE, Flag.ACK, stream)

    def send(self, stream: int, data: bytes) -> None:
        """Send bytes on an open stream.

        :raises LocalError: we have ended it, it is closed, or the peer does not read: more than its window waits.
        """
        entry = self._streams.get(stream)
        if entry is None or entry.ended_by_us:
            raise LocalError("Nothing can be sent on a stream that is closed.")
        if len(data) > entry.window:
            raise LocalError("The peer does not read what it asked for.")
        entry.window -= len(data)
        self._send(FrameType.DATA, Flag.NONE, stream, len(data), data)

    def end(self, stream: int) -> None:
        """Send nothing more on a stream. It may be ended, or closed, already."""
        entry = self._streams.get(stream)
        if entry is not None and not entry.ended_by_us:
            entry.ended_by_us = True
            self._send(FrameType.WINDOW_UPDATE, Flag.FIN, stream)
            self._forget_ended(stream, entry)

    def reset(self, stream: int) -> None:
        """Give a stream up. It may be closed already."""
        if self._streams.pop(stream, None) is not None:
            self._send(FrameType.WINDOW_UPDATE, Flag.RST, stream)

    def pong(self, value: int) -> None:
        """Answer a Ping."""
        self._send(FrameType.PING, Flag.ACK, 0, value)

    def go_away(self) -> None:
        """Say that the connection ends."""
        self._send(FrameType.GO_AWAY, Flag.NONE, 0)

    def _send(self, kind: FrameType, flags: Flag, stream: int, length: int = 0, data: bytes = b"") -> None:
        self._output.append(_HEADER.pack(_VERSION, kind, flags, stream, length) + data)

    def _forget_ended(self, stream: int, entry: _Stream) -> None:
        if entry.ended_by_us and entry.ended_by_peer:
            del self._streams[stream]

    # The peer's

    def receive_data(self, data: bytes) -> Iterator[Event]:
        """Take bytes, cut in any way. After each event it is seen what has become of the streams meanwhile.

        :raises RemoteError: no yamux, or more than the window of a stream.
        """
        buffer = self._buffer
        buffer += data
        while True:
            if self._body:
                if not buffer:
                    return
                yield from self._take_body()
            elif len(buffer) >= _HEADER.size:
                header = _HEADER.unpack_from(buffer)
                del buffer[: _HEADER.size]
                yield from self._frame(*header)
            else:
                return

    def _take_body(self) -> Iterator[Event]:
        """What has come of the data of a frame."""
        piece = bytes(self._buffer[: self._body])
        del self._buffer[: len(piece)]
        self._body -= len(piece)
        if self._body_stream in self._streams:  # else we have reset it, and the peer did not know yet
            yield Data(self._body_stream, piece)
        if not self._body and self._body_ends:
            yield from self._ended(self._body_stream)

    def _frame(self, version: int, kind: int, flags: int, stream: int, length: int) -> Iterator[Event]:
        if version != _VERSION or kind > FrameType.GO_AWAY:
            raise RemoteError("frame is not of yamux")
        if kind == FrameType.PING:
            if flags & Flag.SYN:
                yield Pinged(length)
        elif kind == FrameType.GO_AWAY:
            yield GoneAway(length)
        else:
            yield from self._stream_frame(kind, flags, stream, length)

    def _stream_frame(self, kind: int, flags: int, stream: int, length: int) -> Iterator[Event]:
        if flags & Flag.SYN:
            if not stream or stream % 2 == self._parity or stream in self._streams:
                raise RemoteError("peer opens a stream with a number that it may not use")
            self._streams[stream] = _Stream()
            yield Opened(stream)
        entry = self._streams.get(stream)
        if kind == FrameType.DATA:
            self._data(entry, stream, length)
        elif entry is not None:
            entry.window = min(entry.window + length, 0xFFFFFFFF)
        if flags & Flag.RST:
            if self._streams.pop(stream, None) is not None:
                yield Reset(stream)
        elif flags & Flag.FIN:
            if self._body:
                self._body_ends = True
            else:
                yield from self._ended(stream)

    def _data(self, entry: _Stream | None, stream: int, length: int) -> None:
        """Data is announced: what comes next is its."""
        if length > WINDOW:
            raise RemoteError(f"frame of yamux announces {length} bytes: the window is {WINDOW}")
        if entry is not None:
            if entry.ended_by_peer:
                raise RemoteError("peer sends on a stream that it has ended")
            entry.received += length
            if entry.received > WINDOW:
                raise RemoteError("peer sends more than the window of a stream")
            if entry.received >= WINDOW // 2:
                self._send(FrameType.WINDOW_UPDATE, Flag.NONE, stream, entry.received)
                entry.received = 0
        self._body, self._body_stream, self._body_ends = length, stream, False

    def _ended(self, stream: int) -> Iterator[Event]:
        entry = self._streams.get(stream)
        if entry is not None and not entry.ended_by_peer:
            entry.ended_by_peer = True
            self._forget_ended(stream, entry)
            yield Ended(stream)
