"""What waits for one peer is divided among those who brought it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import LEAST_CHARGE, LONGEST_LIST_HEADER, charge
from pystatus.waku.relay.peer_queue import LEAST_DROPPED, TURN_BYTES, PeerQueue
from tests.waku.network import NOW, envelope

SECOND = int(NOW)
EVERYTHING = 1 << 30


def add(queue: PeerQueue, source: object, envelopes: Iterable[Envelope]) -> None:
    """As the relay does it."""
    for one in envelopes:
        if queue.source is not source:
            queue.begin(source)
        queue.arrived.append(one)
        queue.size += charge(one)


def some(count: int, first: int = 0, size: int = 4) -> list[Envelope]:
    return [envelope(first + number, size=size) for number in range(count)]


def test_what_can_leave_at_once_leaves_in_the_order_in_which_it_came() -> None:
    queue = PeerQueue()
    one, other, more = some(3), some(2, 10), some(1, 20)
    add(queue, "one", one)
    add(queue, "other", other)
    add(queue, "one", more)
    assert (len(queue), queue.size) == (6, 6 * LEAST_CHARGE)
    assert list(queue.take(SECOND, EVERYTHING)) == one + other + more
    assert (len(queue), queue.size) == (0, 0)


def test_who_brings_little_does_not_stand_behind_who_brings_much() -> None:
    """A51: thirty thousand tiny envelopes in one packet, and then an honest one."""
    queue = PeerQueue()
    add(queue, "flood", some(3_000))
    honest = some(1, 5_000)
    add(queue, "honest", honest)
    taken = queue.take(SECOND, 2 * TURN_BYTES)
    assert honest[0] in taken
    assert len(taken) <= 2 * TURN_BYTES // LEAST_CHARGE + 1
    bundle, charged = queue.take_packet(SECOND, 3 * LEAST_CHARGE + LONGEST_LIST_HEADER, EVERYTHING)
    assert (len(bundle), charged) == (3, 3 * LEAST_CHARGE + LONGEST_LIST_HEADER)
    later = some(1, 6_000)
    add(queue, "honest", later)
    assert later[0] in queue.take(SECOND, 2 * TURN_BYTES)


def test_tiny_envelopes_have_a_limit_of_their_own_in_a_packet() -> None:
    """A51: those that count more than they have, and at least one leaves."""
    queue = PeerQueue()
    add(queue, "flood", some(20))
    more_than_its_bytes = LEAST_CHARGE - len(envelope(0, size=4).raw)
    for surplus, count in ((0, 1), (4 * more_than_its_bytes, 4), (EVERYTHING, 15)):
        assert len(queue.take_packet(SECOND, EVERYTHING, surplus)[0]) == count
    add(queue, "honest", some(20, size=400))
    assert len(queue.take_packet(SECOND, EVERYTHING, 0)[0]) == 20


def test_of_too_much_the_oldest_of_whoever_brought_most_gives_way() -> None:
    queue = PeerQueue()
    flood, honest = some(100), some(10, 1_000)
    add(queue, "flood", flood[:50])
    add(queue, "honest", honest)
    add(queue, "flood", flood[50:])
    assert queue.limit(30 * LEAST_CHARGE) == 80
    assert set(queue.take(SECOND, EVERYTHING)) == {*honest, *flood[-20:]}
    add(queue, "flood", flood)
    assert queue.limit(EVERYTHING) == 0
    assert queue.limit(0) == 100
    assert (len(queue), queue.size) == (0, 0)


def test_where_all_bring_the_same_all_give_way_alike() -> None:
    queue = PeerQueue()
    for number in range(3):
        add(queue, number, some(20, 100 * number))
    queue.limit(30 * LEAST_CHARGE)
    left = list(queue.take(SECOND, EVERYTHING))
    assert [sum(one in left for one in some(20, 100 * number)) for number in range(3)] == [10, 10, 10]


def test_of_a_flood_nobody_is_looked_for_anew_for_each_envelope() -> None:
    """With fifty networks that bring the same it would take half a second, and with thousands ten."""
    looks: list[int] = []

    class Watched(dict[object, Any]):
        def items(self) -> Any:
            looks.append(len(self))
            return super().items()

        def values(self) -> Any:
            looks.append(len(self))
            return super().values()

    queue = PeerQueue()
    queue._backlogs = Watched()
    for number in range(20):
        add(queue, number, some(20, 100 * number))
    assert queue.limit(200 * LEAST_CHARGE) == 200
    assert looks == [20]


def test_of_thousands_of_sources_none_is_looked_for_anew_for_each_envelope_that_comes() -> None:
    """A network for each envelope: with all of them looked at each time, the next one would cost 40 milliseconds."""
    looks = 0

    class Watched(dict[object, Any]):
        def items(self) -> Any:
            nonlocal looks
            looks += len(self)
            return super().items()

    queue = PeerQueue()
    queue._backlogs = Watched()
    sources = 2_000
    limit = sources * LEAST_CHARGE
    for number in range(2 * sources):
        add(queue, number, some(1, number))
        dropped = queue.limit(limit)
        assert len(queue) <= sources
        assert not dropped or len(queue._turns) == len(queue)
        assert dropped <= sources // LEAST_DROPPED
    assert 0 < looks <= 2 * LEAST_DROPPED * sources
    left = queue.take(SECOND, EVERYTHING)
    assert len(left) > sources // 2
    assert (len(queue), queue.size) == (0, 0)


@pytest.mark.requirement("WK-6")
def test_what_is_too_large_for_a_packet_and_what_has_expired_is_left_out() -> None:
    queue = PeerQueue()
    large, old, good = envelope(1, size=2 << 20), envelope(2, now=NOW - 100), envelope(3)
    add(queue, "one", [large, old, good])
    assert queue.next_charge > 1 << 20
    assert list(queue.take_packet(SECOND, EVERYTHING, EVERYTHING)[0]) == [good]
    assert queue.size == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 40), st.sampled_from([4, 200, 3_000])), min_size=1, max_size=12
    ),
    st.lists(st.tuples(st.sampled_from(["take", "packet", "limit"]), st.integers(0, 60_000)), max_size=12),
    st.sets(st.integers(0, 400)),
)
def test_everything_leaves_once_or_is_dropped_and_counted(
    brought: list[tuple[int, int, int]], steps: list[tuple[str, int]], echoed: set[int]
) -> None:
    """Whatever comes and goes in between; of one source in the order in which it came."""
    queue = PeerQueue()
    order: dict[int, list[Envelope]] = {}
    left: list[Envelope] = []
    dropped = number = 0
    for turn, (source, count, size) in enumerate(brought):
        new = some(count, number, size)
        number += count
        order.setdefault(source, []).extend(new)
        add(queue, source, new)
        if turn < len(steps):
            what, limit = steps[turn]
            if what == "take":
                left += queue.take(SECOND, limit)
            elif what == "packet":
                left += queue.take_packet(SECOND, limit, limit)[0]
            else:
                dropped += queue.limit(limit)
                assert queue.size <= limit
        assert len(queue) == number - len(left) - dropped
        assert bool(queue.size) == bool(len(queue))
    every = [one for brought_by in order.values() for one in brought_by]
    gone = {every[place].hash for place in echoed if place < len(every)}
    waiting = len(queue)
    for one in gone:
        queue.echoed(one)
    assert len(queue.echoes) <= waiting
    gone = set(queue.echoes)
    rest = list(queue.take(SECOND, EVERYTHING))
    assert (len(queue), queue.size, queue.echoes) == (0, 0, set())
    assert not gone & {one.hash for one in rest}
    assert len({one.hash for one in left + rest}) == len(left + rest)
    for brought_by in order.values():
        places = [brought_by.index(one) for one in left + rest if one in brought_by]
        assert places == sorted(places)
