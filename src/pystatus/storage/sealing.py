"""What a password opens in a profile: its key files, and with them the key of its database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pystatus import typed
from pystatus.account import keystore
from pystatus.account.account import Account
from pystatus.account.keystore import MAX_FILE_SIZE, WrongPassword, named_address
from pystatus.account.password import hashed
from pystatus.crypto.kdf import scrypt
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.storage.changeover import KEYSTORE, NEXT
from pystatus.storage.database import KEY_SIZE
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, make_directory, read_small, reason_of, write_private

log = get_logger(__name__)

SCRYPT_N = 16_384
SCRYPT_R = 8
SCRYPT_P = 1
"""Cost of turning the password of a new profile into the database key: 45 ms and 16 MiB. The key files cost about the
same: to guess passwords is as slow with one as with the other."""


SALT_SIZE = 32


def salted(profile: Profile, random: RandomSource) -> Profile:
    """The profile with a new salt for the key of its database, at what such a key costs now."""
    return replace(profile, salt=random(SALT_SIZE), scrypt_n=SCRYPT_N)


def database_key(profile: Profile, password: str) -> bytes:
    """The key of the profile's database under exactly this password, 32 bytes."""
    secret = hashed(password).encode()
    return scrypt(secret, profile.salt, n=profile.scrypt_n, r=SCRYPT_R, p=SCRYPT_P, size=KEY_SIZE)


def open_account(profile: Profile, password: str, *, wallet: bool) -> tuple[Account, str]:
    """The account of ``profile``, and the form of the password that it was stored with.

    :raises WrongPassword: no form opens it.
    :raises StorageError: a key file is missing or damaged.
    :raises LocalError: the password is empty.
    """
    files = key_files(profile)
    for form in typed.password_forms(password):
        try:
            return Account.unlock(profile.account, files, form, wallet=wallet), form
        except WrongPassword:
            continue
        except RemoteError as error:
            raise StorageError(
                f"A key file of {profile.name!r} is damaged: {error}. Restore it from a backup."
            ) from error
    raise WrongPassword(
        f"The password of {profile.name!r} is wrong. Nothing was changed; try again. "
        "If it is forgotten: pystatus account recover"
    )


def key_files(profile: Profile) -> dict[str, bytes]:
    """The key files of a profile by their names. What is named otherwise, and what cannot be read, costs nobody but
    itself.

    :raises StorageError: there is no keystore, or the file with the chat key is there and cannot be read.
    """
    with explained_files(f"The key files of {profile.name!r} cannot be read"):
        following = profile.directory / NEXT / KEYSTORE
        newer, refused_newer = _read(following) if following.exists() else ({}, {})
        older, refused_older = _read(profile.directory / KEYSTORE)
    files = {**older, **newer}
    needed = profile.account.chat_address
    if not any(named_address(name) == needed for name in files):
        for path, error in {**refused_newer, **refused_older}.items():
            if named_address(path.name) == needed:
                raise StorageError(f"The key file {path} cannot be read: {reason_of(error)}.") from error
    return files


def _read(directory: Path) -> tuple[dict[str, bytes], dict[Path, OSError]]:
    """The key files in ``directory``, and why others cannot be read."""
    files = {}
    refused = {}
    for path in directory.iterdir():
        if named_address(path.name) is not None:
            try:
                files[path.name] = read_small(path, MAX_FILE_SIZE)
            except OSError as error:
                log.warning("the key file %s cannot be read: %s", path, error.strerror or error)
                refused[path] = error
    return files, refused


def write_key_files(files: dict[str, bytes], directory: Path) -> None:
    """Write a keystore into ``directory``, durably.

    :raises OSError: the disk refused.
    """
    make_directory(directory / KEYSTORE)
    for name, contents in files.items():
        write_private(directory / KEYSTORE / name, contents)


def resealed(profile: Profile, old: str, new: str, random: RandomSource) -> dict[str, bytes]:
    """The key files of a profile under exactly the password ``new``. Those that ``old`` does not open stay as they are:
    they are not of this profile, or damaged, and a newer one opened.
    """
    files = {}
    for name, data in key_files(profile).items():
        try:
            files[name] = keystore.change_password(data, hashed(old), hashed(new), random)
        except (WrongPassword, RemoteError) as error:
            log.warning("the key file %s stays as it is: %s", name, error)
    return files


def sealed_anew(
    profile: Profile, account: Account, password: str, random: RandomSource, now: float
) -> dict[str, bytes]:
    """The key files of ``account`` under exactly ``password``. They take the names, and so the places, of those that
    hold the same keys."""
    there = list(key_files(profile)) if (profile.directory / KEYSTORE).exists() else []
    files = {}
    for name, contents in account.key_files(password, random, now).items():
        same = [one for one in there if named_address(one) == named_address(name)]
        files.update(dict.fromkeys(same or [name], contents))
    return files
