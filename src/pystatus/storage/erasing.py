"""Removing files so that little is left of what they held.

What was in a file is overwritten before its name goes. A disk that moves what is written (flash, a file system that
copies on write, snapshots, backups) may keep the old blocks all the same; no program can do anything about that.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

CHUNK = 1 << 20
"""Bytes that are overwritten at once."""


def erase(path: Path) -> None:
    """Overwrite a file and remove it. A link, and a file with another name elsewhere, are removed and not written to.

    :raises OSError: the disk refused; the file is there, whole or overwritten in part.
    """
    status = path.lstat()
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW), "r+b", buffering=0) as file:
            left = status.st_size
            while left > 0:
                left -= file.write(bytes(min(CHUNK, left)))
            os.fsync(file.fileno())
    path.unlink()


def erase_tree(directory: Path, *, first: tuple[str, ...] = ()) -> None:
    """Erase everything below ``directory``, and remove it. What is gone already does not matter.

    :param first: names of files and directories in it to begin with: those without which the others are worth nothing.
    :raises OSError: the disk refused; what is left can be erased by another call.
    """
    for name in first:
        path = directory / name
        if path.is_dir() and not path.is_symlink():
            erase_tree(path)
        elif path.exists():
            erase(path)
    for place, _, names in os.walk(directory):
        for name in names:
            erase(Path(place, name))
    shutil.rmtree(directory)
