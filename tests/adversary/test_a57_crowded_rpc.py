"""A57: connections without a token that keep the owner out of the RPC.

Expected: whoever has not shown the token gives way; who has, stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import socket
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.adversary.hostile import connect
from tests.rpc.support import PATIENCE, TOKEN, Served, served

ATTACKERS = 100
"""More than there are places for strangers."""


def request(*headers: str, body: bytes = b"") -> bytes:
    lines = ["POST / HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


CALL = b'{"jsonrpc":"2.0","id":1,"method":"net_version"}'
ATTACKS = {
    "silent": b"",
    "half a header": b"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ",
    "no token": request(body=CALL),
    "a wrong token": request("Authorization: Bearer wrong", body=CALL),
    "a body that does not come": request(body=CALL)[:-10],
    "waits to be told": request("Expect: 100-continue", body=CALL)[: -len(CALL)],
    "a WebSocket": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ),
    "a page": b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n",
}


async def attack(stack: AsyncExitStack, one: Served, says: bytes) -> None:
    for _ in range(ATTACKERS):
        await connect(stack, one.port, says)


@pytest.mark.parametrize("says", ATTACKS.values(), ids=ATTACKS.keys())
async def test_the_owner_is_served_while_strangers_hold_all_places(says: bytes) -> None:
    async with served() as one, AsyncExitStack() as stack:
        await attack(stack, one, says)
        async with asyncio.timeout(PATIENCE):
            for _ in range(10):
                assert await one.call("net_version") == "1"


async def test_a_conversation_of_the_owner_goes_on() -> None:
    async with served() as one, AsyncExitStack() as stack, one.http.ws_connect(one.url) as talk:
        for says in ATTACKS.values():
            await attack(stack, one, says)
            async with asyncio.timeout(PATIENCE):
                await talk.send_bytes(CALL)
                answer: dict[str, Any] = json.loads((await talk.receive()).data)
            assert answer["result"] == "1"


async def test_who_has_shown_the_token_may_fill_its_own_places_and_strangers_change_nothing() -> None:
    async with served() as one, AsyncExitStack() as stack:
        talks = [await stack.enter_async_context(one.http.ws_connect(one.url)) for _ in range(100)]
        await attack(stack, one, b"")
        for talk in talks:
            await talk.send_bytes(CALL)
        async with asyncio.timeout(PATIENCE):
            for talk in talks:
                assert json.loads((await talk.receive()).data)["result"] == "1"


def flood(port: int, stop: Any) -> None:
    """Connect without a pause, and hold what is held."""
    held: list[socket.socket] = []
    while not stop.is_set():
        with contextlib.suppress(OSError):
            held.append(socket.create_connection(("127.0.0.1", port), timeout=1.0))
        if len(held) > ATTACKERS:
            held.pop(0).close()
    for one in held:
        one.close()


async def test_the_owner_is_heard_between_strangers_that_come_without_a_pause() -> None:
    """From another process, so that it does not wait for ours. A new connection each time, as curl does."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    async with served() as one:
        flooding = context.Process(target=flood, args=(one.port, stop))
        flooding.start()
        try:
            failures = 0
            for _ in range(100):
                reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
                writer.write(request(f"Authorization: Bearer {TOKEN}", "Connection: close", body=CALL))
                async with asyncio.timeout(PATIENCE):
                    with contextlib.suppress(ConnectionResetError):
                        failures += b'"result":"1"' not in await reader.read()
                writer.close()
            assert failures <= 5
        finally:
            stop.set()
            flooding.join(PATIENCE)
