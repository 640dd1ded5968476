"""The profiles on this machine: one directory each, holding key files and an encrypted database.

<data directory>/profiles/<key uid>/account.json    who it is; nothing secret
                                    profile.json    name, and how the database key is derived
                                    keystore/       key files as the mobile app writes them
                                    profile.db      everything else, encrypted
                                    lock            held by the process that writes
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.account.keytext import parse_public_key
from pystatus.account.password import check_new, hashed
from pystatus.account.record import AccountRecord
from pystatus.crypto.kdf import scrypt
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.storage.database import KEY_SIZE, Database
from pystatus.storage.errors import ProfileInUse, StorageError
from pystatus.storage.files import PRIVATE_DIRECTORY, explained_files, sync_directory, write_private
from pystatus.storage.places import default_data_directory

SCRYPT_N = 16_384
SCRYPT_R = 8
SCRYPT_P = 1
"""Cost of turning the password into the database key: 45 ms and 16 MiB. The key files cost about the same, so whoever
guesses passwords gains nothing by preferring one over the other."""
SALT_SIZE = 32
MIN_UID_PREFIX = 4
"""Digits of a key uid that name a profile, where nobody else has them."""


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
        if not name.isprintable() or "/" in name:
            raise LocalError("A profile name is one line without a slash. Choose another one.")
        for other in self.list():
            if other.account.key_uid == account.record.key_uid:
                raise LocalError(f"This account is here already, as the profile {other.name!r}.")
            if other.name.casefold() == name.casefold():
                raise LocalError(f"There is a profile called {other.name!r} already. Choose another name.")

        final = self.directory / account.record.key_uid
        scratch = self.directory / f".{account.record.key_uid}.new"
        profile = Profile(name, account.record, final, random(SALT_SIZE))
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            self.directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            shutil.rmtree(scratch, ignore_errors=True)  # what an earlier attempt left when it was killed
            try:
                scratch.mkdir(mode=PRIVATE_DIRECTORY)
                (scratch / "keystore").mkdir(mode=PRIVATE_DIRECTORY)
                for file_name, contents in account.key_files(
                    password, random, time.time() if now is None else now
                ).items():
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

    def list(self) -> list[Profile]:
        """All profiles, by name.

        :raises StorageError: a profile cannot be read.
        """
        with explained_files(f"The profiles below {self.directory} cannot be read"):
            if not self.directory.is_dir():
                return []
            found = [entry for entry in self.directory.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
            return sorted((_read(entry) for entry in found), key=lambda profile: profile.name.casefold())

    def find(self, selector: str) -> Profile:
        """The profile with this name, chat key (in any form), or beginning of its key uid.

        :raises UnknownProfile: none, or several; the sentence lists what there is.
        """
        profiles = self.list()
        matches = [profile for profile in profiles if profile.name.casefold() == selector.strip().casefold()]
        if not matches and selector.startswith("0x") and len(selector) >= 2 + MIN_UID_PREFIX:
            matches = [profile for profile in profiles if profile.account.key_uid.startswith(selector.lower())]
        if not matches:
            matches = [profile for profile in profiles if _has_key(profile, selector)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownProfile(f"Several profiles begin with {selector!r}. Give more digits, or the name.")
        if not profiles:
            raise UnknownProfile(
                f"There is no profile below {self.directory.parent}. Make one with: pystatus account create"
            )
        names = ", ".join(repr(profile.name) for profile in profiles)
        raise UnknownProfile(f"There is no profile {selector!r}. There are: {names}.")

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
        files = {}
        with explained_files(f"The key files of {profile.name!r} cannot be read"):
            for path in (profile.directory / "keystore").iterdir():
                files[path.name] = path.read_bytes()
        try:
            account = Account.unlock(profile.account, files, password, wallet=wallet)
        except WrongPassword:
            raise WrongPassword(f"The password of {profile.name!r} is wrong. Nothing was changed; try again.") from None
        except RemoteError as error:
            raise StorageError(
                f"A key file of {profile.name!r} is damaged: {error}. Restore it from a backup."
            ) from error
        with _locked(profile, shared=shared):
            database = Database.open(profile.directory / "profile.db", _database_key(profile, password))
            try:
                yield Unlocked(profile, account, database)
            finally:
                database.close()


def _database_key(profile: Profile, password: str) -> bytes:
    secret = hashed(password).encode()
    return scrypt(secret, profile.salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, size=KEY_SIZE)


def _encode(profile: Profile) -> bytes:
    return json.dumps({"version": 1, "name": profile.name, "salt": profile.salt.hex()}, indent=1).encode()


def _read(directory: Path) -> Profile:
    try:
        contents = json.loads((directory / "profile.json").read_bytes())
        record = AccountRecord.decode((directory / "account.json").read_bytes())
        return Profile(str(contents["name"]), record, directory, bytes.fromhex(contents["salt"]))
    except (ValueError, KeyError, TypeError, RemoteError) as error:
        raise StorageError(
            f"The profile in {directory} is damaged. Restore account.json and profile.json from a backup."
        ) from error


def _has_key(profile: Profile, text: str) -> bool:
    try:
        return parse_public_key(text) == profile.account.public_key
    except LocalError:
        return False


@contextmanager
def _locked(profile: Profile, *, shared: bool) -> Iterator[None]:
    if shared:
        yield
        return
    with explained_files(f"The profile {profile.name!r} cannot be locked"):
        descriptor = os.open(profile.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProfileInUse(
                f"The profile {profile.name!r} is open in another pystatus process. Stop that one first."
            ) from None
        yield
    finally:
        os.close(descriptor)
