"""Against a scripted peer with the habits of the reference, v0.64 (datasync.md §6.2, §9, §14)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.config import ACK_DELAY, MAX_ATTEMPTS
from pystatus.datasync.ids import one_to_one_group_id
from tests.datasync.pair import ALICE, BOB, MALLORY, NOW, Party, message
from tests.support.datasync_store import STORES


class Reference:
    """One device of an identity, as the reference's node behaves with its database."""

    def __init__(self, key: PublicKey) -> None:
        self.key = key
        self.held: dict[bytes, SyncMessage] = {}
        self.unacknowledged: set[bytes] = set()
        self.offers: set[bytes] = set()

    def send(self, to: PublicKey, body: bytes, timestamp: int = 1) -> SyncMessage:
        sent = message(self.key, to, body, timestamp)
        self.held[sent.id] = sent
        self.unacknowledged.add(sent.id)
        return sent

    def receive(self, data: bytes) -> Payload:
        """What it answers."""
        payload = Payload.decode(data)
        for message_id in payload.acks:
            if message_id not in self.unacknowledged:
                break  # an unknown id ends the loop
            self.unacknowledged.remove(message_id)
        answer: list[SyncMessage] = []
        for message_id in payload.requests:
            if message_id not in self.held:
                break
            answer.append(self.held[message_id])
        for message_id in payload.offers:
            assert message_id not in self.offers, "a repeated offer crashes the reference"
            self.offers.add(message_id)
        acks: list[bytes] = []
        for received in payload.messages:
            if received.id not in self.held:  # a duplicate fails to be inserted and is not acknowledged
                self.held[received.id] = received
                acks.append(received.id)
        return Payload(acks=tuple(acks), messages=tuple(answer))


@pytest.fixture(params=sorted(STORES))
def alice(request: pytest.FixtureRequest) -> Party:
    return Party(ALICE, request.param)


def datas(party: Party, to: PublicKey, now: float) -> Sequence[bytes]:
    return [payload.data for payload in party.take(to, now, 786_432).payloads]


@pytest.mark.requirement("DS-29")
def test_an_acknowledgement_that_is_lost_is_never_repeated(alice: Party) -> None:
    """datasync.md E1: our own repetitions end by themselves."""
    bob = Reference(BOB)
    message_id = alice.node.append(BOB, b"hello", NOW)
    (data,) = datas(alice, BOB, NOW)
    assert bob.receive(data).acks == (message_id,)  # lost
    sent = 1
    while not (outgoing := alice.take(BOB, alice.timer, 786_432)).unconfirmed:
        sent += 1
        assert bob.receive(outgoing.payloads[0].data).is_empty
    assert sent == MAX_ATTEMPTS
    assert alice.node.next_timer() is None


@pytest.mark.requirement("DS-27")
def test_new_acknowledgements_go_before_repeated_ones(alice: Party) -> None:
    """The reference drops what follows an acknowledgement that it does not know any more."""
    bob = Reference(BOB)
    first = bob.send(ALICE, b"first")
    alice.receive(BOB, Payload(messages=(first,)), NOW)
    for data in datas(alice, BOB, NOW + 1):
        bob.receive(data)
    assert bob.unacknowledged == set()
    second, third = bob.send(ALICE, b"second"), bob.send(ALICE, b"third")
    alice.receive(BOB, Payload(messages=(first, second)), NOW + 2)  # the network repeats the first
    alice.receive(BOB, Payload(messages=(third,)), NOW + 2)
    (data,) = datas(alice, BOB, NOW + 3)
    assert Payload.decode(data).acks == (second.id, third.id, first.id)
    bob.receive(data)
    assert bob.unacknowledged == set()


def test_each_device_of_a_peer_acknowledges(alice: Party) -> None:
    """datasync.md §9: the first ends the repetitions, the others are unknown ids beside whatever else is in their
    payload."""
    phone, desk = Reference(BOB), Reference(BOB)
    one = alice.node.append(BOB, b"one", NOW, tag=b"1")
    two = alice.node.append(BOB, b"two", NOW + 1, tag=b"2")
    (data,) = datas(alice, BOB, NOW + 1)
    assert [tracked.tag for tracked in alice.receive(BOB, phone.receive(data), NOW + 2).acknowledged] == [b"1", b"2"]
    three = alice.node.append(BOB, b"three", NOW + 3, tag=b"3")
    answers = [desk.receive(data), *(desk.receive(data) for data in datas(alice, BOB, NOW + 3))]
    merged = Payload(acks=tuple(message_id for answer in answers for message_id in answer.acks))
    assert merged.acks == (one, two, three)
    assert [tracked.tag for tracked in alice.receive(BOB, merged, NOW + 4).acknowledged] == [b"3"]
    assert alice.node.next_timer() is None


def test_our_other_device_sees_acknowledgements_that_are_not_for_it(alice: Party) -> None:
    """datasync.md §9: acknowledgements are encrypted to all devices of the sender."""
    before = alice.store.snapshot()
    received = alice.receive(BOB, Payload(acks=(b"\x01" * 32,)), NOW)
    assert (received.messages, received.acknowledged) == ((), ())
    assert alice.store.snapshot() == before


def test_a_repetition_after_hours_is_acknowledged_again(alice: Party) -> None:
    """The reference repeats when its uptime has doubled."""
    bob = Reference(BOB)
    sent = bob.send(ALICE, b"hello")
    alice.receive(BOB, Payload(messages=(sent,)), NOW)
    datas(alice, BOB, NOW + ACK_DELAY)  # lost
    received = alice.receive(BOB, Payload(messages=(sent,)), NOW + 8 * 3_600)
    assert [again.new for again in received.messages] == [False]
    for data in datas(alice, BOB, NOW + 8 * 3_600 + ACK_DELAY):
        bob.receive(data)
    assert bob.unacknowledged == set()


def test_it_offers_what_a_third_person_planted(alice: Party) -> None:
    """datasync.md §6.4: Bob took a message of Mallory's into the group of Alice and Bob, and offers it to Alice. She
    may ask for it, being of that group; what he has of other groups she refuses."""
    bob = Reference(BOB)
    planted = SyncMessage(one_to_one_group_id(BOB, MALLORY), 1, b"not for Alice")
    bob.held[planted.id] = planted
    alice.receive(BOB, Payload(offers=(planted.id,)), NOW)
    (data,) = datas(alice, BOB, NOW)
    answer = bob.receive(data)
    assert answer.messages == (planted,)
    received = alice.receive(BOB, answer, NOW + 1)
    assert (received.messages, received.refused) == ((), 1)
    while (timer := alice.node.next_timer()) is not None:
        assert all(not Payload.decode(data).acks for data in datas(alice, BOB, timer))
    assert alice.record(BOB, planted.id) is None


def test_nothing_that_breaks_it_is_ever_sent(alice: Party) -> None:
    """datasync.md E4, E5: towards somebody who has not opted in there are messages and acknowledgements only."""
    bob = Reference(BOB)
    now = NOW
    for number in range(50):
        alice.node.append(BOB, b"%d" % number, now)
        alice.receive(BOB, Payload(messages=(bob.send(ALICE, b"%d" % number),)), now)
        for data in datas(alice, BOB, now):
            payload = Payload.decode(data)
            assert (payload.offers, payload.requests) == ((), ())
            assert all(sent.metadata is None for sent in payload.messages)
            if number % 3:
                alice.receive(BOB, bob.receive(data), now)
        now += 7
