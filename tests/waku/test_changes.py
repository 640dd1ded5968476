"""Settings that change while a relay runs, the transmission cycle, and posting with a delay."""

import math
from dataclasses import fields, replace
from typing import Any

import pytest

from pystatus.errors import LocalError
from pystatus.waku import packets
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay import publish
from pystatus.waku.relay.admission import TOLERANCE_SECONDS, Refusal
from pystatus.waku.relay.config import HIGHEST_ENVELOPE_SIZE, RelayConfig, RelaySettings
from pystatus.waku.relay.events import EnvelopeExpired, EnvelopeSent, PeerFailed
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.send_queue import MAX_QUEUE_SIZE
from pystatus.waku.status import RateLimits, StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, topics, watching

FULL = StatusOptions(pow_requirement=0.0)

# Settings


@pytest.mark.requirement("WK-29", "WK-40")
def test_changes_are_one_update() -> None:
    net = Network(alice=RelayConfig(), bob=RelayConfig())
    net.connect("alice", "bob")
    alice = net["alice"]
    change(alice, net.now, min_pow=0.5)
    net.settle()
    for confirmations in (True, False, True):
        change(alice, net.now, confirmations=confirmations)
    change(alice, net.now, light=True)
    change(alice, net.now, min_pow=0.25)
    change(alice, net.now, interest=Interest.in_topics([TOPIC]))
    net.wait(0.2)
    first, second = net.updates("alice", "bob")
    assert first == StatusOptions(pow_requirement=0.5)
    assert second == StatusOptions(
        pow_requirement=0.25, confirmations_enabled=True, light_node=True, topic_interest=(TOPIC,)
    )


def test_what_does_not_change_is_not_announced() -> None:
    net = Network(alice=RelayConfig(), bob=RelayConfig())
    net.connect("alice", "bob")
    alice = net["alice"]
    change(alice, net.now, confirmations=False)
    change(alice, net.now, light=False)
    change(alice, net.now, packet_rates=alice.config.packet_rates, byte_rates=alice.config.byte_rates)
    net.wait(1)
    assert net.updates("alice", "bob") == []


@pytest.mark.requirement("WK-48")
def test_confirmations_on_and_off() -> None:
    net = Network(alice=RelayConfig(), bob=RelayConfig())
    net.connect("alice", "bob")

    def answers() -> int:
        return [(sender, code) for sender, _, code, _ in net.carried].count(("bob", packets.BATCH_ACKNOWLEDGED))

    net.post("alice", envelope(1))
    assert answers() == 0
    change(net["bob"], net.now, confirmations=True)
    net.post("alice", envelope(2))
    assert answers() == 1
    change(net["bob"], net.now, confirmations=False)
    net.post("alice", envelope(3))
    assert answers() == 1


@pytest.mark.requirement("WK-46", "WK-50")
def test_a_relay_becomes_light_and_relays_again() -> None:
    net = Network(alice=RelayConfig(), middle=RelayConfig(), bob=watching())
    net.connect("alice", "middle")
    net.connect("middle", "bob")
    change(net["middle"], net.now, light=True)
    net.post("alice", envelope(1))
    net.post("middle", envelope(2))
    assert net.deliveries(envelope(1)) == {("alice", "middle"): 1}
    assert net.deliveries(envelope(2))[("middle", "bob")] == 1
    change(net["middle"], net.now, light=False)
    net.post("alice", envelope(3))
    assert net.deliveries(envelope(3))[("middle", "bob")] == 1


@pytest.mark.requirement("WK-52")
def test_a_relay_that_becomes_light_leaves_its_light_peers() -> None:
    wire = Wire(status=StatusOptions(light_node=True))
    wire.join("full")
    events(wire.relay)
    change(wire.relay, NOW, light=True)
    assert events(wire.relay) == [PeerFailed("peer", "two light nodes have nothing to say to each other")]
    assert wire.relay.ready_peers == ["full"]
    change(wire.relay, NOW, light=True)
    assert events(wire.relay) == []


