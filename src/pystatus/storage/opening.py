"""How SQLite databases are opened, also those that are only read, on disks that nothing can be written to.

SQLite needs two files beside a database in WAL mode. Where they cannot be made, it has to be told that nobody writes.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from pystatus.storage.errors import StorageError
from pystatus.storage.files import why_unwritable


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
    if why_unwritable(path) is None:
        return writing_uri(path)
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if index.exists():
        return _uri(path, "mode=ro")
    if not log.exists() or not log.stat().st_size:
        return _uri(path, "mode=ro&immutable=1")
    raise StorageError(
        f"The last changes to {path} are in {log}, which cannot be read on a read-only disk. Copy both into one "
        "directory on another disk, and read them there."
    )


def _uri(path: Path, parameters: str) -> str:
    return f"file:{quote(os.fsencode(path))}?{parameters}"
