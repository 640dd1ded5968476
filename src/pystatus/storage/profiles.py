"""The profiles on this machine: one directory each, holding key files and an encrypted database.

<data directory>/profiles/<key uid>/account.json    who it is; nothing secret
                                    profile.json    name, and how the database key is derived
                                    keystore/       key files as the mobile app writes them
                                    profile.db      everything else, encrypted
                                    next/           what takes the place of these (see changeover.py)
                                    lock            held by the process that writes (see locks.py)

Implements: AC-27
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pystatus import typed
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.account.mnemonic import new_phrase
from pystatus.account.password import check_new
from pystatus.arguments import checked
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.sanitise import NAME_LENGTH, quoted
from pystatus.storage.changeover import DATABASE, DESCRIPTION, KEYSTORE, changed, current
from pystatus.storage.database import Database
from pystatus.storage.descriptions import ACCOUNT, Damaged, Profile, read
from pystatus.storage.erasing import erase_tree
from pystatus.storage.errors import StorageError
from pystatus.storage.files import (
    explained_files,
    is_scratch,
    make_directory,
    make_scratch_directory,
    scratch_name,
    sync_directory,
    write_private,
)
from pystatus.storage.holding import as_it_is, held, opens_database
from pystatus.storage.locks import locked
from pystatus.storage.paths import default_data_directory
from pystatus.storage.sealing import database_key, open_account, resealed, sealed_anew, write_key_files

SALT_SIZE = 32
SECRETS = (KEYSTORE, DESCRIPTION)
"""What is erased first: without key files and salt, no password opens the rest."""


class UnknownProfile(LocalError):
    """No profile, or more than one, answers to a name."""


class AccountIsHere(LocalError):
    """The account that was to be stored has a profile already, :attr:`profile`. Nothing was changed."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(f"This account is here already, as the profile {profile.name!r}.")
        self.profile = profile


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An open profile."""

    profile: Profile
    account: Account
    database: Database


@checked
@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was made and stored."""

    profile: Profile
    phrase: str = field(repr=False)
    """The twelve words that are the account: whoever has them can read and write as it. Write them down, on paper."""


