"""One's own keys: the file, what is wrong in it, and that keys do what the help says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.key_file import MAX_SIZE, PRESETS, KeyFile, parsed
from pystatus.apps.terminal.keys import BY_ID, TABLE, WRITING, Keys, label, said
from pystatus.apps.terminal.widgets.chat_list import ChatList
from pystatus.apps.terminal.widgets.composer import Composer
from pystatus.apps.terminal.widgets.message_view import MessageView
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network
from tests.apps.terminal.playing import QUIET, playing, story

TEXTS = texts_in()


def keys_of(folder: Path, text: str) -> Keys:
    file = folder / "keys.toml"
    file.write_text(text)
    return KeyFile(file, TEXTS).read()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl-K", "ctrl+k"),
        ("alt+up", "alt+up"),
        ("Page Up", "pageup"),
        ("F12", "f12"),
        ("+", "plus"),
        ("-", "minus"),
        (",", "comma"),
        ("Ctrl--", "ctrl+minus"),
        ("G", "G"),
        ("Shift-g", "G"),
        ("g", "g"),
        ("Strg-F", "ctrl+f"),
        ("Ctrl-Alt-X", "alt+ctrl+x"),
        ("F99", None),
        ("Hyper-x", None),
        ("", None),
        ("\x1b", None),
    ],
)
def test_keys_are_read_as_people_write_them(written: str, key: str | None) -> None:
    assert parsed(written) == key


def test_what_is_shown_of_a_key_can_be_written_into_the_file() -> None:
    for keys in [row.keys for row in TABLE] + [keys for one in PRESETS.values() for keys in one.values()]:
        for key in keys:
            assert parsed(label(key)) == key


def test_without_a_file_there_are_the_keys_of_everybody(tmp_path: Path) -> None:
    assert KeyFile(tmp_path / "keys.toml", TEXTS).read() == Keys()


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_has_a_conflict(name: str, tmp_path: Path) -> None:
    keys = keys_of(tmp_path, f'preset = "{name}"')
    assert keys.preset == name
    assert list(KeyFile(tmp_path, TEXTS).conflicts(keys)) == []


def test_what_the_page_of_keys_shows_is_a_file_that_changes_nothing(tmp_path: Path) -> None:
    for preset in PRESETS:
        before = keys_of(tmp_path, f'preset = "{preset}"')
        again = keys_of(tmp_path, "\n".join(before.listed(TEXTS)))
        assert {row.id: again.of(row) for row in TABLE} == {row.id: before.of(row) for row in TABLE}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[everywhere", "cannot be read"),
        ("\udcff", "cannot be read"),
        ("#" * (MAX_SIZE + 1), "more than 65,536 bytes"),
        ('preset = "emacs"', "There is no preset emacs; there are standard, vi"),
        ("preset = [1]", "There is no preset"),
        ('[nowhere]\nquit = "F10"', "There is no section nowhere; there are writing, messages"),
        ("everywhere = 3", "There is no section everywhere"),
        ('[everywhere]\npeple = "F7"', "nothing is called peple. Did you mean people?"),
        ('[writing]\nxyzzy = "F7"', "nothing is called xyzzy; there are send, new_line"),
        ('[messages]\nopen = "F7"', "nothing is called open"),
        ("[everywhere]\npeople = 7", "everywhere.people takes a key, or a list"),
        ('[everywhere]\npeople = "F77"', "F77 at everywhere.people is no key. Write it as Ctrl-K"),
        ('[everywhere]\npeople = "Ctrl-M"', "Terminals send the same for Ctrl-M at everywhere.people as for Enter"),
        ('[everywhere]\npeople = "F4"', "F4 would do two things: everywhere.people and everywhere.members"),
        ('[messages]\nreply = "F4"', "F4 would do two things: everywhere.members and messages.reply"),
        ('[messages]\nreply = "i"', "i would do two things"),
        ('[everywhere]\npeople = "p"', "p at everywhere.people is a character that people write"),
        ("[everywhere]\nquit = []", "everywhere.quit has to have a key"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(LocalError) as error:
        KeyFile(file, TEXTS).read()
    assert said in str(error.value)
    assert str(file) in str(error.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"F77.*would do two things"):
        keys_of(tmp_path, '[everywhere]\npeople = "F77"\ndevices = "F4"')


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="directory"):
        KeyFile(tmp_path, TEXTS).read()


def test_every_key_has_its_words_and_its_action() -> None:
    owners = (ChatApp, ChatScreen, Composer, MessageView, ChatList)
    for row in TABLE:
        assert said(row, TEXTS)
        if row.action and row.section != "windows":
            name = row.action.rpartition(".")[2].partition("(")[0]
            assert any(hasattr(owner, f"action_{name}") for owner in owners), row.id


def test_every_binding_of_the_screen_is_in_the_table() -> None:
    for owner in (ChatApp, ChatScreen, Composer, MessageView, ChatList):
        own = vars(owner)["BINDINGS"]
        assert own
        assert all(one.id in BY_ID for one in own), owner


@story
async def test_other_keys_do_it_and_the_help_and_sentences_name_them(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    keys = Keys({"everywhere.people": ("f7",), "everywhere.help": ("f12",), "everywhere.members": ()})
    async with playing(network, alice, "status", wishes=replace(QUIET, keys=keys)) as player:
        await player.press("f3")
        assert player.app.screen is player.screen
        await player.press("f7")
        assert "Nobody yet" in player.window()
        await player.press("escape", "f12")
        assert "F7" in player.window()
        assert "F3" not in player.window()
        await player.press("escape")
        await player.write("/nothing")
        assert "F12 shows all" in player.complaints[-1]
        player.screen.composer.fill("")
        await player.write("/group Book club")
        assert "/invite KEY adds people" in player.told  # without a key a command does it
        assert str(player.screen.footer.render()).startswith("F12 ")
        await player.write("/keys")
        assert 'people = ["F7"]' in player.window()


@story
async def test_enter_can_begin_a_line_and_another_key_send(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    keys = Keys({f"{WRITING}.send": ("alt+enter",), f"{WRITING}.new_line": ("enter",)})
    async with playing(network, alice, "status", wishes=replace(QUIET, keys=keys)) as player:
        await player.press("a", "enter", "b")
        assert player.screen.composer.text == "a\nb"
        await player.press("alt+enter")
        await player.settle()
        assert player.client.history("status", 1)[0].text == "a\nb"


@story
async def test_the_keys_of_vi(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "one")
    await bob.say(alice, "two")
    await network.wait(2)
    keys = Keys(PRESETS["vi"], "vi")
    async with playing(network, alice, wishes=replace(QUIET, keys=keys)) as player:
        await player.press("h", "escape")
        assert player.screen.view.has_focus
        assert player.screen.composer.text == "h"
        await player.press("k", "k")
        chosen = player.screen.view.chosen_message
        assert chosen is not None
        assert chosen.text == "one"
        await player.press("K")
        assert "By " in player.window()
        await player.press("escape", "i")
        assert player.screen.composer.has_focus
        player.screen.composer.fill("")
        await player.press("escape", "colon")
        assert player.screen.composer.text == "/"
