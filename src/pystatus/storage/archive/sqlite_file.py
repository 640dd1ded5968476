"""The file of a SQLite archive: its layout, how it is opened, and what its errors mean.

The layout follows measurements. Rows lie in the order in which they came: a table ``WITHOUT ROWID`` keeps those of one
second in the order of their hashes, which on a busy day costs four times as much to write. The first eight bytes of a
hash stand for all of it; nobody can make an envelope whose eight bytes and second are those of somebody else's. The
index of topics is divided into stretches of :data:`BUCKET_SECONDS`, so that a batch of envelopes touches few pages of
it, and what is pruned leaves whole pages free.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pystatus.mailserver.server.archive import ArchiveBusy, ArchiveError, ArchiveFull, ArchiveReadOnly
from pystatus.storage.errors import StorageError
from pystatus.storage.files import prepare_database, why_refused, why_unwritable
from pystatus.storage.opening import has_room, reading_uri, writing_uri

APPLICATION_ID = 0x70735341
"""Marks the file as an archive of ours ("psSA" in SQLite's header)."""
PAGE_SIZE = 8_192
"""Bytes; with 4,096 ingest is a third slower."""
BUCKET_SHIFT = 12
BUCKET_SECONDS = 1 << BUCKET_SHIFT
"""Seconds that share one stretch of the index of topics: a topic's day is 22 of them, its month 633."""
CHECKPOINT_BYTES = 32 << 20
"""Bytes in the write-ahead log at which they are copied into the database."""
BUSY_TIMEOUT_MS = 10_000
"""Milliseconds that a connection waits for another, of an import for example."""
OLDEST_SQLITE = (3, 35, 0)
"""Materialised parts of queries."""

_TABLES = f"""
CREATE TABLE envelopes (
    id INTEGER PRIMARY KEY,   -- the order in which they came
    sent INTEGER NOT NULL,    -- Unix second
    prefix INTEGER NOT NULL,  -- see hash_prefix()
    topic INTEGER NOT NULL,   -- big-endian
    raw BLOB NOT NULL         -- the envelope in RLP
);
CREATE UNIQUE INDEX by_time ON envelopes (sent, prefix);
CREATE INDEX by_topic ON envelopes (sent >> {BUCKET_SHIFT}, topic, sent);
CREATE TABLE topics (         -- all that occur, to find those that match a bloom filter
    topic INTEGER PRIMARY KEY,
    last INTEGER NOT NULL     -- the bucket in which it occurred last
);
"""
_LEDGER = """
CREATE TABLE ledger (         -- of which seconds everything is here
    keeper BLOB NOT NULL,     -- node id of the mailserver whose entry it is
    server BLOB NOT NULL,     -- node id of the one that has heard or answered these seconds
    spans BLOB NOT NULL,      -- see pystatus.storage.archive.spans
    PRIMARY KEY (keeper, server)
) WITHOUT ROWID;
"""
_DAYS = """
ALTER TABLE ledger RENAME TO ledger_without_days;
CREATE TABLE ledger (         -- of which seconds everything is here
    keeper BLOB NOT NULL,     -- node id of the mailserver whose entry it is
    server BLOB NOT NULL,     -- node id of the one that has heard or answered these seconds, empty: enough of them have
    day INTEGER NOT NULL,     -- since 1970, on which that one was asked, 0: long ago, or never
    spans BLOB NOT NULL,      -- see pystatus.storage.archive.spans
    PRIMARY KEY (keeper, server, day)
) WITHOUT ROWID;
INSERT INTO ledger SELECT keeper, server, 0, spans FROM ledger_without_days;
DROP TABLE ledger_without_days;
CREATE TABLE removed (        -- one row at most
    before INTEGER NOT NULL   -- Unix second: before it, envelopes gave way to the set size
);
"""
_VOUCHED_TIME = """
CREATE TABLE vouched_time (   -- one row: how far the time had got for certain
    id INTEGER PRIMARY KEY CHECK (id = 0),
    second INTEGER NOT NULL   -- Unix time
);
"""
_STEPS = (_TABLES, _LEDGER, _DAYS, _VOUCHED_TIME)
"""What makes each version of the schema of the one before it."""
SCHEMA_VERSION = len(_STEPS)
LEDGER_VERSION, DAYS_VERSION = 2, 3
"""Versions of the schema since which there is a ledger, and since which its entries have days."""


def hash_prefix(envelope_hash: bytes) -> int:
    """The first eight bytes of a hash as SQLite's signed integer, in the same order. Fewer bytes are filled with 0."""
    return int.from_bytes(envelope_hash[:8].ljust(8, b"\0"), "big") - (1 << 63)


def connect(path: Path, *, cache_bytes: int) -> sqlite3.Connection:
    """A connection that writes to the archive at ``path``, which is made if it does not exist.

    :raises ArchiveError: the file cannot be opened, is none of ours, or was written by a newer version; or the disk is
        read-only.
    """
    _check_library()
    unwritable = why_unwritable(path)
    if unwritable is not None:
        raise ArchiveError(f"The archive {path} {unwritable}.")
    try:
        prepare_database(path)
    except OSError as error:
        raise ArchiveError(f"The archive {path} cannot be made: {error.strerror or error}.") from error
    with explained(path), _opened(writing_uri(path), cache_bytes) as connection:
        _prepare(connection, path)
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def connect_reader(path: Path, *, cache_bytes: int) -> sqlite3.Connection:
    """A connection that reads the archive at ``path``, on a read-only disk, too.

    :raises ArchiveError: the file cannot be opened, is none of ours, or was written by a newer version.
    """
    _check_library()
    try:
        uri = reading_uri(path)
    except StorageError as error:
        raise ArchiveError(str(error)) from error
    with explained(path), _opened(uri, cache_bytes) as connection:
        if not _version(connection, path):
            raise ArchiveError(f"There is no archive in {path}: it is empty. Name another file.")
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextlib.contextmanager
def _opened(uri: str, cache_bytes: int) -> Iterator[sqlite3.Connection]:
    """A connection that is closed if anything goes wrong until it is ready."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute(f"PRAGMA cache_size = -{cache_bytes >> 10}")
        connection.execute("PRAGMA temp_store = MEMORY")
        yield connection
        # Texts are not used; what several rows have is asked for in one piece, see sqlite_reader.
        connection.text_factory = bytes
    except BaseException:
        connection.close()
        raise


def _check_library() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ArchiveError(f"An archive needs SQLite 3.35 or newer; this Python has {sqlite3.sqlite_version}.")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the schema of an archive; 0: the database is empty.

    :raises ArchiveError: it is another database, or newer than this program.
    """
    found = _one(connection, "PRAGMA application_id")
    version = _one(connection, "PRAGMA user_version")
    if (found, version, _one(connection, "SELECT count(*) FROM sqlite_schema")) == (0, 0, 0):
        return 0
    if found != APPLICATION_ID:
        raise ArchiveError(f"The file {path} is a database, but no archive of pystatus. Name another file.")
    if version > SCHEMA_VERSION:
        raise ArchiveError(
            f"The archive {path} was written by a newer pystatus (schema {version}, known {SCHEMA_VERSION}). "
            "Update pystatus."
        )
    return version


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make a new file an archive, make sure that another one is, and bring it to the present schema."""
    version = _version(connection, path)
    if not version:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
    if version < SCHEMA_VERSION:
        _update(connection)


def _update(connection: sqlite3.Connection) -> None:
    """Take the steps that are missing: all of them or none. Another process may be about it, too."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in _STEPS[_one(connection, "PRAGMA user_version") :]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _one(connection: sqlite3.Connection, query: str) -> int:
    (value,) = connection.execute(query).fetchone()
    return int(value)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not has_room(path)):
            raise ArchiveFull(
                f"The disk with the archive {path} is full. Make room, or set a smaller size for the archive."
            ) from error
        unwritable = why_refused(path) if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY) else None
        if unwritable is not None:
            raise ArchiveReadOnly(f"The archive {path} {unwritable}.") from error
        if code == sqlite3.SQLITE_INTERRUPT:
            raise ArchiveBusy("The search took too long: ask for a shorter time or fewer topics.") from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise ArchiveError(f"The archive {path} is damaged, or no database: {error}. Name another file.") from error
        raise ArchiveError(f"The archive {path} cannot be used: {error}.") from error
