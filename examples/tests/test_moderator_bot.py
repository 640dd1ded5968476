"""Tests of the moderator: see docs/testing.md."""

import asyncio

import pytest

from examples.moderator_bot import REMOVED, WELCOME, moderate
from pystatus import Client
from pystatus.client.features.groups import Groups
from pystatus.testing import Network, Person, run


async def book_club(client: Client) -> None:
    await moderate(client, "Book club")


async def asks(person: Person, bot: Person, introduction: str) -> None:
    """Ask to be let in, wait, and join if that is possible."""
    link = bot.client.feature(Groups).invitation_link("Book club")
    groups = person.client.feature(Groups)
    await groups.request_to_join(link, introduction)
    await asyncio.sleep(10)
    for chat in person.client.chats():
        if chat.name == "Book club" and not all(one.has_joined for one in groups.members(chat)):
            await groups.join(chat)
    await asyncio.sleep(10)


def members(bot: Person) -> list[str]:
    keys = [one.person for one in bot.client.feature(Groups).members("Book club")]
    return [key.hex for key in keys if key != bot.client.public_key]


def test_who_agrees_is_let_in_and_the_others_hear_why_not() -> None:
    async def story(network: Network) -> None:
        bot = await network.bot("bot", book_club)
        alice, bob = await network.person("alice"), await network.person("bob")
        await asks(alice, bot, "I am Alice, and I agree.")
        await asks(bob, bot, "Bob")
        assert members(bot) == [alice.client.public_key.hex]
        assert (alice.texts, bob.texts) == ([], [f"Book club: {WELCOME}"])

    run(story)


def test_who_posts_a_link_is_removed_and_hears_why() -> None:
    async def story(network: Network) -> None:
        bot = await network.bot("bot", book_club)
        alice, bob = await network.person("alice"), await network.person("bob")
        for person in (alice, bob):
            await asks(person, bot, "I agree")
        await alice.client.send_text("Book club", "Chapter three?")
        await bob.client.send_text("Book club", "Buy at https://example.org")
        await network.wait(60)
        assert members(bot) == [alice.client.public_key.hex]
        assert bob.texts == ["Chapter three?", f"Book club: {REMOVED}"]

    run(story)


def test_what_it_missed_is_done_once_and_who_is_back_is_not_removed_again() -> None:
    async def story(network: Network) -> None:
        bot, alice = await network.bot("bot", book_club), await network.person("alice")
        await asks(alice, bot, "I agree")
        await bot.stop()
        as_a_person = await network.person(
            "bot"
        )  # what comes is stored, and the bot does not run: as if it were killed
        await alice.client.send_text("Book club", "https://example.org")
        await network.wait(10)
        await as_a_person.stop()
        bot = await network.bot("bot", book_club)
        await network.wait(10)
        assert members(bot) == []
        await asks(alice, bot, "Sorry. I agree")
        await bot.stop()
        bot = await network.bot("bot", book_club)
        await network.wait(60)
        assert members(bot) == [alice.client.public_key.hex]
        assert alice.texts == [f"Book club: {REMOVED}"]

    run(story)


def test_until_it_is_an_admin_it_waits(capsys: pytest.CaptureFixture[str]) -> None:
    async def story(network: Network) -> None:
        bot, alice = await network.person("bot"), await network.person("alice")
        club = await alice.client.feature(Groups).create("Book club", [bot.client.public_key])
        await network.wait(10)
        await bot.stop()
        bot = await network.bot("bot", book_club)
        await network.wait(60)
        assert "I wait until an admin of Book club makes me one" in capsys.readouterr().out
        await alice.client.feature(Groups).promote(club, [bot.client.public_key])
        await network.wait(60)
        assert "Ask me by https://" in capsys.readouterr().out
        await alice.client.send_text(club, "As an admin I may: https://example.org")
        await network.wait(60)
        assert members(bot) == [alice.client.public_key.hex]

    run(story)
