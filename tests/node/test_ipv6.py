"""Nodes over IPv6, on ::1: what they say of themselves, who dials whom, and how they are found."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from pystatus import Node, NodeConfig
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.events import Event, NodesAnswered
from pystatus.errors import LocalError
from pystatus.net.discv5 import DiscoveryNode
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.peers.sources import Source
from tests.support.dns_zone import key

PATIENCE = 30.0


def port_of(node: Node) -> int:
    return int(node.enode.port)


async def test_an_enode_with_ipv6_is_dialled() -> None:
    async with Node(NodeConfig(listen="[::1]:0", key=key(7))) as relay:
        assert str(relay.enode).endswith(f"@[::1]:{port_of(relay)}")
        async with Node(NodeConfig(peers=(str(relay.enode),))) as node:
            await node.wait_for_peer(PATIENCE)
            (peer,) = node.peers
            assert peer.id == relay.enode.node_id


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_node_on_all_addresses_has_one_port_for_both_families(host: str) -> None:
    async with Node(NodeConfig(listen=":0", key=key(7))) as relay:
        places = relay.network.places_to_dial
        assert {address for address, _ in places} == {"0.0.0.0", "::"}
        assert {port for _, port in places} == {port_of(relay)}
        there = Enode(relay.enode.public_key, host, port_of(relay), port_of(relay))
        async with Node(NodeConfig(peers=(str(there),))) as node:
            await node.wait_for_peer(PATIENCE)


async def test_a_port_that_one_family_has_is_taken_in_neither() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::", 0))
        other.listen()
        port = other.getsockname()[1]
        node = Node(NodeConfig(listen=f":{port}"))
        with pytest.raises(LocalError, match=f"Port {port} is already in use"):
            await node.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))


async def test_an_ipv6_node_registers_and_is_found() -> None:
    """At a Rendezvous node that is itself reached over IPv6."""
    server = RendezvousServer(key(3), ["::1"], 0, os.urandom)
    await server.start()
    address = str(server.address())
    assert address.startswith("/ip6/::1/tcp/")
    relay = Node(NodeConfig(listen="[::1]:0", key=key(7), rendezvous_nodes=(address,), register=True))
    async with relay, Node(NodeConfig(rendezvous_nodes=(address,), full_node=False)) as node:
        await node.wait_for_peer(PATIENCE)
        (peer,) = node.peers
        assert (peer.id, peer.source) == (relay.enode.node_id, Source.RENDEZVOUS)
        assert relay.finding is not None
        record = relay.finding._record()
        assert (str(record.address), b"ip" in record.values) == ("::1", False)
    await server.close()


class TestDiscovery:
    @pytest.mark.parametrize("hosts", [["::1"], ["127.0.0.1", "::1"]], ids=["IPv6", "both"])
    async def test_nodes_know_each_other_by_ipv6(self, hosts: Sequence[str]) -> None:
        async with discovering(1, hosts, []) as bootnode:
            there = Enode(key(1).public_key, "::1", bootnode.port, bootnode.port)
            async with discovering(2, hosts, [there]) as one, discovering(3, ["::1"], [there]) as other:
                await until_known(bootnode, 2)
                await until_known(one, 2)
                await until_known(other, 2)
                assert {str(node.endpoint.address) for node in other.discovery.table.entries()} == {"::1"}

    async def test_who_has_ipv4_alone_is_not_sent_to_ipv6(self) -> None:
        """It is told of such nodes, pings them in vain, and loses nothing else by it."""
        async with discovering(1, ["127.0.0.1", "::1"], []) as bootnode:
            by_4 = Enode(key(1).public_key, "127.0.0.1", bootnode.port, bootnode.port)
            by_6 = Enode(key(1).public_key, "::1", bootnode.port, bootnode.port)
            async with discovering(2, ["::1"], [by_6]), discovering(3, ["127.0.0.1"], [by_4]) as old:
                await until_known(bootnode, 2)
                await until_known(old, 1)
                answers: asyncio.Queue[Event] = asyncio.Queue()
                assert old.udp is not None
                old.udp._on_event = answers.put_nowait
                old.discovery.query(by_4, key(2).public_key.xy[:32], old.udp.now)
                old.udp.wake()
                async with asyncio.timeout(PATIENCE):
                    while not isinstance(answer := await answers.get(), NodesAnswered):
                        pass
                assert answer.nodes != ()
                assert len(old.discovery.table) == 1


@asynccontextmanager
async def discovering(number: int, hosts: Sequence[str], bootnodes: Sequence[Enode]) -> AsyncIterator[DiscoveryNode]:
    async with DiscoveryNode(key(number), (hosts, 0), bootnodes, os.urandom, lambda event: None, share=1) as node:
        yield node


async def until_known(node: DiscoveryNode, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(node.discovery.table) < count:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)
