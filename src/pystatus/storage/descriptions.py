"""What is written about a profile in its directory: who it is, what it is called, and how its key is derived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from pystatus import typed
from pystatus.account.record import AccountRecord
from pystatus.arguments import LARGEST, checked
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.storage.changeover import DATABASE, DESCRIPTION, KEYSTORE, current
from pystatus.storage.files import read_small, reason_of

ACCOUNT = "account.json"
MIN_UID_PREFIX = 4
"""Digits of a key uid that name a profile, where nobody else has them."""
MAX_DESCRIPTION_SIZE = 4_096
"""Bytes of account.json and of profile.json; ours have about 500."""

UNSAID_SCRYPT_N = 16_384
"""The cost of a database's key where none is written: earlier versions wrote none."""
MAX_SCRYPT_N = 1 << 18
"""What scrypt may cost to open a profile: 256 MiB and a second, as a key file of others may
(:data:`pystatus.account.keystore.MAX_SCRYPT_MEMORY`)."""

_REPAIR = (
    "Restore account.json and profile.json from a backup; or move the directory away and recover the account from its "
    "words."
)


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """One account on this machine, locked. Nothing in it is secret."""

    name: str
    account: AccountRecord
    directory: Path
    salt: bytes
    last_login: int = field(default=0, compare=False)
    """When a client opened it last, Unix seconds; 0: never, as far as it is known."""
    scrypt_n: int = UNSAID_SCRYPT_N
    """What it costs to turn the password into the key of the database."""

    def __repr__(self) -> str:
        return f"<Profile {self.name!r} of {self.account.alias}, {self.account.chat_key}>"

    def encode(self) -> bytes:
        """profile.json."""
        contents: dict[str, object] = {
            "version": 1,
            "name": self.name,
            "salt": self.salt.hex(),
            "scrypt_n": self.scrypt_n,
        }
        if self.last_login:
            contents["last_login"] = self.last_login
        return json.dumps(contents, indent=1).encode()

    def has_uid(self, beginning: str) -> bool:
        """Whether its key uid begins so, and that is long enough to name it."""
        return len(beginning) >= 2 + MIN_UID_PREFIX and self.account.key_uid.startswith(beginning.lower())

    def has_key(self, text: str) -> bool:
        """Whether ``text`` is its chat key, in any form, or a link to it."""
        from pystatus.links.people import parse_person  # loaded late: most profiles are named by their names

        try:
            return parse_person(text) == self.account.public_key
        except LocalError:
            return False


@dataclass(frozen=True, slots=True)
class Damaged:
    """What lies among the profiles and is none, or none any more. It costs nobody but itself."""

    directory: Path
    name: str | None
    """What the profile was called, where that can still be read."""
    problem: str
    """A sentence that says what to do."""

    def is_meant_by(self, selector: str) -> bool:
        """Whether somebody who names a profile so wants this one."""
        if self.name is not None and typed.is_same_name(self.name, selector):
            return True
        return len(selector) >= 2 + MIN_UID_PREFIX and self.directory.name.startswith(selector.lower())


def read(directory: Path) -> Profile | Damaged:
    """The profile in ``directory``, or what is wrong with it."""
    name: str | None = None
    try:
        contents = json.loads(read_small(current(directory, DESCRIPTION), MAX_DESCRIPTION_SIZE))
        name = str(contents["name"])
        record = AccountRecord.decode(read_small(directory / ACCOUNT, MAX_DESCRIPTION_SIZE))
        salt, scrypt_n = bytes.fromhex(contents["salt"]), _scrypt_n(contents)
    except FileNotFoundError:
        return Damaged(directory, name, _why_incomplete(directory))
    except OSError as error:
        reason = reason_of(error)
        advice = "" if isinstance(error, PermissionError) else f" {_REPAIR}"  # it is there, for another user
        return Damaged(directory, name, f"The profile in {directory} cannot be read: {reason}.{advice}")
    except (ValueError, KeyError, TypeError, RecursionError, RemoteError):
        return Damaged(directory, name, f"The profile in {directory} is damaged. {_REPAIR}")
    if directory.name != record.key_uid:
        return Damaged(
            directory,
            None,
            f"{directory} is a copy of the profile {name!r}: it is not called by its key uid. Move it elsewhere; to "
            f"use it in place of the profile, move that away and call this one {record.key_uid}.",
        )
    return Profile(name, record, directory, salt, _last_login(contents), scrypt_n)


def decoded(description: bytes) -> tuple[str, bytes, int]:
    """The name, the salt and the cost of the key in a profile.json.

    :raises ValueError, KeyError, TypeError, RecursionError: it is none.
    """
    contents = json.loads(description)
    return str(contents["name"]), bytes.fromhex(contents["salt"]), _scrypt_n(contents)


def _scrypt_n(contents: Mapping[str, Any]) -> int:
    """
    :raises ValueError: it is no power of two above 1 (RFC 7914 §2), or costs too much.
    """
    n = contents.get("scrypt_n", UNSAID_SCRYPT_N)
    if type(n) is not int or not 2 <= n <= MAX_SCRYPT_N or n & (n - 1):
        raise ValueError("scrypt has no such cost")
    return n


def _last_login(contents: Mapping[str, Any]) -> int:
    """Earlier versions wrote none. One that cannot be is none: it only orders a list."""
    found = contents.get("last_login", 0)
    return found if type(found) is int and 0 <= found <= LARGEST else 0


def _why_incomplete(directory: Path) -> str:
    if any((directory / part).exists() for part in (ACCOUNT, DESCRIPTION, DATABASE, KEYSTORE)):
        return f"The profile in {directory} is incomplete. {_REPAIR}"
    return f"{directory} is no profile. If it is not of use to anybody, remove it."
