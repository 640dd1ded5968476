"""How long a client waits for its first relay: with a bootnode alone, and with what it remembers of an earlier run.

Everything is in one process, on links that take 50 ms each way: datagrams and what a connection brings are handed on
so much later, and a connection takes a round trip to be made.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from unittest import mock

from bench.harness import Measurement
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.net import discv5, listening
from pystatus.net.connecting import ConnectionAttempt
from pystatus.net.discv5 import DiscoveryNode
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.node import Node, NodeConfig
from pystatus.peers.cache import CachedPeer, NoCache
from pystatus.peers.sources import WHISPER

LINK = 0.05
"""Seconds from one end of a link to the other."""
RELAYS = 5
CLIENTS = 5
"""Of each kind, one after the other; the median counts."""
ADVERTISED = 90.0
"""Seconds until the relays have used their tickets: an ad waits for a minute at least (overlay.md §3.5)."""
HERE = (("127.0.0.1",), 0)


class LateSocket(socket.socket):
    """A UDP socket on a slow link."""

    def sendto(self, data: Any, *to: Any) -> int:
        asyncio.get_running_loop().call_later(LINK, self._send_now, data, *to)
        return len(data)

    def _send_now(self, data: Any, *to: Any) -> None:
        with contextlib.suppress(OSError):  # it was closed meanwhile
            super().sendto(data, *to)


def late_sockets(hosts: Sequence[str], port: int) -> list[socket.socket]:
    made: list[socket.socket] = []
    for one in listening.datagram_sockets(hosts, port):
        late = LateSocket(one.family, one.type, one.proto, fileno=one.detach())
        late.setblocking(False)
        made.append(late)
    return made


@contextlib.contextmanager
def slow_links() -> Iterator[None]:
    received, connect = RlpxProtocol.data_received, ConnectionAttempt.connect

    def data_received(self: RlpxProtocol, data: bytes) -> None:
        asyncio.get_running_loop().call_later(LINK, partial(received, self, bytes(data)))

    async def slow_connect(self: ConnectionAttempt) -> socket.socket:
        await asyncio.sleep(2 * LINK)
        return await connect(self)

    with (
        mock.patch.object(discv5, "datagram_sockets", late_sockets),
        mock.patch.object(RlpxProtocol, "data_received", data_received),
        mock.patch.object(ConnectionAttempt, "connect", slow_connect),
    ):
        yield


class Remembered(NoCache):
    """What a client knows of an earlier run."""

    def __init__(self, *relays: Enode) -> None:
        self._relays = relays

    def load(self, topic: str) -> Sequence[CachedPeer]:
        return [CachedPeer(topic, one, 1) for one in self._relays] if topic == WHISPER else []


async def first_peer(bootnode: str, cache: NoCache) -> float:
    config = NodeConfig(full_node=False, bootnodes=(bootnode,), enough_peers=2, dns_local=True)
    started = time.perf_counter()
    async with Node(config, peer_cache=cache) as client:
        await client.wait_for_peer(60.0)
        return time.perf_counter() - started


async def world() -> list[Measurement]:
    key = PrivateKey.generate(os.urandom)
    async with AsyncExitStack() as stack:
        boot = await stack.enter_async_context(DiscoveryNode(key, HERE, [], os.urandom, lambda event: None))
        bootnode = str(Enode(key.public_key, "127.0.0.1", boot.port, boot.port))
        relays = [
            await stack.enter_async_context(
                Node(NodeConfig(listen="127.0.0.1:0", bootnodes=(bootnode,), register=True, enough_peers=2))
            )
            for _ in range(RELAYS)
        ]
        await asyncio.sleep(ADVERTISED)
        alone = sorted([await first_peer(bootnode, NoCache()) for _ in range(CLIENTS)])
        cache = Remembered(*(relay.enode for relay in relays))
        cached = sorted([await first_peer(bootnode, cache) for _ in range(CLIENTS)])
    note = f"start to a relay that takes envelopes, links of {LINK * 1_000:g} ms, {RELAYS} relays"
    return [
        Measurement("discovery.first_peer_seconds", round(alone[CLIENTS // 2], 3), "s", f"bootnode alone: {note}"),
        Measurement("discovery.first_peer_seconds_cached", round(cached[CLIENTS // 2], 3), "s", f"cache: {note}"),
    ]


def measure() -> Iterator[Measurement]:
    with slow_links():
        yield from asyncio.run(world())
