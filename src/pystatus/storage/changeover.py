"""Several files of a profile replaced together or not at all, whenever the process or the machine dies.

<profile>/.next.<random>.new/    the new files while they are written; of no meaning
          next/                  the same, complete: from here on they count, each in place of the one outside
          ...                    then each takes its place, and next/ goes

Whoever looks for a file looks in ``next/`` first. So a profile is the old one until the rename that makes ``next/``,
and the new one after it, also for those that only read and for a disk that has become read-only meanwhile. Everything
here but :func:`current` needs the lock of the profile.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pystatus.storage.erasing import erase, erase_tree
from pystatus.storage.files import SIDECARS, is_scratch, make_directory, make_scratch_directory, sync_directory

NEXT = "next"
"""The directory in a profile with what takes the place of its files."""
DATABASE = "profile.db"
KEYSTORE = "keystore"
DESCRIPTION = "profile.json"


def current(directory: Path, name: str) -> Path:
    """Where the file ``name`` of the profile in ``directory`` is now."""
    path = directory / NEXT / name
    return path if path.exists() else directory / name


def is_pending(directory: Path) -> bool:
    """Whether there is something for :func:`settle` to do."""
    return (directory / NEXT).exists() or any(map(is_scratch, directory.iterdir()))


@contextlib.contextmanager
def changed(directory: Path) -> Iterator[Path]:
    """A directory to write new files to, durably; at the end they replace the profile's, after an error none does.

    :raises OSError: the disk refused. If it did so after the end was reached, the new files count, and the next call
        of :func:`settle` finishes it.
    """
    scratch = make_scratch_directory(directory / NEXT)
    try:
        yield scratch
        for place in (scratch, scratch / KEYSTORE):
            if place.is_dir():
                sync_directory(place)
        scratch.rename(directory / NEXT)
    except BaseException:
        erase_tree(scratch)
        raise
    sync_directory(directory)
    settle(directory)


def settle(directory: Path) -> None:
    """Finish what :func:`changed` had begun when the process died: complete files take their places, others go.

    The old key files and the old salt, which is in the description, are erased. Without them nobody can open the old
    database, so that is only removed: somebody may still be reading it.

    :raises OSError: the disk refused; the profile is what it was, and this can be called again.
    """
    for entry in list(directory.iterdir()):
        if is_scratch(entry):
            erase_tree(entry) if entry.is_dir() and not entry.is_symlink() else erase(entry)
    following = directory / NEXT
    if not following.exists():
        return
    if (following / DATABASE).exists():
        for end in SIDECARS:  # they belong to the old database
            (directory / f"{DATABASE}{end}").unlink(missing_ok=True)
        (following / DATABASE).replace(directory / DATABASE)
        for end in SIDECARS:  # of somebody who has looked into it here
            (following / f"{DATABASE}{end}").unlink(missing_ok=True)
    if (following / KEYSTORE).exists():
        make_directory(directory / KEYSTORE)
        for file in list((following / KEYSTORE).iterdir()):
            _replace(file, directory / KEYSTORE / file.name)
        (following / KEYSTORE).rmdir()
        sync_directory(directory / KEYSTORE)
    if (following / DESCRIPTION).exists():
        _replace(following / DESCRIPTION, directory / DESCRIPTION)
    sync_directory(directory)
    following.rmdir()
    sync_directory(directory)


def _replace(new: Path, old: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        erase(old)
    new.replace(old)
