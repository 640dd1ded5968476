"""Two nodes in conversation, over both stores."""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Metadata, Payload, SyncMessage
from pystatus.datasync.config import (
    ACK_DELAY,
    HEARD_INTERVAL,
    KNOWN_RETENTION,
    MAX_AGE,
    MAX_ATTEMPTS,
    MAX_ATTEMPTS_UNANSWERED,
    MAX_DELAY,
    MAX_TAG,
    PACING,
    SyncConfig,
    payload_limit,
)
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.node import SyncNode
from pystatus.datasync.packing import Tracked
from pystatus.datasync.sending import Mode
from pystatus.datasync.store import RecordType
from pystatus.errors import LocalError, RemoteError
from tests.datasync.pair import ALICE, BOB, LIMIT, MALLORY, NOW, Party, message
from tests.support.datasync_store import STORES


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def alice(store: str) -> Party:
    return Party(ALICE, store)


@pytest.fixture
def bob(store: str) -> Party:
    return Party(BOB, store)


# batch mode


@pytest.mark.requirement("DS-10", "DS-25", "DS-14", "DS-21")
def test_a_message_is_sent_at_once_and_acknowledged(alice: Party, bob: Party) -> None:
    """DS-10: MESSAGE at once; MESSAGE -> ACK; ACK drops MESSAGE. DS-14, DS-25: a repetition is acknowledged again and
    is not new."""
    message_id = alice.node.append(BOB, b"hello", NOW, tag=b"tag")
    assert alice.node.due(NOW) == [BOB]
    (payload,) = alice.take(BOB, NOW).payloads
    assert payload.messages == (Tracked(message_id, b"tag"),)

    received = bob.node.receive(ALICE, payload.data, NOW + 1)
    assert received is not None
    (incoming,) = received.messages
    assert (incoming.id, incoming.body, incoming.new, incoming.timestamp) == (message_id, b"hello", True, int(NOW))
    assert bob.node.due(NOW + 1) == []
    ack = bob.payload(ALICE, NOW + 1 + ACK_DELAY)
    assert ack == Payload(acks=(message_id,))
    assert bob.node.next_timer() is None

    again = bob.node.receive(ALICE, payload.data, NOW + 16)
    assert again is not None
    assert [message.new for message in again.messages] == [False]
    assert again.bodies == (b"hello",)
    assert bob.payload(ALICE, NOW + 17) == ack

    assert alice.receive(BOB, ack, NOW + 2).acknowledged == (Tracked(message_id, b"tag"),)
    assert alice.receive(BOB, ack, NOW + 3).acknowledged == ()
    assert alice.node.next_timer() is None
    assert alice.take(BOB, NOW + 100).payloads == ()


@pytest.mark.requirement("DS-1", "DS-2", "DS-23")
def test_the_bytes_are_those_of_the_reference(alice: Party) -> None:
    """datasync.md §17: an acknowledgement and a message in one payload."""
    body = bytes.fromhex(
        "0a410617b2e47dd468d6a5afa5150316eb18b2492e6a685c119d57c378713c6a85f24dd6052821666b565abb4618faff22c4a8791cb5"
        "e9e04aa9dc565eaaec3c7c2c01120568656c6c6f1801"
    )
    alice.store.add_acks(BOB.compressed, [b"\xaa" * 32], again=False)
    message_id = alice.node.append(BOB, body, 1_600_000_000.7)
    assert message_id.hex() == "347e1332d4be4d4374a896e1a6d6f7cfd9daa62c9c1702d6c9fdc48edffeb076"
    (payload,) = alice.take(BOB, 1_600_000_000.7).payloads
    assert payload.data.hex() == (
        "cab80220" + "aa" * 32 + "e2b8027c8af70220b3fd37e6f244485cfce561bde68c1bb919ae484ddd46fa58eea6c7d25e07ef22"
        "90f70280a0f8fa059af7024c" + body.hex()
    )


@pytest.mark.requirement("DS-4", "DS-5", "DS-6")
def test_records_are_stored_and_acknowledgements_are_not_among_them(alice: Party, bob: Party) -> None:
    """DS-4, DS-6: type, count and time of each record are in the store. DS-5: an ACK is never a record."""
    message_id = alice.node.append(BOB, b"hello", NOW)
    record = alice.record(BOB, message_id)
    assert record is not None
    assert (record.type, record.send_count, record.deadline) == (RecordType.MESSAGE, 0, NOW)
    bob.receive(ALICE, alice.payload(BOB, NOW), NOW)
    assert bob.record(ALICE, message_id) is None
    assert bob.store.next_deadline(ALICE.compressed) is None
    assert bob.payload(ALICE, NOW + 1).acks == (message_id,)
    assert bob.payloads(ALICE, NOW + MAX_DELAY) == []


