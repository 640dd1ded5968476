"""Each block of Python on the pages for authors of bots is typed, and does what it says: all of them are run."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import signal
import subprocess
import sys
import textwrap
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from mypy import api

from pystatus import Client, PrivateKey, Profiles, chat_key
from pystatus.client.features.groups import AddedToGroup, Groups
from pystatus.client.features.links import QrCode
from pystatus.testing import Network, Person, run
from tests.media.support import aac, picture, saved
from tests.public.world import PASSWORD, world
from tests.support.environment import clean_environment

ROOT = Path(__file__).resolve().parents[2]
PREAMBLE = """
import asyncio
import contextlib
import os
import signal
import pystatus
from collections.abc import AsyncGenerator
from pystatus import Account, AnswerRefused, Chat, ChatKind, Client, Message, MessageReceived
from pystatus import MessageUndecryptable, Node, NodeConfig, Profiles
from pystatus.testing import Network, run
from examples.echo_bot import echo

password = "correct horse"
another = "battery staple"
words = "test test test test test test test test test test test junk"
"""
"""What the reader of a block has above it."""

SECONDS = 60.0
"""On the clock of a test, after which a block that runs for ever is broken off."""
PATIENCE = 5.0
"""The same in seconds, where the clock is that of the machine."""


def blocks(page: str) -> list[str]:
    """The blocks of Python on a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def first_line(block: str) -> str:
    """What a block is called in the list of tests."""
    return block.partition("\n")[0].partition("  #")[0].strip()


BOTS, TESTING = blocks("docs/bots.md"), blocks("docs/testing.md")
OTHERS = [*blocks("docs/transactions.md"), *blocks("docs/accounts.md"), *blocks("docs/network.md")]
COUNTING_BOT, ITS_TEST = BOTS[:2]
REAL = ("mailservers=", "from pystatus import Image, Media", "set_picture(", "links.read(")
"""What begins, or is in, blocks that need sockets, files or processes."""


def function(block: str, number: int) -> str:
    """A block as the body of a function, with what it takes for granted as arguments."""
    head = f"async def block_{number}(client: Client, chat: Chat, message: Message, relays: list[str]) -> None:\n"
    return head + textwrap.indent(block, "    ")


def test_types(tmp_path: Path) -> None:
    assert len(BOTS) >= 20
    assert len(TESTING) >= 4
    assert len(OTHERS) >= 3
    module = tmp_path / "pages.py"
    functions = [function(block, number) for number, block in enumerate((*BOTS[2:], *TESTING, *OTHERS))]
    module.write_text(PREAMBLE + "\n\n".join(functions), encoding="utf-8")
    (tmp_path / "counting_bot.py").write_text(COUNTING_BOT, encoding="utf-8")
    (tmp_path / "test_counting_bot.py").write_text(ITS_TEST, encoding="utf-8")
    written = [str(tmp_path / name) for name in ("pages.py", "counting_bot.py", "test_counting_bot.py")]
    examples = sorted(str(path) for path in (ROOT / "examples").rglob("*.py"))
    output, errors, code = api.run(["--config-file", str(ROOT / "pyproject.toml"), *written, *examples])
    assert code == 0, output + errors


# the page of tests


@pytest.mark.parametrize("block", TESTING, ids=first_line)
def test_a_block_of_the_page_of_tests_passes(block: str) -> None:
    """It has tests, or stories."""
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(PREAMBLE, "preamble", "exec"), names)
    before = set(names)
    exec(compile(block, "docs/testing.md", "exec"), names)
    told = [value for name, value in names.items() if name not in before and inspect.isfunction(value)]
    told = [one for one in told if one.__module__ == "page"]
    assert told
    for one in told:
        if inspect.signature(one).parameters:
            run(one)
        else:
            one()


# the page of bots


class Reader:
    """Somebody who tries a block: in the chat "news", in the group "Book club", and in conversation with alice."""

    def __init__(self, network: Network, bot: Person, alice: Person) -> None:
        self.network = network
        self.bot = bot
        self.alice = alice

    @classmethod
    async def on(cls, network: Network) -> Reader:
        reader = cls(network, await network.person("bot"), await network.person("alice"))
        alice, bot = reader.alice.client, reader.bot.client
        groups = alice.feature(Groups)

        @alice.on(AddedToGroup)
        async def added(event: AddedToGroup) -> None:
            await groups.join(event.chat)

        for name in ("news", "status"):
            await bot.join(name)
        await bot.feature(Groups).create("Book club", [alice.public_key])
        await reader.alice.say("news", "lunch tomorrow in the cafe")
        await reader.alice.say(reader.bot, "hello bot")
        await network.wait(30)
        return reader


def with_keys(block: str) -> str:
    """A block with chat keys in place of dots, another one each time."""
    return re.sub(r"zQ3sh\.\.\.", lambda _: chat_key(PrivateKey.generate(os.urandom).public_key), block)


def made(block: str, **changed: Any) -> Callable[..., Any]:
    """The function of a block.

    :param changed: names that mean something else in it.
    """
    names: dict[str, Any] = {}
    exec(compile(PREAMBLE, "preamble", "exec"), names)
    names.update(changed)
    exec(compile(function(block, 0), "docs/bots.md", "exec"), names)
    return names["block_0"]  # type: ignore[no-any-return]


