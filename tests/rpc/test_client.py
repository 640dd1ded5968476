"""Whoever asks a node: an answer is read as it comes, and a node that says too much is not listened to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus.errors import RemoteError
from pystatus.rpc import client
from pystatus.rpc.client import call_http, call_socket
from tests.rpc.support import PATIENCE, TOKEN

LONG = b"a" * 1_000_000
"""More than one read of a socket brings."""


@asynccontextmanager
async def node(result: bytes) -> AsyncIterator[str]:
    """A node that answers each call with this result; its URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"jsonrpc":"2.0","id":1,"result":' + result + b"}"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"


async def test_an_answer_that_comes_in_many_parts_is_read_whole() -> None:
    async with node(b'"' + LONG + b'"') as url:
        assert await call_http(url, TOKEN, "waku_getFilterMessages", ["x"], PATIENCE) == LONG.decode()


async def test_of_an_answer_without_an_end_so_much_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_SIZE", 128 << 10)
    async with node(b'"' + LONG + b'"') as url:
        with pytest.raises(RemoteError, match="Ask for less at a time"):
            await call_http(url, TOKEN, "waku_getFilterMessages", ["x"], PATIENCE)


async def test_an_answer_of_little_things_is_counted_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_ITEMS", 1_000)
    lists = b"[" + b"[]," * 1_000 + b"[]]"
    async with node(lists) as url:
        with pytest.raises(RemoteError, match="millions of little things"):
            await call_http(url, TOKEN, "waku_info", [], PATIENCE)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"id":1,"result":' + lists + b"}")
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "ipc"):
        with pytest.raises(RemoteError, match="millions of little things"):
            await call_socket(tmp_path / "ipc", "waku_info", [], PATIENCE)
