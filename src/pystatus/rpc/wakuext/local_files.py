"""Files that callers name: out of one folder, and out of no other.

A caller of the RPC may send what it likes, but it is not to read what the user of this machine can read: a picture is
taken out of a folder that the operator has named. No link leads out of it, as none is followed.
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from pystatus.errors import LocalError
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.storage.files import explained_files

MAX_PARTS = 32
"""Folders in a path below the folder. Ours: who has more has made a mistake."""

_REFUSED = "Files are taken from the folder that this node has been given for them, and from no other."


class MediaFolder:
    """The folder."""

    def __init__(self, folder: Path | None) -> None:
        """
        :param folder: ``None``: no file is read at all.
        """
        self._folder = None if folder is None else folder.absolute()

    def read(self, path: str) -> bytes:
        """The contents of a file, named from the folder on or as a whole.

        :raises LocalError: it is not in the folder, not a file, too large, or cannot be read.
        """
        if self._folder is None:
            raise LocalError("This node has been given no folder to take files from.")
        parts = self._parts(path)
        with explained_files(f"The file {PurePosixPath(*parts)} of the folder cannot be sent"), ExitStack() as opened:
            place = _open(opened, str(self._folder), os.O_DIRECTORY, None)
            for part in parts[:-1]:
                place = _open(opened, part, os.O_DIRECTORY | os.O_NOFOLLOW, place)
            descriptor = _open(opened, parts[-1], os.O_NONBLOCK | os.O_NOFOLLOW, place)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise LocalError(_REFUSED)
            with os.fdopen(os.dup(descriptor), "rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise LocalError(f"The file has more than {MAX_FILE_BYTES >> 20} MiB. Send a smaller one.")
        return data

    def _parts(self, path: str) -> tuple[str, ...]:
        given = PurePosixPath(path)
        if given.is_absolute():
            if not given.is_relative_to(str(self._folder)):
                raise LocalError(_REFUSED)
            given = given.relative_to(str(self._folder))
        parts = given.parts
        if not parts or len(parts) > MAX_PARTS or ".." in parts or "\0" in path:
            raise LocalError(_REFUSED)
        return parts


def _open(opened: ExitStack, name: str, flags: int, place: int | None) -> int:
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=place)
    opened.callback(os.close, descriptor)
    return descriptor
