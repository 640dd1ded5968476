"""What a push notification server stores, in one SQLite file: nothing to install, one machine.

What is stored together is committed together, so that as many devices can register as come, and each is told so only
when power may fail. The file holds device tokens: it is for its owner alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pystatus.crypto.random import RandomSource
from pystatus.push.server.limits import MAX_ANSWERED, MAX_DEVICES, NEW_SECONDS
from pystatus.push.server.registrations import RegistrationsError, Row, Stored
from pystatus.storage.files import prepare_database
from pystatus.storage.opening import writing_uri

APPLICATION_ID = 0x70735350
"""Marks the file as one of ours ("psSP" in SQLite's header)."""
DEFAULT_MOST = 1_000_000
"""Devices that are registered at most, if the operator does not say. Some 1.5 GB, if each has a hundred contacts."""
LISTED_AT_ONCE = 1_000
"""Keys that are read at once after a start."""
MAX_TOGETHER = 500
"""Rows that are committed together. More would keep those that wait for the first one."""
LOT_BYTES = 7
"""Random bytes that decide which new row gives way: SQLite's numbers have no more."""

_TABLES = """
CREATE TABLE registrations (
    id INTEGER PRIMARY KEY,        -- the order in which they were stored; anew each time
    key_hash BLOB NOT NULL,        -- of the owner, 64 bytes
    installation_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    registration BLOB,             -- NULL: unregistered
    first_s INTEGER NOT NULL,      -- Unix second at which this device came first
    is_new INTEGER NOT NULL,       -- whether it may give way to another
    lot INTEGER NOT NULL,          -- decides whether it does
    UNIQUE (key_hash, installation_id)
);
CREATE INDEX by_lot ON registrations (lot) WHERE is_new;
CREATE INDEX by_first ON registrations (first_s) WHERE is_new;
CREATE TABLE answered (
    id INTEGER PRIMARY KEY,        -- their order
    request_id BLOB NOT NULL UNIQUE
);
"""
SCHEMA_VERSION = 1


class _Writer:
    """The connection, in its thread. Implements the rules of :class:`~pystatus.push.server.registrations.Registrations`
    about what gives way."""

    def __init__(self, connection: sqlite3.Connection, most: int, random: RandomSource) -> None:
        self.connection = connection
        self._most = most
        self._random = random
        (self._count,) = connection.execute("SELECT count(*) FROM registrations").fetchone()

    def together(self, actions: Sequence[Callable[[], object]]) -> Sequence[object]:
        """Do them in one transaction."""
        before = self._count
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            results = [action() for action in actions]
            self.connection.execute("COMMIT")
        except BaseException:
            self._count = before
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        return results

    def store(self, row: Row, now: float) -> Stored:
        """Within a transaction: see :meth:`~pystatus.push.server.registrations.Registrations.store`."""
        known = self._one(
            "SELECT id, version, first_s, is_new, lot FROM registrations WHERE key_hash = ? AND installation_id = ?",
            row.key_hash,
            row.installation_id,
        )
        if known is not None and known[1] >= row.version:
            return Stored.OLDER
        if known is None and not self._make_room(row.key_hash, now):
            return Stored.FULL
        if known is not None:
            self._delete(known[0])
        first_s, is_new, lot = known[2:] if known else (int(now), 1, self._lot())
        self.connection.execute(
            "INSERT INTO registrations (key_hash, installation_id, version, registration, first_s, is_new, lot)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.key_hash, row.installation_id, row.version, row.registration, first_s, is_new, lot),
        )
        self._count += 1
        return Stored.STORED

    def answered(self, request_id: bytes) -> None:
        """Within a transaction: see :meth:`~pystatus.push.server.registrations.Registrations.answered`."""
        self.connection.execute("INSERT OR IGNORE INTO answered (request_id) VALUES (?)", (request_id,))
        self.connection.execute("DELETE FROM answered WHERE id <= (SELECT max(id) FROM answered) - ?", (MAX_ANSWERED,))

    def _make_room(self, key_hash: bytes, now: float) -> bool:
        """For a device that is not here yet. Whether there is room."""
        (devices,) = self._row("SELECT count(*) FROM registrations WHERE key_hash = ?", key_hash)
        if devices >= MAX_DEVICES:  # its own give way, and nobody else's
            (oldest,) = self._row("SELECT min(id) FROM registrations WHERE key_hash = ?", key_hash)
            self._delete(oldest)
            return True
        if self._count < self._most:
            return True
        self.connection.execute(
            "UPDATE registrations SET is_new = 0 WHERE is_new AND first_s <= ?", (int(now) - NEW_SECONDS,)
        )
        order = "SELECT id FROM registrations WHERE is_new AND lot >= ? ORDER BY lot LIMIT 1"
        drawn = self._one(order, self._lot()) or self._one(order, 0)
        if drawn is None:
            return False
        self._delete(drawn[0])
        return True

    def _delete(self, row_id: int) -> None:
        self.connection.execute("DELETE FROM registrations WHERE id = ?", (row_id,))
        self._count -= 1

    def _lot(self) -> int:
        return int.from_bytes(self._random(LOT_BYTES), "big")

    def _one(self, query: str, *values: object) -> tuple[int, ...] | None:
        row: tuple[int, ...] | None = self.connection.execute(query, values).fetchone()
        return row

    def _row(self, query: str, *values: object) -> tuple[int, ...]:
        row = self._one(query, *values)
        assert row is not None  # aggregates always give one
        return row


class SqliteRegistrations:
    """An open file. One process has it open. Implements
    :class:`pystatus.push.server.registrations.Registrations`."""

    def __init__(self, path: Path, most: int, random: RandomSource) -> None:
        """Internal: see :meth:`open`."""
        self._path = path
        self._writer = _Writer(_connect(path), most, random)
        self._reader = _connect(path)
        self._writing = ThreadPoolExecutor(1, "push-writer")
        self._reading = ThreadPoolExecutor(1, "push-reader")
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[object]]] = []
        self._committing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, random: RandomSource, most: int = DEFAULT_MOST) -> SqliteRegistrations:
        """Open the file at ``path``, or make a new one there.

        :param most: devices that it holds at most.
        :raises RegistrationsError: it cannot be opened, is none of ours, or was written by a newer version.
        """
        return await asyncio.to_thread(cls, path, most, random)

    async def version(self, key_hash: bytes, installation_id: str) -> int:
        """See :meth:`pystatus.push.server.registrations.Registrations.version`."""
        query = "SELECT version FROM registrations WHERE key_hash = ? AND installation_id = ?"
        rows = await self._read(query, key_hash, installation_id)
        return int(rows[0][0]) if rows else 0

    async def store(self, row: Row, now: float) -> Stored:
        """See :meth:`pystatus.push.server.registrations.Registrations.store`."""
        stored = await self._write(lambda: self._writer.store(row, now))
        assert isinstance(stored, Stored)
        return stored

    async def of_keys(self, key_hashes: Sequence[bytes]) -> Sequence[Row]:
        """See :meth:`pystatus.push.server.registrations.Registrations.of_keys`."""
        marks = ", ".join("?" * len(key_hashes))
        rows = await self._read(
            "SELECT key_hash, installation_id, version, registration FROM registrations"
            f" WHERE key_hash IN ({marks}) AND registration IS NOT NULL ORDER BY id DESC",
            *key_hashes,
        )
        return [Row(*row) for row in rows]

    async def find(self, key_hash: bytes, installation_id: str) -> bytes | None:
        """See :meth:`pystatus.push.server.registrations.Registrations.find`."""
        query = "SELECT registration FROM registrations WHERE key_hash = ? AND installation_id = ?"
        rows = await self._read(query, key_hash, installation_id)
        return rows[0][0] if rows else None

    async def key_hashes(self) -> AsyncIterator[bytes]:
        """See :meth:`pystatus.push.server.registrations.Registrations.key_hashes`."""
        last = b""
        while rows := await self._read(
            "SELECT DISTINCT key_hash FROM registrations WHERE key_hash > ? AND registration IS NOT NULL"
            f" ORDER BY key_hash LIMIT {LISTED_AT_ONCE}",
            last,
        ):
            for (last,) in rows:
                yield last

    async def is_answered(self, request_id: bytes) -> bool:
        """See :meth:`pystatus.push.server.registrations.Registrations.is_answered`."""
        return bool(await self._read("SELECT 1 FROM answered WHERE request_id = ?", request_id))

    async def answered(self, request_id: bytes, now: float) -> None:
        """See :meth:`pystatus.push.server.registrations.Registrations.answered`."""
        await self._write(lambda: self._writer.answered(request_id))

    async def close(self) -> None:
        """Finish what is being stored, and let go of the file."""
        if self._committing is not None:
            await self._committing
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for thread, connection in ((self._writing, self._writer.connection), (self._reading, self._reader)):
            thread.shutdown()
            connection.close()

    async def _read(self, query: str, *values: object) -> Sequence[tuple[Any, ...]]:
        def read() -> Sequence[tuple[Any, ...]]:
            with _explained(self._path):
                return self._reader.execute(query, values).fetchall()

        return await asyncio.get_running_loop().run_in_executor(self._reading, read)

    async def _write(self, action: Callable[[], object]) -> object:
        """Do ``action`` in the next transaction, together with what others want meanwhile."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((action, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit(), name="push registrations")
        return await done

    async def _commit(self) -> None:
        def write(actions: Sequence[Callable[[], object]]) -> Sequence[object]:
            with _explained(self._path):
                return self._writer.together(actions)

        while self._waiting:
            now, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
            loop = asyncio.get_running_loop()
            try:
                results = await loop.run_in_executor(self._writing, write, [action for action, _ in now])
            except RegistrationsError as error:
                for _, done in now:
                    if not done.cancelled():
                        done.set_exception(RegistrationsError(str(error)))
                continue
            for (_, done), result in zip(now, results, strict=True):
                if not done.cancelled():
                    done.set_result(result)


def _connect(path: Path) -> sqlite3.Connection:
    """
    :raises RegistrationsError: see :meth:`SqliteRegistrations.open`.
    """
    try:
        prepare_database(path)
    except OSError as error:
        raise RegistrationsError(f"The file {path} cannot be made: {error.strerror or error}.") from error
    with _explained(path):
        connection = sqlite3.connect(writing_uri(path), uri=True, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make a new file one of ours, and make sure that another one is."""
    ((found,), (version,)) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (found, version, tables) == (0, 0, 0):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )
    elif found != APPLICATION_ID:
        raise RegistrationsError(f"The file {path} is a database, but none of a push server. Name another file.")
    elif version > SCHEMA_VERSION:
        raise RegistrationsError(
            f"The file {path} was written by a newer pystatus (schema {version}, known {SCHEMA_VERSION})."
            " Update pystatus."
        )
    connection.execute("PRAGMA synchronous = FULL")  # a device is told that it is registered: it must be, after a crash


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise RegistrationsError(f"The disk with {path} is full. Make room.") from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise RegistrationsError(
                f"The file {path} is damaged, or no database: {error}. Name another one."
            ) from error
        raise RegistrationsError(f"The file {path} cannot be used: {error}.") from error
