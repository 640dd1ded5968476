"""Calls that wait for the network, and how a caller takes them back."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pystatus.rpc.access import Access
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.errors import APPLICATION_ERROR, CANCELLED, LIMIT_EXCEEDED
from pystatus.rpc.http import HttpServer
from pystatus.rpc.ipc import IpcServer
from pystatus.rpc.room import Room
from pystatus.rpc.tokens import Token
from pystatus.rpc.waiting_calls import CANCEL, MAX_WAITING_CALLS
from tests.rpc.support import PATIENCE, TOKEN, Line, line


class Waiter:
    """A method that waits until it is told, and what has become of its calls."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.began = 0
        self.ended = 0
        self.news = asyncio.Event()

    async def wait(self) -> int:
        self.began += 1
        self.news.set()
        try:
            await self.go.wait()
        finally:
            self.ended += 1
            self.news.set()
        return self.began

    async def until(self, began: int, ended: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while (self.began, self.ended) != (began, ended):
                self.news.clear()
                await self.news.wait()

    @property
    def dispatcher(self) -> Dispatcher:
        return Dispatcher({"wait": self.wait, "hello": lambda: "hello"}, waiting={"wait"})


class Caller:
    """Says what it likes on a line, and hears answers in the order in which they come."""

    def __init__(self, one: Line) -> None:
        self._line = one

    async def say(self, *messages: Any) -> None:
        self._line.writer.write("".join(json.dumps({"jsonrpc": "2.0", **one}) + "\n" for one in messages).encode())
        await self._line.writer.drain()

    async def hear(self) -> Any:
        answer = await self._line.hear()
        return answer["id"], answer["error"]["code"] if "error" in answer else answer["result"]


def call(method: str, number: Any) -> Any:
    return {"id": number, "method": method}


def cancel(number: Any) -> Any:
    return {"method": CANCEL, "params": {"id": number}}


@pytest.fixture
def waiter() -> Waiter:
    return Waiter()


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
async def path(waiter: Waiter, room: Room, tmp_path: Path) -> AsyncIterator[Path]:
    server = IpcServer(waiter.dispatcher, room)
    await server.start(tmp_path / "socket")
    try:
        yield tmp_path / "socket"
    finally:
        await server.close()


@asynccontextmanager
async def caller(path: Path) -> AsyncIterator[Caller]:
    async with line(path) as one:
        yield Caller(one)


async def test_a_call_that_was_taken_back_ends_and_is_answered_and_no_other_is(waiter: Waiter, path: Path) -> None:
    async with caller(path) as one:
        await one.say(call("wait", 1), call("wait", "two"), call("hello", 3))
        assert await one.hear() == (3, "hello")
        await one.say(cancel("two"))
        assert await one.hear() == ("two", CANCELLED)
        await waiter.until(began=2, ended=1)
        waiter.go.set()
        assert await one.hear() == (1, 2)


async def test_cancels_of_what_is_not_there_and_malformed_ones_change_nothing(waiter: Waiter, path: Path) -> None:
    numbers: list[Any] = [7, "1", 1.5, None, [], {}, "9" * 100_000, 10**30, True]
    wrong: list[Any] = [cancel(one) for one in numbers]
    params: list[Any] = [[], {}, None, [1], "1"]
    wrong += [{"method": CANCEL, "params": one} for one in params]
    wrong += [{"method": CANCEL}, {"id": 5, "method": CANCEL, "params": {"id": 6}}]
    async with caller(path) as one:
        await one.say(call("hello", 1))
        assert await one.hear() == (1, "hello")
        await one.say(call("wait", 1), *wrong, call("hello", 2))
        assert await one.hear() == (2, "hello")
        assert (waiter.began, waiter.ended) == (1, 0)
        await one.say(cancel(1), cancel(1), cancel(1), call("hello", 3))
        assert sorted([await one.hear(), await one.hear()]) == [(1, CANCELLED), (3, "hello")]
        await one.say(call("hello", 4))
        assert await one.hear() == (4, "hello")


async def test_nobody_takes_back_the_calls_of_another_connection(waiter: Waiter, path: Path) -> None:
    async with caller(path) as one, caller(path) as other:
        await one.say(call("wait", 1))
        await waiter.until(began=1, ended=0)
        await other.say(cancel(1), call("hello", 1))
        assert await other.hear() == (1, "hello")
        assert (waiter.began, waiter.ended) == (1, 0)
        waiter.go.set()
        assert await one.hear() == (1, 1)


async def test_more_calls_than_may_wait_are_refused_in_a_sentence_and_hold_up_nothing(
    waiter: Waiter, path: Path
) -> None:
    async with caller(path) as one:
        await one.say(*(call("wait", number) for number in range(MAX_WAITING_CALLS + 1)), {"method": "wait"})
        assert await one.hear() == (MAX_WAITING_CALLS, LIMIT_EXCEEDED)
        await one.say(call("hello", "still there"))
        assert await one.hear() == ("still there", "hello")
        assert waiter.began == MAX_WAITING_CALLS
        await one.say(cancel(0), call("wait", "in its place"))
        assert await one.hear() == (0, CANCELLED)
        await waiter.until(began=MAX_WAITING_CALLS + 1, ended=1)


async def test_a_flood_of_calls_that_are_taken_back_leaves_nothing(waiter: Waiter, path: Path, room: Room) -> None:
    count = 2_000
    async with caller(path) as one:
        saying = asyncio.ensure_future(
            one.say(*(each for number in range(count) for each in (call("wait", number), cancel(number))))
        )
        assert [await one.hear() for _ in range(count)] == [(number, CANCELLED) for number in range(count)]
        await saying
        assert waiter.began == waiter.ended
        await one.say(*(cancel(number) for number in range(count)), call("hello", "last"))
        assert await one.hear() == ("last", "hello")
        assert room.bytes == 0


async def test_with_the_connection_all_that_waits_ends(waiter: Waiter, path: Path, room: Room) -> None:
    async with caller(path) as one:
        await one.say(*(call("wait", number) for number in range(3)), {"method": "wait"})
        await waiter.until(began=4, ended=0)
        assert room.bytes > 0
    await waiter.until(began=4, ended=4)
    for _ in range(10):  # the task has ended, and who waits for it is told
        await asyncio.sleep(0)
    assert room.bytes == 0


async def test_of_a_batch_nothing_waits(waiter: Waiter, path: Path) -> None:
    async with line(path) as one:
        batch = [{"jsonrpc": "2.0", **call(method, number)} for number, method in enumerate(("hello", "wait", "hello"))]
        one.writer.write(json.dumps(batch).encode())
        answers = json.loads(await one.reader.readline())
    assert [each.get("result") for each in answers] == ["hello", None, "hello"]
    assert answers[1]["error"]["code"] == APPLICATION_ERROR
    assert "not in a batch" in answers[1]["error"]["message"]
    assert waiter.began == 0


@asynccontextmanager
async def over_http(waiter: Waiter, room: Room) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    access = Access(RpcConfig(http=True, http_port=0, token=TOKEN), Token(TOKEN))
    server = HttpServer(waiter.dispatcher, access, room)
    await server.start("127.0.0.1", 0)
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            yield http, f"http://127.0.0.1:{server.front.port}/{TOKEN}"
    finally:
        await server.close()


async def test_a_caller_over_http_that_hangs_up_leaves_nothing_waiting(waiter: Waiter, room: Room) -> None:
    async with over_http(waiter, room) as (http, url):
        asking = asyncio.ensure_future(http.post(url, json={"jsonrpc": "2.0", **call("wait", 1)}))
        await waiter.until(began=1, ended=0)
        asking.cancel()
        await waiter.until(began=1, ended=1)
        async with http.post(url, json={"jsonrpc": "2.0", **call("hello", 2)}) as response:
            assert (await response.json())["result"] == "hello"


async def test_a_websocket_waits_and_takes_back_like_the_socket(waiter: Waiter, room: Room) -> None:
    async with over_http(waiter, room) as (http, url):
        async with http.ws_connect(url) as socket:
            for message in (call("wait", 1), call("wait", 2), cancel(1)):
                await socket.send_json({"jsonrpc": "2.0", **message})
            answer = await socket.receive_json()
            assert (answer["id"], answer["error"]["code"]) == (1, CANCELLED)
            await socket.send_json({"jsonrpc": "2.0", **call("hello", 3)})
            assert (await socket.receive_json())["result"] == "hello"
        await waiter.until(began=2, ended=2)
        gc.collect()
