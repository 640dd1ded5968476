"""Where others reach a node: what each source says of it, and which of them counts."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping

import pytest

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.nat.method import NatMethod
from pystatus.nat.ports import Lease, LocalPort, Protocol
from pystatus.net import own_address
from pystatus.net.listening import ExternalEndpoint
from pystatus.net.own_address import OwnAddress
from pystatus.net.port_mapper import Find
from pystatus.net.router import Router

EVERYWHERE = [("0.0.0.0", 30303), ("::", 30303)]


async def nobody(method: NatMethod) -> Router:
    raise RemoteError("nobody is there")


class World:
    """The address of a node on a machine with these addresses towards the internet; no router answers."""

    def __init__(
        self,
        *outward: str,
        places: list[tuple[str, int]] = EVERYWHERE,
        method: str = "any",
        advertised: str | None = None,
    ) -> None:
        self.outward: dict[int, IPAddress] = {one.version: one for one in map(ipaddress.ip_address, outward)}
        self.changes = 0
        self.find: Find = nobody
        self.own = OwnAddress(
            NatMethod.parse(method), places, tuple(Protocol), lambda size: bytes(size), self._changed,
            advertised=advertised, find=self._find, outward=lambda version: self.outward.get(version),
        )  # fmt: skip

    def _changed(self) -> None:
        self.changes += 1

    async def _find(self, method: NatMethod) -> Router:
        return await self.find(method)

    async def hosts(self) -> tuple[str, ...]:
        await self.own.start()
        await self.own.settled()
        found = () if self.own.endpoint is None else self.own.endpoint.hosts
        await self.own.close()
        return found


def address(text: str) -> IPAddress:
    return ipaddress.ip_address(text)


@pytest.mark.parametrize(
    ("outward", "hosts"),
    [
        (["45.9.0.1"], ("45.9.0.1",)),
        (["45.9.0.1", "2a00:1450::1"], ("45.9.0.1", "2a00:1450::1")),
        (["192.168.1.5", "2a00:1450::1"], ("2a00:1450::1",)),
        (["192.168.1.5", "fd00::1"], ()),
        (["10.0.0.1", "fe80::1"], ()),
        ([], ()),
    ],
)
async def test_a_machine_with_a_public_address_says_that(outward: list[str], hosts: tuple[str, ...]) -> None:
    assert await World(*outward).hosts() == hosts


@pytest.mark.parametrize(
    ("places", "hosts"),
    [
        ([("0.0.0.0", 1)], ("45.9.0.1",)),
        ([("::", 1)], ("2a00:1450::1",)),
        ([("45.9.0.2", 1)], ("45.9.0.2",)),
        ([("2a00:1450::2", 1)], ("2a00:1450::2",)),
        ([("192.168.1.5", 1)], ()),
        ([("127.0.0.1", 1), ("::1", 1)], ()),
        ([], ()),
    ],
)
async def test_only_what_it_listens_on_counts(places: list[tuple[str, int]], hosts: tuple[str, ...]) -> None:
    assert await World("45.9.0.1", "2a00:1450::1", places=places).hosts() == hosts


async def test_what_a_person_says_counts_on_loopback_too() -> None:
    here = [("127.0.0.1", 30303)]
    assert await World(places=here, method="extip:45.9.0.1").hosts() == ("45.9.0.1",)
    assert await World(places=here, advertised="home.example.org").hosts() == ("home.example.org",)


async def test_none_asks_nobody_and_looks_at_nothing() -> None:
    world = World("45.9.0.1", method="none")
    world.own.seen(address("45.9.0.1"), 4)
    await world.own.start()
    assert world.own._task is None
    assert world.own._mapper is None
    await world.own.close()


async def test_what_many_networks_see_counts_where_nobody_knows_better() -> None:
    world = World("192.168.1.5", "fd00::1")
    await world.own.start()
    assert world.own.endpoint is None
    world.own.seen(address("45.9.0.1"), 4)
    world.own.seen(address("2a00:1450::1"), 6)
    assert world.own.endpoint is not None
    assert (world.own.endpoint.hosts, world.own.endpoint.tcp_port) == (("45.9.0.1", "2a00:1450::1"), 30303)
    assert world.changes == 2
    world.own.seen(address("45.9.0.1"), 4)
    assert world.changes == 2
    world.own.seen(None, 4)
    assert world.own.endpoint.hosts == ("2a00:1450::1",)
    world.outward[6] = address("2a00:1450::77")
    world.own._look()
    assert world.own.endpoint.hosts == ("2a00:1450::77",), "the machine itself knows better"
    await world.own.close()


async def test_another_network_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_address, "LOOK_SECONDS", 0.001)
    world = World("45.9.0.1")
    await world.own.start()
    world.outward[4] = address("45.77.0.9")
    async with asyncio.timeout(20):
        while world.changes < 2:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)
    assert world.own.endpoint is not None
    assert world.own.endpoint.hosts == ("45.77.0.9",)
    await world.own.close()


async def test_where_nobody_expects_a_router_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    world = World("192.168.1.5")
    assert await world.hosts() == ()
    assert (world.own.problem, world.own.is_mapped) == (None, False)
    assert [one for one in caplog.records if one.levelname == "WARNING"] == []


async def test_who_has_asked_for_a_router_is_told_that_there_is_none() -> None:
    world = World("192.168.1.5", method="upnp")
    assert await world.hosts() == ()
    assert world.own.problem == "No port is opened on a router: nobody is there."


@pytest.mark.parametrize("near", ["192.168.1.5", "10.0.0.1", "127.0.0.1", "fd00::1"])
async def test_who_tells_an_address_of_the_local_network_opens_nothing_to_the_internet(near: str) -> None:
    world = World("192.168.1.5", advertised=near)
    asked: list[NatMethod] = []

    async def find(method: NatMethod) -> Router:
        asked.append(method)
        raise RemoteError("nobody is there")

    world.find = find
    assert await world.hosts() == (near,)
    assert asked == []
    for told in ("45.9.0.1", "home.example.org"):
        world = World("192.168.1.5", advertised=told)
        world.find = find
        assert await world.hosts() == (told,)
    assert len(asked) == 2


async def test_behind_the_router_its_port_leads_nowhere() -> None:
    """Somebody wants a port opened, and tells the others an address this side of the router."""
    world = World("192.168.1.5", method="upnp", advertised="192.168.1.5")

    async def find(method: NatMethod) -> Router:
        return Elsewhere()

    world.find = find
    await world.own.start()
    await world.own.settled()
    assert world.own.is_mapped
    assert world.own.endpoint == ExternalEndpoint(("192.168.1.5",), 30303, 30303)
    await world.own.close()


class Elsewhere:
    """A router that gives another port than the one that is wanted."""

    name = "a router"

    async def external_address(self) -> IPAddress:
        return address("45.9.0.1")

    async def has_forgotten(self, leases: Mapping[LocalPort, Lease]) -> bool:
        return False

    async def open_port(self, port: LocalPort, external_port: int, lifetime: int) -> Lease:
        return Lease(40_000, lifetime)

    async def close_port(self, port: LocalPort, lease: Lease) -> None:
        """It is closed."""

    def listen(self, on_announcement: Callable[[], None]) -> None:
        """It announces nothing."""

    def close(self) -> None:
        """Nothing is open."""
