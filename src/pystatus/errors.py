"""The two families of error.

Every exception that pystatus raises on purpose is one of these. A decoder, and every function that handles bytes from
the network, raises only :class:`RemoteError`; it never lets another exception escape, whatever the bytes are.
"""

import shlex
import sys


class StatusError(Exception):
    """Base of every error that pystatus raises on purpose."""


class LocalError(StatusError):
    """Our own caller is wrong: a bad argument, a call in the wrong state, a wrong password.

    The message is a sentence for the person at the keyboard and says what to do.
    """


class RemoteError(StatusError):
    """The peer is wrong: bytes that no honest implementation sends."""


def library_missing(what: str, library: str) -> LocalError:
    """An optional library is not installed.

    :param what: needs it.
    :param library: its name on the package index.
    """
    return LocalError(f"{what} needs {library}: {shlex.quote(sys.executable)} -m pip install {library}")
