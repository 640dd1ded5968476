"""One profile with many faces at once, which are killed one after the other: nothing is lost, and nothing shown twice.

Somebody writes all the time. A daemon holds the profile; a listener and senders are attached to it; a program reads its
events over HTTP from a cursor. ``make faces`` runs it for ten minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import aiohttp
import pytest

from pystatus import Account, Client, Node, NodeConfig, PrivateKey, Profiles
from tests.apps.support import PASSWORD, Running

MINUTES = float(os.environ.get("PYSTATUS_FACES_MINUTES") or 0.1)
"""For which there is traffic."""
PATIENCE = 60.0 + 90 * MINUTES
"""Seconds after which a test has failed."""
PAUSE = 0.1
"""Seconds between two messages of the other person."""
LIFE = 1.5
"""Seconds between two kills."""


@dataclass
class Reader:
    """A program that reads events, and reads on where it was whenever there is a daemon."""

    cursor: int = 0
    received: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    url: str | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, http: aiohttp.ClientSession) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                if self.url is not None:
                    await self._read(http, self.url)
            await asyncio.sleep(0.05)

    async def _read(self, http: aiohttp.ClientSession, url: str) -> None:
        headers = {"Last-Event-ID": str(self.cursor)}
        async with http.get(f"{url}/events", headers=headers) as response:
            cursor = self.cursor
            async for line in response.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    cursor = int(value)
                elif name == "data":
                    self._take(json.loads(value))
                    self.cursor = cursor

    def _take(self, event: dict[str, object]) -> None:
        message = event.get("message")
        if isinstance(message, dict):
            (self.received if event["event"] == "MessageReceived" else self.posted).append(message["text"])
            self.news.set()


class Faces:
    """The processes that show one profile."""

    def __init__(self, profiles: Profiles, peer: str, reader: Reader) -> None:
        self._profiles = profiles
        self._data_dir = profiles.directory.parent
        self._environment = {"PYSTATUS_PEERS": peer, "PYSTATUS_PASSWORD": PASSWORD}
        self._reader = reader
        self._sent = 0
        self.daemon = self._daemon()
        self.listener = self._listener()

    def _run(self, *arguments: str) -> Running:
        return Running(self._data_dir, *arguments, prefix=(), **self._environment)

    def _daemon(self) -> Running:
        """One that serves. A ``send`` that finds nobody opens the profile itself, and is waited for; where one ends
        while the daemon looks who it is, the daemon says that it is to be run again."""
        while True:
            daemon = self._run("daemon", "alice", "--port", "0", "--json")
            try:
                told = daemon.event("serving")
            except AssertionError as refusal:
                daemon.__exit__()
                if not any(said in str(refusal) for said in ("(pystatus send)", "Run the command again")):
                    raise
            else:
                break
        self._reader.url = f"{told['url']}/{Path(told['token_file']).read_text().strip()}"
        return daemon

    def _listener(self) -> Running:
        listener = self._run("listen", "alice", "--json")
        listener.event("listening")
        return listener

    def send(self, other: str) -> bool:
        """Run ``pystatus send``, which may be at work when the daemon is killed. Whether it says that it is done."""
        with self._run("send", "alice", other, f"from alice {self._sent}", "--json") as sending:
            self._sent += 1
            return sending.wait() == 0

    def kill_listener(self) -> None:
        """Nobody else notices."""
        self._end(self.listener)
        self.listener = self._listener()

    def kill_daemon(self) -> None:
        """The listener is told so and ends; the next daemon takes over."""
        self._end(self.daemon)
        assert self.listener.wait() == 1
        assert "does not answer any more" in self.listener.errors()[-1]
        self.listener.__exit__()
        self.daemon = self._daemon()
        self.listener = self._listener()

    @staticmethod
    def _end(process: Running) -> None:
        process.stop(signal.SIGKILL)
        process.__exit__()

    def close(self) -> None:
        for process in (self.listener, self.daemon):
            process.__exit__()


@pytest.fixture
async def relay() -> AsyncIterator[Node]:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        yield node


async def test_faces_that_are_killed_one_after_the_other_lose_nothing(relay: Node, tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    alice = profiles.find("alice").account.public_key
    reader = Reader()
    faces = await asyncio.to_thread(Faces, profiles, str(relay.enode), reader)
    said: list[str] = []
    done: list[bool] = []
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as http,
            Client.open("bob", PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)]) as bob,
            asyncio.TaskGroup() as tasks,
        ):
            reading = tasks.create_task(reader.run(http))
            chat = await bob.open_chat(alice)
            await bob.wait_for_peer()

            async def talk() -> None:
                end = asyncio.get_running_loop().time() + 60 * MINUTES
                while asyncio.get_running_loop().time() < end:
                    said.append(f"from bob {len(said)}")
                    await bob.send_text(chat, said[-1])
                    await asyncio.sleep(PAUSE)

            talking = tasks.create_task(talk())
            for kill in cycle((faces.kill_listener, faces.kill_daemon)):
                done.append(await asyncio.to_thread(faces.send, bob.chat_key))
                await asyncio.wait([talking], timeout=LIFE)
                if talking.done():
                    break
                sending = asyncio.create_task(asyncio.to_thread(faces.send, bob.chat_key))
                await asyncio.to_thread(kill)
                done.append(await sending)
            while set(reader.received) < set(said):
                reader.news.clear()
                await reader.news.wait()
            reading.cancel()
            held = [message.text for message in bob.messages(chat) if message.author == alice]
        # What was on its way when somebody was killed is repeated after what came meanwhile: so not in their order.
        assert sorted(reader.received) == sorted(said), "each is told once"
        assert len(reader.posted) == len(set(reader.posted)), "what was sent is told once"
        assert {f"from alice {number}" for number, is_done in enumerate(done) if is_done} <= set(reader.posted)
        assert len(held) == len(set(held)), "the other person has none twice"
    finally:
        await asyncio.to_thread(faces.close)
