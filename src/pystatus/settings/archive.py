"""What makes a node a mailserver: its archive and its rules, from the settings."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from pystatus.errors import library_missing
from pystatus.mailserver.config import MailserverConfig
from pystatus.mailserver.server.archive import Archive
from pystatus.mailserver.server.server import Server
from pystatus.node import Node
from pystatus.settings.model import Settings
from pystatus.storage.archive.backlog_file import BacklogFile
from pystatus.storage.archive.names import is_postgres
from pystatus.storage.files import explained_files, make_directory
from pystatus.storage.locks import locked
from pystatus.storage.paths import default_data_directory
from pystatus.transport.topics import symmetric_key

ARCHIVE_FILE = "archive.db"
"""The archive below the data directory, where none is named."""
BACKLOG_SUFFIX = ".waiting"
"""Behind the archive's name: the file with envelopes that it could not take before the mailserver stopped."""
DAY = 86_400
"""Seconds."""


async def keep_history(node: Node, settings: Settings) -> None:
    """Open the archive, and let ``node``, which has not been started yet, be a mailserver.

    :raises LocalError: the archive cannot be opened, or the settings do not go together.
    """
    wanted = settings.mailserver
    config = MailserverConfig(min_pow=wanted.min_pow, interval=wanted.interval, sealed_only=wanted.sealed_only)
    server = Server(symmetric_key(wanted.password), config)
    retention = wanted.retention_days * DAY or None
    archive = await open_archive(settings)
    backlog = BacklogFile(_backlog_path(settings))
    node.keep_history(archive, server, retention=retention, catch_up_from=wanted.catch_up_from, backlog=backlog)


def only_mailserver_on(settings: Settings) -> contextlib.AbstractContextManager[None]:
    """Two mailservers on one file would prune each other's envelopes, and both would claim the seconds that one of them
    has heard. Databases in PostgreSQL are for several.

    :raises LocalError: another mailserver has the archive of these settings.
    """
    name = settings.mailserver.archive
    if _is_postgres(name):
        return contextlib.nullcontext()
    file = _file(name, settings).resolve()
    return locked(
        file.with_name(f"{file.name}.lock"),
        f"The archive {file}",
        "Stop that one first, or name another file with --archive.",
    )


async def open_archive(settings: Settings) -> Archive:
    """The archive of these settings; one that does not exist yet is made.

    :raises LocalError: it cannot be opened or made, or what it needs is not installed.
    """
    name, max_bytes = settings.mailserver.archive, settings.mailserver.max_bytes or None
    if _is_postgres(name):
        try:
            from pystatus.storage.archive.postgres import PostgresArchive
        except ImportError as error:
            raise library_missing("An archive in PostgreSQL", "asyncpg") from error
        assert name is not None
        return await PostgresArchive.open(name, max_bytes=max_bytes)
    from pystatus.storage.archive.sqlite import SqliteArchive

    return await SqliteArchive.open(_file(name, settings), max_bytes=max_bytes)


def is_archive_of(settings: Settings, name: str) -> bool:
    """Whether ``name`` is the archive of these settings, as far as names tell; nothing is opened or made."""
    own = settings.mailserver.archive
    if _is_postgres(own) or is_postgres(name):
        return own is not None and _is_postgres(own) and is_postgres(name) and _database(own) == _database(name)
    file = _directory(settings) / ARCHIVE_FILE if own is None else Path(own).expanduser()
    try:
        return file.samefile(Path(name).expanduser())
    except FileNotFoundError:
        return False


def _database(url: str) -> tuple[str, str]:
    """Hosts and name of a database, without the user, of which there may be several."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower(), parts.path


def _directory(settings: Settings) -> Path:
    return settings.data_dir or default_data_directory()


def _is_postgres(name: str | None) -> bool:
    return name is not None and is_postgres(name)


def _backlog_path(settings: Settings) -> Path:
    """Beside the archive; of one in PostgreSQL in the data directory."""
    name = settings.mailserver.archive
    if name is None or _is_postgres(name):
        return _directory(settings) / f"{ARCHIVE_FILE}{BACKLOG_SUFFIX}"
    file = Path(name).expanduser()
    return file.with_name(f"{file.name}{BACKLOG_SUFFIX}")


def _file(name: str | None, settings: Settings) -> Path:
    if name is not None:
        return Path(name).expanduser()
    directory = _directory(settings)
    with explained_files(f"The directory {directory} cannot be made"):
        make_directory(directory)
    return directory / ARCHIVE_FILE
