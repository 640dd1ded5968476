"""A52: envelopes that fill the pool's memory, or its store, so that those of others find no room.

Expected: memory is charged by count as well as by bytes and divided among sources; nobody chooses whose envelopes go.
"""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.devp2p import session
from pystatus.node import Node, NodeConfig
from pystatus.waku import packets
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import LEAST_CHARGE
from pystatus.waku.relay import send_queue
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.pool import Entry, Pool, PoolLimits
from pystatus.waku.relay.pool_usage import ENTRY_OVERHEAD
from pystatus.waku.relay.rate_limits import Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import STEP_ENVELOPES
from tests.adversary.hostile import HostilePeer, RelayPeer, junk
from tests.adversary.hostile.relay_peers import EVERYTHING
from tests.waku.network import NOW, TOPIC, Wire, envelope, events

PATIENCE = 60.0
SECOND = int(NOW)
LIMITS = PoolLimits(max_remembered=200, max_envelopes=50, max_bytes=50 * 400)
JUNK_SECONDS = {"expires before all others": 1, "with the others": 15, "in a year": 365 * 86400}


def honest(number: int) -> Envelope:
    return Envelope.create(SECOND + 15, 15, TOPIC, number.to_bytes(4, "big") * 70)


def stored(pool: Pool, envelopes: list[Envelope]) -> int:
    return sum(pool.get(each.hash) is not None for each in envelopes)


@pytest.mark.parametrize("seconds", JUNK_SECONDS.values(), ids=JUNK_SECONDS.keys())
@pytest.mark.parametrize("junk_first", [True, False])
def test_a_flood_from_elsewhere_displaces_nothing(seconds: int, junk_first: bool) -> None:
    pool = Pool(LIMITS)
    attacker, relay = pool.open_source("attacker"), pool.open_source("relay")
    flood = [junk(number, NOW, seconds=seconds, ttl=1) for number in range(1_000)]
    wanted = [honest(number) for number in range(15)]  # less than half of the room, in bytes with what each costs

    def give(honest_ones: bool) -> None:
        for each in wanted if honest_ones else flood:
            taken = pool.add(Entry(each), relay if honest_ones else attacker)
            assert taken or not honest_ones

    give(not junk_first)
    give(junk_first)
    assert stored(pool, wanted) == len(wanted)
    assert all(each.hash in pool for each in wanted)


@pytest.mark.parametrize("seconds", JUNK_SECONDS.values(), ids=JUNK_SECONDS.keys())
def test_a_flood_from_many_networks_leaves_each_its_part(seconds: int) -> None:
    pool = Pool(LIMITS)
    relay = pool.open_source("relay")
    attackers = [pool.open_source(number) for number in range(9)]
    wanted = [honest(number) for number in range(5)]
    for each in wanted:
        assert pool.add(Entry(each), relay)
    for number in range(2_000):
        pool.add(Entry(junk(number, NOW, seconds=seconds, ttl=1)), attackers[number % len(attackers)])
    # Fifty envelopes for ten sources; by charge an honest one counts as much as two of the junk.
    assert stored(pool, wanted) >= 2
    assert all(each.hash in pool for each in wanted)


def test_own_envelopes_always_find_room() -> None:
    pool = Pool(LIMITS)
    attacker = pool.open_source("attacker")
    for number in range(1_000):
        pool.add(Entry(junk(number, NOW, seconds=1)), attacker)
    own = honest(1)
    assert pool.add(Entry(own))
    assert pool.get(own.hash) is not None


def test_other_peers_of_a_network_share_its_part() -> None:
    """Reconnecting, or connecting more often, gains nothing."""
    wire = Wire(RelayConfig(pool=LIMITS, min_pow=0.0), None)
    pool = wire.relay.pool
    attackers = [RelayPeer(wire.relay, NOW, source=Source((4, number), (4, 1))) for number in range(20)]
    wire.relay.peer_connected("other", NOW, Source((4, 1 << 8), (4, 2)))
    assert pool.sources == 4  # itself, the peer of the wire, two networks
    for attacker in attackers:
        attacker.leave()
    assert pool.sources == 3


def test_what_a_local_peer_has_left_behind_does_not_hold_its_connection() -> None:
    """Each of them is a source of its own, and its envelopes may live for years."""

    class Connection:
        pass

    relay, peer = Relay(RelayConfig(min_pow=0.0)), Connection()
    relay.peer_connected(peer, NOW)
    relay.receive_packet(peer, packets.STATUS, WAKU_1.encode_status(EVERYTHING), NOW)
    left = envelope(ttl=86_400)
    relay.receive_packet(peer, packets.MESSAGES, packets.encode_messages([left]), NOW)
    relay.packets_to_send(NOW)
    events(relay)
    connection = weakref.ref(peer)
    relay.peer_disconnected(peer, NOW)
    del peer
    gc.collect()
    assert connection() is None
    assert (left.hash in relay.pool, relay.pool.sources) == (True, 2)


def test_what_a_source_left_behind_is_charged_to_it_until_it_expires() -> None:
    pool = Pool(LIMITS)
    source = pool.open_source("attacker")
    left = junk(1, NOW, seconds=10)
    pool.add(Entry(left), source)
    pool.close_source("attacker")
    assert pool.open_source("attacker") is source
    assert (source.charge, source.remembered) == (len(left.raw) + ENTRY_OVERHEAD, 1)
    pool.close_source("attacker")
    pool.sweep(SECOND + 11)
    assert (source.charge, source.remembered, pool.sources) == (0, 0, 1)


