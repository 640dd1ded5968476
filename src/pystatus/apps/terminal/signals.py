"""Ending in order, whatever asks for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

from pystatus.errors import StatusError
from pystatus.faces.attach.long_wait import LONG_WAIT
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


def _say_who_hangs() -> None:
    """Where somebody ended this because they had waited for an answer, they hear what to do."""
    if LONG_WAIT.was_given_up:
        from pystatus.faces.attach.connection import hanging  # it is loaded, then

        print(hanging(), file=sys.stderr)


def _end_waiting_at(number: int) -> None:
    """At a signal, end waiting for a process that hangs, for which the event loop stands still; and then do what is
    done at it anyway."""
    before = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        LONG_WAIT.end()
        if callable(before):
            before(received, frame)

    signal.signal(number, handle)


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
        for number in (signal.SIGINT, *_ENDS):
            _end_waiting_at(number)
        return await main

    try:
        result = run(guarded())
    except TerminalGone:
        pass
    except KeyboardInterrupt:
        _say_who_hangs()
        raise SystemExit(128 + signal.SIGINT) from None
    except StatusError:  # that nobody answers, perhaps, as nobody waits any longer
        if not received:
            raise
    except asyncio.CancelledError:
        if not received:
            raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.SIGHUP in received:
        # What is still buffered for the terminal would be tried once more at exit, and change the exit code.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
    elif received:
        _say_who_hangs()
    if received:  # also where a library took the cancellation for a wish to end well
        raise SystemExit(128 + received[0])
    return result
