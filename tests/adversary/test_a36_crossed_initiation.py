"""A36: crossed session initiation.

Expected: both sides converge within two messages.
"""

from __future__ import annotations

import pytest

from pystatus.transport import topics
from tests.secure_transport.party import Party
from tests.secure_transport.test_sessions import entry_of, exchange
from tests.support.people import Network


@pytest.mark.requirement("ST-27")
def test_crossed_initiation_converges_within_two_messages(alice: Party, bob: Party) -> None:
    """A36; 5/SECURE-TRANSPORT: the session whose key is first in byte order."""
    alice.meets(bob)
    bob.meets(alice)
    from_alice, from_bob = alice.send(bob, b"from Alice").data, bob.send(alice, b"from Bob").data
    assert entry_of(from_alice).bundle_id != entry_of(from_bob).bundle_id
    assert bob.receive(alice, from_alice).payload == b"from Alice"
    assert alice.receive(bob, from_bob).payload == b"from Bob"
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    used = {exchange(alice, bob, b"3").bundle_id, exchange(bob, alice, b"4").bundle_id}
    assert len(used) == 1
    both = (entry_of(from_alice).bundle_id, entry_of(from_bob).bundle_id)
    lowest = min(alice.sessions(bob, *both), key=lambda session: session.shared_key)
    assert used == {lowest.bundle_id}


@pytest.mark.parametrize("attempt", range(4))
def test_two_people_who_write_at_the_same_moment(network: Network, attempt: int) -> None:
    """Whichever session has the lower key, all words arrive, and both go on in the same place."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.meet(bob)
    bob.meet(alice)
    network.wait(6 * 3_600)  # both have published their contact codes to the other
    network.holding = True
    alice.say(bob.key.hex, "from Alice")
    bob.say(alice.key.hex, "from Bob")
    network.release()
    network.wait(60)
    assert (alice.heard, bob.heard) == (["from Bob"], ["from Alice"])
    for number in range(3):
        alice.say(bob.key.hex, f"a{number}")
        bob.say(alice.key.hex, f"b{number}")
    network.wait(60)
    assert alice.heard == ["from Bob", "b0", "b1", "b2"]
    assert bob.heard == ["from Alice", "a0", "a1", "a2"]
    assert network.envelopes[-1].topic == topics.topic(topics.negotiated(alice.identity.agree(bob.key)))
