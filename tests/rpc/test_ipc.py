"""The Unix socket: its file, and the conversation on it."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.rpc import ipc as ipc_module
from pystatus.rpc import json_stream
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.errors import LIMIT_EXCEEDED
from pystatus.rpc.json_stream import talk
from pystatus.rpc.room import Room
from pystatus.rpc.server import RpcServer
from pystatus.rpc.write_queue import Outbox
from tests.adversary.hostile import Memory
from tests.rpc.support import PATIENCE, TOPIC, WORK, Line, line


@asynccontextmanager
async def server(path: Path) -> AsyncIterator[RpcServer]:
    async with Node() as node, RpcServer(node, RpcConfig(socket=path)) as running:
        yield running


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[Line]:
    async with server(path), line(path) as one:
        yield one


async def test_the_file_is_its_owners_alone_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "ipc"
    async with server(path) as running:
        mode = path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert running.url is None
    assert not path.exists()


async def test_a_socket_of_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ipc"
    async with server(path):
        left = tmp_path / "left"
        left.hardlink_to(path)
    async with connected(left) as one:
        assert await one.call("net_version") == "1"


async def test_nothing_else_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ipc"
    path.write_text("precious")
    with pytest.raises(LocalError, match="is not a socket"):
        async with server(path):
            pass
    assert path.read_text() == "precious"
    path.unlink()
    async with server(path), line(path) as one:
        with pytest.raises(LocalError, match="Another process listens"):
            async with server(path):
                pass
        assert await one.call("net_version") == "1"


async def test_a_socket_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "ipc", tmp_path / ("x" * 200)):
        with pytest.raises(LocalError, match="The RPC cannot use the socket"):
            async with server(path):
                pass
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match="The RPC cannot use the socket"):
        async with server(tmp_path / "file" / "ipc"):
            pass


async def test_requests_one_after_another(tmp_path: Path) -> None:
    async with connected(tmp_path / "ipc") as one:
        one.writer.write(b'{"jsonrpc":"2.0","id":1,"method":"net_version"}[]nonsense {"jsonrpc":"2.0","method":"x"}')
        assert (await one.hear())["result"] == "1"
        assert (await one.hear())["error"]["code"] == -32600
        assert (await one.hear())["error"]["code"] == -32700
        assert await one.call("waku_version") == "1.0"


async def test_a_caller_may_stop_talking_and_wait_for_its_answers(tmp_path: Path) -> None:
    async with connected(tmp_path / "ipc") as one:
        await one.say("waku_version")
        await one.say("net_version")
        one.writer.write_eof()
        assert [(await one.hear())["result"] for _ in range(2)] == ["1.0", "1"]
        assert await one.reader.read() == b""


@pytest.mark.requirement("WR-8")
async def test_subscriptions(tmp_path: Path) -> None:
    async with connected(tmp_path / "ipc") as one:
        room = await one.call("waku_newSymKey")
        subscription = await one.call("waku_subscribe", "messages", {"symKeyID": room, "topics": [TOPIC]})
        await one.say("waku_post", {**WORK, "symKeyID": room, "topic": TOPIC, "payload": "0x01"})
        heard = [await one.hear(), await one.hear()]
        notification = next(message for message in heard if "method" in message)
        assert notification["params"]["subscription"] == subscription
        assert notification["params"]["result"]["payload"] == "0x01"
        assert await one.call("waku_unsubscribe", subscription) is True
        assert await one.call("waku_post", {**WORK, "symKeyID": room, "topic": TOPIC}) is True
        assert await one.call("net_version") == "1"


async def test_what_is_too_large_ends_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_REQUEST_SIZE", 100)
    async with connected(tmp_path / "ipc") as one:
        one.writer.write(b"[" + b" " * 200)
        async with asyncio.timeout(PATIENCE):
            assert await one.reader.read() == b""


async def test_a_caller_that_does_not_read_is_disconnected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "Outbox", lambda room, give_up: Outbox(room, give_up, max_bytes=100))
    async with connected(tmp_path / "ipc") as one:
        await one.say("admin_nodeInfo")
        async with asyncio.timeout(PATIENCE):
            assert await one.reader.read() == b""


async def test_more_connections_than_there_may_be_are_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ipc_module, "MAX_CONNECTIONS", 1)
    path = tmp_path / "ipc"
    async with connected(path) as one:
        assert await one.call("net_version") == "1"
        for _ in range(5):
            async with line(path) as other, asyncio.timeout(PATIENCE):
                assert json.loads(await other.reader.read())["error"]["code"] == LIMIT_EXCEEDED
        assert await one.call("net_version") == "1"
    assert caplog.messages == ["too many connections to the RPC's socket: more than 1 are hung up on"]


async def test_a_server_that_stops_hangs_up(tmp_path: Path) -> None:
    path = tmp_path / "ipc"
    async with Node() as node, RpcServer(node, RpcConfig(socket=path)) as running, line(path) as one:
        assert await one.call("net_version") == "1"
        await running.__aexit__(None, None, None)
        async with asyncio.timeout(PATIENCE):
            assert await one.reader.read() == b""


async def test_a_caller_that_does_not_read_holds_nothing_up_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipc_module, "CLOSE_TIMEOUT", 0.01)
    path = tmp_path / "ipc"
    async with Node() as node, RpcServer(node, RpcConfig(socket=path)) as running, line(path) as one:
        room = await one.call("waku_newSymKey")
        criteria = {"symKeyID": room, "topics": [TOPIC]}
        subscription = await one.call("waku_subscribe", "messages", criteria)
        assert subscription
        large = {**WORK, "powTarget": 0.000002, "symKeyID": room, "topic": TOPIC, "payload": "0x" + "00" * 500_000}
        for _ in range(4):
            await one.say("waku_post", large)
        async with asyncio.timeout(PATIENCE):
            await one.reader.readuntil(b"waku_subscription")
            await running.__aexit__(None, None, None)
        one.writer.transport.abort()


async def test_of_a_caller_that_was_cut_off_nothing_large_is_left_with_the_reader() -> None:
    """asyncio keeps the error there, in a cycle: until garbage is collected there may be many such requests."""
    reader = asyncio.StreamReader()
    with Memory() as memory:
        talking = asyncio.ensure_future(
            talk(Dispatcher({}), Room(), reader, cast(asyncio.StreamWriter, None), lambda: None)
        )
        reader.feed_data(b'{"' + bytes(4 << 20))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reader.set_exception(ConnectionResetError())
        await talking
    assert reader.exception() is not None
    assert memory.peak > 8 << 20
    assert memory.held < 1 << 20


async def test_that_somebody_else_may_open_the_file_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ipc_module, "peer_uid", lambda connection: 65534)
    async with server(tmp_path / "ipc"):
        for _ in range(3):
            async with line(tmp_path / "ipc") as other, asyncio.timeout(PATIENCE):
                assert "nobody else" in json.loads(await other.reader.read())["error"]["message"]
    assert caplog.messages == [
        "another user of this machine is turned away at the RPC's socket: its file can be opened by others; it should "
        "have the mode 600"
    ]
