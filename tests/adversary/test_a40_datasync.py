"""A40: hostile data sync. Expected: bounded state, at most twice as much is sent as came, no crash."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.datasync.codec import MAX_IDS, MAX_MESSAGES, Metadata, Payload, SyncMessage
from pystatus.datasync.config import (
    ACK_DELAY,
    MAX_DELAY,
    MAX_MESSAGES_OF_STRANGER,
    MAX_REQUESTS,
    MAX_REQUESTS_IN_TOTAL,
    SyncConfig,
)
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.node import LOOK_SHARE
from pystatus.errors import RemoteError
from tests.datasync.pair import ALICE, BOB, LIMIT, MALLORY, NOW, Party, message
from tests.support.datasync_store import STORES, MemorySyncStore

GROUP = one_to_one_group_id(BOB, MALLORY)


@pytest.fixture(params=sorted(STORES))
def bob(request: pytest.FixtureRequest) -> Party:
    return Party(BOB, request.param)


def fresh_ids(count: int, seed: int = 0) -> Iterator[bytes]:
    source = random.Random(seed)
    return (source.randbytes(32) for _ in range(count))


class Meter:
    """What goes in from Mallory and what comes out to her."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.bytes_in = self.bytes_out = self.payloads_in = self.payloads_out = 0

    def attack(self, data: bytes, now: float) -> None:
        self.bytes_in += len(data)
        self.payloads_in += 1
        with contextlib.suppress(RemoteError):
            self.party.node.receive(MALLORY, data, now)
        self.answer(now)

    def answer(self, now: float) -> None:
        for peer in self.party.node.due(now):
            for payload in self.party.take(peer, now).payloads:
                self.bytes_out += len(payload.data)
                self.payloads_out += 1

    def settle(self) -> None:
        """Until nothing is left to be sent, which must come to pass."""
        for _ in range(1_000):
            timer = self.party.node.next_timer()
            if timer is None:
                return
            self.answer(timer)
        raise AssertionError("it never ends")

    def check(self) -> None:
        assert self.bytes_out <= 2 * self.bytes_in
        assert self.payloads_out <= 2 * self.payloads_in


def test_a_million_offers() -> None:
    bob = Party(BOB)
    meter = Meter(bob)
    source = fresh_ids(1_000_000)
    for number in range(40):
        offers = tuple(next(source) for _ in range(25_000))
        meter.attack(Payload(offers=offers).encode(), NOW + number)
        assert bob.store.count_requests(None) <= MAX_REQUESTS
    meter.settle()
    meter.check()
    assert meter.bytes_out < 0.01 * meter.bytes_in
    assert isinstance(bob.store, MemorySyncStore)
    tables = bob.store.tables
    assert (tables.records, tables.bodies, tables.known, tables.acks) == ({}, {}, {}, {})


def test_more_in_one_payload_than_anybody_sends(bob: Party) -> None:
    before = bob.store.snapshot()
    for prefix in (b"\xca\xb8\x02\x20", b"\xd2\xb8\x02\x20", b"\xda\xb8\x02\x20"):
        with pytest.raises(RemoteError):
            bob.node.receive(MALLORY, (prefix + bytes(32)) * (MAX_IDS + 1), NOW)
    with pytest.raises(RemoteError):
        bob.node.receive(MALLORY, b"\xe2\xb8\x02\x00" * (MAX_MESSAGES + 1), NOW)
    assert bob.store.snapshot() == before


def test_of_what_a_stranger_sends_at_once_some_is_taken_and_the_rest_comes_again() -> None:
    """Thousands fit into one envelope, each of which costs a signature and a row: that is no turn of the event loop."""
    bob, mallory = Party(BOB), Party(MALLORY)
    bodies = {b"%d" % number for number in range(2 * MAX_MESSAGES_OF_STRANGER + 5)}
    for body in bodies:
        mallory.node.append(BOB, body, NOW)
    read: list[bytes] = []
    now = NOW
    for most in (MAX_MESSAGES_OF_STRANGER, MAX_MESSAGES_OF_STRANGER, 5):
        (payload,) = mallory.take(BOB, now).payloads
        received = bob.node.receive(MALLORY, payload.data, now, known=False)
        assert received is not None
        assert (len(received.messages), received.refused) == (most, 0)
        read += received.bodies
        now += ACK_DELAY
        for acknowledgements in bob.take(MALLORY, now).payloads:
            mallory.node.receive(BOB, acknowledgements.data, now)
        now += MAX_DELAY
    assert sorted(read) == sorted(bodies)
    assert mallory.node.next_timer() is None


