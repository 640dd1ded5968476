"""What a guess at a password costs is written in a profile. Other tests make it cheap; here it is as it is shipped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pystatus.account import keystore
from pystatus.account.account import Account
from pystatus.crypto.keys import PrivateKey
from pystatus.storage import backup_file, sealing
from pystatus.storage.descriptions import MAX_SCRYPT_N, Profile
from pystatus.storage.errors import StorageError
from pystatus.storage.profiles import Profiles
from tests.support.cheap_keys import SHIPPED, as_shipped

PASSWORD, NEW = "correct horse", "battery staple"


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    as_shipped(monkeypatch)


def made(directory: Path) -> tuple[Profiles, Profile]:
    profiles = Profiles(directory)
    return profiles, profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")


def described(profile: Profile, change: Callable[[dict[str, Any]], object]) -> None:
    file = profile.directory / "profile.json"
    contents = json.loads(file.read_bytes())
    change(contents)
    file.write_text(json.dumps(contents))


def test_what_is_shipped() -> None:
    assert [cost for *_, cost in SHIPPED] == [4096, 6, 16_384, 16]
    assert (
        *(8, 8, 1),
        *(8, 1),
    ) == (keystore.SCRYPT_R, sealing.SCRYPT_R, sealing.SCRYPT_P, backup_file.SCRYPT_R, backup_file.SCRYPT_P)


@pytest.mark.usefixtures("shipped")
def test_a_profile_is_made_at_that_cost_and_says_so(tmp_path: Path) -> None:
    profiles, profile = made(tmp_path)
    assert json.loads((profile.directory / "profile.json").read_bytes())["scrypt_n"] == 16_384
    for file in (profile.directory / "keystore").iterdir():
        assert json.loads(file.read_bytes())["crypto"]["kdfparams"]["n"] == 4096
    with profiles.unlock(profile, PASSWORD):
        pass


@pytest.mark.usefixtures("shipped")
def test_of_a_profile_that_says_nothing_it_is_what_it_always_was(tmp_path: Path) -> None:
    profiles, profile = made(tmp_path)
    described(profile, lambda contents: contents.pop("scrypt_n"))
    with profiles.unlock(profiles.find("alice"), PASSWORD):
        pass


def test_a_new_password_costs_what_a_new_profile_does(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    profiles, profile = made(tmp_path)
    assert profile.scrypt_n == 2
    request.getfixturevalue("shipped")
    assert profiles.change_password(profile, PASSWORD, NEW).scrypt_n == 16_384
    with profiles.unlock(profiles.find("alice"), NEW) as unlocked:
        assert unlocked.profile.scrypt_n == 16_384


@pytest.mark.parametrize("cost", [0, 1, 3, -2, 2 * MAX_SCRYPT_N, 1 << 200, 2.0, True, "2", None, [2]])
def test_a_cost_that_cannot_be_is_a_damaged_profile(tmp_path: Path, cost: object) -> None:
    profiles, profile = made(tmp_path)
    described(profile, lambda contents: contents.update(scrypt_n=cost))
    profiles_left, (damaged,) = profiles.scan()
    assert not profiles_left
    assert damaged.problem.startswith(f"The profile in {profile.directory} is damaged. Restore account.json")


def test_another_cost_than_it_was_made_at_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    profiles, profile = made(tmp_path)
    before = (profile.directory / "profile.db").read_bytes()
    described(profile, lambda contents: contents.update(scrypt_n=4))
    with pytest.raises(StorageError), profiles.unlock(profiles.find("alice"), PASSWORD):
        pass
    assert (profile.directory / "profile.db").read_bytes() == before
