"""The public node and client find relays through a list in DNS, with a real DNS server and real connections."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus import Account, Client, LocalError, Node, NodeConfig, PrivateKey, Profiles
from pystatus.devp2p.enr import NodeRecord
from tests.support.dns_zone import DnsServer, ZoneResolver, key, link, publish

HOME = "nodes.example.org"
LIST = str(link(key(1), HOME))
PATIENCE = 30.0


def published(node: Node, secret: PrivateKey) -> dict[str, list[str]]:
    """A list with this one node."""
    where = NodeRecord.sign(secret, 1, {b"ip": bytes([127, 0, 0, 1]), b"tcp": node.enode.port})
    return publish(key(1), HOME, [where])


def relay(number: int = 7) -> Node:
    return Node(NodeConfig(listen="127.0.0.1:0", key=key(number)))


@pytest.mark.requirement("WK-60", "WK-2", "CL-31")
async def test_a_node_finds_a_relay() -> None:
    async with relay() as known, DnsServer(published(known, key(7))) as server:
        config = NodeConfig(dns_lists=(LIST,), dns_server=server.address, dns_local=True, full_node=False)
        async with Node(config) as node:
            await node.wait_for_peer(PATIENCE)
            assert [peer.id for peer in node.peers] == [key(7).public_key.xy]


@pytest.mark.requirement("WK-60")
async def test_a_client_finds_a_relay(tmp_path: Path) -> None:
    Profiles(tmp_path).create(Account.from_private_key(PrivateKey.generate(os.urandom)), "correct horse", "alice")
    async with relay() as known, DnsServer(published(known, key(7))) as server:
        client = Client.open(
            "alice",
            "correct horse",
            data_dir=tmp_path,
            dns_lists=[LIST],
            dns_server=server.address,
            dns_local=True,
        )
        async with client:
            await client.wait_for_peer(PATIENCE)


async def test_a_resolver_of_the_programs_own() -> None:
    async with relay() as known:
        resolver = ZoneResolver(published(known, key(7)))
        async with Node(NodeConfig(dns_lists=(LIST,), dns_local=True), resolver=resolver) as node:
            await node.wait_for_peer(PATIENCE)
            await known.close()  # the node notices, and would dial again in a minute


def test_a_node_without_lists_loads_nothing_of_them() -> None:
    """They take a tenth of a second to load, a part of the start of every node."""
    program = (
        "import sys, pystatus; pystatus.NodeConfig(); pystatus.Node; print([m for m in sys.modules if 'dns' in m])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def test_settings_that_are_wrong() -> None:
    with pytest.raises(LocalError, match="is not a node list"):
        NodeConfig(dns_lists=("enrtree://x",))
    with pytest.raises(LocalError, match="is no DNS server"):
        NodeConfig(dns_lists=(LIST,), dns_server="dns")


def test_whoever_dials_us_does_not_take_the_places_for_nodes_of_lists() -> None:
    assert NodeConfig(max_peers=20).inbound == 20
    assert NodeConfig(max_peers=20, dns_lists=(LIST,), enough_peers=6).inbound == 14
    assert NodeConfig(max_peers=2, dns_lists=(LIST,)).inbound == 0
    assert NodeConfig(max_peers=20, dns_lists=(LIST,), max_inbound_peers=19).inbound == 19
