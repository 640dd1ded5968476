"""Stopping in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""What a batch system or ``timeout`` sends, and the terminal being closed. Ctrl-C is an exception by itself."""


@contextmanager
def on_signal(stop: Callable[[], object], *signals: signal.Signals) -> Iterator[None]:
    """Inside, each of ``signals`` does nothing but call ``stop`` in the running event loop."""
    loop = asyncio.get_running_loop()
    for one in signals:
        loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


@contextmanager
def held_back() -> Iterator[None]:
    """Inside, what would end the process waits: Ctrl-C while a line is written would let it be written twice."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, *_ENDS))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def tidied_up() -> Iterator[None]:
    """For what computes without an event loop: inside, a signal that would end the process on the spot ends it as an
    exit, with 128 and its number as shells have it, so that no temporary file stays. Sent again, it ends the process on
    the spot."""

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        raise SystemExit(128 + number)

    changed = [one for one in _ENDS if signal.getsignal(one) is signal.SIG_DFL]  # nohup ignores one
    for one in changed:
        signal.signal(one, end)
    try:
        yield
    finally:
        for one in changed:
            signal.signal(one, signal.SIG_DFL)
