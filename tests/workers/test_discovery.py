"""Of several workers one looks for peers in node lists: else each would dial enough for all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from pystatus.node import Node, NodeConfig
from pystatus.workers.supervisor import Supervisor
from tests.node.test_node import PATIENCE
from tests.node.test_node_lists import LIST, published
from tests.support.dns_zone import DnsServer, key
from tests.workers.test_supervisor import CONFIG, TIMES


@pytest.mark.requirement("WK-60")
async def test_one_worker_finds_the_relay() -> None:
    relay = Node(NodeConfig(listen="127.0.0.1:0", key=key(9)))
    async with relay, DnsServer(published(relay, key(9))) as server:
        config = replace(CONFIG, dns_lists=(LIST,), dns_server=server.address, dns_local=True)
        async with asyncio.timeout(PATIENCE), Supervisor(config, 2, times=TIMES):
            await relay.wait_for_peer()
            assert len(relay.network.peers) == 1
            assert server.asked.count("nodes.example.org") == 1
