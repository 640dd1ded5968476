"""What strangers make the terminal client hold and show: some of it, however many they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets._toast import Toast

from pystatus import PrivateKey
from pystatus.apps.terminal import conversation, drawing, following, plain, remarks
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.plain import Plain
from pystatus.apps.terminal.remarks import MAX_REMARKS, REMARK_SECONDS, Remarks
from pystatus.client import Client
from pystatus.client.features.contacts import ContactRequested, Contacts
from pystatus.faces.timeline import Timeline
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import CopySuspected, MessageReceived
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story

STRANGERS = [PrivateKey(number.to_bytes(32, "big")).public_key for number in range(1, 61)]
MOST = 10


@story
async def test_what_belongs_to_messages_goes_with_them(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    first = (await alice.client.send_text("status", "hello")).message
    monkeypatch.setattr(conversation, "MAX_MESSAGES", MOST)
    monkeypatch.setattr(conversation, "MAX_BESIDE", MOST)
    monkeypatch.setattr(conversation, "MAX_NAMES", MOST)
    monkeypatch.setattr(drawing, "MAX_NAMES", MOST)
    async with playing(network, alice, "status") as player:
        shown = player.screen.conversation
        extras = player.screen.view.drawing.extras
        shown.timeline = Timeline("status", most=MOST)
        for number, stranger in enumerate(STRANGERS):
            message = replace(
                first,
                id=number.to_bytes(32, "big"),
                clock=first.clock + 1 + number,
                author=stranger,
                response_to=bytes([number + 1]) * 32,
                text=f"@{STRANGERS[number - 1].hex} and @{STRANGERS[number - 2].hex}",
            )
            if number == len(STRANGERS) // 2:  # somebody reads older ones: what comes is not shown
                shown.timeline.has_newer = True
            shown.add([message])
            assert len(extras.below) <= 2 * MOST + 1
            assert len(extras.notes) <= 2 * MOST + 1
            assert len(extras.quoted) <= 2 * MOST + 1
            assert len(extras.names) <= 3 * MOST
        for message in shown.timeline.messages:
            assert message.id in extras.below
            assert message.author in extras.names
            assert message.response_to in extras.quoted
        drawn = player.lines()
        assert any("@" in line for line in drawn)


@story
async def test_many_requests_make_few_widgets(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        for stranger in STRANGERS:
            player.screen._following._note(ContactRequested(Contact(stranger)))
        await player.settle(0.5)
        assert len(player.app.screen.query(Toast)) == MAX_REMARKS + 1
        assert player.told.count("wants to write to you") == MAX_REMARKS
        assert "More of this" in player.told


def test_of_remarks_some_are_shown_at_a_time() -> None:
    now = 0.0
    said: list[str] = []
    kept = Remarks(said.append, lambda: now, "more")
    for number in range(2 * MAX_REMARKS):
        kept.add(str(number))
    assert said == [*map(str, range(MAX_REMARKS)), "more"]
    now = REMARK_SECONDS - 0.1
    kept.add("too early")
    assert len(said) == MAX_REMARKS + 1
    now = REMARK_SECONDS
    kept.add("in time")
    assert said[-1] == "in time"
    assert len(kept._shown) == remarks.MAX_REMARKS
    for _ in range(MAX_REMARKS):
        kept.add("again")
    kept.add("another device", always=True)
    assert said[-1] == "another device"


@story
async def test_the_lines_say_it_of_so_many_chats(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await network.person("alice")
    monkeypatch.setattr(plain, "MAX_TOLD", MOST)
    said: list[str] = []
    lines = Plain(Face(alice.client), said.append)
    await alice.client.join("status")
    first = (await alice.client.send_text("status", "hello")).message
    for stranger in STRANGERS:
        chat = Chat(stranger.hex, ChatKind.ONE_TO_ONE, unread=1)
        await lines._note(MessageReceived(replace(first, chat_id=chat.id, author=stranger), chat))
    assert len(lines._told) == MOST
    assert len(said) == MAX_REMARKS + 1
    assert "More of this" in said[-1]


@story
async def test_a_message_asks_for_its_author_alone(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going through all contacts for each message is work that strangers multiply twice."""
    alice, bob, carol = [await network.person(name) for name in ("alice", "bob", "carol")]
    await alice.client.feature(Contacts).add(bob.client.public_key)
    async with playing(network, alice) as player:

        def all_of_them(self: Contacts) -> None:
            raise AssertionError("all contacts are gone through for one message")

        kept = player.screen._following
        with monkeypatch.context() as patched:
            patched.setattr(Contacts, "all", all_of_them)
            for person in (bob, carol):
                await person.say(alice, "hello")
            await player.settle()
        chats = {chat.id: chat for chat in _chats(alice.client)}
        for person, is_added in ((bob, True), (carol, False)):
            key = person.client.public_key
            message = alice.client.history(chats[key.hex])[0]
            found = kept._added(MessageReceived(message, chats[key.hex]))
            assert found == (frozenset({key}) if is_added else frozenset())


def _chats(client: Client) -> list[Chat]:
    return list(client.chats())


@story
async def test_a_long_list_is_drawn_less_often(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made anew each time, of as many chats as strangers have opened."""
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        screen, waits = player.screen, list[float]()
        monkeypatch.setattr(screen, "set_timer", lambda delay, callback: waits.append(delay))
        screen._following._draw_soon()
        assert waits == [following.DRAW_SECONDS]
        monkeypatch.setattr(type(screen), "listed", 2_000)
        screen._following._due = False
        screen._following._draw_soon()
        screen._following._draw_soon()  # it is due already
        assert waits == [following.DRAW_SECONDS, pytest.approx(0.4)]


@story
async def test_what_waits_to_be_drawn_is_bounded(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    first = (await alice.client.send_text("status", "hello")).message
    monkeypatch.setattr(following, "MAX_GATHERED", MOST)
    async with playing(network, alice, "status") as player:
        kept = player.screen._following
        for number, stranger in enumerate(STRANGERS):
            for chat in (Chat("status", ChatKind.PUBLIC), Chat("elsewhere", ChatKind.PUBLIC)):
                message = replace(first, id=bytes([number]) * 32, chat_id=chat.id, author=stranger, text=str(number))
                kept._note(MessageReceived(replace(message, clock=first.clock + 1 + number), chat))
            assert len(kept._arrived) < MOST
        await player.settle(0.5)
        shown = [message.text for message in player.screen.conversation.timeline.messages]
        assert shown == ["hello", *map(str, range(len(STRANGERS)))]


@story
async def test_strangers_hide_no_warning_about_our_own_account(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        for stranger in STRANGERS:
            player.screen._following._note(ContactRequested(Contact(stranger)))
        player.screen._following._note(CopySuspected(STRANGERS[0]))
        await player.settle(0.5)
        assert len(player.app.screen.query(Toast)) == MAX_REMARKS + 2


@story
async def test_so_many_notices_can_be_taken_back(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await network.person("alice")
    monkeypatch.setattr(following, "MAX_TOLD", MOST)
    async with playing(network, alice) as player:
        kept = player.screen._following
        for stranger in STRANGERS:
            kept._note(ContactRequested(Contact(stranger)))
            assert len(kept._told) <= MOST
        assert f"request:{STRANGERS[-1].hex}" in kept._told
