"""Conversations between relays: each envelope once to each peer that wants it, and to nobody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import EMPTY_BLOOM, topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay import routing
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeExpired, EnvelopeReceived, EnvelopeSent
from pystatus.waku.relay.peer import Misbehaviour
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions
from tests.waku.network import (
    NOW,
    OTHER_TOPIC,
    TOPIC,
    Network,
    Wire,
    change,
    envelope,
    events,
    repeat,
    topics,
    watching,
)


def received(network: Network, name: str) -> list[Envelope]:
    return [event.envelope for event in events(network[name]) if isinstance(event, EnvelopeReceived)]


# Passing on


def test_a_message_crosses_a_relay() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig(), bob=topics(TOPIC))
    net.connect("alice", "relay")
    net.connect("bob", "relay")
    net.post("alice", envelope())
    assert received(net, "bob") == [envelope()]
    assert net.deliveries(envelope()) == {("alice", "relay"): 1, ("relay", "bob"): 1}
    assert received(net, "relay") == []  # a bare relay reads nothing


def test_own_posts_need_no_interest() -> None:
    net = Network(alice=topics(), relay=RelayConfig(), bob=topics(TOPIC))
    net.connect("alice", "relay")
    net.connect("bob", "relay")
    net.post("alice", envelope())
    assert received(net, "bob") == [envelope()]
    assert events(net["alice"])[-1] == EnvelopeSent(envelope().hash, "relay")


@pytest.mark.requirement("WK-4", "WK-7")
def test_a_ring_of_full_nodes() -> None:
    """WK-7: everybody gets it, over each connection at most once in either direction."""
    names = [f"n{number}" for number in range(6)]
    net = Network(**{name: watching() for name in names})
    for one, other in zip(names, names[1:] + names[:1], strict=True):
        net.connect(one, other)
    net.connect("n0", "n3")
    posted = [envelope(number) for number in range(20)]
    for number, each in enumerate(posted):
        net.post(names[number % 6], each)
    for number, name in enumerate(names):
        own = posted[number::6]
        assert sorted(e.hash for e in received(net, name)) == sorted(e.hash for e in posted if e not in own)
    for each in posted:
        assert set(net.deliveries(each).values()) == {1}


def test_envelopes_of_one_batch_leave_as_one() -> None:
    wire = Wire()
    wire.join("other")
    wire.sent()
    batch = [envelope(number) for number in range(100)]
    wire.give(*batch[:50])
    wire.give(*batch[50:])
    ((code, payload),) = wire.sent(peer="other")
    assert code == packets.MESSAGES
    assert packets.decode_messages(payload) == batch
    assert wire.sent(peer="other") == []


@pytest.mark.requirement("WK-7")
def test_nothing_goes_back_to_its_sender() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0))
    wire.give(envelope())
    assert wire.sent() == []


def test_a_peer_that_sends_it_meanwhile_does_not_get_it() -> None:
    wire = Wire()
    wire.join("other")
    wire.sent()
    wire.give(envelope(1), envelope(2))
    wire.relay.receive_packet("other", packets.MESSAGES, packets.encode_messages([envelope(1)]), NOW)
    ((_, payload),) = wire.sent(peer="other")
    assert packets.decode_messages(payload) == [envelope(2)]
    # That was remembered for what waited then, not for ever.
    wire.give(envelope(3))
    ((_, payload),) = wire.sent(peer="other")
    assert packets.decode_messages(payload) == [envelope(3)]


TOPICS = [number.to_bytes(4, "big") for number in range(4)]


@pytest.mark.requirement("WK-4", "WK-7")
@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.frozensets(st.sampled_from(TOPICS))), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(TOPICS), st.booleans()), max_size=15),
)
def test_everybody_gets_what_they_want(
    clients: list[tuple[int, frozenset[bytes]]], posts: list[tuple[int, bytes, bool]]
) -> None:
    """Three relays in a triangle, clients with topics at any of them, posts in any order, some of them in bursts."""
    relays = {f"relay{number}": watching() for number in range(3)}
    net = Network(**relays, **{f"client{number}": topics(*wanted) for number, (_, wanted) in enumerate(clients)})
    names = list(net.relays)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        net.connect(names[one], names[other])
    for number, (home, _) in enumerate(clients):
        net.connect(f"client{number}", f"relay{home}")
    posted: list[tuple[str, Envelope]] = []
    for number, (poster, topic, wait) in enumerate(posts):
        name = names[poster % len(names)]
        posted.append((name, envelope(number, topic)))
        net[name].post(posted[-1][1], net.now)
        if wait:
            net.settle()
    net.settle()
    for name in names:
        wanted = set(TOPICS) if name in relays else clients[int(name[-1])][1]
        expected = [each.hash for poster, each in posted if poster != name and each.topic in wanted]
        assert sorted(each.hash for each in received(net, name)) == sorted(expected)
    assert all(set(net.deliveries(each).values()) <= {1} for _, each in posted)


# Interest


@pytest.mark.requirement("WK-33", "WU-5")
def test_topic_interest_is_exact() -> None:
    """WK-33."""
    net = Network(alice=watching(), bob=topics(TOPIC), carol=topics(OTHER_TOPIC), dave=topics())
    for name in ("bob", "carol", "dave"):
        net.connect("alice", name)
    one, other = envelope(1, TOPIC), envelope(2, OTHER_TOPIC)
    like_one = envelope(3, TOPIC[:3] + bytes((TOPIC[3] ^ 0x80,)))
    assert Interest.in_bloom(topics_bloom([TOPIC])).wants(like_one.topic)
    net.post("alice", one, other, like_one)
    assert net.deliveries(one) == {("alice", "bob"): 1}
    assert net.deliveries(other) == {("alice", "carol"): 1}
    assert net.deliveries(like_one) == {}
    net.relays["erin"] = Relay(topics(TOPIC))
    net.connect("alice", "erin")  # to whom the pool is offered
    assert net.deliveries(one) == {("alice", "bob"): 1, ("alice", "erin"): 1}
    assert net.deliveries(other) == {("alice", "carol"): 1}


def test_bloom_filters() -> None:
    net = Network(
        alice=watching(),
        bob=RelayConfig(interest=Interest.in_bloom(topics_bloom([TOPIC])), watched=None),
        carol=RelayConfig(interest=Interest.in_bloom(EMPTY_BLOOM), watched=None),
    )
    net.connect("alice", "bob")
    net.connect("alice", "carol")
    net.post("alice", envelope(1, TOPIC), envelope(2, OTHER_TOPIC))
    assert received(net, "bob") == [envelope(1, TOPIC)]
    assert received(net, "carol") == []


@pytest.mark.requirement("WK-30")
def test_proof_of_work_requirement() -> None:
    """WK-30: neither at once nor when the pool is offered to a peer that comes later."""
    demanding = RelayConfig(min_pow=0.002, watched=None)
    net = Network(alice=watching(), bob=demanding, late=demanding)
    net.connect("alice", "bob")
    cheap, good = envelope(3, pow_target=0.0), envelope(4, pow_target=0.002)
    assert cheap.pow() < 0.002
    net.post("alice", cheap, good)
    net.connect("alice", "late")
    assert net.deliveries(cheap) == {}
    assert net.deliveries(good) == {("alice", "bob"): 1, ("alice", "late"): 1}


def test_watching_some_topics_of_a_full_node() -> None:
    net = Network(alice=watching(), node=RelayConfig(watched=frozenset([TOPIC])))
    net.connect("alice", "node")
    net.post("alice", envelope(1, TOPIC), envelope(2, OTHER_TOPIC))
    assert received(net, "node") == [envelope(1, TOPIC)]
    change(net["node"], net.now, watched=None)
    net.post("alice", envelope(3, OTHER_TOPIC))
    assert received(net, "node") == [envelope(3, OTHER_TOPIC)]


@pytest.mark.requirement("WK-15")
def test_joining_a_chat() -> None:
    """A Status Update brings what is pooled already, and what comes later."""
    net = Network(alice=watching(), bob=topics(TOPIC))
    net.connect("alice", "bob")
    net.wait(2)
    net.post("alice", envelope(1, OTHER_TOPIC, now=net.now), envelope(2, TOPIC, now=net.now))
    assert len(received(net, "bob")) == 1
    change(net["bob"], net.now, interest=Interest.in_topics([TOPIC, OTHER_TOPIC]))
    net.settle()
    assert received(net, "bob") == [envelope(1, OTHER_TOPIC, now=net.now)]
    net.post("alice", envelope(3, OTHER_TOPIC, now=net.now))
    assert received(net, "bob") == [envelope(3, OTHER_TOPIC, now=net.now)]
    assert set(net.deliveries(envelope(1, OTHER_TOPIC, now=net.now)).values()) == {1}


def test_a_change_of_interest_is_told_before_an_own_envelope_is_sent() -> None:
    """The answer may come at once: the peer has to know by then that it is wanted (10/WAKU-USAGE, a MUST)."""
    net = Network(alice=watching(), bob=topics(TOPIC))
    net.connect("alice", "bob")
    net.wait(2)
    bob = net["bob"]
    for interest in ([TOPIC], [TOPIC, OTHER_TOPIC]):  # the second change within the pause between two updates
        change(bob, net.now, interest=Interest.in_topics(interest))
    bob.post(envelope(1, now=net.now), net.now)
    assert [code for _, code, _ in bob.packets_to_send(net.now)] == [packets.STATUS_UPDATE, packets.MESSAGES]


def test_leaving_a_chat() -> None:
    """The relay stops sending at once; what is under way is still taken for ten seconds."""
    net = Network(alice=watching(), bob=topics(TOPIC, OTHER_TOPIC))
    net.connect("alice", "bob")
    change(net["bob"], net.now, interest=Interest.in_topics([TOPIC]))
    on_its_way = packets.encode_messages([envelope(1, OTHER_TOPIC)])
    net["bob"].receive_packet("alice", packets.MESSAGES, on_its_way, net.now)
    assert received(net, "bob") == [envelope(1, OTHER_TOPIC)]
    net.settle()
    net.post("alice", envelope(2, OTHER_TOPIC))
    assert received(net, "bob") == []
    net.wait(11)
    late = packets.encode_messages([envelope(3, OTHER_TOPIC, now=net.now)])
    net["bob"].receive_packet("alice", packets.MESSAGES, late, net.now)
    assert received(net, "bob") == []


def test_a_lower_requirement_brings_what_was_withheld() -> None:
    net = Network(alice=watching(), bob=RelayConfig(min_pow=0.5, watched=None))
    net.connect("alice", "bob")
    net.wait(2)
    each = envelope(1, now=net.now)
    net.post("alice", each)
    assert received(net, "bob") == []
    change(net["bob"], net.now, min_pow=0.0)
    net.settle()
    assert received(net, "bob") == [each]


def test_who_has_sent_it_is_not_sent_it_later() -> None:
    """Not even if it did not want it then, and somebody else had sent it first."""
    wire = Wire()
    wire.join("other", StatusOptions(topic_interest=(), pow_requirement=0.0))
    wire.sent()
    wire.give(envelope(1), envelope(2))
    wire.relay.receive_packet("other", packets.MESSAGES, packets.encode_messages([envelope(1)]), NOW)
    wire.relay.receive_packet("other", packets.STATUS_UPDATE, StatusOptions(bloom_filter=b"").encode(), NOW + 2)
    ((_, payload),) = wire.sent(NOW + 2, peer="other")
    assert packets.decode_messages(payload) == [envelope(2)]


# Time


def test_a_late_joiner_gets_the_pool() -> None:
    net = Network(alice=watching(), relay=RelayConfig(), bob=topics(TOPIC))
    net.connect("alice", "relay")
    net.post("alice", envelope(1, TOPIC), envelope(2, OTHER_TOPIC), envelope(3, TOPIC))
    net.wait(10)
    net.connect("bob", "relay")
    assert received(net, "bob") == [envelope(1, TOPIC), envelope(3, TOPIC)]


def test_an_own_envelope_waits_for_a_peer() -> None:
    net = Network(alice=topics(TOPIC), relay=watching())
    net.post("alice", envelope())
    assert events(net["alice"]) == []
    net.connect("alice", "relay")
    assert received(net, "relay") == [envelope()]
    assert EnvelopeSent(envelope().hash, "relay") in events(net["alice"])


@pytest.mark.requirement("WK-6")
def test_expired_envelopes_are_not_sent() -> None:
    """WK-6."""
    net = Network(alice=watching(), relay=RelayConfig(), bob=topics(TOPIC), carol=topics(TOPIC))
    net.connect("alice", "relay")
    net.post("alice", envelope())
    net.clock.jump(15)  # in its last second
    net.connect("bob", "relay")
    assert received(net, "bob") == [envelope()]
    net.clock.jump(1)
    net.connect("carol", "relay")  # expired, and nothing has been swept yet
    assert net.deliveries(envelope()) == {("alice", "relay"): 1, ("relay", "bob"): 1}
    net.wait(1)
    assert net["relay"].pool.remembered == 0


@pytest.mark.requirement("WK-6")
def test_what_expires_while_it_waits_is_not_sent() -> None:
    wire = Wire()
    wire.join("other")
    wire.sent()
    wire.give(envelope(1, ttl=5), envelope(2, ttl=50))
    ((_, payload),) = wire.sent(NOW + 6, peer="other")
    assert packets.decode_messages(payload) == [envelope(2, ttl=50)]


def test_the_fate_of_own_envelopes() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig())
    net.connect("alice", "relay")
    net.post("alice", envelope(1))
    net.disconnect("alice", "relay")
    net.post("alice", envelope(2))
    told = events(net["alice"])
    assert EnvelopeSent(envelope(1).hash, "relay") in told
    net.wait(15.5)
    assert events(net["alice"]) == []
    net.wait(1)
    assert set(events(net["alice"])) == {EnvelopeExpired(envelope(1).hash), EnvelopeExpired(envelope(2).hash)}
    assert net["alice"].next_timer() is None


def test_posting_twice_is_posting_once() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig())
    net.connect("alice", "relay")
    net.post("alice", envelope())
    net.post("alice", envelope())
    assert net.deliveries(envelope()) == {("alice", "relay"): 1}


def test_posting_what_was_received() -> None:
    """It becomes an own envelope; those who have it are not bothered again."""
    net = Network(alice=watching(), bob=watching())
    net.connect("alice", "bob")
    net.post("alice", envelope())
    net.post("bob", envelope())
    assert net.deliveries(envelope()) == {("alice", "bob"): 1}
    net.wait(20)
    assert EnvelopeExpired(envelope().hash) in events(net["bob"])


@pytest.mark.parametrize(
    "bad",
    [
        envelope(now=NOW - 100),
        envelope(now=NOW + 100),
        envelope(size=1 << 21),
        envelope(ttl=10**6),
        Envelope.create(int(NOW), 0, TOPIC, b"data"),
    ],
    ids=["expired", "future", "large", "little work", "no lifetime"],
)
def test_what_cannot_be_posted(bad: Envelope) -> None:
    wire = Wire(RelayConfig(min_pow=0.00001))
    with pytest.raises(LocalError):
        wire.relay.post(bad, NOW)
    assert wire.relay.pool.remembered == 0
    assert wire.sent() == []


def test_posting_into_a_full_relay() -> None:
    wire = Wire(RelayConfig(pool=PoolLimits(max_remembered=2)))
    wire.relay.post(envelope(1), NOW)
    wire.relay.post(envelope(2), NOW)
    with pytest.raises(LocalError):
        wire.relay.post(envelope(3), NOW)
    wire.relay.on_timer(NOW + 16)
    wire.relay.post(envelope(3, now=NOW + 16), NOW + 16)


# Light nodes


@pytest.mark.requirement("WK-5", "WK-50", "WK-51")
def test_a_light_node_sends_only_its_own() -> None:
    """WK-50, WK-51."""
    net = Network(light=RelayConfig(light=True, watched=None), one=watching(), two=watching())
    net.connect("light", "one")
    net.connect("light", "two")
    net.post("one", envelope(1))
    net.post("light", envelope(2))
    assert received(net, "light") == [envelope(1)]
    assert received(net, "two") == [envelope(2)]
    net.relays["three"] = Relay(watching())
    net.connect("light", "three")
    assert received(net, "three") == [envelope(2)]


@pytest.mark.requirement("WK-47")
def test_nothing_counts_as_sent_through_a_light_node() -> None:
    """WK-47."""
    net = Network(alice=watching(), light=RelayConfig(light=True, watched=None))
    net.connect("alice", "light")
    net.post("alice", envelope())
    assert received(net, "light") == [envelope()]
    assert not any(isinstance(event, EnvelopeSent) for event in events(net["alice"]))


# Bad input


def test_one_bad_envelope_spoils_the_packet() -> None:
    wire = Wire(watching())
    good = packets.encode_messages([envelope(1)])
    bad = good[:-1] + b"\xc0"
    wire.receive(packets.MESSAGES, bad)
    assert events(wire.relay) == []
    assert wire.relay.pool.remembered == 0


@pytest.mark.requirement("WK-9", "WK-11")
def test_one_oversized_envelope_does_not_spoil_the_packet() -> None:
    wire = Wire(RelayConfig(max_envelope_size=1000, watched=None))
    small = [envelope(1), envelope(2)]
    wire.give(small[0], envelope(3, size=1001), small[1])
    assert [event.envelope for event in events(wire.relay) if isinstance(event, EnvelopeReceived)] == small
    assert wire.relay.pool.remembered == 2


def test_malformed_packets_are_scored() -> None:
    """waku.md §10: ten of them at once are enough; one in ten seconds is forgiven."""
    wire = Wire()
    for number in range(30):
        wire.receive(packets.MESSAGES, b"\xc1", NOW + 10 * number)
    with pytest.raises(Misbehaviour):
        repeat(10, lambda: wire.receive(packets.MESSAGES, b"\xc1", NOW + 300))


def test_envelopes_that_were_not_asked_for() -> None:
    """Some may come from a race; a peer that ignores our topics goes."""
    wire = Wire(topics(TOPIC))
    for number in range(99):
        wire.give(envelope(number, OTHER_TOPIC))
    with pytest.raises(Misbehaviour):
        wire.give(envelope(100, OTHER_TOPIC))


VALID = [
    (packets.MESSAGES, packets.encode_messages([envelope(1), envelope(2, ttl=300)])),
    (packets.STATUS_UPDATE, StatusOptions(pow_requirement=0.5, topic_interest=(TOPIC, OTHER_TOPIC)).encode()),
    (packets.STATUS_UPDATE, StatusOptions(bloom_filter=bytes(64), light_node=True).encode()),
    (packets.MESSAGE_RESPONSE, packets.MessageResponse(bytes(32)).encode()),
    (packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(bytes(32))),
]


@given(st.lists(st.tuples(st.sampled_from(VALID), st.integers(0, 700), st.binary(max_size=6)), max_size=30))
def test_damaged_packets(damages: list[tuple[tuple[int, bytes], int, bytes]]) -> None:
    """Garbage costs points or nothing; it never raises anything but RemoteError, and others do not notice."""
    wire = Wire(RelayConfig(confirmations=True, watched=None), StatusOptions(confirmations_enabled=True))
    wire.join("other")
    wire.relay.post(envelope(3), NOW)
    wire.sent()
    try:
        for (code, payload), position, replacement in damages:
            position %= len(payload) + 1
            wire.receive(code, payload[:position] + replacement + payload[position + len(replacement) :])
            wire.sent()
    except RemoteError:
        assert wire.relay.ready_peers == ["other"]
    events(wire.relay)
    wire.relay.post(envelope(4), NOW)
    ((_, payload),) = wire.sent(peer="other")
    assert packets.decode_messages(payload) == [envelope(4)]


def test_what_does_not_fit_the_pool_is_still_passed_on() -> None:
    wire = Wire(RelayConfig(pool=PoolLimits(max_envelopes=1)))
    wire.join("other")
    wire.sent()
    wire.give(*[envelope(number) for number in range(5)])
    ((_, payload),) = wire.sent(peer="other")
    assert len(packets.decode_messages(payload)) == 5
    assert len(wire.relay.pool) == 1
    wire.give(*[envelope(number) for number in range(5)])
    assert wire.sent(peer="other") == []


# Slow connections


@pytest.mark.requirement("WK-8")
def test_a_large_backlog_leaves_in_pieces() -> None:
    """waku.md D10: no packet above 1 MiB, and no more than some MiB at a time."""
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("other")
    wire.sent()
    batch = [envelope(number, size=100_000) for number in range(75)]
    wire.give(*batch)
    first = wire.sent(peer="other")
    assert all(len(payload) <= packets.MAX_SENT_PACKET_SIZE for _, payload in first)
    assert wire.relay.next_timer() == NOW  # there is more
    second = wire.sent(peer="other")
    assert wire.sent(peer="other") == []
    carried = [each for _, payload in first + second for each in packets.decode_messages(payload)]
    assert carried == batch


def test_a_peer_that_leaves_with_a_backlog() -> None:
    wire = Wire()
    wire.join("other")
    wire.sent()
    wire.give(envelope())
    wire.relay.peer_disconnected("other", NOW)
    assert wire.relay.packets_to_send(NOW) == []
    wire.join("other")
    status, messages = wire.sent(peer="other")
    assert status[0] == packets.STATUS
    assert packets.decode_messages(messages[1]) == [envelope()]


def test_many_topics_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants a topic is remembered for some topics only."""
    monkeypatch.setattr(routing, "MAX_CACHED_TOPICS", 10)
    wire = Wire()
    wire.join("other", StatusOptions(topic_interest=(TOPIC,), pow_requirement=0.0))
    wire.sent()
    wire.give(*[envelope(number, number.to_bytes(4, "big")) for number in range(100)], envelope(1))
    assert len(wire.relay._takers) <= 10
    ((_, payload),) = wire.sent(peer="other")
    assert packets.decode_messages(payload) == [envelope(1)]
