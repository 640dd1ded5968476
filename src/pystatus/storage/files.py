"""Every file that pystatus makes: for its owner alone, never through a link, small ones whole or not at all.

Whoever may write into a directory can put links and files there before us. So a file is made exclusively, under a name
that nobody can foresee where it gets its own name only later, and its mode is set on its descriptor. No other module
makes files or directories; a test looks for those that do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pystatus.storage.errors import StorageError

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600
SCRATCH_BYTES = 8
"""Random bytes in the name of a file that is not finished."""
SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, with the mode of the database."""

_NOT_OURS = "If the files are another user's, as after sudo, run this as that user, or make them yours with chown"
_FULL = "Make room and try again"
_REMEDIES = {errno.EACCES: _NOT_OURS, errno.EPERM: _NOT_OURS, errno.ENOSPC: _FULL, errno.EDQUOT: _FULL}
"""What somebody does about an error of the system, as the end of a sentence."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_DESCRIPTORS = Path("/proc/self/fd")
"""Where Linux shows the files that a process has open, also those without a name."""
_NO_NAMELESS_FILES = {errno.EISDIR, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOENT}
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextlib.contextmanager
def explained_files(what: str) -> Iterator[None]:
    """Turn the operating system's errors into a sentence about ``what``."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what}: {reason_of(error)}.") from error


def reason_of(error: OSError) -> str:
    """The system's reason, as the end of a sentence, and what to do about it where that is known."""
    if error.errno == errno.EROFS:
        return "the disk is read-only. Make it writable, or choose another directory"
    reason = error.strerror or str(error)
    remedy = _REMEDIES.get(error.errno or 0)
    return reason if remedy is None else f"{reason}. {remedy}"


def why_unwritable(path: Path) -> str | None:
    """Why nothing can be made beside ``path``, as the end of a sentence; ``None`` if something can, as far as the
    system tells."""
    directory = path.parent
    if os.access(directory, os.W_OK) or not directory.is_dir():
        return None
    if os.statvfs(directory).f_flag & os.ST_RDONLY:
        return "is on a read-only disk. Make the disk writable, or choose another place"
    return f"is in a directory that this user may not write to. Change that for {directory}, or choose another place"


def why_refused(path: Path) -> str | None:
    """Why writing beside ``path`` has failed, as the end of a sentence; ``None`` if it would not fail now, as far as
    the system tells. After an error of the disk some file systems refuse to write and are not called read-only."""
    told = why_unwritable(path)
    if told is not None:
        return told
    try:
        os.close(os.open(path.parent, os.O_TMPFILE | os.O_RDWR, PRIVATE_FILE))  # a file without a name, gone at once
    except OSError as error:
        if error.errno == errno.EROFS:
            return "is on a disk that has become read-only. Make the disk writable, or choose another place"
    return None


def make_directory(path: Path) -> None:
    """Make a directory, and those above it that are missing, for their owner alone. One that exists stays as it is.

    :raises OSError: it cannot be made; a file or a link that leads nowhere is in its place.
    """
    if path.is_dir():
        return
    make_directory(path.parent)
    try:
        path.mkdir(PRIVATE_DIRECTORY)
    except FileExistsError:
        if path.is_dir() and not path.is_symlink():  # another process was first
            return
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    _settle_directory(path)


def make_scratch_directory(beside: Path) -> Path:
    """A new directory next to the place ``beside`` that it gets when it is finished."""
    path = scratch_name(beside)
    path.mkdir(PRIVATE_DIRECTORY)
    _settle_directory(path)
    return path


def is_scratch(path: Path) -> bool:
    """Whether ``path`` has a name of something that was not finished."""
    return path.name.startswith(".") and path.name.endswith(".new")


def create_private(path: Path, buffering: int = -1) -> BinaryIO:
    """A new file to write to.

    :param buffering: as of :func:`open`.
    :raises FileExistsError: something is there, be it a link.
    :raises OSError: the disk refused.
    """
    return os.fdopen(_create(path), "wb", buffering)


