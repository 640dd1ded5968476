"""Clients and nodes that ask time servers, over real sockets: what they say, and that messages arrive."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import ClientSession

from pystatus import (
    Account,
    Client,
    ClockSuspected,
    LocalError,
    MessageReceived,
    Node,
    NodeConfig,
    PrivateKey,
    Profiles,
    TimeServersHeard,
)
from pystatus.apps.cli.commands.send import ClockIsWrong, send_text
from pystatus.apps.cli.output import Output
from pystatus.metrics.server import MonitoringServer
from pystatus.net.proxy import Proxy
from pystatus.node import clock_service
from pystatus.node.cautions import by_proxy
from pystatus.settings.model import MetricsSettings, Settings
from tests.support.clocks import ShiftedClock
from tests.support.time_servers import ahead, honest, silent, time_servers

PASSWORD = "correct horse"
PATIENCE = 60.0
DAY = 86_400.0

T = TypeVar("T")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answers are waited for, however busy this machine is."""
    monkeypatch.setattr(clock_service, "FIRST_ROUND", PATIENCE)


def profile(directory: Path, name: str) -> str:
    Profiles(directory).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    return name


def next_of(client: Client, kind: type[T]) -> asyncio.Future[T]:
    """The first event of a kind."""
    found: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    client.on(kind)(lambda event: None if found.done() else found.set_result(event))
    return found


async def fetched(url: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("error", [-300.0, 600.0], ids=["five minutes behind", "ten minutes ahead"])
async def test_a_machine_whose_clock_is_wrong_talks_with_others(tmp_path: Path, error: float) -> None:
    """And says that it is wrong."""
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0")) as relay,
        time_servers(honest, honest, ahead(DAY), honest) as servers,
    ):
        peers = [str(relay.enode)]
        bob = Client.open(profile(tmp_path, "bob"), PASSWORD, data_dir=tmp_path, peers=peers)
        alice = Client.open(
            profile(tmp_path, "alice"), PASSWORD, data_dir=tmp_path, peers=peers,
            clock=ShiftedClock(error), time_servers=servers.names,
        )  # fmt: skip
        heard, told, answered = (
            next_of(bob, MessageReceived),
            next_of(alice, TimeServersHeard),
            next_of(alice, MessageReceived),
        )
        next_of(alice, ClockSuspected).add_done_callback(lambda event: pytest.fail("it is put right"))
        async with bob, alice:
            event = await told
            assert (event.servers, event.used) == (3, True)
            assert abs(event.offset + error) <= 2
            assert "and their time is used" in event.sentence
            for one in (bob, alice):
                await one.join("status")
                await one.wait_for_peer()
            assert abs(alice.now - time.time()) < 5
            await (await alice.send_text("status", "hello")).sent()
            message = (await heard).message
            assert abs(message.sent_ms / 1000 - time.time()) < PATIENCE
            await bob.send_text("status", "hi")
            assert (await answered).message.text == "hi"
            assert alice.node.clock.is_corrected


async def test_a_clock_that_is_too_far_off_is_said_to_be_wrong_before_anybody_is_met(tmp_path: Path) -> None:
    """No relay is there that would say so."""
    async with asyncio.timeout(PATIENCE), time_servers(honest, honest, honest) as servers:
        alice = Client.open(
            profile(tmp_path, "alice"), PASSWORD, data_dir=tmp_path, listen="127.0.0.1:0",
            clock=ShiftedClock(-40 * DAY), time_servers=servers.names,
        )  # fmt: skip
        suspected = next_of(alice, ClockSuspected)
        async with alice:
            event = await suspected
        assert (event.peers, event.servers, event.relays_are_wrong) == (0, 3, False)
        assert "about 40 days behind: 3 time servers say so, and that is too far off" in event.sentence


async def test_a_command_says_that_the_relays_are_wrong(tmp_path: Path) -> None:
    """Time servers agree with this machine, and the only relay does not."""
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0"), clock=ShiftedClock(-300)) as relay,
        time_servers(honest, honest, honest) as servers,
    ):
        alice = Client.open(
            profile(tmp_path, "alice"),
            PASSWORD,
            data_dir=tmp_path,
            peers=[str(relay.enode)],
            time_servers=servers.names,
        )
        with pytest.raises(
            ClockIsWrong, match=r"1 peer has a clock that is about 5 minutes behind.*Use other relays"
        ) as raised:
            await send_text(alice, "#status", "hello", PATIENCE, Output(as_json=False))
        assert raised.value.exit_code == 3


async def test_a_relay_that_is_put_right_is_of_use_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        time_servers(honest, honest, honest) as servers,
        Node(NodeConfig(listen="127.0.0.1:0", time_servers=servers.names), clock=ShiftedClock(-300)) as node,
        MonitoringServer(node, lambda: Settings(metrics=MetricsSettings(port=0))) as monitoring,
    ):
        base = monitoring.url.removesuffix("/metrics")
        status, health = await fetched(f"{base}/health")
        assert status == 200
        assert health.startswith("degraded: the clock of this machine is about 5 minutes behind: 3 time servers say so")
        assert await fetched(f"{base}/ready") == (200, "OK")
        _, metrics = await fetched(monitoring.url)
    assert "pystatus_clock_offset_seconds 300" in metrics
    assert "pystatus_clock_time_servers 3" in metrics
    assert "pystatus_clock_correction_seconds 300" in metrics
    assert "Set the clock, so that the time servers are not needed." in caplog.text


async def test_who_is_closed_while_servers_are_silent_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_service, "FIRST_ROUND", 0.0)
    async with asyncio.timeout(PATIENCE), time_servers(silent, silent) as servers:
        node = Node(NodeConfig(time_servers=servers.names))
        await node.start()
        await node.close()
        assert node.clock.is_well


async def test_a_clock_that_is_put_right_is_asked_about_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_service, "LEAST_PAUSE", 0.0)
    clock = ShiftedClock(-300)
    async with (
        asyncio.timeout(PATIENCE),
        time_servers(honest, honest, honest) as servers,
        Node(NodeConfig(time_servers=servers.names), clock=clock) as node,
    ):
        assert node.clock.is_corrected
        clock.ahead = 0.0
        assert abs(node.now - time.time()) < 5
        await until(lambda: node.clock.servers > 0)
        assert servers.asked == [2, 2, 2]
        assert node.clock.is_well
        assert abs(node.now - time.time()) < 5


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)


@pytest.mark.parametrize("servers", [("",), ("none", "pool"), ("a b",)])
def test_what_is_no_time_server(servers: tuple[str, ...]) -> None:
    with pytest.raises(LocalError, match="time server"):
        NodeConfig(time_servers=servers)


async def test_nobody_is_asked_behind_a_proxy() -> None:
    """They speak UDP, which a proxy does not carry, and a question would show who asks."""
    async with asyncio.timeout(PATIENCE), time_servers(honest) as servers:
        config = NodeConfig(time_servers=servers.names, proxy=Proxy.parse("socks5://127.0.0.1:1"))
        async with Node(config, clock=ShiftedClock(-300)) as node:
            assert abs(node.now + 300 - time.time()) < 5
        assert servers.asked == [0]
    assert any("Time servers are not asked" in caution for caution in by_proxy(config))
