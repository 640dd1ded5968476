"""A55: connections to the metrics port that take every file descriptor; bytes of strangers in the log.

Expected: strangers have a bounded number of places for a bounded time; the page is served, peers are let in, and the
log says one line.
"""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pystatus.metrics.server import MonitoringServer
from pystatus.net.http_connection import HttpLimits
from pystatus.node import Node, NodeConfig
from pystatus.settings.model import MetricsSettings, Settings
from tests.adversary.hostile import connect, is_hung_up_on
from tests.apps.cli.scraping import Monitored

PATIENCE = 60.0
DESCRIPTORS = 128
"""What a node may have open in these tests; the 1,024 of a system are as soon reached."""
ATTACKERS = 300
REQUEST = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
SECRET = b"Authorization\x00: Bearer a-secret-of-somebody\r\n\r\n"


async def health(port: int) -> bytes:
    """The first line of an answer."""
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        line = await reader.readline()
        writer.close()
        return line


async def test_a_node_under_silent_connections_serves_its_page_and_lets_peers_in(tmp_path: Path) -> None:
    with Monitored(tmp_path) as node:
        resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        port = int(node.base.rpartition(":")[2])
        async with AsyncExitStack() as stack:
            for _ in range(ATTACKERS):
                await connect(stack, port)
            for _ in range(20):
                assert b" 200 " in await health(port)
            async with asyncio.timeout(PATIENCE), Node(NodeConfig(peers=(node.enode,))) as peer:
                await peer.wait_for_peer()
            for _ in range(ATTACKERS):
                await connect(stack, port, SECRET)
            assert b" 200 " in await health(port)
        assert node.stop(signal.SIGTERM) == 0
        log = node.errors()
    assert not any("secret" in line or "Bearer" in line for line in log)
    about_it = [
        line for line in log if any(name in line for name in ("http_front", "http_connection", "aiohttp", "asyncio"))
    ]
    assert 1 <= len(about_it) <= 2, log
    assert "too many connections to the metrics" in about_it[0]
    assert sum(map(len, about_it)) < 500


@asynccontextmanager
async def monitored() -> AsyncIterator[int]:
    """The metrics port of a node in this process."""
    settings = Settings(metrics=MetricsSettings(port=0))
    async with Node() as node, MonitoringServer(node, lambda: settings) as server:
        yield int(server.url.rpartition(":")[2].partition("/")[0])


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"G",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 5_000,
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",  # and keeps the connection
        b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",  # and reads nothing
        b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
        b"GET /health HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        SECRET,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["silent", "first-byte", "half-a-header", "keep-alive", "unread", "body", "expects", "malformed", "tls"],
)
async def test_whatever_they_say_the_page_is_served(says: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with monitored() as port, AsyncExitStack() as stack:
        for _ in range(ATTACKERS):
            await connect(stack, port, says)
        assert b" 200 " in await health(port)
    assert "secret" not in caplog.text
    assert sum(len(record.getMessage()) for record in caplog.records if record.levelname != "INFO") < 300


async def test_no_more_are_open_than_there_are_places() -> None:
    async with monitored() as port, AsyncExitStack() as stack:
        strangers = [await connect(stack, port) for _ in range(ATTACKERS)]
        async with asyncio.timeout(PATIENCE):
            while sum(map(is_hung_up_on, strangers)) < ATTACKERS - HttpLimits().max_strangers:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
        assert not any(map(is_hung_up_on, strangers[-HttpLimits().max_strangers :]))
