"""A21: topic-interest > 10,000, toggled 100x/s; bloom of 63 and 65 bytes; topic ending in ``00``.

Expected: refused or bounded, no crash.
"""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.peer import SMALL_UPDATE, UPDATE_BURST, Misbehaviour
from pystatus.waku.status import MAX_TOPICS, StatusOptions
from pystatus.wire import rlp
from tests.support.effort import Effort
from tests.waku.network import NOW, TOPIC, Network, Wire, change, envelope, events, repeat, topics, watching
from tests.waku.test_relay import received


def many(count: int, first: int = 0) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(first, first + count)]


@pytest.mark.requirement("WK-35")
def test_more_than_10000_topics() -> None:
    """In a Status the connection ends; an update changes nothing and costs points; exactly 10,000 are fine."""
    assert MAX_TOPICS == 10_000
    wire = Wire(status=None)
    with pytest.raises(RemoteError):
        wire.receive(packets.STATUS, rlp.encode([(5, many(MAX_TOPICS + 1))]))
    wire = Wire(status=StatusOptions(topic_interest=(TOPIC,), pow_requirement=0.0))
    wire.receive(packets.STATUS_UPDATE, rlp.encode([(5, many(MAX_TOPICS + 1))]))
    wire.relay.post(envelope(1), NOW)
    assert [packets.decode_messages(body) for _, body in wire.sent()] == [[envelope(1)]]
    wire.receive(packets.STATUS_UPDATE, rlp.encode([(5, many(MAX_TOPICS))]))
    wire.relay.post(envelope(2), NOW)
    assert wire.sent() == []
    with pytest.raises(LocalError):
        Interest.in_topics(many(MAX_TOPICS + 1))


def test_toggled_100_times_a_second() -> None:
    """Each update names 10,000 topics and asks for a search of the pool: bounded work, then the peer is out."""
    wire = Wire(watching())
    wire.join("toggler", StatusOptions(topic_interest=(), pow_requirement=0.0))
    wire.give(*[envelope(number, number.to_bytes(4, "big"), size=40) for number in range(20_000)])
    events(wire.relay)
    wire.relay.packets_to_send(NOW)
    updates = [StatusOptions(topic_interest=tuple(many(MAX_TOPICS, first))).encode() for first in (0, 10_000)]
    carried = 0
    with Effort() as effort, pytest.raises(Misbehaviour):
        for number in range(10_000):
            now = NOW + number / 100
            wire.relay.receive_packet("toggler", packets.STATUS_UPDATE, updates[number % 2], now)
            wire.relay.on_timer(now)
            carried += sum(
                len(packets.decode_messages(body))
                for receiver, code, body in wire.relay.packets_to_send(now)
                if (receiver, code) == ("toggler", packets.MESSAGES)
            )
    assert number < 2 * UPDATE_BURST
    assert effort.seconds < 5
    assert carried <= 20_000  # each envelope once
    assert wire.relay.ready_peers == ["peer"]


def test_an_update_flood() -> None:
    """A21: bounded, then out."""
    wire = Wire()
    update = StatusOptions(topic_interest=(TOPIC,)).encode()
    repeat(int(UPDATE_BURST / SMALL_UPDATE), lambda: wire.receive(packets.STATUS_UPDATE, update))
    with pytest.raises(Misbehaviour):
        repeat(10, lambda: wire.receive(packets.STATUS_UPDATE, update))


def test_a_client_that_installs_1300_filters_at_once_is_no_flood() -> None:
    """The reference tells all its topics again with each filter, without a pause."""
    wire = Wire(status=StatusOptions(topic_interest=(), pow_requirement=0.0))
    wanted = many(1300)
    for count in range(1, len(wanted) + 1):
        wire.receive(packets.STATUS_UPDATE, StatusOptions(topic_interest=tuple(wanted[:count])).encode())
    wire.relay.post(envelope(1, wanted[-1]), NOW)
    assert [packets.decode_messages(body) for _, body in wire.sent()] == [[envelope(1, wanted[-1])]]


def test_updates_at_a_bearable_rate() -> None:
    wire = Wire()
    for number in range(1000):
        wire.receive(packets.STATUS_UPDATE, StatusOptions(topic_interest=(TOPIC,)).encode(), NOW + number / 9)


def test_searching_the_pool_is_rationed() -> None:
    """A21: toggling the interest makes us search only so often; in the end nothing is missing."""
    net = Network(alice=watching(), bob=topics())
    net.connect("alice", "bob")
    net.wait(2)
    batch = [envelope(number, number.to_bytes(4, "big"), now=net.now) for number in range(20)]
    net.post("alice", *batch)
    for count in range(21):
        update = StatusOptions(topic_interest=tuple(number.to_bytes(4, "big") for number in range(count)))
        net["alice"].receive_packet("bob", packets.STATUS_UPDATE, update.encode(), net.now)
    change(net["bob"], net.now, interest=EVERYTHING)
    first = received(net, "bob")
    assert len(first) < 20
    net.wait(2)
    assert len(first) + len(received(net, "bob")) == 20
    assert all(set(net.deliveries(each).values()) == {1} for each in batch)


@pytest.mark.parametrize("size", [1, 63, 65, 128])
def test_bloom_sizes(size: int) -> None:
    """A21."""
    with pytest.raises(RemoteError):
        StatusOptions.decode(rlp.encode([(1, bytes(size))]))
    with pytest.raises(LocalError):
        StatusOptions(bloom_filter=bytes(size)).encode()


@pytest.mark.parametrize("size", [63, 65])
def test_a_bloom_filter_of_another_size_ends_the_handshake_and_spoils_an_update(size: int) -> None:
    wire = Wire(status=None)
    with pytest.raises(RemoteError):
        wire.receive(packets.STATUS, rlp.encode([(1, bytes(size))]))
    wire = Wire(status=StatusOptions(topic_interest=(TOPIC,), pow_requirement=0.0))
    wire.receive(packets.STATUS_UPDATE, rlp.encode([(1, bytes(size))]))
    wire.relay.post(envelope(), NOW)
    assert len(wire.sent()) == 1


@pytest.mark.parametrize("topic", [b"abc\x00", b"ab\x00\x00", bytes(4), b"\x00abc", b"\x01\x02\x03\x07"])
def test_topics_with_zeros_are_topics(topic: bytes) -> None:
    """RLP strings keep them; only numbers lose them."""
    for interest in (Interest.in_topics([topic]), Interest.in_bloom(topics_bloom([topic]))):
        net = Network(alice=watching(), bob=topics(TOPIC))
        change(net["bob"], NOW, interest=interest)
        net.connect("alice", "bob")
        net.post("alice", envelope(1, topic), envelope(2, b"else"))
        assert net.deliveries(envelope(1, topic)) == {("alice", "bob"): 1}
        assert net.deliveries(envelope(2, b"else")) == {}
