"""Metrics and health of a real node under traffic."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from pystatus.errors import LocalError
from pystatus.mailserver.server.server import Server
from pystatus.metrics import reading
from pystatus.metrics import server as monitoring
from pystatus.metrics.reading import client_labels
from pystatus.metrics.series import DISCOVERY, KNOWN_FROM_STATUS_GO, OURS, PROCESS, SERIES, Sample
from pystatus.metrics.server import MonitoringServer
from pystatus.node import WAKU_1, Node, NodeConfig, NodeEvent
from pystatus.settings.model import MetricsSettings, Settings
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.transport.topics import symmetric_key
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.waku.relay.clock_offset import ClockOffset
from pystatus.waku.relay.events import EnvelopeReceived
from tests.apps.cli.scraping import Monitored, receipt_of, samples_of
from tests.node.test_node import PATIENCE, Recorder

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
TOPIC = bytes.fromhex("12345678")
QUIET = bytes.fromhex("9abcdef0")


def envelope(topic: bytes = TOPIC, pow_target: float = 0.002, ttl: int = 15) -> Envelope:
    return Envelope.mine(time.time(), ttl, topic, os.urandom(300), pow_target)


@asynccontextmanager
async def monitored(
    config: NodeConfig | None = None,
    metrics: MetricsSettings | None = None,
    on_event: Callable[[NodeEvent], None] | None = None,
) -> AsyncIterator[tuple[Node, MonitoringServer]]:
    settings = Settings(metrics=metrics or MetricsSettings(port=0))
    async with (
        Node(config or NodeConfig(listen="127.0.0.1:0"), on_event=on_event) as node,
        MonitoringServer(node, lambda: settings) as server,
    ):
        yield node, server


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until something has happened in this process."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the node has nothing that tells of it
            await asyncio.sleep(0)


async def get(server: MonitoringServer, path: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(server.url.replace("/metrics", path)) as answer:
        return answer.status, await answer.text()


def judged(judgement: ClockJudgement, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers have made this of the clock."""
    monkeypatch.setattr(ClockOffset, "judge", lambda self, now: judgement)


