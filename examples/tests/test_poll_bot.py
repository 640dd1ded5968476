"""Tests of the poll: see docs/testing.md."""

import pytest

from examples.poll_bot import poll
from pystatus import Client, LocalError, Reactions
from pystatus.testing import Network, Person, run


async def lunch(client: Client) -> None:
    await poll(client, "news", 30, "What shall we eat?", ["pizza", "sushi"])


async def people(network: Network) -> list[Person]:
    """Three who are in the chat."""
    found = [await network.person(name) for name in ("alice", "bob", "carol")]
    for person in found:
        await person.client.join("news")
    return found


def test_people_vote_by_number_and_by_reaction_and_the_last_vote_counts() -> None:
    async def story(network: Network) -> None:
        alice, bob, carol = await people(network)
        await network.bot("bot", lunch)
        await network.wait(5)
        await alice.say("news", "1")
        await bob.say("news", "2")
        await carol.client.feature(Reactions).add(carol.messages[0], "👍")
        await network.wait(5)
        await bob.client.feature(Reactions).add(bob.messages[0], "👍")
        await carol.say("news", " 2 ")
        await network.wait(5)
        await alice.say("news", "!result")
        await network.wait(5)
        assert alice.texts[-1] == "So far: What shall we eat?\n1 👍 pizza: 2\n2 ❤️ sushi: 1"
        await network.wait(30 * 60)
        assert carol.texts[-1] == "Result: What shall we eat?\n1 👍 pizza: 2\n2 ❤️ sushi: 1"

    run(story)


def test_a_vote_that_is_taken_back_counts_no_more_and_what_comes_too_late_does_not_count() -> None:
    async def story(network: Network) -> None:
        alice, bob, _ = await people(network)
        await network.bot("bot", lunch)
        await network.wait(5)
        await alice.client.feature(Reactions).add(alice.messages[0], "❤️")
        await bob.client.feature(Reactions).add(bob.messages[0], "❤️")
        await network.wait(5)
        await alice.client.feature(Reactions).retract(alice.messages[0], "❤️")
        await network.wait(31 * 60)
        await alice.say("news", "1")
        await alice.say("news", "!result")
        await network.wait(5)
        assert alice.texts[-1] == bob.texts[-1] == "Result: What shall we eat?\n1 👍 pizza: 0\n2 ❤️ sushi: 1"

    run(story)


def test_a_poll_survives_restarts_and_asks_and_ends_once() -> None:
    async def story(network: Network) -> None:
        alice, _, _ = await people(network)
        for _ in range(3):
            bot = await network.bot("bot", lunch)
            await network.wait(14 * 60)
            await bot.stop()
        await network.bot("bot", lunch)
        await network.wait(60)
        assert [text.partition("\n")[0] for text in alice.texts] == ["What shall we eat?", "Result: What shall we eat?"]

    run(story)


def test_one_answer_is_no_poll() -> None:
    async def story(network: Network) -> None:
        with pytest.raises(LocalError, match="2 to 5 answers, not 1"):
            await network.bot("bot", lambda client: poll(client, "news", 1, "Pizza?", ["yes"]))

    run(story)
