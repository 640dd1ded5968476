"""What all callers together may make the node hold."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from pystatus.node import Node
from pystatus.rpc import json_stream
from pystatus.rpc import room as room_module
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.room import Room, Share
from pystatus.rpc.server import RpcServer
from pystatus.rpc.session import Session
from pystatus.rpc.write_queue import Outbox
from tests.rpc.support import PATIENCE, TOKEN, Served, line

SMALL = 1 << 20
"""Bytes that all callers of these tests may make the node hold."""


UPGRADE = (
    f"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
).encode()


class Held:
    """Connections that hold something."""

    def __init__(self, max_bytes: int) -> None:
        self.room = Room(max_bytes)
        self.given_up: list[str] = []

    def open(self, name: str) -> Share:
        return self.room.share(lambda: self.given_up.append(name))


def test_the_one_that_holds_most_gives_way() -> None:
    held = Held(100)
    one, two, three = (held.open(name) for name in ("one", "two", "three"))
    one.hold(30)
    two.hold(60)
    three.hold(10)
    assert held.given_up == []
    three.hold(1)
    assert held.given_up == ["two"]
    assert two.is_over
    two.hold(1_000)
    one.hold(40)
    one.hold(-40)
    one.close()
    one.close()
    three.hold(89)
    assert held.given_up == ["two"], "nothing is counted of who has gone"
    three.hold(1)
    assert held.given_up == ["two", "three"]


def test_what_is_held_back_counts() -> None:
    held = Held(100)
    share = held.open("caller")
    sent: list[bytes] = []
    session = Session(sent.append, share)
    session.begin("one", lambda: None)
    session.notify("one", lambda: bytes(60))
    assert share.bytes == 60
    session.answered()
    assert (share.bytes, sent) == (0, [bytes(60)])
    session.begin("two", lambda: None)
    session.notify("two", lambda: bytes(60))
    session.close()
    assert share.bytes == 0


async def test_answers_of_a_batch_count_and_nothing_is_carried_out_for_who_is_hung_up_on() -> None:
    held = Held(1_000)
    done: list[int] = []

    def large() -> str:
        done.append(1)
        return "x" * 400

    session = Session(None, held.open("caller"))
    one = b'{"jsonrpc":"2.0","id":1,"method":"test_large"}'
    dispatcher = Dispatcher({"test_large": large})
    assert await dispatcher.answer(b"[" + b",".join([one] * 2) + b"]", session) is not None
    assert await dispatcher.answer(b"[" + b",".join([one] * 10) + b"]", session) is None
    assert held.given_up == ["caller"]
    assert len(done) == 2 + 3


async def test_what_waits_counts_until_the_next_is_asked_for() -> None:
    room = Room(100)
    gone: list[str] = []
    one, two = (Outbox(room, lambda name=name: gone.append(name)) for name in ("one", "two"))  # type: ignore[misc]
    one.put(bytes(50))
    two.put(bytes(30))
    messages = one.messages()
    assert len(await anext(messages)) == 50
    assert one.share.bytes == 50
    two.put(bytes(30))
    assert gone == ["two"]
    assert two.is_overfull
    assert [message async for message in two.messages()] == []
    one.close()
    assert [message async for message in messages] == []
    assert one.share.bytes == 0


@asynccontextmanager
async def everywhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A node that serves HTTP and a socket, whose callers share little."""
    monkeypatch.setattr(room_module, "Room", lambda: Room(SMALL))
    config = RpcConfig(http=True, http_port=0, token=TOKEN, socket=path)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        Node() as node,
        RpcServer(node, config) as server,
        aiohttp.ClientSession(headers=headers) as http,
    ):
        yield Served(node, server, http)


