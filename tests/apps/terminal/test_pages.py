"""People, groups, devices, the network, recovery words: pages over the chat, each by its keys."""

from __future__ import annotations

import pytest

from pystatus import MessageState
from pystatus.account.names import ShownName
from pystatus.apps.terminal.face import Wishes
from pystatus.apps.terminal.looks import steady
from pystatus.client import ClockSuspected, PeerUnreachable
from pystatus.client.features.backup import Backup
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.groups import Groups
from pystatus.client.features.names import Names
from pystatus.faces import outbox
from pystatus.messenger.events import DeviceFound
from pystatus.storage.kept_phrase import keep_phrase
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@story
async def test_requests_are_accepted_and_people_get_nicknames(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    async with playing(network, alice) as player:
        await bob.client.feature(Contacts).add(alice.client.public_key)
        await player.settle()
        assert "wants to write to you" in player.told
        await player.press("f3")
        assert "wants to write to you" in player.window()
        await player.press("a")
        await player.settle()
        assert alice.client.feature(Contacts).get(bob.client.public_key).is_mutual
        await player.press("n")
        await player.type_into_window("Robert")
        await player.press("enter")
        assert "Robert" in player.window()
        await player.press("enter")
        await player.settle()
        assert player.screen.current == bob.client.public_key.hex


@story
async def test_blocking_asks_first_and_deletes(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say("status", "buy this")
    await alice.client.join("status")
    async with playing(network, alice, "status") as player:
        await bob.say("status", "buy more")
        await player.settle()
        assert "buy more" in player.shown()[-1]
        await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Spammer")
        await player.press("f3")
        await player.press("b")
        assert "2 messages that they have written are" in " ".join(player.window().split())
        await player.press("enter")
        assert not alice.client.feature(Contacts).get(bob.client.public_key).blocked
        await player.press("b", "down", "enter")
        await player.settle()
        assert alice.client.feature(Contacts).get(bob.client.public_key).blocked
        await player.press("escape")
        assert not any("buy more" in line for line in player.shown())


@story
async def test_a_group_from_its_making_to_leaving_it(network: Network) -> None:
    alice, bob, carol = [await network.person(name) for name in ("alice", "bob", "carol")]
    async with playing(network, alice) as player:
        await player.write("/group Book club")
        group = player.screen.current
        assert group is not None
        await player.press("f4")
        await player.press("a")
        await player.type_into_window(bob.client.chat_key)
        await player.press("enter")
        await player.settle()
        assert "has not joined yet" in player.window()
        await bob.client.feature(Groups).join(group)
        await player.settle()
        await player.press("escape")
        await player.write("welcome")
        await player.settle()
        assert any("1/1 has it" in line for line in player.shown())
        await player.press("f4")
        await player.press("r")
        await player.type_into_window("Reading")
        await player.press("enter")
        await player.settle()
        assert bob.client.find_chat(group).name == "Reading"
        await player.press("l")
        link = player.window().split()[-5:]
        await player.press("escape")
        url = alice.client.feature(Groups).invitation_link(group)
        assert any("join.status.im" in word for word in link) or url
        await carol.client.feature(Groups).request_to_join(url, "It is me, Carol")
        await player.settle()
        await player.press("escape")
        await player.press("f4")
        assert "It is me, Carol" in player.window()
        await player.press("end", "y")
        await player.settle()
        assert len(alice.client.feature(Groups).members(group)) == 3
        await player.press("v", "down", "enter")
        await player.settle()
        assert not alice.client.find_chat(group).active


@story
async def test_devices_and_what_to_do_when_someone_has_the_words(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        alice.client._hub.tell(DeviceFound("1234"))
        await player.settle()
        assert "A device that you have not confirmed uses your account" in player.told
        await player.press("f6")
        await player.press("n")
        await player.type_into_window("laptop")
        await player.press("enter")
        assert "laptop · this device" in player.window()
        await player.press("x")
        assert "Make a new account" in player.window()


@story
async def test_the_network_page_says_why_and_what_to_do(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice) as player:
        await player.press("f9")
        assert "online, 1 relay" in player.window()
        await player.press("escape")
        await alice.go_offline()
        alice.client._hub.tell(PeerUnreachable("ab" * 64, "192.0.2.1:30303", "Connection refused"))
        await player.settle(30)
        status = str(player.screen._status.render())
        assert "No relay" in status or "no relay" in status
        await player.press("f9")
        assert "refuse" in player.window()
        assert "192.0.2.1:30303" in player.window()
        await player.press("escape")
        alice.client._hub.tell(ClockSuspected(43, 2, "your clock is 43 seconds behind", advice="Set the clock."))
        await player.settle()
        assert "Your clock is 43 seconds behind" in str(player.screen._status.render())
        await player.press("f9")
        assert "Set the clock." in player.window()


@story
async def test_recovery_words_are_asked_back_and_then_gone(network: Network) -> None:
    client = network.client("alice")
    keep_phrase(network._places["alice"].profile._contents.reopen().database, PHRASE)
    del client
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        await player.press("f8")
        assert " 1. legal" in player.window()
        assert "12. yellow" in player.window()
        await player.press("enter")
        assert "yellow" not in player.window()
        await player.type_into_window("wrong words here")
        await player.press("enter")
        assert "is not what is on your list" in player.complaints[-1]
        places = player.app.screen._places  # type: ignore[attr-defined]  # it is the chat's screen
        await player.type_into_window(" ".join(PHRASE.split()[place - 1] for place in places))
        await player.press("enter")
        await player.settle()
        assert not alice.client.feature(Backup).is_due()
        await player.press("f8")
        assert "There are no words to show" in player.told


@story
async def test_a_name_that_imitates_one_we_know_is_warned_of(network: Network) -> None:
    alice, bob, mallory = [await network.person(name) for name in ("alice", "bob", "mallory")]
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    await mallory.say(alice, "it is me, Bob")
    await network.wait(2)
    names = alice.client.feature(Names)
    real = names.of

    def of(person: object) -> ShownName:
        shown = real(person)  # type: ignore[arg-type]
        if person == mallory.client.public_key:
            return ShownName(shown.key, "B\u043eb", shown.kind)
        return shown

    names.of = of  # type: ignore[method-assign]
    async with playing(network, alice, mallory.client.public_key.hex) as player:
        assert "this name looks like that of Bob" in str(player.screen._title.render())


@story
async def test_a_link_is_looked_at_before_it_is_opened(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_page(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", open_page)
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "see https://harbour.example/tides")
    await network.wait(2)
    async with playing(network, alice) as player:
        await player.press("shift+tab", "up")
        await player.press("o")
        assert "harbour.example" in player.window()
        await player.press("enter")
        assert opened == []
        await player.press("o")
        await player.press("down", "enter")
        assert opened == ["https://harbour.example/tides"]
        await player.press("o")
        assert len(opened) == 2
        await bob.say(alice, "and https://join.status.im/harbour")
        await player.settle()
        await player.press("down")
        await player.press("o")
        await player.settle()
        assert player.screen.current == "harbour"
        assert len(opened) == 2


@story
async def test_messages_that_wait_are_in_the_outbox(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    await alice.go_offline()
    async with playing(network, alice, "status") as player:
        await player.write("on its way")
        await player.press("f5")
        assert "… #status: on its way" in player.window()
        await player.press("enter")
        assert player.screen.view.chosen_message is not None
        assert player.screen.view.chosen_message.state is MessageState.SENDING


@story
async def test_the_outbox_counts_what_it_does_not_list_and_sends_all(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of any chat, however long ago it was used, and however many were written since."""
    monkeypatch.setattr(outbox, "PAGE", 2)
    monkeypatch.setattr(outbox, "MAX_LISTED", 3)
    alice = await network.person("alice")
    for name in ("first", "second"):
        await alice.client.join(name)
    await alice.go_offline()
    for name, number in (("first", 1), *(("second", number) for number in range(2, 7))):
        await alice.client.send_text(name, f"message {number}")
    assert sorted(one.text[-1] for one in outbox.waiting(alice.client)) == list("123456")
    async with playing(network, alice, "second") as player:
        assert "6 messages wait" in str(player.screen._status.render())
        await player.press("f5")
        window = player.window()
        assert "#second: message 4" in window
        assert "#second: message 3" not in window
        assert "3 more wait" in window
        for _ in range(6):
            await player.press("down")  # what counts the others cannot be chosen
        await player.press("escape")
        await alice.go_online()
        await player.settle(60)
        assert list(outbox.waiting(alice.client)) == []


@story
async def test_what_waits_is_withdrawn_in_the_outbox_and_can_be_written_anew(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.client.join("status")
    await alice.client.join("status")
    await alice.client.open_chat(bob.client.public_key)
    await alice.go_offline()
    async with playing(network, alice, "status") as player:
        await player.write("meet at noon")
        await player.write("thought better of")
        assert "2 messages wait" in str(player.screen._status.render())
        await player.press("f5")
        assert "w: withdraw" in player.window()
        await player.press("w")
        await player.settle()
        assert "thought better of" not in player.window()
        assert "meet at noon" in player.window()
        assert "in the line of its chat again" in player.told
        await player.press("escape")
        assert player.screen.composer.text == "thought better of"
        assert not any("thought better of" in line for line in player.shown())
        assert "1 message waits" in str(player.screen._status.render())
        await alice.go_online()
        await player.settle(60)
    assert bob.texts == ["meet at noon"]


@story
async def test_a_key_takes_a_message_back_and_what_has_left_says_so(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice, "status") as player:
        await player.write("with a relay")
        await player.settle()
        await alice.go_offline()
        await player.write("still here")
        await player.press("shift+tab", "i")
        assert "you can withdraw it" in player.window()
        await player.press("escape", "d")
        assert "It is sent all the same. To take it back, withdraw it" in player.window()
        await player.press("escape", "w")
        await player.settle()
        assert player.shown()[-1].endswith("with a relay")
        await player.press("w")
        assert "has left this device, and cannot be withdrawn" in player.complaints[-1]
        assert player.shown()[-1].endswith("with a relay")


@story
async def test_a_draft_that_is_there_stays_when_a_message_is_withdrawn(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    conversations = alice.client.feature(Conversations)
    await alice.go_offline()
    async with playing(network, alice, chat.id) as player:
        await player.write("ask @Bob :smile:")
        await player.press("shift+tab", "w")
        await player.settle()
        draft = conversations.draft(chat)
        assert draft is not None
        assert draft.text == "ask @Bob 😄", "people are called by name in it, as they were typed"
        await player.write("!")
        await player.settle(2)
        player.screen.composer.insert("begun")
        await player.settle(2)
        await player.press("escape", "shift+tab", "w")
        await player.settle()
        draft = conversations.draft(chat)
        assert draft is not None
        assert draft.text == "begun"
        assert player.told.endswith("Withdrawn: nobody gets it.")


@pytest.mark.parametrize("size", [(20, 5), (59, 12), (40, 30), (300, 80)])
def test_every_size(size: tuple[int, int]) -> None:
    async def tell(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await bob.say(alice, "a long message " * 30)
        await network.wait(2)
        async with playing(network, alice, size=size) as player:
            for key in ("f1", "f3", "f6", "f9", "ctrl+k", "ctrl+f", "ctrl+n"):
                await player.press(key)
                await player.press("escape")
            await player.write("hi")
            assert any("hi" in line for line in player.lines())
            await player.pilot.resize_terminal(100, 30)
            await player.settle()
            assert any("hi" in line for line in player.lines())
            await player.pilot.resize_terminal(*size)
            await player.settle()
            if size[0] < 60:
                await player.press("escape")
                assert player.screen.query_one("#side").display
                assert not player.screen.query_one("#chat").display
                await player.press("enter")
                assert player.screen.query_one("#chat").display

    from pystatus import testing

    testing.run(tell)


@story
async def test_without_unicode(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice, "status", wishes=Wishes(ascii=True, blink=False)) as player:
        await player.write("plain")
        ours = "\n".join(player.lines() + player.chats())
        assert "- plain" in ours or "v plain" in ours or "- " in ours
        assert ours.isascii()


@story
async def test_all_texts_come_from_the_catalogue(network: Network) -> None:
    """In the pseudo-locale every sentence of ours has its brackets."""
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice, "status", language="pseudo") as player:
        for key in ("f1", "f3", "f6", "f9", "ctrl+n", "ctrl+f"):
            await player.press(key)
            lines = [one for one in player.window().split("\n") if any(letter.isalpha() for letter in one)]
            bare = [one for one in lines if "⟦" not in one and "⟧" not in one]
            assert not [one for one in bare if len(one.split()) > 5], bare
            await player.press("escape")


def test_text_beside_others_has_a_sure_width() -> None:
    assert steady("👩‍👩‍👧 family 🇩🇪 flag ❤️", 40) == "👩👩👧 family ·· flag ❤"
    assert steady("abcdefgh", 4) == "abc…"
    assert steady("漢字漢字", 5) == "漢字…"
    assert steady("", 4) == ""
