"""Tests of the bridge: see docs/testing.md."""

import pytest

from examples.bridge_bot import MARK, bridge
from pystatus import MAX_TEXT, Client, LocalError
from pystatus.testing import Network, Person, run


async def news_and_sports(client: Client) -> None:
    await bridge(client, "news", "sports")


async def two_people(network: Network) -> tuple[Person, Person]:
    """Alice is in one chat, and bob in the other."""
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("news")
    await bob.client.join("sports")
    return alice, bob


def test_what_is_said_in_one_chat_is_read_in_the_other_with_who_said_it() -> None:
    async def story(network: Network) -> None:
        await network.bot("bot", news_and_sports)
        alice, bob = await two_people(network)
        await alice.say("news", "hello sports")
        await bob.say("sports", "hello news")
        await network.wait(60)
        assert bob.texts == [f"{MARK}{alice.client.name} in #news: hello sports"]
        assert alice.texts == [f"{MARK}{bob.client.name} in #sports: hello news"]

    run(story)


def test_two_bridges_between_the_same_chats_do_not_pass_on_each_others_words() -> None:
    async def story(network: Network) -> None:
        for name in ("bot", "another"):
            await network.bot(name, news_and_sports)
        alice, bob = await two_people(network)
        await alice.say("news", "hello")
        await network.wait(3_600)
        assert (len(bob.texts), alice.texts) == (2, [])

    run(story)


def test_what_came_before_it_was_killed_is_passed_on_once_when_it_is_back() -> None:
    async def story(network: Network) -> None:
        bot = await network.bot("bot", news_and_sports)
        alice, bob = await two_people(network)
        await alice.say("news", "one")
        await network.wait(5)
        await bot.stop()
        as_a_person = await network.person(
            "bot"
        )  # what comes is stored, and the bot does not run: as if it were killed
        await alice.say("news", "two")
        await network.wait(5)
        await as_a_person.stop()
        await network.bot("bot", news_and_sports)
        await network.wait(60)
        assert [text.rpartition(": ")[2] for text in bob.texts] == ["one", "two"]

    run(story)


def test_the_longest_text_is_cut_and_a_day_that_it_missed_is_not_repeated() -> None:
    async def story(network: Network) -> None:
        bot = await network.bot("bot", news_and_sports)
        alice, bob = await two_people(network)
        await alice.say("news", "x" * MAX_TEXT)
        await network.wait(60)
        assert (len(bob.texts[0]), bob.texts[0][-2:]) == (MAX_TEXT, "x…")
        await bot.stop()
        as_a_person = await network.person("bot")
        await alice.say("news", "old news")
        await network.wait(5)
        await as_a_person.stop()
        await network.wait(2 * 3_600)
        await network.bot("bot", news_and_sports)
        await network.wait(60)
        assert len(bob.texts) == 1

    run(story)


def test_a_chat_is_not_joined_with_itself() -> None:
    async def story(network: Network) -> None:
        with pytest.raises(LocalError, match="two chats"):
            await network.bot("bot", lambda client: bridge(client, "news", "#News"))

    run(story)
