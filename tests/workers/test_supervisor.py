"""A node in several processes: real workers, real sockets, and peers that do not notice that there are several."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.metrics.server import MonitoringServer
from pystatus.node import Node, NodeConfig
from pystatus.peers.backoff import Backoff
from pystatus.settings.model import MetricsSettings, Settings
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.workers.limits import WorkerTimes
from pystatus.workers.messages import JOIN
from pystatus.workers.metrics import WorkersSource
from pystatus.workers.supervisor import Supervisor, WorkerEnded, WorkerEvent, WorkerStarted, WorkerStatus
from tests.apps.support import contents
from tests.node.test_node import PATIENCE, TOPIC, Recorder

KEY = PrivateKey(b"\x07" * 32)
CONFIG = NodeConfig(listen="127.0.0.1:0", key=KEY)
TIMES = WorkerTimes(restart=Backoff(initial=0.01, maximum=0.05, jitter=0.0), join_again=0.01)


class Events:
    """What a supervisor told, in order."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[WorkerEvent] = asyncio.Queue()
        self.pids: dict[int, int] = {}

    def __call__(self, event: WorkerEvent) -> None:
        if isinstance(event, WorkerStarted):
            self.pids[event.number] = event.pid
        self._queue.put_nowait(event)

    async def next(self) -> WorkerEvent:
        async with asyncio.timeout(PATIENCE):
            return await self._queue.get()


@asynccontextmanager
async def supervised(
    events: Events, workers: int = 2, config: NodeConfig = CONFIG, times: WorkerTimes = TIMES
) -> AsyncIterator[Supervisor]:
    async with Supervisor(config, workers, times=times, on_event=events) as supervisor:
        for _ in range(workers):
            assert isinstance(await events.next(), WorkerStarted)
        yield supervisor


@asynccontextmanager
async def client(supervisor: Supervisor, recorder: Recorder | None = None) -> AsyncIterator[Node]:
    config = NodeConfig(peers=(str(supervisor.enode),), full_node=False)
    async with Node(config, on_event=recorder) as node:
        await node.wait_for_peer(PATIENCE)
        node.watch([TOPIC])
        yield node


def envelope() -> Envelope:
    return Envelope.mine(time.time(), 20, TOPIC, os.urandom(300), 0.002)


def peers(status: WorkerStatus) -> set[str]:
    """The beginnings of the node ids of a worker's peers."""
    assert status.report is not None
    return {labels[0] for name, labels, _ in status.report.samples if name == "pystatus_peer_bytes_total"}


def name(node: Node) -> str:
    return node.enode.node_id.hex()[:16]


async def scrape(supervisor: Supervisor) -> dict[str, float]:
    """What a scrape of the metrics finds, by the text in front of the value."""
    settings = Settings(metrics=MetricsSettings(port=0))
    async with (
        MonitoringServer(WorkersSource(supervisor), lambda: settings) as server,
        ClientSession() as session,
        session.get(server.url) as answer,
    ):
        lines = (await answer.text()).splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {what: float(value) for what, value in pairs}


async def test_what_enters_one_worker_reaches_the_peers_of_all() -> None:
    events, received = Events(), Recorder()
    async with (
        supervised(events) as supervisor,
        client(supervisor) as sender,
        client(supervisor, received) as receiver,
    ):
        first, second = await supervisor.gather()
        assert sorted((*peers(first), *peers(second))) == sorted(map(name, (sender, receiver)))
        assert len(peers(first)) == len(peers(second)) == 1  # they came to different workers

        sent = envelope()
        sender.post(sent)
        got = await received.wait(lambda event: isinstance(event, EnvelopeReceived))
        assert isinstance(got, EnvelopeReceived)
        assert got.envelope == sent

        found = await scrape(supervisor)
        for worker in ("1", "2"):
            assert found[f'waku_envelopes_validated_total{{worker="{worker}"}}'] == 1
            assert found[f'waku_envelopes_size_bytes_count{{worker="{worker}"}}'] == 1
            assert found[f'pystatus_pool_envelopes{{worker="{worker}"}}'] == 1
            assert found[f'pystatus_peers_ready{{worker="{worker}"}}'] == 1
            assert found[f'pystatus_packets_total{{direction="in",packet="messages",worker="{worker}"}}'] == 1
            assert found[f'pystatus_worker_up{{worker="{worker}"}}'] == 1
            assert found[f'pystatus_worker_restarts_total{{worker="{worker}"}}'] == 0
            assert found[f'pystatus_worker_cpu_seconds_total{{worker="{worker}"}}'] > 0
            assert found[f'pystatus_worker_resident_memory_bytes{{worker="{worker}"}}'] > 1e6
        assert found["pystatus_ready"] == 1
        assert found["pystatus_connections_refused_total"] == 0


