"""A42, of topics: floods of ads and tickets, registrars that lie, and what they can make of a node."""

from __future__ import annotations

import ipaddress

from pystatus.discovery.discv5.node import Contact
from pystatus.discovery.discv5.topic_table import TopicLimits
from tests.discovery.discv5.test_topic_table import WHISPER, World
from tests.discovery.discv5.topic_nodes import address, at, contact

NETWORKS = 8
ATTACKERS = [
    contact(10_000 + number, address(60_000 + number % NETWORKS, number // NETWORKS)) for number in range(2_000)
]
"""2,000 nodes with addresses in eight /24 networks."""


def attack(world: World, topic: bytes, now: float) -> list[Contact]:
    """All of them register: those that are listed then."""
    tickets = [world.ticket(node, topic, now=now) for node in ATTACKERS]
    later = now + world.table.wait_of(topic)
    for node, ticket in zip(ATTACKERS, tickets, strict=True):
        world.use(node, ticket, topic, now=later)
    listed = world.listed(topic, later)
    return [node for node in listed if node in set(ATTACKERS)]


def test_two_thousand_nodes_of_eight_networks_hold_sixteen_ads() -> None:
    world = World()
    relays = [contact(number) for number in range(1, 40)]
    for relay in relays[:30]:
        assert world.register(relay, WHISPER, 1000.0)
    held = attack(world, WHISPER, 1100.0)
    assert len(held) == 2 * NETWORKS
    assert set(relays[:30]) < set(world.listed(WHISPER, 1200.0))
    for relay in relays[30:]:  # and those who come after them are listed, too
        assert world.register(relay, WHISPER, 2000.0)
    listed = world.listed(WHISPER, 2000.0)
    assert set(relays) < set(listed)
    assert len(listed) == 50


def test_their_tickets_displace_none_of_others() -> None:
    world = World(TopicLimits(registrants=100))
    relay = contact(1)
    ticket = world.ticket(relay, WHISPER, now=1000.0)
    for node in ATTACKERS:
        world.ticket(node, WHISPER, now=1010.0)
    assert world.use(relay, ticket, WHISPER, now=1061.0)


def test_a_flood_of_ads_does_not_shut_others_out_for_good() -> None:
    """From very many networks, without a pause: the wait grows to an hour, and a ticket for an hour is taken."""
    world = World()
    flood = [
        contact(20_000 + number, ipaddress.IPv6Address((0x2A00 << 112) + (number << 80) + 1)) for number in range(300)
    ]
    tickets = [world.ticket(node, WHISPER, now=1000.0) for node in flood]
    for node, ticket in zip(flood, tickets, strict=True):
        assert world.use(node, ticket, WHISPER, now=1060.0)
    assert world.table.wait_of(WHISPER) == 3600
    relay = contact(1)
    ticket = world.ticket(relay, WHISPER, now=1100.0)
    assert world.pongs[ticket].wait_periods == (3600,)
    assert world.use(relay, ticket, WHISPER, now=4700.0)


def test_queries_are_answered_with_ten_nodes_at_most_whatever_is_listed() -> None:
    world = World()
    attack(world, WHISPER, 1000.0)
    for number in range(1, 40):
        world.register(contact(number), WHISPER, 2000.0)
    for _ in range(20):
        answer = world.table.query(WHISPER, address(1), at(2001.0))
        assert len(answer) == len(set(answer)) == 10