async def test_requests_that_do_not_come_to_their_end_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ipc"
    part = b'["' + b"x" * (SMALL // 2)
    async with everywhere(path, monkeypatch) as one, line(path) as first, line(path) as second:
        assert await first.call("net_version") == await second.call("net_version") == "1"
        for caller in (first, second, first):
            caller.writer.write(part)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                assert await first.reader.read() == b""
        second.writer.write(b'"]')
        assert json.loads(await second.reader.readline())[0]["error"]["code"] == -32600, "who holds less is answered"
        assert await one.call("net_version") == "1"


async def test_a_message_of_a_websocket_counts_before_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = b"\x81\xff" + (2 * SMALL).to_bytes(8, "big") + bytes(4)
    async with everywhere(tmp_path / "ipc", monkeypatch) as one, one.http.ws_connect(one.url) as other:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(UPGRADE)
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(begun + bytes(SMALL + 1_000))
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                assert await reader.read() == b""
        writer.close()
        for _ in range(3):  # whose messages are answered holds nothing of them
            await other.send_bytes(b" " * (SMALL // 2))
            assert (await other.receive_json())["error"]["code"] == -32700


async def test_a_message_of_a_websocket_in_many_frames_counts_by_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many headers there were: who is answered holds nothing, and who has not come to the end holds no less."""
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "net_version", "params": []}).encode().ljust(1_000)
    tiny = b"\x01\x80" + bytes(4)  # no content, and not the last one
    fragments = [tiny] + [b"\x00\x81" + bytes(4) + request[place : place + 1] for place in range(len(request))]
    message = b"".join([*fragments, b"\x80\x80" + bytes(4)])
    async with everywhere(tmp_path / "ipc", monkeypatch) as one:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(UPGRADE + message)  # the first one does not wait for the answer to the request
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        for _ in range(SMALL // 6_000 + 10):
            await reader.readuntil(b'"result":"1"}')
            writer.write(message)
        writer.write(b"\x02\xff" + (SMALL // 2).to_bytes(8, "big") + bytes(4) + bytes(SMALL // 2))
        writer.write(b"\x00\xff" + (SMALL // 2).to_bytes(8, "big") + bytes(4) + bytes(SMALL // 2))
        writer.write(b"\x00\x81" + bytes(4 + 1))
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                await reader.read()
        writer.close()
        assert await one.call("net_version") == "1"


async def test_pings_hold_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do pongs: a caller that stays for long is not hung up on for what it sent meanwhile."""
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "net_version", "params": []})
    async with everywhere(tmp_path / "ipc", monkeypatch) as one, one.http.ws_connect(one.url) as caller:
        answer = asyncio.ensure_future(caller.receive_json())
        for number in range(SMALL // 100):
            await (caller.pong if number % 2 else caller.ping)(bytes(125))
        await caller.send_str(request)
        async with asyncio.timeout(PATIENCE):
            assert (await answer)["result"] == "1"


async def test_a_body_counts_when_it_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {SMALL // 2 + 1}\r\n\r\n"
    ).encode()
    async with everywhere(tmp_path / "ipc", monkeypatch) as one:
        callers = [await asyncio.open_connection("127.0.0.1", one.port) for _ in range(2)]
        for _, writer in callers:
            writer.write(head)
        reading = [asyncio.ensure_future(reader.read(1)) for reader, _ in callers]
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        assert sum(one.done() for one in reading) == 1
        assert await one.call("net_version") == "1"
        for task in reading:
            task.cancel()
        for _, writer in callers:
            writer.close()
        await asyncio.gather(*reading, return_exceptions=True)


async def test_a_caller_of_the_socket_that_never_reads_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even while something is being written to it, which may never end."""
    monkeypatch.setattr(json_stream, "Outbox", lambda room, give_up: Outbox(room, give_up, max_bytes=SMALL))
    path = tmp_path / "ipc"
    async with everywhere(path, monkeypatch) as one, line(path) as silent:
        request = b'{"jsonrpc":"2.0","id":"' + b"x" * 100_000 + b'","method":"net_version"}'
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    silent.writer.write(request)
                    await silent.writer.drain()
        assert await one.call("net_version") == "1"
    assert "does not read what it asked for" in caplog.text
