"""Chats that stand first, and chats that are put away."""

from __future__ import annotations

from pystatus import testing
from pystatus.client.features.conversations import Conversations
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story
from tests.apps.terminal.snapshots import check
from tests.apps.terminal.test_pictures import same_each_time  # noqa: F401 - a fixture for all of them


@story
async def test_by_keys_of_the_list_and_by_commands(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    for name in ("anchor", "boat", "crew"):
        await alice.client.join(name)
    async with playing(network, alice, "crew") as player:
        player.screen.chat_list.focus()
        await player.press("p")
        assert "crew" in player.chats()[0]
        assert "pinned" in player.chats()[0]
        await player.press("down", "a")
        assert player.screen.current == "anchor"
        assert len(player.chats()) == 2
        listed = player.screen.chat_list
        shown = "".join(segment.text for segment in listed.render_line(2)).strip()
        assert shown == "1 archived · A shows it"
        await player.press("A")
        assert "archived" in player.chats()[-1]
        await player.press("A")
        assert len(player.chats()) == 2
        await player.press("ctrl+k")
        await player.type_into_window("anch")
        await player.press("enter")
        assert player.screen.current == "anchor", "the switcher finds it"
        await bob.say("anchor", "anybody here?")
        await player.settle()
        assert len(player.chats()) == 3, "it comes back"
        await player.write("/archive")
        await player.write("/archive")
        assert "in the list again" in player.told
        await player.write("/pin")
        assert alice.client.find_chat("anchor").pinned
        await player.write("/pin")
        assert "among the others again" in player.told


def test_picture() -> None:
    async def tell(network: Network) -> None:
        alice = await network.person("alice")
        conversations = alice.client.feature(Conversations)
        for name in ("anchor", "boat", "crew", "dock", "engine"):
            await alice.client.join(name)
        await conversations.set_pinned("dock")
        await conversations.set_archived("engine")
        await conversations.set_muted("boat")
        await conversations.set_draft("crew", "we could")
        async with playing(network, alice, "anchor", size=(90, 18)) as player:
            check(player.app, "arranged")
            player.screen.chat_list.action_archived()
            await player.settle(0.1)
            check(player.app, "arranged-all")

    testing.run(tell)
