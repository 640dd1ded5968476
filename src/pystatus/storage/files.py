"""Small files that matter: written completely or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

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
    scratch = path.with_name(f".{path.name}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames inside ``path`` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
