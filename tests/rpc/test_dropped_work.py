"""What callers asked for who were hung up on: nothing of it is held, since nothing of it is counted any more."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pystatus.rpc import posting
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError
from pystatus.rpc.messages import Post
from pystatus.rpc.posting import Workshop
from pystatus.rpc.room import Room
from pystatus.rpc.session import Session
from tests.rpc.support import PATIENCE, TOPIC, WORK, line
from tests.rpc.test_room import SMALL, everywhere


class Large:
    """What a job holds."""


class Thread:
    """Keeps the thread of a workshop busy."""

    def __init__(self) -> None:
        self.is_busy = threading.Event()
        self._go_on = threading.Event()

    def work(self, is_dropped: Callable[[], bool]) -> str:
        self.is_busy.set()
        self._go_on.wait(PATIENCE)
        return "dropped" if is_dropped() else "done"

    def free(self) -> None:
        self._go_on.set()


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop(os.urandom)
    yield made
    made.close()


@pytest.fixture
def busy() -> Iterator[Thread]:
    thread = Thread()
    yield thread
    thread.free()


def waiting(workshop: Workshop, session: Session) -> tuple[asyncio.Task[str], weakref.ref[Large]]:
    """A job that waits for its turn, and what it holds."""
    large = Large()
    return asyncio.create_task(workshop.run(lambda _, large=large: repr(large), session)), weakref.ref(large)  # type: ignore[misc]


async def test_nothing_is_held_of_a_job_whose_caller_was_hung_up_on(workshop: Workshop, busy: Thread) -> None:
    first = asyncio.create_task(workshop.run(busy.work, Session()))
    share = Room().share(lambda: None)
    job, large = waiting(workshop, Session(None, share))
    await asyncio.to_thread(busy.is_busy.wait, PATIENCE)
    assert large() is not None
    share.give_up()
    with pytest.raises(RpcError, match="hung up"):
        await job
    del job
    await asyncio.to_thread(gc.collect)
    assert large() is None, "although the thread has not come to it"
    busy.free()
    assert await first == "done"
    assert await workshop.run(lambda _: 1, Session()) == 1


async def test_a_job_of_a_caller_who_was_hung_up_on_before_is_not_done(workshop: Workshop) -> None:
    share = Room().share(lambda: None)
    share.give_up()
    job, _ = waiting(workshop, Session(None, share))
    with pytest.raises(RpcError, match="hung up"):
        await job


async def test_a_job_that_is_worked_on_is_told_to_stop(workshop: Workshop, busy: Thread) -> None:
    share = Room().share(lambda: None)
    job = asyncio.create_task(workshop.run(busy.work, Session(None, share)))
    await asyncio.to_thread(busy.is_busy.wait, PATIENCE)
    share.give_up()
    with pytest.raises(RpcError, match="hung up"):
        await job
    after = asyncio.create_task(workshop.run(lambda _: "after", Session()))
    busy.free()
    assert await after == "after"


async def test_what_was_dropped_keeps_its_place_until_the_thread_has_come_to_it(
    workshop: Workshop, busy: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the queue of the thread would grow with everybody who is hung up on."""
    monkeypatch.setattr(posting, "MAX_WAITING_JOBS", 2)
    first = asyncio.create_task(workshop.run(busy.work, Session()))
    share = Room().share(lambda: None)
    job, _ = waiting(workshop, Session(None, share))
    await asyncio.to_thread(busy.is_busy.wait, PATIENCE)
    share.give_up()
    with pytest.raises(RpcError, match="hung up"):
        await job
    with pytest.raises(RpcError, match="this node is busy"):
        await workshop.run(lambda _: 1, Session())
    busy.free()
    await first
    await workshop.run(lambda _: 1, Session())


async def test_who_waits_when_the_workshop_closes_is_told(workshop: Workshop, busy: Thread) -> None:
    first = asyncio.create_task(workshop.run(busy.work, Session()))
    second, _ = waiting(workshop, Session())
    await asyncio.to_thread(busy.is_busy.wait, PATIENCE)
    closing = asyncio.create_task(asyncio.to_thread(workshop.close))
    with pytest.raises(RpcError, match="stopping"):
        await second
    busy.free()
    assert await first == "done"
    await closing


def posts() -> int:
    """How many are held anywhere."""
    gc.collect()
    return sum(isinstance(each, Post) for each in gc.get_objects())


@pytest.mark.parametrize("way", ["http", "websocket", "socket"])
async def test_large_posts_of_many_callers(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, busy: Thread
) -> None:
    """Whatever carries them: they are made one after the other, and no more are held than there is room for."""

    def make(*arguments: Any) -> None:
        busy.work(arguments[-1])
        raise RpcError(APPLICATION_ERROR, "enough")

    monkeypatch.setattr(Workshop, "_make", make)
    path = tmp_path / "ipc"
    async with everywhere(path, monkeypatch) as one:
        key = await one.call("waku_newSymKey")
        post = {**WORK, "topic": TOPIC, "symKeyID": key, "payload": "0x" + "00" * (SMALL // 5)}
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "waku_post", "params": [post]}).encode()

        async def ask() -> None:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                if way == "http":
                    headers = {"Content-Type": "application/json"}
                    async with one.http.post(one.url, data=request, headers=headers) as response:
                        await response.read()
                elif way == "websocket":
                    async with one.http.ws_connect(one.url) as caller:
                        await caller.send_bytes(request)
                        await caller.receive()
                else:
                    async with line(path) as caller:
                        caller.writer.write(request)
                        await caller.reader.readline()

        asking = [asyncio.create_task(ask()) for _ in range(12)]
        async with asyncio.timeout(PATIENCE):
            while sum(task.done() for task in asking) < 10 or posts() > 3:  # two fit, and one is worked on
                await one.call("net_version")
        busy.free()
        await asyncio.gather(*asking)
