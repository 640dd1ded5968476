"""Bots that answer each other: the conversation ends, whoever made them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pystatus import AnswerLimits, AnswerRefused, ChatOpened, Client, MessageReceived, Node, NodeConfig, Profiles
from pystatus.client.answering import MAX_CHAIN, PERSON_AT_ONCE, AnswerGuard

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse"
PATIENCE = 60.0
"""Seconds until a test that hangs is given up."""
NAMES = ("one", "two")

Answer = Callable[[Client, MessageReceived], Awaitable[None]]


@pytest.fixture
async def relay() -> AsyncIterator[Node]:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        yield node


class Bots:
    """Two bots and a person on one relay; what is said is counted where the person and the bots hear it."""

    def __init__(self, folder: Path, relay: Node) -> None:
        self._folder = folder
        self._peers = [str(relay.enode)]
        for name in (*NAMES, "person"):
            Profiles(folder).create_account(name, PASSWORD)

    def client(self, name: str, limits: AnswerLimits | None = None) -> Client:
        return Client.open(
            name,
            PASSWORD,
            data_dir=self._folder,
            state_dir=self._folder / "state",
            peers=self._peers,
            answer_limits=limits,
        )


@pytest.fixture
def bots(tmp_path: Path, relay: Node) -> Bots:
    return Bots(tmp_path, relay)


async def until_silent(refused: asyncio.Event) -> None:
    """Until an answer was refused: whoever is refused says nothing, so the other one has nothing to answer."""
    async with asyncio.timeout(PATIENCE):
        await refused.wait()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when a bot was refused an answer."""
    event = asyncio.Event()
    take = AnswerGuard.take

    def watched(guard: AnswerGuard, *arguments: Any) -> None:
        try:
            take(guard, *arguments)
        except AnswerRefused:
            event.set()
            raise

    monkeypatch.setattr(AnswerGuard, "take", watched)
    return event


async def answer(client: Client, event: MessageReceived) -> None:
    await client.answer(event, event.message.text)


async def send(client: Client, event: MessageReceived) -> None:
    await client.send_text(event.chat, event.message.text)


async def start_another_task(client: Client, event: MessageReceived) -> None:
    await asyncio.gather(asyncio.create_task(send(client, event)))


@pytest.mark.parametrize(
    ("how", "most"), [(answer, MAX_CHAIN), (send, PERSON_AT_ONCE), (start_another_task, PERSON_AT_ONCE)]
)
async def test_two_bots_that_answer_everything_end(
    how: Answer, most: int, bots: Bots, refused: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = (bots.client(name) for name in NAMES)
    async with one, two:
        for client in (one, two):
            client.on(MessageReceived)(partial(how, client))
            await client.wait_for_peer()
        chat = await one.open_chat(two.public_key)
        await one.send_text(chat, "hello")
        await until_silent(refused)
        written = one.history(chat, limit=1_000)
    assert 2 < len(written) <= 2 * most + 2
    assert "answers are not sent: " in caplog.text
    assert "may be answering each other" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_three_bots_in_a_public_chat_end(bots: Bots, refused: asyncio.Event) -> None:
    limits = AnswerLimits(person=3, person_seconds=1_000.0, chat=4, chat_seconds=1_000.0)
    clients = [bots.client(name, limits) for name in (*NAMES, "person")]
    for client in clients:
        client.on(MessageReceived)(partial(send, client))
    async with clients[0], clients[1], clients[2]:
        for client in clients:
            await client.join("status")
            await client.wait_for_peer()
        await clients[0].send_text("status", "hello")
        await until_silent(refused)
        said = max(len(client.history("status", limit=1_000)) for client in clients)
    assert said <= 1 + len(clients) * limits.chat


def readme_bot() -> str:
    """The first program of the README, without its last line."""
    (program,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert program.rstrip().endswith("run_bot(main)")
    return str(program).rstrip().removesuffix("run_bot(main)")


class ReadmeBots:
    """Two of them, from the page as it is but for the profile and the relay."""

    def __init__(self, bots: Bots, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clients = [bots.client(name) for name in NAMES]
        self._in_chat = [asyncio.Event() for _ in self.clients]
        for client, in_chat in zip(self.clients, self._in_chat, strict=True):
            client.on(ChatOpened)(partial(self._note, in_chat))
        opened = iter(self.clients)
        monkeypatch.setattr(Client, "open", lambda *_, **__: next(opened))
        program: dict[str, Any] = {}
        exec(compile(readme_bot(), "README.md", "exec"), program)
        self._tasks = [asyncio.create_task(program["main"]()) for _ in NAMES]

    @staticmethod
    def _note(in_chat: asyncio.Event, _event: ChatOpened) -> None:
        in_chat.set()

    async def ready(self) -> None:
        """Wait until both are in the chat of the page and connected."""
        async with asyncio.timeout(PATIENCE):
            for client, in_chat in zip(self.clients, self._in_chat, strict=True):
                await in_chat.wait()
                await client.wait_for_peer()

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await asyncio.gather(*self._tasks)


async def test_a_bot_of_the_readme_and_another_one_end(
    bots: Bots, refused: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ReadmeBots(bots, monkeypatch)
    await both.ready()
    one, two = both.clients
    chat = await one.open_chat(two.public_key)
    await one.send_text(chat, "hello")
    await until_silent(refused)
    assert 2 < len(one.history(chat, limit=1_000)) <= 2 * MAX_CHAIN + 2
    await both.close()


async def test_bots_of_the_readme_answer_a_person_in_public_and_not_each_other(
    bots: Bots, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bots.client("person") as person:
        await person.join("pystatus")
        both = ReadmeBots(bots, monkeypatch)
        await both.ready()
        await person.wait_for_peer()
        events = person.events()
        said: list[str] = []
        for text in ("!echo hello", "thank you", "!echo again"):
            await person.send_text("pystatus", text)
            async with asyncio.timeout(PATIENCE):
                while text.startswith("!") and said.count(f"you said: {text}") < len(NAMES):
                    event = await anext(event async for event in events if isinstance(event, MessageReceived))
                    said.append(event.message.text)
        assert said == ["you said: !echo hello"] * 2 + ["you said: !echo again"] * 2
        await both.close()
