"""Subscriptions over a WebSocket, on the port of HTTP (waku.md §6.3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from pystatus.rpc import filters as filters_module
from pystatus.rpc import http as http_module
from pystatus.rpc import web_sockets
from pystatus.rpc.write_queue import Outbox
from pystatus.waku.relay.subscriptions import Watch
from tests.rpc.support import PATIENCE, TOPIC, WORK, Json, Refusal, Served, result, served

POST = {**WORK, "topic": TOPIC, "payload": "0x68656c6c6f"}


class Conversation:
    """A WebSocket with a room's key."""

    def __init__(self, one: Served, socket: aiohttp.ClientWebSocketResponse, room: str) -> None:
        self.node = one
        self.socket = socket
        self.criteria = {"symKeyID": room, "topics": [TOPIC]}
        self.post = {**POST, "symKeyID": room}

    async def hear(self) -> Json:
        async with asyncio.timeout(PATIENCE):
            heard: Json = await self.socket.receive_json()
            return heard

    async def call(self, method: str, *params: Any) -> Any:
        await self.socket.send_json({"jsonrpc": "2.0", "id": method, "method": method, "params": params})
        return result(await self.hear(), method)


@asynccontextmanager
async def conversation() -> AsyncIterator[Conversation]:
    async with served() as one, one.http.ws_connect(one.url) as socket:
        yield Conversation(one, socket, await one.call("waku_newSymKey"))


@pytest.mark.requirement("WR-7", "WR-12")
async def test_messages_arrive_under_the_id_of_their_subscription() -> None:
    async with conversation() as talk:
        subscription = await talk.call("waku_subscribe", "messages", talk.criteria)
        assert len(bytes.fromhex(subscription[2:])) == 16
        await talk.node.call("waku_post", talk.post)
        heard = await talk.hear()
        assert heard.keys() == {"jsonrpc", "method", "params"}
        assert heard["method"] == "waku_subscription"
        assert heard["params"]["subscription"] == subscription
        assert heard["params"]["result"]["payload"] == "0x68656c6c6f"


@pytest.mark.requirement("WR-8")
async def test_nothing_comes_after_the_end_of_a_subscription() -> None:
    async with conversation() as talk:
        ended = await talk.call("waku_subscribe", "messages", talk.criteria)
        other = await talk.call("waku_subscribe", "messages", talk.criteria)
        assert await talk.call("waku_unsubscribe", ended) is True
        await talk.node.call("waku_post", talk.post)
        assert (await talk.hear())["params"]["subscription"] == other
        assert await talk.call("waku_version") == "1.0", "nothing was in between"
        with pytest.raises(Refusal, match="subscription not found"):
            await talk.call("waku_unsubscribe", ended)


@pytest.mark.requirement("WR-8")
async def test_a_notification_that_waits_for_its_answer_is_dropped_with_its_subscription() -> None:
    async with conversation() as talk:
        ended = await talk.call("waku_subscribe", "messages", talk.criteria)
        batch = [
            {"jsonrpc": "2.0", "id": 1, "method": "waku_subscribe", "params": ["messages", talk.criteria]},
            {"jsonrpc": "2.0", "id": 2, "method": "waku_post", "params": [talk.post]},
            {"jsonrpc": "2.0", "id": 3, "method": "waku_unsubscribe", "params": [ended]},
        ]
        await talk.socket.send_json(batch)
        async with asyncio.timeout(PATIENCE):
            answers: list[Json] = await talk.socket.receive_json()
        assert answers[2]["result"] is True
        assert (await talk.hear())["params"]["subscription"] == answers[0]["result"]
        assert await talk.call("waku_version") == "1.0", "nothing was in between"


