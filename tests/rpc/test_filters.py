"""What goes through a filter, and what waits in it (waku.md §3.5)."""

from __future__ import annotations

import os
import time

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.rpc import filters as filters_module
from pystatus.rpc.errors import RpcError
from pystatus.rpc.filters import MESSAGE_OVERHEAD, Criteria, FilteredMessage, MessageFilter, MessageFilters
from pystatus.waku.data import SealingKey, SymmetricKey, seal
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Memory
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC

ALICE, BOB = (PrivateKey(bytes(31) + bytes((number,))) for number in (1, 2))
SHARED = SymmetricKey(b"k" * 32)
HERE = frozenset({TOPIC})


def sealed(
    key: SealingKey, payload: bytes = b"hello", topic: bytes = TOPIC, signer: PrivateKey | None = ALICE, pow_: float = 0
) -> Envelope:
    return Envelope.mine(NOW, 15, topic, seal(key, payload, signer, os.urandom), pow_)


def payloads(found: list[FilteredMessage]) -> list[bytes]:
    return [one.message.payload for one in found]


@pytest.mark.requirement("WR-10")
def test_each_message_is_fetched_once() -> None:
    filters = MessageFilters(os.urandom)
    one = filters.add(Criteria(SHARED, HERE))
    first = sealed(SHARED, b"first")
    filters.receive(first)
    filters.receive(first)
    filters.receive(sealed(SHARED, b"second"))
    assert payloads(filters.fetch(one)) == [b"first", b"second"]
    assert filters.fetch(one) == []
    filters.receive(sealed(SHARED, b"third"))
    assert payloads(filters.fetch(one)) == [b"third"]


def test_topic_key_and_signer_decide() -> None:
    filters = MessageFilters(os.urandom)
    shared = filters.add(Criteria(SHARED, HERE))
    by_bob = filters.add(Criteria(SHARED, HERE, signer=BOB.public_key))
    for_bob = filters.add(Criteria(BOB, HERE))
    anywhere = filters.add(Criteria(BOB))
    filters.receive(sealed(SHARED, b"shared"))
    filters.receive(sealed(SHARED, b"unsigned", signer=None))
    filters.receive(sealed(SHARED, b"by bob", signer=BOB))
    filters.receive(sealed(SHARED, b"elsewhere", OTHER_TOPIC))
    filters.receive(sealed(BOB.public_key, b"for bob"))
    filters.receive(sealed(BOB.public_key, b"for bob elsewhere", OTHER_TOPIC))
    filters.receive(sealed(ALICE.public_key, b"for alice"))
    assert payloads(filters.fetch(shared)) == [b"shared", b"unsigned", b"by bob"]
    assert payloads(filters.fetch(by_bob)) == [b"by bob"]
    assert payloads(filters.fetch(for_bob)) == [b"for bob"]
    assert payloads(filters.fetch(anywhere)) == [b"for bob", b"for bob elsewhere"]


def test_one_with_several_topics_gets_an_envelope_once() -> None:
    filters = MessageFilters(os.urandom)
    one = filters.add(Criteria(SHARED, frozenset({TOPIC, OTHER_TOPIC})))
    filters.receive(sealed(SHARED, b"here"))
    filters.receive(sealed(SHARED, b"there", OTHER_TOPIC))
    assert payloads(filters.fetch(one)) == [b"here", b"there"]


def test_proof_of_work() -> None:
    filters = MessageFilters(os.urandom)
    picky, easy = filters.add(Criteria(SHARED, HERE, min_pow=0.002)), filters.add(Criteria(SHARED, HERE))
    filters.receive(sealed(SHARED, b"worked", pow_=0.002))
    filters.receive(sealed(SHARED, b"x" * 30_000))
    assert payloads(filters.fetch(picky)) == [b"worked"]
    assert len(filters.fetch(easy)) == 2


def test_direct_messages_need_permission_and_have_no_proof_of_work() -> None:
    filters = MessageFilters(os.urandom)
    no = filters.add(Criteria(SHARED, HERE))
    yes = filters.add(Criteria(SHARED, HERE, allow_p2p=True))
    picky = filters.add(Criteria(SHARED, HERE, allow_p2p=True, min_pow=0.002))
    filters.receive(sealed(SHARED, pow_=0.002), p2p=True)
    assert (filters.fetch(no), filters.fetch(picky)) == ([], [])
    (found,) = filters.fetch(yes)
    assert found.p2p


def test_what_is_asked_for() -> None:
    filters = MessageFilters(os.urandom)
    assert filters.topics == frozenset()
    one = filters.add(Criteria(SHARED, HERE))
    other = filters.add(Criteria(BOB, frozenset({OTHER_TOPIC})))
    assert filters.topics == {TOPIC, OTHER_TOPIC}
    anywhere = filters.add(Criteria(BOB))
    assert filters.topics is None
    for filter_id in (one, anywhere):
        filters.remove(filter_id)
    assert filters.topics == {OTHER_TOPIC}
    filters.remove(other)
    assert (filters.topics, len(filters)) == (frozenset(), 0)
    with pytest.raises(RpcError, match="filter not found"):
        filters.remove(other)
    with pytest.raises(RpcError, match="filter not found"):
        filters.fetch(other)


def test_with_somebody_behind_it_nothing_waits() -> None:
    filters = MessageFilters(os.urandom)
    heard: list[FilteredMessage] = []
    one = filters.add(Criteria(SHARED, HERE), heard.append)
    filters.receive(sealed(SHARED))
    assert payloads(heard) == [b"hello"]
    with pytest.raises(RpcError, match="this is a subscription"):
        filters.fetch(one)


