"""Standard input, output and error of this process, whatever they are: closed, full, without a reader, or of the kind
that refuses to wait.

Everything that writes to :data:`sys.stdout` or :data:`sys.stderr`, libraries included, goes through here. What the
system refuses to take of the output becomes an error with a sentence. What it refuses to take of standard error is
lost: nobody could be told, and notes about a result are no reason to end without it.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pystatus.apps.cli.exits import NoReader
from pystatus.errors import LocalError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STDERR = 2


class _Descriptor(io.RawIOBase):
    """Writes to a descriptor, and waits where that is set not to wait."""

    def __init__(self, descriptor: int, refused: Callable[[OSError], None]) -> None:
        """
        :param refused: called when the system takes no more; may raise.
        """
        self._descriptor = descriptor
        self._refused = refused

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                poll = select.poll()
                poll.register(self._descriptor, select.POLLOUT)
                poll.poll()
            except OSError as error:
                _point_nowhere(self._descriptor)  # or what is buffered would be tried again at exit, and fail again
                self._refused(error)
                return memoryview(data).nbytes


def set_up() -> bool:
    """Put ours in the place of the streams of Python; whether there is a standard output. To be called once, first.

    A closed descriptor would be the number of the next file that is opened, a database for example, and libraries write
    to standard error by its number.
    """
    is_there = sys.stdout is not None
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            _point_nowhere(descriptor)
    # What a terminal's encoding does not have is replaced, so that a stranger's emoji does not end the program.
    sys.stderr = _text(_Descriptor(_STDERR, lambda error: None), sys.stderr)
    if is_there:
        sys.stdout = _text(_Descriptor(sys.stdout.fileno(), _output_refused), sys.stdout)
    return is_there


def read_input(limit: int) -> bytes:
    """Standard input to its end, or one byte more than ``limit`` of it.

    :raises LocalError: it is closed or cannot be read.
    """
    if sys.stdin is None:
        raise LocalError("Standard input is closed. Connect it with what is to be read, or name a file.")
    try:
        return sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise LocalError(f"Standard input cannot be read: {error.strerror or error}.") from error


def is_typed() -> bool:
    """Whether standard input is what somebody types at a terminal, where it is shown."""
    return sys.stdin is not None and sys.stdin.isatty()


def _text(descriptor: _Descriptor, like: object) -> io.TextIOWrapper:
    encoding = getattr(like, "encoding", None) or "utf-8"
    is_by_line = descriptor.fileno() == _STDERR or descriptor.isatty()
    return io.TextIOWrapper(
        io.BufferedWriter(descriptor), encoding=encoding, errors="replace", line_buffering=is_by_line
    )


def _output_refused(error: OSError) -> None:
    if error.errno == errno.EPIPE:
        raise NoReader("nobody reads the output any more") from error
    raise LocalError(f"The output cannot be written: {error.strerror or error}.") from error


def _point_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