@pytest.mark.requirement("DS-7")
def test_everything_that_is_due_goes_in_one_payload(alice: Party, bob: Party) -> None:
    """DS-7: one payload with all due records; pending acknowledgements ride with it."""
    bob.node.opt_in(ALICE)
    bob.receive(ALICE, Payload(messages=(message(ALICE, BOB),), offers=(b"\x01" * 32,)), NOW)
    bob.node.append(ALICE, b"offered", NOW, mode=Mode.INTERACTIVE)
    bob.node.append(ALICE, b"sent", NOW)
    payload = bob.payload(ALICE, NOW)
    assert payload.acks == (message(ALICE, BOB).id,)
    assert len(payload.offers) == len(payload.requests) == 1
    assert [sent.body for sent in payload.messages] == [b"sent"]
    assert bob.due_in == 15


@pytest.mark.requirement("DS-3")
def test_groups_are_independent(alice: Party) -> None:
    """DS-3: one body to two people is two messages, and one acknowledgement does not end the other."""
    to_bob = alice.node.append(BOB, b"to all", NOW, tag=b"id")
    to_mallory = alice.node.append(MALLORY, b"to all", NOW, tag=b"id")
    assert to_bob != to_mallory
    for person in (BOB, MALLORY):
        assert [sent.body for sent in alice.payload(person, NOW).messages] == [b"to all"]
    assert alice.receive(MALLORY, Payload(acks=(to_bob,)), NOW + 1).acknowledged == ()
    assert alice.receive(MALLORY, Payload(acks=(to_mallory,)), NOW + 1).acknowledged == (Tracked(to_mallory, b"id"),)
    assert alice.record(BOB, to_bob) is not None


def test_messages_to_oneself_reach_a_paired_device(store: str) -> None:
    """§9: the peer is our own identity, and what this device wrote means nothing new to it."""
    phone, desk = Party(ALICE, store), Party(ALICE, store)
    message_id = phone.node.append(ALICE, b"sync", NOW)
    payload = phone.payload(ALICE, NOW)
    assert [incoming.new for incoming in desk.receive(ALICE, payload, NOW).messages] == [True]
    assert [incoming.new for incoming in phone.receive(ALICE, payload, NOW).messages] == [False]
    assert phone.receive(ALICE, desk.payload(ALICE, NOW + 1), NOW + 1).acknowledged == (Tracked(message_id, b""),)


@pytest.mark.requirement("DS-24")
@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\x05hello", b"\xca\xb8\x02\x20short"])
def test_what_is_not_data_sync_goes_on_unchanged(alice: Party, data: bytes) -> None:
    """DS-24: anything else is for another layer, and leaves no trace here."""
    before = alice.store.snapshot()
    assert alice.node.receive(BOB, data, NOW) is None
    assert alice.store.snapshot() == before


def test_a_payload_with_too_much_is_refused_as_a_whole(alice: Party) -> None:
    before = alice.store.snapshot()
    with pytest.raises(RemoteError):
        alice.node.receive(BOB, b"\xd2\xb8\x02\x00" * 40_000, NOW)
    assert alice.store.snapshot() == before


def test_equal_bodies_within_one_second_are_two_messages(alice: Party) -> None:
    """§10: the timestamp of the later one is moved by a second."""
    ids = [alice.node.append(BOB, b"again", NOW) for _ in range(3)]
    assert len(set(ids)) == 3
    alice.receive(BOB, Payload(acks=tuple(ids)), NOW)
    assert alice.node.append(BOB, b"again", NOW) not in ids  # not even after they were acknowledged


# the schedule


