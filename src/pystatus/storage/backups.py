"""A whole profile as one encrypted file, and back (account.md §4; decisions.md "Secure transport and data sync").

What is in it: who it is, its key files and its database, each encrypted with the password of the profile as before, and
all of it with the password of the file. Not in it: prekeys and ratchet sessions. They belong to one device, and a file
that lies around must not open what was said to that device. So a profile that is restored is a new device of its
account, on the same machine, too.

The stream in the file (see :mod:`pystatus.storage.backup_file`) begins with a list of what follows: four bytes that are
its length, and JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pystatus.account.account import Account
from pystatus.account.keystore import MAX_FILE_SIZE, WrongPassword, named_address
from pystatus.account.record import AccountRecord
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.storage.backup_file import BackupDamaged, SealedReader, SealedWriter, read_header
from pystatus.storage.changeover import DATABASE, DESCRIPTION, KEYSTORE
from pystatus.storage.database import Database
from pystatus.storage.descriptions import ACCOUNT, MAX_DESCRIPTION_SIZE, Profile, decoded
from pystatus.storage.encryption import SqlEncryptionStore
from pystatus.storage.errors import StorageError
from pystatus.storage.files import (
    create_private,
    created_whole,
    explained_files,
    make_directory,
    open_regular,
    sync_directory,
)
from pystatus.storage.generations import mark_as_copy
from pystatus.storage.sealing import database_key, key_files

MAX_LIST = 16 * 1024
"""Bytes of the list of what a file holds; ours have about 700. Ours."""
MAX_KEY_FILES = 64
"""Key files of one profile that are taken along; an account has four, or eight after a recovery. Ours."""
MAX_KEY_NAME = 128
"""Characters of the name of a key file in a file that is restored; ours have 78, and systems take 255 bytes. Ours."""
MAX_DATABASE = 1 << 40
"""Bytes of a database that is restored: a tebibyte, far above what one has; the disk has to have room besides. Ours."""
LEAST_ROOM = 64 * 1024 * 1024
"""Bytes that a disk keeps free beside what is restored, for what a first start writes. Ours."""
PIECE = 1 << 20
"""Bytes that are read of a database at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a profile."""

    name: str
    size: int


def seal(
    profile: Profile, form: str, database: Database, path: Path, password: str, random: RandomSource, scratch: Path
) -> None:
    """Write a profile into the new file ``path``.

    :param form: the form of the profile's password that opens it.
    :param database: its open database.
    :param password: of the file.
    :param scratch: a directory for a copy of the database while it is written; as large as the database.
    :raises WrongPassword: the password of the profile was changed meanwhile.
    :raises StorageError, OSError: the disk refused; there is no such file.
    """
    copy = scratch / DATABASE
    key = database_key(profile, form)
    database.copy_to(copy, key)
    _forget_device(copy, key)
    own = {profile.account.chat_address, profile.account.eip1581_root, profile.account.wallet_root}
    named = sorted(key_files(profile).items(), key=lambda file: (named_address(file[0]) not in own, file[0]))
    keys = dict(named[:MAX_KEY_FILES])
    try:
        Account.unlock(profile.account, keys, form, wallet=False)
    except WrongPassword:
        raise WrongPassword(f"The password of {profile.name!r} was changed at this moment. Try again.") from None
    except (LocalError, RemoteError) as error:
        raise StorageError(f"A key file of {profile.name!r} is damaged: {error}. Nothing was exported.") from error
    small = {ACCOUNT: profile.account.encode(), DESCRIPTION: profile.encode()}
    small |= {f"{KEYSTORE}/{name}": contents for name, contents in keys.items()}
    parts = [Part(name, len(contents)) for name, contents in small.items()]
    parts.append(Part(DATABASE, copy.stat().st_size))
    listed = json.dumps({"parts": [[part.name, part.size] for part in parts]}).encode()
    with created_whole(path) as file, open_regular(copy) as contents_of_database:
        writer = SealedWriter(file, password, random)
        writer.write(len(listed).to_bytes(4) + listed)
        for contents in small.values():
            writer.write(contents)
        while piece := contents_of_database.read(PIECE):
            writer.write(piece)
        writer.close()


def _forget_device(path: Path, key: bytes) -> None:
    """Take out of a copy what belongs to the device that it was made on."""
    with contextlib.closing(Database.open(path, key)) as copy:
        with copy.transaction():
            SqlEncryptionStore(copy).forget_ratchets()
            mark_as_copy(copy.connection.execute)
        copy.empty_log()


class BackupFile:
    """A file that was exported, opened with its password: who is in it, and then everything else, once."""

    def __init__(self, file: BinaryIO, path: Path, password: str) -> None:
        """
        :raises BackupDamaged, WrongPassword: see :class:`SealedReader`.
        """
        self._what = f"The file {path}"
        self._stream = SealedReader(file, password, self._what)
        self._parts = self._list()
        self.account, self.name, self._salt, self._scrypt_n = self._described()

    def _list(self) -> list[Part]:
        size = int.from_bytes(self._stream.read_exactly(4))
        if size > MAX_LIST:
            raise self._damaged()
        try:
            listed = json.loads(self._stream.read_exactly(size))["parts"]
            parts = [Part(name, length) for name, length in listed]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._damaged() from None
        if len(parts) > MAX_KEY_FILES + 3 or not all(map(_is_part, parts)):
            raise self._damaged()
        names = [part.name for part in parts]
        if names != [ACCOUNT, DESCRIPTION, *names[2:-1], DATABASE] or len(set(names)) != len(names):
            raise self._damaged()
        if 4 + size + sum(part.size for part in parts) != self._stream.size:
            raise self._damaged()
        return parts

    def _described(self) -> tuple[AccountRecord, str, bytes, int]:
        record, description = (self._stream.read_exactly(part.size) for part in self._parts[:2])
        try:
            account = AccountRecord.decode(record)
            name, salt, scrypt_n = decoded(description)
        except (ValueError, KeyError, TypeError, RecursionError, RemoteError):
            raise self._damaged() from None
        addresses = {named_address(Path(part.name).name) for part in self._parts[2:-1]}
        if account.chat_address not in addresses:
            raise self._damaged()
        return account, name, salt, scrypt_n

    def store(self, scratch: Path, final: Path, name: str) -> Profile:
        """Write everything into the directory ``scratch``, durably.

        :param final: where it will be.
        :raises BackupDamaged: something of it was changed.
        :raises StorageError, OSError: the disk refused, or has no room.
        """
        wanted = sum(part.size for part in self._parts)
        if shutil.disk_usage(scratch).free < wanted + LEAST_ROOM:
            raise StorageError(
                f"The profile has {wanted / 1e6:.0f} MB, and the disk with {final.parent} has not so much free. Make "
                "room and try again. Nothing was stored."
            )
        profile = Profile(name, self.account, final, self._salt, scrypt_n=self._scrypt_n)
        _write(scratch / ACCOUNT, self.account.encode())
        _write(scratch / DESCRIPTION, profile.encode())
        make_directory(scratch / KEYSTORE)
        for part in self._parts[2:]:
            with create_private(scratch / part.name) as file:
                self._copy(part.size, file.write)
                file.flush()
                os.fsync(file.fileno())
        sync_directory(scratch / KEYSTORE)
        sync_directory(scratch)
        return profile

    def _copy(self, size: int, write: Callable[[bytes], object]) -> None:
        while size:
            piece = self._stream.read(size)
            write(piece)
            size -= len(piece)

    def _damaged(self) -> BackupDamaged:
        return BackupDamaged(f"{self._what} is damaged: it holds no profile. Take another copy of it.")


@contextmanager
def opened(path: Path, password: str) -> Iterator[BackupFile]:
    """A file that was exported.

    :raises BackupDamaged, WrongPassword: see :class:`SealedReader`.
    :raises StorageError: it cannot be read.
    """
    with contextlib.ExitStack() as stack:
        with explained_files(f"The file {path} cannot be read"):
            file = stack.enter_context(open_regular(path, follow_links=True))
            backup = BackupFile(file, path, password)
        yield backup


def check_file(path: Path) -> None:
    """For those who ask people for a password before they call :meth:`Profiles.restore`.

    :raises BackupDamaged: it is no file that was exported, as far as that is seen without its password.
    :raises StorageError: it cannot be read.
    """
    with explained_files(f"The file {path} cannot be read"), open_regular(path, follow_links=True) as file:
        read_header(file, f"The file {path}")


def check_password(path: Path, password: str) -> None:
    """
    :raises WrongPassword: it is not the one of the file.
    :raises BackupDamaged, StorageError: as :func:`opened`.
    """
    with opened(path, password):
        pass


def _write(path: Path, contents: bytes) -> None:
    with create_private(path) as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())


def _is_part(part: Part) -> bool:
    """Whether there may be such a file, and it may be so large."""
    if type(part.size) is not int or type(part.name) is not str or part.size <= 0:
        return False
    if part.name in (ACCOUNT, DESCRIPTION):
        return part.size <= MAX_DESCRIPTION_SIZE
    if part.name == DATABASE:
        return part.size <= MAX_DATABASE
    folder, _, name = part.name.partition("/")
    if len(name) > MAX_KEY_NAME or not name.isprintable():
        return False
    return folder == KEYSTORE and named_address(name) is not None and part.size <= MAX_FILE_SIZE
