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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.account import backup
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.account.mnemonic import new_phrase
from pystatus.account.password import check_new
from pystatus.arguments import checked
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.records import dataclass
from pystatus.storage.changeover import DATABASE, DESCRIPTION, changed, current
from pystatus.storage.database import Database
from pystatus.storage.descriptions import ACCOUNT, Profile
from pystatus.storage.files import (
    explained_files,
    make_directory,
    make_scratch_directory,
    scratch_name,
    sync_directory,
    why_unwritable,
    write_private,
)
from pystatus.storage.holding import as_it_is, held, opens_database
from pystatus.storage.journal import begin_after_others
from pystatus.storage.kept_phrase import forget_phrase, keep_phrase, kept_phrase
from pystatus.storage.profile_list import AccountIsHere, NewAccount, ProfileList, UnknownProfile
from pystatus.storage.profile_names import checked_name
from pystatus.storage.sealing import database_key, open_account, resealed, salted, sealed_anew, write_key_files

if TYPE_CHECKING:
    from pystatus.storage.vacuum import Vacuumed

__all__ = ["AccountIsHere", "NewAccount", "Profiles", "UnknownProfile", "Unlocked"]

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An open profile."""

    profile: Profile
    account: Account
    database: Database


@checked
class Profiles(ProfileList):
    """All profiles below one data directory.

    Implements: AC-28
    """

    def create_account(self, name: str | None, password: str) -> NewAccount:
        """Make a new account, and store it as the profile ``name``. Its words are kept until :meth:`confirm_backup`.

        :raises LocalError, StorageError: as :meth:`create`.
        """
        phrase = new_phrase(os.urandom)
        return NewAccount(self.create(Account.from_mnemonic(phrase), password, name, phrase=phrase), phrase)

    def create(
        self,
        account: Account,
        password: str,
        name: str | None = None,
        *,
        phrase: str | None = None,
        random: RandomSource = os.urandom,
        now: float | None = None,
    ) -> Profile:
        """Store a new profile, complete or not at all. ``name`` defaults to the three-word name.

        :param phrase: the words of an account that is new: they are kept, encrypted, until :meth:`confirm_backup`.
        :param now: the time in the names of the key files, Unix seconds.

        :raises LocalError: the password is too short, the account is here already, or the name is taken.
        :raises StorageError: the disk refused; nothing is left behind.
        """
        check_new(password)
        name = checked_name(name or account.record.alias)
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            make_directory(self.directory)
        with self._locked():
            moment = time.time() if now is None else now
            return self._create(account, typed.password(password), name, phrase, random, moment)

    def _create(
        self, account: Account, password: str, name: str, phrase: str | None, random: RandomSource, now: float
    ) -> Profile:
        here = self.with_keys_of(account)
        if here is not None:
            raise AccountIsHere(here)
        self.check_free(name)
        final = self.directory / account.record.key_uid

        profile = salted(Profile(name, account.record, final, b""), random)
        with explained_files(f"The profile cannot be stored below {self.directory}"):
            self._remove_unfinished()
            scratch = make_scratch_directory(final)
            try:
                write_key_files(account.key_files(password, random, now), scratch)
                write_private(scratch / ACCOUNT, account.record.encode())
                write_private(scratch / DESCRIPTION, profile.encode())
                key = database_key(profile, password)
                with contextlib.closing(Database.open(scratch / DATABASE, key, create=True)) as database:
                    keep_phrase(database, phrase) if phrase else begin_after_others(database, now, random)
                scratch.rename(final)
                sync_directory(self.directory)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
        return profile

    def phrase(self, profile: Profile, password: str) -> str:
        """The words of an account that was made here, while nobody has confirmed that they are written down.

        :raises NoPhraseKept: they are not kept here.
        :raises WrongPassword, StorageError: as :meth:`unlock`.
        """
        with self.unlock(profile, password, shared=True) as unlocked:
            return kept_phrase(unlocked.database)

    def confirm_backup(self, profile: Profile, password: str, words: Mapping[int, str]) -> None:
        """Somebody has the words of an account on paper: they are deleted here, for good.

        :param words: some of them by their places, from 1 on; :func:`pystatus.account.backup.places` draws these.
        :raises WrongWord: one of them is another one, or too few are given; nothing was changed.
        :raises NoPhraseKept: they are not kept here.
        :raises WrongPassword, ProfileInUse, StorageError: as :meth:`unlock`.

        Implements: AC-34
        """
        with self.unlock(profile, password) as unlocked:
            backup.check(kept_phrase(unlocked.database), words)
            forget_phrase(unlocked.database)

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
            fresh, chosen = salted(now, random), typed.password(new)
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
            profile = salted(there, random) if kept is None else there
            with changed(there.directory) as following:
                write_key_files(sealed_anew(there, account, chosen, random, moment), following)
                if kept is None:
                    Database.open(following / DATABASE, database_key(profile, chosen), create=True).close()
                    write_private(following / DESCRIPTION, profile.encode())
        return profile, kept is not None

    def export(
        self,
        profile: Profile,
        password: str,
        path: Path | str,
        file_password: str,
        *,
        random: RandomSource = os.urandom,
    ) -> Path:
        """Write a whole profile into one new file, encrypted with a password of its own, also while a client has it
        open. Meanwhile the disk with the profiles needs as much room as its database once more.

        :param path: the file; it has its name only when it is complete.
        :param file_password: what opens the file. The profile in it keeps the password that it has.
        :raises WrongPassword: ``password`` is not that of the profile.
        :raises LocalError: ``file_password`` is too short, or ``path`` is there already.
        :raises StorageError: a file is damaged, or the disk refused; there is no such file.
        """
        from pystatus.storage import backups

        check_new(file_password)
        target = Path(path)
        _, form = open_account(as_it_is(profile), password, wallet=False)
        # A disk that nothing can be written to is a reason to save what is on it: the copy is made beside the file.
        can_write = why_unwritable(profile.directory) is None
        with (
            self._locked() if can_write else contextlib.nullcontext(),
            self.unlock(profile, form, shared=True) as unlocked,
            explained_files(f"The profile {profile.name!r} cannot be exported to {target}"),
        ):
            if can_write:
                self._remove_unfinished()
            scratch = make_scratch_directory(profile.directory if can_write else target)
            try:
                backups.seal(unlocked.profile, form, unlocked.database, target, file_password, random, scratch)
            except FileExistsError:
                raise LocalError(f"The file {target} is there already. Name another one, or remove it.") from None
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return target

    def vacuum(self, profile: Profile, password: str, *, now: float | None = None) -> Vacuumed:
        """Remove what nobody needs any more from the database of a profile, and make its file as small as it can be.
        It takes as much room as the database once more, until it is done. Killed at any moment, nothing is lost.

        :param now: Unix seconds.
        :raises WrongPassword: it is not its password.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: a file is damaged, or the disk refused; nothing was lost.
        """
        from pystatus.storage.vacuum import vacuumed  # with all about messages, which listing accounts does not need

        moment = time.time() if now is None else now
        with held(profile) as there, explained_files(f"The database of {there.name!r} cannot be made smaller"):
            _, form = open_account(there, password, wallet=False)
            return vacuumed(there, database_key(there, form), moment)

    def restore(self, path: Path | str, file_password: str, name: str | None = None) -> Profile:
        """Make a profile of a file that :meth:`export` has written, complete or not at all. It opens with the password
        that it had then, and becomes a new device of its account when it is opened.

        :param name: what to call it; the name that it had if this is ``None``.
        :raises WrongPassword: ``file_password`` is not that of the file.
        :raises AccountIsHere: the account has a profile here; that one was not changed.
        :raises LocalError: the file is damaged, or is none; or the name is taken.
        :raises StorageError: the disk refused; nothing is left behind.
        """
        from pystatus.storage import backups

        wanted = None if name is None else checked_name(name)
        with backups.opened(Path(path), file_password) as backup:
            with explained_files(f"The profile cannot be stored below {self.directory}"):
                make_directory(self.directory)
            with self._locked(), explained_files(f"The profile cannot be stored below {self.directory}"):
                here = self._with_uid(backup.account.key_uid)
                if here is not None:
                    raise AccountIsHere(here)
                called = wanted or checked_name(backup.name)
                self.check_free(called)
                self._remove_unfinished()
                final = self.directory / backup.account.key_uid
                scratch = make_scratch_directory(final)
                try:
                    restored = backup.store(scratch, final, called)
                    scratch.rename(final)
                    sync_directory(self.directory)
                except BaseException:
                    shutil.rmtree(scratch, ignore_errors=True)
                    raise
        return restored

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
        self,
        profile: Profile,
        password: str,
        *,
        wallet: bool = False,
        shared: bool = False,
        now: float | None = None,
    ) -> Iterator[Unlocked]:
        """Open a profile. Unless ``shared`` (for reading only), no other process may have it open the same way.

        ``wallet`` opens the wallet's keys as well as the chat key.

        :param now: this is a login at that time, Unix seconds: the profile is the first of :meth:`list` from now on.

        :raises WrongPassword: nothing was changed.
        :raises ProfileInUse: another process writes to it.
        :raises StorageError: a file is missing or damaged.
        """
        before = as_it_is(profile)
        account, form = open_account(before, password, wallet=wallet)
        with held(profile, shared=shared) as there:
            if there.salt != before.salt:
                raise WrongPassword(f"The password of {profile.name!r} was changed at this moment. Try again.")
            database = Database.open(current(there.directory, DATABASE), database_key(there, form), read_only=shared)
            try:
                yield Unlocked(there if now is None else self._logged_in(there, now), account, database)
            finally:
                database.close()

    def _logged_in(self, profile: Profile, now: float) -> Profile:
        """Note a login. Where the disk refuses, the list has another order, and nothing else is the worse for it."""
        there = replace(profile, last_login=int(now))
        try:
            write_private(there.directory / DESCRIPTION, there.encode())
        except OSError as error:
            log.info("the time of the login of %r is not stored: %s", profile.name, error.strerror or error)
            return profile
        return there
