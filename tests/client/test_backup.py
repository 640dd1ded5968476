"""``client.backup``: the words of a new account, for a program that shows them to its owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus import Backup, Client, LocalError, NoPhraseKept, Profiles, WrongWord

PASSWORD = "correct horse"


@pytest.mark.requirement("AC-34")
async def test_the_words_are_shown_asked_back_and_gone(tmp_path: Path) -> None:
    made = Profiles(tmp_path).create_account("alice", PASSWORD)
    async with Client.open("alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        backup = client.feature(Backup)
        assert backup.is_due()
        assert backup.phrase() == made.phrase
        places = backup.places()
        assert len(set(places)) == 3
        words = {place: made.phrase.split()[place - 1] for place in places}

        with pytest.raises(WrongWord) as error:
            await backup.confirm({**words, places[1]: "mistaken"})
        assert error.value.place == places[1]
        assert backup.is_due()

        await backup.confirm(words)
        assert not backup.is_due()
        for ask in (backup.phrase, backup.places):
            with pytest.raises(NoPhraseKept):
                ask()
        with pytest.raises(NoPhraseKept):
            await backup.confirm(words)
    async with Client.open("alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        assert not client.feature(Backup).is_due()


async def test_a_client_that_is_not_open_shows_nothing(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("alice", PASSWORD)
    client = Client.open("alice", PASSWORD, data_dir=tmp_path)
    with pytest.raises(LocalError, match="not open"):
        client.feature(Backup).phrase()


async def test_whoever_opens_a_profile_is_the_first_of_the_list(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    for name in ("alice", "bob"):
        profiles.create_account(name, PASSWORD)
    async with Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        assert client.profile.last_login > 0
    assert [(one.name, one.last_login > 0) for one in profiles.list()] == [("bob", True), ("alice", False)]
