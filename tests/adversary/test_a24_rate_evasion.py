"""A24: whoever exceeds the rate limits comes back: with new node ids, and from other addresses of the network."""

import pytest

from pystatus.waku import packets
from pystatus.waku.config import RelayConfig
from pystatus.waku.peer import Misbehaviour
from pystatus.waku.rates import PREFIX_FACTOR, RATE_BURST, Source
from pystatus.waku.relay import Relay
from pystatus.waku.status import RateLimits, StatusOptions
from tests.waku.network import NOW, envelope

LIMIT = 50
"""Packets a second from one address."""
BURST = int(LIMIT * RATE_BURST)


class Attacker:
    """Sends as many envelopes as it can, as many peers as it likes."""

    def __init__(self) -> None:
        self.relay = Relay(RelayConfig(packet_rates=RateLimits(ip=LIMIT), byte_rates=RateLimits()))
        self._nodes = 0
        self._envelopes = 0

    def connect(self, source: Source, now: float = NOW) -> int:
        """As a new node."""
        self._nodes += 1
        self.relay.peer_connected(self._nodes, now, source)
        self.relay.receive_packet(self._nodes, packets.STATUS, StatusOptions().encode(), now)
        return self._nodes

    def flood(self, node: int, now: float = NOW) -> int:
        """Until the node is thrown out; how many envelopes were taken."""
        before = self.relay.counters.envelopes_new
        with pytest.raises(Misbehaviour):
            while True:
                self._envelopes += 1
                body = packets.encode_messages([envelope(self._envelopes, now=now, size=100)])
                self.relay.receive_packet(node, packets.MESSAGES, body, now)
        self.relay.peer_disconnected(node, now)
        return self.relay.counters.envelopes_new - before


def host(number: int, network: int = 0) -> Source:
    return Source((4, network << 8 | number), (4, network))


def test_reconnecting_under_new_node_ids_gains_nothing() -> None:
    attacker = Attacker()
    assert attacker.flood(attacker.connect(host(1))) == BURST
    for _ in range(20):
        assert attacker.flood(attacker.connect(host(1))) == 0
    # In two seconds it has earned what the limit says, under whatever name.
    assert attacker.flood(attacker.connect(host(1), NOW + 2), NOW + 2) == 2 * LIMIT


def test_many_addresses_of_one_network_gain_no_more_than_its_limit() -> None:
    attacker = Attacker()
    taken = sum(attacker.flood(attacker.connect(host(number))) for number in range(1, 200))
    assert taken <= PREFIX_FACTOR * BURST
    assert attacker.relay.counters.rate_limited["prefix"] > 0


def test_others_are_not_concerned() -> None:
    attacker = Attacker()
    for number in range(1, 10):
        attacker.flood(attacker.connect(host(number)))
    honest = attacker.connect(host(1, network=7))
    body = packets.encode_messages([envelope(10**6)])
    attacker.relay.receive_packet(honest, packets.MESSAGES, body, NOW)
    assert envelope(10**6).hash in attacker.relay.pool


def test_changing_between_thousands_of_networks_costs_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.waku.rates.MAX_ACCOUNTS", 100)
    attacker = Attacker()
    for network in range(1000):
        node = attacker.connect(host(1, network))
        attacker.relay.peer_disconnected(node, NOW)
    assert len(attacker.relay._accounts) <= 101  # what is held is the point of the test