EXPECTED = {
    "async def echo(": ["hello bot, are you there?"],
    "def unanswered()": ["hello bot", "hello bot, are you there?"],
}
"""What alice is answered by a block, where she is: one message came before it ran, and one while it did."""
CALLED = {"async def status(": "async for _ in status(None):\n    break\n"}
"""What is to be called of a block that only defines something."""


@pytest.mark.parametrize("block", [one for one in BOTS[2:] if not any(mark in one for mark in REAL)], ids=first_line)
def test_a_block_of_the_page_of_bots_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYSTATUS_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    if "Profiles()" in block:
        Profiles(tmp_path).create_account("alice", PASSWORD)

    async def story(network: Network) -> list[str]:
        reader = await Reader.on(network)
        client, alice = reader.bot.client, reader.alice
        chat = await client.open_chat(alice.client.public_key)
        message = client.history(chat)[0]
        if "async with client" in block:
            await reader.bot.stop()
            client = network.client("bot")
        monkeypatch.setattr(Client, "open", lambda *_, **__: client)
        text = with_keys(block) + "".join(call for mark, call in CALLED.items() if mark in block)
        waiting = asyncio.create_task(run_for_a_while(made(text)(client, chat, message, [])))
        await network.wait(5)
        await alice.say(reader.bot, "hello bot, are you there?")
        await waiting
        await client.close()
        return alice.texts

    answered = run(story)
    for mark, expected in EXPECTED.items():
        assert mark not in block or answered == expected
    assert not [record for record in caplog.records if record.exc_info]


async def run_for_a_while(block: Coroutine[Any, Any, None]) -> None:
    """Until it is over, or has run for as long as is to be seen."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            await block


@pytest.mark.parametrize("block", [one for one in BOTS if any(mark in one for mark in REAL)], ids=first_line)
async def test_a_block_that_needs_files_or_a_mailserver_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSTATUS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PYSTATUS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chart.png").write_bytes(saved(picture(60, 40), "PNG"))
    (tmp_path / "robot.png").write_bytes(saved(picture(60, 40), "PNG"))
    (tmp_path / "photo.jpg").write_bytes(QrCode("https://join.status.im/status").png())
    (tmp_path / "note.aac").write_bytes(aac(50))
    async with world(tmp_path) as here:
        Profiles(tmp_path).create_account("echo", PASSWORD)
        async with Client.open("echo", PASSWORD, peers=[here.enode]) as echo:
            await echo.join("status")
        chat = await here.client.open_chat(PrivateKey.generate(os.urandom).public_key)
        sent = (await here.client.media.send_image(chat, "chart.png")).message
        if "parse_link" in block:
            sent = (await here.client.send_text(chat, "https://join.status.im/status")).message
        text = with_keys(block).replace("enode://…", here.enode)
        async with asyncio.timeout(PATIENCE):
            await made(text)(here.client, chat, sent, [here.enode])
    assert "import Image, Media" not in block or (tmp_path / "picture.jpg").exists()


# ten minutes


def test_the_bot_of_the_page_passes_its_own_test(tmp_path: Path) -> None:
    (tmp_path / "counting_bot.py").write_text(COUNTING_BOT, encoding="utf-8")
    (tmp_path / "test_counting_bot.py").write_text(ITS_TEST, encoding="utf-8")
    passed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_counting_bot.py"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (passed.returncode, "1 passed" in passed.stdout) == (0, True), passed.stdout


def shell(step: str) -> str:
    """The commands of a step of the ten minutes."""
    page = (ROOT / "docs/bots.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^\*\*{step}.*?^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[:1]
    return str(found)


async def test_the_ten_minutes_of_the_page_are_as_it_says(tmp_path: Path) -> None:
    """Its commands, with another port, and what the reader copies from one terminal to the other."""
    (tmp_path / "counting_bot.py").write_text(COUNTING_BOT, encoding="utf-8")
    environment = clean_environment(
        PYSTATUS_DATA_DIR=str(tmp_path / "data"),
        PYSTATUS_STATE_DIR=str(tmp_path / "state"),
        PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    )

    @asynccontextmanager
    async def terminal(commands: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            "bash", "-ec", commands, cwd=tmp_path, env=environment, stdin=DEVNULL, stdout=PIPE, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            await process.communicate()

    async def found(process: asyncio.subprocess.Process, beginning: str) -> str:
        assert process.stdout is not None
        while line := (await process.stdout.readline()).decode():
            for word in line.split():
                if word.startswith(beginning):
                    return word
        raise AssertionError(f"no {beginning}")

    async with asyncio.timeout(180), terminal(shell("2").replace(":30303", ":0")) as node:
        variables, _, making = shell("3").replace("enode://…", await found(node, "enode://")).partition("\n")
        async with terminal(f"{variables}\n{making}") as made_accounts:
            assert await made_accounts.wait() == 0
        async with terminal(f"{variables}\n{shell('6')}") as bot:
            key = await found(bot, "zQ3sh")
            async with terminal(f"{variables}\n" + shell("7").replace("zQ3sh…", key)) as talk:
                printed = (await talk.communicate())[0].decode()
    assert "hello dear bot" in printed
    assert "3 words" in printed
