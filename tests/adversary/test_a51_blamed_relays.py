"""A51: an honest relay is made to send what its neighbour bans it for.

Expected: senders and receivers share one limit of count and of bytes; whatever one honest relay may emit, in any order
of settings, delays and neighbours, costs it nothing at the next.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.medium import Channel
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.shh_6 import SHH_6
from pystatus.waku.dialects.waku_0 import WAKU_0
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import LEAST_CHARGE, MAX_ENVELOPES_IN_PACKET
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import PeerFailed
from pystatus.waku.relay.peer import RATE_PENALTY
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.rate_limits import EXCESS_FACTOR, Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import RateLimits
from tests.adversary.hostile import RelayPeer, junk
from tests.waku.network import NOW, change, envelope, events

TOPICS = [bytes((number, 0, 0, 0)) for number in range(8)]


def score(relay: Relay, peer: str) -> float:
    """Points that a relay has counted against a peer, decayed or not."""
    return relay.peer(peer)._score


LEAST_RATE = 8 << 20
"""Bytes a second that these relays may be limited to."""


@dataclass
class Link:
    """From one relay to the other, in order."""

    delay: float
    channel: Channel = field(default_factory=Channel)


class World:
    """Two honest relays on slow links, and a hostile peer of each, which may be any."""

    def __init__(self, seed: int, dialect: Dialect) -> None:
        self.random = random.Random(seed)
        self.clock = VirtualClock(NOW)
        config = RelayConfig(
            min_pow=0.0,
            pool=PoolLimits(max_envelopes=300, max_remembered=3_000),
            rate_burst=1.0,
            max_packet_size=LEAST_RATE,
        )
        self.relays = {name: Relay(config) for name in ("a", "b")}
        self.links = {("a", "b"): Link(0.0), ("b", "a"): Link(0.0)}
        self.hostile: dict[str, RelayPeer] = {}
        self.number = 0
        for name, other in (("a", "b"), ("b", "a")):
            relay = self.relays[name]
            relay.peer_connected(other, self.now, Source((4, ord(other)), (4, 0)), dialect=dialect)
            self.hostile[name] = RelayPeer(relay, self.now, source=Source((4, 9), (4, 9)), unlimited=True)

    @property
    def now(self) -> float:
        return self.clock.now()

    def made(self) -> Envelope:
        """Anything that some relay takes: tiny, large, without a lifetime, old, of the future, with hardly any work."""
        draw = self.random.choice
        self.number += 1
        ttl = draw([0, 1, 15, 100_000])
        sent = int(self.now) + draw([-20, -1, 0, 0, 9, 30])
        data = self.number.to_bytes(4, "big") * draw([1, 1, 70, 500])
        return Envelope.create(sent + ttl, ttl, draw(TOPICS), data)

    def settings(self, name: str) -> None:
        """The operator changes something."""
        relay, draw = self.relays[name], self.random.choice
        what = draw(["pow", "interest", "size", "rates", "confirmations"])
        if what == "pow":
            change(relay, self.now, min_pow=draw([0.0, 0.000002, 0.001, 1.0]))
        elif what == "interest":
            wanted = self.random.sample(TOPICS, draw([0, 1, 5]))
            change(relay, self.now, interest=draw([EVERYTHING, Interest.in_topics(wanted)]))
        elif what == "size":
            change(relay, self.now, max_envelope_size=draw([1_000, 1_048_576, 10_000_000]))
        elif what == "rates":
            packets_a_second = RateLimits(ip=draw([0, 1, 100]), peer=draw([0, 1, 100]), topic=draw([0, 1]))
            sizes = RateLimits(ip=draw([0, LEAST_RATE]), peer=draw([0, LEAST_RATE]))
            change(relay, self.now, packet_rates=packets_a_second, byte_rates=sizes)
        else:
            change(relay, self.now, confirmations=draw([True, False]))

    def step(self) -> None:
        self.clock.jump(self.random.choice([0.0, 0.01, 0.3, 2.0, 15.0]))
        for link in self.links.values():
            link.delay = self.random.choice([0.0, 0.05, 5.0, 40.0])
        for name, relay in self.relays.items():
            relay.on_timer(self.now)
            if self.random.random() < 0.3:
                self.settings(name)
            if self.random.random() < 0.7:
                envelopes = [self.made() for _ in range(self.random.choice([1, 10, 200]))]
                self.attack(name, envelopes)
        self.carry()

    def attack(self, name: str, envelopes: list[Envelope]) -> None:
        peer = self.hostile[name]
        peer.now = self.now
        if not peer.give(*envelopes):
            peer.come()

    def arrive(self, sender: str, receiver: str, code: int, payload: bytes) -> None:
        self.relays[receiver].receive_packet(sender, code, payload, self.now)

    def carry(self) -> None:
        for name, relay in self.relays.items():
            for receiver, code, payload in relay.packets_to_send(self.now):
                assert isinstance(receiver, str)
                if receiver in self.relays:
                    link = self.links[name, receiver]
                    arrival = link.channel.arrival(self.now + link.delay)
                    self.clock.at(arrival, partial(self.arrive, name, receiver, code, payload))
        self.clock.run_until(self.now)
        for relay in self.relays.values():
            failed = [event.peer for event in events(relay) if isinstance(event, PeerFailed)]
            assert not set(failed) & set(self.relays)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([WAKU_1, WAKU_1, WAKU_0, SHH_6]))
def test_honest_relays_never_blame_each_other(seed: int, dialect: Dialect) -> None:
    world = World(seed, dialect)
    world.carry()
    for _ in range(40):
        world.step()
        assert score(world.relays["a"], "b") == 0
        assert score(world.relays["b"], "a") == 0
    # They still talk: what is wanted arrives.
    for name in world.relays:
        change(world.relays[name], world.now, packet_rates=RateLimits(), byte_rates=RateLimits())
        change(world.relays[name], world.now, interest=EVERYTHING)
        change(world.relays[name], world.now, min_pow=0.0)
    for link in world.links.values():
        link.delay = 0.0
    for _ in range(100):
        world.clock.jump(1.0)
        for relay in world.relays.values():
            relay.on_timer(world.now)
        world.carry()
    wanted = envelope(1, TOPICS[0], now=world.now)
    world.relays["a"].post(wanted, world.now)
    world.carry()
    assert wanted.hash in world.relays["b"].pool


@pytest.mark.parametrize("count", [75_000, MAX_ENVELOPES_IN_PACKET + 1])
def test_tiny_envelopes_in_one_packet_through_an_honest_relay(count: int) -> None:
    """As it was found."""
    middle, victim = Relay(RelayConfig(min_pow=0.0)), Relay(RelayConfig(min_pow=0.0))
    hostile, onward, honest = RelayPeer(middle, NOW), RelayPeer(middle, NOW), RelayPeer(victim, NOW)
    for start in range(0, count, 30_000):
        assert hostile.give(*(junk(number, NOW) for number in range(start, min(start + 30_000, count))))
    while output := middle.packets_to_send(NOW):
        for receiver, code, payload in output:
            if receiver == onward.name and code == packets.MESSAGES:
                assert len(packets.split_messages(payload)) <= MAX_ENVELOPES_IN_PACKET
                assert honest.send(code, payload)
    assert score(victim, honest.name) == 0
    assert victim.counters.packets_cut == 0
    assert victim.pool.remembered == count


def test_small_envelopes_count_alike_on_both_sides() -> None:
    """A relay that is told a limit of bytes stays below it with tiny envelopes, too."""
    limits = RateLimits(peer=1 << 20)
    config = RelayConfig(
        min_pow=0.0, byte_rates=limits, packet_rates=RateLimits(), rate_burst=1.0, max_packet_size=1 << 20
    )
    sender, receiver = Relay(RelayConfig(min_pow=0.0)), Relay(config)
    sender.peer_connected("receiver", NOW)
    receiver.peer_connected("sender", NOW)
    now = NOW
    number = taken = 0
    while now < NOW + 5:
        for _, code, payload in receiver.packets_to_send(now):
            sender.receive_packet("receiver", code, payload, now)
        for _, code, payload in sender.packets_to_send(now):
            receiver.receive_packet("sender", code, payload, now)
        if "receiver" in sender.ready_peers:
            for _ in range(1_000):
                number += 1
                sender.post(junk(number, now), now)
        now += 0.1
        sender.on_timer(now)
    taken = receiver.counters.envelopes_new
    assert receiver.counters.rate_limited.total() == 0
    assert 0.5 * 5 * (1 << 20) / LEAST_CHARGE < taken < 5 * (1 << 20) / LEAST_CHARGE
    assert len(junk(0, NOW).raw) < LEAST_CHARGE


def test_who_uses_up_the_limit_of_a_network_does_not_starve_its_neighbour() -> None:
    config = RelayConfig(min_pow=0.0, packet_rates=RateLimits(ip=40), byte_rates=RateLimits(), rate_burst=1.0)
    relay = Relay(config)
    hostile, honest, neighbour = (RelayPeer(relay, NOW, source=Source((4, host), (4, 1))) for host in (1, 1, 2))
    number = 0
    for tenth in range(100):
        now = NOW + tenth / 10
        for peer, count in ((hostile, 8), (honest, tenth % 2), (neighbour, tenth % 2)):
            peer.now = now
            for _ in range(count):
                number += 1
                before = relay.counters.envelopes_new
                peer.give(envelope(number, now=now))
                if peer is not hostile and tenth > 10:
                    assert relay.counters.envelopes_new == before + 1
    assert score(relay, honest.name) == score(relay, neighbour.name) == 0
    assert relay.counters.rate_limited.total() > 100


def test_who_floods_above_all_limits_still_goes() -> None:
    config = RelayConfig(min_pow=0.0, packet_rates=RateLimits(peer=10), byte_rates=RateLimits(), rate_burst=1.0)
    peer = RelayPeer(Relay(config), NOW)
    assert not all(peer.give(envelope(1)) for _ in range(10 + EXCESS_FACTOR * 10 + 100 // RATE_PENALTY))
