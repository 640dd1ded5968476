"""A program of its own around a client: it runs until it is ended, and says in a sentence what went wrong."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, cast

from pystatus.arguments import checked
from pystatus.errors import LocalError, StatusError
from pystatus.net.signals import on_signal


@checked
def run_bot(main: Callable[[], Awaitable[Any]]) -> None:
    """Run a program, as :func:`asyncio.run` does, but for its end.

    Ctrl-C and SIGTERM break ``main`` off where it waits, so its clients say goodbye, and this returns. An error of
    pystatus ends the program with its sentence on standard error and exit code 1. Other exceptions come out.

    :param main: an asynchronous function without arguments, itself: ``run_bot(main)``.
    :raises LocalError: an event loop runs already, or this is not the main thread, where signals come.
    :raises SystemExit: an error of pystatus.
    """
    _check_free()
    try:
        asyncio.run(_until_ended(main))
    except StatusError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:  # of Ctrl-C, after everything is closed
        pass


def _check_free() -> None:
    """
    :raises LocalError: here nothing can be run.
    """
    if threading.current_thread() is not threading.main_thread():
        raise LocalError("This is not the main thread of the program, where signals come. Call run_bot(main) there.")
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise LocalError(
        "An event loop runs here already, as in a notebook. Write `await main()` in place of run_bot(main)."
    )


async def _until_ended(main: Callable[[], Awaitable[Any]]) -> None:
    """Await ``main()``; SIGTERM breaks it off."""
    task = cast("asyncio.Task[None]", asyncio.current_task())
    terminated = False

    def end() -> None:
        nonlocal terminated
        terminated = True
        task.cancel()

    with on_signal(end, signal.SIGTERM):
        try:
            await main()
        except asyncio.CancelledError:
            if not terminated:
                raise