def test_within_a_source_junk_that_lives_long_goes_first() -> None:
    """A relay that passes on both loses the junk."""
    pool = Pool(LIMITS)
    relay = pool.open_source("relay")
    for number in range(1_000):
        pool.add(Entry(junk(number, NOW, seconds=3600, ttl=1)), relay)
    wanted = [honest(number) for number in range(20)]
    for each in wanted:
        assert pool.add(Entry(each), relay)
    assert stored(pool, wanted) == 20


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(0, 60)), max_size=300),
    st.integers(1, 20),
    st.integers(1, 40),
)
def test_the_books_are_right_whatever_comes(steps: list[tuple[int, int, int]], most: int, remembered: int) -> None:
    limits = PoolLimits(max_envelopes=most, max_remembered=remembered, max_bytes=10_000)
    pool = Pool(limits)
    second = SECOND
    for number, (key, seconds, forward) in enumerate(steps):
        second += forward // 20
        pool.sweep(second)
        source = pool.open_source(key)
        each = Envelope.create(second + seconds, 10, TOPIC, number.to_bytes(4, "big") * (1 + number % 100))
        before = {key: source.remembered for key, source in pool._sources.items()}
        taken = pool.add(Entry(each), source)
        assert taken == (each.hash in pool)
        # Refused is only who has as much as everybody else.
        assert taken or before[key] >= max(before.values()) - len(before)
        pool.close_source(key)
        sources = pool._sources.values()
        assert sum(source.remembered for source in sources) == pool.remembered <= remembered
        expiring = {
            (second, source) for source in sources for second in (*source.stored.seconds, *source.evicted.seconds)
        }
        assert {(second, each) for second, found in pool._until._buckets.items() for each in found} == expiring
        held = [entry.envelope for entry in pool.entries()]
        assert sum(source.charge for source in sources) == pool.bytes + ENTRY_OVERHEAD * len(held)
        assert pool.bytes == sum(len(e.raw) for e in held) <= limits.max_bytes
        assert len(held) <= most
    pool.sweep(second + 100)
    pool.sweep(second + 200)
    assert (pool.remembered, pool.bytes, pool.next_sweep(), pool.sources) == (0, 0, None, 1)


def test_what_waits_for_a_peer_that_does_not_read_is_bounded_by_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen megabytes of junk would be a million envelopes, and two hundred megabytes of memory."""
    monkeypatch.setattr(send_queue, "MAX_QUEUE_SIZE", 100 * LEAST_CHARGE)
    relay = Relay(RelayConfig(min_pow=0.0))
    slow, attacker = RelayPeer(relay, NOW), RelayPeer(relay, NOW)
    relay.set_writable(slow.name, False)
    for number in range(0, 1_000, 50):
        attacker.give(*(junk(each, NOW) for each in range(number, number + 50)))
        relay.packets_to_send(NOW)
    relay.set_writable(slow.name, True)
    carried = [
        each
        for _, code, payload in relay.packets_to_send(NOW)
        if code == packets.MESSAGES
        for each in packets.decode_messages(payload)
    ]
    assert carried == [junk(each, NOW) for each in range(900, 1_000)]


def test_a_peer_is_given_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making packets of all of them at once would be one long turn."""
    monkeypatch.setattr(send_queue, "FLUSH_SIZE", 100 * LEAST_CHARGE)
    relay = Relay(RelayConfig(min_pow=0.0))
    attacker, _reader = RelayPeer(relay, NOW), RelayPeer(relay, NOW)
    attacker.give(*(junk(each, NOW) for each in range(250)))
    given = []
    while output := [payload for _, code, payload in relay.packets_to_send(NOW) if code == packets.MESSAGES]:
        given.append(sum(len(packets.decode_messages(payload)) for payload in output))
    assert given == [100, 100, 50]


@pytest.mark.parametrize("in_a_packet", [10, 200, 3_500])
async def test_no_turn_of_the_event_loop_is_long_for_others(in_a_packet: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their bytes are few; what is in them is as much work as in others ten times as large."""
    monkeypatch.setattr(session, "TURN_SECONDS", 0.0)
    taken = [0]
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as node:
        peer = await HostilePeer(node.enode).connect()
        loop = asyncio.get_running_loop()

        def look() -> None:
            taken.append(node.relay.pool.remembered)
            if taken[-1] < 7_000:
                loop.call_soon(look)
            else:
                all_there.set_result(None)

        all_there = loop.create_future()
        look()
        now = time.time()
        for number in range(0, 7_000, in_a_packet):
            made = [junk(each, now) for each in range(number, number + in_a_packet)]
            peer.send(packets.MESSAGES, packets.encode_messages(made))
        await all_there
        await peer.close()
    assert max(after - before for before, after in pairwise(taken)) <= 2 * STEP_ENVELOPES


def test_a_late_joiner_still_gets_what_honest_relays_brought() -> None:
    wire = Wire(RelayConfig(pool=LIMITS, min_pow=0.0))
    attacker = RelayPeer(wire.relay, NOW, source=Source((4, 1), (4, 1)))
    wanted = [envelope(number) for number in range(10)]
    wire.give(*wanted)
    for number in range(1_000):
        attacker.give(junk(number, NOW, seconds=5, ttl=1))
    wire.sent()
    wire.join("late")
    sent = [payload for code, payload in wire.sent(peer="late") if code == packets.MESSAGES]
    assert set(wanted) <= {each for payload in sent for each in packets.decode_messages(payload)}