async def test_an_archive_that_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It relays and serves history all the same, so it is of use; to start it again would make no room."""
    async with AsyncExitStack() as stack:
        node = Node(NodeConfig(listen="127.0.0.1:0"))
        node.keep_history(await SqliteArchive.open(tmp_path / "archive.db"), Server(symmetric_key("a password")))
        await stack.enter_async_context(node)
        server = await stack.enter_async_context(
            MonitoringServer(node, lambda: Settings(metrics=MetricsSettings(port=0)))
        )
        assert await get(server, "/health") == (200, "OK")
        assert node.mailserver is not None
        node.mailserver.archiver.problem = "The disk is full. Make room."
        assert samples_of((await get(server, "/metrics"))[1])["pystatus_archive_well",] == 0
        assert await get(server, "/health") == (200, "degraded: the archive fails: The disk is full. Make room")
        assert await get(server, "/ready") == (200, "OK")
        judged(ClockJudgement(-300, 2, 1), monkeypatch)
        assert await get(server, "/health") == (
            200,
            "degraded: the clock of this machine is about 5 minutes ahead: 2 peers say so; "
            "the archive fails: The disk is full. Make room",
        )


@pytest.mark.parametrize(
    ("judgement", "health", "ready"),
    [
        (ClockJudgement(0, 0, 3), "OK", (200, "OK")),
        (ClockJudgement(300, 1, 1), "OK", (200, "OK")),
        (
            ClockJudgement(3_600 * 2, 1, 0),
            "degraded: the clock of this machine is about 2 hours behind, unless the only peer that says so has a "
            "wrong clock",
            (200, "OK"),
        ),
        (
            ClockJudgement(-300, 2, 1),
            "degraded: the clock of this machine is about 5 minutes ahead: 2 peers say so",
            (
                503,
                "the clock of this machine is about 5 minutes ahead: 2 peers say so, and envelopes are refused for "
                "their time",
            ),
        ),
    ],
    ids=["right", "as many agree", "one peer's word", "several"],
)
async def test_a_clock_that_peers_suspect(
    judgement: ClockJudgement, health: str, ready: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(judgement, monkeypatch)
    async with monitored() as (_, server):
        assert await get(server, "/health") == (200, health)
        assert await get(server, "/ready") == ready
        _, metrics = await get(server, "/metrics")
    suspected = judgement.disagreeing > judgement.agreeing
    assert f"pystatus_clock_offset_seconds {float(judgement.offset if suspected else 0)}" in metrics
    assert f"pystatus_clock_suspecting_peers {float(judgement.disagreeing if suspected else 0)}" in metrics


async def test_a_scrape_under_traffic_says_what_happened() -> None:
    received = Recorder()
    async with monitored() as (relay, server):
        client = NodeConfig(peers=(str(relay.enode),), full_node=False)
        async with Node(client) as sender, Node(client, on_event=received) as receiver:
            for node in (sender, receiver):
                await node.wait_for_peer(PATIENCE)
            receiver.watch([TOPIC])
            one, two = envelope(), envelope()
            for sent in (one, two):
                sender.post(sent)
                await received.wait(receipt_of(sent))
            quiet = envelope(QUIET)
            receiver.post(quiet)
            await until(lambda: relay.relay.counters.envelopes_new == 3)
            _, text = await get(server, "/metrics")
            samples = samples_of(text)
            sender_id = next(peer.id for peer in relay.network.peers if relay.relay.peer(peer).traffic[0] > 600)
    size = len(one.raw) + len(two.raw)
    assert samples["waku_envelopes_received_total",] == 3
    assert samples["waku_envelopes_validated_total",] == 3
    assert samples["waku_envelopes_cached_total", "miss"] == 3
    assert samples["waku_envelopes_cached_total", "hit"] == 0
    assert samples["waku_envelopes_size_bytes_count",] == 3
    assert samples["waku_envelopes_size_bytes_sum",] == size + len(quiet.raw)
    assert samples["pystatus_envelopes_sent_total",] == 2
    assert samples["pystatus_pool_envelopes",] == 3
    assert samples["pystatus_pool_bytes",] == size + len(quiet.raw)
    assert samples["pystatus_packets_total", "in", "messages"] == 3
    assert samples["pystatus_packets_total", "out", "status"] == 2
    assert samples["pystatus_topic_bytes_total", "in", "0x12345678"] == size
    assert samples["pystatus_topic_bytes_total", "out", "0x12345678"] == size
    assert samples["pystatus_topic_envelopes_total", "in", "0x9abcdef0"] == 1
    assert samples["pystatus_topic_envelopes_total", "out", "0x9abcdef0"] == 0
    assert samples["pystatus_peer_bytes_total", "in", sender_id.hex()[:16]] > size
    assert samples["pystatus_bytes_total", "in"] == samples["p2p_ingress",] > size
    packets_in, packets_out = (
        sum(value for key, value in samples.items() if key[:2] == ("pystatus_packets_total", direction))
        for direction in ("in", "out")
    )
    assert samples["pystatus_dialect_packets_total", "waku/1"] == packets_in + packets_out > 0
    assert samples["pystatus_dialect_packets_total", "shh/6"] == 0
    assert samples["p2p_peers_absolute",] == samples["pystatus_peers_ready",] == 2
    assert samples["p2p_peers_max",] == 50
    assert [value for key, value in samples.items() if key[0] == "p2p_peers_count"] == [2]
    assert samples["process_resident_memory_bytes",] > 1 << 20


async def test_what_is_refused_is_counted_by_the_names_of_the_reference() -> None:
    config = NodeConfig(listen="127.0.0.1:0", min_pow=1.0)
    async with monitored(config) as (relay, server):
        async with Node(NodeConfig(peers=(str(relay.enode),))) as sender:
            await sender.wait_for_peer(PATIENCE)
            [peer] = sender.peers
            weak = Envelope.create(int(time.time()) + 15, 15, TOPIC, os.urandom(30_000), 1)
            assert not weak.reaches(1.0)
            peer.send(WAKU_1.capability, packets.MESSAGES, packets.encode_messages([weak]))
            await until(lambda: relay.relay.counters.envelopes_refused[Refusal.LOW_POW] == 1)
        samples = samples_of((await get(server, "/metrics"))[1])
    assert samples["waku_envelopes_cache_failures_total", "low_pow"] == 1
    assert samples["waku_envelopes_received_total",] == 1
    assert samples["waku_envelopes_validated_total",] == 0


async def test_every_series_is_there_from_the_first_scrape_on() -> None:
    """Those that have no label of a peer or topic also have a sample, so that rates are right from the start."""
    async with monitored() as (_, server):
        text = (await get(server, "/metrics"))[1]
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert kinds == {series.name: series.kind for series in (*SERIES.values(), *PROCESS)}
    helps = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))
    assert all(helps[series.name] == series.help for series in (*KNOWN_FROM_STATUS_GO, *OURS))
    sampled = {key[0].removesuffix("_sum").removesuffix("_count").removesuffix("_bucket") for key in samples_of(text)}
    later = {"p2p_peers", "pystatus_peer_bytes_total", "pystatus_topic_bytes_total", "pystatus_topic_envelopes_total"}
    of_mailservers = {name for name in SERIES if name.startswith(("pystatus_archive_", "pystatus_history_"))}
    of_discovery = {series.name for series in DISCOVERY}
    of_discovery |= {name for name in SERIES if name.startswith(("pystatus_peers_", "pystatus_peer_candidates"))}
    of_discovery -= {"pystatus_peers_ready", "pystatus_peers_by_source", "pystatus_peers_misbehaved_total"}
    assert SERIES.keys() - sampled <= later | {"p2p_peers_count"} | of_mailservers | of_discovery


async def test_strangers_make_a_bounded_number_of_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TOP_TOPICS", 2)
    async with Node() as node:
        for number in range(5):
            node.relay.counters.topics.count(bytes((0, 0, 0, number)), number, 1, 0)
        topics = {
            labels[0] for name, labels, _ in reading.samples(node, ready=True) if name.startswith("pystatus_topic")
        }
    assert topics == {"0x00000004", "0x00000003"}


async def test_however_often_somebody_asks_the_numbers_are_taken_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time takes milliseconds in which nothing is relayed."""
    taken: list[bool] = []
    samples = reading.samples

    def take(node: Node, *, ready: bool) -> Iterator[Sample]:
        taken.append(ready)
        return samples(node, ready=ready)

    monkeypatch.setattr(reading, "samples", take)
    monkeypatch.setattr(monitoring, "MEASURED_PER_SECOND", 0.001)
    async with monitored() as (_, server), ClientSession() as session:
        for _ in range(10):
            assert (await get(server, "/ready")) == (200, "OK")
            answers = await asyncio.gather(*(session.get(server.url) for _ in range(6)))
            pages = [await answer.text() for answer in answers]
            assert all("pystatus_ready 1.0" in page for page in pages)
    assert 1 <= len(taken) <= monitoring.MEASURED_AT_ONCE


