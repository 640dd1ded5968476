"""Run as a program: kills the export and the restoring of a profile at each step, and looks at what is left."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import tests.support.cheap_keys  # noqa: F401 - for its effect
from pystatus.account import mnemonic
from pystatus.account.account import Account
from pystatus.storage.profiles import Profiles
from tests.support.killing import killed_at_each_step

PASSWORD, FILE_PASSWORD = "the password", "the password of the file"
NAME = "alice"


def export(directory: Path) -> None:
    profiles = Profiles(directory / "data")
    profiles.export(profiles.find(NAME), PASSWORD, directory / "file", FILE_PASSWORD)


def restore(directory: Path) -> None:
    Profiles(directory / "data").restore(directory / "file", FILE_PASSWORD)


def opens(profiles: Profiles) -> None:
    """The only profile is whole."""
    (profile,) = profiles.list()
    with profiles.unlock(profile, PASSWORD, wallet=True) as unlocked:
        assert unlocked.account.default_wallet is not None
        unlocked.database.check()


def look_after_export(directory: Path) -> str:
    """The profile is what it was, and the file is whole or is not there; a second export removes what was left."""
    is_there = (directory / "file").exists()
    profiles = Profiles(directory / "data")
    assert {one.name for one in directory.iterdir()} == {"data"} | ({"file"} if is_there else set())
    opens(profiles)
    if is_there:
        Profiles(directory / "other").restore(directory / "file", FILE_PASSWORD)
        opens(Profiles(directory / "other"))
    (directory / "file").unlink(missing_ok=True)
    export(directory)
    assert {one.name for one in profiles.directory.iterdir()} == {profiles.find(NAME).account.key_uid, "lock"}
    return "all of it" if is_there else "nothing"


def look_after_restore(directory: Path) -> str:
    """The profile is whole or is not there, and nothing is in the way of another attempt, which removes the rest."""
    profiles = Profiles(directory / "data")
    is_there = bool(profiles.list())
    assert not profiles.scan()[1]
    if not is_there:
        restore(directory)
        (only,) = {one.name for one in profiles.directory.iterdir()} - {"lock"}
        assert only == profiles.find(NAME).account.key_uid
    opens(profiles)
    return "all of it" if is_there else "nothing"


def main(action: str, where: Path) -> None:
    model = where / "model"
    Profiles(model / "data").create(Account.from_mnemonic(mnemonic.new_phrase(os.urandom)), PASSWORD, NAME)
    if action == "restore":
        export(model)
        shutil.rmtree(model / "data")
    (where / "killed").mkdir()

    def prepare(directory: Path) -> None:
        shutil.copytree(model, directory)

    outcomes = []
    act, look = {"export": (export, look_after_export), "restore": (restore, look_after_restore)}[action]
    for directory in killed_at_each_step(prepare, act, where / "killed"):
        outcomes.append(look(directory))
        shutil.rmtree(directory)
    order = list(dict.fromkeys(outcomes))
    assert outcomes == sorted(outcomes, key=order.index), "there is one moment from which on it is there"
    print(len(outcomes), *order, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
