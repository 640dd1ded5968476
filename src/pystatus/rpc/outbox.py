"""What waits to be written to a caller that keeps its connection open."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

MAX_WAITING_BYTES = 32 << 20
"""Bytes that wait for a caller which does not read. It is disconnected then: nothing is dropped in silence."""


class Outbox:
    """Messages in the order in which they were made. Putting one in never blocks."""

    def __init__(self, max_bytes: int = MAX_WAITING_BYTES) -> None:
        self._max_bytes = max_bytes
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self.is_overfull = False
        """Too much was waiting: nothing more is taken, and the reader is at the end."""
        self._is_closed = False

    def put(self, message: bytes) -> None:
        """Queue a message, or give the caller up."""
        if self._is_closed:
            return  # nobody reads it any more
        self._messages.append(message)
        self._bytes += len(message)
        if self._bytes > self._max_bytes:
            self.is_overfull = True
            self._messages.clear()
            self.close()
        self._news.set()

    def close(self) -> None:
        """Take nothing more; what waits is still read."""
        self._is_closed = True
        self._news.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """Every message until the box is closed and empty. A message counts as waiting until the next is asked for."""
        while True:
            while self._messages:
                message = self._messages.popleft()
                yield message
                self._bytes -= len(message)
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()
