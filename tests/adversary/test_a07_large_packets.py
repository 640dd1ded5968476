"""A07 over TCP: an honest relay whose packet is as large as its whole pool, and many hostile peers that begin such
frames and do not end them."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.net import packet_memory
from pystatus.net.packet_memory import PacketMemory
from pystatus.node import Node, NodeConfig
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku_connection.capabilities import WAKU_1
from tests.adversary.hostile.sockets import HostilePeer
from tests.net.support import PATIENCE

MEBIBYTE = 1 << 20
RELAY = PrivateKey(b"\x11" * 32)
LOCAL = NodeConfig(listen="127.0.0.1:0", min_pow=0.0, whitelist=(RELAY.public_key.xy.hex(),))


def pool(size: int) -> list[Envelope]:
    """What a relay has: so many bytes in envelopes of 50 kB."""
    now = time.time()
    return [
        Envelope.mine(now, 60, number.to_bytes(4, "big"), os.urandom(50_000), 0.0) for number in range(size // 50_100)
    ]


class Unfinished(HostilePeer):
    """Begins a frame and sends all of it but the end."""

    def begin(self, size: int) -> None:
        self._connection.send(WAKU_1.capability, packets.MESSAGES, os.urandom(size))
        self._there.write(self._connection.data_to_send()[: -64 * 1024])


class Neighbour:
    """Hears what the node passes on."""

    def __init__(self, node: Node, count: int) -> None:
        self.has_all = asyncio.Event()
        self._missing = count
        self.peer = HostilePeer(node.enode, on_packet=self._heard)

    def _heard(self, code: int, body: bytes) -> None:
        if code == packets.MESSAGES:
            self._missing -= len(packets.split_messages(body))
            if self._missing == 0:
                self.has_all.set()


async def test_a_relay_that_sends_its_whole_pool_in_one_packet_is_heard() -> None:
    envelopes = pool(15 * MEBIBYTE)
    packet = packets.encode_messages(envelopes)
    assert 14 * MEBIBYTE < len(packet) < packets.MAX_FRAME_SIZE
    async with asyncio.timeout(PATIENCE), Node(LOCAL) as node:
        neighbour = Neighbour(node, len(envelopes))
        await neighbour.peer.connect()
        relay = await HostilePeer(node.enode).connect()
        relay.send(packets.MESSAGES, packet)
        await neighbour.has_all.wait()
        assert not relay.gone.is_set()
        for peer in (relay, neighbour.peer):
            await peer.close()


async def test_many_who_begin_large_frames_share_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the relay that this node has named sends its pool meanwhile."""
    small = PacketMemory(40 * MEBIBYTE)
    monkeypatch.setattr("pystatus.net.manager.PacketMemory", lambda: small)
    envelopes = pool(15 * MEBIBYTE)
    most = 0
    hold = small.hold

    def watched(holder: packet_memory.Holder, count: int) -> None:
        nonlocal most
        hold(holder, count)
        most = max(most, small.bytes)

    monkeypatch.setattr(small, "hold", watched)
    async with asyncio.timeout(3 * PATIENCE), Node(LOCAL) as node:
        hostile = [await Unfinished(node.enode).connect() for _ in range(12)]
        relay = await HostilePeer(node.enode, identity=RELAY).connect()
        neighbour = Neighbour(node, len(envelopes))
        await neighbour.peer.connect()
        for peer in hostile:
            peer.begin(8 * MEBIBYTE)
        relay.send(packets.MESSAGES, packets.encode_messages(envelopes))
        await neighbour.has_all.wait()
        assert not relay.gone.is_set()
        assert any(peer.gone.is_set() for peer in hostile)
        assert 30 * MEBIBYTE < most <= 41 * MEBIBYTE
        for one in (*hostile, relay, neighbour.peer):
            await one.close()
