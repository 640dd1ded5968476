"""A24: whoever exceeds the rate limits comes back: with new node ids, and from other addresses of the network."""

from itertools import count

import pytest

from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.rate_limits import PREFIX_FACTOR, RATE_BURST, Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import RateLimits
from tests.adversary.hostile import RelayPeer
from tests.waku.network import NOW, envelope

LIMIT = 50
"""Packets a second from one address."""
BURST = int(LIMIT * RATE_BURST)
numbers = count(1)
"""Of envelopes: no two are the same."""


def relay() -> Relay:
    return Relay(RelayConfig(packet_rates=RateLimits(ip=LIMIT), byte_rates=RateLimits()))


def host(number: int, network: int = 0) -> Source:
    return Source((4, network << 8 | number), (4, network))


def flood(peer: RelayPeer) -> int:
    """As many envelopes as it can, until it is sent away; how many were taken."""
    before = peer.relay.counters.envelopes_new
    while peer.give(envelope(next(numbers), now=peer.now, size=100)):
        pass
    return peer.relay.counters.envelopes_new - before


def test_reconnecting_under_new_node_ids_gains_nothing() -> None:
    attacker = RelayPeer(relay(), NOW, source=host(1))
    assert flood(attacker) == BURST
    for _ in range(20):
        attacker.come()
        assert flood(attacker) == 0
    # In two seconds it has earned what the limit says, under whatever name.
    attacker.now += 2
    attacker.come()
    assert flood(attacker) == 2 * LIMIT


def test_many_addresses_of_one_network_gain_no_more_than_its_limit() -> None:
    attacked = relay()
    taken = sum(flood(RelayPeer(attacked, NOW, source=host(number))) for number in range(1, 200))
    assert taken <= PREFIX_FACTOR * BURST
    assert attacked.counters.rate_limited["prefix"] > 0


def test_others_are_not_concerned() -> None:
    attacked = relay()
    for number in range(1, 10):
        flood(RelayPeer(attacked, NOW, source=host(number)))
    honest = RelayPeer(attacked, NOW, source=host(1, network=7))
    assert honest.give(envelope(10**6))
    assert envelope(10**6).hash in attacked.pool


def test_changing_between_thousands_of_networks_costs_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.waku.relay.rate_limits.MAX_ACCOUNTS", 100)
    attacked = relay()
    for network in range(1000):
        RelayPeer(attacked, NOW, source=host(1, network)).leave()
    assert len(attacked._limiter) <= 101  # what is held is the point of the test
