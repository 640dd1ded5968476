"""Two faces of one profile: what is begun in one is in the other, unless that one is written in."""

from __future__ import annotations

from pystatus.client.features.conversations import Conversations
from pystatus.testing import Network
from tests.apps.terminal.playing import Player, playing, story


async def written(player: Player, text: str) -> None:
    """Somebody types, and waits for a moment."""
    player.screen.composer.focus()
    player.screen.composer.insert(text)
    await player.settle(2)


@story
async def test_a_draft_is_shown_in_both(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    answered = await bob.say("status", "who is there?")
    await network.wait(5)
    conversations = alice.client.feature(Conversations)
    await alice.client.join("other")
    async with playing(network, alice, "status") as player:
        screen = player.screen
        await conversations.set_draft("status", "it is", answered.message)
        await player.settle()
        assert screen.composer.text == "it is"
        assert screen.reply_to is not None
        await conversations.set_draft("other", "begun elsewhere")
        await player.settle()
        assert any("~" in line and "other" in line for line in player.chats())
        await written(player, " me")
        kept = conversations.draft("status")
        assert kept is not None
        assert kept.text == "it is me", "the draft is in the profile"
        screen.composer.insert("!")
        await conversations.set_draft("status", "from elsewhere")
        await player.settle(0.5)
        assert screen.composer.text == "it is me!", "what is being written here stays"
        await player.settle(2)
        kept = conversations.draft("status")
        assert kept is not None
        assert kept.text == "it is me!"
        await conversations.set_draft("status", "")
        await player.settle()
        assert screen.composer.text == "", "it was sent elsewhere"
        assert screen.reply_to is None
        await conversations.set_draft("other", "")
        await player.settle()
        assert not any("~" in line for line in player.chats())


@story
async def test_what_is_shown_from_elsewhere_is_not_stored_again(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    conversations = alice.client.feature(Conversations)
    async with playing(network, alice, "status") as player:
        await conversations.set_draft("status", "a")
        await player.settle(0.2)
        assert player.screen.composer.text == "a"
        await conversations.set_draft("status", "ab")
        await player.settle(3)
        kept = conversations.draft("status")
        assert kept is not None
        assert kept.text == player.screen.composer.text == "ab"
        await player.write("/help")
        await player.press("escape")
        await conversations.set_draft("status", "abc")
        await player.settle(0.5)
        await player.write("!")
        await player.settle()
        assert player.shown()[-1].endswith("abc!")
        assert conversations.draft("status") is None