@pytest.mark.requirement("DS-11", "DS-12", "DS-13", "DS-29")
def test_a_message_is_repeated_with_growing_waits_and_given_up(alice: Party) -> None:
    """DS-11: sent again when its time has come. DS-12: count and time grow with each. DS-13: exponentially, up to a
    bound. DS-29: bounded in number. A late acknowledgement is told all the same."""
    message_id = alice.node.append(BOB, b"hello", NOW, tag=b"tag")
    waits: list[float] = []
    now = NOW
    for count in range(1, MAX_ATTEMPTS + 1):
        (payload,) = alice.payloads(BOB, now)
        assert [sent.id for sent in payload.messages] == [message_id]
        record = alice.record(BOB, message_id)
        assert record is not None
        assert record.send_count == count
        assert record.deadline is not None
        assert record.deadline > now
        assert alice.payloads(BOB, now) == []
        waits.append(record.deadline - now)
        now = record.deadline
        assert alice.node.next_timer() == now
    assert waits == [*(15 * 2**step for step in range(10)), 15_360.0, MAX_DELAY]

    outgoing = alice.take(BOB, now)
    assert outgoing.payloads == ()
    assert outgoing.unconfirmed == (Tracked(message_id, b"tag"),)
    assert alice.node.next_timer() is None
    assert alice.take(BOB, now + MAX_DELAY) == type(outgoing)()
    late = alice.receive(BOB, Payload(acks=(message_id,)), now + 86_400)
    assert late.acknowledged == (Tracked(message_id, b"tag"),)
    assert alice.record(BOB, message_id) is None


@pytest.mark.requirement("DS-29")
def test_a_message_is_given_up_by_age(alice: Party) -> None:
    """DS-29: not repeated when mailservers have forgotten it anyway."""
    message_id = alice.node.append(BOB, b"hello", NOW)
    assert len(alice.payloads(BOB, NOW)) == 1
    outgoing = alice.take(BOB, NOW + MAX_AGE + 1)
    assert outgoing.payloads == ()
    assert [tracked.id for tracked in outgoing.unconfirmed] == [message_id]


@pytest.mark.parametrize(("draw", "wait"), [(b"\x00" * 4, 12.0), (b"\x80\0\0\0", 15.0), (b"\xff" * 4, 18.0)])
def test_jitter_moves_a_wait_by_a_fifth(draw: bytes, wait: float) -> None:
    """§5."""
    party = Party(ALICE)
    node = SyncNode(ALICE, party.store, lambda size: draw[:size])
    node.append(BOB, b"hello", NOW)
    node.take(BOB, NOW, LIMIT)
    assert node.next_timer() == pytest.approx(NOW + wait)


def test_a_peer_without_data_sync_is_not_bothered_long(alice: Party) -> None:
    """It talks after each repetition and never acknowledges: four times are enough. An acknowledgement ends that."""
    now = NOW
    for expected in (MAX_ATTEMPTS_UNANSWERED, MAX_ATTEMPTS):
        message_id = alice.node.append(BOB, b"hello", now)
        sent = 0
        while not (outgoing := alice.take(BOB, now)).unconfirmed:
            sent += len(outgoing.payloads)
            alice.node.heard_from(BOB, now + 1)
            now = alice.timer
        assert sent == expected
        alice.receive(BOB, Payload(acks=(message_id,)), now + 1)


def test_somebody_who_comes_back_after_long_is_served(alice: Party) -> None:
    """Many attempts went unheard; the first sign of life is no reason to give up."""
    message_id = alice.node.append(BOB, b"hello", NOW)
    for _ in range(MAX_ATTEMPTS_UNANSWERED + 2):
        assert len(alice.payloads(BOB, alice.timer)) == 1
    alice.node.heard_from(BOB, alice.timer - 20)
    assert [sent.id for sent in alice.payload(BOB, alice.timer).messages] == [message_id]


@pytest.mark.requirement("DS-13")
def test_traffic_of_a_peer_brings_its_messages_forward(alice: Party) -> None:
    """DS-13: the wait falls back when the peer is heard; not more often than every five minutes."""
    alice.node.heard_from(BOB, NOW)  # nothing is known of Bob, nothing happens
    assert alice.store.peer(BOB.compressed) is None
    alice.node.append(BOB, b"hello", NOW)
    for _ in range(8):
        now = alice.timer
        assert len(alice.payloads(BOB, now)) == 1
    alice.node.heard_from(BOB, now)
    assert alice.node.next_timer() == now + 15
    assert len(alice.payloads(BOB, now + 15)) == 1
    later = alice.timer
    assert later > now + HEARD_INTERVAL
    alice.node.heard_from(BOB, now + HEARD_INTERVAL - 1)
    assert alice.node.next_timer() == later
    alice.receive(BOB, Payload(acks=(b"\x07" * 32,)), now + HEARD_INTERVAL)
    assert alice.node.next_timer() == now + HEARD_INTERVAL + 15


