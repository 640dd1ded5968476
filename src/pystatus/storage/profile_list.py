"""Which profiles there are, and which of them is meant."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from pathlib import Path

from pystatus import typed
from pystatus.account.account import Account
from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.storage.changeover import DESCRIPTION, KEYSTORE
from pystatus.storage.descriptions import Damaged, Profile, read
from pystatus.storage.erasing import erase_tree
from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, is_scratch
from pystatus.storage.locks import locked
from pystatus.storage.paths import default_data_directory

SECRETS = (KEYSTORE, DESCRIPTION)
"""What is erased first: without key files and salt, no password opens the rest."""
LOCK_PATIENCE = 10.0
"""Seconds to wait for another process that makes or changes a profile: a second or two, so that two that are made at
once both succeed. Ours."""


class UnknownProfile(LocalError):
    """No profile, or more than one, answers to a name."""


class AccountIsHere(LocalError):
    """The account that was to be stored has a profile already, :attr:`profile`. Nothing was changed."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(
            f"This account is here already, as the profile {profile.name!r}. It is not replaced: use that one, or"
            " delete it first."
        )
        self.profile = profile


@checked
@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was made and stored."""

    profile: Profile
    phrase: str = field(repr=False)
    """The twelve words that are the account: whoever has them can read and write as it. Write them down, on paper."""


@checked
class ProfileList:
    """The profiles below one data directory, as they lie there.

    Implements: AC-28
    """

    def __init__(self, data_directory: Path | str | None = None) -> None:
        """
        :param data_directory: default see :func:`default_data_directory`.
        """
        self.directory = Path(data_directory or default_data_directory()) / "profiles"

    def with_keys_of(self, account: Account) -> Profile | None:
        """The profile that ``account`` has here already.

        :raises StorageError: it is damaged.
        """
        return self._with_uid(account.record.key_uid)

    def _with_uid(self, key_uid: str) -> Profile | None:
        """The profile with this key uid, all of it.

        :raises StorageError: it is damaged.
        """
        profiles, damaged = self.scan()
        for one in damaged:
            if one.directory.name == key_uid:
                raise StorageError(one.problem)
        return next((one for one in profiles if one.account.key_uid == key_uid), None)

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
        """All profiles, the one that was opened last first; not what :meth:`scan` finds damaged.

        :raises StorageError: the directory cannot be read.
        """
        return [*self.scan()[0]]

    def scan(self) -> tuple[Sequence[Profile], Sequence[Damaged]]:
        """All profiles, by their last logins and then by name, and what else lies in their directory.

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
        return sorted(profiles, key=lambda profile: (-profile.last_login, profile.name.casefold())), damaged

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

    def _remove_unfinished(self) -> None:
        """Erase what earlier calls left when they were killed: a profile half made, or half deleted."""
        for entry in self.directory.iterdir():
            if is_scratch(entry):
                if entry.is_dir() and not entry.is_symlink():
                    erase_tree(entry, first=SECRETS)
                else:
                    entry.unlink()

    def _locked(self) -> AbstractContextManager[None]:
        remedy = "Try again when that one is done."
        return locked(self.directory / "lock", f"The directory {self.directory}", remedy, patience=LOCK_PATIENCE)
