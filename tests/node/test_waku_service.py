"""The way of an envelope from the bytes of a socket to the node's event, and on to other peers: how often, how soon."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import Any

import pytest

from pystatus import Node, NodeConfig
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.local_node import LocalNode
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.node import NodeEvent
from pystatus.node.waku_service import STALLED_BYTES
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived, PeerReady
from pystatus.waku.relay.relay import Relay
from pystatus.waku_connection.capabilities import WAKU_1
from pystatus.waku_connection.connection import Event, WakuConnection

TOPIC = b"\x12\x34\x56\x78"
SOON = 30.0
"""Seconds after which a test has failed."""


class MemorySocket(asyncio.Transport):
    """Takes what is written, for a peer in memory."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.unsent = 0
        """Bytes that the system is said not to have taken."""
        self._socket = socket.socket()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 30303), "socket": self._socket}[name]

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """They do not matter here."""

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def write_eof(self) -> None:
        """The node says goodbye."""

    def pause_reading(self) -> None:
        """The test says when bytes come."""

    def resume_reading(self) -> None:
        """The same."""

    def close(self) -> None:
        self._socket.close()

    def abort(self) -> None:
        self._socket.close()


class MemoryPeer:
    """A peer of the node on a link whose socket is in memory: its bytes come when the test says so."""

    def __init__(self, node: Node) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        local = LocalNode(PrivateKey.generate(os.urandom), "peer", (WAKU_1,))
        self.relay = Relay(RelayConfig(watched=None))
        connection = Connection.initiate(local, node.enode.public_key, os.urandom, loop.time())
        self.waku = WakuConnection(connection, self.relay)
        self.socket = MemorySocket()
        self.link = RlpxProtocol(node.network, loop)
        self.events: list[Event] = []
        self.link.connection_made(self.socket)

    async def join(self) -> MemoryPeer:
        while not any(isinstance(event, PeerReady) for event in self.events):
            self.speak()
            await asyncio.sleep(0)
            self.hear()
        self.speak()
        for _ in range(3):
            await asyncio.sleep(0)
        return self

    def speak(self) -> None:
        """What it has to send arrives at the node, in this turn of the event loop."""
        data = self.waku.data_to_send(time.time())
        if data:
            self.link.data_received(data)

    def hear(self) -> None:
        """Read what the node has written so far."""
        for data in self.socket.written:
            self.waku.receive_data(data, self._loop.time(), time.time())
        self.socket.written.clear()
        while (event := self.waku.next_event()) is not None:
            self.events.append(event)

    def post(self, *envelopes: Envelope) -> None:
        for one in envelopes:
            self.relay.post(one, time.time())

    @property
    def received(self) -> list[bytes]:
        return [event.envelope.hash for event in self.events if isinstance(event, EnvelopeReceived)]

    def leave(self) -> None:
        self.link.connection_lost(None)
        self.socket.abort()


def envelopes(count: int) -> list[Envelope]:
    return [Envelope.mine(time.time(), 20, TOPIC, os.urandom(100), 0.002) for _ in range(count)]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn ends by its bytes alone, however long a busy machine takes for it."""
    monkeypatch.setattr("pystatus.devp2p.session.TURN_SECONDS", 60.0)


class Watched:
    """A node that tells its envelopes, and its peers in memory, which leave before it closes."""

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.node = Node(NodeConfig(), on_event=self._note)
        self.node.watch([TOPIC])
        self._peers: list[MemoryPeer] = []

    async def __aenter__(self) -> Watched:
        await self.node.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        for peer in self._peers:
            peer.leave()
        await self.node.close()

    async def peer(self) -> MemoryPeer:
        self._peers.append(MemoryPeer(self.node))
        return await self._peers[-1].join()

    def _note(self, event: NodeEvent) -> None:
        if isinstance(event, EnvelopeReceived):
            self.told.append(event.envelope.hash)


async def test_an_envelope_is_told_once_and_in_the_turn_after_its_bytes_came() -> None:
    async with Watched() as watched:
        peer = await watched.peer()
        sent = envelopes(20)
        for one in sent:  # each in a packet of its own
            peer.post(one)
            peer.speak()
        assert watched.told == [], "those that come in one turn are passed on together"
        await asyncio.sleep(0)
        assert watched.told == [one.hash for one in sent]
        for _ in range(10):
            await asyncio.sleep(0)
        assert watched.told == [one.hash for one in sent], "and once"


async def test_it_leaves_for_the_other_peers_in_the_same_turn() -> None:
    async with Watched() as watched:
        author, reader = await watched.peer(), await watched.peer()
        sent = envelopes(5)
        author.post(*sent)
        author.speak()
        reader.hear()
        assert reader.received == []
        await asyncio.sleep(0)
        assert len(reader.socket.written) == 1, "together, in one write"
        reader.hear()
        assert reader.received == [one.hash for one in sent]
        for _ in range(10):
            await asyncio.sleep(0)
        assert reader.socket.written == []
        author.hear()
        assert author.received == [], "who sent it does not get it back"


async def test_what_two_peers_bring_is_told_once() -> None:
    async with Watched() as watched:
        peers = [await watched.peer() for _ in range(2)]
        sent = envelopes(5)
        for peer in peers:
            peer.post(*sent)
            peer.speak()
        await asyncio.sleep(0)
        assert watched.told == [one.hash for one in sent]
        for peer in peers:  # and again, a turn later
            peer.post(*envelopes(1))
            peer.speak()
        await asyncio.sleep(0)
        assert len(watched.told) == len(set(watched.told)) == len(sent) + 2


async def test_what_a_peer_does_not_read_waits_in_the_relay_until_it_reads() -> None:
    async with Watched() as watched:
        author, slow, quick = [await watched.peer() for _ in range(3)]
        slow.socket.unsent = STALLED_BYTES + 1
        sent = envelopes(4)
        for one in sent[:3]:
            author.post(one)
            author.speak()
            await asyncio.sleep(0)
        for reader in (slow, quick):
            reader.hear()
        assert slow.received == [sent[0].hash], "with the first it was seen that it does not read"
        assert quick.received == [one.hash for one in sent[:3]]
        slow.socket.unsent = 0
        async with asyncio.timeout(SOON):
            while len(slow.received) < 3:
                await asyncio.sleep(0)
                slow.hear()
        author.post(sent[3])
        author.speak()
        await asyncio.sleep(0)
        slow.hear()
        assert slow.received == [one.hash for one in sent], "in order, and at once again"


async def test_of_a_peer_that_leaves_while_it_does_not_read_nothing_is_kept() -> None:
    async with Watched() as watched:
        author, slow = [await watched.peer() for _ in range(2)]
        slow.socket.unsent = STALLED_BYTES + 1
        author.post(*envelopes(1))
        author.speak()
        await asyncio.sleep(0)
        assert len(watched.node._service._stalled) == 1
        slow.link.connection_lost(None)
        await asyncio.sleep(0)
        assert not watched.node._service._stalled
        author.post(*envelopes(1))
        author.speak()
        await asyncio.sleep(0)
        assert len(watched.told) == 2
