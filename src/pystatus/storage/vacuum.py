"""A profile database made as small as it can be: ``pystatus account vacuum``."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pystatus.arguments import checked
from pystatus.records import dataclass
from pystatus.storage.changeover import DATABASE, changed
from pystatus.storage.database import INCREMENTAL, Database
from pystatus.storage.descriptions import Profile
from pystatus.storage.files import SIDECARS
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.unindexing import merge_index
from pystatus.storage.upkeep import free_pages, page_count

LEAST_SHARE = 50
"""A file is written anew if at least one page of so many is free. Ours: less is not worth the writing."""


@checked
@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What :meth:`Profiles.vacuum` did. Sizes are bytes on the disk."""

    size_before: int
    size: int
    removed: int
    """Rows that nobody needed any more."""

    @property
    def won(self) -> int:
        """Bytes that the disk has again."""
        return max(0, self.size_before - self.size)


def vacuumed(profile: Profile, key: bytes, now: float) -> Vacuumed:
    """Do it, for a profile that is held.

    :raises StorageError, OSError: the disk refused.
    """
    path = profile.directory / DATABASE
    before, removed = _size(path), 0
    with contextlib.closing(Database.open(path, key)) as database:
        store = SqlMessengerStore(database)
        done: int | None = 0
        while done is not None:
            removed += done
            with store.transaction():
                done = store.tidy(now)
        with database.transaction():
            merge_index(database.connection.execute)
        database.empty_log()
        execute = database.connection.execute
        (mode,) = execute("PRAGMA auto_vacuum").fetchone()
        is_worth_it = mode != INCREMENTAL or free_pages(execute) * LEAST_SHARE >= page_count(execute)
    if is_worth_it:
        with (
            changed(profile.directory) as following,
            contextlib.closing(Database.open(path, key)) as database,
        ):
            database.copy_to(following / DATABASE, key)
    return Vacuumed(before, _size(path), removed)


def _size(path: Path) -> int:
    """Of a database with what SQLite keeps beside it."""
    files = (path, *(path.with_name(path.name + end) for end in SIDECARS))
    return sum(file.stat().st_size for file in files if file.exists())
