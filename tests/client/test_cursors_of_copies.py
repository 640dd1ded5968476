"""A profile that was restored, or copied back, is another life, and no reader of the one before reads on in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pystatus import Account, Client, PrivateKey, Profiles
from pystatus.account.mnemonic import new_phrase
from pystatus.client import EventsLost
from pystatus.messenger import journal

PASSWORD = "correct horse"
FILE_PASSWORD = "of the file"


async def lived(data_dir: Path, state: Path, names: list[str]) -> tuple[int, list[int]]:
    """Let some things happen; the cursor before, and that of each."""
    async with Client.open("alice", PASSWORD, data_dir=data_dir, state_dir=state) as alice:
        began, cursors = alice.cursor, []
        for name in names:
            await alice.join(name)
            cursors.append(alice.cursor)
        return began, cursors


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    made = Profiles(tmp_path / "first")
    made.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    return made


def restored(profiles: Profiles, tmp_path: Path) -> Callable[[str], Path]:
    """From an exported file, as often as one likes."""
    profiles.export(profiles.find("alice"), PASSWORD, tmp_path / "backup", FILE_PASSWORD)

    def restore(name: str) -> Path:
        Profiles(tmp_path / name).restore(tmp_path / "backup", FILE_PASSWORD)
        return tmp_path / name

    return restore


def copied_back(profiles: Profiles, tmp_path: Path) -> Callable[[str], Path]:
    """By hand, from a copy of the directory."""
    shutil.copytree(tmp_path / "first", tmp_path / "copy")

    def restore(name: str) -> Path:
        shutil.copytree(tmp_path / "copy", tmp_path / name)
        return tmp_path / name

    return restore


@pytest.mark.parametrize("way", [restored, copied_back])
@pytest.mark.parametrize("clock_is_right", [True, False])
async def test_a_cursor_of_another_life_is_told_to_be_lost(
    profiles: Profiles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Profiles, Path], Callable[[str], Path]],
    clock_is_right: bool,
) -> None:
    if not clock_is_right:  # chance alone decides
        monkeypatch.setattr(journal, "EVENTS_A_SECOND", 0)
    state = tmp_path / "state"
    before = (await lived(tmp_path / "first", state, ["one", "two"]))[1]
    back = way(profiles, tmp_path)
    after = (await lived(tmp_path / "first", state, ["three", "four", "five"]))[1]
    seen = {"first": [*before, *after]}
    for life in ("second", "third"):
        data_dir = back(life)
        began, cursors = await lived(data_dir, state, ["six", "seven", "eight", "nine", "ten", "eleven"])
        async with Client.open("alice", PASSWORD, data_dir=data_dir, state_dir=state) as alice:
            for known in (cursor for each in seen.values() for cursor in each):
                with pytest.raises(EventsLost):
                    alice.events(after=known)
            assert await joined(alice, cursors[0], 5) == ["seven", "eight", "nine", "ten", "eleven"]
            assert began < cursors[0] < 2**53
        seen[life] = cursors
    assert seen["second"][0] != seen["third"][0]


@pytest.mark.parametrize("clock_is_right", [True, False])
async def test_an_account_that_is_recovered_begins_with_cursors_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock_is_right: bool
) -> None:
    """Its words are all that is left: a program that read its events before must not take the new ones for read."""
    if not clock_is_right:  # chance alone decides
        monkeypatch.setattr(journal, "EVENTS_A_SECOND", 0)
    state, phrase = tmp_path / "state", new_phrase(os.urandom)
    Profiles(tmp_path / "first").create(Account.from_mnemonic(phrase), PASSWORD, "alice", phrase=phrase)
    lives = [(await lived(tmp_path / "first", state, ["one", "two", "three"]))[1]]
    assert lives[0][0] == 1, "a new account has had no readers"
    for life in ("second", "third"):
        data_dir = tmp_path / life
        Profiles(data_dir).create(Account.from_mnemonic(phrase), PASSWORD, "alice")
        _, cursors = await lived(data_dir, state, ["four", "five", "six", "seven"])
        async with Client.open("alice", PASSWORD, data_dir=data_dir, state_dir=state) as alice:
            for known in (cursor for each in lives for cursor in each):
                with pytest.raises(EventsLost):
                    alice.events(after=known)
            assert await joined(alice, cursors[0], 3) == ["five", "six", "seven"]
            assert await joined(alice, 0, 4) == ["four", "five", "six", "seven"], "who has read nothing misses nothing"
        assert cursors[0] < 2**53
        lives.append(cursors)


async def joined(client: Client, after: int, count: int) -> list[str]:
    """The chats of the first events after a cursor."""
    stream = client.events(after=after)
    return [event.chat.id for event in [await anext(stream) for _ in range(count)]]  # type: ignore[attr-defined]


async def test_a_profile_that_goes_on_where_it_was_keeps_its_cursors(profiles: Profiles, tmp_path: Path) -> None:
    state = tmp_path / "state"
    _, cursors = await lived(tmp_path / "first", state, ["one", "two"])
    began, more = await lived(tmp_path / "first", state, ["three"])
    assert (began, more) == (cursors[-1], [cursors[-1] + 1])
