"""Networks of relays in one process: everybody gets what they asked for and nothing else, and each load is told."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.simulation.nodes.counters import Tally
from pystatus.simulation.nodes.graph import edges
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.realtime import RealTime
from pystatus.simulation.nodes.report import NetworkReport
from pystatus.simulation.nodes.settings import Links, Load, Topology
from pystatus.waku import packets
from pystatus.waku.relay.events import PeerId
from pystatus.waku.relay.steps import Steps

RATE = 50.0
"""Messages a second: the rate at which others' simulation of such a network failed."""


def simulate(
    nodes: int = 12, seconds: float = 2.0, *, seed: int = 1, links: Links | None = None, **topology: Any
) -> NetworkReport:
    """The report of a small network."""
    wanted = Topology(nodes=nodes, **topology)
    return NodeNetwork(wanted, Load(rate=RATE, seconds=seconds), links or Links(), seed).run()


def assert_well(report: NetworkReport) -> None:
    assert report.ok, report.examples
    assert (report.missed, report.unwanted, report.disconnections, report.examples) == (0, 0, 0, ())


def test_eighty_five_nodes() -> None:
    """The whole network, for two seconds; ``pystatus simulate network`` runs it for a minute."""
    report = simulate(85)
    assert_well(report)
    assert (report.nodes, report.full_nodes, report.messages) == (85, 51, 100)
    assert len(report.loads) == 85
    # Each full node is interested in everything but its own, each other node in three of twenty topics.
    assert 100 * 50 <= report.expected <= 100 * (51 + 34 / 2)
    assert report.delays.longest < 1.0


def test_the_load_of_each_node_adds_up() -> None:
    ticks = iter(range(1_000_000))
    report = NodeNetwork(
        Topology(nodes=12), Load(rate=RATE, seconds=2.0), Links(), 1, stopwatch=lambda: float(next(ticks))
    ).run()
    assert sum(load.written for load in report.loads) == report.messages == 100
    assert sum(load.received for load in report.loads) == report.expected == report.delays.count
    assert sum(load.bytes_in for load in report.loads) == sum(load.bytes_out for load in report.loads) > 0
    # Every use of the stopwatch is a start or an end, and nothing else looks at it.
    assert report.cpu_seconds == sum(load.cpu_seconds for load in report.loads) > 100
    for load in report.loads:
        if load.kind == "full":
            assert load.received + load.written == report.messages
            assert load.duplicates > 0
    assert {load.kind for load in report.loads} == {"full", "topics"}


def test_only_full_nodes() -> None:
    report = simulate(with_topics=0.0)
    assert_well(report)
    assert report.expected == 11 * report.messages
    assert all(load.kind == "full" for load in report.loads)


def test_one_full_node_serves_all_others() -> None:
    report = simulate(with_topics=1.0)
    assert_well(report)
    assert report.full_nodes == 1
    assert report.loads[0].links == 11
    assert report.expected > 0


def test_links_break_and_are_made_again() -> None:
    """What was on a link is lost; the pools of the others make up for it."""
    report = simulate(seconds=10.0, links=Links(churn=0.3, away=1.0))
    assert_well(report)
    assert report.links_broken > 20


def test_who_is_cut_off_for_longer_than_an_envelope_lives_misses_it() -> None:
    report = simulate(3, 10.0, links=Links(churn=0.9, away=60.0))
    assert report.missed > 0
    assert report.ok, "nobody can do anything about it"
    assert "has not got" in report.examples[0]
    assert sum(load.missed for load in report.loads) == report.missed


def test_a_relay_that_sends_an_honest_peer_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    network = NodeNetwork(Topology(nodes=3, with_topics=0.0), Load(rate=RATE, seconds=1.0), Links(), 1)
    relay = network.nodes[0].relay
    take = relay.receive_in_steps

    def refuse(peer_id: PeerId, code: int, payload: bytes, now: float) -> Steps:
        if code == packets.MESSAGES:
            raise RemoteError("too honest")
        return take(peer_id, code, payload, now)

    monkeypatch.setattr(relay, "receive_in_steps", refuse)
    report = network.run()
    assert not report.ok
    assert (report.disconnections, report.missed > 0) == (2, True)
    assert set(report.examples[:2]) == {f"node 0 sent node {node} away: too honest" for node in (1, 2)}


def test_the_same_seed_is_the_same_run() -> None:
    links = Links(churn=0.2, away=1.0)
    once, again, other = (simulate(seed=seed, links=links) for seed in (1, 1, 2))
    assert once.digest == again.digest != other.digest
    assert once.delays == again.delays


@pytest.mark.parametrize(("nodes", "with_topics"), [(2, 0.0), (3, 0.0), (40, 0.0), (40, 0.5), (40, 1.0)])
def test_a_network_hangs_together(nodes: int, with_topics: float) -> None:
    topology = Topology(nodes=nodes, with_topics=with_topics, degree=4, uplinks=2)
    links = edges(topology, Random(1))
    assert len(links) == len(set(links))
    assert all(one != other for one, other in links)
    assert all(min(edge) < topology.full_nodes for edge in links)
    reached = {0}
    for _ in range(nodes):
        reached |= {node for edge in links if reached & set(edge) for node in edge}
    assert reached == set(range(nodes))


def test_a_tally_counts_what_is_missing_and_what_nobody_wanted() -> None:
    tally = Tally()
    tally.write(b"one", 0, [1, 2], 10.0)
    tally.write(b"two", 0, [], 10.0)
    tally.arrive(b"one", 1, 10.5)
    tally.arrive(b"one", 3, 10.5)
    tally.arrive(b"two", 1, 10.5)
    assert (tally.written, tally.expected, tally.arrived, tally.missed, tally.unwanted) == (2, 2, 1, 1, 2)
    assert list(tally.delays) == [0.5]
    assert tally.missing_at() == {2: 1}
    tally.arrive(b"one", 2, 11.0)
    assert (tally.missed, tally.missing_at()) == (0, {})


def test_real_time_waits_for_what_is_early_and_notes_what_is_late() -> None:
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    wait = RealTime(lambda: now[0], sleep)
    wait(-5.0)
    assert slept == []
    wait(0.0)
    wait(2.0)
    assert slept == [2.0]
    now[0] += 3.0
    wait(3.0)
    wait(5.5)
    assert slept == [2.0, 0.5]
    assert wait.longest_lag == 2.0


def test_a_run_in_real_time_asks_before_each_step() -> None:
    asked: list[float] = []
    network = NodeNetwork(Topology(nodes=2), Load(rate=1.0, seconds=2.0), Links(), 1)
    report = network.run(wait=asked.append)
    assert_well(report)
    assert asked == sorted(asked)
    assert asked[0] < 0 < asked[-1]


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    NodeNetwork(Topology(nodes=2), Load(rate=1.0, seconds=3.0), Links(), 1).run(lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    "settings",
    [
        (Topology, {"nodes": 1}),
        (Topology, {"with_topics": 1.1}),
        (Topology, {"degree": 1}),
        (Topology, {"uplinks": 0}),
        (Topology, {"topics": 2, "topics_each": 3}),
        (Load, {"rate": 0.0}),
        (Load, {"seconds": 0.001}),
        (Load, {"size": 15}),
        (Links, {"churn": 1.0}),
        (Links, {"delay": -1.0}),
        (Links, {"away": 0.0}),
    ],
    ids=repr,
)
def test_nonsense_is_refused(settings: tuple[Any, dict[str, float]]) -> None:
    kind, values = settings
    with pytest.raises(LocalError):
        kind(**values)
