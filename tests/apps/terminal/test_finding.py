"""Searching on the screen: who, where and when; and that a result opens in its place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pystatus.account.alias import alias
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.finding import search
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story


@story
async def test_authors_chats_kinds_and_days_narrow_a_search(network: Network) -> None:
    alice, bob, carol = [await network.person(name) for name in ("alice", "bob", "carol")]
    for person in (alice, bob, carol):
        await person.client.join("status")
    await bob.say("status", "lunch?")
    await carol.say("status", "lunch at noon")
    await bob.say(alice, "lunch, the two of us")
    group = await alice.client.feature(Groups).create("Book club", [bob.client.public_key])
    await network.wait(5)
    await bob.client.feature(Groups).join(group.id)
    await network.wait(5)
    await alice.client.send_text(group, "lunch of the club")
    await network.wait(5)
    face = Face(alice.client, texts_in())

    def found(typed: str, chat: str | None = None) -> list[str]:
        place = None if chat is None else alice.client.find_chat(chat)
        return sorted(one.text for one in search(face, typed, place))

    bob_key = bob.client.public_key
    by_bob = ["lunch, the two of us", "lunch?"]
    first, *_, last = alias(bob_key).split()
    for name in (f'"{alias(bob_key)}"', first, last.lower(), bob.client.chat_key, bob.client.chat_key[:12]):
        assert found(f"lunch from:{name}") == by_bob, name
    await alice.client.feature(Contacts).set_nickname(bob_key, "Robert")
    for name in ("Robert", "robert", "Rob", f'"{alias(bob_key)}"'):
        assert found(f"lunch from:{name}") == by_bob, name
        assert found(f"from:{name}") == by_bob, name
    assert found("lunch in:#status") == ["lunch at noon", "lunch?"]
    assert found("lunch in:Book") == ["lunch of the club"]
    assert found("lunch in:Robert") == ["lunch, the two of us"]
    assert found("lunch in:book", "status") == ["lunch of the club"]
    assert found("has:image") == []
    today = datetime.fromtimestamp(alice.client.now).astimezone().date()
    tomorrow = today + timedelta(days=1)
    assert found(f"lunch before:{today}") == []
    assert len(found(f"lunch before:{tomorrow}")) == 4
    assert found(f"after:{today - timedelta(days=1)} from:robert") == by_bob
    assert found("") == []
    for typed, said in (
        ("x from:xyzzy", "Nobody who is here is called xyzzy"),
        ("x in:xyzzy", "There is no chat xyzzy"),
        ("x after:noon", "noon is no day"),
    ):
        with pytest.raises(LocalError, match=said):
            found(typed)
    await alice.client.feature(Contacts).set_nickname(carol.client.public_key, "Robin")
    with pytest.raises(LocalError, match=r"Several people are called rob: .*Write more"):
        found("x from:rob")
    assert found("lunch from:robin") == ["lunch at noon"]


@story
async def test_a_result_opens_in_its_place(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    await bob.client.join("status")
    await bob.say("status", "the harbour is open")
    for number in range(60):
        await bob.say("status", f"message {number}")
    chat = await alice.client.open_chat(bob.client.public_key)
    await network.wait(20)
    async with playing(network, alice, chat.id) as player:
        await player.write("/search HARBOUR")
        await player.press("enter")
        await player.settle()
        assert player.screen.current == "status"
        chosen = player.screen.view.chosen_message
        assert chosen is not None
        assert chosen.text == "the harbour is open"
        assert any("the harbour is open" in line for line in player.shown())
        assert any("message 3" in line for line in player.shown())  # with what is around it
