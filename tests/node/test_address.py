"""A node behind a router: what it says of its address, to whom, and when that changes."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.errors import LocalError
from pystatus.node import AddressChanged, Node, NodeConfig, NodeEvent
from pystatus.rpc.admin import AdminApi
from tests.support.pmp_gateway import HOST, PmpGateway

KEY = PrivateKey.generate(lambda size: b"\x07" * size)
BOOTNODE = f"enode://{PrivateKey.generate(lambda size: bytes([8]) * size).public_key.xy.hex()}@127.0.0.1:9"


class World:
    """A node, and what it has said of its address."""

    def __init__(self, config: NodeConfig) -> None:
        self.node = Node(config, on_event=self._heard)
        self.changes: asyncio.Queue[AddressChanged] = asyncio.Queue()

    def _heard(self, event: NodeEvent) -> None:
        if isinstance(event, AddressChanged):
            self.changes.put_nowait(event)

    async def change(self) -> str:
        """The next one."""
        async with asyncio.timeout(20):
            return str((await self.changes.get()).enode).partition("@")[2]


@pytest.fixture
async def gateway() -> AsyncIterator[PmpGateway]:
    async with PmpGateway() as gateway:
        yield gateway


def config(gateway: PmpGateway, **also: object) -> NodeConfig:
    return NodeConfig(listen="0.0.0.0:0", nat=f"pmp:{HOST}:{gateway.port}", key=KEY, **also)  # type: ignore[arg-type]


async def test_the_enode_has_the_address_of_the_router(gateway: PmpGateway) -> None:
    world = World(config(gateway))
    async with world.node as node:
        await node.address.settled()
        port = node.enode.port
        assert await world.change() == f"45.9.0.1:{port}"
        assert gateway.mappings == {("tcp", port): port}, "it answers nobody over UDP"
        info = AdminApi(node, ()).node_info()
        assert (info["ip"], info["listenAddr"]) == ("45.9.0.1", f"45.9.0.1:{port}")
        assert (node.address.is_mapped, node.address.problem) == (True, None)
    assert gateway.mappings == {}


async def test_another_port_than_the_own_one(gateway: PmpGateway) -> None:
    world = World(config(gateway))
    gateway.taken = set(range(1_024, 50_000)) | set(range(50_001, 65_536))
    async with world.node as node:
        await node.address.settled()
        assert str(node.enode).endswith("@45.9.0.1:50000")


async def test_the_record_follows(gateway: PmpGateway, tmp_path: Path) -> None:
    """What Rendezvous nodes are told, and what is kept for the next run."""
    file = tmp_path / "record"
    world = World(config(gateway, bootnodes=(BOOTNODE,), register=True, record_file=file))
    async with world.node as node:
        await world.change()
        assert node.finding is not None
        port = node.enode.port
        record = node.finding._record()
        assert (str(record.address), record.tcp_port, record.udp_port) == ("45.9.0.1", port, port)
        assert gateway.mappings == {("tcp", port): port, ("udp", port): port}
        assert node.finding.discv5 is not None
        assert node.finding.discv5.discovery.sessions.own.ip == ipaddress.ip_address("45.9.0.1").packed
        assert node.address._own is not None
        node.address._own.seen(None, 4)
        assert node.finding._record() is record, "nothing has changed"
        assert node.address._own._mapper is not None
        gateway.address = "45.9.0.77"
        node.address._own._mapper._announced.set()
        assert await world.change() == f"45.9.0.77:{port}"
        later = node.finding._record()
        assert (str(later.address), later.seq) == ("45.9.0.77", record.seq + 1)
        assert NodeRecord.from_person(file.read_text()) == later


async def test_loopback_is_never_mapped(gateway: PmpGateway) -> None:
    world = World(NodeConfig(listen="127.0.0.1:0", nat=f"pmp:{HOST}:{gateway.port}", key=KEY))
    async with world.node as node:
        await node.address.settled()
        assert str(node.enode).partition("@")[2].startswith("127.0.0.1:")
    assert gateway.requests == []


async def test_a_person_knows_better(gateway: PmpGateway) -> None:
    """The port is opened nevertheless: it may be a name whose address follows that of the router."""
    world = World(config(gateway, advertised_host="home.example.org"))
    async with world.node as node:
        await node.address.settled()
        assert str(node.enode).partition("@")[2] == f"home.example.org:{node.enode.port}"
        assert gateway.mappings != {}


@pytest.mark.parametrize("address", ["45.9.0.5", "2a00:1450::5"])
async def test_an_address_that_a_person_has_given(address: str) -> None:
    world = World(NodeConfig(listen="0.0.0.0:0", nat=f"extip:{address}", key=KEY))
    async with world.node as node:
        assert node.enode.host == address
        assert world.changes.qsize() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("192.168.0.2", "it is behind another router"),
        ("100.64.1.1", "it is behind another router"),
        ("127.0.0.1", "which nobody has there"),
        ("0.0.0.0", "which nobody has there"),
        ("224.0.0.1", "which nobody has there"),
        ("255.255.255.255", "which nobody has there"),
        ("203.0.113.9", "which nobody has there"),
    ],
)
async def test_a_router_that_lies_is_not_believed(
    gateway: PmpGateway, said: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.address = said
    world = World(config(gateway))
    async with world.node as node:
        await node.address.settled()
        assert node.enode.host == "127.0.0.1", "as without a router"
        assert node.address.problem is not None
        assert said in node.address.problem
        assert why in node.address.problem
        assert node.address._own is not None
        node.address._own._look()
        assert [one.message for one in caplog.records if one.levelname == "WARNING"] == [
            f"the address that the router says is not used: {node.address.problem.rstrip('.')}"
        ], "once"


async def test_peers_contradict_the_router(gateway: PmpGateway) -> None:
    world = World(config(gateway))
    async with world.node as node:
        await world.change()
        assert node.address._own is not None
        node.address._own.seen(ipaddress.ip_address("45.7.7.7"), 4)
        assert (await world.change()).startswith("45.7.7.7:")
        assert node.address.problem is not None
        assert "peers in many networks see 45.7.7.7: they are believed" in node.address.problem
        node.address._own.seen(ipaddress.ip_address("45.9.0.1"), 4)
        assert (await world.change()).startswith("45.9.0.1:")
        assert node.address.problem is None


def test_two_addresses_are_one_too_many() -> None:
    with pytest.raises(LocalError, match=r"45\.9\.0\.6 \(advertise\) and 45\.9\.0\.5 \(nat\)"):
        NodeConfig(listen="0.0.0.0:0", advertised_host="45.9.0.6", nat="extip:45.9.0.5")
    NodeConfig(listen="0.0.0.0:0", advertised_host="45.9.0.5", nat="extip:45.9.0.5")


def test_no_way() -> None:
    with pytest.raises(LocalError, match="is no way to be reached"):
        NodeConfig(nat="magic")
