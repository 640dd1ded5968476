"""Ending in order, whatever asks for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from pystatus.net.loop import run

T = TypeVar("T")

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""Besides Ctrl-C: a plain kill, and the terminal being closed."""


def run_until_signal(main: Coroutine[Any, Any, T]) -> T:
    """The result of ``main``. A signal that would end this process cancels it first, so that it can tidy up.

    :raises SystemExit: it was a signal; the code is 128 and its number, as shells have it.
    """
    received: list[int] = []

    async def guarded() -> T:
        task = asyncio.current_task()
        assert task is not None

        def end(number: int) -> None:
            received.append(number)
            task.cancel()

        for number in _ENDS:
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        return await main

    try:
        result = run(guarded())
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
    except asyncio.CancelledError:
        if not received:
            raise
    if signal.SIGHUP in received:
        # What is still buffered for the terminal would be tried once more at exit, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if received:  # also where a library took the cancellation for a wish to end well
        raise SystemExit(128 + received[0])
    return result
