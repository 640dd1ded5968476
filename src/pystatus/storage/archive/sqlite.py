"""An archive in one SQLite file: nothing to install, one machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pystatus.mailserver.coverage import CoverageEntry
from pystatus.storage.archive.sqlite_file import connect, explained
from pystatus.storage.archive.sqlite_reader import QUERY_TIMEOUT, SqliteReader
from pystatus.storage.archive.sqlite_writer import Writer
from pystatus.waku.envelope import Envelope

WRITER_CACHE = 64 << 20
"""Bytes of the database that the writer keeps in memory."""

_Result = TypeVar("_Result")


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
