"""Small files that matter: written completely or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pystatus.storage.errors import StorageError

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


@contextlib.contextmanager
def explained_files(what: str) -> Iterator[None]:
    """Turn the operating system's errors into a sentence about ``what``."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what}: {error.strerror or error}.") from error


def write_private(path: Path, contents: bytes) -> None:
    """Write a file so that after a crash it has either its old contents or these.

    :raises OSError: the disk refused; the old file is untouched.
    """
    try:
        with _open_scratch(path) as scratch:
            _become(path, scratch, contents)
    except BaseException:
        _scratch_name(path).unlink(missing_ok=True)
        raise


def make_private(path: Path, contents: bytes) -> None:
    """Write a file unless it exists. Of several processes that do so at once one wins, and all find its contents.

    :raises OSError: the disk refused; there is no file.
    """
    path.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    with _open_scratch(path) as scratch:
        fcntl.flock(scratch, fcntl.LOCK_EX)  # as long as the file does not exist, whoever has the lock has the name
        if path.exists():
            _scratch_name(path).unlink(missing_ok=True)
        else:
            _become(path, scratch, contents)


def _open_scratch(path: Path) -> BinaryIO:
    return os.fdopen(os.open(_scratch_name(path), os.O_WRONLY | os.O_CREAT, PRIVATE_FILE), "wb")


def _become(path: Path, scratch: BinaryIO, contents: bytes) -> None:
    os.ftruncate(scratch.fileno(), 0)
    if os.geteuid() == 0:  # what root makes for the user of a service has to be that user's
        owner = path.parent.stat()
        os.fchown(scratch.fileno(), owner.st_uid, owner.st_gid)
    scratch.write(contents)
    scratch.flush()
    os.fsync(scratch.fileno())
    _scratch_name(path).replace(path)
    sync_directory(path.parent)


def _scratch_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def sync_directory(path: Path) -> None:
    """Make renames inside ``path`` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
