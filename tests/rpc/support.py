"""Callers under test: a node with an RPC server, and ways to talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from pystatus.node import Node, NodeConfig
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.server import RpcServer
from pystatus.rpc.session import Session

TOKEN = "a-token-for-tests"
PATIENCE = 30.0
"""Seconds after which a test that waits has failed; what is waited for takes milliseconds."""
TOPIC = "0x12345678"
WORK = {"ttl": 10, "powTarget": 0.002, "powTime": 30}
"""How messages of tests are posted: with the proof of work that Status asks for."""

Json = dict[str, Any]


class Refusal(Exception):
    """The error object of an answer."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.data: Any = error.get("data")


class Caller:
    """Calls methods without any transport."""

    def __init__(self, dispatcher: Dispatcher, send: Callable[[bytes], None] | None = None) -> None:
        self.dispatcher = dispatcher
        self.session = Session(send)
        self._ids = itertools.count(1)

    async def __call__(self, method: str, *params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        answer = await self.dispatcher.answer(json.dumps(request).encode(), self.session)
        self.session.answered()
        assert answer is not None
        return result(json.loads(answer), request["id"])


def result(answer: Json, request_id: Any) -> Any:
    """What an answer says.

    :raises Refusal: an error.
    """
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", request_id)
    if "error" in answer:
        raise Refusal(answer["error"])
    return answer["result"]


class Served:
    """A node with a server, and HTTP and WebSocket callers of it."""

    def __init__(self, node: Node, server: RpcServer, http: aiohttp.ClientSession) -> None:
        self.node = node
        self.server = server
        self.http = http

    @property
    def url(self) -> str:
        assert self.server.url is not None
        return self.server.url

    @property
    def port(self) -> int:
        """The port of HTTP."""
        return int(self.url.rpartition(":")[2])

    async def call(self, method: str, *params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        body = io.BytesIO(json.dumps(request).encode())
        headers = {"Content-Type": "application/json"}
        async with self.http.post(self.url, data=body, headers=headers) as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            return result(await response.json(), method)


@asynccontextmanager
async def served(config: RpcConfig | None = None, node_config: NodeConfig | None = None) -> AsyncIterator[Served]:
    """A node that serves HTTP on a free port, and a caller with its token."""
    config = config or RpcConfig(http=True, http_port=0, token=TOKEN)
    async with Node(node_config) as node, RpcServer(node, config) as server:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as http:
            yield Served(node, server, http)


class Line:
    """A duplex connection over a Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, method: str, *params: Any) -> None:
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.writer.write(json.dumps(request).encode())
        await self.writer.drain()

    async def hear(self) -> Json:
        async with asyncio.timeout(PATIENCE):
            heard: Json = json.loads(await self.reader.readline())
            return heard

    async def call(self, method: str, *params: Any) -> Any:
        await self.say(method, *params)
        return result(await self.hear(), method)


@asynccontextmanager
async def line(path: Path) -> AsyncIterator[Line]:
    """Connect to a Unix socket."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):  # it was hung up on
            await writer.wait_closed()
