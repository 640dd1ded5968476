"""The pool: bounded, swept, and with a memory that outlasts eviction."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.errors import LocalError
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay import pool as pool_module
from pystatus.waku.relay.pool import GRAIN, MAX_SHARED, SHARE_SECONDS, Entry, Pool, PoolLimits
from tests.waku.network import NOW, TOPIC, Wire, envelope

SECOND = int(NOW)


def living(number: int, seconds: int) -> Envelope:
    """An envelope that expires in ``seconds``."""
    return Envelope.create(SECOND + seconds, 10, TOPIC, number.to_bytes(4, "big") * 100)


def stored(pool: Pool) -> set[bytes]:
    return {entry.envelope.hash for entry in pool.entries()}


def test_an_envelope_stays_until_it_has_expired() -> None:
    pool = Pool()
    one = living(1, 5)
    entry = Entry(one, frozenset({7}))
    assert pool.add(entry)
    assert one.hash in pool
    assert pool.get(one.hash) is entry
    assert (len(pool), pool.remembered, pool.bytes) == (1, 1, len(one.raw))
    assert pool.next_sweep() == SECOND + 6
    pool.sweep(SECOND + 5)
    assert one.hash in pool
    pool.sweep(SECOND + 6)
    assert one.hash not in pool
    assert (len(pool), pool.remembered, pool.bytes, pool.next_sweep()) == (0, 0, 0, None)


def test_what_envelopes_have_in_common_is_kept_once() -> None:
    """Such as the peers that have them, the second in which they expire, and their topic."""
    pool = Pool()
    one, other = (Envelope.decode(living(number, 1000).raw) for number in (1, 2))
    assert pool.add(Entry(one))
    assert pool.add(Entry(other))
    assert one.expiry is other.expiry
    assert one.topic is other.topic
    assert one.short_length is other.short_length
    assert (one.data, one.size, one.nonce) == (living(1, 1000).data, living(1, 1000).size, living(1, 1000).nonce)
    assert pool.share(frozenset({1, 1000})) is pool.share(frozenset({1, 1000}))


def test_sharing_begins_anew_when_somebody_invents_too_much() -> None:
    pool = Pool()
    first = pool.share(frozenset({1, 2}))
    for number in range(MAX_SHARED):
        pool.share(number)
    assert pool.share(frozenset({1, 2})) is not first


def test_sharing_begins_anew_now_and_then() -> None:
    """What it held for seconds and peers that are gone is free then; a clock that steps back makes no difference."""
    pool, now = Pool(), int(NOW)
    pool.sweep(now)
    first = pool.share(frozenset({1, 2}))
    pool.sweep(now + SHARE_SECONDS - 1)
    assert pool.share(frozenset({1, 2})) is first

    pool.sweep(now + SHARE_SECONDS)
    second = pool.share(frozenset({1, 2}))
    assert second is not first

    pool.sweep(now - SHARE_SECONDS)
    assert pool.share(frozenset({1, 2})) is not second


def test_a_sweep_after_a_long_pause() -> None:
    """A suspended laptop, or a clock that jumps: the cost is that of the envelopes, not of the seconds."""
    pool = Pool()
    for number in range(10):
        pool.add(Entry(living(number, number)))
    pool.sweep(SECOND + 10**9)
    assert pool.remembered == 0


def test_who_expires_last_goes_first() -> None:
    pool = Pool(PoolLimits(max_envelopes=2))
    long, short, shorter = living(1, 1000), living(2, 20), living(3, 10)
    for each in (long, short, shorter):
        assert pool.add(Entry(each))
    assert stored(pool) == {short.hash, shorter.hash}
    assert long.hash in pool
    assert pool.get(long.hash) is None
    assert pool.remembered == 3


def test_within_a_second_the_youngest_goes_first() -> None:
    pool = Pool(PoolLimits(max_envelopes=2))
    old, young, honest = living(1, 1000), living(2, 1000), living(3, 15)
    for each in (old, young, honest):
        assert pool.add(Entry(each))
    assert stored(pool) == {old.hash, honest.hash}


def test_what_expires_later_than_everything_is_only_remembered() -> None:
    pool = Pool(PoolLimits(max_envelopes=1))
    first, second = living(1, 10), living(2, 10)
    assert pool.add(Entry(first))
    assert pool.add(Entry(second))
    assert stored(pool) == {first.hash}
    assert second.hash in pool
    pool.sweep(SECOND + 11)
    assert pool.remembered == 0


def test_bytes_are_bounded() -> None:
    size = len(living(1, 10).raw)
    pool = Pool(PoolLimits(max_bytes=3 * size))
    for number in range(10):
        assert pool.add(Entry(living(number, 100 - number)))
        assert pool.bytes <= 3 * size
    assert stored(pool) == {living(number, 100 - number).hash for number in (7, 8, 9)}
    giant = Envelope.create(SECOND, 10, TOPIC, bytes(4 * size))
    assert pool.add(Entry(giant))
    assert len(pool) == 3


def test_long_lived_junk_does_not_keep_honest_envelopes_out() -> None:
    pool = Pool(PoolLimits(max_remembered=50, max_envelopes=10))
    for number in range(50):
        assert pool.add(Entry(living(number, 10**6 + number)))
    honest = [living(1000 + number, 15) for number in range(30)]
    assert all(pool.add(Entry(each)) for each in honest)
    assert pool.remembered == 50
    assert all(each.hash in pool for each in honest)
    assert stored(pool) == {each.hash for each in honest[:10]}


def test_forgetting_reaches_stored_envelopes_too() -> None:
    pool = Pool(PoolLimits(max_remembered=2))
    for number, seconds in ((1, 100), (2, 50), (3, 20)):
        assert pool.add(Entry(living(number, seconds)))
    assert pool.remembered == len(pool) == 2
    assert living(1, 100).hash not in pool
    assert pool.bytes == sum(len(entry.envelope.raw) for entry in pool.entries())


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=80),
    st.integers(1, 12),
    st.integers(1, 20),
    st.integers(1, 6000),
)
def test_bounds_hold_whatever_comes(
    steps: list[tuple[int, int]], max_envelopes: int, max_remembered: int, max_bytes: int
) -> None:
    limits = PoolLimits(max_envelopes=max_envelopes, max_remembered=max_remembered, max_bytes=max_bytes)
    pool = Pool(limits)
    second = SECOND
    for number, (left, forward) in enumerate(steps):
        second += forward // 20
        pool.sweep(second)
        each = Envelope.create(second + left, 10, TOPIC, number.to_bytes(4, "big") * (1 + number % 200))
        accepted = pool.add(Entry(each))
        assert (each.hash in pool) is accepted
        held = [entry.envelope for entry in pool.entries()]
        assert len(pool) == len(held) <= max_envelopes
        assert pool.bytes == sum(len(e.raw) for e in held) <= max_bytes
        assert len(pool) <= pool.remembered <= max_remembered
        assert all(e.expiry >= second for e in held)
    pool.sweep(second + 100)
    assert (pool.remembered, pool.bytes, pool.next_sweep()) == (0, 0, None)


def test_a_pool_has_room_for_something() -> None:
    with pytest.raises(LocalError):
        PoolLimits(max_bytes=0)


def test_the_default_pool_holds_an_envelope() -> None:
    assert Pool().add(Entry(envelope()))


def test_seconds_of_their_own_do_not_make_hashes_expensive() -> None:
    """Who gives each envelope another life makes the memory no larger than who gives all the same."""
    held = []
    for lives in (range(100, 101), range(100, 20_100)):
        pool = Pool(PoolLimits(max_envelopes=1))
        tracemalloc.start()
        for number in range(20_000):
            expiry = SECOND + lives[number % len(lives)]
            pool.add(Entry(Envelope.create(expiry, expiry - SECOND, TOPIC, number.to_bytes(4, "big"))))
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert held[1] < 1.1 * held[0]


def test_of_what_was_evicted_no_second_is_noted_in_which_nothing_expires() -> None:
    """What is only remembered is forgotten in a later second than its envelope says. The first one must go, too."""
    pool = Pool(PoolLimits(max_envelopes=20, max_remembered=240))
    source = pool.open_source("a network")
    pool.sweep(SECOND)
    for number in range(5_000):
        expiry = SECOND + 86_400 - number  # each displaces one that expires later
        pool.add(Entry(Envelope.create(expiry, 86_400, TOPIC, number.to_bytes(4, "big"))), source)
    noted = {(second, each) for second, found in pool._until._buckets.items() for each in found}
    assert noted == {(second, source) for second in (*source.stored.seconds, *source.evicted.seconds)}


@given(st.integers(2, 10**8))
def test_what_is_only_remembered_stays_until_it_has_expired_and_a_sixteenth_longer_at_most(life: int) -> None:
    pool = Pool(PoolLimits(max_envelopes=1))
    pool.sweep(SECOND)
    assert pool.add(Entry(Envelope.create(SECOND + 1, 1, TOPIC, b"stored")))
    remembered = Envelope.create(SECOND + life, life, TOPIC, b"remembered")
    assert pool.add(Entry(remembered))
    assert pool.get(remembered.hash) is None
    pool.sweep(remembered.expiry)
    assert remembered.hash in pool
    pool.sweep(remembered.expiry + life // GRAIN + 1)
    assert (pool.remembered, len(pool)) == (0, 0)


def test_what_expires_in_one_second_is_dropped_a_part_at_a_time() -> None:
    """All of a full pool at once would be a quarter of a second in which nothing is relayed."""
    pool = Pool(PoolLimits(max_envelopes=10, max_remembered=40))
    sources = [pool.open_source(number) for number in range(2)]
    for number in range(40):
        assert pool.add(Entry(living(number, 20)), sources[number % 2])
    assert (len(pool), pool.remembered) == (10, 40)
    left = []
    while (due := pool.next_sweep()) is not None:
        assert due <= SECOND + 23
        pool.sweep(SECOND + 30, most=7)
        left.append(pool.remembered)
    assert left == [33, 26, 19, 12, 5, 0]
    assert (len(pool), pool.bytes, sources[0].charge, sources[1].remembered) == (0, 0, 0, 0)


def test_a_relay_goes_on_with_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module.Pool.sweep, "__defaults__", (3,))
    relay = Wire().relay
    for number in range(10):
        relay.post(envelope(number), NOW)
    relay.on_timer(NOW + 20)
    assert len(relay.pool) == 7
    due = relay.next_timer()
    assert due is not None
    assert due <= NOW + 20
    for _ in range(3):
        relay.on_timer(NOW + 20)
    assert len(relay.pool) == 0


def test_networks_that_come_and_leave_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MAX_SOURCES", 5)
    pool = Pool(PoolLimits(max_envelopes=50))
    stays = pool.open_source("stays")
    assert pool.add(Entry(living(1_000, 60)), stays)
    for number in range(40):
        source = pool.open_source(number)
        assert pool.add(Entry(living(number, 60 + number % 7)), source)
        assert pool.add(Entry(living(100 + number, 600)), source)
        pool.close_source(number)
        assert pool.sources <= 5 + 1
    assert len(pool) == 50
    assert pool.remembered == 81
    # The crowd uses most, so it gives way; who is connected does not.
    for number in range(30):
        assert pool.add(Entry(living(2_000 + number, 600)), stays)
    assert {living(2_000 + number, 600).hash for number in range(20)} <= stored(pool)
    pool.sweep(SECOND + 700)
    assert (len(pool), pool.remembered, pool.bytes) == (0, 0, 0)
    assert pool.sources == 2