WRONG: list[dict[str, Any]] = [
    {"min_pow": -1.0},
    {"min_pow": math.nan},
    {"min_pow": math.inf},
    {"max_envelope_size": 19},
    {"max_envelope_size": HIGHEST_ENVELOPE_SIZE + 1},
    {"packet_rates": RateLimits(peer=-1)},
    {"byte_rates": RateLimits(peer=1000)},
    {"byte_rates": RateLimits(topic=999)},
    {"flush_interval": 1.0},
    {"max_packet_size": 1 << 20},
]
GOOD: dict[str, Any] = {
    "interest": Interest.in_topics([OTHER_TOPIC]),
    "watched": None,
    "min_pow": 0.5,
    "light": True,
    "confirmations": True,
    "max_envelope_size": 1000,
    "packet_rates": RateLimits(ip=7),
    "byte_rates": RateLimits(),
}


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_settings_change_together_or_not_at_all(wrong: dict[str, Any]) -> None:
    wire = Wire()
    wire.sent()
    before = wire.relay.config
    with pytest.raises(LocalError):
        change(wire.relay, NOW, **{**GOOD, **wrong})
    assert wire.relay.config is before
    assert (wire.sent(NOW + 1), events(wire.relay), wire.relay.ready_peers) == ([], [], ["peer"])
    wire.give(envelope(1, TOPIC, size=2000))
    assert envelope(1, TOPIC, size=2000).hash in wire.relay.pool
    change(wire.relay, NOW, **GOOD)
    assert wire.relay.config == replace(before, **GOOD)


def test_another_size_holds_at_once_and_is_not_announced() -> None:
    wire = Wire(RelayConfig(min_pow=0.0))
    large, larger = envelope(1, size=2000), envelope(2, size=2000)
    change(wire.relay, NOW, max_envelope_size=large.size - 1)
    wire.give(large)
    assert wire.relay.counters.envelopes_refused == {Refusal.TOO_LARGE: 1}
    change(wire.relay, NOW, max_envelope_size=large.size)
    wire.give(larger)
    assert larger.hash in wire.relay.pool
    assert wire.sent(NOW + 1) == []


def test_every_setting_that_may_change_can_be_changed() -> None:
    assert GOOD.keys() == {each.name for each in fields(RelaySettings)}


def test_what_a_relay_is_made_with_is_named_when_it_is_to_change() -> None:
    with pytest.raises(LocalError, match=r"^rate_burst, flush_interval cannot change while it runs"):
        change(Relay(), NOW, min_pow=0.5, rate_burst=3.0, flush_interval=1.0)


def test_settings_alone_are_enough() -> None:
    relay = Relay(RelayConfig(flush_interval=1.0, light=True))
    relay.configure(RelaySettings(min_pow=0.5), NOW)
    assert relay.config == RelayConfig(flush_interval=1.0, min_pow=0.5)


def test_former_values_that_end_together_are_tolerated_together() -> None:
    """An envelope of a topic that was asked for, with the work that was asked for, is taken for ten seconds; then not,
    and who has it from before is not blamed."""
    wire = Wire(RelayConfig(interest=Interest.in_topics([TOPIC]), min_pow=0.0))
    change(wire.relay, NOW, interest=Interest.in_topics([OTHER_TOPIC]), min_pow=50.0)
    wire.give(envelope(1))
    assert envelope(1).hash in wire.relay.pool
    wire.relay.on_timer(NOW + TOLERANCE_SECONDS)
    late = envelope(2, now=NOW + TOLERANCE_SECONDS)
    worked = Envelope.mine(NOW + TOLERANCE_SECONDS, 15, TOPIC, bytes(300), 50.0)
    wire.give(late, worked, now=NOW + TOLERANCE_SECONDS)
    assert late.hash not in wire.relay.pool
    assert wire.relay.counters.envelopes_refused == {Refusal.FORMER_POW: 1, Refusal.FORMERLY_WANTED: 1}


def test_larger_envelopes_than_others_take_need_no_larger_limit_for_topics() -> None:
    relay = Relay(RelayConfig(byte_rates=RateLimits(topic=MAX_ENVELOPE_SIZE)))
    change(relay, NOW, max_envelope_size=HIGHEST_ENVELOPE_SIZE)
    assert relay.config.max_envelope_size == HIGHEST_ENVELOPE_SIZE


# The transmission cycle


def test_a_transmission_cycle_collects_envelopes() -> None:
    wire = Wire(RelayConfig(flush_interval=0.3, min_pow=0.0))
    wire.join("other", FULL)
    wire.give(envelope(1))
    assert wire.sent(peer="other")[0][0] == packets.STATUS  # settings and confirmations do not wait
    wire.give(envelope(2), now=NOW + 0.1)
    assert wire.sent(NOW + 0.1, "other") == []
    assert wire.relay.next_timer() == pytest.approx(NOW + 0.3)
    ((_, payload),) = wire.sent(NOW + 0.3, "other")
    assert packets.decode_messages(payload) == [envelope(1), envelope(2)]
    # The cycle goes on: what comes at 0.75 s leaves at 0.9 s.
    wire.give(envelope(3), now=NOW + 0.75)
    assert wire.sent(NOW + 0.75, "other") == []
    assert wire.relay.next_timer() == pytest.approx(NOW + 0.9)
    ((_, payload),) = wire.sent(NOW + 0.9001, "other")
    assert packets.decode_messages(payload) == [envelope(3)]


