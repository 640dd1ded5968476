"""Notices of the desktop: a library in memory stands for its bus."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pystatus.apps.terminal import desktop
from pystatus.apps.terminal.attention import Attention
from pystatus.apps.terminal.desktop import Desktop, way
from pystatus.apps.terminal.face import Wishes
from pystatus.apps.terminal.outward import Outward
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story

BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"}


class Service:
    """The notification service of a desktop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: list[Any] = []
        self.closed: list[int] = []
        self.refuses = False
        self.connections = 0
        package, aio = ModuleType("dbus_fast"), ModuleType("dbus_fast.aio")
        vars(package).update(
            Variant=lambda signature, value: value,
            Message=SimpleNamespace,
            MessageType=SimpleNamespace(ERROR="error", METHOD_RETURN="return"),
        )
        vars(aio).update(MessageBus=lambda: self)
        monkeypatch.setitem(sys.modules, "dbus_fast", package)
        monkeypatch.setitem(sys.modules, "dbus_fast.aio", aio)

    async def connect(self) -> Service:
        self.connections += 1
        return self

    def disconnect(self) -> None:
        self.connections -= 1

    async def call(self, message: Any) -> Any:
        if self.refuses:
            return SimpleNamespace(message_type="error", error_name="org.freedesktop.DBus.Error.ServiceUnknown")
        if message.member == "CloseNotification":
            self.closed += message.body
            return SimpleNamespace(message_type="return", body=[])
        _, replaces, _, title, text, *_ = message.body
        number = replaces or 10 + len(self.shown)
        self.shown.append((number, title, text))
        return SimpleNamespace(message_type="return", body=[number])


@pytest.mark.parametrize(
    ("environment", "has", "found", "expected"),
    [
        ({}, True, True, "none"),
        (BUS, True, True, "dbus"),
        (BUS, False, True, "notify-send"),
        (BUS, False, False, "none"),
        ({**BUS, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, True, True, "none"),
    ],
)
def test_how_the_desktop_is_told(environment: dict[str, str], has: bool, found: bool, expected: str) -> None:
    assert way(environment, lambda _: has or None, lambda _: "/usr/bin/notify-send" if found else None) == expected


async def test_a_later_notice_takes_the_place_and_what_is_read_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    shown = Desktop(texts_in(), "dbus")
    assert await shown.notify("Bob", "1 < 2 & <b>", "chat:1")
    assert await shown.notify("Carol", "hello", "chat:2")
    assert await shown.notify("Bob", "again", "chat:1")
    assert service.shown == [(10, "Bob", "1 &lt; 2 &amp; &lt;b&gt;"), (11, "Carol", "hello"), (10, "Bob", "again")]
    await shown.withdraw("chat:1")
    await shown.withdraw("chat:1")
    assert service.closed == [10]
    assert service.connections == 1
    await shown.close()
    assert service.connections == 0


async def test_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    monkeypatch.setattr(desktop, "MAX_TAGS", 2)
    shown = Desktop(texts_in(), "dbus")
    for number in range(3):
        await shown.notify("Bob", "hi", f"chat:{number}")
    for number in range(3):
        await shown.withdraw(f"chat:{number}")
    assert service.closed == [11, 12]


async def test_a_desktop_that_refuses_leaves_it_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    written: list[str] = []
    shown = Desktop(texts_in(), "dbus")
    attention = Attention(Outward(written.append, "777", {}), shown)
    await attention.ask("Bob", "hi", "chat:1", rings=True)
    assert written == ["\a"], "nobody is told twice"
    service.refuses = True
    await attention.ask("Bob", "hi", "chat:1", rings=False)
    assert written == ["\a", "\x1b]777;notify;Bob;hi\a"]
    assert "ServiceUnknown" in shown.problem
    service.refuses = False
    await attention.ask("Bob", "hi", "chat:1", rings=False)
    assert len(written) == 3, "it is asked no more"
    await attention.withdraw("chat:1")
    await attention.close()
    await Attention(Outward(written.append, "off", {}), None).ask("Bob", "hi", "chat:1", rings=True)
    assert written[3:] == ["\a"]


async def test_arguments_of_a_program_say_nothing_of_a_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/seen"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    shown = Desktop(texts_in(), "notify-send")
    assert await shown.notify("Bob", "a secret", "chat:1")
    assert (tmp_path / "seen").read_text().split("\n") == ["--app-name=pystatus", "pystatus", "New message", ""]
    await shown.withdraw("chat:1")
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert not await shown.notify("Bob", "a secret", "chat:1")
    assert shown.problem == "RuntimeError: notify-send has ended with 1"


@story
async def test_quiet_hours_and_what_was_read(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    withdrawn: list[str] = []

    async def ask(self: Attention, title: str, text: str, tag: str, *, rings: bool) -> None:
        asked.append(text)

    async def withdraw(self: Attention, tag: str) -> None:
        withdrawn.append(tag)

    monkeypatch.setattr(Attention, "ask", ask)
    monkeypatch.setattr(Attention, "withdraw", withdraw)
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    for wishes, told in ((Wishes(blink=False), ["hello"]), (Wishes(blink=False, quiet=(time(0), time(23, 59))), [])):
        async with playing(network, alice, "status", wishes=wishes) as player:
            await bob.say(alice, "hello")
            await player.settle()
            assert asked == told
            chat = bob.client.public_key.hex
            await player.press("alt+down")
            await player.settle()
            assert player.screen.current == chat
            assert withdrawn == [f"chat:{chat}" for _ in told], "of what was told"
        asked.clear()
        withdrawn.clear()
        await alice.client.conversations.mark_read(chat)
