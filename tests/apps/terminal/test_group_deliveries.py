"""Who in a group has a message, by name."""

from __future__ import annotations

import pytest

from pystatus.apps.terminal import reports
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.errors import LocalError
from pystatus.testing import Network
from tests.apps.terminal.playing import playing, story


@story
async def test_those_who_lack_a_message_are_named(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob, carol, dave = [await network.person(name) for name in ("alice", "bob", "carol", "dave")]
    people = {"Bob": bob, "Carol": carol, "Dave": dave}
    for name, person in people.items():
        await alice.client.feature(Contacts).set_nickname(person.client.public_key, name)
    groups = alice.client.feature(Groups)
    group = await groups.create("Book club", [person.client.public_key for person in people.values()])
    await network.wait(5)
    for person in people.values():
        await person.client.feature(Groups).join(group.id)
    await network.wait(5)
    await carol.go_offline()
    await dave.go_offline()
    async with playing(network, alice, group.id) as player:
        await player.write("What do we read next?")
        await player.settle(10)
        assert "1/3 has it" in player.shown()[-1]
        message = player.screen.conversation.timeline.messages[-1]
        assert {one.hex for one in groups.missing(message)} == {one.client.public_key.hex for one in (carol, dave)}
        await player.press("shift+tab", "i")
        said = player.window()
        assert "not confirmed by" in said
        assert "Carol" in said
        assert "Dave" in said
        assert "Bob" not in said.partition("not confirmed by")[2].partition("\n")[0]
        await player.press("escape")
        monkeypatch.setattr(reports, "NAMED", 1)
        await player.press("i")
        assert "1 more" in player.window()
        with pytest.raises(LocalError, match="has not sent"):
            groups.missing(bytes(32))
