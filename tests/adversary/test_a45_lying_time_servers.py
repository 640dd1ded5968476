"""A45: time servers that lie, are silent, answer nonsense, or are not those that were asked.

Expected: the median of several counts, if more than half agree; else nothing is believed. The correction is bounded,
and who is lied to is told by peers.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from pystatus import Account, Client, MessageReceived, Node, NodeConfig, PrivateKey, Profiles
from pystatus.net import time_servers as shell
from pystatus.net.time_servers import KISS_ROUNDS, MAX_DATAGRAMS, TimeServers
from pystatus.node import clock_service
from pystatus.node.clock_service import ClockService
from pystatus.timekeeping.servers import parse_time_servers
from pystatus.waku.relay.clock_judgement import MAX_CORRECTION, ClockJudgement
from tests.support.clocks import ShiftedClock
from tests.support.time_servers import Reply, Servers, ahead, answer, honest, silent, time_servers
from tests.timekeeping.clocks import Machine

HOUR = 3_600.0
PATIENCE = 60.0

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers on this machine answer within a moment or not at all."""
    monkeypatch.setattr(shell.TimeServers.__init__, "__kwdefaults__", {"lookup": shell.system_lookup, "timeout": 1.0})


def asks(servers: Servers, machine: Machine) -> ClockService:
    """The clock service of a machine whose true time is that of the servers."""
    machine.true, machine.uptime = time.time(), time.monotonic()
    clock = machine.clock
    clock.now()
    shell_ = TimeServers(parse_time_servers(servers.names), os.urandom, clock.machine, clock.monotonic)
    return ClockService(shell_, clock, os.urandom, ClockJudgement, lambda: None, lambda: None)


async def off_after_a_round(replies: Sequence[Reply], error: float = -300.0) -> float:
    """Seconds that a machine's time is off when these servers were asked once."""
    machine = Machine(error)
    async with time_servers(*replies) as servers, asyncio.timeout(PATIENCE):
        service = asks(servers, machine)
        await service.start()
        await service.close()
    return machine.off


@pytest.mark.parametrize("lie", [HOUR, -HOUR, 40 * 86_400.0, 8.0])
async def test_a_minority_that_lies(lie: float) -> None:
    assert abs(await off_after_a_round([honest, ahead(lie), honest, honest])) < 1


@pytest.mark.parametrize("other", [silent, ahead(HOUR)], ids=["silent", "of another opinion"])
async def test_where_no_majority_agrees_nothing_is_believed(other: Reply) -> None:
    assert await off_after_a_round([honest, ahead(-HOUR), honest, other]) == -300


@pytest.mark.parametrize("lie", [MAX_CORRECTION + 310, 40 * 86_400.0, -40 * 86_400.0])
async def test_a_majority_that_lies_beyond_the_clamp(lie: float) -> None:
    """Nothing is moved, and it is said."""
    machine = Machine()
    async with time_servers(*[ahead(lie)] * 4) as servers, asyncio.timeout(PATIENCE):
        service = asks(servers, machine)
        await service.start()
        await service.close()
    assert machine.off == 0
    assert "4 time servers say so" in str(service.keeper.joined(ClockJudgement()))
    assert service.keeper.joined(ClockJudgement(0, 0, 3)).servers_are_doubted


async def test_silent_servers_hold_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    assert await off_after_a_round([silent] * 4) == -300
    assert "no time servers are believed: 127.0.0.1" in caplog.text


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(lambda question, now: [os.urandom(48)], id="noise"),
        pytest.param(lambda question, now: [b""], id="nothing"),
        pytest.param(lambda question, now: [question], id="the question"),
        pytest.param(lambda question, now: [answer(question, now)[:47]], id="cut"),
        pytest.param(lambda question, now: [answer(question, now, stratum=0, reference=b"DENY")], id="refusal"),
        pytest.param(lambda question, now: [answer(question, now, first=3 << 6 | 4 << 3 | 4)], id="knows nothing"),
    ],
)
async def test_garbage(garbage: Reply) -> None:
    """One among four costs nothing, four are believed nothing."""
    assert abs(await off_after_a_round([garbage, honest, honest, honest])) < 1
    assert await off_after_a_round([garbage] * 4) == -300


def with_wrong_origin(question: bytes, now: float) -> list[bytes]:
    return [answer(question, now + HOUR, origin=os.urandom(8))]


async def test_answers_with_a_wrong_origin() -> None:
    """Sent by somebody who does not see the question. The true answer behind it is taken."""
    assert await off_after_a_round([with_wrong_origin] * 4) == -300
    both: Reply = lambda question, now: [*with_wrong_origin(question, now), answer(question, now)]  # noqa: E731 - a case
    assert abs(await off_after_a_round([both] * 4)) < 1