def open_private(path: Path) -> int:
    """A descriptor to read and write a file that stays, a lock for example; it is made if need be.

    :raises OSError: the disk refused, or a link or something else that is no file is there.
    """
    try:
        return _create(path)
    except FileExistsError:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            _check_file(os.fstat(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def write_private(path: Path, contents: bytes) -> None:
    """Write a file so that after a crash it has either its old contents or these. A link in its place is replaced.

    :raises OSError: the disk refused; the old file is untouched.
    """
    with replaced(path) as file:
        file.write(contents)


@contextlib.contextmanager
def replaced(path: Path, buffering: int = -1) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of ``path`` at the end: after a crash or an error that is what it was.

    :param buffering: as of :func:`open`; 0 to learn of each write how much the disk took.
    :raises OSError: the disk refused.
    """
    with _scratch(path, buffering) as (scratch, file):
        yield file
        file.flush()
        os.fsync(file.fileno())
        scratch.replace(path)
        sync_directory(path.parent)


@contextlib.contextmanager
def created_whole(path: Path) -> Iterator[BinaryIO]:
    """A new file to write to, which has its name only when it is complete. After an error, and on Linux also after the
    process was killed, nothing is left of it.

    :raises FileExistsError: something is there, be it a link.
    :raises OSError: the disk refused.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    with _nameless(path) as (file, name):
        yield file
        file.flush()
        os.fsync(file.fileno())
        try:
            # Python follows the link in /proc only where a directory is given, too; the path is absolute.
            os.link(name.absolute(), path, src_dir_fd=file.fileno(), follow_symlinks=name.parent == _DESCRIPTORS)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS or name.parent != path.parent:
                raise
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
            name.replace(path)
        sync_directory(path.parent)


@contextlib.contextmanager
def _nameless(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file on the disk of ``path`` that has no name there, where the system has such files, and where a link to
    it is made from."""
    try:
        if not _DESCRIPTORS.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(_DESCRIPTORS))
        descriptor = os.open(path.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        if error.errno not in _NO_NAMELESS_FILES:
            raise
        with _scratch(path) as (name, file):
            yield file, name
        return
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, PRIVATE_FILE)  # whatever the umask takes away
        _give_to_owner(descriptor, path.parent)
        yield file, _DESCRIPTORS / str(descriptor)


def make_private(path: Path, contents: bytes) -> None:
    """Write a file unless it exists. Of several processes that do so at once one wins, and all find its contents.

    :raises OSError: the disk refused, and there is no file; or a link that leads nowhere is in its place.
    """
    make_directory(path.parent)
    with _scratch(path) as (scratch, file):
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(scratch, path, follow_symlinks=False)
        except FileExistsError:
            if not path.exists():
                raise
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            if path.is_symlink() and not path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
            if not path.exists():  # two processes at this very moment: the later one's contents stay
                scratch.replace(path)
        sync_directory(path.parent)


def open_regular(path: Path, *, follow_links: bool = False) -> BinaryIO:
    """A file to read.

    :raises OSError: it cannot be read, or is none: what a pipe holds would never end.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | (0 if follow_links else os.O_NOFOLLOW))
    try:
        _check_file(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_small(path: Path, limit: int) -> bytes:
    """The contents of a file of at most ``limit`` bytes.

    :raises OSError: it cannot be read, is longer, or is none.
    """
    with open_regular(path, follow_links=True) as file:
        contents = file.read(limit + 1)
    if len(contents) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit} bytes")
    return contents


def prepare_database(path: Path) -> None:
    """Make the file of a SQLite database, if need be, and see to it that neither it nor what SQLite keeps beside it is
    a link or open to others. SQLite gives new files beside it the mode that it has.

    To be called before the database is opened: closing a file that SQLite has open would end its locks.

    :raises OSError: it cannot be made, or is no file.
    """
    try:
        os.close(_create(path))
    except FileExistsError:
        for file in (path, *(path.with_name(path.name + end) for end in SIDECARS)):
            with contextlib.suppress(FileNotFoundError):
                status = file.lstat()
                _check_file(status)
                if status.st_mode & _OTHERS:
                    _make_file_private(file)


def bind_private(path: Path) -> socket.socket:
    """A Unix socket that does not listen yet, at a file that nobody else may open.

    :raises OSError: something is there, be it a link, or it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.suppress(OSError):  # Linux gives the file the mode of the descriptor, others have none for it
            os.fchmod(listener.fileno(), PRIVATE_FILE)
        listener.bind(str(path))
        if stat.S_IMODE(path.lstat().st_mode) != PRIVATE_FILE:
            # Nobody can connect yet. Linux has no way to a mode that certainly follows no link.
            path.chmod(PRIVATE_FILE, follow_symlinks=os.chmod not in os.supports_follow_symlinks)
    except BaseException:
        listener.close()
        raise
    return listener


def sync_directory(path: Path) -> None:
    """Make renames inside ``path`` durable."""
    sync_file(path)


def sync_file(path: Path) -> None:
    """Make what was written to ``path``, and closed, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def scratch_name(path: Path) -> Path:
    """A new name beside ``path`` for what is not finished, or is going."""
    return path.with_name(f".{path.name}.{os.urandom(SCRATCH_BYTES).hex()}.new")


@contextlib.contextmanager
def _scratch(path: Path, buffering: int = -1) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside ``path``, which is gone at the end unless it has got another name."""
    name = scratch_name(path)
    with create_private(name, buffering) as file:
        try:
            yield name, file
        finally:
            name.unlink(missing_ok=True)


def _create(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        os.fchmod(descriptor, PRIVATE_FILE)  # whatever the umask takes away
        _give_to_owner(descriptor, path.parent)
    except BaseException:
        os.close(descriptor)
        path.unlink()
        raise
    return descriptor


def _settle_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchmod(descriptor, PRIVATE_DIRECTORY)
        _give_to_owner(descriptor, path.parent)
    finally:
        os.close(descriptor)


def _give_to_owner(descriptor: int, directory: Path) -> None:
    """What root makes for the user of a service has to be that user's."""
    if os.geteuid() == 0:
        owner = directory.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _make_file_private(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.fchmod(descriptor, PRIVATE_FILE)
    finally:
        os.close(descriptor)


def _check_file(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, "it is a link. Name the file itself")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
