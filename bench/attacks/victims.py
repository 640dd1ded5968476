"""Who is attacked: processes, started as their operators and users start them, and the honest people who use them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.attacks.history import archived
from bench.attacks.honest import Contact, HistoryReader, Honest, OneTalk, Pair, owner, scraper
from bench.attacks.target import Target
from bench.support.watch import Watched
from pystatus import Account, Client, PrivateKey, Profiles
from pystatus.devp2p.enode import Enode
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.transport.channels import contact_code
from pystatus.waku import packets
from tests.adversary.hostile import HostilePeer
from tests.support.environment import clean_environment

PASSWORD = "benchmark"
LISTEN = ("--listen", "127.0.0.1:0")
SAYS_PORTS = ("--log-level", "warning,pystatus.metrics=info,pystatus.rpc.server=info")
"""What a node logs by default, and where its ports are."""
SMALL_POOL = {"PYSTATUS_RELAY_POOL_BYTES": str(16 << 20), "PYSTATUS_RELAY_POOL_ENVELOPES": "10000"}
"""The pool of a relay that shall take less than 64 MiB in a flood, as docs/operators.md recommends it."""
LISTENER = "bench.attacks.listener"
LOOK = 0.01
"""Seconds between two looks at a log for a line that is awaited."""
PATIENCE = 30.0
"""Seconds until a process that says nothing has failed."""


class Victim:
    """A process, its log, and the directory with all that it keeps."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, directory: Path) -> None:
        self.process = process
        self.log = log
        self.directory = directory
        self.watched = Watched.of(process.pid)

    @property
    def memory(self) -> int:
        """Resident bytes now."""
        self.watched.look()
        return self.watched.memory[-1]

    @property
    def log_bytes(self) -> int:
        return self.log.stat().st_size

    @property
    def disk_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.directory.rglob("*") if path.is_file())

    async def line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the victim has ended: {self.log.read_text()}")
        return line.decode().strip()

    async def port(self, name: str) -> int:
        """Of HTTP, as its log says it: ``name`` stands before the address."""
        async with asyncio.timeout(PATIENCE):
            # Nothing tells when another process has written a line into its file.
            while (found := re.search(name + r" http://127\.0\.0\.1:(\d+)", self.log.read_text())) is None:  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(LOOK)
        return int(found[1])


@asynccontextmanager
async def started(folder: Path, name: str, *command: str, **variables: str) -> AsyncIterator[Victim]:
    """A process of Python with a directory of its own, until the end; its standard input ends first."""
    directory, log = folder / name, folder / f"{name}.log"
    directory.mkdir(exist_ok=True)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=clean_environment(PYSTATUS_PASSWORD=PASSWORD, PYSTATUS_DATA_DIR=str(directory), **variables),
        )
    try:
        yield Victim(process, log, directory)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.terminate()
        await process.wait()


@dataclass
class Scene:
    """Who is attacked, where, and who notices."""

    target: Target
    victims: Sequence[Victim]
    honest: Sequence[Honest] = field(default_factory=list)


@asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[Scene]:
    """A relay between two honest peers."""
    async with started(folder, "relay", "-m", "pystatus", "node", *LISTEN, **SMALL_POOL) as node:
        enode = await node.line()
        yield Scene(Target(enode), [node], [Pair(Enode.parse(enode))])


@asynccontextmanager
async def two_relays(folder: Path) -> AsyncIterator[Scene]:
    """An honest relay that attackers use, which is an ordinary peer of another one: a node that is dialled has no
    reason to trust who dials it."""
    async with started(folder, "second", "-m", "pystatus", "node", *LISTEN, **SMALL_POOL) as second:
        behind = await second.line()
        async with started(folder, "first", "-m", "pystatus", "node", *LISTEN, "--peer", behind, **SMALL_POOL) as first:
            enode = await first.line()
            yield Scene(Target(enode), [first, second], [Pair(Enode.parse(enode), Enode.parse(behind))])


@asynccontextmanager
async def _serving(folder: Path, option: str, says: str) -> AsyncIterator[tuple[Victim, Target]]:
    """A relay with a port of HTTP, which its log names behind ``says``."""
    async with started(folder, "relay", "-m", "pystatus", "node", *LISTEN, option, "0", *SAYS_PORTS) as node:
        yield node, Target(await node.line(), await node.port(says))


@asynccontextmanager
async def metrics(folder: Path) -> AsyncIterator[Scene]:
    """A relay whose metrics port is attacked."""
    async with _serving(folder, "--metrics-port", "metrics at") as (node, target):
        yield Scene(target, [node], [Pair(target.relay), scraper(target.port)])


@asynccontextmanager
async def rpc(folder: Path) -> AsyncIterator[Scene]:
    """A relay whose RPC is attacked."""
    async with _serving(folder, "--rpc-port", "RPC on") as (node, target):
        token = (node.directory / "rpc.token").read_text().strip()
        honest = [Pair(target.relay), owner(target.port, token), OneTalk(target.port, token)]
        yield Scene(target, [node], honest)


@asynccontextmanager
async def mailserver(folder: Path) -> AsyncIterator[Scene]:
    """A mailserver with a small page for the honest and a large one for attackers."""
    archive = await SqliteArchive.open(folder / "archive.db")
    await archive.add(archived())
    await archive.close()
    command = ("-m", "pystatus", "mailserver", *LISTEN, "--archive", str(folder / "archive.db"))
    async with started(folder, "mailserver", *command) as node:
        node.directory = folder
        enode = await node.line()
        yield Scene(Target(enode), [node], [HistoryReader(Enode.parse(enode))])


@asynccontextmanager
async def client(folder: Path) -> AsyncIterator[Scene]:
    """A client behind a relay, to which a contact writes. Its contact code is known to all who listen."""
    accounts = {name: Account.from_private_key(PrivateKey.generate(os.urandom)) for name in ("alice", "bob")}
    for name, account in accounts.items():
        Profiles(folder / name).create(account, PASSWORD, name)
    her = accounts["alice"].public_key
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(started(folder, "relay", "-m", "pystatus", "node", *LISTEN))
        enode = await node.line()
        code: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def read(number: int, body: bytes) -> None:
            if number == packets.MESSAGES and not code.done():
                for envelope in packets.decode_messages(body):
                    if envelope.topic == contact_code(her).topic:
                        code.set_result(envelope.raw)

        curious = await HostilePeer(Enode.parse(enode), on_packet=read).connect()
        bob = Client.open("bob", PASSWORD, data_dir=folder / "bob", peers=[enode])
        other = accounts["bob"].public_key.hex
        alice = await stack.enter_async_context(started(folder, "alice", "-m", LISTENER, enode, other))
        await alice.line()
        target = Target(enode, key=her.hex, code=(await code).hex())
        await curious.close()
        assert alice.process.stdout is not None
        yield Scene(target, [alice], [Contact(bob, her.hex, alice.process.stdout)])
