"""Which event loop runs: uvloop where it exists, with short pauses for garbage."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from pystatus.net.garbage import Collector

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` to its end like :func:`asyncio.run`."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        collector = Collector(runner.get_loop())
        try:
            return runner.run(main)
        finally:
            collector.close()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """The fastest loop there is. uvloop is imported only now: plain commands do not pay for it."""
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
