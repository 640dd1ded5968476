"""Every test of the shells runs on both event loops."""

import asyncio
from collections.abc import Callable

from pystatus.net.loop import new_event_loop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": new_event_loop}
