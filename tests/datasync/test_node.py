"""Two nodes in conversation, over both stores: messages, their acknowledgements, and what is refused."""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.config import (
    ACK_DELAY,
    KNOWN_RETENTION,
    MAX_AGE,
    MAX_DELAY,
    SyncConfig,
    payload_limit,
)
from pystatus.datasync.payload_builder import Tracked
from pystatus.datasync.sending import Mode
from pystatus.datasync.store import RecordType
from pystatus.errors import LocalError, RemoteError
from tests.datasync.pair import ALICE, BOB, LIMIT, MALLORY, NOW, Party, message

# batch mode


@pytest.mark.requirement("DS-10", "DS-14", "DS-21")
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
    """datasync.md §9: the peer is our own identity, and what this device wrote means nothing new to it."""
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
    """datasync.md §10: the timestamp of the later one is moved by a second."""
    ids = [alice.node.append(BOB, b"again", NOW) for _ in range(3)]
    assert len(set(ids)) == 3
    alice.receive(BOB, Payload(acks=tuple(ids)), NOW)
    assert alice.node.append(BOB, b"again", NOW) not in ids  # not even after they were acknowledged


# sizes


@pytest.mark.parametrize("limit", [1_000, 4_096, LIMIT])
def test_payloads_are_split_at_the_limit(alice: Party, limit: int) -> None:
    """datasync.md §7: none is larger, all but the last are as full as they can be, nothing is left out."""
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


def test_what_is_withdrawn_is_sent_to_nobody(alice: Party) -> None:
    for peer in (BOB, MALLORY):
        alice.node.append(peer, b"for all", NOW, tag=b"for all")
        alice.node.append(peer, b"and this", NOW, tag=b"and this")
    assert not alice.node.is_sent(b"for all")
    alice.node.withdraw(b"for all")
    alice.node.withdraw(b"never written")
    for peer in (BOB, MALLORY):
        assert [sent.body for sent in alice.payload(peer, NOW).messages] == [b"and this"]
    assert alice.node.is_sent(b"and this")


def test_nothing_is_due_for_who_was_to_get_what_is_withdrawn(alice: Party) -> None:
    alice.node.append(BOB, b"one", NOW, tag=b"one")
    alice.node.withdraw(b"one")
    assert alice.node.next_timer() is None
    assert alice.node.due(NOW + 100) == []


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
    """datasync.md D4: ids for 45 days."""
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