def test_messages_for_somebody_who_is_away_wait_together(alice: Party) -> None:
    """The back-off of the peer: many messages written over an hour are not repeated one by one."""
    takes = 0
    for second in range(3_600):
        now = NOW + second
        if second % 60 == 0:
            alice.node.append(BOB, b"%d" % second, now)
        if alice.node.due(now):
            takes += len(alice.payloads(BOB, now))
    assert takes <= 60 + 10
    waiting = alice.timer
    assert len(alice.payload(BOB, waiting).messages) >= 50
    # A new message does not wait for the others, and does not drag them along.
    alice.node.append(BOB, b"new", waiting + 1)
    assert [sent.body for sent in alice.payload(BOB, waiting + 1).messages] == [b"new"]


def test_a_first_message_never_waits_and_a_burst_shares_payloads(alice: Party) -> None:
    sent = 0
    payloads = 0
    for number in range(100):
        now = NOW + number * 0.001
        alice.node.append(BOB, b"%d" % number, now)
        taken = alice.payloads(BOB, now)
        assert number or len(taken) == 1
        payloads += len(taken)
        sent += sum(len(payload.messages) for payload in taken)
    assert alice.timer <= now + PACING
    for payload in alice.payloads(BOB, alice.timer):
        payloads += 1
        sent += len(payload.messages)
    assert sent == 100
    assert payloads <= 12


def test_acknowledgements_are_collected_or_ride_along(alice: Party, bob: Party) -> None:
    """§6.5: one payload for a burst; none at all if something else goes there."""
    for number in range(20):
        alice.node.append(BOB, b"%d" % number, NOW + number / 100)
        for payload in alice.payloads(BOB, NOW + number / 100):
            bob.receive(ALICE, payload, NOW + number / 100)
    assert bob.due_in == ACK_DELAY
    assert len(bob.payload(ALICE, NOW + ACK_DELAY).acks) == 20

    alice.node.append(BOB, b"question", NOW + 10)
    bob.receive(ALICE, alice.payload(BOB, NOW + 10), NOW + 10)
    bob.node.append(ALICE, b"answer", NOW + 10.1)
    answer = bob.payload(ALICE, NOW + 10.1)
    assert len(answer.acks) == len(answer.messages) == 1
    assert bob.due_in == 10.1 + 15


def test_the_clock_may_jump(alice: Party, bob: Party) -> None:
    """D5: after a jump backwards nothing waits longer than it would have from then on."""
    year = 365 * 86_400.0
    message_id = alice.node.append(BOB, b"hello", NOW + year)
    bob.receive(ALICE, alice.payload(BOB, NOW + year), NOW + year)
    assert alice.node.due(NOW) == []
    assert alice.node.next_timer() == NOW + MAX_DELAY
    assert bob.node.due(NOW) == []
    assert bob.due_in == ACK_DELAY
    assert bob.payload(ALICE, NOW + ACK_DELAY).acks == (message_id,)
    # Traffic brings it forward although the last traffic seems to lie in the future.
    alice.receive(BOB, Payload(acks=(b"\x07" * 32,)), NOW + year + 1)
    alice.node.heard_from(BOB, NOW)
    assert alice.node.next_timer() == NOW + 15
    # A burst before the jump does not hold up the first message after it.
    alice.node.append(BOB, b"second", NOW)
    assert alice.node.due(NOW) == [BOB]
    # Acknowledgements that were to go soon before the jump still go soon.
    bob.receive(ALICE, Payload(messages=(message(ALICE, BOB),)), NOW + 50)
    bob.node.heard_from(ALICE, NOW)
    assert bob.due_in == ACK_DELAY


# sizes


@pytest.mark.parametrize("limit", [1_000, 4_096, LIMIT])
def test_payloads_are_split_at_the_limit(alice: Party, limit: int) -> None:
    """§7: none is larger, all but the last are as full as they can be, nothing is left out."""
    acks = [bytes([number]) * 32 for number in range(100)]
    alice.store.add_acks(BOB.compressed, acks, again=False)
    bodies = [b"%d" % number * 50 for number in range(30)]
    for body in bodies:
        alice.node.append(BOB, body, NOW)
    seen: list[bytes] = []
    seen_acks: list[bytes] = []
    for _ in range(30):
        outgoing = alice.take(BOB, NOW, limit)
        for payload in outgoing.payloads:
            assert len(payload.data) <= limit
            decoded = Payload.decode(payload.data)
            assert decoded.encode() == payload.data
            assert [sent.id for sent in decoded.messages] == [tracked.id for tracked in payload.messages]
            seen += [sent.body for sent in decoded.messages]
            seen_acks += decoded.acks
    assert seen == bodies
    assert seen_acks == acks
    assert alice.due_in == 15


