"""How SQLite databases are opened, also those that are only read, on disks that nothing can be written to: read-only
ones, and full ones.

SQLite needs two files beside a database in WAL mode. Where they cannot be made, it has to be told that nobody writes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import quote

from pystatus.storage.errors import StorageError
from pystatus.storage.files import why_unwritable

LEAST_ROOM = 128 * 1024
"""Bytes that a disk has to have free for the two files; their first parts take some 40 KiB."""


def has_room(path: Path) -> bool:
    """Whether the disk with ``path`` is not full, as far as the system tells."""
    try:
        return shutil.disk_usage(path.parent).free >= LEAST_ROOM
    except OSError:
        return True


def why_only_readable(path: Path) -> str | None:
    """Why nothing can be written beside ``path``, as the end of a sentence; ``None`` if something can."""
    unwritable = why_unwritable(path)
    return "is on a full disk. Make room" if unwritable is None and not has_room(path) else unwritable


def writing_uri(path: Path) -> str:
    """The URI under which SQLite opens the file ``path``, which exists, whatever it is called."""
    return _uri(path, "mode=rw")


def reading_uri(path: Path) -> str:
    """The URI under which SQLite opens ``path`` to read it, while another process may write to it.

    Where something can be written beside it, SQLite is let: that is how it finds out about a writer, and the last one
    to leave empties the write-ahead log. Elsewhere a log that was left, by a crash or by a writer to whom the disk is
    not read-only, is read with the index that lies beside it; where there is none, nobody writes.

    :raises StorageError: there is a log without its index, so what it holds cannot be read here.
    """
    if why_only_readable(path) is None:
        return writing_uri(path)
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if index.exists():
        return _uri(path, "mode=ro")
    if not log.exists() or not log.stat().st_size:
        return _uri(path, "mode=ro&immutable=1")
    raise StorageError(
        f"The last changes to {path} are in {log}, which cannot be read on a disk that is read-only or full. Copy both "
        "into one directory on another disk, and read them there."
    )


def _uri(path: Path, parameters: str) -> str:
    return f"file:{quote(os.fsencode(path))}?{parameters}"