@pytest.mark.parametrize(
    ("client", "labels"),
    [
        ("Statusd/v0.64.0/linux-amd64/go1.13", ("Statusd", "v0.64.0", "linux-amd64")),
        ("StatusIM/android-arm/go1.11", ("StatusIM", "unknown", "android-arm")),
        ("something else", ("unknown", "unknown", "unknown")),
        ("a" * 500 + "/b/c/d", ("a" * 40, "b", "c")),
    ],
)
def test_the_software_of_peers_is_taken_apart_like_the_reference_does(client: str, labels: tuple[str, ...]) -> None:
    assert client_labels(client) == labels


async def test_health_and_readiness_come_and_go() -> None:
    recorder = Recorder()
    async with monitored(metrics=MetricsSettings(port=0, min_peers=1), on_event=recorder) as (node, server):
        assert await get(server, "/health") == (200, "OK")
        assert await get(server, "/ready") == (503, "0 of at least 1 peer connected")
        async with Node(NodeConfig(peers=(str(node.enode),))) as peer:
            await peer.wait_for_peer(PATIENCE)
            await recorder.wait(lambda event: type(event).__name__ == "PeerJoined")
            assert await get(server, "/ready") == (200, "OK")
        await recorder.wait(lambda event: type(event).__name__ == "PeerGone")
        assert (await get(server, "/ready"))[0] == 503
        assert await get(server, "/health") == (200, "OK")


