"""The keys of the wallet in the keystore of a profile: opened with its password for one signature (ET-12).

Each is a key file beside those of the account, sealed as they are, so that a new password seals it anew, and a backup
has it. A process that writes here holds the profile, or is attached to the process that does.
"""

from __future__ import annotations

import os

from pystatus.account import keystore, wallet_accounts
from pystatus.account.address import checksummed
from pystatus.account.keystore import StoredKey, WrongPassword, named_address
from pystatus.account.password import hashed
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.storage.changeover import KEYSTORE
from pystatus.storage.descriptions import Profile
from pystatus.storage.erasing import erase
from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, sync_directory, write_private
from pystatus.storage.holding import as_it_is
from pystatus.storage.sealing import key_files, open_account


def has_key(profile: Profile, address: bytes) -> bool:
    """Whether there is a key file of an address."""
    return any(named_address(name) == address for name in key_files(as_it_is(profile)))


def wallet_key(profile: Profile, password: str, address: bytes) -> PrivateKey:
    """The key of an account, to sign with and to let go.

    :raises WrongPassword: it is not that of the profile.
    :raises LocalError: the key is not here.
    :raises StorageError: its file is damaged.

    Implements: AC-30, ET-12
    """
    there = as_it_is(profile)
    _, form = open_account(there, password, wallet=False)
    key, problem = _opened(there, form, address)
    if key is not None:
        return key
    if problem is not None:
        raise StorageError(
            f"The key file of {checksummed(address)} is damaged or has another password. Restore it from a backup, or "
            "remove the account and add it once more."
        ) from problem
    raise LocalError(
        f"The key of {checksummed(address)} is not here: this account is only watched. Choose one that can sign."
    )


def derived_key(profile: Profile, password: str, index: int) -> StoredKey:
    """The key of an account of the phrase of the profile.

    :raises WrongPassword, StorageError: as :func:`wallet_key`.
    :raises LocalError: there is none with this number, or the profile was imported from a key.

    Implements: AC-30
    """
    account, _ = open_account(as_it_is(profile), password, wallet=True)
    root = account.wallet_root
    if root is None or root.extended is None:
        raise LocalError(
            "No account can be derived here, as this profile was imported from a key. Import the key of another one."
        )
    return wallet_accounts.derived(root.extended, index)


def add_key(
    profile: Profile, password: str, stored: StoredKey, now: float, *, random: RandomSource = os.urandom
) -> bool:
    """Seal a key with the password of the profile, and keep it. Whether it was not here before.

    :param now: the time in the name of its file, Unix seconds.
    :raises WrongPassword, StorageError: as :func:`wallet_key`.

    Implements: AC-30
    """
    there = as_it_is(profile)
    _, form = open_account(there, password, wallet=False)
    if _opened(there, form, stored.address)[0] is not None:
        return False
    with explained_files(f"The key of {checksummed(stored.address)} cannot be stored"):
        directory = there.directory / KEYSTORE
        name = keystore.file_name(stored.address, now)
        write_private(directory / name, keystore.seal(stored, hashed(form), random))
        sync_directory(directory)
    return True


def _opened(profile: Profile, form: str, address: bytes) -> tuple[PrivateKey | None, Exception | None]:
    """The key of an address, of the newest file that opens; and why another one does not."""
    problem: Exception | None = None
    found = {name: data for name, data in key_files(profile).items() if named_address(name) == address}
    for name in sorted(found, reverse=True):
        try:
            return keystore.open_file(found[name], hashed(form), address=address, extended=False).key, None
        except (WrongPassword, RemoteError) as error:
            problem = problem or error
    return None, problem


def remove_key(profile: Profile, address: bytes) -> None:
    """Delete the key files of an address. Without a copy elsewhere the key is lost.

    :raises LocalError: it is a key of the account itself.
    :raises StorageError: the disk refused.
    """
    there = as_it_is(profile)
    record = there.account
    if address in (record.chat_address, record.wallet_root, record.eip1581_root, record.default_wallet):
        raise LocalError("This is a key of the account itself, which stays.")
    with explained_files(f"The key of {checksummed(address)} cannot be removed"):
        directory = there.directory / KEYSTORE
        for path in list(directory.iterdir()):
            if named_address(path.name) == address:
                erase(path)
        sync_directory(directory)
