"""What can go wrong on the disk. Each message is a sentence that says what to do."""

from pystatus.errors import LocalError


class StorageError(LocalError):
    """The disk or the database refused; what was stored before is untouched."""


class DamagedDatabase(StorageError):
    """The file is not, or no longer, a database of ours."""


class InUse(StorageError):
    """Another process writes there; the sentence says which."""


class ProfileInUse(InUse):
    """Another process, or another client of this one, has the profile open for writing."""