def test_a_message_that_does_not_fit_is_refused_and_a_large_one_goes_alone(alice: Party) -> None:
    with pytest.raises(LocalError):
        alice.node.append(BOB, bytes(LIMIT), NOW)
    limit = payload_limit(3)
    assert limit == LIMIT // 3
    with pytest.raises(LocalError):
        alice.node.append(BOB, bytes(limit), NOW, max_payload=limit)
    assert alice.node.next_timer() is None
    alice.node.append(BOB, b"small", NOW)
    alice.node.append(BOB, bytes(LIMIT - 100), NOW)  # a device is paired before it goes out
    sizes = [len(payload.data) for payload in alice.take(BOB, NOW, limit).payloads]
    assert len(sizes) == 2
    assert sizes[0] < 100
    assert limit < sizes[1] <= LIMIT


def test_very_much_is_taken_in_several_calls(alice: Party) -> None:
    for number in range(1_500):
        alice.node.append(BOB, b"%d" % number, NOW)
    assert len(alice.payload(BOB, NOW).messages) == 1_024
    assert alice.node.due(NOW) == [BOB]
    assert len(alice.payload(BOB, NOW).messages) == 476
    assert alice.node.due(NOW) == []


# interactive mode


@pytest.mark.requirement("DS-8", "DS-9")
def test_interactive_mode(alice: Party, bob: Party) -> None:
    """DS-9: OFFER -> REQUEST -> MESSAGE -> ACK, each dropping what came before. DS-8: batch beside it."""
    alice.node.opt_in(BOB)
    offered = alice.node.append(BOB, b"large", NOW, mode=Mode.INTERACTIVE, tag=b"large")
    alice.node.append(BOB, b"small", NOW)
    first = alice.payload(BOB, NOW)
    assert first.offers == (offered,)
    assert [sent.body for sent in first.messages] == [b"small"]

    bob.receive(ALICE, first, NOW)
    assert bob.node.due(NOW) == [ALICE]
    second = bob.payload(ALICE, NOW)
    assert second.requests == (offered,)
    request = bob.record(ALICE, offered)
    assert request is not None
    assert request.type is RecordType.REQUEST

    alice.receive(BOB, second, NOW + 1)
    assert alice.node.due(NOW + 1) == [BOB]
    outgoing = alice.take(BOB, NOW + 1)
    assert outgoing.payloads[0].messages == (Tracked(offered, b"large"),)
    received = bob.node.receive(ALICE, outgoing.payloads[0].data, NOW + 1)
    assert received is not None
    assert received.bodies == (b"large",)
    assert bob.record(ALICE, offered) is None

    third = bob.payload(ALICE, NOW + 2)
    assert third == Payload(acks=(offered,))
    assert alice.receive(BOB, third, NOW + 2).acknowledged == (Tracked(offered, b"large"),)
    assert alice.node.next_timer() is None
    assert bob.node.next_timer() is None


def test_an_offer_of_what_is_held_is_acknowledged(alice: Party, bob: Party) -> None:
    """§6.2: so the offer ends as well."""
    alice.node.opt_in(BOB)
    offered = alice.node.append(BOB, b"large", NOW, mode=Mode.INTERACTIVE)
    bob.store.add_known(ALICE.compressed, [offered], NOW)
    bob.receive(ALICE, alice.payload(BOB, NOW), NOW)
    answer = bob.payload(ALICE, NOW + 1)
    assert answer == Payload(acks=(offered,))
    assert [tracked.id for tracked in alice.receive(BOB, answer, NOW + 1).acknowledged] == [offered]
    assert alice.node.next_timer() is None


def test_each_new_device_of_a_peer_gets_all_attempts(alice: Party) -> None:
    """Several devices that show themselves one after the other, each with a word but without data sync so far, use up
    nothing: the last of them may be the first that can read the message."""
    message_id = alice.node.append(BOB, b"hello", NOW)
    assert len(alice.payloads(BOB, NOW)) == 1
    for number in range(2 * MAX_ATTEMPTS_UNANSWERED):
        at = NOW + 0.1 * (number + 1)
        alice.node.hurry(BOB, at)
        assert len(alice.payloads(BOB, at)) == 1
        alice.node.heard_from(BOB, at)
    sent = 0
    while (due := alice.node.next_timer()) is not None:
        sent += len(alice.payloads(BOB, due))
    assert sent == MAX_ATTEMPTS - 1
    assert alice.receive(BOB, Payload(acks=(message_id,)), NOW + 86_400).acknowledged


