"""Without a profile: make an account, recover one, open one, or look around."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from pystatus import Profiles
from pystatus.account import key_encoding
from pystatus.account.account import Account
from pystatus.apps.terminal.candidates import without_numbers
from pystatus.apps.terminal.first_start import Chosen, FirstStart
from pystatus.faces.catalogue import texts_in

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def said(pilot: Pilot[Chosen | None]) -> str:
    return "\n".join(str(one.render()) for one in pilot.app.screen.query(Static).results(Static) if one.display)


async def answer(pilot: Pilot[Chosen | None], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


async def choose(pilot: Pilot[Chosen | None], text: str) -> None:
    await pilot.pause()
    pilot.app.screen.query_one(Input).value = text
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def candidates(pilot: Pilot[Chosen | None]) -> list[str]:
    """The names of those that can be chosen, and what else there is."""
    for _ in range(200):
        listed = pilot.app.screen.query(OptionList)
        if listed and listed.first().option_count == 7:
            break
        await pilot.pause(0.02)
    return [str(one.prompt).split("\n")[0][7:] for one in listed.first().options[:5]] + [
        str(one.prompt) for one in listed.first().options[5:]
    ]


async def ended(pilot: Pilot[Chosen | None], app: FirstStart) -> Chosen | None:
    """What was chosen, once keys are derived."""
    await app.workers.wait_for_complete()
    await pilot.pause()
    return app.return_value


async def test_a_new_account(tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "new")
        names = await candidates(pilot)
        assert len(names) == len(set(names)) == 7
        await choose(pilot, names[5])
        others = await candidates(pilot)
        assert not {*names[:5]} & {*others[:5]}
        await choose(pilot, others[3])
        await answer(pilot, "alice")
        await answer(pilot, "short")
        assert "too short" in said(pilot)
        await answer(pilot, "long enough to remember")
        assert "strong" in said(pilot)
        await answer(pilot, "not the same at all")
        assert "not the same" in said(pilot)
        for _ in range(2):
            await answer(pilot, "long enough to remember")
        found = await ended(pilot, app)
    assert found is not None
    assert found.is_new
    assert [one.name for one in Profiles(tmp_path).list()] == ["alice"]
    assert found.profile.account.alias == others[3]
    assert len(Profiles(tmp_path).phrase(found.profile, found.password).split()) == 12
    Profiles(tmp_path).check_password(found.profile, "long enough to remember")


async def test_an_account_of_twenty_four_words(tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "new")
        names = await candidates(pilot)
        await choose(pilot, names[6])
        longer = await candidates(pilot)
        assert longer[6] != names[6]
        await choose(pilot, longer[0])
        await answer(pilot, "")
        for _ in range(2):
            await answer(pilot, "correct horse")
        found = await ended(pilot, app)
    assert found is not None
    assert found.profile.name == longer[0]
    assert len(Profiles(tmp_path).phrase(found.profile, found.password).split()) == 24


async def test_all_words_are_pasted_at_once_with_their_numbers(tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "recover")
        numbered = "\r\n".join(f"{number:>2}. {word}" for number, word in enumerate(PHRASE.split(), 1))
        app.screen.query_one(Input).post_message(Paste(numbered))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "What is it called" in said(pilot)
        await answer(pilot, "")
        for _ in range(2):
            await answer(pilot, "correct horse")
        found = await ended(pilot, app)
    assert found is not None
    assert found.profile.account.public_key == Account.from_mnemonic(PHRASE).public_key


async def test_words_are_completed(tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "recover")
        await pilot.press(*"legal saus")
        await pilot.pause()
        await pilot.press("right")
        assert app.screen.query_one(Input).value == "legal sausage"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("1. legal 2. winner", "legal winner"),
        ("1) legal\n2)winner", "legal winner"),
        ("1 legal 2 winner", "legal winner"),
        ("legal winner", "legal winner"),
        ("  12.yellow ", "yellow"),
    ],
)
def test_numbers_of_a_list_are_no_words(pasted: str, words: str) -> None:
    assert without_numbers(pasted) == words


async def test_recovering_points_at_the_wrong_word(tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "recover")
        await answer(pilot, "legal winner")
        assert "12, 15, 18, 21 or 24 words" in said(pilot)
        await answer(pilot, PHRASE.replace("sausage", "sausge"))
        assert "Word 6 is not in the word list. Did you mean sausage?" in said(pilot)
        await answer(pilot, PHRASE.replace("yellow", "winner"))
        assert "checksum" in said(pilot)
        await answer(pilot, PHRASE)
        await answer(pilot, "")
        for _ in range(2):
            await answer(pilot, "correct horse")
        found = await ended(pilot, app)
    assert found is not None
    assert not found.is_new
    assert key_encoding.encode(found.profile.account.public_key) == found.profile.account.chat_key


async def test_a_wrong_password_changes_nothing_and_escape_goes_back(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("alice", "correct horse")
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await choose(pilot, "open")
        await answer(pilot, "wrong horse")
        await pilot.pause(0.1)
        for _ in range(200):
            if app._notifications and any(one.severity == "error" for one in app._notifications):
                break
            await pilot.pause(0.05)
        assert any("password" in one.message for one in app._notifications if one.severity == "error")
        await choose(pilot, "open")
        await pilot.press("escape")
        await choose(pilot, "open")
        await answer(pilot, "correct horse")
        found = await ended(pilot, app)
    assert found is not None
    assert found.password == "correct horse"


@pytest.mark.parametrize(("keys", "demo"), [(["down", "down", "enter"], True), (["escape"], False)])
async def test_looking_around_and_going_away(tmp_path: Path, keys: list[str], demo: bool) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert app.return_value is None
    assert app.wants_demo is demo
