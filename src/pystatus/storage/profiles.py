"""The profiles on this machine: one directory each, holding key files and an encrypted database.

<data directory>/profiles/<key uid>/account.json    who it is; nothing secret
                                    profile.json    name, and how the database key is derived
                                    keystore/       key files as the mobile app writes them
                                    profile.db      everything else, encrypted
                                    lock            held by the process that writes (see locks.py)
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pystatus.account.account import Account
from pystatus.account.keystore import MAX_FILE_SIZE, WrongPassword, named_address
from pystatus.account.keytext import parse_public_key
from pystatus.account.password import check_new, hashed
from pystatus.account.record import AccountRecord
from pystatus.crypto.kdf import scrypt
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.log_texts import get_logger
from pystatus.storage.database import KEY_SIZE, Database
from pystatus.storage.errors import ProfileInUse, StorageError
from pystatus.storage.files import (
    explained_files,
    is_scratch,
    make_directory,
    make_scratch_directory,
    read_small,
    sync_directory,
    write_private,
)
from pystatus.storage.locks import locked
from pystatus.storage.places import default_data_directory

log = get_logger(__name__)

SCRYPT_N = 16_384
SCRYPT_R = 8
SCRYPT_P = 1
"""Cost of turning the password into the database key: 45 ms and 16 MiB. The key files cost about the same, so whoever
guesses passwords gains nothing by preferring one over the other."""
SALT_SIZE = 32
MIN_UID_PREFIX = 4
"""Digits of a key uid that name a profile, where nobody else has them."""
MAX_DESCRIPTION_SIZE = 4_096
"""Bytes of account.json and of profile.json; ours have about 500."""

_REPAIR = (
    "Restore account.json and profile.json from a backup; or move the directory away and recover the account from its "
    "words."
)


class UnknownProfile(LocalError):
    """No profile, or more than one, answers to a name."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One account on this machine, locked. Nothing in it is secret."""

    name: str
    account: AccountRecord
    directory: Path
    salt: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """What lies among the profiles and is none, or none any more. It costs nobody but itself."""

    directory: Path
    name: str | None
    """What the profile was called, where that can still be read."""
    problem: str
    """A sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An open profile."""

    profile: Profile
    account: Account
    database: Database


