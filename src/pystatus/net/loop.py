"""Which event loop runs: uvloop where it works, with short pauses for garbage."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from pystatus.net.gc_tuning import Collector

T = TypeVar("T")

UNFIT_FOR_UVLOOP = (3, 13), (3, 13, 3)
"""From this Python on, and before that one: their task factories, of which the demo's screen sets one, do not take what
uvloop gives them."""


def run(main: Coroutine[Any, Any, T], *, small: bool = False) -> T:
    """Run ``main`` to its end like :func:`asyncio.run`.

    :param small: with the loop of Python, which takes 3 MB less and is as fast where nothing but datagrams are read.
    """
    with asyncio.Runner(loop_factory=asyncio.new_event_loop if small else new_event_loop) as runner:
        collector = Collector(runner.get_loop())
        try:
            return runner.run(main)
        finally:
            collector.close()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """The fastest loop there is. uvloop is imported only now: plain commands do not pay for it."""
    first, fit = UNFIT_FOR_UVLOOP
    if first <= sys.version_info < fit:
        return asyncio.new_event_loop()
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
