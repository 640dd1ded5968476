"""Public nodes find each other by a Rendezvous node, over sockets."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from pystatus import Node, NodeConfig
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.peers.sources import Source
from tests.support.dns_zone import key

PATIENCE = 30.0


@asynccontextmanager
async def a_server() -> AsyncIterator[RendezvousServer]:
    """Closed also where a test fails: its loop would not end."""
    server = RendezvousServer(key(3), ["127.0.0.1"], 0, os.urandom)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@pytest.mark.requirement("CL-18", "CL-21")
async def test_a_relay_registers_and_a_node_finds_it() -> None:
    async with a_server() as server:
        address = str(server.address())
        relay = Node(NodeConfig(listen="127.0.0.1:0", key=key(7), rendezvous_nodes=(address,), register=True))
        async with relay, Node(NodeConfig(rendezvous_nodes=(address,), full_node=False)) as node:
            await node.wait_for_peer(PATIENCE)
            (peer,) = node.peers
            assert peer.id == relay.enode.node_id
            assert peer.source is Source.RENDEZVOUS
            assert server.registry.topics() == {b"whisper": 1}


@pytest.mark.requirement("CL-23")
async def test_with_both_named_both_are_used() -> None:
    async with a_server() as server:
        bootnode = f"enode://{key(5).public_key.xy.hex()}@127.0.0.1:9"
        config = NodeConfig(
            listen="127.0.0.1:0", key=key(7), rendezvous_nodes=(str(server.address()),), bootnodes=(bootnode,)
        )
        async with Node(config) as node:
            assert node.finding is not None
            assert node.finding.dialer is not None
            named = [runner.source for runner in node.finding.dialer._runners if runner.is_running]
            assert {source.source for source in named} == {Source.RENDEZVOUS, Source.DISCV5}