async def test_replayed_answers() -> None:
    """An answer to an earlier question, which was true then."""
    kept: dict[int, bytes] = {}

    def replaying(number: int) -> Reply:
        return lambda question, now: [kept.setdefault(number, answer(question, now))]

    machine = Machine(-300)
    async with time_servers(*map(replaying, range(3))) as servers, asyncio.timeout(PATIENCE):
        service = asks(servers, machine)
        await service.start()
        assert abs(machine.off) < 1
        answers, problems = await service._servers.ask()
        await service.close()
    assert answers == []
    assert [problem.split(" ", 1)[1] for problem in problems] == ["is silent"] * 3


async def test_answers_from_another_address() -> None:
    """Somebody who knows the question and our port, and is not whom we asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        seen: list[object] = []

        def answered_by_another(question: bytes, now: float) -> list[bytes]:
            return []

        async with time_servers(answered_by_another) as servers, asyncio.timeout(PATIENCE):
            (server,) = servers._servers

            def relay(data: bytes, addr: tuple[str, int]) -> None:
                seen.append(addr)
                other.sendto(answer(data, time.time() + HOUR), addr)

            server.datagram_received = relay  # type: ignore[method-assign]  # this test alone answers so
            machine = Machine(-300)
            service = asks(servers, machine)
            await service.start()
            await service.close()
    assert len(seen) == 1
    assert machine.off == -300


async def test_a_flood_ends_the_round() -> None:
    flood: Reply = lambda question, now: [os.urandom(48)] * (2 * MAX_DATAGRAMS)  # noqa: E731 - a case
    assert await off_after_a_round([flood]) == -300


async def test_a_server_that_wants_not_to_be_asked_is_left_alone() -> None:
    refusing: Reply = lambda question, now: [answer(question, now, stratum=0, reference=b"RATE")]  # noqa: E731 - a case
    async with time_servers(refusing, honest) as servers, asyncio.timeout(PATIENCE):
        asked = TimeServers(parse_time_servers(servers.names), os.urandom, time.time, time.monotonic)
        for _ in range(KISS_ROUNDS + 1):
            await asked.ask()
        assert servers.asked == [1, KISS_ROUNDS + 1]
        await asked.ask()
        assert servers.asked == [2, KISS_ROUNDS + 2]


async def test_two_names_of_one_server_are_one_word() -> None:
    """Else somebody who answers for a name had the majority."""
    async with time_servers(honest) as servers:
        (name,) = servers.names
        names = [name, name.replace("127.0.0.1", "localhost")]
        asked = TimeServers(
            parse_time_servers(names), os.urandom, time.time, time.monotonic,
            lookup=lambda host, port: shell.system_lookup("127.0.0.1", port),
        )  # fmt: skip
        answers, problems = await asked.ask()
    assert len(answers) == 1
    assert [problem.partition(" ")[2] for problem in problems] == ["is at the address of another one"]


@pytest.mark.parametrize("lie", [-HOUR, HOUR], ids=["behind", "ahead"])
async def test_lies_of_all_servers_are_found_out_by_peers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: float
) -> None:
    """A client is told a wrong time, and takes it. Two relays refuse what it sends: it believes them, and what it
    writes arrives. Only what bears a time of the future waits for that: nobody would take it before."""
    monkeypatch.setattr(clock_service, "FIRST_ROUND", PATIENCE)
    profiles = Profiles(tmp_path)
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), "secret", name)
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0")) as one,
        Node(NodeConfig(listen="127.0.0.1:0")) as other,
        time_servers(*[ahead(lie)] * 3) as servers,
    ):
        peers = [str(one.enode), str(other.enode)]
        bob = Client.open("bob", "secret", data_dir=tmp_path, peers=peers)
        alice = Client.open("alice", "secret", data_dir=tmp_path, peers=peers, time_servers=servers.names)
        heard: asyncio.Future[MessageReceived] = asyncio.get_running_loop().create_future()
        bob.on(MessageReceived)(lambda event: None if heard.done() else heard.set_result(event))
        async with bob, alice:
            await bob.join("status")
            await alice.join("status")
            while len(alice.node.peers) < 2 or not bob.node.peers:  # noqa: ASYNC110 - nothing tells of the second
                await asyncio.sleep(0)
            assert abs(alice.now - time.time() - lie) < 10
            receipt = await alice.send_text("status", "hello")
            while abs(alice.now - time.time()) > 10:  # noqa: ASYNC110 - it is the client that is watched
                await asyncio.sleep(0)
            if lie > 0:
                receipt = await alice.send_text("status", "hello")
            await receipt.sent()
            assert (await heard).message.text == "hello"


async def test_who_asks_is_not_told_apart() -> None:
    """A question carries nothing but a number that was drawn for it."""
    questions: list[bytes] = []

    def keeping(question: bytes, now: float) -> list[bytes]:
        questions.append(question)
        return [answer(question, now)]

    async with time_servers(keeping, keeping) as servers:
        asked = TimeServers(parse_time_servers(servers.names), os.urandom, ShiftedClock(-5_000).now, time.monotonic)
        await asked.ask()
        await asked.ask()
    assert {question[:40] for question in questions} == {b"\x23" + bytes(39)}
    assert len({question[40:] for question in questions}) == 4
