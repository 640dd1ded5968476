"""Run as a program: kills what changes a profile at each step, and looks at what is left. Prints how many steps."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import tests.support.cheap_keys  # noqa: F401 - for its effect
from pystatus.account import mnemonic
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import Profiles
from tests.support.killing import killed_at_each_step

OLD, NEW = "the old password", "the new password"
NAME = "alice"
KEPT = "what was said"


def change_password(profiles: Profiles, account: Account) -> None:
    profiles.change_password(profiles.find(NAME), OLD, NEW)


def recover(profiles: Profiles, account: Account) -> None:
    profiles.recover(account, NEW)


def rename(profiles: Profiles, account: Account) -> None:
    profiles.rename(profiles.find(NAME), "bob")


def delete(profiles: Profiles, account: Account) -> None:
    profiles.delete(profiles.find(NAME))


def opens(profiles: Profiles, profile: Profile, password: str, *, shared: bool) -> list[str] | None:
    """What is said in the profile, and its keys are good; None if it is another password."""
    try:
        with profiles.unlock(profile, password, wallet=True, shared=shared) as unlocked:
            assert unlocked.account.default_wallet is not None
            unlocked.database.check()
            return [str(row[0]) for row in unlocked.database.connection.execute("SELECT value FROM settings")]
    except WrongPassword:
        return None


def look(directory: Path, account: Account, action: Callable[[Profiles, Account], None]) -> str:
    """What became of the profile: the name of it and of the password that opens it."""
    profiles = Profiles(directory)
    if not profiles.list():
        assert action is delete
        profiles.create(account, OLD, NAME)  # nothing is in its way, and what was left goes
        (only,) = {one.name for one in profiles.directory.iterdir()} - {"lock"}
        assert only == account.record.key_uid
        return "gone"
    (profile,) = profiles.list()
    found = {}
    for shared in (True, False):  # as one finds it who only reads, and as one who may write
        for password in (OLD, NEW):
            said = opens(profiles, profile, password, shared=shared)
            if said is not None:
                assert said == ([] if action is recover and password == NEW else [KEPT])
                found[shared] = password
    assert found[True] == found[False], "both see the same"
    left = {one.name for one in profile.directory.iterdir()}
    assert left - {"profile.db-wal", "profile.db-shm"} == {
        "account.json", "profile.json", "keystore", "profile.db", "lock",
    }  # fmt: skip
    assert len(list((profile.directory / "keystore").iterdir())) == 4
    return f"{profile.name}, {found[True]}"


def main(action: Callable[[Profiles, Account], None], where: Path) -> None:
    account = Account.from_mnemonic(mnemonic.new_phrase(os.urandom))
    model = where / "model"
    profile = Profiles(model).create(account, OLD, NAME)
    with Profiles(model).unlock(profile, OLD) as unlocked, unlocked.database.transaction():
        unlocked.database.connection.execute("INSERT INTO settings VALUES ('said', ?)", (KEPT,))
    (where / "killed").mkdir()

    def prepare(directory: Path) -> None:
        shutil.copytree(model, directory)

    def act(directory: Path) -> None:
        action(Profiles(directory), account)

    outcomes = []
    for directory in killed_at_each_step(prepare, act, where / "killed"):
        outcomes.append(look(directory, account, action))
        shutil.rmtree(directory)
    order = list(dict.fromkeys(outcomes))
    assert outcomes == sorted(outcomes, key=order.index), "there is one moment from which on it is the new one"
    print(len(outcomes), *order, sep="\n")


if __name__ == "__main__":
    main(
        {"change_password": change_password, "recover": recover, "rename": rename, "delete": delete}[sys.argv[1]],
        Path(sys.argv[2]),
    )