def test_too_many_waiting_messages_lose_the_oldest_and_that_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters_module, "MAX_WAITING_MESSAGES", 2)
    filters = MessageFilters(os.urandom)
    one = filters.add(Criteria(SHARED, HERE))
    for number in range(5):
        filters.receive(sealed(SHARED, bytes((number,))))
    with pytest.raises(RpcError, match="3 messages of this filter were dropped") as told:
        filters.fetch(one)
    assert (told.value.code, told.value.data) == (-32005, {"dropped": 3})
    assert payloads(filters.fetch(one)) == [b"\x03", b"\x04"]


def test_a_forgotten_filter_does_not_cost_the_others_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 2 * len(sealed(SHARED).raw) + MESSAGE_OVERHEAD
    monkeypatch.setattr(filters_module, "MAX_WAITING_BYTES", 5 * size)
    filters = MessageFilters(os.urandom)
    forgotten = filters.add(Criteria(SHARED, HERE))
    used = filters.add(Criteria(BOB, HERE))
    for _ in range(20):
        filters.receive(sealed(SHARED))
        filters.receive(sealed(BOB.public_key))
        assert len(filters.fetch(used)) == 1
    with pytest.raises(RpcError, match="were dropped"):
        filters.fetch(forgotten)
    assert len(filters.fetch(forgotten)) >= 3
    filters.remove(forgotten)


def test_tiny_messages_count_by_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """An envelope may have 44 bytes, and takes ten times that while it waits, in each filter that lets it through."""
    filters = MessageFilters(os.urandom)
    monkeypatch.setattr(filters_module, "MAX_WAITING_BYTES", 1 << 20)
    ids = [filters.add(Criteria(SHARED, HERE)) for _ in range(10)]
    expiry = int(time.time()) + 10
    tiny = [
        Envelope.create(expiry, 10, TOPIC, seal(SHARED, b"", None, os.urandom, padding=b""), 1).raw for _ in range(500)
    ]
    with Memory() as memory:
        for raw in tiny:
            filters.receive(Envelope.decode(raw))
    assert sum(len(filters._by_id[one].waiting) for one in ids) > 1_000
    assert memory.held < 1 << 20


def test_a_message_for_many_full_filters_costs_no_look_at_all_of_them_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """They never expire: whoever forgets one each day has hundreds on the same topic in the end."""
    count, each = 60, 30
    room = each * count * (2 * len(sealed(SHARED).raw) + MESSAGE_OVERHEAD)
    monkeypatch.setattr(filters_module, "MAX_WAITING_BYTES", room)
    filters = MessageFilters(os.urandom)
    ids = [filters.add(Criteria(SHARED, HERE)) for _ in range(count)]
    for _ in range(each):
        filters.receive(sealed(SHARED))
    looks: list[MessageFilter] = []

    def look(found: MessageFilter) -> int:
        looks.append(found)
        return found.bytes

    monkeypatch.setattr(filters._fullest, "_usage_of", look)
    for _ in range(3):
        filters.receive(sealed(SHARED))
    dropped = sum(found.dropped for found in filters._by_id.values())
    assert dropped == 3 * count
    assert len(looks) < 5 * dropped
    for one in ids[: count // 2]:
        filters.remove(one)
    for _ in range(2 * each):
        filters.receive(sealed(SHARED))
    assert filters._waiting_bytes == sum(found.bytes for found in filters._by_id.values())


def test_of_very_much_a_call_fetches_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written at once holds up the relay, and a caller must be able to take it."""
    monkeypatch.setattr(filters_module, "MAX_FETCHED_BYTES", 3 * (2 * len(sealed(SHARED).raw) + MESSAGE_OVERHEAD))
    filters = MessageFilters(os.urandom)
    one = filters.add(Criteria(SHARED, HERE))
    for number in range(7):
        filters.receive(sealed(SHARED, bytes((number,))))
    assert [payloads(filters.fetch(one)) for _ in range(4)] == [
        [b"\x00", b"\x01", b"\x02"],
        [b"\x03", b"\x04", b"\x05"],
        [b"\x06"],
        [],
    ]
    assert filters._waiting_bytes == 0


def test_all_filters_have_so_many_topics_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter without topics counts as one: it is tried on everything."""
    monkeypatch.setattr(filters_module, "MAX_TOPICS_IN_TOTAL", 3)
    filters = MessageFilters(os.urandom)
    filters.add(Criteria(SHARED, HERE))
    two = filters.add(Criteria(SHARED, frozenset({TOPIC, OTHER_TOPIC})))
    for topics in (frozenset(), HERE):
        with pytest.raises(RpcError, match="at most 3 topics together: delete some"):
            filters.add(Criteria(SHARED, topics))
    filters.remove(two)
    filters.add(Criteria(SHARED))


def test_there_are_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters_module, "MAX_FILTERS", 1)
    monkeypatch.setattr(filters_module, "MAX_TOPICS_OF_FILTER", 1)
    filters = MessageFilters(os.urandom)
    with pytest.raises(RpcError, match="at most 1 topics"):
        filters.add(Criteria(SHARED, frozenset({TOPIC, OTHER_TOPIC})))
    filters.add(Criteria(SHARED, HERE))
    with pytest.raises(RpcError, match="at most 1 filters and subscriptions: delete some"):
        filters.add(Criteria(SHARED, HERE))
