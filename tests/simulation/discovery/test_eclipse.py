"""Attackers around a new node: what the limits for networks are worth (A42, A44)."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from random import Random

import pytest

from pystatus.discovery.discv5.limits import BUCKET_SIZE, Limits
from pystatus.discovery.discv5.node import NodeId
from pystatus.net.config import NetworkConfig
from pystatus.peers.sources import WHISPER, Source
from pystatus.simulation.discovery.attackers import grind
from pystatus.simulation.discovery.eclipse import Eclipse, EclipseReport, Side, open_limits
from pystatus.simulation.discovery.host import Host
from pystatus.simulation.discovery.network import DiscoveryNetwork
from pystatus.simulation.discovery.settings import Attack, Links, Population
from pystatus.simulation.discovery.victim import NaivePool, Victim
from tests.peers.support import enode

SMALL = Population(
    nodes=30, bootnodes=4, registering=0.3, searching=0.0, churn=0.0, joining=5.0, settling=65.0, seconds=30.0,
    lookups=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> EclipseReport:
    """An attack of 60 identities in two networks on a node in a network of 30."""
    return Eclipse(SMALL, Links(loss=0.0), Attack(attackers=60, networks=2, grinding=2), 1).run()


def test_the_limits_keep_a_network_out_of_the_table(report: EclipseReport) -> None:
    rules, none = report.with_rules, report.without_rules
    assert rules.table_hostile <= 2 * Limits().nodes_of_subnet_in_table
    assert none.table_hostile > rules.table_hostile
    assert rules.table - rules.table_hostile > 5  # honest nodes are there


def test_the_limits_keep_attackers_out_of_the_pool(report: EclipseReport) -> None:
    rules, none = report.with_rules, report.without_rules
    assert rules.pool > 0
    assert rules.share < none.share
    assert rules.inbound <= 2 * NetworkConfig().max_inbound_per_subnet
    assert none.pool + none.inbound == NetworkConfig().max_peers


def test_it_is_told_to_people_and_programs(report: EclipseReport) -> None:
    told = report.as_dict()
    assert told["ok"] == (report.with_rules.share <= 0.5)
    assert told["with_rules"]["share"] == round(report.with_rules.share, 4)  # type: ignore[index]
    lines = "\n".join(report.lines())
    assert "60 attackers from 2 networks, 30 honest nodes" in lines
    assert f"{report.with_rules.pool_hostile} of {report.with_rules.pool}" in lines
    most = Side(table=1, table_hostile=1, found=1, found_hostile=1, pool=10, pool_hostile=6, inbound=0)
    bad = replace(report, with_rules=most)
    assert (bad.ok, bad.examples) == (False, ["the attackers hold 60 % of the pool"])
    assert most.share_of_all == 0.6
    assert replace(most, pool=0, pool_hostile=0).share == 1.0  # nobody but attackers is as bad as attackers alone


def test_without_limits_there_are_none() -> None:
    limits = open_limits()
    assert limits.nodes_of_subnet_in_bucket == BUCKET_SIZE
    assert limits.nodes_of_subnet_in_table > 5_000


def test_attackers_choose_identities_next_to_what_they_want() -> None:
    aims = [1 << 255, 1 << 100]
    chosen = [
        NodeId.of(key.public_key.xy).position for key in grind(Attack(attackers=20, grinding=20), aims, Random(1))
    ]
    anybody = [
        NodeId.of(key.public_key.xy).position for key in grind(Attack(attackers=20, grinding=1), aims, Random(1))
    ]
    assert len(set(chosen)) == 20
    for aim in aims:
        assert min(one ^ aim for one in chosen) <= min(one ^ aim for one in anybody)
    nearer = sum(min(one ^ aim for aim in aims) for one in chosen)
    assert nearer < sum(min(one ^ aim for aim in aims) for one in anybody) / 4


def victim(*, rules: bool) -> tuple[DiscoveryNetwork, Victim]:
    network = DiscoveryNetwork(SMALL, Links(), 1)
    host: Host = network.join("victim")
    return network, Victim(host, network.world, Random(1), rules=rules, is_there=lambda xy: True)


def test_whoever_dials_is_let_in_by_the_rules_of_a_node() -> None:
    _, guarded = victim(rules=True)
    _, open_to_all = victim(rules=False)
    config = NetworkConfig()
    for network in range(40):
        for number in range(3):
            address = IPv4Address(f"8.8.{network}.{number + 1}")
            for one in (guarded, open_to_all):
                one.knock(address)
                one.knock(address)
    assert len(guarded.inbound) == config.max_peers // 2
    assert len(open_to_all.inbound) == config.max_peers
    assert len({int(address) >> 8 for address in guarded.inbound[:4]}) == 2


def test_a_pool_without_rules_dials_whom_it_finds_first() -> None:
    pool = NaivePool(2)
    assert pool.next_enode(0.0, 25) is None
    for number in (3, 1, 3, 2):
        pool.found(Source.DISCV5, WHISPER, enode(number), 0.0)
    assert [pool.next_enode(0.0, 25), pool.next_enode(0.0, 25)] == [enode(3), enode(1)]
    assert (pool.next_enode(0.0, 25), pool.period()) == (None, None)
    pool.dial_failed(enode(3).node_id, 0.0)
    assert pool.period() == 3.0
    assert pool.next_enode(0.0, 25) == enode(2)
