"""One encrypted database (SQLCipher 4): opening, transactions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.storage.binding import adapt_parameters
from pystatus.storage.errors import DamagedDatabase, StorageError
from pystatus.storage.files import prepare_database, sync_file, why_refused, why_unwritable
from pystatus.storage.memory import Memory
from pystatus.storage.opening import has_room, reading_uri, why_only_readable, writing_uri

KEY_SIZE = 32
"""Bytes of the raw database key. It is derived once per login, so SQLCipher derives nothing itself."""
CACHED_STATEMENTS = 256
"""Prepared statements kept per connection; above the number of different statements that all stores have."""
REMOVED_AT_ONCE = 500
"""Rows of one table that are removed in one transaction because they are too old or too many: 10 to 20 ms. What is left
goes the next time. Strangers can make tens of thousands of rows that are too old in the same minute, and after a month
away everything may be. Ours."""
BUSY_TIMEOUT_MS = 5_000
"""How long a reader waits for the writer's commit, in milliseconds."""
MAX_LOG = 4 << 20
"""Bytes of the write-ahead log that stay when it is begun anew: as many as are written until SQLite brings them into
the file. One transaction of an archive takes three times that, once. Ours."""
INCREMENTAL = 2
"""The number that SQLite has for ``auto_vacuum = INCREMENTAL``: pages that are free can be given back a few at a time.
It holds for new files, and for older ones from the next :meth:`Database.vacuum` on."""

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    f"PRAGMA journal_size_limit = {MAX_LOG}",
    # A commit that was reported must survive a power cut: a ratchet key must never be used twice (secure-transport.md
    # A5).
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
_OF_THE_DISK = ("disk I/O", "readonly")
"""Words of errors that a disk brings about which became read-only while the database was open."""


class Database:
    """An open database with the newest schema. One thread; one writer per file (the profile's lock sees to it)."""

    def __init__(
        self, connection: sqlcipher.Connection, path: Path | None = None, *, is_only_writer: bool = True
    ) -> None:
        """
        :param path: where it is, to say what is wrong with the disk; None if it is in memory.
        :param is_only_writer: nobody else changes it while it is open.
        """
        adapt_parameters()
        self.connection = connection
        self.memory = Memory(is_only_writer=is_only_writer)
        """Rows that are not read again and again."""
        self._path = path

    @classmethod
    def open(cls, path: Path, key: bytes, *, create: bool = False, read_only: bool = False) -> Database:
        """Open ``path`` with the raw ``key`` and bring its schema up to date.

        :param read_only: nothing is to be changed but the schema, and on a read-only disk not even that.
        :raises DamagedDatabase: not a database under this key (the password was checked before).
        :raises StorageError: missing, unreadable, made by a newer pystatus, or the disk is full or read-only.
        """
        # The features of the messenger have steps in it: who only looks which profiles there are does without them.
        from pystatus.storage.schema import check_newest, migrate

        if not create and not path.is_file():
            raise StorageError(f"The profile database {path} is missing. Restore it, or recover the account.")
        unwritable = why_only_readable(path) if read_only else why_unwritable(path)
        if unwritable is not None and not read_only:
            raise StorageError(f"The profile database {path} {unwritable}.")
        try:
            if unwritable is None:
                prepare_database(path)
            uri = reading_uri(path) if read_only else writing_uri(path)
            connection = sqlcipher.connect(uri, uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS)
        except sqlcipher.Error as error:
            raise StorageError(f"The profile database {path} cannot be opened: {error}.") from error
        except OSError as error:
            raise StorageError(f"The profile database {path} cannot be opened: {error.strerror or error}.") from error
        try:
            with explained(path):
                connection.execute("PRAGMA cipher_log_level = NONE")  # errors are told once, by us
                connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                if create:
                    connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
                if not create and version == 0:
                    raise DamagedDatabase(
                        f"The profile database {path} is empty. Restore it from a backup, or recover the account."
                    )
                if unwritable is None:
                    for setting in _SETTINGS:
                        connection.execute(setting)
                    migrate(connection)
                else:
                    check_newest(connection, unwritable)
                if read_only:
                    connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return cls(connection, path, is_only_writer=not read_only)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, durably, or nothing does. Not to be nested.

        :raises StorageError: the disk refused; nothing of it happened.
        """
        with explained(self._path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self.memory.forget()
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def savepoint(self) -> contextlib.AbstractContextManager[None]:
        """Inside a transaction: what happens in here is undone alone when an exception leaves it."""
        return _Savepoint(self)

    def check(self) -> None:
        """Verify the whole file.

        :raises DamagedDatabase: a page or an index is broken.
        """
        with explained(self._path):
            findings = [row[0] for row in self.connection.execute("PRAGMA cipher_integrity_check")]
            findings += [row[0] for row in self.connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if findings:
            raise DamagedDatabase(f"The profile database is damaged: {findings[0]}.")

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write everything into the new database ``path``, encrypted with another raw ``key``, durably. It is as of one
        moment, also while somebody else writes.

        :raises StorageError: the disk refused; what was written of it is of no use.
        :raises OSError: likewise.
        """
        prepare_database(path)
        with explained(path):
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
            (is_reader,) = self.connection.execute("PRAGMA query_only").fetchone()
            self.connection.execute("ATTACH DATABASE ? AS copy KEY ?", (writing_uri(path), f"x'{key.hex()}'"))
            self.connection.execute("PRAGMA query_only = OFF")  # it is for the copy, too
            try:
                self.connection.execute(f"PRAGMA copy.auto_vacuum = {INCREMENTAL}")
                self.connection.execute("BEGIN")
                self.connection.execute("SELECT sqlcipher_export('copy')").fetchall()
                self.connection.execute(f"PRAGMA copy.user_version = {version}")
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                self.connection.execute(f"PRAGMA query_only = {is_reader}")
                self.connection.execute("DETACH DATABASE copy")
        sync_file(path)

    def empty_log(self) -> None:
        """Bring everything from the write-ahead log into the file, so that nothing of what was overwritten is left in
        it. While somebody else reads it stays, and goes when the database is closed."""
        with explained(self._path):
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")

    def close(self) -> None:
        """Close the file; what was committed is in it."""
        self.connection.close()


class _Savepoint:
    """Of one input. No generator: each input of a user has one, and it would take as long as its statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.connection.execute("SAVEPOINT one_input")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        connection = self._database.connection
        if kind is not None:
            self._database.memory.forget()
            # A full disk makes SQLite roll back the whole transaction by itself; then there is no savepoint left.
            if not connection.in_transaction:
                return
            connection.execute("ROLLBACK TO one_input")
        connection.execute("RELEASE one_input")


@contextlib.contextmanager
def explained(path: Path | None = None) -> Iterator[None]:
    """Turn the database library's errors into sentences."""
    name = f"The profile database {path}" if path else "The profile database"
    try:
        yield
    except sqlcipher.OperationalError as error:
        if "full" in str(error) or ("disk I/O" in str(error) and path is not None and not has_room(path)):
            raise StorageError("The disk is full: make room and try again. Nothing was lost.") from error
        unwritable = why_refused(path) if path and any(text in str(error) for text in _OF_THE_DISK) else None
        if unwritable is not None:
            raise StorageError(f"{name} {unwritable}. Nothing was lost.") from error
        raise StorageError(f"{name} cannot be used: {error}.") from error
    except sqlcipher.DatabaseError as error:
        if type(error) is not sqlcipher.DatabaseError:  # its other subclasses are mistakes of ours, not of the disk's
            raise
        raise DamagedDatabase(
            f"{name} is damaged: {error}. Restore it from a backup, or recover the account from its words."
        ) from error
