"""The parser of a WebSocket, and somebody who is told what it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Overheard:
    """In place of aiohttp's own parser."""

    def __init__(self, parser: Any, heard: Callable[[bytes], None]) -> None:
        """
        :param heard: called with all bytes before the parser is, the first of which may have come with the request.
        """
        self._parser = parser
        self._heard = heard
        self.feed_eof = parser.feed_eof

    def feed_data(self, data: bytes) -> Any:
        """What has been read."""
        self._heard(data)
        return self._parser.feed_data(data)
