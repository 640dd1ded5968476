"""A37: a stranger reuses a contact's installation id.

Expected: sessions are keyed by identity and installation; nothing is captured.
"""

from __future__ import annotations

import pytest

from pystatus.secure_transport.errors import Undecryptable, UnknownSession
from tests.secure_transport.party import Party
from tests.secure_transport.test_sessions import exchange


def test_a_stranger_with_a_contacts_installation_id_captures_nothing(alice: Party, bob: Party) -> None:
    """A37, secure-transport.md T2: Mallory uses Alice's installation id and Bob's bundle before Alice does."""
    mallory = Party("alice-1")
    mallory.meets(bob)
    exchange(mallory, bob, b"I am not Alice")
    alice.meets(bob)
    bob.meets(alice)
    exchange(alice, bob, b"but I am")
    to_alice = bob.send(alice, b"for Alice only").data
    assert isinstance(mallory.receive(bob, to_alice).problem, Undecryptable | UnknownSession)
    assert alice.receive(bob, to_alice).payload == b"for Alice only"
    assert exchange(mallory, bob, b"still here").payload


@pytest.mark.requirement("ST-25")
def test_each_has_a_session_of_their_own(alice: Party, bob: Party) -> None:
    """In the middle of a conversation: neither is disturbed, and Bob's devices of either are told apart."""
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    mallory = Party("alice-1")
    mallory.meets(bob)
    bundle_id = exchange(mallory, bob, b"I am alice-1").bundle_id
    exchange(bob, mallory, b"are you?")
    (of_alice,), (of_mallory,) = bob.sessions(alice, bundle_id), bob.sessions(mallory, bundle_id)
    assert of_alice.shared_key != of_mallory.shared_key
    assert (of_alice.identity, of_mallory.identity) == (alice.public_key, mallory.public_key)
    exchange(alice, bob, b"3")
    exchange(bob, alice, b"4")
    for party in (alice, mallory):
        (installation,) = bob.transport.installations(party.identity.public_key)
        assert installation.installation_id == "alice-1"
    bob.transport.set_enabled(mallory.identity.public_key, "alice-1", False)
    assert bob.send(alice, b"5").installation_ids == ("alice-1",)


def test_what_she_says_in_the_others_session_is_not_opened(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    stolen = alice.send(bob, b"3").data
    mallory = Party("alice-1")
    mallory.meets(bob)
    bob.meets(mallory)
    assert isinstance(bob.refuse(mallory, stolen), Undecryptable | UnknownSession)
    assert bob.receive(alice, stolen).payload == b"3"
