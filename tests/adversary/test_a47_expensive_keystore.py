"""A47: foreign keystore with scrypt N = 2^30.

Expected: refused by a cost limit.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pystatus.account import keystore
from pystatus.account.account import Account
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.storage.errors import StorageError
from pystatus.storage.profiles import Profiles
from tests.account.test_keystore import EXTENDED, Json, cheap, cheap_file, opened
from tests.adversary.hostile import Memory
from tests.support.effort import Effort


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": 1 << 30, "r": 8},  # attack A47: a terabyte
        {"n": 1 << 19, "r": 8},
        {"n": 1 << 10, "r": 8, "p": 1 << 20},
        {"n": 2, "r": 1 << 30},
        {"n": 2, "r": 1, "p": 1 << 22},
        {"n": 1 << 21, "r": 1, "p": 3},  # what only the second library computes is held to the same limits
        {"n": "0x40000000", "r": "8"},
        {"n": 1e300, "r": 8},
        {"n": 10**4000},
    ],
    ids=str,
)
def test_scrypt_that_costs_too_much(parameters: Json) -> None:
    with Effort() as effort, pytest.raises(RemoteError, match="too much memory or time"):
        opened(cheap_file(crypto=cheap(EXTENDED.key.secret, **parameters)))
    assert effort.seconds < 1


@pytest.mark.parametrize("rounds", [0, -1, keystore.MAX_PBKDF2_ROUNDS + 1, 1 << 62])
def test_pbkdf2_that_costs_too_much(rounds: int) -> None:
    section = cheap(EXTENDED.key.secret, c=rounds, prf="hmac-sha256") | {"kdf": "pbkdf2"}
    with pytest.raises(RemoteError, match="too much time"):
        opened(cheap_file(crypto=section))


def test_the_extended_key_is_held_to_the_same_limit() -> None:
    expensive = cheap(EXTENDED.encode().encode(), n=1 << 30, r=8)
    with Effort() as effort, pytest.raises(RemoteError, match="too much memory or time"):
        opened(cheap_file(extendedkey=expensive))
    assert effort.seconds < 1


def test_nothing_is_allocated_for_it() -> None:
    data = json.dumps(cheap_file(crypto=cheap(EXTENDED.key.secret, n=1 << 30, r=8))).encode()
    with Memory() as memory, pytest.raises(RemoteError):
        keystore.open_file(data, "secret")
    assert memory.peak < 1 << 20


def test_in_the_place_of_a_profiles_key_file(tmp_path: Path) -> None:
    """Told as a damaged file, at once; with the right file back everything is as it was."""
    profiles = Profiles(tmp_path)
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    profile = profiles.create(account, "correct horse", "alice")
    (key_file,) = (profile.directory / "keystore").iterdir()
    good = key_file.read_bytes()
    expensive = json.loads(good)
    expensive["crypto"]["kdfparams"]["n"] = 1 << 30
    key_file.write_text(json.dumps(expensive))
    with (
        Effort() as effort,
        pytest.raises(StorageError, match="damaged"),
        profiles.unlock(profile, "correct horse"),
    ):
        raise AssertionError("it was opened")
    assert effort.seconds < 1
    key_file.write_bytes(good)
    with profiles.unlock(profile, "correct horse") as unlocked:
        assert unlocked.account.key == account.key
