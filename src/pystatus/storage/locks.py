"""One process at a time: locks on files. A lock ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pystatus.storage.errors import InUse, StorageError
from pystatus.storage.files import explained_files, open_private

MAX_HOLDER = 1_024
"""Bytes that are read of what a holder has written about itself."""
MAX_SHOWN = 100
"""Characters of a command or a machine that are shown."""

LOOK_SECONDS = 0.02
"""Seconds between two looks whether a lock is free. Ours."""

_UNKNOWN = "another process"
_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextlib.contextmanager
def locked(
    path: Path,
    what: str,
    remedy: str,
    *,
    remedy_here: str | None = None,
    fallback: Path | None = None,
    patience: float = 0.0,
    error: type[InUse] = InUse,
) -> Iterator[None]:
    """Hold the lock file ``path``; it is made if need be, and stays. Processes that the holder starts do not hold it.

    :param what: that it stands for, to begin a sentence with.
    :param remedy: a sentence for somebody who finds it taken.
    :param remedy_here: the sentence where this process itself has taken it before; None: the same one.
    :param fallback: a file that is locked itself where no lock file can be made: on a read-only disk.
    :param patience: seconds to wait for a holder that ends soon. The caller's thread waits.
    :param error: what is raised when it is held.
    :raises InUse: it is held; the sentence names the process.
    :raises StorageError: it cannot be made.
    """
    if not path.parent.exists():
        raise StorageError(f"{what} cannot be locked: there is no directory {path.parent}. Make it, or name another.")
    with explained_files(f"{what} cannot be locked"):
        descriptor, is_lock_file, is_writable = _opened(path, fallback)
    try:
        try:
            _hold(descriptor, patience)
        except BlockingIOError:
            holder, is_this = _holder(descriptor) if is_lock_file else (_UNKNOWN, False)
            if is_this and remedy_here is not None:
                holder, remedy = f"{holder}, which is this one", remedy_here
            raise error(f"{what} is in use by {holder}. {remedy}") from None
        except OSError as refusal:
            raise StorageError(f"{what} cannot be locked: {refusal.strerror or refusal}.") from refusal
        if is_writable:
            _note(descriptor, json.dumps({"pid": os.getpid(), "command": command(), "host": socket.gethostname()}))
        try:
            yield
        finally:
            if is_writable:
                _note(descriptor, "")
    finally:
        os.close(descriptor)


def _hold(descriptor: int, patience: float) -> None:
    """
    :raises BlockingIOError: it is held, and stays so for that long.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK_SECONDS)


def command() -> str:
    """What this process is called in a sentence: ``pystatus listen``. Nothing behind it: that may be a message."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":  # python -m
        program = program.parent
    words = [program.name]
    if program.name == "pystatus":
        words += [word for word in sys.argv[1:2] if word.replace("-", "").isalpha() and not word.startswith("-")]
    return " ".join(words)[:MAX_SHOWN]


def _opened(path: Path, fallback: Path | None) -> tuple[int, bool, bool]:
    """A descriptor to lock, whether it is the lock file's, and whether the holder can write into it who it is."""
    try:
        return open_private(path), True, True
    except OSError as error:
        if fallback is None or error.errno not in _UNWRITABLE:
            raise
    try:  # there is one if somebody to whom the disk is not read-only has held it
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), True, False
    except FileNotFoundError:
        return os.open(fallback, os.O_RDONLY), False, False


def _holder(descriptor: int) -> tuple[str, bool]:
    """Who has written itself into a lock file, as words of a sentence, and whether it is this process."""
    try:
        found = json.loads(os.pread(descriptor, MAX_HOLDER, 0))
        pid, name, host = int(found["pid"]), str(found["command"])[:MAX_SHOWN], str(found["host"])[:MAX_SHOWN]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _UNKNOWN, False
    if host != socket.gethostname():
        return f"process {pid} on {host} ({name})", False
    return (f"process {pid} ({name})", pid == os.getpid()) if _is_alive(pid) else (_UNKNOWN, False)


def _is_alive(pid: int) -> bool:
    """A holder that was killed is still named in the file until the next one has written itself into it."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _note(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):  # the lock holds on a full disk, too; who holds it is then not known
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
