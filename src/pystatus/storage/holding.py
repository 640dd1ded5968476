"""A profile while one process works on it: what is written of it now, and its lock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from pystatus.storage.changeover import DATABASE, is_pending, settle
from pystatus.storage.database import Database
from pystatus.storage.descriptions import Damaged, Profile, read
from pystatus.storage.errors import DamagedDatabase, ProfileInUse, StorageError
from pystatus.storage.files import explained_files
from pystatus.storage.locks import locked
from pystatus.storage.sealing import database_key


def as_it_is(profile: Profile) -> Profile:
    """What is written of a profile now.

    :raises StorageError: it is damaged, or gone.
    """
    found = read(profile.directory)
    if isinstance(found, Damaged):
        raise StorageError(found.problem)
    return found


@contextmanager
def held(profile: Profile, *, shared: bool = False) -> Iterator[Profile]:
    """The profile, with the lock of those who write to it; what a killed process left is finished first.

    :param shared: without the lock, for reading only.
    """
    lock = locked(
        profile.directory / "lock", f"The profile {profile.name!r}", "Stop that one first.", error=ProfileInUse
    )
    with explained_files(f"The profile {profile.name!r} cannot be read"):
        is_left = is_pending(profile.directory)
    if not shared:
        with lock:
            _settle(profile)
            yield as_it_is(profile)
        return
    if is_left:
        # Where that cannot be done, on a read-only disk or beside one who is doing it, it can be read as it is.
        with contextlib.suppress(StorageError), lock:
            _settle(profile)
    yield as_it_is(profile)


def _settle(profile: Profile) -> None:
    with explained_files(f"The profile {profile.name!r} cannot be written"):
        settle(profile.directory)


def opens_database(profile: Profile, password: str) -> bool:
    """Whether exactly this password opens what was said."""
    file = profile.directory / DATABASE
    if not file.is_file():
        return False
    try:
        Database.open(file, database_key(profile, password)).close()
    except DamagedDatabase:
        return False
    return True
