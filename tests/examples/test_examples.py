"""The examples do what they say."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus import Account, Client, Message, MessageReceived, Node, NodeConfig, PrivateKey, Profiles
from tests.support.environment import clean_environment

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PASSWORD = "correct horse"
RELAY = f"enode://{PrivateKey(bytes(31) + bytes([3])).public_key.xy.hex()}@127.0.0.1:1"
"""A relay that is away."""
PATIENCE = 60.0
"""Seconds until a test that hangs is ended."""


@pytest.fixture
async def relay() -> AsyncIterator[str]:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        yield str(node.enode)


@pytest.fixture
async def person(tmp_path: Path, relay: str) -> AsyncIterator[Client]:
    """Somebody who talks to the example."""
    store(tmp_path / "person", "person", secret=1)
    async with Client.open("person", PASSWORD, data_dir=tmp_path / "person", peers=[relay]) as client:
        await client.wait_for_peer(PATIENCE)
        yield client


def store(data_directory: Path, name: str, *, secret: int) -> None:
    account = Account.from_private_key(PrivateKey(secret.to_bytes(32, "big")))
    Profiles(data_directory).create(account, PASSWORD, name)


@asynccontextmanager
async def running(example: str, *arguments: str, data_directory: Path, relay: str = "") -> AsyncIterator[Process]:
    """The example as a process; it is interrupted at the end, as with Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / example),
        *arguments,
        env=clean_environment(PYSTATUS_DATA_DIR=str(data_directory), PYSTATUS_PASSWORD=PASSWORD, PYSTATUS_PEERS=relay),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(2)
        async with asyncio.timeout(PATIENCE):
            _, errors = await process.communicate()
        assert "Traceback" not in errors.decode()


async def next_line(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


async def next_message(client: Client, text: str, to: str) -> Message:
    """What comes back when ``client`` sends ``text``."""
    events = client.events()
    await client.send_text(to, text)
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if isinstance(event, MessageReceived):
                return event.message
    raise AssertionError("the client was closed")


BOTS = {
    "echo_bot.py": ("bot",),
    "archive_bot.py": ("bot", "archive.db", "news"),
    "bridge_bot.py": ("bot", "news", "sports"),
    "moderator_bot.py": ("bot", "Book club"),
    "poll_bot.py": ("bot", "news", "1", "What shall we eat?", "pizza", "sushi"),
}
"""Each bot with arguments that are right."""


async def test_echo_bot(tmp_path: Path, relay: str, person: Client) -> None:
    store(tmp_path / "bot", "bot", secret=2)
    async with running("echo_bot.py", "bot", data_directory=tmp_path / "bot", relay=relay) as bot:
        key = (await next_line(bot)).split()[-1]
        chat = await person.open_chat(key)
        answer = await next_message(person, "hello\nbot", chat.id)
        assert (answer.text, answer.author.hex) == ("hello\nbot", chat.id)
        assert answer.response_to == person.history(chat)[-1].id
        assert answer.forward_secrecy
    assert bot.returncode == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("bot", BOTS)
async def test_each_bot_ends_in_good_order(
    bot: str, end: signal.Signals, tmp_path: Path, relay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the archive is
    store(tmp_path / "bot", "bot", secret=2)
    async with running(bot, *BOTS[bot], data_directory=tmp_path / "bot", relay=relay) as process:
        assert (await next_line(process)).startswith("I am ")
        process.send_signal(end)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0


async def test_watch_chat(tmp_path: Path, relay: str, person: Client) -> None:
    store(tmp_path / "watcher", "watcher", secret=2)
    await person.join("news")
    for said in ("hello", "again"):  # the second time, what was said the first time is history
        arguments = ("watcher", "#news")
        async with running("watch_chat.py", *arguments, data_directory=tmp_path / "watcher", relay=relay) as watcher:
            if said == "again":
                assert await next_line(watcher) == f"{person.name}: hello all"
            assert await next_line(watcher) == "Listening to #news"
            await person.send_text("news", f"\x1b[2J{said}\nall")
            assert await next_line(watcher) == f"{person.name}: {said} all"
        assert watcher.returncode == 0


async def test_two_people(tmp_path: Path) -> None:
    async with running("two_people.py", data_directory=tmp_path) as process:
        assert (await next_line(process)).endswith(": Hello Bob!")
        assert await process.wait() == 0


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.py") if path.name != "two_people.py"))
async def test_an_example_that_lacks_something_says_so_in_a_sentence(example: str, tmp_path: Path) -> None:
    """Without an argument, a password, a relay or an account: what people have who try it first."""
    right = BOTS.get(example, ("bot", "news"))
    store(tmp_path / "with", "bot", secret=2)
    relay = {"PYSTATUS_PEERS": RELAY}
    password = {"PYSTATUS_PASSWORD": PASSWORD}
    lacking: list[tuple[tuple[str, ...], dict[str, str], str]] = [
        ((), {**password, **relay}, ": " + example),
        (right, relay, "Set it in PYSTATUS_PASSWORD."),
        (right, {**relay, "PYSTATUS_PASSWORD": ""}, "Set it in PYSTATUS_PASSWORD."),
        (right, {**relay, "PYSTATUS_PASSWORD": "wrong"}, "password"),
        (right, password, "`pystatus node` runs one and prints it."),
        (right, {**password, "PYSTATUS_PEERS": "enode://nonsense"}, "enode"),
        (("nobody", *right[1:]), {**password, **relay}, "'nobody'"),
    ]
    for arguments, variables, expected in lacking:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(EXAMPLES / example),
            *arguments,
            env=clean_environment(PYSTATUS_DATA_DIR=str(tmp_path / "with"), **variables),
            cwd=tmp_path,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            _, errors = await process.communicate()
        said = errors.decode().strip()
        assert process.returncode == 1, (arguments, variables, said)
        assert "Traceback" not in said
        assert said.count("\n") == 0
        assert expected in said
        assert said[0].isupper() or said.startswith('"')