class Profiles:
    """All profiles below one data directory."""

    def __init__(self, data_directory: Path | None = None) -> None:
        self.directory = (data_directory or default_data_directory()) / "profiles"

    def create(
        self,
        account: Account,
        password: str,
        name: str | None = None,
        *,
        random: RandomSource = os.urandom,
        now: float | None = None,
    ) -> Profile:
        """Store a new profile, complete or not at all. ``name`` defaults to the three-word name.

        :param now: the time in the names of the key files, Unix seconds.

        :raises LocalError: the password is too short, the account is here already, or the name is taken.
        :raises StorageError: the disk refused; nothing is left behind.
        """
        check_new(password)
        name = (name or account.record.alias).strip()
        check_name(name)
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            make_directory(self.directory)
        with locked(self.directory / "lock", f"The directory {self.directory}", "Try again when that one is done."):
            return self._create(account, password, name, random, time.time() if now is None else now)

    def _create(self, account: Account, password: str, name: str, random: RandomSource, now: float) -> Profile:
        profiles, damaged = self.scan()
        for other in profiles:
            if other.account.key_uid == account.record.key_uid:
                raise LocalError(f"This account is here already, as the profile {other.name!r}.")
            if other.name.casefold() == name.casefold():
                raise LocalError(f"There is a profile called {other.name!r} already. Choose another name.")
        final = self.directory / account.record.key_uid
        for one in damaged:
            if one.directory == final:
                raise StorageError(one.problem)

        profile = Profile(name, account.record, final, random(SALT_SIZE))
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            self._remove_unfinished()
            scratch = make_scratch_directory(final)
            try:
                make_directory(scratch / "keystore")
                for file_name, contents in account.key_files(password, random, now).items():
                    write_private(scratch / "keystore" / file_name, contents)
                write_private(scratch / "account.json", account.record.encode())
                write_private(scratch / "profile.json", _encode(profile))
                Database.open(scratch / "profile.db", _database_key(profile, password), create=True).close()
                scratch.rename(final)
                sync_directory(self.directory)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
        return profile

    def _remove_unfinished(self) -> None:
        """Remove what earlier attempts left when they were killed."""
        for entry in self.directory.iterdir():
            if is_scratch(entry):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()

    def list(self) -> list[Profile]:
        """All profiles, by name; not what :meth:`scan` finds damaged.

        :raises StorageError: the directory cannot be read.
        """
        return [*self.scan()[0]]

    def scan(self) -> tuple[Sequence[Profile], Sequence[Damaged]]:
        """All profiles, by name, and what else lies in their directory.

        :raises StorageError: the directory cannot be read.
        """
        with explained_files(f"The profiles below {self.directory} cannot be read"):
            if not self.directory.is_dir():
                return [], []
            # What is hidden belongs to somebody else, or was not finished.
            found = [entry for entry in self.directory.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
        read = [_read(entry) for entry in sorted(found)]
        profiles = [one for one in read if isinstance(one, Profile)]
        damaged = [one for one in read if isinstance(one, Damaged)]
        return sorted(profiles, key=lambda profile: profile.name.casefold()), damaged

    def find(self, selector: str) -> Profile:
        """The profile with this name, chat key (in any form), or beginning of its key uid.

        :raises UnknownProfile: none, or several; the sentence lists what there is.
        :raises StorageError: it is damaged.
        """
        profiles, damaged = self.scan()
        matches = [profile for profile in profiles if profile.name.casefold() == selector.strip().casefold()]
        if not matches and selector.startswith("0x") and len(selector) >= 2 + MIN_UID_PREFIX:
            matches = [profile for profile in profiles if profile.account.key_uid.startswith(selector.lower())]
        if not matches:
            matches = [profile for profile in profiles if _has_key(profile, selector)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownProfile(f"Several profiles begin with {selector!r}. Give more digits, or the name.")
        for one in damaged:
            if _is_meant(one, selector):
                raise StorageError(one.problem)
        hint = "" if not damaged else " What is damaged is listed by: pystatus account list"
        if not profiles:
            raise UnknownProfile(
                f"There is no profile below {self.directory.parent}. Make one with: pystatus account create"
                if not damaged
                else f"There is no profile below {self.directory.parent} that can be read.{hint}"
            )
        names = ", ".join(repr(profile.name) for profile in profiles)
        raise UnknownProfile(f"There is no profile {selector!r}. There are: {names}.{hint}")

    @contextmanager
    def unlock(
        self, profile: Profile, password: str, *, wallet: bool = False, shared: bool = False
    ) -> Iterator[Unlocked]:
        """Open a profile. Unless ``shared`` (for reading only), no other process may have it open the same way.

        ``wallet`` opens the wallet's keys as well as the chat key.

        :raises WrongPassword: nothing was changed.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: a file is missing or damaged.
        """
        with explained_files(f"The key files of {profile.name!r} cannot be read"):
            files = _key_files(profile.directory / "keystore")
        try:
            account = Account.unlock(profile.account, files, password, wallet=wallet)
        except WrongPassword:
            raise WrongPassword(f"The password of {profile.name!r} is wrong. Nothing was changed; try again.") from None
        except RemoteError as error:
            raise StorageError(
                f"A key file of {profile.name!r} is damaged: {error}. Restore it from a backup."
            ) from error
        with _locked(profile, shared=shared):
            database = Database.open(
                profile.directory / "profile.db", _database_key(profile, password), read_only=shared
            )
            try:
                yield Unlocked(profile, account, database)
            finally:
                database.close()


def check_name(name: str) -> None:
    """
    :raises LocalError: no profile can be called so.
    """
    if not name.isprintable() or "/" in name:
        raise LocalError("A profile name is one line without a slash. Choose another one.")


def _database_key(profile: Profile, password: str) -> bytes:
    secret = hashed(password).encode()
    return scrypt(secret, profile.salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, size=KEY_SIZE)


def _encode(profile: Profile) -> bytes:
    return json.dumps({"version": 1, "name": profile.name, "salt": profile.salt.hex()}, indent=1).encode()


def _key_files(directory: Path) -> dict[str, bytes]:
    """The key files in a directory by their names. What is named otherwise, and what cannot be read, costs nobody but
    itself: if it was the one that is needed, that one is missing."""
    files = {}
    for path in directory.iterdir():
        if named_address(path.name) is not None:
            try:
                files[path.name] = read_small(path, MAX_FILE_SIZE)
            except OSError as error:
                log.warning("the key file %s cannot be read: %s", path, error.strerror or error)
    return files


def _read(directory: Path) -> Profile | Damaged:
    """The profile in ``directory``, or what is wrong with it."""
    name: str | None = None
    try:
        contents = json.loads(read_small(directory / "profile.json", MAX_DESCRIPTION_SIZE))
        name = str(contents["name"])
        record = AccountRecord.decode(read_small(directory / "account.json", MAX_DESCRIPTION_SIZE))
        salt = bytes.fromhex(contents["salt"])
    except FileNotFoundError:
        return Damaged(directory, name, _why_incomplete(directory))
    except OSError as error:
        return Damaged(
            directory, name, f"The profile in {directory} cannot be read: {error.strerror or error}. {_REPAIR}"
        )
    except (ValueError, KeyError, TypeError, RecursionError, RemoteError):
        return Damaged(directory, name, f"The profile in {directory} is damaged. {_REPAIR}")
    if directory.name != record.key_uid:
        return Damaged(
            directory,
            None,
            f"{directory} is a copy of the profile {name!r}: it is not called by its key uid. Move it elsewhere; to "
            f"use it in place of the profile, move that away and call this one {record.key_uid}.",
        )
    return Profile(name, record, directory, salt)


def _why_incomplete(directory: Path) -> str:
    if any((directory / part).exists() for part in ("account.json", "profile.json", "profile.db", "keystore")):
        return f"The profile in {directory} is incomplete. {_REPAIR}"
    return f"{directory} is no profile. If it is not of use to anybody, remove it."


def _is_meant(damaged: Damaged, selector: str) -> bool:
    if damaged.name is not None and damaged.name.casefold() == selector.strip().casefold():
        return True
    return len(selector) >= 2 + MIN_UID_PREFIX and damaged.directory.name.startswith(selector.lower())


def _has_key(profile: Profile, text: str) -> bool:
    try:
        return parse_public_key(text) == profile.account.public_key
    except LocalError:
        return False


def _locked(profile: Profile, *, shared: bool) -> AbstractContextManager[None]:
    if shared:
        return nullcontext()
    return locked(
        profile.directory / "lock", f"The profile {profile.name!r}", "Stop that one first.", error=ProfileInUse
    )
