"""Interactive mode: offers and requests, and messages only for who asked for them."""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Payload
from pystatus.datasync.config import (
    MAX_ATTEMPTS,
    MAX_ATTEMPTS_UNANSWERED,
    MAX_TAG,
)
from pystatus.datasync.payload_builder import Tracked
from pystatus.datasync.sending import Mode
from pystatus.datasync.store import RecordType
from pystatus.errors import LocalError
from tests.datasync.pair import ALICE, BOB, NOW, Party


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
    """datasync.md §6.2: so the offer ends as well."""
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
    """The reference hangs or crashes on it (datasync.md E4, E5)."""
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