def test_a_new_device_does_not_get_a_request_more_often(alice: Party) -> None:
    offer = Payload(offers=(b"\x01" * 32,))
    alice.receive(BOB, offer, NOW)
    assert alice.payload(BOB, NOW) == Payload(requests=(b"\x01" * 32,))
    for number in range(5):
        alice.node.hurry(BOB, NOW + 1 + number)
        alice.payloads(BOB, NOW + 1 + number)
    assert alice.node.next_timer() is None


def test_a_request_is_repeated_once_and_begins_anew_with_the_offer(bob: Party) -> None:
    offer = Payload(offers=(b"\x01" * 32,))
    for start in (NOW, NOW + 1_000):
        bob.receive(ALICE, offer, start)
        bob.receive(ALICE, offer, start)
        assert bob.payload(ALICE, start) == Payload(requests=(b"\x01" * 32,))
        assert bob.payloads(ALICE, start + 14) == []
        bob.receive(ALICE, offer, start + 14)
        assert bob.payload(ALICE, start + 15) == Payload(requests=(b"\x01" * 32,))
        bob.receive(ALICE, offer, start + 16)
        assert bob.payloads(ALICE, start + 500) == []
        assert bob.node.next_timer() is None
        assert bob.record(ALICE, b"\x01" * 32) is None


def test_a_request_for_a_message_brings_it_forward_once(alice: Party) -> None:
    message_id = alice.node.append(BOB, b"hello", NOW)
    request = Payload(requests=(message_id,))
    alice.receive(BOB, request, NOW)  # before it was sent: nothing to hurry
    assert len(alice.payloads(BOB, NOW)) == 1
    alice.receive(BOB, request, NOW + 1)
    assert len(alice.payloads(BOB, NOW + 1)) == 1
    for _ in range(10):
        alice.receive(BOB, request, NOW + 2)
        assert alice.payloads(BOB, NOW + 2) == []


@pytest.mark.requirement("DS-8")
def test_nothing_of_it_is_begun_with_somebody_who_has_not_opted_in(alice: Party) -> None:
    """The reference hangs or crashes on it (§14 E4, E5)."""
    known = alice.node.append(BOB, b"known", NOW)
    before = alice.store.snapshot()
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"x", NOW, mode=Mode.INTERACTIVE)
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"x", NOW, ephemeral=True)
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"x", NOW, parents=(known,))
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"x", NOW, tag=bytes(MAX_TAG + 1))
    assert alice.store.snapshot() == before
    alice.node.opt_in(BOB)
    alice.node.append(BOB, b"x", NOW, mode=Mode.INTERACTIVE)
    alice.node.opt_in(BOB, enabled=False)
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"y", NOW, mode=Mode.INTERACTIVE)


# 4/MVDS-META


@pytest.mark.requirement("DS-18", "DS-20")
def test_parents_form_a_chain_and_missing_ones_are_requested(alice: Party, bob: Party) -> None:
    """DS-18: parents are sent. DS-20: delivered at once, with a word about what is missing."""
    alice.node.opt_in(BOB)
    bob.node.opt_in(ALICE)
    assert alice.node.heads(BOB) == ()
    one = alice.node.append(BOB, b"one", NOW, parents=alice.node.heads(BOB))
    assert alice.node.heads(BOB) == (one,)
    lost = alice.payload(BOB, NOW)
    two = alice.node.append(BOB, b"two", NOW + 1, parents=alice.node.heads(BOB))
    assert alice.node.heads(BOB) == (two,)

    (incoming,) = bob.receive(ALICE, alice.payload(BOB, NOW + 1), NOW + 1).messages
    assert (incoming.body, incoming.parents, incoming.missing) == (b"two", (one,), (one,))
    assert bob.node.heads(ALICE) == (two,)
    # It may only have been overtaken, so the request waits as the acknowledgement does.
    assert bob.payloads(ALICE, NOW + 1.2) == []
    request = bob.payload(ALICE, NOW + 2)
    assert request == Payload(acks=(two,), requests=(one,))
    alice.receive(BOB, request, NOW + 2)
    again = alice.payload(BOB, NOW + 2)
    assert again.messages == lost.messages
    (late,) = bob.receive(ALICE, again, NOW + 2).messages
    assert (late.body, late.new, late.missing) == (b"one", True, ())
    assert bob.node.heads(ALICE) == (two,)

    answer = bob.node.append(ALICE, b"answer", NOW + 3, parents=bob.node.heads(ALICE))
    assert bob.node.heads(ALICE) == (answer,)
    (heard,) = alice.receive(BOB, bob.payload(ALICE, NOW + 3), NOW + 3).messages
    assert (heard.parents, heard.missing) == ((two,), ())
    assert alice.node.heads(BOB) == (answer,)


