"""How much content a WebSocket brings (RFC 6455 §5.2), to count what is held of it.

aiohttp tells nothing of a message before its end, and its bytes on the wire are more than what is kept of them: each
frame has a header, and a message may have a frame for each byte.
"""

from __future__ import annotations

_SHORTEST_HEADER = 2
_MASKED = 0x80
_MASK_SIZE = 4
_LENGTH = 0x7F
_EXTENDED = {126: 2, 127: 8}
"""Bytes of a length that does not fit, by what stands in its place."""


class ContentCounter:
    """Follows the frames of one direction, however their bytes are cut. Holds no more than a header."""

    def __init__(self) -> None:
        self._header = b""
        self._missing = 0

    def count(self, data: bytes) -> int:
        """How many of the next bytes are content; the others are headers."""
        content, position, end = 0, 0, len(data)
        while True:
            if self._missing:
                part = min(self._missing, end - position)
                content += part
                position += part
                self._missing -= part
            if position == end:
                return content
            header, self._header = self._header, b""
            if header:
                data, position = header + data[position:], 0
                end = len(data)
            size = self._begin(data, position, end)
            if size == 0:
                self._header = bytes(data[position:])
                return content
            position += size

    def _begin(self, data: bytes, position: int, end: int) -> int:
        """Read the header of a frame: its size; 0 if it is not complete."""
        if end - position < _SHORTEST_HEADER:
            return 0
        second = data[position + 1]
        length = second & _LENGTH
        extended = _EXTENDED.get(length, 0)
        size = _SHORTEST_HEADER + extended + (_MASK_SIZE if second & _MASKED else 0)
        if end - position < size:
            return 0
        if extended:
            length = int.from_bytes(data[position + _SHORTEST_HEADER : position + _SHORTEST_HEADER + extended], "big")
        self._missing = length
        return size
