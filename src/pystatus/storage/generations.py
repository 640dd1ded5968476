"""Whether a profile continues where it ended here, or is a copy: a generation in its database and one outside of it.

A copy of a ratchet state must never be used (secure-transport.md §2.5): it would use message keys twice. Of two copies
only one can continue, so each generation is used once. The database names two, the file outside one:

    open     the file has ``current`` or ``next``: it continues. Another: the database is older, or a copy ran here
    advance  1. database: ``current`` is what the file has, ``next`` is new   2. file: ``next``

Whatever is cut off between or within the two steps, the file has one of the two that the database names. The file lies
outside of the data directory, so that a copy of that does not bring it along; it is named after the installation, so
that a copy that became a device of its own has one of its own. Without a file the machine decides: the same as the last
time means that somebody emptied the state directory, another one that the profile was copied.

A snapshot of a whole machine takes both along. What others send tells then (``messenger/copies.py``).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pystatus.crypto.random import RandomSource
from pystatus.log_texts import get_logger
from pystatus.messenger.events import RenewalReason
from pystatus.storage.files import make_directory, open_regular, read_small, write_private

log = get_logger(__name__)

TOKEN_SIZE = 16
"""Bytes of a generation: a random number that says nothing."""
MAX_FILE = 128
"""Bytes that are read of a file outside; ours have 33."""
MAX_MACHINES = 8
"""Machines that are remembered: those that share one home directory over a network."""
MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
"""Where Linux keeps what distinguishes one machine from another. It is used in a hash only, as systemd asks for."""
MAX_MACHINE_ID = 64
"""Bytes that it may have; it has 33."""

_OF = "generation_of"
_CURRENT = "generation"
_NEXT = "generation_next"
_MACHINES = "generation_machines"
_NO_MACHINE = "none"
"""In place of the mark of a machine: no machine has it."""


class Settings(Protocol):
    """The settings of a profile, written inside a transaction."""

    def setting(self, name: str) -> int | str | bytes | None: ...
    def save_setting(self, name: str, value: int | str | bytes) -> None: ...


class Generations:
    """The generations of one open profile, which nobody else writes to."""

    def __init__(self, settings: Settings, directory: Path | None, random: RandomSource, machine_id: bytes) -> None:
        """
        :param directory: where the files outside are; None if there is no such place.
        :param machine_id: what distinguishes this machine; empty if nothing does.
        """
        self._settings = settings
        self._directory = directory
        self._random = random
        self._machine = _mark(machine_id, directory)
        self._told = False

    def finding(self, installation_id: str | None) -> RenewalReason | None:
        """What is wrong with an opened profile, before anything is written; None: it continues, is new, or is of a
        version that knew no generations."""
        if installation_id is None:
            return None
        outside = self._read(installation_id)
        machines = self._machines()
        if outside is None:
            # A profile of before this has neither generation nor machine.
            return RenewalReason.COPIED if machines and machines[-1] != self._machine else None
        if outside not in self._named(installation_id):
            return RenewalReason.RESTORED
        return None if self._machine in machines else RenewalReason.COPIED

    def prepare(self, installation_id: str) -> str:
        """The first step, inside a transaction: the generation that comes next, for :meth:`publish` after it."""
        outside, named = self._read(installation_id), self._named(installation_id)
        if outside is None and named:
            # It may only be out of reach today, and have either of them when it is back.
            following = self._text(_NEXT)
        else:
            following = self._random(TOKEN_SIZE).hex()
            self._settings.save_setting(_OF, installation_id)
            self._settings.save_setting(_CURRENT, outside or "")
            self._settings.save_setting(_NEXT, following)
        machines = [machine for machine in self._machines() if machine != self._machine]
        self._settings.save_setting(_MACHINES, " ".join([*machines, self._machine][-MAX_MACHINES:]))
        return following

    def publish(self, installation_id: str, following: str) -> None:
        """The second step, after the commit. A place that cannot be written is said once, and stops nothing."""
        if self._directory is None:
            return
        try:
            make_directory(self._directory)
            write_private(self._path(self._directory, installation_id), following.encode() + b"\n")
        except OSError as error:
            log.log(
                logging.DEBUG if self._told else logging.WARNING,
                "a copy of this profile may go unnoticed: %s cannot be written: %s",
                self._directory,
                error.strerror or error,
            )
            self._told = True

    def _read(self, installation_id: str) -> str | None:
        """What the file has; None: there is none, or nothing that could be ours."""
        if self._directory is None:
            return None
        try:
            with open_regular(self._path(self._directory, installation_id)) as file:
                text = file.read(MAX_FILE).strip().decode("ascii", "replace")
        except OSError:  # missing, a link, in a place that is closed to us: as if there were none
            return None
        return text if len(text) == 2 * TOKEN_SIZE and set(text) <= set("0123456789abcdef") else None

    def _path(self, directory: Path, installation_id: str) -> Path:
        return directory / hashlib.sha256(installation_id.encode()).hexdigest()

    def _named(self, installation_id: str) -> set[str]:
        """The generations that the database names for this installation; empty before the first."""
        return {self._text(_CURRENT), self._text(_NEXT)} if self._text(_OF) == installation_id else set()

    def _text(self, name: str) -> str:
        return str(self._settings.setting(name) or "")

    def _machines(self) -> list[str]:
        """The marks of the machines that had the profile open, the last one at the end."""
        return self._text(_MACHINES).split()


def mark_as_copy(execute: Callable[..., object]) -> None:
    """Inside a transaction on a copy of a database: whatever opens it, here or elsewhere, finds that it is one."""
    for name, value in ((_CURRENT, ""), (_NEXT, ""), (_MACHINES, _NO_MACHINE)):
        execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))


def machine_id() -> bytes:
    """What distinguishes this machine from others, or nothing: containers often have none."""
    for file in MACHINE_ID_FILES:
        try:
            found = read_small(file, MAX_MACHINE_ID).strip()
        except OSError:
            continue
        if found:
            return found
    return b""


def _mark(machine: bytes, directory: Path | None) -> str:
    """The name of this place: another machine has another one, and so has another user."""
    place = b"" if directory is None else os.fsencode(directory.absolute())
    return hmac.digest(machine, b"pystatus generations " + place, "sha256").hex()
