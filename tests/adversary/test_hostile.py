"""The library that attacks are made of does what it says."""

from __future__ import annotations

import asyncio
import textwrap
import time
from typing import Any

import pytest

from pystatus.node import Node, NodeConfig
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RELAY_MIN_POW
from pystatus.waku.relay.relay import Relay
from tests.adversary import hostile
from tests.adversary.hostile import HostilePeer, Refused, RelayPeer, filled, junk
from tests.waku.network import NOW, envelope

PATIENCE = 60.0
LOCAL = NodeConfig(listen="127.0.0.1:0")


def test_the_example_of_its_page() -> None:
    assert hostile.__doc__ is not None
    example = textwrap.dedent(hostile.__doc__.partition("A test reads::\n")[2])
    names: dict[str, Any] = {}
    exec(example, names)
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    test()


def test_a_peer_in_memory_that_was_sent_away_comes_again_as_somebody_else() -> None:
    relay = Relay()
    peer = RelayPeer(relay, NOW)
    first = peer.name
    assert peer.give(envelope(1))
    while peer.send(packets.MESSAGES, b"\xff"):
        pass
    assert relay.ready_peers == []
    peer.come()
    assert peer.name != first
    assert relay.ready_peers == [peer.name]


def test_junk_is_small_and_every_number_is_another() -> None:
    made = [junk(number, NOW, seconds=7, ttl=1) for number in range(100)]
    assert {len(each.raw) for each in made} == {18}
    assert {(each.expiry, each.ttl) for each in made} == {(int(NOW) + 7, 1)}
    assert len({each.hash for each in made}) == 100


def test_a_filled_packet_has_its_size() -> None:
    for item in (b"\x80", b"\xc0" * 7):
        assert 100_000 - 7 < len(filled(item, 100_000)) <= 100_000


async def test_a_peer_over_tcp_says_what_it_likes_and_hears_the_others() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    def read(code: int, body: bytes) -> None:
        if code == packets.MESSAGES:
            for raw in packets.split_messages(body):
                heard.put_nowait(raw)

    async with asyncio.timeout(PATIENCE), Node(LOCAL) as node:
        one = await HostilePeer(node.enode).connect()
        other = await HostilePeer(node.enode, on_packet=read).connect()
        sent = Envelope.mine(time.time(), 15, b"junk", b"anything", 0.0)
        one.send(packets.MESSAGES, packets.encode_messages([sent]))
        assert await heard.get() == sent.raw
        assert one.sent_bytes > len(sent.raw)

        one.send(packets.P2P_REQUEST, filled(b"\xc0", packets.MAX_PACKET_SIZE))
        await one.gone.wait()
        assert one.reason
        one.send(packets.MESSAGES, b"\xc0")  # nobody is there any more, and nothing happens
        await one.close()
        await other.close()


async def test_who_does_not_read_leaves_the_node_with_what_it_is_sent() -> None:
    large = [
        Envelope.mine(time.time(), 15, b"junk", number.to_bytes(4, "big") * 25_000, RELAY_MIN_POW)
        for number in range(30)
    ]
    read: list[int] = []
    over = asyncio.Event()

    def count(code: int, body: bytes) -> None:
        if code == packets.MESSAGES:
            read.extend(map(len, packets.split_messages(body)))
            if len(read) == len(large):
                over.set()

    async with asyncio.timeout(PATIENCE), Node(LOCAL) as node:
        slow = await HostilePeer(node.enode, on_packet=count).connect()
        slow.stop_reading()
        for each in large:
            node.post(each)
            await asyncio.sleep(0)
        assert read == []
        slow.read_on()
        await over.wait()
        await slow.close()


async def test_whom_the_node_does_not_want() -> None:
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0", max_peers=1)) as node:
        first = await HostilePeer(node.enode).connect()
        with pytest.raises(Refused, match="too many peers"):
            await HostilePeer(node.enode).connect()
        await first.close()
