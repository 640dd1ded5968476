"""A mailserver as a process that is killed in the middle of catching up, and started again."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pystatus import Node, NodeConfig
from pystatus.mailserver.server.archive import ArchiveQuery, Page
from pystatus.mailserver.server.server import Server
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.apps.support import Running
from tests.mailserver.support import KEY
from tests.scenarios.test_history import until
from tests.storage.archive.support import envelope, fill, hashes

HOUR = 3_600
MISSED = 10_000
PAGES = 8
"""That are answered before the first mailserver stops to answer, and the second one is killed."""


class Source:
    """A mailserver in this process that can be told to fall silent."""

    def __init__(self, enode: str, archive: SqliteArchive) -> None:
        self.enode = enode
        self.archive = archive
        self.queries: list[ArchiveQuery] = []
        self.pages_left: int | None = PAGES
        self.is_silent = asyncio.Event()
        self.speaks_again = asyncio.Event()


@asynccontextmanager
async def source(path: Path) -> AsyncIterator[Source]:
    node = Node(NodeConfig(listen="127.0.0.1:0"))
    archive = await SqliteArchive.open(path)
    read = archive.page

    async def page(query: ArchiveQuery) -> Page:
        here.queries.append(query)
        if here.pages_left == 0:
            here.is_silent.set()
            await here.speaks_again.wait()
        elif here.pages_left is not None:
            here.pages_left -= 1
        return await read(query)

    archive.page = page  # type: ignore[method-assign]
    node.keep_history(archive, Server(KEY))
    async with node:
        here = Source(str(node.enode), archive)
        yield here


def stored(path: Path) -> int:
    """Envelopes in an archive that somebody may be filling."""
    connection = sqlite3.connect(path)
    try:
        (count,) = connection.execute("SELECT count(*) FROM envelopes").fetchone()
    finally:
        connection.close()
    return int(count)


async def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path: Path) -> None:
    now = int(time.time())
    missed = [envelope(number, now - HOUR - 20 * number) for number in range(MISSED)]
    path = tmp_path / "archive.db"

    def mailserver() -> Running:
        return Running(tmp_path, "mailserver", "--listen", "127.0.0.1:0", "--catch-up-from", there.enode)

    async with source(tmp_path / "source.db") as there:
        await fill(there.archive, missed)
        with mailserver() as killed:
            killed.line()
            async with asyncio.timeout(60):
                await there.is_silent.wait()
            asked_first = there.queries.copy()
            await until(lambda: stored(path) >= 500)
            killed.process.send_signal(signal.SIGKILL)
            killed.process.wait(60)
        before = stored(path)
        assert 0 < before < MISSED
        there.queries.clear()
        there.pages_left = None
        there.speaks_again.set()
        with mailserver() as again:
            again.line()
            await until(lambda: stored(path) == MISSED)
            assert again.stop(signal.SIGTERM) == 0
        # What was complete before is not asked for again, save the last minutes.
        newest = max(query.before.sent for query in there.queries if query.before.sent < now - HOUR // 2)
        assert newest < max(query.before.sent for query in asked_first)
    archive = await SqliteArchive.open(path)
    assert await hashes(archive) == {one.hash for one in missed}
    await archive.close()
