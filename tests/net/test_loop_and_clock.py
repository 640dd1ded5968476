"""The event loop and the clock."""

import asyncio
import sys
import time

import pytest

from pystatus.net.clock import Clock, SystemClock
from pystatus.net.loop import run


async def loop_module() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_uvloop_where_it_exists() -> None:
    assert run(loop_module()).startswith("uvloop")


def test_asyncio_where_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(loop_module()).startswith("asyncio")


def test_the_system_clock_tells_unix_time() -> None:
    clock: Clock = SystemClock()
    before = time.time()
    assert before <= clock.now() <= time.time()
