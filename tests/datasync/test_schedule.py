"""When a node sends, repeats and gives up."""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Payload
from pystatus.datasync.config import (
    ACK_DELAY,
    BROUGHT_FORWARD,
    MAX_AGE,
    MAX_ATTEMPTS,
    MAX_ATTEMPTS_UNANSWERED,
    MAX_DELAY,
    PACING,
    SILENCE,
)
from pystatus.datasync.node import SyncNode
from pystatus.datasync.payload_builder import Tracked
from tests.datasync.pair import ALICE, BOB, LIMIT, NOW, Party, message


@pytest.mark.requirement("DS-12", "DS-13", "DS-29")
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
    """datasync.md §5."""
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
    """DS-13: the wait falls back when the peer is heard, at once if it was silent before; somebody who talks all the
    time changes nothing."""
    alice.node.heard_from(BOB, NOW)  # nothing is known of Bob, nothing happens
    assert alice.store.peer(BOB.compressed) is None
    alice.node.append(BOB, b"hello", NOW)
    for _ in range(8):
        now = alice.timer
        assert len(alice.payloads(BOB, now)) == 1
    back = now + 200
    alice.node.heard_from(BOB, back)
    assert alice.node.next_timer() == back
    assert len(alice.payloads(BOB, back)) == 1
    later = alice.timer
    for second in range(0, 600, 20):
        alice.node.heard_from(BOB, back + second)
    assert alice.node.next_timer() == later
    alice.receive(BOB, Payload(acks=(b"\x07" * 32,)), back + 580 + SILENCE)
    assert alice.node.next_timer() == back + 580 + SILENCE


@pytest.mark.requirement("DS-13")
def test_what_was_just_sent_is_not_sent_again_for_a_word(alice: Party) -> None:
    """Its envelope still lives: the peer may have crossed it with what is heard."""
    alice.node.append(BOB, b"hello", NOW)
    assert len(alice.payloads(BOB, NOW)) == 1
    alice.node.heard_from(BOB, NOW + 1)
    assert alice.node.next_timer() == NOW + 15


def test_hearing_somebody_does_not_use_up_all_attempts(alice: Party) -> None:
    """Another device of theirs may be the one that can read it, and be there tomorrow."""
    alice.node.append(BOB, b"hello", NOW)
    alice.receive(BOB, Payload(acks=(b"\x07" * 32,)), NOW)
    sent, now = 0, NOW
    for _ in range(200):
        sent += len(alice.payloads(BOB, now))
        now += 2 * SILENCE
        alice.node.heard_from(BOB, now)
    assert sent <= BROUGHT_FORWARD + 1
    assert alice.node.next_timer() is not None


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


@pytest.mark.requirement("DS-7")
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


@pytest.mark.requirement("DS-7")
def test_what_is_due_within_a_moment_goes_with_what_is_due_now(alice: Party) -> None:
    for number in range(2):
        now = NOW + 2 * number * PACING
        alice.node.append(BOB, b"%d" % number, now)
        assert len(alice.payload(BOB, now).messages) == 1
    assert [sent.body for sent in alice.payload(BOB, alice.timer).messages] == [b"0", b"1"]


@pytest.mark.requirement("DS-7")
def test_acknowledgements_are_collected_or_ride_along(alice: Party, bob: Party) -> None:
    """datasync.md §6.5: one payload for a burst; none at all if something else goes there."""
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
    """datasync.md D5: after a jump backwards nothing waits longer than it would have from then on."""
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
