"""What a relay counts, and in how much memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.waku import packets
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.counters import MAX_COUNTED_TOPICS, PATIENCE, TopicTraffic, Traffic
from pystatus.waku.relay.peer import Misbehaviour
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Wire, envelope, repeat


def test_envelopes_packets_and_bytes() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0))
    wire.join("other")
    wire.sent()
    one, two, elsewhere = envelope(1), envelope(2), envelope(3, OTHER_TOPIC)
    wire.give(one, two, elsewhere)
    wire.give(one, envelope(4, now=NOW - 100))
    ((_, payload),) = wire.sent(peer="other")
    counters = wire.relay.counters
    assert (counters.envelopes_new, counters.envelopes_known, counters.envelopes_sent) == (3, 1, 3)
    assert counters.envelopes_refused == {Refusal.VERY_OLD: 1}
    assert counters.packets_received == {packets.STATUS: 2, packets.MESSAGES: 2}
    assert counters.packets_sent == {
        packets.STATUS: 2,
        packets.MESSAGES: 1,
        packets.MESSAGE_RESPONSE: 1,  # about the very old one
    }
    peers = [wire.relay.peer(name).traffic for name in ("peer", "other")]
    assert counters.bytes_received == sum(received for received, _ in peers)
    assert counters.bytes_sent == sum(sent for _, sent in peers)
    assert counters.bytes_sent > len(payload)
    size = len(one.raw)
    assert counters.topics.rows == {
        TOPIC: Traffic(envelopes_in=3, bytes_in=3 * size, envelopes_out=2, bytes_out=2 * size),
        OTHER_TOPIC: Traffic(envelopes_in=1, bytes_in=size, envelopes_out=1, bytes_out=size),
    }
    assert counters.topics.other == Traffic()


def test_a_peer_that_joins_late_is_counted() -> None:
    wire = Wire()
    wire.give(envelope())
    wire.join("late")
    wire.sent()
    assert wire.relay.counters.topics.rows[TOPIC].envelopes_out == 1
    assert wire.relay.counters.envelopes_sent == 1


def test_what_leaves_the_pool() -> None:
    wire = Wire(RelayConfig(pool=PoolLimits(max_envelopes=2, max_remembered=3)))
    counters = wire.relay.counters
    wire.give(envelope(1, ttl=30), envelope(2, ttl=20))
    wire.give(envelope(3, ttl=10))  # displaces the first
    assert counters.envelopes_evicted == 1
    wire.give(envelope(4, ttl=15))  # displaces the second, and the first is forgotten
    assert counters.envelopes_evicted == 2
    wire.give(envelope(5, ttl=18))  # is never stored
    assert counters.envelopes_evicted == 3
    wire.relay.on_timer(NOW + 60)
    assert counters.envelopes_expired == 2


def test_what_is_forgotten_altogether_is_evicted() -> None:
    wire = Wire(RelayConfig(pool=PoolLimits(max_remembered=1)))
    wire.give(envelope(1, ttl=30))
    wire.give(envelope(2, ttl=20))
    assert wire.relay.counters.envelopes_evicted == 1


def test_misbehaviour() -> None:
    wire = Wire()
    with pytest.raises(Misbehaviour):
        repeat(10, lambda: wire.receive(packets.MESSAGES, b"\x80"))
    assert wire.relay.counters.misbehaved == 1


def topic(number: int) -> bytes:
    return number.to_bytes(4, "big")


def test_invented_topics_do_not_keep_the_busy_ones_out() -> None:
    table = TopicTraffic(8)
    for number in range(100):
        table.count(topic(number), 300, 1, 0)
    for number in range(1000, 1100):
        table.count(TOPIC, 300, 1, 3)
        table.count(topic(number), 300, 1, 0)
    assert TOPIC in table.rows
    assert len(table.rows) <= 8


@given(st.lists(st.integers(0, 40)))
def test_nothing_is_lost_in_the_table(numbers: list[int]) -> None:
    table = TopicTraffic(4)
    for number in numbers:
        table.count(topic(number), 10, 1, 2)
        assert len(table.rows) <= 4
    total = Traffic()
    for row in (*table.rows.values(), table.other):
        total.add(row)
    count = len(numbers)
    assert total == Traffic(count, 10 * count, 2 * count, 20 * count)


def test_the_default_table_is_bounded() -> None:
    table = TopicTraffic()
    for number in range(2 * PATIENCE * MAX_COUNTED_TOPICS):
        table.count(topic(number), 300, 1, 0)
    assert len(table.rows) <= MAX_COUNTED_TOPICS