async def test_whoever_answers_has_the_one_key_of_the_node() -> None:
    events = Events()
    async with supervised(events) as supervisor:
        assert supervisor.enode.public_key == KEY.public_key
        assert supervisor.enode.host == "127.0.0.1"
        async with client(supervisor) as one, client(supervisor) as two:
            for node in (one, two):
                assert [peer.enode for peer in node.peers] == [supervisor.enode]


async def test_a_worker_that_is_killed_returns_and_the_others_go_on() -> None:
    events, first_news, second_news = Events(), Recorder(), Recorder()
    async with (
        supervised(events) as supervisor,
        client(supervisor, first_news) as one,
        client(supervisor, second_news) as two,
    ):
        before = {status.number: peers(status) for status in await supervisor.gather()}
        (on_first,) = before[1]
        left, stayed = (one, two) if on_first == name(one) else (two, one)
        left_news = first_news if left is one else second_news
        stayed_news = second_news if left is one else first_news

        pid = events.pids[1]
        os.kill(pid, signal.SIGKILL)
        ended = await events.next()
        assert ended == WorkerEnded(1, "killed by SIGKILL")
        assert await events.next() == WorkerStarted(1, events.pids[1])
        assert events.pids[1] != pid
        await left_news.wait(lambda event: type(event).__name__ == "PeerGone")
        assert len(stayed.peers) == 1

        async with asyncio.timeout(PATIENCE):
            await left.wait_for_peer()
        sent = envelope()
        left.post(sent)
        got = await stayed_news.wait(lambda event: isinstance(event, EnvelopeReceived))
        assert isinstance(got, EnvelopeReceived)
        assert got.envelope == sent
        statuses = await supervisor.gather()
        assert [status.restarts for status in statuses] == [1, 0]
        assert peers(statuses[0]) | peers(statuses[1]) == before[1] | before[2]


async def test_a_worker_that_hangs_is_killed_and_returns(caplog: pytest.LogCaptureFixture) -> None:
    events = Events()
    times = replace(TIMES, watch=0.05, hung=0.3, report=0.2)
    async with supervised(events, times=times) as supervisor:
        os.kill(events.pids[2], signal.SIGSTOP)
        assert [status.report is None for status in await supervisor.gather()] == [False, True]
        assert await events.next() == WorkerEnded(2, "killed by SIGKILL")
        assert isinstance(await events.next(), WorkerStarted)
        assert all(status.report is not None for status in await supervisor.gather())
    assert "worker 2 gives no numbers: it did not answer within 0.2 seconds" in caplog.messages
    assert "worker 2 gives numbers again" in caplog.text


async def test_peers_to_dial_and_places_are_shared_out() -> None:
    events = Events()
    async with Node(NodeConfig(listen="127.0.0.1:0")) as one, Node(NodeConfig(listen="127.0.0.1:0")) as two:
        config = replace(CONFIG, peers=(str(one.enode), str(two.enode)))
        async with supervised(events, config=config):
            for node in (one, two):
                await node.wait_for_peer(PATIENCE)
                (peer,) = node.peers
                assert peer.id == KEY.public_key.xy


async def test_every_peer_is_told_goodbye() -> None:
    events, news = Events(), Recorder()
    async with supervised(events) as supervisor:
        node = await _connected(supervisor, news)
    gone = await news.wait(lambda event: type(event).__name__ == "PeerGone")
    assert "quitting" in gone.reason  # type: ignore[union-attr]
    await node.close()
    for pid in events.pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def _connected(supervisor: Supervisor, news: Recorder) -> Node:
    node = Node(NodeConfig(peers=(str(supervisor.enode),), full_node=False), on_event=news)
    await node.start()
    await node.wait_for_peer(PATIENCE)
    return node


