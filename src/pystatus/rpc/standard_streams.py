"""Standard input and output as a stream of JSON, whatever they are: pipes, a terminal, files.

An event loop cannot wait for every kind of file, so threads do. One that waits for input does not hold up the end of
the process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def _in_thread(work: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not done.done():  # else nobody waits any more
            set_it()

    def run() -> None:
        try:
            result = work()
        except OSError as error:
            failure = error
            _call_soon(loop, lambda: settle(lambda: done.set_exception(failure)))
        else:
            _call_soon(loop, lambda: settle(lambda: done.set_result(result)))

    threading.Thread(target=run, daemon=True).start()
    return await done


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
        loop.call_soon_threadsafe(call)


class Input:
    """What is read of a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def read(self, count: int) -> bytes:
        """At most ``count`` bytes; none: it is at its end, or cannot be read."""
        try:
            return await _in_thread(lambda: os.read(self._descriptor, count))
        except OSError:
            return b""


class Output:
    """What is written to a descriptor, in its order."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()
        self._is_over = False

    def write(self, data: bytes) -> None:
        """Queue bytes for the next :meth:`drain`."""
        if not self._is_over:
            self._waiting += data

    async def drain(self) -> None:
        """Write what is queued.

        :raises ConnectionError: nobody reads it, or it cannot be written.
        """
        while self._waiting:
            data = bytes(self._waiting[: 1 << 16])
            try:
                count = await _in_thread(partial(os.write, self._descriptor, data))
            except OSError as error:
                self.abort()
                raise ConnectionError(error.strerror) from error
            del self._waiting[:count]

    def abort(self) -> None:
        """Write nothing any more."""
        self._is_over = True
        self._waiting.clear()