@checked
class Profiles:
    """All profiles below one data directory."""

    def __init__(self, data_directory: Path | str | None = None) -> None:
        """
        :param data_directory: default see :func:`default_data_directory`.
        """
        self.directory = Path(data_directory or default_data_directory()) / "profiles"

    def create_account(self, name: str, password: str) -> NewAccount:
        """Make a new account, and store it as the profile ``name``.

        :raises LocalError, StorageError: as :meth:`create`.
        """
        phrase = new_phrase(os.urandom)
        return NewAccount(self.create(Account.from_mnemonic(phrase), password, name), phrase)

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
        name = checked_name(name or account.record.alias)
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            make_directory(self.directory)
        with self._locked():
            return self._create(account, typed.password(password), name, random, time.time() if now is None else now)

    def _create(self, account: Account, password: str, name: str, random: RandomSource, now: float) -> Profile:
        here = self.with_keys_of(account)
        if here is not None:
            raise AccountIsHere(here)
        self.check_free(name)
        final = self.directory / account.record.key_uid

        profile = Profile(name, account.record, final, random(SALT_SIZE))
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            self._remove_unfinished()
            scratch = make_scratch_directory(final)
            try:
                write_key_files(account.key_files(password, random, now), scratch)
                write_private(scratch / ACCOUNT, account.record.encode())
                write_private(scratch / DESCRIPTION, profile.encode())
                Database.open(scratch / DATABASE, database_key(profile, password), create=True).close()
                scratch.rename(final)
                sync_directory(self.directory)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
        return profile

    def _remove_unfinished(self) -> None:
        """Erase what earlier calls left when they were killed: a profile half made, or half deleted."""
        for entry in self.directory.iterdir():
            if is_scratch(entry):
                if entry.is_dir() and not entry.is_symlink():
                    erase_tree(entry, first=SECRETS)
                else:
                    entry.unlink()

    def with_keys_of(self, account: Account) -> Profile | None:
        """The profile that ``account`` has here already.

        :raises StorageError: it is damaged.
        """
        profiles, damaged = self.scan()
        for one in damaged:
            if one.directory.name == account.record.key_uid:
                raise StorageError(one.problem)
        return next((one for one in profiles if one.account.key_uid == account.record.key_uid), None)

    def rename(self, profile: Profile, name: str) -> Profile:
        """Call a profile otherwise. Its account, and what others see of it, stay the same.

        :raises LocalError: the name is taken, or cannot be one.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: the disk refused; the old name stays.
        """
        name = checked_name(name)
        with self._locked(), held(profile) as now:
            self.check_free(name, but=now)
            renamed = replace(now, name=name)
            with explained_files(f"The profile {now.name!r} cannot be renamed"):
                write_private(now.directory / DESCRIPTION, renamed.encode())
        return renamed

    def delete(self, profile: Profile) -> None:
        """Remove a profile with its keys, its history and everything else. It needs no password: whoever may do this
        could remove the files as well, and a password that is forgotten must not keep them here.

        :raises ProfileInUse: another process writes to it.
        :raises StorageError: the disk refused. Either nothing was done, or the profile is gone and the rest of its
            files goes when the next one is made or deleted here.

        Implements: AC-31
        """
        with self._locked(), held(profile) as now, explained_files(f"The profile {now.name!r} cannot be deleted"):
            gone = scratch_name(now.directory)
            now.directory.rename(gone)
            sync_directory(self.directory)
            self._remove_unfinished()
            sync_directory(self.directory)

    def change_password(self, profile: Profile, old: str, new: str, *, random: RandomSource = os.urandom) -> Profile:
        """Encrypt the key files and the database of a profile anew. It takes as much room as the database once more,
        until it is done. Killed at any moment, the profile opens with one of the two passwords.

        Implements: AC-32

        :raises WrongPassword: ``old`` is not its password.
        :raises LocalError: ``new`` is too short.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: a file is damaged, or the disk refused; the old password stays.
        """
        check_new(new)
        with held(profile) as now:
            _, form = open_account(now, old, wallet=False)
            fresh, chosen = replace(now, salt=random(SALT_SIZE)), typed.password(new)
            with (
                explained_files(f"The password of {now.name!r} cannot be changed"),
                changed(now.directory) as following,
            ):
                write_key_files(resealed(now, form, chosen, random), following)
                with contextlib.closing(Database.open(now.directory / DATABASE, database_key(now, form))) as database:
                    database.copy_to(following / DATABASE, database_key(fresh, chosen))
                write_private(following / DESCRIPTION, fresh.encode())
        return fresh

    def recover(
        self, account: Account, password: str, *, random: RandomSource = os.urandom, now: float | None = None
    ) -> tuple[Profile, bool]:
        """Set the password of a profile of which somebody has the account itself: its words, or its private key.

        What was said until now is encrypted with the old password. If ``password`` is that one, it stays; otherwise
        the profile begins anew, with the same account, as a new device.

        :param now: the time in the names of new key files, Unix seconds.
        :return: the profile, and whether what was said is kept.
        :raises UnknownProfile: the account has no profile here; :meth:`create` makes one.
        :raises LocalError: the password is too short.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: the disk refused; the old password stays.
        """
        check_new(password)
        here = self.with_keys_of(account)
        if here is None:
            raise UnknownProfile("This account has no profile here. Make one of it: pystatus account recover")
        moment = time.time() if now is None else now
        with held(here) as there, explained_files(f"The password of {there.name!r} cannot be set"):
            kept = next((form for form in typed.password_forms(password) if opens_database(there, form)), None)
            chosen = typed.password(password) if kept is None else kept
            profile = replace(there, salt=random(SALT_SIZE)) if kept is None else there
            with changed(there.directory) as following:
                write_key_files(sealed_anew(there, account, chosen, random, moment), following)
                if kept is None:
                    Database.open(following / DATABASE, database_key(profile, chosen), create=True).close()
                    write_private(following / DESCRIPTION, profile.encode())
        return profile, kept is not None

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.directory / "lock", f"The directory {self.directory}", "Try again when that one is done.")

    def check_free(self, name: str, but: Profile | None = None) -> None:
        """For those who ask people for secrets before they call :meth:`create`.

        :param but: a profile that may have the name.
        :raises LocalError: a profile is called ``name``.
        :raises StorageError: the directory cannot be read.
        """
        for other in self.list():
            if typed.is_same_name(other.name, name) and (but is None or other.directory != but.directory):
                raise LocalError(f"There is a profile called {other.name!r} already. Choose another name.")

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
        there = [read(entry) for entry in sorted(found)]
        profiles = [one for one in there if isinstance(one, Profile)]
        damaged = [one for one in there if isinstance(one, Damaged)]
        return sorted(profiles, key=lambda profile: profile.name.casefold()), damaged

    def find(self, selector: str) -> Profile:
        """The profile with this name, chat key (in any form), or beginning of its key uid.

        :raises UnknownProfile: none, or several; the sentence lists what there is.
        :raises StorageError: it is damaged.
        """
        profiles, damaged = self.scan()
        shortened = typed.token(selector)
        matches = (
            [profile for profile in profiles if profile.name == selector]
            or [profile for profile in profiles if typed.is_same_name(profile.name, selector)]
            or [profile for profile in profiles if profile.has_uid(shortened)]
            or [profile for profile in profiles if profile.has_key(selector)]
        )
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownProfile(
                f"Several profiles are meant by {quoted(selector)}. Give more digits, or the chat key."
            )
        for one in damaged:
            if one.is_meant_by(shortened):
                raise StorageError(one.problem)
        hint = "" if not damaged else " What is damaged is listed by: pystatus account list"
        if not profiles:
            raise UnknownProfile(
                f"There is no profile below {self.directory.parent}. Make one with: pystatus account create"
                if not damaged
                else f"There is no profile below {self.directory.parent} that can be read.{hint}"
            )
        names = ", ".join(repr(profile.name) for profile in profiles)
        raise UnknownProfile(f"There is no profile {quoted(selector)}. There are: {names}.{hint}")

    def check_password(self, profile: Profile, password: str) -> None:
        """
        :raises WrongPassword: it is not the password of ``profile``.
        :raises StorageError: a key file is missing or damaged.
        """
        open_account(as_it_is(profile), password, wallet=False)

    def check_unused(self, profile: Profile) -> None:
        """For those who ask people for something before they call what needs the profile for itself.

        :raises ProfileInUse: another process writes to it.
        :raises StorageError: the disk refused.
        """
        with held(profile):
            pass

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
        before = as_it_is(profile)
        account, form = open_account(before, password, wallet=wallet)
        with held(profile, shared=shared) as now:
            if now.salt != before.salt:
                raise WrongPassword(f"The password of {profile.name!r} was changed at this moment. Try again.")
            database = Database.open(current(now.directory, DATABASE), database_key(now, form), read_only=shared)
            try:
                yield Unlocked(now, account, database)
            finally:
                database.close()


TAKEN_FOR_OTHERS = {
    "#": "a public chat",
    "0x": "a key",
    "zq3sh": "a chat key",
    "enode:": "a relay",
    "enrtree:": "a node list",
    "-": "an option",
    ".": "a path",
    "~": "a path",
}
"""How the name of a profile must not begin, in small letters, and what it would be taken for."""


def checked_name(name: str) -> str:
    """The name of a profile that a person has typed.

    :raises LocalError: no new profile can be called that; one that was called so before still opens.
    """
    name = typed.name(name)
    for beginning, what in TAKEN_FOR_OTHERS.items():
        if name.lower().startswith(beginning):
            raise LocalError(
                f"A profile cannot be called {quoted(name)}: that would be taken for {what}. Choose a name that does "
                f'not begin with "{beginning}".'
            )
    if not name or not name.isprintable() or "/" in name or "\\" in name or len(name) > NAME_LENGTH:
        raise LocalError(
            f"A profile name is one line without slashes, of at most {NAME_LENGTH} characters. Choose another one."
        )
    return name