def test_of_what_somebody_we_know_sends_at_once_all_is_taken() -> None:
    bob = Party(BOB)
    sent = tuple(message(MALLORY, BOB, b"%d" % number) for number in range(MAX_MESSAGES_OF_STRANGER + 1))
    assert len(bob.receive(MALLORY, Payload(messages=sent), NOW).messages) == len(sent)


def test_offers_of_many_strangers() -> None:
    """Each within the limit of one; together bounded as well."""
    bob = Party(BOB)
    for number in range(1, 41):
        stranger = PrivateKey(b"%032d" % number).public_key
        bob.receive(stranger, Payload(offers=tuple(fresh_ids(MAX_REQUESTS, number))), NOW)
        assert bob.store.count_requests(None) <= MAX_REQUESTS_IN_TOTAL
    assert bob.store.count_requests(None) == MAX_REQUESTS_IN_TOTAL


def test_strangers_leave_the_room_of_people_we_know() -> None:
    """Few of what each offers is requested, and of all together no more than is left over."""
    small = Party(BOB, config=SyncConfig(max_requests_of_stranger=4, max_requests_of_strangers=10))
    for number in range(1, 6):
        stranger = PrivateKey(b"%032d" % number).public_key
        offers = Payload(offers=tuple(fresh_ids(100, number))).encode()
        small.node.receive(stranger, offers, NOW, known=False)
        assert small.store.count_requests(stranger.compressed) <= 4
    assert small.store.count_requests(None) == 10
    small.receive(ALICE, Payload(offers=tuple(fresh_ids(100))), NOW)
    assert small.store.count_requests(ALICE.compressed) == 100


def test_repeated_offers(bob: Party) -> None:
    """In one payload and in many: one request, repeated once."""
    meter = Meter(bob)
    for number in range(20):
        meter.attack(Payload(offers=(b"\x01" * 32,) * 30_000).encode(), NOW + number)
        assert bob.store.count_requests(MALLORY.compressed) == 1
    meter.settle()
    assert meter.payloads_out == 2
    assert bob.store.count_requests(None) == 0


def test_offers_of_what_is_held(bob: Party) -> None:
    held = message(MALLORY, BOB)
    meter = Meter(bob)
    meter.attack(Payload(messages=(held,)).encode(), NOW)
    for number in range(50):
        meter.attack(Payload(offers=(held.id,)).encode(), NOW + number)
    meter.settle()
    meter.check()


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "peer"])
def test_acknowledgements_and_requests_of_unknown_ids(bob: Party, known: bool) -> None:
    if known:
        bob.receive(MALLORY, Payload(messages=(message(MALLORY, BOB),)), NOW)
        bob.payload(MALLORY, NOW + 1)
    before = bob.store.snapshot()
    ids = tuple(fresh_ids(MAX_IDS))
    received = bob.receive(MALLORY, Payload(acks=ids, requests=ids), NOW + 2)
    assert (received.messages, received.acknowledged, received.refused) == ((), (), 0)
    assert bob.node.next_timer() is None
    assert bob.store.snapshot() == before


def test_acknowledgements_of_what_others_were_sent(bob: Party) -> None:
    """Only whom a message was sent to can end its repetitions, or make us repeat it."""
    sent = bob.node.append(ALICE, b"for Alice", NOW)
    bob.payload(ALICE, NOW)
    before = bob.store.snapshot()
    bob.receive(MALLORY, Payload(acks=(sent,), requests=(sent,)), NOW + 1)
    assert bob.store.snapshot() == before
    # Offering it leads to a request to her, and to nothing else.
    bob.receive(MALLORY, Payload(offers=(sent,)), NOW + 1)
    assert bob.payload(MALLORY, NOW + 1) == Payload(requests=(sent,))
    assert bob.record(ALICE, sent) is not None
    assert bob.payloads(ALICE, NOW + 1) == []


