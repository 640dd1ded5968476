"""Tests of the archive bot: see docs/testing.md."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from examples.archive_bot import archive
from pystatus import Client, LocalError
from pystatus.testing import Network, run


def kept(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT chat, text FROM messages ORDER BY sent_ms").fetchall()


def test_what_is_said_in_its_chats_is_kept(tmp_path: Path) -> None:
    async def bot(client: Client) -> None:
        await archive(client, tmp_path / "archive.db", ["news", "sports"])

    async def story(network: Network) -> None:
        await network.bot("bot", bot)
        alice = await network.person("alice")
        for chat in ("news", "sports", "elsewhere"):
            await alice.say(chat, f"hello {chat}")
            await network.wait(5)
        assert kept(tmp_path / "archive.db") == [("news", "hello news"), ("sports", "hello sports")]

    run(story)


def test_nothing_is_lost_and_nothing_comes_twice_when_it_is_stopped_and_started(tmp_path: Path) -> None:
    async def bot(client: Client) -> None:
        await archive(client, tmp_path / "archive.db", ["news"])

    async def story(network: Network) -> None:
        alice, archivist = await network.person("alice"), await network.bot("bot", bot)
        await alice.say("news", "one")
        await network.wait(5)
        await archivist.stop()
        as_a_person = await network.person(
            "bot"
        )  # what comes is stored, and the bot does not run: as if it were killed
        await alice.say("news", "two")
        await network.wait(5)
        await as_a_person.stop()
        await network.bot("bot", bot)
        await alice.say("news", "three")
        await network.wait(60)
        assert [text for _, text in kept(tmp_path / "archive.db")] == ["one", "two", "three"]

    run(story)


def test_a_file_that_is_no_archive_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear archive, " * 100)

    async def story(network: Network) -> None:
        with pytest.raises(LocalError, match="Give another file"):
            await network.bot("bot", lambda client: archive(client, tmp_path / "letter.txt", ["news"]))

    run(story)
    assert (tmp_path / "letter.txt").read_text().startswith("Dear archive, ")
