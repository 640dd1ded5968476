"""A19: fill the dedup store, then replay an old envelope.

Expected: still rejected until it expires.
"""

from __future__ import annotations

from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.relay.pool import Entry, Pool, PoolLimits
from tests.waku.network import NOW, Wire, envelope, events
from tests.waku.test_pool import living


def test_a_replay_into_a_full_memory() -> None:
    """A19: what has been seen stays known until it expires, however many others come."""
    pool = Pool(PoolLimits(max_remembered=50, max_envelopes=10))
    old = living(0, 15)
    assert pool.add(Entry(old))
    refused = sum(not pool.add(Entry(living(number, 15))) for number in range(1, 200))
    assert pool.remembered == 50
    assert refused == 150
    assert old.hash in pool


def test_a_full_memory_refuses_and_goes_on() -> None:
    """A19: bounded, nothing comes twice, and there is room again once something has expired."""
    wire = Wire(RelayConfig(pool=PoolLimits(max_remembered=10, max_envelopes=5), watched=None))
    wire.give(*[envelope(number) for number in range(30)])
    assert len(events(wire.relay)) == 10
    wire.give(*[envelope(number) for number in range(30)])
    assert events(wire.relay) == []
    assert (wire.relay.pool.remembered, len(wire.relay.pool)) == (10, 5)
    wire.relay.on_timer(NOW + 16)
    wire.give(envelope(50, now=NOW + 16), now=NOW + 16)
    assert len(events(wire.relay)) == 1


def test_a_replay_is_nothing_new_until_its_last_second() -> None:
    """Not even when the envelope itself had to leave the pool, which takes what lives shortest."""
    limits = PoolLimits(max_remembered=50, max_envelopes=5)
    wire = Wire(RelayConfig(pool=limits, watched=None))
    wire.join("other")
    wire.sent()
    old = envelope(0)
    wire.give(old)
    wire.give(*[envelope(number, ttl=10) for number in range(1, 30)])
    assert wire.relay.pool.get(old.hash) is None
    wire.relay.packets_to_send(NOW)
    events(wire.relay)
    for second in range(16):
        wire.relay.on_timer(NOW + second)
        wire.give(
            *[envelope(1000 * second + number, now=NOW + second, ttl=1) for number in range(60)], now=NOW + second
        )
        wire.relay.packets_to_send(NOW + second)
        events(wire.relay)
        wire.give(old, now=NOW + second)
        assert [event for event in events(wire.relay) if isinstance(event, EnvelopeReceived)] == []
        assert wire.sent(NOW + second, peer="other") == []
        assert wire.relay.pool.remembered <= limits.max_remembered
