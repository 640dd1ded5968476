"""A client with nothing but a bootnode's address: real nodes, real Discovery v5, on this machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from pystatus import Account, Client, Node, NodeConfig, PrivateKey, Profiles
from pystatus.client import DiscoveryStarted
from pystatus.devp2p.enode import Enode
from pystatus.mailserver.server.server import Server
from pystatus.messenger.events import MessageReceived
from pystatus.net.discv5 import DiscoveryNode
from pystatus.peers import pool
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.mailserver.support import KEY
from tests.scenarios.test_history import until

PASSWORD = "correct horse"
PATIENCE = 180.0
"""Seconds after which something has failed. Tickets of Discovery v5 take a minute; nodes that answer for themselves are
found sooner."""


class Town:
    """A bootnode, relays and a mailserver that register, and people."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.profiles = Profiles(folder)
        self.bootnode = ""

    async def open(self) -> None:
        key = PrivateKey.generate(os.urandom)
        node = DiscoveryNode(key, (("127.0.0.1",), 0), [], os.urandom, lambda event: None)
        self.stop_bootnode = AsyncExitStack()
        await self.stop_bootnode.enter_async_context(node)
        self.stack.push_async_callback(self.stop_bootnode.aclose)
        self.bootnode = str(Enode(key.public_key, "127.0.0.1", node.port, node.port))

    def node(self, **more: object) -> Node:
        config = NodeConfig(
            listen="127.0.0.1:0",
            bootnodes=(self.bootnode,),
            register=True,
            **more,  # type: ignore[arg-type]  # any setting
        )
        return Node(config)

    async def relay(self) -> Node:
        """One that is found, and finds another one."""
        return await self.stack.enter_async_context(self.node(enough_peers=1))

    async def mailserver(self, name: str = "archive") -> Node:
        node = self.node(enough_peers=1)
        node.keep_history(await SqliteArchive.open(self.folder / f"{name}.db"), Server(KEY))
        return await self.stack.enter_async_context(node)

    def client(self, name: str, **more: object) -> Client:
        if name not in [profile.name for profile in self.profiles.list()]:
            self.profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
        return Client.open(
            name,
            PASSWORD,
            data_dir=self.folder,
            bootnodes=[self.bootnode],
            **more,  # type: ignore[arg-type]  # any setting
        )


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
        town = Town(tmp_path, stack)
        await town.open()
        yield town


def ids(client: Client) -> set[bytes]:
    return {peer.id for peer in client.node.peers}


async def heard(client: Client, text: str) -> None:
    """Wait until somebody has said this."""
    async for event in client.events():
        if isinstance(event, MessageReceived) and event.message.text == text:
            return


@pytest.mark.requirement("CL-13", "CL-21", "CL-22")
async def test_a_client_finds_relays_and_a_mailserver_and_is_in_conversation(town: Town) -> None:
    for _ in range(3):
        await town.relay()
    mailserver = await town.mailserver()
    async with town.client("alice") as alice, town.client("bob") as bob:
        await until(lambda: len(ids(alice)) == 4)
        assert mailserver.enode.node_id in ids(alice)
        assert {peer.source for peer in alice.node.peers} == {Source.DISCV5}
        await until(lambda: len(ids(bob)) == 4)
        await alice.join("town")
        await bob.join("town")
        listening = asyncio.create_task(heard(bob, "good morning"))
        await alice.send_text("town", "good morning")
        await listening
        archived = mailserver.mailserver
        assert archived is not None
        await until(lambda: archived.archiver.archived >= 1)
    async with town.client("carol") as carol:  # was away, and names no mailserver
        await carol.join("town")
        await heard(carol, "good morning")


def found(client: Client) -> set[bytes]:
    """Peers that nobody has named."""
    return {peer.id for peer in client.node.peers if peer.source is not Source.STATIC}


def is_gone(client: Client, node_id: bytes) -> bool:
    return node_id not in found(client)


@pytest.mark.requirement("CL-28")
async def test_a_client_restarts_without_the_bootnode(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CACHE_PATIENCE", 2 * PATIENCE)  # however slow this machine is
    relays = [await town.relay() for _ in range(2)]
    named = {"mailservers": [str(relays[0].enode)], "enough_peers": 2}  # it counts, and none is looked for
    async with town.client("alice", **named) as alice:
        await until(lambda: found(alice) == {relays[1].enode.node_id})
    await town.stop_bootnode.aclose()
    started: list[DiscoveryStarted] = []
    alice = town.client("alice", **named)
    alice.on(DiscoveryStarted)(started.append)
    async with alice:
        await until(lambda: found(alice) == {relays[1].enode.node_id})
        assert {peer.source for peer in alice.node.peers} == {Source.STATIC, Source.CACHE}
    assert started == []


@pytest.mark.requirement("CL-27")
async def test_relays_that_die_are_replaced(town: Town) -> None:
    relays = {relay.enode.node_id: relay for relay in [await town.relay() for _ in range(4)]}
    named, *_ = relays.values()
    async with town.client("alice", enough_peers=2, mailservers=[str(named.enode)]) as alice:
        for _ in range(2):
            await until(lambda: bool(found(alice)))
            (dead,) = found(alice)
            await relays[dead].close()
            await until(partial(is_gone, alice, dead))
        await until(lambda: bool(found(alice)))


@pytest.mark.requirement("CL-21", "CL-22")
async def test_what_a_node_registers(town: Town) -> None:
    relay, mailserver = await town.relay(), await town.mailserver()
    silent = Node(NodeConfig(bootnodes=(town.bootnode,)))
    finding = [node.finding for node in (relay, mailserver, silent)]
    assert [tuple(one.registered) for one in finding if one is not None] == [(WHISPER,), (WHISPER, WHISPERMAIL), ()]
