"""Files that a command is to write at its end: whether it can is seen before it begins."""

from __future__ import annotations

from pathlib import Path

from pystatus.errors import Refused
from pystatus.storage.files import why_unwritable


def check_target(option: str, path: Path, *, overwrite: bool, may_overwrite: bool = True) -> None:
    """
    :param option: that names it, for the sentence.
    :param overwrite: a file that is there may be replaced.
    :param may_overwrite: the command has ``--overwrite``.
    :raises Refused: it could not be written, or would take the place of another file.
    """
    if not path.parent.is_dir():
        raise Refused(f"{option}: there is no directory {path.parent}. Make it first, or name another file.")
    if path.is_dir():
        raise Refused(f"{option}: {path} is a directory. Name a file in it.")
    reason = why_unwritable(path)
    if reason is not None:
        raise Refused(f"{option}: the file {path} {reason}.")
    check_free(option, path, overwrite=overwrite, may_overwrite=may_overwrite)


def check_free(option: str, path: Path, *, overwrite: bool, may_overwrite: bool = True) -> None:
    """The same of a file that is written at once: that it cannot is seen then.

    :raises Refused: it would take the place of another file.
    """
    if not overwrite and (path.exists() or path.is_symlink()):
        remedy = "add --overwrite" if may_overwrite else "remove it"
        raise Refused(f"{option}: the file {path} is there already. Name another one, or {remedy}.")