def test_heads_of_both_sides(alice: Party, bob: Party) -> None:
    """Who writes without knowing what the other writes: both messages are parents of the next."""
    alice.node.opt_in(BOB)
    bob.node.opt_in(ALICE)
    mine = alice.node.append(BOB, b"mine", NOW)
    theirs = bob.node.append(ALICE, b"theirs", NOW)
    alice.receive(BOB, bob.payload(ALICE, NOW), NOW)
    assert alice.node.heads(BOB) == (mine, theirs)
    both = alice.node.append(BOB, b"both", NOW, parents=alice.node.heads(BOB))
    assert alice.node.heads(BOB) == (both,)
    (first, second) = bob.receive(ALICE, alice.payload(BOB, NOW), NOW).messages
    assert (first.missing, second.missing) == ((), ())
    assert bob.node.heads(ALICE) == (both,)


@pytest.mark.requirement("DS-19", "DS-21", "DS-22")
def test_ephemeral_messages(alice: Party, bob: Party) -> None:
    """DS-21: not acknowledged. DS-22: sent once in batch mode, and not kept. DS-19: no parent is ephemeral."""
    alice.node.opt_in(BOB)
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"typing", NOW, ephemeral=True, mode=Mode.INTERACTIVE)
    message_id = alice.node.append(BOB, b"typing", NOW, ephemeral=True)
    assert alice.node.append(BOB, b"typing", NOW, ephemeral=True) != message_id
    assert alice.node.heads(BOB) == ()
    payload = alice.payload(BOB, NOW)
    assert alice.node.next_timer() is None
    assert alice.record(BOB, message_id) is None
    with pytest.raises(LocalError):
        alice.node.append(BOB, b"x", NOW, parents=(message_id,))

    received = bob.receive(ALICE, payload, NOW)
    assert [(incoming.body, incoming.ephemeral) for incoming in received.messages] == [(b"typing", True)] * 2
    assert bob.node.next_timer() is None
    assert bob.store.known(ALICE.compressed, [message_id]) == set()


def test_metadata_of_a_stranger_is_read_and_starts_nothing(bob: Party) -> None:
    """§11: kept, not acted upon; the message itself counts."""
    told = SyncMessage(one_to_one_group_id(ALICE, BOB), 1, b"body", Metadata((b"\x05" * 32, b"short")))
    (incoming,) = bob.receive(ALICE, Payload(messages=(told,)), NOW).messages
    assert (incoming.parents, incoming.missing) == ((b"\x05" * 32,), ())
    assert bob.payload(ALICE, NOW + 1) == Payload(acks=(told.id,))
    assert bob.node.heads(ALICE) == ()


# what does not belong here


@pytest.mark.requirement("DS-26")
def test_messages_of_foreign_groups_are_ignored(alice: Party, bob: Party) -> None:
    """DS-26: not stored, not acknowledged, not offered; what stands beside them counts."""
    planted = message(ALICE, BOB, b"planted")
    short = SyncMessage(b"\x01\x02\x03", 5, b"x")
    before = bob.store.snapshot()
    received = bob.receive(MALLORY, Payload(messages=(planted, short)), NOW)
    assert (received.messages, received.refused) == ((), 2)
    assert bob.store.snapshot() == before
    honest = message(MALLORY, BOB, b"honest")
    received = bob.receive(MALLORY, Payload(messages=(planted, honest)), NOW)
    assert (received.bodies, received.refused) == ((b"honest",), 1)
    assert bob.payload(MALLORY, NOW + 1) == Payload(acks=(honest.id,))
    assert bob.node.next_timer() is None