async def test_a_worker_that_does_not_end_is_killed() -> None:
    events = Events()
    async with supervised(events, times=replace(TIMES, drain=0.1)):
        os.kill(events.pids[1], signal.SIGSTOP)
    with pytest.raises(ProcessLookupError):
        os.kill(events.pids[1], 0)


async def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} is already in use"):
            await Supervisor(replace(CONFIG, listen=f"127.0.0.1:{port}"), 2).start()


async def test_a_worker_that_cannot_start_ends_the_start_of_all() -> None:
    supervisor = Supervisor(replace(CONFIG, peers=("enode://" + KEY.public_key.xy.hex() + "@127.0.0.1:1",)), 2)
    with pytest.raises(LocalError, match="One of the peers is this node itself"):
        await supervisor.start()
    assert supervisor.refused == 0


async def test_each_worker_keeps_the_traffic_of_its_peers_in_a_file(tmp_path: Path) -> None:
    events, config = Events(), replace(CONFIG, traffic_file=tmp_path / "traffic.db")
    async with supervised(events, config=config) as supervisor, client(supervisor), client(supervisor):
        assert [len(peers(status)) for status in await supervisor.gather()] == [1, 1]
    assert set(contents(tmp_path)) >= {"traffic.db", "traffic-2.db"}


async def test_settings_that_cannot_be_are_refused_and_others_reach_the_workers() -> None:
    events = Events()
    async with supervised(events) as supervisor:
        with pytest.raises(LocalError, match="One of the peers is this node itself"):
            supervisor.configure(replace(CONFIG, peers=(str(supervisor.enode),)))
        assert supervisor.config == CONFIG
        supervisor.configure(replace(CONFIG, max_peers=7))
        supervisor.set_log_level("error")
        found = await scrape(supervisor)
        assert found['p2p_peers_max{worker="1"}'] == found['p2p_peers_max{worker="2"}'] == 4
        assert supervisor.config.max_peers == 7


async def test_a_system_that_has_no_such_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(family: int, kind: int) -> None:
        raise OSError(errno.EPROTONOSUPPORT, os.strerror(errno.EPROTONOSUPPORT))

    monkeypatch.setattr(socket, "socketpair", refuse)
    with pytest.raises(LocalError, match="Several workers are not possible here"):
        await Supervisor(CONFIG, 2).start()


async def test_a_worker_that_does_not_start_in_time() -> None:
    with pytest.raises(LocalError, match="did not start: it took too long"):
        await Supervisor(CONFIG, 2, times=replace(TIMES, start=0.001)).start()


@pytest.mark.parametrize("workers", [0, -1, 65])
def test_a_number_of_workers_that_makes_no_sense(workers: int) -> None:
    with pytest.raises(LocalError, match="1 to 64 workers"):
        Supervisor(CONFIG, workers)


@pytest.mark.parametrize("config", [replace(CONFIG, listen=None), replace(CONFIG, key=None)])
def test_workers_need_an_address_and_a_key(config: NodeConfig) -> None:
    with pytest.raises(LocalError, match="an address to listen on and the node's key"):
        Supervisor(config, 2)


class Warned(logging.Handler):
    """Lets a test wait for a warning of the supervisor."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: asyncio.Queue[str] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.put_nowait(record.getMessage())


async def test_workers_that_part_are_joined_again() -> None:
    events, received, warned = Events(), Recorder(), Warned()
    logging.getLogger("pystatus.workers.supervisor").addHandler(warned)
    async with (
        supervised(events) as supervisor,
        client(supervisor) as sender,
        client(supervisor, received),
    ):
        assert [len(peers(status)) for status in await supervisor.gather()] == [1, 1]
        one, other = socket.socketpair()
        with one, other:  # leads to nobody, and takes the place of what led to worker 2
            assert supervisor._running[1].hand_over(one, JOIN + b"2")
        said = await asyncio.wait_for(warned.said.get(), PATIENCE)
        assert said == "workers 1 and 2 had parted and are joined again"
        sent = envelope()
        sender.post(sent)
        got = await received.wait(lambda event: isinstance(event, EnvelopeReceived))
        assert isinstance(got, EnvelopeReceived)
        assert got.envelope == sent
    logging.getLogger("pystatus.workers.supervisor").removeHandler(warned)
    assert warned.said.empty()
