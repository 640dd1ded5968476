"""Chatting on the screen, with a person who presses keys."""

from __future__ import annotations

import gc

from pystatus import ChatKind
from pystatus.account.alias import alias
from pystatus.apps.terminal import loading
from pystatus.apps.terminal.dialogs.windows import QuestionWindow, TextWindow
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.groups import Groups
from pystatus.client.features.reactions import Reactions
from pystatus.messenger.records import MessageState
from pystatus.testing import Network
from tests.apps.terminal.playing import greeted, playing, story


@story
async def test_one_can_write_at_once_and_sees_the_message_arrive(network: Network) -> None:
    alice, bob = await greeted(network)
    async with playing(network, alice) as player:
        assert any("hello" in line for line in player.shown())
        await player.press(*"hi")
        assert player.screen.composer.text == "hi"
        await player.press("enter")
        assert player.screen.composer.text == ""
        await player.settle()
        assert player.shown()[-1].split() == ["✓", "hi"]
        assert bob.texts == ["hi"]


@story
async def test_without_a_relay_what_is_written_waits_and_goes_out_by_itself(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    await alice.go_offline()
    async with playing(network, alice, chat.id) as player:
        await player.write("later")
        assert player.shown()[-1].split() == ["…", "later"]
        assert "1 message waits" in str(player.screen._status.render())
        await alice.go_online()
        await player.settle(60)
        assert player.shown()[-1].split() == ["✓", "later"]
        assert "waits" not in str(player.screen._status.render())
    assert bob.texts == ["later"]


@story
async def test_unread_messages_are_counted_until_they_were_in_view(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    await bob.say(alice, "first")
    await network.wait(2)
    async with playing(network, alice, "status") as player:
        assert any("1 @" in line for line in player.chats())
        assert player.app.sub_title == "(1) pystatus"
        await bob.say(alice, "second")
        await player.settle()
        assert any("2 @" in line for line in player.chats())
        await player.press("alt+a")
        assert "2 new messages" in "\n".join(player.lines())
        await player.settle()
        assert alice.client.find_chat(bob.client.public_key.hex).unread == 0
        assert player.app.sub_title == "pystatus"


@story
async def test_nothing_counts_as_read_while_somebody_looks_elsewhere(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with playing(network, alice, chat.id) as player:
        player.app.app_focus = False
        await bob.say(alice, "are you there?")
        await player.settle()
        assert alice.client.find_chat(chat.id).unread == 1
        player.app.app_focus = True
        player.screen.mark_seen()
        await player.settle()
        assert alice.client.find_chat(chat.id).unread == 0


@story
async def test_what_was_begun_is_kept_per_chat_and_in_the_profile(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with playing(network, alice, chat.id) as player:
        await player.press(*"draft", "alt+up")
        assert player.screen.current == "status"
        assert player.screen.composer.text == ""
        assert any("~ @" in line for line in player.chats())
        draft = alice.client.feature(Conversations).draft(chat)
        assert draft is not None
        assert draft.text == "draft"
        await player.write("for everybody")
        await player.press("alt+down")
        assert player.screen.composer.text == "draft"
    async with playing(network, alice, chat.id) as player:
        assert player.screen.composer.text == "draft"


@story
async def test_escape_never_deletes_what_is_written(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice) as player:
        await player.press(*"text", "escape", "escape")
        assert player.screen.composer.text == "text"


@story
async def test_a_new_line_does_not_send(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.client.join("status")
    await alice.client.join("status")
    async with playing(network, alice) as player:
        await player.press("a", "ctrl+j", "b", "alt+enter", "c", "enter")
        await player.settle()
    assert bob.texts == ["a\nb\nc"]


@story
async def test_names_emoji_and_commands_are_completed(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    name = alias(bob.client.public_key)
    async with playing(network, alice, chat.id) as player:
        await player.press("@", *name[:2].lower())
        assert name in str(player.screen._hint.render())
        await player.press("tab")
        assert player.screen.composer.text == f"@{name} "
        player.screen.composer.fill("")
        await player.press(":", *"smil", "tab")
        assert player.screen.composer.text.strip() not in ("", ":smil")
        player.screen.composer.fill("")
        await player.press("slash", *"expl", "tab")
        assert player.screen.composer.text == "/explain "


@story
async def test_a_paste_of_many_lines_is_asked_about_and_is_never_a_command(network: Network) -> None:
    from textual.events import Paste

    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.client.join("status")
    await alice.client.join("status")
    text = "/leave\n" + "\n".join("abcdef")
    async with playing(network, alice) as player:
        for row, put_in in enumerate((text, f"```\n{text}\n```", " ".join(text.split()))):
            player.screen.composer.fill("")
            player.app.post_message(Paste(text))
            await player.settle(0.5)
            assert "7 lines" in player.window()
            await player.press(*["down"] * row, "enter")
            assert player.screen.composer.text == put_in
        player.screen.composer.fill("")
        player.app.post_message(Paste("line\n" * 2_000_000))
        await player.settle(0.5)
        assert "10 MB" in player.window()
        await player.press("escape")
        assert player.screen.composer.text == ""
        player.app.post_message(Paste("/leave"))
        await player.settle(0.5)
        assert player.screen.composer.text == "/leave"
        await player.press("enter")
        await player.settle()
        assert alice.client.find_chat("status").active
    assert bob.texts == ["/leave"]


@story
async def test_replies_show_what_they_answer_and_lead_there(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "what do you think?")
    await network.wait(2)
    async with playing(network, alice) as player:
        await player.press("shift+tab", "up", "r")
        assert "Replying to" in str(player.screen._hint.render())
        await player.write("a lot")
        assert any("┃" in line and "what do you think?" in line for line in player.shown())
        assert bob.messages[0].response_to is not None
        await player.press("shift+tab", "down", "enter")
        assert player.screen.view.chosen_message is not None
        assert player.screen.view.chosen_message.text == "what do you think?"


@story
async def test_reactions(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "good news")
    await network.wait(2)
    async with playing(network, alice) as player:
        await player.press("shift+tab", "up", "plus")
        assert "👍" in player.window()
        await player.type_into_window("2")
        await player.press("enter")
        await player.settle()
        assert any("👍 1*" in line for line in player.shown())
    (theirs,) = bob.client.feature(Reactions).of(bob.client.history(alice.client.public_key.hex)[0])
    assert theirs.count == 1


@story
async def test_a_message_is_explained_and_shown_raw(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "a\u202eb")
    await network.wait(2)
    async with playing(network, alice) as player:
        await player.press("shift+tab", "up", "i")
        assert isinstance(player.app.screen, TextWindow)
        assert "forward secrecy" in player.window()
        await player.press("escape", "v")
        assert "[U+202E RIGHT-TO-LEFT OVERRIDE]" in player.window()
        await player.press("escape")
        assert "\u202e" not in "\n".join(player.lines())


@story
async def test_history_comes_by_scrolling_up_and_nothing_jumps(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.join("status")
    for number in range(130):
        await alice.client.send_text(chat, f"message {number}")
    await network.wait(5)
    async with playing(network, alice, "status") as player:
        assert player.shown()[-1].endswith("message 129")
        seen: set[str] = set()
        for _ in range(8):
            await player.press("pageup")
            before = player.lines()
            await player.settle(0.2)
            assert player.lines() == before
            seen |= {line.split()[-1] for line in player.shown() if "message" in line}
        assert seen >= {str(number) for number in range(100)}
        assert any("begins" in line for line in player.shown())
        top = player.lines()
        await bob.say("status", "something new")
        await player.settle()
        assert player.lines() == top
        await player.press("escape")
        assert player.shown()[-1].endswith("something new")


@story
async def test_search_opens_the_place(network: Network) -> None:
    alice = await network.person("alice")
    chat, other = await alice.client.join("status"), await alice.client.join("news")
    await alice.client.send_text(chat, "the harbour is closed")
    for number in range(150):
        await alice.client.send_text(chat, f"message {number}")
    await network.wait(5)
    async with playing(network, alice, other.id) as player:
        await player.write("/search harb*")
        await player.settle()
        assert "the harbour is closed" in player.window()
        await player.press("enter")
        assert player.screen.current == "status"
        assert any("the harbour is closed" in line for line in player.shown())
        await player.press("ctrl+g")
        assert isinstance(player.app.screen, QuestionWindow)
        await player.type_into_window("1999-01-01")
        await player.press("enter")
        assert any("the harbour is closed" in line for line in player.shown())
        await player.press("ctrl+g")
        await player.type_into_window("yesterday")
        await player.press("enter")
        assert "Write a day as" in player.complaints[-1]


@story
async def test_the_switcher_finds_chats_and_commands(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    await alice.client.open_chat(bob.client.public_key)
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Robert")
    async with playing(network, alice, "status") as player:
        await player.press("ctrl+k")
        await player.type_into_window("rbt")
        await player.press("enter")
        assert player.screen.current == bob.client.public_key.hex
        await player.press("ctrl+k")
        await player.type_into_window("/expo")
        await player.press("enter")
        assert player.screen.composer.text == "/export "
        await player.press("ctrl+k", "escape")
        assert player.screen.composer.text == "/export "


@story
async def test_ctrl_n_joins_a_public_chat_and_explains_what_is_none(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice) as player:
        await player.press("ctrl+n")
        await player.type_into_window("#Status")
        await player.press("enter")
        assert alice.client.find_chat("status").kind is ChatKind.PUBLIC
        await player.press("ctrl+n")
        await player.type_into_window("ab" * 32)
        await player.press("enter")
        assert "private key" in player.complaints[-1]
        assert "abab" not in player.complaints[-1]


@story
async def test_a_command_that_does_not_exist_sends_nothing_and_leaves_what_was_typed(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice) as player:
        await player.write("/jion status")
        assert "There is no command" in player.complaints[-1]
        assert player.screen.composer.text == "/jion status"
        player.screen.composer.fill("")
        await player.write("//jion")
        assert player.shown()[-1].endswith("/jion")
        player.screen.composer.fill("")
        await player.press("up")
        assert player.screen.composer.text == "//jion"
        await player.press("down")
        assert player.screen.composer.text == ""


@story
async def test_a_failed_message_is_sent_again(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    await bob.stop()
    async with playing(network, alice, chat.id) as player:
        await player.write("hello?")
        await player.settle(60 * 60 * 20)
        (message,) = alice.client.history(chat)
        assert message.state is MessageState.UNCONFIRMED
        assert player.shown()[-1].split() == ["?", "hello?"]
        await player.press("f5")
        assert "not confirmed" in player.window()
        await network.person("bob")
        await player.press("r", "escape")
        await player.settle(60)
        assert player.shown()[-1].split() == ["✓", "hello?"]


@story
async def test_what_comes_in_one_burst_is_what_was_typed(network: Network) -> None:
    """As over a slow line, or from a terminal that does not say what is pasted."""
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with playing(network, alice, chat.id) as player:
        await player.burst(
            *"two", "enter", *"three", "enter", "enter", *"teh", "backspace", "backspace", *"he", "enter"
        )
        await player.settle()
        await player.burst(*"end", "left", "left", "left", *"to the ", "enter")
        await player.settle()
    await network.wait(10)
    assert bob.texts == ["two", "three", "the", "to the end"]


@story
async def test_what_was_begun_is_kept_when_a_chat_opens_and_when_a_command_is_chosen(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    async with playing(network, alice) as player:
        await player.press(*"half")
        await bob.say(alice, "hello")
        await player.settle()
        assert player.screen.current is not None or player.screen.composer.text == "half"
        player.screen.change_chat(bob.client.public_key.hex)
        assert player.screen.composer.text == "half"


@story
async def test_the_news_of_a_group_appear_in_it_when_they_come(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    group = await alice.client.feature(Groups).create("Trio", [bob.client.public_key])
    await network.wait(5)
    async with playing(network, alice, group.id) as player:
        before = len(player.shown())
        await bob.client.feature(Groups).join(group.id)
        await player.settle(5)
        assert any("joined" in line for line in player.shown()[before - 1 :])


@story
async def test_garbage_is_looked_for_again_once_somebody_can_write(network: Network) -> None:
    """While the client is loaded nothing is garbage, and looking for it would take a quarter of the time."""
    alice = await network.person("alice")
    loading.begin()
    try:
        assert not gc.isenabled()
        async with playing(network, alice):
            assert gc.isenabled()
            assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