@pytest.mark.requirement("DS-27")
def test_unknown_ids_do_not_disturb_the_rest(alice: Party, bob: Party) -> None:
    """DS-27: acks and requests of unknown ids, and ids of a wrong size, are passed over one by one."""
    alice.node.opt_in(BOB)
    sent = alice.node.append(BOB, b"sent", NOW)
    offered = alice.node.append(BOB, b"offered", NOW, mode=Mode.INTERACTIVE)
    alice.payload(BOB, NOW)
    junk = (b"\x01" * 32, b"", b"\x02" * 31, b"\x03" * 33)
    payload = Payload(acks=(*junk, sent), requests=(*junk, offered), offers=junk[1:], messages=(message(BOB, ALICE),))
    received = alice.receive(BOB, payload, NOW + 1)
    assert [tracked.id for tracked in received.acknowledged] == [sent]
    assert received.bodies == (b"hello",)
    answer = alice.payload(BOB, NOW + 2)
    assert answer.acks == (message(BOB, ALICE).id,)
    assert [again.body for again in answer.messages] == [b"offered"]


@pytest.mark.requirement("DS-28")
def test_a_peer_that_cannot_be_served_does_not_hold_up_the_others(alice: Party) -> None:
    """DS-28: sealing for Bob fails; Mallory gets hers, and Bob is looked at again later."""
    alice.node.append(BOB, b"to Bob", NOW)
    before = alice.store.snapshot()
    alice.payload(BOB, NOW)
    alice.store.restore(before)  # the savepoint of the failed sealing
    alice.node.postpone(BOB, NOW)
    alice.node.append(MALLORY, b"to Mallory", NOW)
    assert alice.node.due(NOW) == [MALLORY]
    assert len(alice.payloads(MALLORY, NOW)) == 1
    assert alice.due_in == 15
    assert [sent.body for sent in alice.payload(BOB, NOW + 15).messages] == [b"to Bob"]
    alice.node.postpone(ALICE, NOW)
    assert alice.store.peer(ALICE.compressed) is None


# what the user decides, and housekeeping


def test_abandoned_messages_are_sent_no_more(alice: Party) -> None:
    one = alice.node.append(BOB, b"one", NOW)
    alice.node.append(BOB, b"two", NOW)
    alice.node.abandon(BOB, one)
    alice.node.abandon(MALLORY, one)
    assert [sent.body for sent in alice.payload(BOB, NOW).messages] == [b"two"]


def test_a_forgotten_peer_gets_nothing(alice: Party) -> None:
    alice.node.append(BOB, b"one", NOW)
    alice.receive(BOB, Payload(messages=(message(BOB, ALICE),)), NOW)
    alice.node.forget(BOB)
    assert alice.node.next_timer() is None
    assert alice.payloads(BOB, NOW + 100) == []
    assert [again.new for again in alice.receive(BOB, Payload(messages=(message(BOB, ALICE),)), NOW).messages] == [
        False
    ]


def test_what_is_old_is_forgotten_and_what_is_not_is_kept(alice: Party) -> None:
    """D4: ids for 45 days."""
    payload = Payload(messages=(message(BOB, ALICE),))
    alice.receive(BOB, payload, NOW)
    alice.payload(BOB, NOW + 1)
    alice.node.prune(NOW + KNOWN_RETENTION)
    assert [again.new for again in alice.receive(BOB, payload, NOW + 2).messages] == [False]
    alice.payload(BOB, NOW + 3)
    assert alice.store.peer(BOB.compressed) is not None
    alice.node.prune(NOW + KNOWN_RETENTION + 10)
    assert alice.store.peer(BOB.compressed) is None
    assert [again.new for again in alice.receive(BOB, payload, NOW + 4).messages] == [True]


def test_given_up_messages_are_forgotten_in_the_end(alice: Party) -> None:
    message_id = alice.node.append(BOB, b"hello", NOW)
    alice.take(BOB, NOW + MAX_AGE + 1)
    alice.node.prune(NOW + KNOWN_RETENTION - 1)
    assert alice.record(BOB, message_id) is not None
    alice.node.prune(NOW + KNOWN_RETENTION + 1)
    assert alice.record(BOB, message_id) is None


def test_limits_can_be_set(store: str) -> None:
    hasty = Party(ALICE, store, SyncConfig(first_retry=1.0, back_off=3.0, max_attempts=2))
    hasty.node.append(BOB, b"x", NOW)
    hasty.payload(BOB, NOW)
    assert hasty.due_in == 1
    hasty.payload(BOB, NOW + 1)
    assert hasty.due_in == 4
    assert len(hasty.take(BOB, NOW + 4).unconfirmed) == 1
