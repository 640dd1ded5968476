"""Settings that change while a relay runs, the transmission cycle, and posting with a delay."""

import pytest

from pystatus.errors import LocalError
from pystatus.waku import packets
from pystatus.waku.interest import Interest
from pystatus.waku.relay import publish
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeExpired, EnvelopeSent, PeerFailed
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.send_queue import MAX_QUEUE_SIZE
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, TOPIC, Network, Wire, change, envelope, events, topics, watching

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
