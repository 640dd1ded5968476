"""A44: eclipse by inbound slots, and by nodes that name each other.

Expected: at least half of the slots stay outbound, in at least two netgroups.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import parse_address, subnet_key
from pystatus.net.admission import PeerAdmission
from pystatus.node import NodeConfig
from pystatus.peers.diversity import GATHERING_SECONDS
from pystatus.peers.limits import MOBILE_RELAYS, TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER, Source
from tests.adversary.test_a14_connection_churn import Link
from tests.peers.support import anybody, drawn, enode

BOOTNODE = f"enode://{enode(0).node_id.hex()}@203.0.113.1:30301"
ATTACKERS = 2_000
NETWORKS = 8


def test_half_of_the_places_are_never_taken_by_those_who_dial() -> None:
    """They have as many addresses as they like."""
    config = NodeConfig(listen="127.0.0.1:0", bootnodes=(BOOTNODE,)).network()
    connected: dict[bytes, Link] = {}
    admission = PeerAdmission(config, connected, ())
    for number in range(ATTACKERS):
        node_id, link = number.to_bytes(64, "big"), Link(f"100.{number // 250}.{number % 250}.1")
        if admission.admit(link, node_id, 0.0) is None:
            connected[node_id] = link
    assert len(connected) == config.max_peers // 2
    for number in range(config.max_peers):
        node_id, link = (10_000 + number).to_bytes(64, "big"), Link(f"198.51.{number}.1", inbound=False)
        if admission.admit(link, node_id, 0.0) is None:
            connected[node_id] = link
    assert sum(not link.inbound for link in connected.values()) == config.max_peers // 2


def attacker(number: int) -> Enode:
    return enode(5_000 + number % 64, f"9.9.{number % NETWORKS}.{1 + number // NETWORKS % 250}", 1 + number)


def eclipsed(limits: TopicLimits, honest: int, seed: int) -> tuple[int, set[tuple[int, int]]]:
    """How many peers of a pool are attackers when discovery names all nodes in any order, and their networks.

    Attackers have keys without number; the test has 64 of them, each at many addresses.
    """
    nodes = [attacker(number) for number in range(ATTACKERS)] + [enode(number) for number in range(1, honest + 1)]
    random.Random(seed).shuffle(nodes)
    pool = PeerPool({WHISPER: limits}, drawn(seed))
    pool.start(0.0)
    for node in nodes:
        pool.found(Source.DISCV5, WHISPER, node, 0.0)
    peers = []
    for now in (0.0, GATHERING_SECONDS):
        while (one := pool.next_dial(now, 100, anybody)) is not None:
            assert one.enode.host is not None
            pool.connected(one.enode, parse_address(one.enode.host), now)
            peers.append(one.enode)
        assert len(peers) == 1 or now  # who is heard first is not everybody
    assert len(peers) == limits.max
    groups = Counter(subnet_key(parse_address(peer.host or "")) for peer in peers)
    assert max(groups.values()) <= max(1, limits.max // 4)
    return sum((peer.host or "").startswith("9.9.") for peer in peers), set(groups)


@pytest.mark.requirement("CL-24")
@pytest.mark.parametrize("limits", [MOBILE_RELAYS, TopicLimits(8, 8)])
def test_attackers_of_eight_networks_are_no_more_than_half_of_the_peers(limits: TopicLimits) -> None:
    """Ten attackers for each honest node; the networks count, not the nodes."""
    shares = []
    for seed in range(10):
        attackers, networks = eclipsed(limits, honest=200, seed=seed)
        shares.append(attackers)
        assert len(networks) >= min(2, limits.max)
    assert sum(shares) / len(shares) <= limits.max / 4
    assert sum(attackers <= limits.max / 2 for attackers in shares) == 10


def test_one_network_alone_gets_one_peer_of_a_mobile_node() -> None:
    pool = PeerPool({WHISPER: MOBILE_RELAYS}, drawn())
    pool.start(0.0)
    for number in range(1, 65):
        pool.found(Source.DISCV5, WHISPER, enode(number, f"9.9.9.{number}"), 0.0)
    assert pool.next_dial(0.0, 100, anybody) is not None
    assert pool.next_dial(0.0, 100, anybody) is None
