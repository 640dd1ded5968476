"""A node of Ethereum that answers what a test says, over HTTP and over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Answering = Callable[[bytes], Awaitable[bytes | web.StreamResponse]]


@dataclass
class Node:
    """Where it is, and what it was asked."""

    port: int
    bodies: list[Any] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    """Requests that were answered at a time."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v3/secret"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def methods(self) -> list[str]:
        return [one["method"] for body in self.bodies for one in (body if isinstance(body, list) else [body])]


@asynccontextmanager
async def node(answering: Answering) -> AsyncIterator[Node]:
    """A server on this machine."""
    found = Node(0)
    sockets: set[web.WebSocketResponse] = set()

    async def post(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        found.paths.append(request.path)
        found.bodies.append(json.loads(body))
        found.under_way += 1
        found.most = max(found.most, found.under_way)
        try:
            said = await answering(body)
        except ConnectionAbortedError:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        finally:
            found.under_way -= 1
        return (
            said if isinstance(said, web.StreamResponse) else web.Response(body=said, content_type="application/json")
        )

    async def socket(request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        sockets.add(opened)
        found.paths.append(request.path)
        async for message in opened:
            if message.type is WSMsgType.TEXT:
                found.bodies.append(json.loads(message.data))
                said = await answering(message.data.encode())
                if isinstance(said, web.StreamResponse):
                    await opened.close()
                else:
                    await opened.send_str(said.decode())
        return opened

    app = web.Application(client_max_size=64 << 20)
    app.router.add_post("/{path:.*}", post)
    app.router.add_get("/ws", socket)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        for one in sockets:
            await one.close()
        await runner.cleanup()


def rpc(**results: Any) -> Answering:
    """Answers by method: a value, a function of the parameters, or ``{"error": …}``. It is of the chain 5."""
    known: dict[str, Any] = {"eth_chainId": "0x5", **results}

    def one(call: dict[str, Any]) -> dict[str, Any]:
        said = known.get(call["method"], {"error": {"code": -32601, "message": "the method does not exist"}})
        said = said(*call["params"]) if callable(said) else said
        answer = said if isinstance(said, dict) and "error" in said else {"result": said}
        return {"jsonrpc": "2.0", "id": call["id"], **answer}

    async def answer(body: bytes) -> bytes:
        calls = json.loads(body)
        return json.dumps([one(call) for call in calls] if isinstance(calls, list) else one(calls)).encode()

    return answer


def after_greeting(then: Answering) -> Answering:
    """A node that says which chain it has, and then what a test wants."""
    greeting = rpc()

    async def answer(body: bytes) -> bytes | web.StreamResponse:
        return await (greeting(body) if b"eth_chainId" in body else then(body))

    return answer


async def never(_: bytes) -> bytes:
    """Waits until it is broken off."""
    await asyncio.Event().wait()
    raise AssertionError
