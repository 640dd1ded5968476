"""What can go wrong on the disk. Each message is a sentence that says what to do."""

import shlex
import sys

from pystatus.errors import LocalError


class StorageError(LocalError):
    """The disk or the database refused; what was stored before is untouched."""


class DamagedDatabase(StorageError):
    """The file is not, or no longer, a database of ours."""


class InUse(StorageError):
    """Another process writes there; the sentence says which."""


class ProfileInUse(InUse):
    """Another process has the profile open for writing."""


def library_missing(what: str, library: str) -> LocalError:
    """An optional library is not installed.

    :param what: needs it.
    :param library: its name on the package index.
    """
    return LocalError(f"{what} needs {library}: {shlex.quote(sys.executable)} -m pip install {library}")
