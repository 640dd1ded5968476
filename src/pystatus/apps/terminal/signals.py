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


HANGUP_PATIENCE = 3.0
"""Seconds after the terminal was closed until whatever still waits for it is interrupted: textual's writing thread ends
with the first error, and its shutdown then waits for that thread for ever."""


class TerminalGone(BaseException):
    """Interrupts what waits for a terminal that does not exist any more."""


def _interrupt(*_: object) -> None:
    raise TerminalGone


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
            if number == signal.SIGHUP:
                signal.signal(signal.SIGALRM, _interrupt)
                signal.setitimer(signal.ITIMER_REAL, HANGUP_PATIENCE)

        for number in _ENDS:
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        return await main

    try:
        result = run(guarded())
    except TerminalGone:
        pass
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
    except asyncio.CancelledError:
        if not received:
            raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    if signal.SIGHUP in received:
        # What is still buffered for the terminal would be tried once more at exit, and change the exit code.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
    if received:  # also where a library took the cancellation for a wish to end well
        raise SystemExit(128 + received[0])
    return result
