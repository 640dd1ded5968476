"""Clients that answer the calls of status-go over HTTP, as the daemon does, in one process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pystatus import Account, Client, Node, NodeConfig, PrivateKey, Profiles
from pystatus.mailserver.server.server import Server
from pystatus.rpc.access import Access
from pystatus.rpc.admin import AdminApi
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.http import HttpServer
from pystatus.rpc.room import Room
from pystatus.rpc.tokens import Token
from pystatus.rpc.waku import WakuApi
from pystatus.rpc.wakuext import WakuextApi
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.mailserver.support import KEY
from tests.rpc.support import TOKEN

PASSWORD = "correct horse"
HOST = "127.0.0.1"


@asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[Node]:
    """A relay that is a mailserver, too."""
    node = Node(NodeConfig(listen=f"{HOST}:0"))
    node.keep_history(await SqliteArchive.open(folder / "archive.db"), Server(KEY))
    async with node:
        yield node


@asynccontextmanager
async def url_of(client: Client, media: Path | None = None) -> AsyncIterator[str]:
    """Where an open client answers: with the token in the path."""
    api, waku = WakuextApi(client, media), WakuApi(client.node, reference_encoding=True)
    methods = {**AdminApi(client.node, ("wakuext",)).methods, **waku.methods, **api.methods}
    access = Access(RpcConfig(http=True, token=TOKEN), Token(TOKEN))
    server = HttpServer(Dispatcher(methods), access, Room())
    await server.start(HOST, 0)
    try:
        yield f"{server.front.url(HOST)}/{TOKEN}"
    finally:
        waku.stop()
        api.close()
        await server.close()
        waku.close()


class House:
    """Clients of one relay, each with its URL."""

    def __init__(self, folder: Path, node: Node, stack: AsyncExitStack) -> None:
        self._folder = folder
        self._node = node
        self._stack = stack

    async def client(self, name: str, key: PrivateKey | None = None) -> Client:
        """A client that is open and connected."""
        folder = self._folder / name
        account = Account.from_private_key(key or PrivateKey.generate(os.urandom))
        await asyncio.to_thread(Profiles(folder).create, account, PASSWORD, name)
        enode = str(self._node.enode)
        client = Client.open(name, PASSWORD, data_dir=folder, state_dir=folder, peers=[enode], mailservers=[enode])
        return await self._stack.enter_async_context(client)

    async def url(self, name: str, key: PrivateKey | None = None) -> str:
        """Where it answers."""
        return await self._stack.enter_async_context(url_of(await self.client(name, key)))


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Ends all of them."""
    async with AsyncExitStack() as stack:
        yield House(folder, await stack.enter_async_context(relay(folder)), stack)
