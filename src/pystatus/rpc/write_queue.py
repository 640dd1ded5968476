"""What waits to be written to a caller that keeps its connection open."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from pystatus.rpc.room import Room, Share

MAX_WAITING_BYTES = 32 << 20
"""Bytes that wait for a caller which does not read. It is disconnected then: nothing is dropped in silence."""


LITTLE = 1 << 20
"""Bytes that may wait while more is made, where that can be put off."""


class Outbox:
    """Messages in the order in which they were made. Putting one in never blocks."""

    def __init__(self, room: Room, give_up: Callable[[], None], max_bytes: int = MAX_WAITING_BYTES) -> None:
        """
        :param room: what all callers share. What this one holds besides is counted with :attr:`share`.
        :param give_up: called when too much waits: nothing more is taken, and the reader is at the end.
        """
        self.share: Share = room.share(self._overfull)
        self._give_up = give_up
        self._max_bytes = max_bytes
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._read = asyncio.Event()
        self.is_overfull = False
        """Too much was waiting."""
        self._is_closed = False

    def put(self, message: bytes) -> None:
        """Queue a message, or give the caller up."""
        if self._is_closed:
            return  # nobody reads it any more
        self._messages.append(message)
        self._bytes += len(message)
        self._news.set()
        if self._bytes > self._max_bytes:
            self.share.give_up()
        else:
            self.share.hold(len(message))

    def close(self) -> None:
        """Take nothing more; what waits is still read."""
        self._is_closed = True
        self._news.set()
        self._read.set()

    async def drained(self) -> None:
        """Wait until no more than :data:`LITTLE` waits to be read, or nothing is taken any more."""
        while self._bytes > LITTLE and not self._is_closed:
            self._read.clear()
            await self._read.wait()

    async def messages(self) -> AsyncIterator[bytes]:
        """Every message until the box is closed and empty. A message counts as waiting until the next is asked for."""
        while True:
            while self._messages:
                message = self._messages.popleft()
                yield message
                self._bytes -= len(message)
                self.share.hold(-len(message))
                if self._bytes <= LITTLE:
                    self._read.set()
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()

    def _overfull(self) -> None:
        self.is_overfull = True
        self._messages.clear()
        self.close()
        self._give_up()
