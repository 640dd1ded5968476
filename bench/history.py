"""The offline inbox: how long a client takes to fetch what was said meanwhile, over links of some latency.

A mailserver in a process of its own has a public chat of 2,001 messages in its archive, sent over twenty hours. Between
the client and it is a wire that holds every byte for half the latency in each direction. The time runs from when the
mailserver is connected; the client derives keys, decrypts, checks and stores as always.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.harness import Measurement
from bench.support.node import RunningNode
from pystatus import Account, Client, MessageReceived, Node, NodeConfig, PeerConnected, PrivateKey, Profiles
from pystatus.devp2p.enode import Enode
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.server.server import Server
from pystatus.net.loop import run
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.transport.topics import symmetric_key
from tests.support.clocks import ShiftedClock

MESSAGES = 2_001
SECONDS = 20 * 3_600
"""Over which they were sent; the last one an hour before they are fetched."""
AGE = 3_600
SCREEN = 20
"""Messages that a screen shows."""
LATENCIES = (0.040, 0.140, 0.400)
"""Seconds there and back."""
RUNS = 3
CHAT = "bench"
PASSWORD = "correct horse"

MAILSERVER = """
import asyncio, sys
from pathlib import Path
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.server.server import Server
from pystatus.net.loop import run
from pystatus.node import Node, NodeConfig
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.transport.topics import symmetric_key
from tests.support.clocks import ShiftedClock
async def main():
    node = Node(NodeConfig(listen="127.0.0.1:0"))
    node.keep_history(await SqliteArchive.open(Path(sys.argv[1])), Server(symmetric_key(PUBLIC_PASSWORD)))
    async with node:
        print(node.enode, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
run(main())
"""


class Wire:
    """Passes bytes on to a port of this machine, each half the latency later, however many are under way."""

    def __init__(self, port: int, latency: float) -> None:
        self._port = port
        self._delay = latency / 2
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for source, target in ((reader, back), (there, writer)):
            queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
            for work in (self._take(source, queue), self._give(queue, target)):
                task = asyncio.create_task(work)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _take(self, source: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        while data := await source.read(1 << 16):
            queue.put_nowait((time.monotonic() + self._delay, data))

    async def _give(self, queue: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(due - time.monotonic())
            target.write(data)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Seconds from the connection to the mailserver on."""

    first_screen: float
    complete: float


def new_profile(folder: Path, name: str) -> None:
    Profiles(folder).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)


async def fill(folder: Path) -> None:
    """Let somebody write to the chat, hours ago, with a mailserver beside."""
    clock = ShiftedClock(-SECONDS - AGE)
    node = Node(NodeConfig(listen="127.0.0.1:0"), clock=clock)
    node.keep_history(await SqliteArchive.open(folder / "archive.db"), Server(symmetric_key(PUBLIC_PASSWORD)))
    new_profile(folder, "author")
    async with (
        node,
        Client.open("author", PASSWORD, data_dir=folder, peers=[str(node.enode)], clock=clock) as author,
    ):
        await author.join(CHAT)
        await author.wait_for_peer()
        for number in range(MESSAGES):
            receipt = await author.send_text(CHAT, f"{number}: " + "lorem ipsum " * 5)
            await receipt.sent()
            clock.ahead += SECONDS / MESSAGES
        while node.mailserver is not None and node.mailserver.archiver.archived < MESSAGES:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)


async def fetch(folder: Path, enode: Enode, latency: float, name: str) -> Fetched:
    """Let somebody join who was never there."""
    new_profile(folder, name)
    async with Wire(enode.port, latency) as port:
        mailserver = str(Enode(enode.public_key, "127.0.0.1", port, port))
        client = Client.open(name, PASSWORD, data_dir=folder, mailservers=[mailserver])
        connected: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        screen: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        @client.on(PeerConnected)
        def ready(_: PeerConnected) -> None:
            connected.set_result(time.perf_counter())

        received = 0

        @client.on(MessageReceived)
        def shown(_: MessageReceived) -> None:
            nonlocal received
            received += 1
            if received == SCREEN:
                screen.set_result(time.perf_counter())

        async with client:
            await client.join(CHAT)
            began = await connected
            await client.fetch_history(CHAT)
            ended = time.perf_counter()
            assert len(client.history(CHAT, 2 * MESSAGES)) == MESSAGES
            return Fetched(await screen - began, ended - began)


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        run(fill(folder))
        node = RunningNode(MAILSERVER, str(folder / "archive.db"))
        try:
            for latency in LATENCIES:
                ms = round(latency * 1e3)
                found = [run(fetch(folder, node.enode, latency, f"reader-{ms}-{number}")) for number in range(RUNS)]
                note = f"{MESSAGES} messages of a public chat over {SECONDS // 3600} hours, latency {ms} ms"
                first = statistics.median(one.first_screen for one in found)
                complete = statistics.median(one.complete for one in found)
                yield Measurement(f"history.first_screen_{ms}", round(first, 3), "s", note)
                yield Measurement(f"history.complete_{ms}", round(complete, 3), "s", note)
        finally:
            node.stop()
