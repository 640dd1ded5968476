"""The two families of error.

Every exception that pystatus raises on purpose is one of these. A decoder, and every function that handles bytes from
the network, raises only :class:`RemoteError`; it never lets another exception escape, whatever the bytes are.
"""

import contextlib
import sys
from collections.abc import Iterator


class StatusError(Exception):
    """Base of every error that pystatus raises on purpose."""


class LocalError(StatusError):
    """Our own caller is wrong: a bad argument, a call in the wrong state, a wrong password.

    The message is a sentence for the person at the keyboard and says what to do.
    """


class Refused(LocalError):
    """What was asked for can never be done: a wrong value, or values that do not go together."""


class RemoteError(StatusError):
    """The peer is wrong: bytes that no honest implementation sends."""


@contextlib.contextmanager
def refused(where: str | None = None) -> Iterator[None]:
    """Inside, what is told of an argument by code that does not know where it comes from is a wrong value.

    :param where: stands before the sentence, for example the name of an option.
    """
    try:
        yield
    except Refused:
        raise
    except LocalError as error:
        raise Refused(f"{where}: {error}" if where else str(error)) from error


def library_missing(what: str, library: str) -> LocalError:
    """An optional library is not installed.

    :param what: needs it.
    :param library: its name on the package index.
    """
    import shlex  # loaded late: libraries are seldom missing

    return LocalError(f"{what} needs {library}: {shlex.quote(sys.executable)} -m pip install {library}")
