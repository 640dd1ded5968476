"""Requests on a Unix socket: JSON values one after another, with or without white space between them, as go-ethereum's
IPC has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pystatus.errors import RemoteError

MAX_DEPTH = 512
"""Brackets inside each other: msgspec refuses more than about a thousand anyway."""

_OPENING = b"{["
_WHITE = b" \t\r\n"
_WHITE_SPACE = re.compile(rb"[ \t\r\n]")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')


class JsonSplitter:
    """Bytes in, whole values out. What is no object or array ends at the next white space. Looks at each byte once."""

    def __init__(self, max_size: int) -> None:
        """
        :param max_size: bytes of one value.
        """
        self._max_size = max_size
        self._buffer = bytearray()
        self._position = 0
        """Everything before it has been looked at."""
        self._depth = 0
        self._in_string = False

    @property
    def size(self) -> int:
        """Bytes of a value that is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The values that are complete now.

        :raises RemoteError: while iterating: a value is too large or too deep; nothing behind it can be read.
        """
        self._buffer += data
        while (end := self._find_end()) is not None:
            value = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._position = 0
            yield value
        if len(self._buffer) > self._max_size:
            raise RemoteError(f"a request has at most {self._max_size} bytes")

    def _find_end(self) -> int | None:
        buffer = self._buffer
        if self._depth == 0 and self._position == 0:
            del buffer[: len(buffer) - len(buffer.lstrip(_WHITE))]
        if not buffer:
            return None
        if buffer[0] not in _OPENING:
            found = _WHITE_SPACE.search(buffer, self._position)
            self._position = len(buffer)
            return found.start() if found else None
        while (found := (_IN_STRING if self._in_string else _STRUCTURE).search(buffer, self._position)) is not None:
            self._position = found.end()
            sign = found[0]
            if sign == b"\\":
                if found.end() == len(buffer):
                    self._position = found.start()
                    return None
                self._position += 1
            elif sign == b'"':
                self._in_string = not self._in_string
            elif sign in _OPENING:
                self._depth += 1
                if self._depth > MAX_DEPTH:
                    raise RemoteError(f"a request has at most {MAX_DEPTH} brackets inside each other")
            else:
                self._depth -= 1
                if self._depth == 0:
                    return self._position
        self._position = len(buffer)
        return None