def test_offers_and_messages_that_are_ours(bob: Party) -> None:
    """She sends our own pending message back: it is still pending."""
    sent = bob.node.append(MALLORY, b"for Mallory", NOW)
    payload = bob.payload(MALLORY, NOW)
    bob.receive(MALLORY, Payload(offers=(sent,)), NOW + 1)
    received = bob.receive(MALLORY, payload, NOW + 1)
    assert [reflected.new for reflected in received.messages] == [False]
    record = bob.record(MALLORY, sent)
    assert record is not None
    assert record.send_count == 1


def test_a_message_that_is_not_what_was_offered(bob: Party) -> None:
    """The id is computed here, so a message counts under its own id, and the request dies out."""
    meter = Meter(bob)
    meter.attack(Payload(offers=(b"\x01" * 32,)).encode(), NOW)
    meter.attack(Payload(messages=(message(MALLORY, BOB),)).encode(), NOW + 1)
    assert bob.record(MALLORY, b"\x01" * 32) is not None
    assert bob.store.known(MALLORY.compressed, [b"\x01" * 32]) == set()
    meter.settle()
    meter.check()
    assert bob.record(MALLORY, b"\x01" * 32) is None


@pytest.mark.requirement("DS-26")
def test_thousands_of_messages_of_foreign_groups(bob: Party) -> None:
    before = bob.store.snapshot()
    planted = tuple(message(ALICE, BOB, b"%d" % number) for number in range(MAX_MESSAGES - 2))
    odd = (SyncMessage(b"", 0, b""), SyncMessage(b"\x01\x02\x03", 0, b""))
    received = bob.receive(MALLORY, Payload(messages=planted + odd), NOW)
    assert (received.messages, received.refused) == ((), MAX_MESSAGES)
    assert bob.store.snapshot() == before


def test_ids_of_a_wrong_size(bob: Party) -> None:
    bob.node.append(MALLORY, b"hello", NOW)
    bob.payload(MALLORY, NOW)
    ids = tuple(bytes(size) for size in range(80) if size != 32)
    bob.receive(MALLORY, Payload(acks=ids), NOW)  # she is heard
    before = bob.store.snapshot()
    bob.receive(MALLORY, Payload(acks=ids, requests=ids, offers=ids), NOW)
    assert bob.store.snapshot() == before


def test_a_flood_of_tiny_messages(bob: Party) -> None:
    """Each has to be acknowledged; that is less than what it cost her, and repeating it costs as much again."""
    meter = Meter(bob)
    for number in range(3):
        payload = Payload(messages=tuple(SyncMessage(GROUP, time, b"") for time in range(3_000)))
        meter.attack(payload.encode(), NOW + number)
    meter.settle()
    meter.check()
    assert meter.bytes_out < meter.bytes_in


def test_what_is_known_is_bounded(bob: Party) -> None:
    small = Party(BOB, config=SyncConfig(max_known=100, max_idle_peers=5))
    for number in range(1, 21):
        stranger = PrivateKey(b"%032d" % number).public_key
        messages = tuple(message(stranger, BOB, b"%d" % index) for index in range(20))
        small.receive(stranger, Payload(messages=messages), NOW + number)
        small.payload(stranger, NOW + number + 1)
    small.node.prune(NOW + 50)
    assert isinstance(small.store, MemorySyncStore)
    assert len(small.store.tables.known) == 100
    assert len(small.store.tables.peers) == 5
    # What was forgotten is acknowledged all the same when it comes again.
    first = PrivateKey(b"%032d" % 1).public_key
    small.receive(first, Payload(messages=(message(first, BOB, b"0"),)), NOW + 60)
    assert len(small.payload(first, NOW + 61).acks) == 1