@pytest.mark.requirement("WR-4", "WR-5", "WR-7")
async def test_what_cannot_be_subscribed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters_module, "MAX_FILTERS", 1)
    async with conversation() as talk:
        for name, criteria, sentence in (
            ("logs", talk.criteria, 'nothing to subscribe to but "messages"'),
            ("messages", {**talk.criteria, "topics": []}, "missing topic"),
            ("messages", {"topics": [TOPIC]}, "either a symmetric or an asymmetric key"),
        ):
            with pytest.raises(Refusal, match=sentence):
                await talk.call("waku_subscribe", name, criteria)
        assert await talk.call("waku_subscribe", "messages", talk.criteria), "nothing was left behind"


async def test_a_caller_learns_the_id_before_its_first_message_even_in_a_batch() -> None:
    async with conversation() as talk:
        batch = [
            {"jsonrpc": "2.0", "id": 1, "method": "waku_subscribe", "params": ["messages", talk.criteria]},
            {"jsonrpc": "2.0", "id": 2, "method": "waku_post", "params": [talk.post]},
        ]
        await talk.socket.send_json(batch)
        async with asyncio.timeout(PATIENCE):
            answers: list[Json] = await talk.socket.receive_json()
        assert [one["id"] for one in answers] == [1, 2]
        heard = await talk.hear()
        assert heard["params"]["subscription"] == answers[0]["result"]


async def test_over_http_there_is_nothing_to_subscribe_to() -> None:
    async with conversation() as talk:
        with pytest.raises(Refusal, match="notifications not supported: subscribe over a WebSocket") as told:
            await talk.node.call("waku_subscribe", "messages", talk.criteria)
        assert told.value.code == -32000


async def test_what_is_watched_is_found_once_when_many_subscriptions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the topics that callers may name it takes 50 ms, in which nothing is relayed."""
    found: list[Iterable[bytes] | None] = []
    set_topics = Watch.set_topics

    def count(watch: Watch, topics: Iterable[bytes] | None) -> None:
        found.append(topics)
        set_topics(watch, topics)

    async with conversation() as talk:
        for _ in range(20):
            await talk.call("waku_subscribe", "messages", talk.criteria)
        monkeypatch.setattr(Watch, "set_topics", count)
        await talk.socket.close()
        async with asyncio.timeout(PATIENCE):
            while not found:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
        await talk.node.call("net_version")
    assert found == [frozenset()]


async def test_subscriptions_end_with_their_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters_module, "MAX_FILTERS", 1)
    async with conversation() as talk:
        await talk.call("waku_subscribe", "messages", talk.criteria)
        with pytest.raises(Refusal, match="at most 1 filters"):
            await talk.node.call("waku_newMessageFilter", talk.criteria)
        await talk.socket.close()
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(Refusal):
                    assert await talk.node.call("waku_newMessageFilter", talk.criteria)
                    break


async def test_broken_and_binary_messages_are_answered() -> None:
    async with conversation() as talk:
        await talk.socket.send_str("{")
        assert (await talk.hear())["error"]["code"] == -32700
        await talk.socket.send_bytes(b'{"jsonrpc":"2.0","id":1,"method":"net_version"}')
        assert (await talk.hear())["result"] == "1"
        await talk.socket.send_str('{"jsonrpc":"2.0","method":"net_version"}')
        assert await talk.call("waku_version") == "1.0", "a notification gets no answer"


async def test_a_caller_that_does_not_read_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_sockets, "Outbox", lambda room, give_up: Outbox(room, give_up, max_bytes=100))
    async with conversation() as talk:
        await talk.socket.send_json({"jsonrpc": "2.0", "id": 1, "method": "admin_nodeInfo"})
        async with asyncio.timeout(PATIENCE):
            message = await talk.socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1008)


async def test_a_server_that_stops_says_goodbye() -> None:
    async with conversation() as talk:
        await talk.call("waku_subscribe", "messages", talk.criteria)
        closing = asyncio.create_task(talk.node.server.__aexit__(None, None, None))
        async with asyncio.timeout(PATIENCE):
            message = await talk.socket.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)
            await closing


async def test_what_is_too_large_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "MAX_REQUEST_SIZE", 100)
    async with conversation() as talk:
        await talk.socket.send_str("x" * 1000)
        async with asyncio.timeout(PATIENCE):
            message = await talk.socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1009)
