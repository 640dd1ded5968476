"""A42: many identities of one network against a small network of nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.limits import Limits
from pystatus.simulation.discovery.attackers import Ring, grind
from pystatus.simulation.discovery.identity import CheapIdentity
from pystatus.simulation.discovery.network import DiscoveryNetwork
from pystatus.simulation.discovery.settings import Attack, Links, Population
from pystatus.simulation.discovery.udp import Place, Port
from tests.adversary.hostile.discovery import AMPLIFICATION, DiscoveryPeer

NODES = 40
INNOCENT: Place = (IPv4Address("1.1.1.1"), 53)
"""Whose address others write on their datagrams."""
LIMITS = Limits()


def settled(seconds: float = 80.0) -> DiscoveryNetwork:
    """Nodes that have found each other."""
    network = DiscoveryNetwork(
        Population(nodes=NODES, bootnodes=2, registering=0.1, searching=0.0, churn=0.0, joining=5.0, lookups=0),
        Links(loss=0.0),
        1,
    )
    network.start()
    network.run_until(seconds)
    assert all(len(host.discovery.table) > 15 for host in network.hosts.values())
    return network


def attackers(network: DiscoveryNetwork, count: int = 250) -> Ring:
    """Identities next to the first node, all in one /24."""
    attack = Attack(attackers=count, networks=1, grinding=4)
    aims = [next(iter(network.hosts.values())).node_id.position]
    keys = grind(attack, aims, Random(2))
    places = [host.port.place for host in network.hosts.values()]
    return Ring(keys, attack, network.directory, network.world, Random(3), lambda: places)


def test_one_network_does_not_fill_tables() -> None:
    network = settled()
    ring = attackers(network)
    victim = next(iter(network.hosts.values()))
    ring.victim = victim.port.place
    ring.start()
    network.run_until(network.queue.now + 120)
    for host in network.hosts.values():
        contacts = host.discovery.table.nodes()
        hostile = [contact for contact in contacts if contact.id.xy in ring.ids]
        assert len(hostile) <= LIMITS.nodes_of_subnet_in_table
        distances = Counter((contact.id.position ^ host.node_id.position).bit_length() for contact in hostile)
        assert max(distances.values(), default=0) <= LIMITS.nodes_of_subnet_in_bucket
        assert len(contacts) - len(hostile) > 15  # honest nodes have kept their places


def test_lookups_find_honest_nodes_among_liars() -> None:
    """Liars are next to each target, and name nobody but each other."""
    network = settled()
    ring = attackers(network)
    ring.start()
    network.run_until(network.queue.now + 65)
    hosts = list(network.hosts.values())
    for number in range(20):
        network.lookups.begin(hosts[number], network.queue.now.hex().encode().ljust(32, bytes([number]))[:32])
    network.run_until(network.queue.now + 20)
    assert len(network.lookups.delays) == 20
    assert network.lookups.right >= 19


def spoofed(network: DiscoveryNetwork, make: Callable[[DiscoveryPeer, Place, float], list[bytes]]) -> tuple[int, int]:
    """Identities write the address of somebody else on what they send to all nodes: bytes that were sent, and that
    came to that address."""
    received = sent = 0

    def arrived(data: bytes, source: Place) -> None:
        nonlocal received
        received += len(data)

    network.udp.open(INNOCENT, arrived)
    forged = Port(INNOCENT, arrived, 0.01)
    chance = Random(4)
    for host in list(network.hosts.values()):
        for _ in range(5):
            key = PrivateKey.generate(chance.randbytes)
            peer = DiscoveryPeer(identity=CheapIdentity(key.public_key, network.directory))
            for data in make(peer, host.port.place, network.world.times().unix):
                sent += len(data)
                network.udp.send(forged, data, host.port.place)
    network.run_until(network.queue.now + 30)
    return sent, received


@pytest.mark.parametrize("topics", [0, 1, 8, 1_150])
def test_no_crowd_makes_nodes_send_more_than_three_times_as_much(topics: int) -> None:
    def packets(peer: DiscoveryPeer, place: Place, unix: float) -> list[bytes]:
        ping = peer.ping(unix, place, topics=[b"" if topics > 8 else b"whisper"] * topics)
        return [ping, peer.find(unix, bytes(32)), peer.query(b"whisper")]

    sent, received = spoofed(settled(), packets)
    assert 0 < received <= AMPLIFICATION * sent


def test_what_was_overheard_is_not_answered_to_somebody_else() -> None:
    network = settled()
    overheard: list[tuple[bytes, Place]] = []
    send = network.udp.send

    def tapped(source: Port, data: bytes, to: Place) -> None:
        overheard.append((data, to))
        send(source, data, to)

    network.udp.send = tapped  # type: ignore[method-assign]
    network.run_until(network.queue.now + 15)
    network.udp.send = send  # type: ignore[method-assign]
    assert len(overheard) > 100
    network.run_until(network.queue.now + 1)  # everything has arrived
    before = {xy: set(host.discovery.table.nodes()) for xy, host in network.hosts.items()}
    answers: list[bytes] = []
    network.udp.open(INNOCENT, lambda data, source: answers.append(data))
    for data, to in overheard:
        network.udp.send(Port(INNOCENT, lambda data, source: None, 0.01), data, to)
    network.run_until(network.queue.now + 2)
    assert answers == []
    for xy, host in network.hosts.items():
        assert not [contact for contact in host.discovery.table.nodes() if contact.endpoint.address == INNOCENT[0]]
        assert len(before[xy] & set(host.discovery.table.nodes())) >= len(before[xy]) - 2  # some are always checked


def test_neighbors_of_a_crowd_are_not_taken_unasked() -> None:
    network = settled()
    ring = attackers(network, 100)
    members = list(ring)
    for host in network.hosts.values():
        for attacker in members:
            nodes = tuple(other.node for other in members[:12])
            packet = DiscoveryPeer(identity=attacker.identity).neighbors(network.world.times().unix, nodes)
            network.udp.send(Port(attacker.place, attacker.receive, 0.01), packet, host.port.place)
    network.run_until(network.queue.now + 30)
    for host in network.hosts.values():
        assert not [contact for contact in host.discovery.table.nodes() if contact.id.xy in ring.ids]
        assert host.discovery.counters.refused["state"] >= len(members) - 10