async def test_a_node_that_is_leaving_is_not_ready() -> None:
    async with monitored() as (node, server):
        assert await get(server, "/ready") == (200, "OK")
        await node.drain(1.0)
        assert await get(server, "/ready") == (503, "the node does not listen")
        assert samples_of((await get(server, "/metrics"))[1])["pystatus_ready",] == 0


async def test_a_port_that_is_taken_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} is already in use"):
            async with monitored(metrics=MetricsSettings(port=port)):
                pass


def test_only_loopback_is_served_by_default(tmp_path: Path) -> None:
    with Monitored(tmp_path) as node:
        assert node.base.startswith("http://127.0.0.1:")
        assert node.get("/nothing")[0] == 404


def expressions(thing: Any) -> list[str]:
    """Every PromQL expression of a dashboard."""
    if isinstance(thing, dict):
        own = [thing["expr"]] if isinstance(thing.get("expr"), str) else []
        return own + [found for value in thing.values() for found in expressions(value)]
    return [found for value in thing for found in expressions(value)] if isinstance(thing, list) else []


def names_in(expression: str) -> set[str]:
    """The series that an expression asks for: identifiers that are no function, label, keyword or label value."""
    bare = re.sub(r'"[^"]*"|\[[^]]*\]|\b(by|without) \([^)]*\)', "", expression)
    bare = re.sub(r"\{[^}]*\}", "{}", bare)
    return {name for name in re.findall(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()", bare) if name not in {"by", "without"}}


def test_the_reader_of_expressions_finds_names_and_nothing_else() -> None:
    assert names_in('topk(10, sum by (peer) (rate(a_total{instance=~"$instance"}[5m]))) / b > 0') == {"a_total", "b"}


async def test_the_dashboard_and_the_alerts_ask_only_for_series_that_exist() -> None:
    dashboard = json.loads((PACKAGING / "grafana/dashboards/pystatus.json").read_text())
    asked = expressions(dashboard)
    asked += re.findall(r"^\s+expr: (.+)$", (PACKAGING / "prometheus/alerts.yml").read_text(), re.MULTILINE)
    query = dashboard["templating"]["list"][0]["query"]["query"]
    asked.append(re.fullmatch(r"label_values\((\w+), instance\)", query)[1])  # type: ignore[index]
    assert len(asked) > 30
    received = Recorder()
    async with monitored() as (relay, server):
        client = NodeConfig(peers=(str(relay.enode),))
        async with Node(client) as sender, Node(client, on_event=received) as receiver:
            for node in (sender, receiver):
                await node.wait_for_peer(PATIENCE)
            receiver.watch([TOPIC])
            sender.post(envelope())
            await received.wait(lambda event: isinstance(event, EnvelopeReceived))
            scraped = {key[0] for key in samples_of((await get(server, "/metrics"))[1])}
    wanted = set().union(*(names_in(expression) for expression in asked))
    of_mailservers = {name for name in SERIES if name.startswith("pystatus_archive_")}
    of_discovery = {series.name for series in DISCOVERY}
    assert wanted - {"up"} - of_mailservers - of_discovery <= scraped  # Prometheus itself makes that one
    assert len(wanted) > 20


def test_the_dashboard_is_provisioned_with_the_source_that_it_names() -> None:
    dashboard = json.loads((PACKAGING / "grafana/dashboards/pystatus.json").read_text())
    source = (PACKAGING / "grafana/provisioning/datasources/prometheus.yml").read_text()
    used = {panel["datasource"]["uid"] for panel in dashboard["panels"]}
    assert used == set(re.findall(r"uid: (\w+)", source))
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
