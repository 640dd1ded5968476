"""Which event loop runs."""

from __future__ import annotations

import asyncio
import sys

import pytest
import uvloop

from pystatus.net.loop import new_event_loop, run


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ((3, 11, 0), uvloop.Loop),
        ((3, 12, 9), uvloop.Loop),
        ((3, 13, 0), asyncio.SelectorEventLoop),
        ((3, 13, 2), asyncio.SelectorEventLoop),
        ((3, 13, 3), uvloop.Loop),
    ],
)
def test_uvloop_runs_where_it_works(
    version: tuple[int, int, int], kind: type[asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    loop = new_event_loop()
    loop.close()
    assert isinstance(loop, kind)


def test_a_system_without_uvloop_has_the_loop_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    loop = new_event_loop()
    loop.close()
    assert isinstance(loop, asyncio.SelectorEventLoop)


def test_what_has_to_be_small_runs_on_the_loop_of_python() -> None:
    async def loop() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(loop(), small=True).startswith("asyncio.")
