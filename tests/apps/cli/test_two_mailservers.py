"""Two mailservers as processes on one database in PostgreSQL, of which one is killed; and a database that goes away."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Node, NodeConfig
from pystatus.mailserver.completion import Completed, Failed
from pystatus.waku.envelope import Envelope
from tests.apps.support import Running
from tests.scenarios.test_history import PATIENCE, TOPIC, Asker, everything, until
from tests.support.postgres import PostgresServer

COUNT = 900
BURST = 30


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


def mailserver(path: Path, url: str) -> Running:
    return Running(path, "mailserver", "--listen", "127.0.0.1:0", PYSTATUS_MAILSERVER_ARCHIVE=url)


async def history(enode: str, expected: int, *, complete: bool = True) -> list[Envelope]:
    """Page through everything, again until there is all that is expected: the last of it is stored after 0.2 s."""
    asker = Asker()
    async with Node(NodeConfig(peers=(enode,)), on_event=asker) as node:
        node.trust(enode)
        await node.wait_for_peer(PATIENCE)
        node.watch([TOPIC])
        asker.node = node
        (asker.server,) = node.peers
        while True:
            asker.received.clear()
            cursor = b""
            while True:
                completion = await asker.ask(everything(50, cursor))
                if isinstance(completion, Failed):  # what waits for the archive is not there yet
                    assert "ask again" in completion.text
                    break
                cursor = completion.cursor
                if not cursor:
                    break
            if isinstance(completion, Completed) and (len(asker.received) >= expected or not complete):
                return list(asker.received)


async def send(enodes: tuple[str, ...], first: Running) -> list[Envelope]:
    """Post to all mailservers in bursts; half-way the first one is killed."""
    sent: list[Envelope] = []
    async with Node(NodeConfig(peers=enodes)) as node:
        await until(lambda: len(node.peers) == len(enodes))
        while len(sent) < COUNT:
            if len(sent) == COUNT // 2:
                first.stop(signal.SIGKILL)
            for _ in range(BURST):
                sent.append(Envelope.mine(time.time(), 60, TOPIC, os.urandom(300), 0.000002))
                node.post(sent[-1])
            await asyncio.sleep(0)
        await until(lambda: node.relay.counters.envelopes_sent >= COUNT)
    return sent


def test_nothing_is_lost_and_nothing_served_twice_when_one_is_killed_under_load(
    tmp_path: Path, server: PostgresServer
) -> None:
    url = server.new_database()
    with mailserver(tmp_path / "1", url) as first, mailserver(tmp_path / "2", url) as second:
        enodes = (first.line(), second.line())
        sent = asyncio.run(send(enodes, first))
        found = asyncio.run(history(enodes[1], COUNT))
        assert len(found) == len(set(found)) == COUNT
        assert set(found) == set(sent)
        # The one that was killed comes back, and serves what the other has stored.
        with mailserver(tmp_path / "1", url) as again:
            assert set(asyncio.run(history(again.line(), COUNT))) == set(sent)
            again.stop(signal.SIGTERM)
        second.stop(signal.SIGTERM)


def test_a_database_that_goes_away_in_the_middle_loses_nothing(tmp_path: Path, server: PostgresServer) -> None:
    url = server.new_database()
    with mailserver(tmp_path, url) as only:
        enode = only.line()

        async def post(count: int) -> list[Envelope]:
            posted = []
            async with Node(NodeConfig(peers=(enode,))) as node:
                await node.wait_for_peer(PATIENCE)
                for _ in range(count):
                    posted.append(Envelope.mine(time.time(), 60, TOPIC, os.urandom(300), 0.000002))
                    node.post(posted[-1])
                await until(lambda: node.relay.counters.envelopes_sent >= count)
            return posted

        sent = asyncio.run(post(100))
        assert len(asyncio.run(history(enode, 100))) == 100
        server.stop("immediate")
        sent += asyncio.run(post(100))
        while "the archive fails: nothing new is stored, and no history is served" not in only.next_complaint():
            pass
        server.start()
        assert set(asyncio.run(history(enode, 200))) == set(sent)
        assert only.stop(signal.SIGTERM) == 0
