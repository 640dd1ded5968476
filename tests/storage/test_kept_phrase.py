"""The words of a new account: kept, encrypted, until three of them were asked back, and then gone for good."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pystatus.account.account import Account
from pystatus.account.backup import NoPhraseKept, WrongWord
from pystatus.account.keystore import WrongPassword
from pystatus.account.mnemonic import new_phrase
from pystatus.crypto.keys import PrivateKey
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import ProfileInUse
from pystatus.storage.profiles import Profiles
from pystatus.storage.sealing import database_key

PASSWORD = "correct horse"
NOTHING = "There are no recovery words to show"


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path)


def by_place(phrase: str, *places: int) -> dict[int, str]:
    return {place: phrase.split()[place - 1] for place in places}


def pages(profile: Profile) -> bytes:
    """All pages of a database as they are when they are decrypted: SQLCipher 4, 4,096 bytes with 80 behind them."""
    data, key, size = (profile.directory / "profile.db").read_bytes(), database_key(profile, PASSWORD), 4_096
    found = []
    for start in range(0, len(data), size):
        page = data[start : start + size]
        begin = 16 if start == 0 else 0  # the salt of the file
        decryptor = Cipher(algorithms.AES(key), modes.CBC(page[size - 80 : size - 64])).decryptor()
        found.append(decryptor.update(page[begin : size - 80]) + decryptor.finalize())
    return b"".join(found)


@pytest.mark.requirement("AC-34")
def test_the_words_are_kept_until_three_of_them_are_right_and_then_overwritten(profiles: Profiles) -> None:
    made = profiles.create_account("alice", PASSWORD)
    phrase = made.phrase
    assert profiles.phrase(made.profile, PASSWORD) == phrase
    assert phrase.encode() in pages(made.profile)

    wrong = by_place(phrase, 3, 7) | {11: "mistaken"}
    with pytest.raises(WrongWord):
        profiles.confirm_backup(made.profile, PASSWORD, wrong)
    with pytest.raises(WrongWord):
        profiles.confirm_backup(made.profile, PASSWORD, by_place(phrase, 3, 7))
    assert profiles.phrase(made.profile, PASSWORD) == phrase

    profiles.confirm_backup(made.profile, PASSWORD, by_place(phrase, 3, 7, 11))
    with pytest.raises(NoPhraseKept, match=NOTHING):
        profiles.phrase(made.profile, PASSWORD)
    assert phrase.encode() not in pages(made.profile)
    assert b"mnemonic" not in pages(made.profile)
    assert not (made.profile.directory / "profile.db-wal").exists()


def test_no_file_shows_the_words(profiles: Profiles) -> None:
    made = profiles.create_account("alice", PASSWORD)
    for file in made.profile.directory.rglob("*"):
        if file.is_file():
            found = file.read_bytes()
            assert not [two for two in itertools.pairwise(made.phrase.split()) if " ".join(two).encode() in found]
    assert not [two for two in itertools.pairwise(made.phrase.split()) if " ".join(two) in repr(made)]


def test_only_the_password_shows_them(profiles: Profiles) -> None:
    made = profiles.create_account("alice", PASSWORD)
    with pytest.raises(WrongPassword):
        profiles.phrase(made.profile, "guessed")
    with pytest.raises(WrongPassword):
        profiles.confirm_backup(made.profile, "guessed", by_place(made.phrase, 1, 2, 3))
    changed = profiles.change_password(made.profile, PASSWORD, "another password")
    assert profiles.phrase(changed, "another password") == made.phrase


def test_there_is_nothing_to_show_of_accounts_that_somebody_has_brought(profiles: Profiles) -> None:
    for account in (
        Account.from_private_key(PrivateKey.generate(os.urandom)),
        Account.from_mnemonic(new_phrase(os.urandom)),  # recovered, or made by an earlier version
    ):
        profile = profiles.create(account, PASSWORD)
        for ask in (
            lambda one=profile: profiles.phrase(one, PASSWORD),
            lambda one=profile: profiles.confirm_backup(one, PASSWORD, {1: "a", 2: "b", 3: "c"}),
        ):
            with pytest.raises(NoPhraseKept, match=NOTHING):
                ask()


def test_a_profile_that_is_open_shows_them_and_deletes_nothing(profiles: Profiles) -> None:
    made = profiles.create_account("alice", PASSWORD)
    with profiles.unlock(made.profile, PASSWORD):
        assert profiles.phrase(made.profile, PASSWORD) == made.phrase
        with pytest.raises(ProfileInUse):
            profiles.confirm_backup(made.profile, PASSWORD, by_place(made.phrase, 1, 2, 3))


def test_a_forgotten_password_takes_the_words_along(profiles: Profiles) -> None:
    made = profiles.create_account("alice", PASSWORD)
    begun_anew, kept = profiles.recover(Account.from_mnemonic(made.phrase), "another password")
    assert not kept
    with pytest.raises(NoPhraseKept):
        profiles.phrase(begun_anew, "another password")
