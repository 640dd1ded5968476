"""An archive in one SQLite file: nothing to install, one machine."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.server.archive import ArchiveBusy, ArchiveQuery, ArchiveState, Kept, Page
from pystatus.storage.archive.sqlite_file import connect, connect_reader, explained
from pystatus.storage.archive.sqlite_query import read_ledger, read_page, read_removed_before, read_state
from pystatus.storage.archive.sqlite_writer import Writer
from pystatus.waku.envelope import Envelope

READERS = 2
"""Pages that are read at the same time. Each has a thread; more help only with slow disks."""
WRITER_CACHE = 64 << 20
"""Bytes of the database that the writer keeps in memory."""
READER_CACHE = 16 << 20
"""The same for each reader; behind it is the system's cache."""
QUERY_TIMEOUT = 10.0
"""Seconds after which a page is given up."""
INTERRUPT_AGAIN = 0.05
"""Seconds between two attempts to interrupt a search."""

_Result = TypeVar("_Result")


class _Search:
    """One search, which may be given up before it begins, while it runs, or in vain."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._given_up = False

    def give_up(self) -> None:
        """To be called in the event loop. Interrupts again and again: between two statements nobody notices it."""
        with self._lock:
            self._given_up = True
            if self._connection is not None:
                self._connection.interrupt()
                self._loop.call_later(INTERRUPT_AGAIN, self.give_up)

    @contextlib.contextmanager
    def on(self, connection: sqlite3.Connection) -> Iterator[None]:
        with self._lock:
            if self._given_up:
                raise ArchiveBusy("The archive is too busy: ask again in a minute.")
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None


class SqliteReader:
    """An archive that is open for reading. Its threads do not hold up the event loop; other processes may write to the
    file, and it may be on a read-only disk."""

    def __init__(self, path: Path, query_timeout: float) -> None:
        """Internal: see :meth:`open`."""
        self._path = path
        self._query_timeout = query_timeout
        self._reading = ThreadPoolExecutor(READERS, "archive-reader")
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        with contextlib.ExitStack() as opened:
            for _ in range(READERS):
                reader = connect_reader(path, cache_bytes=READER_CACHE)
                opened.callback(reader.close)
                self._readers.put(reader)
            opened.pop_all()

    @classmethod
    async def open(cls, path: Path, *, query_timeout: float = QUERY_TIMEOUT) -> SqliteReader:
        """Open the archive at ``path``.

        :raises ArchiveError: the file cannot be opened, is none of ours, or was written by a newer version.
        """
        return await asyncio.to_thread(cls, path, query_timeout)

    async def page(self, query: ArchiveQuery) -> Page:
        """See :meth:`pystatus.mailserver.server.archive.Archive.page`."""
        return await self._read(lambda connection: read_page(connection, query))

    async def ledger(self) -> list[Kept]:
        """See :meth:`pystatus.mailserver.server.archive.Archive.ledger`."""
        return await self._read(read_ledger)

    async def removed_before(self) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.removed_before`."""
        return await self._read(read_removed_before)

    async def state(self) -> ArchiveState:
        """See :meth:`pystatus.mailserver.server.archive.Archive.state`."""
        return await self._read(read_state)

    async def close(self) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.close`."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._reading.shutdown()
        while not self._readers.empty():  # all are there again, unless it was closed before
            self._readers.get().close()

    async def _read(self, action: Callable[[sqlite3.Connection], _Result]) -> _Result:
        loop = asyncio.get_running_loop()
        search = _Search(loop)

        def run() -> _Result:
            connection = self._readers.get()
            try:
                with explained(self._path), search.on(connection):
                    return action(connection)
            finally:
                self._readers.put(connection)

        timer = loop.call_later(self._query_timeout, search.give_up)
        try:
            return await loop.run_in_executor(self._reading, run)
        except asyncio.CancelledError:
            search.give_up()
            raise
        finally:
            timer.cancel()


class SqliteArchive(SqliteReader):
    """An open archive. Other processes may have the file open, too."""

    def __init__(self, path: Path, max_bytes: int | None, query_timeout: float) -> None:
        """Internal: see :meth:`open`."""
        connection = connect(path, cache_bytes=WRITER_CACHE)
        try:
            self._writer = Writer(connection, max_bytes)
            super().__init__(path, query_timeout)
        except BaseException:
            connection.close()
            raise
        self._writing = ThreadPoolExecutor(1, "archive-writer")

    @classmethod
    async def open(
        cls, path: Path, *, max_bytes: int | None = None, query_timeout: float = QUERY_TIMEOUT
    ) -> SqliteArchive:
        """Open the archive at ``path``, or make a new one there.

        :param max_bytes: the size that it may have on the disk; the oldest envelopes give way.
        :raises ArchiveError: the file cannot be opened, is none of ours, or was written by a newer version.
        """
        return await asyncio.to_thread(cls, path, max_bytes, query_timeout)

    async def add(self, envelopes: Sequence[Envelope]) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.add`."""
        return await self._write(lambda: self._writer.add(envelopes))

    async def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep`."""
        await self._write(lambda: self._writer.keep(keeper, entries))

    async def vouched_time(self) -> int | None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.vouched_time`."""
        return await self._write(self._writer.vouched_time)

    async def keep_vouched_time(self, second: int) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep_vouched_time`."""
        await self._write(lambda: self._writer.keep_vouched_time(second))

    async def prune(self, before: int, after: int | None = None) -> int:
        """See :meth:`~pystatus.mailserver.server.archive.Archive.prune`. Works in steps, between which others write."""
        removed = 0
        while step := await self._write(lambda: self._writer.prune_step(before, after)):
            removed += step
        while await self._write(self._writer.compact_step):
            pass
        return removed

    def _close(self) -> None:
        super()._close()
        self._writing.shutdown()
        self._writer.connection.close()

    async def _write(self, action: Callable[[], _Result]) -> _Result:
        def run() -> _Result:
            with explained(self._path):
                return action()

        return await asyncio.get_running_loop().run_in_executor(self._writing, run)
