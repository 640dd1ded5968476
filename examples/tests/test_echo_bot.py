"""Tests of the echo bot, with people and a network in memory: see docs/testing.md."""

from examples.echo_bot import echo
from pystatus.testing import Conditions, Network, run


def test_who_writes_to_the_bot_alone_is_answered_though_a_third_is_lost() -> None:
    async def story(network: Network) -> None:
        bot = await network.bot("bot", echo)
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.say(bot, "hello")
        await bob.say(bot, "and from me")
        await network.wait(3_600)
        assert (alice.texts, bob.texts) == (["hello"], ["and from me"])

    run(story, Conditions(loss=0.33), seed=1)


def test_in_public_it_is_silent() -> None:
    async def story(network: Network) -> None:
        bot, alice = await network.bot("bot", echo), await network.person("alice")
        await bot.client.join("news")
        await alice.say("news", "hello all")
        await network.wait(60)
        assert (bot.texts, alice.texts) == (["hello all"], [])

    run(story)


def test_two_of_them_do_not_answer_each_other_for_ever() -> None:
    async def story(network: Network) -> None:
        one, other = await network.bot("one", echo), await network.bot("other", echo)
        await one.say(other, "hello")
        await network.wait(3_600)
        assert len(one.texts) + len(other.texts) <= 12

    run(story)


def test_after_a_restart_nothing_is_answered_again() -> None:
    async def story(network: Network) -> None:
        bot, alice = await network.bot("bot", echo), await network.person("alice")
        await alice.say(bot, "one")
        await network.wait(60)
        await bot.stop()
        await alice.say(bot, "two")  # repeated until the bot is back
        await network.wait(60)
        await network.bot("bot", echo)
        await network.wait(3_600)
        assert alice.texts == ["one", "two"]

    run(story)
