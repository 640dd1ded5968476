"""How each view looks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from pystatus import PrivateKey, Profiles, testing
from pystatus.apps.terminal import first_start
from pystatus.apps.terminal.candidates import drawn
from pystatus.apps.terminal.face import Wishes
from pystatus.apps.terminal.first_start import FirstStart
from pystatus.apps.terminal.key_file import PRESETS
from pystatus.apps.terminal.keys import Keys
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.client.features.reactions import Reactions
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network, memory
from tests.apps.terminal.playing import playing
from tests.apps.terminal.snapshots import check


class _Numbered:
    """Keys in their order, so that people look the same each time."""

    def __init__(self) -> None:
        self.number = 1_000

    def generate(self, random: object) -> PrivateKey:
        self.number += 1
        return PrivateKey(self.number.to_bytes(32, "big"))


@pytest.fixture(autouse=True)
def same_each_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(memory, "PrivateKey", _Numbered())
    monkeypatch.setattr("pystatus.testing.network.client_id", lambda: "pystatus/v1/linux/python3")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def _scene(network: Network) -> tuple[testing.Person, str]:
    """Alice, and chats in which something was said."""
    alice, bob, carol = [await network.person(name) for name in ("alice", "bob", "carol")]
    contacts = alice.client.feature(Contacts)
    await contacts.set_nickname(bob.client.public_key, "Bob")
    await contacts.add(bob.client.public_key)
    for person in (alice, bob, carol):
        await person.client.join("status")
    await carol.say("status", "Is anybody from the harbour here?")
    await network.wait(70)
    await bob.say(alice, "Hi Alice! Only the two of us can read this.")
    await network.wait(5)
    receipt = await alice.say(bob, "How do I write *emphasis*?")
    await network.wait(5)
    answer = await bob.client.send_text(
        alice.client.public_key.hex,
        "Like **this**, and code:\n```\nfor ship in harbour:\n    greet(ship)\n```",
        receipt.message,
    )
    await network.wait(5)
    await alice.client.feature(Reactions).add(answer.message.id, 2)
    group = await alice.client.feature(Groups).create("Book club", [bob.client.public_key, carol.client.public_key])
    await network.wait(5)
    await bob.client.feature(Groups).join(group.id)
    await network.wait(5)
    await alice.client.send_text(group, "What do we read next?")
    await network.wait(90)
    await carol.client.feature(Contacts).add(alice.client.public_key)
    await carol.say("status", "The water is rising.")
    await network.wait(5)
    return alice, bob.client.public_key.hex


VIEWS = {
    "chat": (),
    "chosen": ("shift+tab", "up", "up"),
    "help": ("f1",),
    "people": ("f3",),
    "devices": ("f6",),
    "network": ("f9",),
    "switcher": ("ctrl+k",),
    "new": ("ctrl+n",),
    "date": ("ctrl+g",),
    "explained": ("shift+tab", "up", "up", "i"),
    "reactions": ("shift+tab", "up", "plus"),
}


def test_pictures() -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        async with playing(network, alice, bob, size=(100, 28)) as player:
            for name, keys in VIEWS.items():
                for key in keys:
                    await player.press(key)
                player.app.clear_notifications()
                await player.settle(0.1)
                if name != "explained":  # ids of messages differ
                    check(player.app, name)
                await player.press("escape")
                await player.press("escape")
            await player.press("ctrl+f")
            await player.type_into_window("harbour")
            check(player.app, "search")
            await player.press("escape")
            await player.press("alt+up")
            await player.press("f4")
            check(player.app, "group")

    testing.run(tell)


def test_what_waits() -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        await alice.go_offline()
        async with playing(network, alice, bob, size=(100, 28)) as player:
            await player.write("Tomorrow at noon?")
            await player.write("Or rather *not*.")
            await player.press("f5")
            player.app.clear_notifications()
            check(player.app, "outbox")

    testing.run(tell)


@pytest.mark.parametrize("theme", ["light", "contrast", "terminal"])
def test_themes(theme: str) -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        async with playing(network, alice, bob, size=(90, 24), wishes=Wishes(theme=theme, blink=False)) as player:
            check(player.app, f"theme-{theme}")

    testing.run(tell)


def test_ascii_and_narrow() -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        async with playing(network, alice, bob, size=(48, 24), wishes=Wishes(ascii=True, blink=False)) as player:
            check(player.app, "narrow")

    testing.run(tell)


def test_small_and_one_s_own_keys() -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        keys = Keys(PRESETS["vi"], "vi")
        async with playing(network, alice, bob, size=(20, 5)) as player:
            await player.press("f1")
            check(player.app, "small-help")
        async with playing(network, alice, bob, size=(100, 28), wishes=Wishes(blink=False, keys=keys)) as player:
            await player.write("/keys")
            check(player.app, "keys")

    testing.run(tell)


async def test_candidates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    numbers = iter(range(1, 9))
    monkeypatch.setattr(first_start, "drawn", partial(drawn, random=lambda size: bytes([next(numbers)]) * size))
    app = FirstStart(Profiles(tmp_path), texts_in(), Wishes(blink=False))
    async with app.run_test(size=(90, 28)) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        for _ in range(500):
            if any(one.option_count == 7 for one in app.screen.query(OptionList).results(OptionList)):
                break
            await pilot.pause(0.02)
        app.screen.query_one(Input).cursor_blink = False
        await pilot.pause()
        check(app, "candidates")
