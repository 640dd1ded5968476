"""Stopping what talks to the network in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
