"""The examples do what they say."""

from __future__ import annotations

import asyncio
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
async def running(example: str, *arguments: str, data_directory: Path) -> AsyncIterator[Process]:
    """The example as a process; it is interrupted at the end, as with Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / example),
        *arguments,
        env=clean_environment(PYSTATUS_DATA_DIR=str(data_directory), PYSTATUS_PASSWORD=PASSWORD),
        stdin=DEVNULL,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(2)
        async with asyncio.timeout(PATIENCE):
            await process.wait()


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


async def test_echo_bot(tmp_path: Path, relay: str, person: Client) -> None:
    store(tmp_path / "bot", "echo", secret=2)
    async with running("echo_bot.py", relay, data_directory=tmp_path / "bot") as bot:
        key = (await next_line(bot)).split()[-1]
        chat = await person.open_chat(key)
        answer = await next_message(person, "hello\nbot", chat.id)
        assert (answer.text, answer.author.hex) == ("hello\nbot", chat.id)
        assert answer.response_to == person.history(chat)[-1].id
        assert answer.forward_secrecy
    assert bot.returncode == 0


async def test_watch_chat(tmp_path: Path, relay: str, person: Client) -> None:
    store(tmp_path / "watcher", "watcher", secret=2)
    await person.join("news")
    for said in ("hello", "again"):  # the second time, what was said the first time is history
        arguments = ("watcher", "#news", relay)
        async with running("watch_chat.py", *arguments, data_directory=tmp_path / "watcher") as watcher:
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


async def test_mistakes_are_sentences(tmp_path: Path) -> None:
    async with running("echo_bot.py", "enode://nonsense", data_directory=tmp_path) as process:
        assert await process.wait() == 1


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.py")))
async def test_an_example_that_lacks_something_says_so_in_a_sentence(example: str, tmp_path: Path) -> None:
    """Without an argument, a password or an account: what people have who try it first."""
    environment = clean_environment(PYSTATUS_DATA_DIR=str(tmp_path))
    environment.pop("PYSTATUS_PASSWORD", None)
    for arguments in ((), ("nobody", "#news"), ("nobody", "#news", "enode://nonsense")):
        for password in ({}, {"PYSTATUS_PASSWORD": ""}, {"PYSTATUS_PASSWORD": PASSWORD}):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(EXAMPLES / example),
                *arguments,
                env={**environment, **password},
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
            )
            async with asyncio.timeout(PATIENCE):
                _, errors = await process.communicate()
            told = errors.decode().strip()
            if example == "two_people.py":  # it lacks nothing
                assert (process.returncode, told) == (0, "")
                return
            assert process.returncode == 1
            assert "Traceback" not in told
            assert told.count("\n") == 0
            assert told[0].isupper() or told.startswith('"')
