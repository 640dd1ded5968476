"""The file with the record of the own node, in the text form, so that people can copy it from there."""

from __future__ import annotations

from pathlib import Path

from pystatus.devp2p.enr import TEXT_PREFIX
from pystatus.errors import RemoteError
from pystatus.storage.files import explained_files, make_directory, read_small, write_private
from pystatus.wire.base_text import from_base64url, to_base64url

MAX_FILE_SIZE = 4096
"""Bytes of the file; a record in text has at most 404 (EIP-778). What is larger is no record."""


class RecordFile:
    """A :class:`~pystatus.devp2p.local_record.RecordStore` of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> bytes | None:
        """The RLP that is in the file; ``b""``: something else is.

        :raises LocalError: it cannot be read.
        """
        with explained_files(f"The record of this node in {self.path} cannot be read"):
            try:
                contents = read_small(self.path, MAX_FILE_SIZE)
            except FileNotFoundError:
                return None
        text = contents.decode("latin-1").strip()
        try:
            return from_base64url(text.removeprefix(TEXT_PREFIX))
        except RemoteError:
            return b""

    def save(self, encoded: bytes) -> None:
        """Write the file anew.

        :raises LocalError: it cannot be written.
        """
        with explained_files(f"The record of this node cannot be stored in {self.path}"):
            make_directory(self.path.parent)
            write_private(self.path, f"{TEXT_PREFIX}{to_base64url(encoded)}\n".encode())
