"""Networks of discovery nodes in one process: they find each other and a topic, while nodes leave and datagrams are
lost."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.errors import LocalError
from pystatus.simulation.discovery.network import DiscoveryNetwork
from pystatus.simulation.discovery.report import DiscoveryReport
from pystatus.simulation.discovery.settings import Attack, Links, Population
from pystatus.simulation.samples import DiscoverySample, TakeDiscovery

MINUTE = 60.0


def network(
    nodes: int = 100,
    *,
    links: Links | None = None,
    seed: int = 1,
    take: TakeDiscovery | None = None,
    **population: Any,
) -> DiscoveryNetwork:
    """Everybody joins within 20 s, and an ad can be there a minute later at the earliest."""
    wanted: dict[str, Any] = {"bootnodes": 4, "joining": 20.0, "settling": 80.0, "seconds": 80.0, "lookups": 60}
    return DiscoveryNetwork(Population(nodes=nodes, **{**wanted, **population}), links or Links(), seed, take=take)


@pytest.fixture(scope="module")
def ordinary() -> tuple[DiscoveryReport, list[DiscoverySample]]:
    """A network from which a third of the nodes leave within an hour. Nothing is lost."""
    samples: list[DiscoverySample] = []
    return network(searching=0.2, links=Links(loss=0.0), take=samples.append).run(), samples


def test_lookups_find_the_nearest_node(ordinary: tuple[DiscoveryReport, list[DiscoverySample]]) -> None:
    report, samples = ordinary
    assert report.lookups == 60
    assert report.reached > 0.95
    assert [one.right for one in samples if one.measure == "lookup"].count(True) == report.right
    assert report.hops.mean < report.predicted_hops + 1
    assert report.asked.p50 >= BUCKET_SIZE - 1


def test_a_topic_is_found_within_a_minute_when_there_are_ads(
    ordinary: tuple[DiscoveryReport, list[DiscoverySample]],
) -> None:
    report, samples = ordinary
    assert report.registered >= 5
    assert report.searches >= 12
    assert report.found >= 0.95 * report.searches
    assert report.search_delays.p95 < MINUTE
    assert report.ok, report.examples
    searches = [one for one in samples if one.measure == "search"]
    assert len(searches) == report.searches
    assert {one.right for one in searches if one.delay is not None} == {True}


def test_tables_are_full_and_know_who_has_left(ordinary: tuple[DiscoveryReport, list[DiscoverySample]]) -> None:
    report, _ = ordinary
    assert report.table.p50 > 40  # 16 of the farther half, 16 of the next quarter, and all who are nearer
    assert report.table_gone < 0.05
    assert report.datagrams["none"] == 0
    assert report.lost == 0
    assert report.nowhere > 0  # to those who have left


@pytest.mark.parametrize(
    ("links", "churn", "share"),
    [(Links(loss=0.1), 0.3, 0.75), (Links(delay=0.15, loss=0.0), 1.0, 0.9)],
    ids=["one in ten is lost", "slow links, and everybody leaves within an hour"],
)
def test_bad_networks(links: Links, churn: float, share: float) -> None:
    """A lookup of an unknown node takes four datagrams to it and back, and nothing is repeated but for the nearest."""
    report = network(50, links=links, churn=churn, searching=0.3, registering=0.1, lookups=40).run()
    assert report.reached >= share
    assert report.searches > 5
    assert report.found >= 0.9 * report.searches


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    small: dict[str, Any] = {"settling": 5.0, "seconds": 10.0, "joining": 5.0, "lookups": 5}
    first, again = (network(30, **small).run() for _ in range(2))
    other = network(30, seed=2, **small).run()
    assert first == again
    assert first.digest != other.digest


def test_who_leaves_is_gone_and_others_come() -> None:
    simulated = network(30, churn=1.0, joining=5.0, settling=0.0, seconds=300.0, lookups=0, searching=0.0)
    simulated.start()
    simulated.run_until(5.0)
    before = set(simulated.hosts)
    simulated.run_until(305.0)
    assert simulated.left > 0
    assert simulated.joined > 30
    assert len(before - set(simulated.hosts)) > 0
    assert len(simulated.lasting & set(simulated.hosts.values())) == 4  # bootstrap nodes stay


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Population, {"nodes": 19}),
        (Population, {"nodes": 20_001}),
        (Population, {"nodes": 20, "bootnodes": 11}),
        (Population, {"bootnodes": 0}),
        (Population, {"churn": 1.1}),
        (Population, {"registering": 0.6, "searching": 0.5}),
        (Population, {"seconds": 0.0}),
        (Population, {"joining": -1.0}),
        (Population, {"lookups": -1}),
        (Links, {"loss": 1.0}),
        (Links, {"delay": 0.0}),
        (Links, {"delay": 2.0}),
        (Attack, {"attackers": 0}),
        (Attack, {"networks": 257}),
        (Attack, {"grinding": 0}),
        (Attack, {"attackers": 300, "networks": 1}),
    ],
    ids=repr,
)
def test_nonsense_is_refused(kind: Any, values: dict[str, float]) -> None:
    with pytest.raises(LocalError):
        kind(**values)
