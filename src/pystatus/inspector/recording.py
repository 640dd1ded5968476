"""Captures as files: written while envelopes come, and read again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from pystatus.errors import LocalError, RemoteError
from pystatus.storage.files import create_private
from pystatus.waku.capture import RECORD_OVERHEAD, CaptureReader, Record, header

MAX_FILE_SIZE = 1 << 30
"""Bytes at which recording ends, so that a forgotten command does not fill a disk: half an hour of 1,000 short messages
a second."""
_READ_SIZE = 1 << 16


class Recorder:
    """Writes a new file. Use it as a context manager."""

    def __init__(self, path: Path, limit: int = MAX_FILE_SIZE) -> None:
        """
        :raises LocalError: the file exists, or cannot be made.
        """
        self._path = path
        self._room = limit
        try:
            self._file = create_private(path)  # topics say who talks where
        except FileExistsError as error:
            raise LocalError(f"The file {path} exists already: name another file, or remove it.") from error
        except OSError as error:
            raise LocalError(f"The file {path} cannot be written: {error.strerror}.") from error
        self._write(header())

    @property
    def is_full(self) -> bool:
        """Whether recording has ended because the file is large enough."""
        return self._room <= 0

    def record(self, time: float, raw: bytes) -> None:
        """Write an envelope, if there is room.

        :raises LocalError: the disk refused.
        """
        if self._room > 0:
            if RECORD_OVERHEAD + len(raw) > self._room:
                self._room = 0
            else:
                self._write(Record.at(time, raw).encode())

    def flush(self) -> None:
        """Let others see what was written.

        :raises LocalError: the disk refused.
        """
        with self._explained():
            self._file.flush()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._explained():
            self._file.close()

    def _write(self, data: bytes) -> None:
        with self._explained():
            self._file.write(data)
        self._room -= len(data)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LocalError(f"The file {self._path} cannot be written: {error.strerror}.") from error


class Recording:
    """A file with a capture, read once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = CaptureReader()

    @property
    def incomplete(self) -> int:
        """Bytes at the end that are no complete record; to be asked after all records are read."""
        return self._reader.incomplete

    def records(self) -> Iterator[Record]:
        """All records. Those before a damage are handed out before it is told.

        :raises LocalError: the file cannot be read, is no capture, or is damaged.
        """
        try:
            with self._path.open("rb") as file:
                while data := file.read(_READ_SIZE):
                    yield from self._understood(data)
        except OSError as error:
            raise LocalError(f"The file {self._path} cannot be read: {error.strerror}.") from error
        if not self._reader.has_header:
            raise LocalError(f"{self._path}: this is no capture.")

    def _understood(self, data: bytes) -> Iterator[Record]:
        reader = self._reader
        reader.receive_data(data)
        try:
            while (record := reader.next_record()) is not None:
                yield record
        except RemoteError as error:
            if not reader.position:
                raise LocalError(f"{self._path}: {error}.") from error
            raise LocalError(f"The file {self._path} is damaged at byte {reader.position}: {error}.") from error
