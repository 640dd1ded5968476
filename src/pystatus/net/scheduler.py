"""Whose turn it is, of the peers that bring more than others should wait for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Scheduler:
    """One of those who wait goes on in each turn of the event loop, in the order in which they came. However many there
    are, everybody else waits for one of them at most."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, go_on: Callable[[], None]) -> None:
        """Have ``go_on`` called once, when it is its turn."""
        self._waiting.append(go_on)
        if len(self._waiting) == 1:
            self._next_soon()

    def _next_soon(self) -> None:
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        go_on = self._waiting.popleft()
        if self._waiting:
            self._next_soon()
        go_on()
