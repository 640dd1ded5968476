"""One process at a time: locks on files. A lock ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from pystatus.storage.errors import InUse, StorageError
from pystatus.storage.files import explained_files, open_private

MAX_HOLDER = 1_024
"""Bytes that are read of what a holder has written about itself."""
MAX_SHOWN = 100
"""Characters of a command or a machine that are shown."""

_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextlib.contextmanager
def locked(
    path: Path, what: str, remedy: str, *, fallback: Path | None = None, error: type[InUse] = InUse
) -> Iterator[None]:
    """Hold the lock file ``path``; it is made if need be, and stays. Processes that the holder starts do not hold it.

    :param what: that it stands for, to begin a sentence with.
    :param remedy: a sentence for somebody who finds it taken.
    :param fallback: a file that is locked itself where no lock file can be made: on a read-only disk.
    :param error: what is raised when another process holds it.
    :raises InUse: another process holds it; the sentence names the process.
    :raises StorageError: it cannot be made.
    """
    with explained_files(f"{what} cannot be locked"):
        descriptor, names_holder = _opened(path, fallback)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor) if names_holder else "another process"
            raise error(f"{what} is in use by {holder}. {remedy}") from None
        except OSError as refusal:
            raise StorageError(f"{what} cannot be locked: {refusal.strerror or refusal}.") from refusal
        if names_holder:
            _note(descriptor, json.dumps({"pid": os.getpid(), "command": command(), "host": socket.gethostname()}))
        try:
            yield
        finally:
            if names_holder:
                _note(descriptor, "")
    finally:
        os.close(descriptor)


def command() -> str:
    """What this process is called in a sentence: ``pystatus listen``. Nothing behind it: that may be a message."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":  # python -m
        program = program.parent
    words = [program.name]
    if program.name == "pystatus":
        words += [word for word in sys.argv[1:2] if word.replace("-", "").isalpha() and not word.startswith("-")]
    return " ".join(words)[:MAX_SHOWN]


def _opened(path: Path, fallback: Path | None) -> tuple[int, bool]:
    """A descriptor to lock, and whether the holder can write into it who it is."""
    try:
        return open_private(path), True
    except OSError as error:
        if fallback is None or error.errno not in _UNWRITABLE:
            raise
        return os.open(fallback, os.O_RDONLY), False


def _holder(descriptor: int) -> str:
    """Who has written itself into a lock file, as words of a sentence."""
    try:
        found = json.loads(os.pread(descriptor, MAX_HOLDER, 0))
        pid, name, host = int(found["pid"]), str(found["command"])[:MAX_SHOWN], str(found["host"])[:MAX_SHOWN]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "another process"
    where = "" if host == socket.gethostname() else f" on {host}"
    return f"process {pid}{where} ({name})"


def _note(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):  # the lock holds on a full disk, too; who holds it is then not known
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
