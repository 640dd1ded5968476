"""A node and the NAT-PMP router before it: ports are opened, renewed, opened again when they are forgotten, and closed.

The router is one of tests/support/pmp_gateway.py, on a socket of loopback. Nothing here waits for a time: the intervals
of the mapper are milliseconds, and the test waits for what the router is asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from pystatus.errors import RemoteError
from pystatus.nat.method import NatMethod
from pystatus.nat.ports import LocalPort, Protocol
from pystatus.net.pmp_router import MAX_NONSENSE, PmpRouter
from pystatus.net.port_mapper import MapperTimes, PortMapper
from pystatus.net.router import Router
from pystatus.net.router_search import find_router
from tests.support.pmp_gateway import HOST, PmpGateway

PORT = 30303
BOTH = (LocalPort(Protocol.TCP, PORT), LocalPort(Protocol.UDP, PORT))
OFTEN = MapperTimes(renewal=3_600.0, check=0.01, shortest_renewal=0.01, first_pause=0.01, longest_pause=0.01)
"""It looks at the router all the time, and renews nothing."""


class Mapped:
    """A mapper, and what it has told."""

    def __init__(self, gateway: PmpGateway, times: MapperTimes, ports: tuple[LocalPort, ...], patience: float) -> None:
        async def find(method: NatMethod) -> Router:
            router = PmpRouter(method.address, method.port, patience=patience)  # type: ignore[arg-type]  # it is given
            await router.external_address()
            return router

        method = NatMethod.parse(f"pmp:{HOST}:{gateway.port}")
        self._changed = asyncio.Event()
        self.mapper = PortMapper(method, ports, find, lambda size: b"\x12" * size, self._changed.set, times=times)

    async def until(self, address: str | None) -> None:
        """Wait until this is the address of the router, as far as the mapper knows."""
        async with asyncio.timeout(20):
            while self.address != address:
                self._changed.clear()
                await self._changed.wait()

    @property
    def address(self) -> str | None:
        opened = self.mapper.open_ports
        return None if opened is None else str(opened.address)


@asynccontextmanager
async def mapped(
    gateway: PmpGateway,
    times: MapperTimes = OFTEN,
    ports: tuple[LocalPort, ...] = BOTH,
    patience: float = 5.0,
) -> AsyncIterator[Mapped]:
    world = Mapped(gateway, times, ports, patience)
    world.mapper.start()
    try:
        yield world
    finally:
        await world.mapper.close()


@pytest.fixture
async def gateway() -> AsyncIterator[PmpGateway]:
    async with PmpGateway() as gateway:
        yield gateway


async def test_ports_are_open_as_long_as_the_node_runs(gateway: PmpGateway) -> None:
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        assert gateway.mappings == {("tcp", PORT): PORT, ("udp", PORT): PORT}
        assert world.mapper.open_ports is not None
        assert world.mapper.open_ports.ports == {Protocol.TCP: PORT, Protocol.UDP: PORT}
        assert (world.mapper.problem, world.mapper.is_settled.is_set()) == (None, True)
    assert gateway.mappings == {}


async def test_they_are_asked_for_twenty_minutes(gateway: PmpGateway) -> None:
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        opened = [request for request in gateway.requests if len(request) == 12]
        assert [int.from_bytes(request[8:]) for request in opened] == [1_200, 1_200]
        assert world.mapper._renewal() == 900.0, "three quarters of what was granted"


async def test_they_are_renewed_in_time(gateway: PmpGateway) -> None:
    async with mapped(gateway, replace(OFTEN, renewal=0.01, check=3_600.0)) as world:
        await world.until("45.9.0.1")
        gateway.mappings.clear()
        await gateway.asked(6)
    renewed = [request for request in gateway.requests if len(request) == 12 and any(request[8:])]
    assert len(renewed) >= 4


async def test_a_short_lease_is_renewed_before_it_ends(gateway: PmpGateway) -> None:
    gateway.lifetime = 60
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        assert world.mapper._renewal() == 45.0


async def test_a_router_that_forgets_is_asked_again_at_once(gateway: PmpGateway) -> None:
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        gateway.forget()
        async with asyncio.timeout(20):
            while len(gateway.mappings) < 2:
                await gateway.asked()
        assert gateway.mappings == {("tcp", PORT): PORT, ("udp", PORT): PORT}


async def test_the_provider_gives_another_address(gateway: PmpGateway) -> None:
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        gateway.address = "45.9.0.77"
        await world.until("45.9.0.77")
        assert world.mapper.open_ports is not None
        assert world.mapper.open_ports.ports[Protocol.TCP] == PORT


async def test_another_machine_has_the_port(gateway: PmpGateway) -> None:
    gateway.taken = {PORT}
    async with mapped(gateway, ports=BOTH[:1]) as world:
        await world.until("45.9.0.1")
        assert world.mapper.open_ports is not None
        assert world.mapper.open_ports.ports == {Protocol.TCP: PORT + 1}


async def test_both_protocols_get_one_number(gateway: PmpGateway) -> None:
    def awkward(request: bytes) -> list[bytes]:
        gateway.taken = {PORT} if request[1] == 1 else set()
        return [gateway.honest(request)]

    gateway.answer = awkward
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        assert world.mapper.open_ports is not None
        numbers = set(world.mapper.open_ports.ports.values())
        assert len(numbers) == 1
        assert numbers != {PORT}
        assert set(gateway.mappings.values()) == numbers, "nothing else stays open"


async def test_a_router_that_refuses(gateway: PmpGateway, caplog: pytest.LogCaptureFixture) -> None:
    gateway.answer = lambda request: [
        gateway.honest(request) if len(request) == 2 else bytes((0, 0x80 | request[1], 0, 2, 0, 0, 3, 232))
    ]
    async with mapped(gateway) as world:
        await gateway.asked(6)
        assert world.mapper.open_ports is None
        assert world.mapper.problem == (
            "router 127.0.0.1 (NAT-PMP) does not open ports by NAT-PMP: switch it on in its settings"
        )
        assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
            f"no port is opened on a router: {world.mapper.problem}"
        ], "once"


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"\0", b"\2\x80" + bytes(10), bytes(60_000), b"HTTP/1.1 200 OK\r\n\r\n", bytes.fromhex("0080000600000102")],
    ids=["nothing", "one byte", "PCP", "60 kB", "HTTP", "an unknown result"],
)
async def test_nonsense_counts_for_nothing(gateway: PmpGateway, nonsense: bytes) -> None:
    """The right answer is taken whatever comes before it."""
    gateway.answer = lambda request: [nonsense, gateway.honest(request)]
    router = PmpRouter(NatMethod.parse(f"pmp:{HOST}").address, gateway.port)  # type: ignore[arg-type]
    assert str(await router.external_address()) == "45.9.0.1"


async def test_a_router_that_answers_nothing_but_nonsense(gateway: PmpGateway) -> None:
    gateway.answer = lambda request: [b"nonsense of more than eight bytes"] * (2 * MAX_NONSENSE)
    router = PmpRouter(NatMethod.parse(f"pmp:{HOST}").address, gateway.port, patience=600.0)  # type: ignore[arg-type]
    with pytest.raises(RemoteError, match="answers nonsense: answer of version 110"):
        await router.external_address()


async def test_answers_to_other_questions_do_not_count(gateway: PmpGateway) -> None:
    other = bytes.fromhex("0082 0000 00000102 0001 0001 000004b0")
    gateway.answer = lambda request: [other, gateway.honest(request)]
    async with mapped(gateway) as world:
        await world.until("45.9.0.1")
        assert gateway.mappings == {("tcp", PORT): PORT, ("udp", PORT): PORT}


async def test_a_port_of_nobody(gateway: PmpGateway) -> None:
    """It says that it has opened port 0."""
    gateway.answer = lambda request: [
        gateway.honest(request) if len(request) == 2 else gateway.honest(request)[:10] + bytes(6)
    ]
    async with mapped(gateway) as world:
        await gateway.asked(6)
        assert world.mapper.problem is not None
        assert world.mapper.problem.endswith("has not opened TCP port 30303, and says that it has")


async def test_who_answers_for_the_router_is_not_heard(gateway: PmpGateway) -> None:
    """Another program on the way that knows our port: the answer comes from another address."""
    async with PmpGateway("45.66.66.66") as liar:

        def answer(request: bytes) -> list[bytes]:
            port = int(gateway_peer["port"])
            liar._transport.sendto(liar.honest(request), (HOST, port))
            return [gateway.honest(request)]

        gateway_peer: dict[str, int] = {}
        received = gateway.datagram_received

        def remember(data: bytes, addr: tuple[str, int]) -> None:
            gateway_peer["port"] = addr[1]
            received(data, addr)

        gateway.datagram_received = remember  # type: ignore[method-assign]
        gateway.answer = answer
        router = PmpRouter(NatMethod.parse(f"pmp:{HOST}").address, gateway.port)  # type: ignore[arg-type]
        assert str(await router.external_address()) == "45.9.0.1"


async def test_a_silent_router_keeps_the_ports_that_are_open(gateway: PmpGateway) -> None:
    async with mapped(gateway, patience=0.05) as world:
        await world.until("45.9.0.1")
        gateway.is_silent = True
        async with asyncio.timeout(20):
            while world.mapper.problem is None:
                await gateway.asked()
        assert world.address == "45.9.0.1", "their time is not over"
        gateway.is_silent = False
        async with asyncio.timeout(20):
            while world.mapper.problem is not None:
                await gateway.asked()
        assert world.address == "45.9.0.1"


async def test_a_router_that_is_gone_for_longer_than_the_ports(gateway: PmpGateway) -> None:
    gateway.lifetime = 0
    gateway.answer = lambda request: [
        gateway.honest(request)[:12] + (1).to_bytes(4, "big") if len(request) == 12 else gateway.honest(request)
    ]
    async with mapped(gateway, patience=0.05) as world:
        await world.until("45.9.0.1")
        gateway.is_silent = True
        await world.until(None)


async def test_nobody_is_there() -> None:
    async with PmpGateway() as gone:
        port = gone.port
    with pytest.raises(RemoteError, match=r"router 127\.0\.0\.1 \(NAT-PMP\)"):
        await find_router(NatMethod.parse(f"pmp:{HOST}:{port}"))


async def test_closing_does_not_wait_for_a_router_that_is_silent(gateway: PmpGateway) -> None:
    async with mapped(gateway, replace(OFTEN, closing=0.01, check=3_600.0)) as world:
        await world.until("45.9.0.1")
        gateway.is_silent = True
    assert gateway.mappings != {}, "its time ends by itself"