def test_a_cycle_survives_a_clock_that_steps_back() -> None:
    wire = Wire(RelayConfig(flush_interval=0.3, min_pow=0.0))
    wire.join("other", FULL)
    wire.give(envelope(1))
    wire.sent(peer="other")
    assert len(wire.sent(NOW - 100, "other")) == 1


def test_without_a_cycle_envelopes_leave_at_once() -> None:
    wire = Wire()
    wire.join("other", FULL)
    wire.sent()
    wire.give(envelope(1))
    assert len(wire.sent(peer="other")) == 1


# Send queues


def test_one_peer_that_reads_nothing_holds_up_nobody() -> None:
    """What waits for it is bounded, and what is too much is counted."""
    wire = Wire(RelayConfig(min_pow=0.0, flush_interval=0.1))
    wire.join("stalled", FULL)
    wire.join("other", FULL)
    wire.relay.set_writable("stalled", False)
    count, size = 300, 100_000
    arrived = 0
    for number in range(count):
        wire.give(envelope(number, size=size))
        arrived += sum(
            len(packets.decode_messages(body)) for code, body in wire.sent(NOW + number, "other") if code == 1
        )
    arrived += sum(len(packets.decode_messages(body)) for _, body in wire.sent(NOW + count, "other"))
    dropped = wire.relay.counters.envelopes_dropped
    assert (count - dropped) * size <= MAX_QUEUE_SIZE
    assert dropped == count - MAX_QUEUE_SIZE // len(envelope(size=size).raw)


# Posting later


def test_a_post_that_is_held_back() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig())
    net.connect("alice", "relay")
    alice = net["alice"]
    alice.post(envelope(), net.now, delay=2.0)
    alice.post(envelope(), net.now, delay=1.0)  # posting it again changes nothing
    net.wait(1.5)
    assert net.deliveries(envelope()) == {}
    net.wait(1.0)
    assert net.deliveries(envelope()) == {("alice", "relay"): 1}
    assert [type(event) for event in events(alice)][-1] is EnvelopeSent


def test_who_joins_meanwhile_gets_it_no_earlier() -> None:
    wire = Wire()
    wire.relay.post(envelope(), NOW, delay=2.0)
    wire.join("other")
    assert [code for code, _ in wire.sent(peer="other")] == [packets.STATUS]
    assert wire.relay.next_timer() == NOW + 2.0


def test_a_post_that_would_be_too_late_is_refused_at_once() -> None:
    with pytest.raises(LocalError, match="cannot be sent: expired"):
        Wire().relay.post(envelope(ttl=2), NOW, delay=4.0)


def test_so_many_are_under_way_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller of the RPC may let them live for years."""
    monkeypatch.setattr(publish, "MAX_OWN", 3)
    relay = Wire().relay
    relay.post(envelope(1), NOW)
    relay.post(envelope(2, ttl=60), NOW)
    relay.post(envelope(3, ttl=60), NOW, delay=1.0)
    for delay in (0.0, 1.0):
        with pytest.raises(LocalError, match="too many of ours"):
            relay.post(envelope(4, ttl=60), NOW, delay=delay)
    relay.post(envelope(2, ttl=60), NOW)  # once more changes nothing
    relay.on_timer(NOW + 20)
    relay.post(envelope(5, now=NOW + 20), NOW + 20)
    monkeypatch.setattr(publish, "MAX_OWN", 100)
    monkeypatch.setattr(publish, "MAX_OWN_BYTES", 4 * len(envelope(1).raw))
    relay.post(envelope(6, now=NOW + 20), NOW + 20)
    with pytest.raises(LocalError, match="too many of ours"):
        relay.post(envelope(7, now=NOW + 20), NOW + 20)
    relay.on_timer(NOW + 200)
    relay.post(envelope(8, now=NOW + 200, size=600), NOW + 200)
    assert (relay._own.bytes, relay._posting._held_bytes) == (len(envelope(8, now=NOW + 200, size=600).raw), 0)


def test_a_post_that_comes_to_nothing_expires() -> None:
    wire = Wire(RelayConfig(pool=PoolLimits(max_remembered=1)))
    wire.relay.post(envelope(1), NOW, delay=1.0)
    wire.relay.post(envelope(2, ttl=10), NOW, delay=1.0)
    wire.relay.post(envelope(3, ttl=2), NOW)
    wire.relay.on_timer(NOW + 1)  # there is no room for either
    assert events(wire.relay) == [EnvelopeExpired(envelope(1).hash), EnvelopeExpired(envelope(2, ttl=10).hash)]
    wire.relay.post(envelope(4), NOW, delay=1.0)
    wire.relay.on_timer(NOW + 100)  # nobody looked in time
    assert events(wire.relay) == [EnvelopeExpired(envelope(3, ttl=2).hash), EnvelopeExpired(envelope(4).hash)]
