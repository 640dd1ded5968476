"""Every view in a terminal of 20 × 5, and every view with signs of ASCII alone."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.widgets import Input

from pystatus import Profiles, testing
from pystatus.account.alias import alias
from pystatus.apps.terminal.base_app import in_ascii
from pystatus.apps.terminal.first_start import Chosen, FirstStart
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.faces.catalogue import texts_in
from pystatus.storage.kept_phrase import keep_phrase
from pystatus.testing import Network, Person
from tests.apps.terminal.playing import QUIET, Player, playing
from tests.apps.terminal.snapshots import drawn

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
VIEWS = {
    "chat": (),
    "a chosen message": ("shift+tab", "up"),
    "help": ("f1",),
    "people": ("f3",),
    "members": ("f4",),
    "outbox": ("f5",),
    "devices": ("f6",),
    "words": ("f8",),
    "words asked for": ("f8", "enter"),
    "network": ("f9",),
    "switcher": ("ctrl+k",),
    "new chat": ("ctrl+n",),
    "search": ("ctrl+f",),
    "day": ("ctrl+g",),
    "explained": ("shift+tab", "up", "i"),
    "emoji": ("shift+tab", "up", "plus"),
    "hidden characters": ("shift+tab", "up", "v"),
    "a question": ("shift+tab", "up", "d"),
}


def screen(app: App[None] | App[Chosen | None]) -> list[str]:
    """The lines that are shown."""
    found: dict[str, str] = {}
    for line, text in re.findall(r'<text [^>]*y="([\d.]+)"[^>]*clip-path[^>]*>([^<]*)</text>', drawn(app)):
        found[line] = found.get(line, "") + html.unescape(text).rstrip("\n")
    return list(found.values())


async def scene(network: Network) -> tuple[Person, str]:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    group = await alice.client.feature(Groups).create("Book club", [bob.client.public_key])
    await network.wait(5)
    await bob.client.feature(Groups).join(group.id)
    await network.wait(5)
    await bob.client.send_text(group.id, "Hello everybody, " * 8)
    await bob.client.feature(Contacts).add(alice.client.public_key)
    await network.wait(5)
    await alice.client.send_text(group, "Hello!")
    await network.wait(5)
    keep_phrase(network._places["alice"].profile._contents.reopen().database, PHRASE)
    return alice, group.id


async def look(player: Player, keys: tuple[str, ...]) -> list[str]:
    for key in keys:
        await player.press(key)
    player.app.clear_notifications()
    await player.settle(0.1)
    lines = screen(player.app)
    while player.app.screen is not player.screen:
        await player.press("escape")
    player.screen.action_focus_composer()
    return lines


def test_every_view_in_ascii() -> None:
    async def tell(network: Network) -> None:
        alice, group = await scene(network)
        async with playing(network, alice, group, size=(90, 24), wishes=replace(QUIET, ascii=True)) as player:
            for name, keys in VIEWS.items():
                lines = await look(player, keys)
                assert any(line.strip() for line in lines)
                assert [line for line in lines if not line.isascii()] == [], name
            await player.write("/nothing")  # what is told in a corner, too
            assert all(line.isascii() for line in screen(player.app))

    testing.run(tell)


SEEN = {
    "help": "Writing",
    "people": "Bob",
    "outbox": "Nothing waits",
    "devices": "this",
    "words": "1. legal",
    "network": "online, 1 relay",
    "switcher": "Book club",
    "explained": "By ",
    "emoji": "1  ",
    "a question": "No",
}
"""What the first screen of a view has to show, however small it is."""


def test_every_view_in_twenty_columns_and_five_lines() -> None:
    async def tell(network: Network) -> None:
        alice, group = await scene(network)
        async with playing(network, alice, group, size=(20, 5)) as player:
            for name, keys in VIEWS.items():
                lines = await look(player, keys)
                text = "\n".join(lines)
                assert len(lines) <= 5
                assert all(len(line) <= 20 for line in lines)
                # Names of four lines are among those that there are: behind them is no room.
                first = alias(alice.client.public_key).split()[0] if name == "members" else SEEN.get(name, "")
                assert first in text, (name, text)

    testing.run(tell)


YEAR = 366 * 86_400.0
"""Seconds of a story. While textual draws, which takes the machine its time, a story goes on for hours."""


def test_the_help_is_read_to_its_end_in_twenty_columns_and_five_lines() -> None:
    async def tell(network: Network) -> None:
        alice, group = await scene(network)
        async with playing(network, alice, group, size=(20, 5)) as player:
            await player.press("f1")
            read = screen(player.app)
            body = player.app.screen.query_one(VerticalScroll)
            assert body.size.height == 4
            for _ in range(200):
                if body.scroll_offset.y >= body.max_scroll_y:
                    break
                await player.press("pagedown")
                body.scroll_to(y=body.scroll_target_y, animate=False)
                await player.settle(0.1)
                read += screen(player.app)
            text = "\n".join(read)
            for said in ("F9", "network:", "/quit", "reset", "delivered"):
                assert said in text, said
            await player.press("escape")
            await player.press("h", "i", "enter")
            assert any("hi" in line for line in screen(player.app))

    testing.run(tell, limit=YEAR)


@pytest.mark.parametrize(("size", "ascii_only"), [((20, 5), False), ((80, 24), True)])
async def test_the_first_start(size: tuple[int, int], ascii_only: bool, tmp_path: Path) -> None:
    app = FirstStart(Profiles(tmp_path), texts_in(), replace(QUIET, ascii=ascii_only))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert any("New account" in line for line in screen(app))
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.query_one(Input).has_focus
        assert app.screen.query_one(Input).region.bottom <= size[1]
        if ascii_only:
            assert [line for line in screen(app) if not line.isascii()] == []


def test_signs_become_as_wide_ones_and_letters_stay() -> None:
    assert in_ascii("╭─ Jürgen … „Да“ ▀█▒ ✓ ● │") == '+- Jürgen . "Да" #|# + * |'
    assert in_ascii("👍 漢字") == "👍 漢字"  # of people, and two cells wide
