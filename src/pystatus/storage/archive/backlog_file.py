"""Envelopes that an archive could not take before the mailserver stopped, until it starts again.

The file holds a line that says what it is, and then of each envelope its length (4 bytes, big-endian) and its RLP. As
in the archive, everything in it was public on the network.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from pystatus.storage.files import explained_files, make_directory, open_regular, replaced

MAX_ENVELOPES = 200_000
"""Envelopes in the file: as many as wait in memory (:data:`pystatus.net.archiver.MAX_BACKLOG`)."""
MAX_BYTES = (256 << 20) + 4 * MAX_ENVELOPES
"""Bytes of the file: of the envelopes that wait in memory, and of their lengths."""
MAX_RECORD = 16 << 20
"""Bytes of one envelope; what claims to be larger is damage. An envelope has at most 10 MiB by the specification."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MAGIC = b"pystatus backlog 1\n"


class BacklogFile:
    """One such file. All methods block."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[bytes]:
        """The envelopes that were written, in RLP and in their order; none if there is no file. What follows a damage
        is left out.

        :raises StorageError: it cannot be read, or is something else.
        """
        with explained_files(f"The envelopes that waited in {self.path} cannot be read"):
            try:
                file = open_regular(self.path)
            except FileNotFoundError:
                return []
            with file:
                if file.read(len(_MAGIC)) != _MAGIC:
                    raise OSError("it is another file")
                return list(_records(file))

    def write(self, envelopes: Iterable[bytes]) -> int:
        """Write envelopes in place of what the file had, as many as there is room for, and say how many these are.

        :raises StorageError: none could be written; the file is what it was.
        """
        with explained_files(f"The envelopes that wait cannot be kept in {self.path}"):
            make_directory(self.path.parent)
            with replaced(self.path, buffering=0) as file:
                written = _write(file, envelopes)
        return written

    def remove(self) -> None:
        """What it had is stored.

        :raises StorageError: it cannot be removed.
        """
        with explained_files(f"The file {self.path}, whose envelopes are stored, cannot be removed"):
            self.path.unlink(missing_ok=True)


def _records(opened: BinaryIO) -> Iterator[bytes]:
    left = MAX_BYTES
    for _ in range(MAX_ENVELOPES):
        size = int.from_bytes(opened.read(4), "big")
        left -= 4 + size
        if not 0 < size <= MAX_RECORD or left < 0:
            return
        record = opened.read(size)
        if len(record) < size:
            return
        yield record


def _write(opened: BinaryIO, envelopes: Iterable[bytes]) -> int:
    """Write what fits. A full disk ends it behind the last whole envelope."""
    end = opened.write(_MAGIC)
    if end < len(_MAGIC):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    written = 0
    for raw in envelopes:
        record = len(raw).to_bytes(4, "big") + raw
        if written == MAX_ENVELOPES or end - len(_MAGIC) + len(record) > MAX_BYTES:
            break
        try:
            if opened.write(record) < len(record):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            if error.errno not in _NO_ROOM or not written:
                raise
            break
        end += len(record)
        written += 1
    opened.truncate(end)
    return written
