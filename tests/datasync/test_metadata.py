"""4/MVDS-META: parents, heads, ephemeral messages."""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Metadata, Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.sending import Mode
from pystatus.errors import LocalError
from tests.datasync.pair import ALICE, BOB, NOW, Party


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
    """datasync.md §11: kept, not acted upon; the message itself counts."""
    told = SyncMessage(one_to_one_group_id(ALICE, BOB), 1, b"body", Metadata((b"\x05" * 32, b"short")))
    (incoming,) = bob.receive(ALICE, Payload(messages=(told,)), NOW).messages
    assert (incoming.parents, incoming.missing) == ((b"\x05" * 32,), ())
    assert bob.payload(ALICE, NOW + 1) == Payload(acks=(told.id,))
    assert bob.node.heads(ALICE) == ()
