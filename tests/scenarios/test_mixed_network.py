"""Nodes that speak Whisper alone and nodes that speak Waku alone are one network, through a bridge that they find."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pystatus import Node, NodeConfig
from pystatus.devp2p.capabilities import Subprotocol
from pystatus.net.bootnodes import parse_bootnodes
from pystatus.net.dialer import Dialer
from pystatus.net.discv5 import Discv5Source
from pystatus.net.peer import Peer
from pystatus.node import SHH_6, WAKU_0, WAKU_1, NodeEvent
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER
from pystatus.waku import packets
from pystatus.waku.relay.events import EnvelopeReceived
from tests.net.support import CONFIG, TestNode, key
from tests.node.test_versions import DIALECTS, TOPIC, Player, envelope
from tests.scenarios.test_finding_peers import PATIENCE, Town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
        town = Town(tmp_path, stack)
        await town.open()
        yield town


@asynccontextmanager
async def seeker(town: Town, number: int, subprotocol: Subprotocol) -> AsyncIterator[TestNode]:
    """A node of one language that finds its peers by Discovery v5."""
    async with TestNode(number, subprotocols=(subprotocol,)) as node:
        pool = PeerPool({WHISPER: TopicLimits(1, 1)}, os.urandom, stable_after=CONFIG.stable_after)
        finder = Dialer(node, pool)
        boot = parse_bootnodes([town.bootnode])
        finder.add(Discv5Source(key(number), (("127.0.0.1",), 0), boot, os.urandom, finder.found, tcp_port=0))
        came, left = node.app.peer_connected, node.app.peer_disconnected

        def peer_connected(peer: Peer) -> None:
            finder.peer_connected(peer)
            came(peer)

        def peer_disconnected(peer: Peer, reason: str) -> None:
            finder.peer_gone(peer)
            left(peer, reason)

        node.app.peer_connected = peer_connected  # type: ignore[method-assign]
        node.app.peer_disconnected = peer_disconnected  # type: ignore[method-assign]
        await finder.start()
        yield node
        await finder.close()


@pytest.mark.requirement("WH-4")
async def test_a_mixed_network_is_connected_through_a_bridge_that_is_discovered(town: Town) -> None:
    bridge = await town.stack.enter_async_context(town.node(bridge=True, enough_peers=0))
    heard: asyncio.Queue[NodeEvent] = asyncio.Queue()
    modern = Node(NodeConfig(bootnodes=(town.bootnode,), enough_peers=1), on_event=heard.put_nowait)
    modern.watch([TOPIC])
    async with modern, seeker(town, 1, SHH_6) as whisper, seeker(town, 2, WAKU_0) as old:
        players = []
        for node, spoken in ((whisper, SHH_6), (old, WAKU_0)):
            peer = await node.app.connected.get()
            assert (peer.id, peer.capabilities) == (bridge.enode.node_id, (spoken.capability,))
            assert set(peer.announced) == {SHH_6.capability, WAKU_0.capability, WAKU_1.capability}
            player = Player(node, peer, DIALECTS)
            await player.hear(spoken.capability, packets.STATUS)
            player.greet(spoken.capability)
            players.append(player)
        await modern.wait_for_peer()
        in_whisper, in_waku = envelope(), envelope()
        players[0].give(SHH_6.capability, in_whisper)
        while not isinstance(event := await heard.get(), EnvelopeReceived):
            pass
        assert event.envelope == in_whisper
        assert packets.decode_messages(await players[1].hear(WAKU_0.capability, packets.MESSAGES)) == [in_whisper]
        modern.post(in_waku)
        for player, spoken in zip(players, (SHH_6, WAKU_0), strict=True):
            assert packets.decode_messages(await player.hear(spoken.capability, packets.MESSAGES)) == [in_waku]
