"""A56: four peers that ask for a page of history and do not read: nobody else is served for 16 s.

Expected: a place is held while the archive is read, not while a peer reads; limits for each network. So whoever asks
meanwhile is answered while all of them are still being waited for.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected
from pystatus.devp2p.local_node import LocalNode
from pystatus.mailserver.completion import Completed
from pystatus.mailserver.config import MAX_AT_ONCE, MAX_PAGE_BYTES, MAX_WAITING, PORTION_BYTES
from pystatus.mailserver.requests import HistoryRequest
from pystatus.net.mailserver import UNREAD_BYTES
from pystatus.waku import packets
from pystatus.waku.status import StatusOptions
from pystatus.waku_connection.capabilities import DIALECTS, WAKU_1, subprotocols
from tests.mailserver.support import plain
from tests.scenarios.test_history import OTHER, PATIENCE, Asker, Site, envelope, everything, site, until

WAKU = WAKU_1.capability
LARGE = 700_000
"""Bytes of an envelope; 14 of them fill a page."""
NETWORKS = [f"127.0.{number}.1" for number in range(1, 11)]
"""Addresses of this machine, each in a /24 of its own; the honest asker is at 127.0.0.1."""
MOST_UNREAD = UNREAD_BYTES + packets.MAX_SENT_PACKET_SIZE + 10_000
"""Bytes that wait for a peer at most: what it may leave unread, one packet more, and what frames add."""
SMALLEST_BUFFER = 4_096
"""What the system keeps of what an attacker does not read; it takes a little more."""


class SlowReader:
    """A peer that says what it wants to, and reads as little as it can."""

    def __init__(self, connection: Connection, end: socket.socket) -> None:
        self._connection = connection
        self.end = end

    @classmethod
    async def dial(cls, stack: AsyncExitStack, enode: Enode, address: str) -> SlowReader:
        """Connect from ``address`` and become a peer."""
        loop = asyncio.get_running_loop()
        end = stack.enter_context(socket.socket())
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
        end.bind((address, 0))
        await loop.sock_connect(end, (enode.host, enode.port))
        local = LocalNode(PrivateKey.generate(os.urandom), "slow", subprotocols(bridge=False))
        connection = Connection.initiate(local, enode.public_key, os.urandom, loop.time())
        one = cls(connection, end)
        async with asyncio.timeout(PATIENCE):
            while not isinstance(connection.next_event(), Connected):
                await one.write()
                connection.receive_data(await loop.sock_recv(end, 65_536), loop.time())
        status = StatusOptions(light_node=True, bloom_filter=bytes(64))
        connection.send(WAKU, packets.STATUS, DIALECTS[WAKU].encode_status(status))
        return one

    async def write(self) -> None:
        await asyncio.get_running_loop().sock_sendall(self.end, self._connection.data_to_send())

    async def ask(self, count: int = 1) -> None:
        """Ask for a page of everything, so many times."""
        for number in range(count):
            request = plain(everything(), int.from_bytes(os.urandom(4), "big") + number)
            self._connection.send(WAKU, packets.P2P_REQUEST, request.encode())
        await self.write()

    async def read_bytewise(self) -> None:
        """One byte after the other, until the end."""
        loop = asyncio.get_running_loop()
        data = b"x"
        while data:
            data = await loop.sock_recv(self.end, 1)
            await asyncio.sleep(0)  # which it does not by itself while there is something


@asynccontextmanager
async def full_site(path: Path) -> AsyncIterator[Site]:
    """A mailserver that has a page of ten megabytes on one topic, and a short message on another one."""
    async with site(path) as here:
        for _ in range(MAX_PAGE_BYTES // LARGE + 1):
            here.node.post(envelope(size=LARGE))
        here.node.post(envelope(OTHER))
        await here.mailserver.archiver.stored()
        yield here


@asynccontextmanager
async def attacked(path: Path, addresses: list[str]) -> AsyncIterator[tuple[Site, Asker, list[SlowReader]]]:
    """Somebody honest, and peers at these addresses, each of which has asked for a page and reads nothing of it."""
    async with full_site(path) as here, here.asker() as asker, AsyncExitStack() as stack:
        readers = [await SlowReader.dial(stack, here.node.enode, address) for address in addresses]
        for reader in readers:
            await reader.ask()
        server = here.mailserver.server
        await until(lambda: server.accepted == len(readers))
        await until(lambda: not server._reading and not server._count_waiting)
        yield here, asker, readers


def unread(here: Site) -> int:
    """Most bytes that wait for one of them."""
    return max(peer.pending_bytes for peer in here.node.peers)


async def is_served(here: Site, asker: Asker) -> bool:
    """Whether a short question is answered while all who were connected before still are."""
    before = set(here.node.peers)
    asker.received.clear()
    completion = await asker.ask(HistoryRequest(0, 0, b"", (OTHER,)))
    return isinstance(completion, Completed) and len(asker.received) == 1 and before <= set(here.node.peers)


@pytest.mark.parametrize(
    "addresses",
    [NETWORKS[:MAX_AT_ONCE], NETWORKS, ["127.0.7.7"] * 12, ["127.0.0.1"] * 12],
    ids=["four", "ten networks", "many identities of one address", "where the honest one is"],
)
async def test_who_does_not_read_holds_up_nobody(tmp_path: Path, addresses: list[str]) -> None:
    """What waits for one is what its connection has not taken, and one portion; the rest stays in the archive."""
    async with attacked(tmp_path, addresses) as (here, asker, _):
        for _ in range(3):
            assert await is_served(here, asker)
        assert UNREAD_BYTES < unread(here) <= MOST_UNREAD
        assert len(here.mailserver._tasks) == len(addresses)


async def test_an_honest_page_of_many_portions_is_served_meanwhile(tmp_path: Path) -> None:
    async with attacked(tmp_path, NETWORKS) as (_, asker, _):
        completion = await asker.ask(everything())
        assert isinstance(completion, Completed)
        assert sum(len(one.raw) for one in asker.received) > 9 * PORTION_BYTES
        assert completion.last_hash == asker.received[-1].hash


async def test_who_reads_byte_by_byte(tmp_path: Path) -> None:
    async with attacked(tmp_path, NETWORKS[:5]) as (here, asker, readers):
        reading = [asyncio.create_task(reader.read_bytewise()) for reader in readers]
        for _ in range(3):
            assert await is_served(here, asker)
        assert unread(here) <= MOST_UNREAD
        assert not any(task.done() for task in reading)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def test_who_asks_for_more_and_does_not_read(tmp_path: Path) -> None:
    """Eight requests wait. What is refused is refused without a word: words would pile up."""
    async with attacked(tmp_path, NETWORKS[:5]) as (here, asker, readers):
        server = here.mailserver.server
        for reader in readers:
            await reader.ask(300)
        await until(lambda: server.refused == len(readers) * (300 - MAX_WAITING))
        assert await is_served(here, asker)
        assert server._count_waiting == len(readers) * MAX_WAITING
        assert unread(here) <= MOST_UNREAD


async def test_who_leaves_without_having_read_leaves_nothing(tmp_path: Path) -> None:
    async with attacked(tmp_path, NETWORKS[:5]) as (here, asker, readers):
        for reader in readers:
            await reader.ask(3)
            reader.end.close()
        await until(lambda: len(here.node.peers) == 1 and not here.mailserver._tasks)
        server = here.mailserver.server
        assert (server._busy, server._count_waiting, dict(server._waiting)) == ({}, 0, {})
        assert await is_served(here, asker)