@pytest.mark.parametrize("store", sorted(STORES))
def test_what_is_known_is_bounded_however_fast_it_comes(store: str) -> None:
    """Housekeeping comes every ten minutes, and in one payload there may be thousands of messages."""
    small = Party(BOB, store, config=SyncConfig(max_known=100))
    for number in range(30):
        messages = tuple(message(MALLORY, BOB, b"%d %d" % (number, index)) for index in range(20))
        small.receive(MALLORY, Payload(messages=messages), NOW)
    every = [message(MALLORY, BOB, b"%d %d" % (number, index)).id for number in range(30) for index in range(20)]
    held = small.store.known(MALLORY.compressed, every)
    assert len(held) <= 100 + 100 // LOOK_SHARE + 20
    assert every[-1] in held


def test_requests_for_our_messages_again_and_again(bob: Party) -> None:
    """A request is 36 bytes and may ask for a large message: beside the schedule it gets it once."""
    sent = bob.node.append(MALLORY, bytes(100_000), NOW)
    carried = len(bob.payloads(MALLORY, NOW))
    for second in range(1, 15):
        bob.receive(MALLORY, Payload(requests=(sent,) * 1_000), NOW + second)
        carried += len(bob.payloads(MALLORY, NOW + second))
    assert carried == 2


def test_parents_without_end(bob: Party) -> None:
    """From a stranger they mean nothing; of somebody who opted in they are requested within the same bounds."""
    meter = Meter(bob)

    def told(seed: int) -> bytes:
        return Payload(messages=(SyncMessage(GROUP, seed, b"", Metadata(tuple(fresh_ids(1_024, seed)))),)).encode()

    meter.attack(told(1), NOW)
    meter.settle()
    assert meter.payloads_out == 1
    assert bob.store.count_requests(None) == 0
    bob.node.opt_in(MALLORY)
    for number in range(2, 6):
        meter.attack(told(number), NOW + number / 10)
    assert bob.store.count_requests(None) == MAX_REQUESTS
    meter.settle()
    meter.check()
    assert bob.store.count_requests(None) == 0


ids = st.lists(st.sampled_from([*fresh_ids(6), b"short", b""]), max_size=6).map(tuple)
hostile_messages = st.lists(
    st.builds(
        SyncMessage,
        st.sampled_from([GROUP, one_to_one_group_id(ALICE, BOB), b"", b"\x01\x02\x03"]),
        st.sampled_from([0, 1, -(2**63), 2**63 - 1]),
        st.binary(max_size=8),
        st.none() | st.builds(Metadata, ids, st.booleans()),
    ),
    max_size=4,
).map(tuple)
steps = st.tuples(
    st.builds(Payload, ids, ids, ids, hostile_messages), st.sampled_from([-1e6, 0.0, 0.01, 0.4, 20.0, 1e5])
)


@pytest.mark.parametrize("opted_in", [False, True])
@settings(max_examples=150)
@given(attack=st.lists(steps, max_size=12))
def test_whatever_she_sends(opted_in: bool, attack: Iterable[tuple[Payload, float]]) -> None:
    """No sequence of payloads, whenever they come, is answered by more than twice as much, and the node comes to
    rest."""
    bob = Party(BOB)
    if opted_in:
        bob.node.opt_in(MALLORY)
    meter = Meter(bob)
    now = NOW
    for payload, pause in attack:
        now += pause
        meter.attack(payload.encode(), now)
    meter.settle()
    meter.check()


@settings(max_examples=150)
@given(st.binary(max_size=120))
def test_whatever_bytes_she_sends(data: bytes) -> None:
    bob = Party(BOB)
    for prefix in (b"", b"\xca\xb8\x02\x20", b"\xe2\xb8\x02" + bytes([len(data)])):
        with contextlib.suppress(RemoteError):
            bob.node.receive(MALLORY, prefix + data, NOW)
    assert bob.take(MALLORY, NOW + 1, LIMIT).unconfirmed == ()
