"""What envelopes can be copied from into an archive: archives of ours, and those of status-go (waku.md §7.1)."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from pystatus.errors import RemoteError, library_missing
from pystatus.mailserver.config import MAX_PAGE_BYTES
from pystatus.mailserver.cursor import CURSOR_SIZE, LAST_SECOND, Key
from pystatus.mailserver.server.archive import MAX_BATCH, ArchiveError, ArchiveQuery, ArchiveState, Kept, Page
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.storage.archive.names import check_name, is_postgres
from pystatus.storage.files import why_unwritable
from pystatus.waku.envelope import Envelope

LEVELDB_MARK = "CURRENT"
"""The file that every LevelDB directory has."""
_LEVELDB_WRITES = {"LOCK", "LOG", "LOG.old"}
FIRST = Key(LAST_SECOND + 1, b"")
"""Before all envelopes, seen from the newest."""


class Source(Protocol):
    """Envelopes to be copied, from the newest to the oldest."""

    async def count(self) -> int:
        """How many there are; roughly, or 0 where counting would take long."""
        ...

    def batches(self, before: Key) -> AsyncIterator[tuple[Key, list[bytes]]]:
        """All that stand before ``before``, in batches: the key of the last one, and the envelopes in RLP.

        :raises ArchiveError: it cannot be read.
        """
        ...

    async def ledger(self) -> Sequence[Kept]:
        """Of which seconds everything is there, if it says so.

        :raises ArchiveError: it cannot be read.
        """
        ...

    async def close(self) -> None: ...


class ReadableArchive(Protocol):
    """What is needed of an archive of ours to read it: see :class:`~pystatus.mailserver.server.archive.Archive`."""

    async def page(self, query: ArchiveQuery) -> Page: ...

    async def ledger(self) -> Sequence[Kept]: ...

    async def removed_before(self) -> int: ...

    async def state(self) -> ArchiveState: ...

    async def close(self) -> None: ...


class ArchiveSource:
    """An archive of ours."""

    def __init__(self, archive: ReadableArchive) -> None:
        self._archive = archive

    async def state(self) -> ArchiveState:
        """How full it is."""
        return await self._archive.state()

    async def count(self) -> int:
        return (await self.state()).envelopes

    async def batches(self, before: Key) -> AsyncIterator[tuple[Key, list[bytes]]]:
        more = True
        while more:
            page = await self._archive.page(ArchiveQuery(0, before, MAX_BATCH, MAX_PAGE_BYTES))
            if not page.envelopes:
                return
            before = Key.of(Envelope.decode(page.envelopes[-1]))
            more = page.more
            yield before, list(page.envelopes)

    async def ledger(self) -> Sequence[Kept]:
        there = TimeRanges([TimeRange(await self._archive.removed_before(), LAST_SECOND)])
        return [
            Kept(one.keeper, replace(one.entry, covered=one.entry.covered & there))
            for one in await self._archive.ledger()
        ]

    async def close(self) -> None:
        await self._archive.close()


class LevelDbSource:
    """The directory of a status-go mailserver that is not running: ``sent ‖ hash [‖ topic]`` to the envelope."""

    def __init__(self, path: Path) -> None:
        """
        :raises LocalError: the library is missing, or the directory cannot be opened.
        """
        try:
            import plyvel
        except ImportError as error:
            raise library_missing("Reading a LevelDB", "plyvel") from error
        with contextlib.ExitStack() as opened:
            try:
                readable = path if why_unwritable(path / LEVELDB_MARK) is None else _linked(path, opened)
                self._database: Any = plyvel.DB(str(readable))
            except (plyvel.Error, OSError) as error:
                raise ArchiveError(
                    f"The LevelDB in {path} cannot be opened: {error}. Stop the mailserver that uses it."
                ) from error
            opened.callback(self._database.close)
            self._resources = opened.pop_all()

    async def count(self) -> int:
        return 0

    async def batches(self, before: Key) -> AsyncIterator[tuple[Key, list[bytes]]]:
        batch: list[bytes] = []
        key = before
        stop = before.cursor if before.sent <= LAST_SECOND else None
        for raw_key, value in self._database.iterator(stop=stop, reverse=True):
            if len(raw_key) < CURSOR_SIZE:  # none of a mailserver's keys
                continue
            key = Key(int.from_bytes(raw_key[:4], "big"), raw_key[4:CURSOR_SIZE])
            batch.append(value)
            if len(batch) == MAX_BATCH:
                yield key, batch
                batch = []
        if batch:
            yield key, batch

    async def ledger(self) -> Sequence[Kept]:
        return ()

    async def close(self) -> None:
        self._resources.close()


def _linked(path: Path, opened: contextlib.ExitStack) -> Path:
    """A directory with links to the files of a LevelDB on a read-only disk. LevelDB writes even when it only reads: a
    lock, a log, and what it makes of the last changes. It makes files of its own for them, and changes none."""
    directory = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="pystatus-leveldb-")))
    for file in path.iterdir():
        if file.name not in _LEVELDB_WRITES:
            (directory / file.name).symlink_to(file.resolve())
    return directory


class StatusGoPostgresSource:
    """The table of a status-go mailserver in PostgreSQL."""

    def __init__(self, connection: Any) -> None:
        """
        :param connection: of asyncpg.
        """
        self._connection = connection

    async def count(self) -> int:
        found = await self._connection.fetchval("SELECT reltuples::bigint FROM pg_class WHERE relname = 'envelopes'")
        return max(0, int(found))

    async def batches(self, before: Key) -> AsyncIterator[tuple[Key, list[bytes]]]:
        from pystatus.storage.archive.postgres_schema import explained

        last = before.cursor if before.sent <= LAST_SECOND else b"\xff" * (CURSOR_SIZE + 5)
        while True:
            with explained():
                rows = await self._connection.fetch(
                    "SELECT id, data FROM envelopes WHERE id < $1 ORDER BY id DESC LIMIT $2", last, MAX_BATCH
                )
            if not rows:
                return
            last = rows[-1][0]
            yield Key(int.from_bytes(last[:4], "big"), last[4:CURSOR_SIZE]), [data for _, data in rows]

    async def ledger(self) -> Sequence[Kept]:
        return ()

    async def close(self) -> None:
        await self._connection.close()


async def open_source(name: str) -> Source:
    """The source at ``name``: a file, a LevelDB directory, or a PostgreSQL URL of either kind.

    :raises LocalError: there is none, it cannot be opened, or what it needs is not installed.
    """
    check_name(name)
    if is_postgres(name):
        return await _open_postgres(name)
    path, is_directory = _existing(name)
    if is_directory:
        return LevelDbSource(path)
    from pystatus.storage.archive.sqlite_reader import SqliteReader

    return ArchiveSource(await SqliteReader.open(path))


def _existing(name: str) -> tuple[Path, bool]:
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / LEVELDB_MARK).is_file():
            raise ArchiveError(f"The directory {path} holds no LevelDB. Name the one with the file {LEVELDB_MARK}.")
        return path, True
    if not path.is_file():
        raise ArchiveError(f"There is no archive at {path}.")
    return path, False


async def _open_postgres(url: str) -> Source:
    try:
        from pystatus.storage.archive.postgres import PostgresArchive
        from pystatus.storage.archive.postgres_hosts import connect
        from pystatus.storage.archive.postgres_schema import explained
    except ImportError as error:
        raise library_missing("An archive in PostgreSQL", "asyncpg") from error
    with explained():
        connection = await connect(url)
        ours, theirs = await connection.fetchrow(
            "SELECT to_regclass('pystatus_archive') IS NOT NULL, to_regclass('envelopes') IS NOT NULL"
        )
    if theirs and not ours:
        return StatusGoPostgresSource(connection)
    await connection.close()
    if not ours:
        raise ArchiveError("The database holds no archive.")
    return ArchiveSource(await PostgresArchive.open(url))


def decode(raw: bytes) -> Envelope | None:
    """The envelope, or ``None`` if it is none."""
    try:
        return Envelope.decode(raw)
    except RemoteError:
        return None
