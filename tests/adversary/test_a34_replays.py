"""A34: replay of an old ciphertext.

Expected: reported as duplicate, no second event.
"""

from __future__ import annotations

from pystatus.messenger.messenger import HOUSEKEEPING, SEEN_RETENTION
from pystatus.secure_transport.errors import DuplicateMessage
from tests.secure_transport.party import Party
from tests.support.people import Network


def test_replays_are_duplicates_whatever_has_happened_since(alice: Party, bob: Party) -> None:
    """A34: of the current chain, of an earlier one, and of a message that had been skipped."""
    alice.meets(bob)
    seen: list[tuple[Party, Party, bytes]] = []
    for number in range(5):
        for sender, receiver in ((alice, bob), (bob, alice)):
            early, late = (sender.send(receiver, b"%d" % number).data for _ in range(2))
            for data in (late, early):
                assert receiver.receive(sender, data).payload == b"%d" % number
                seen.append((sender, receiver, data))
    for sender, receiver, data in seen:
        assert isinstance(receiver.refuse(sender, data), DuplicateMessage)


def test_an_envelope_that_comes_again_is_shown_once(network: Network) -> None:
    """At once, after a restart, and after its hash was forgotten: then the ratchet knows it."""
    alice, bob = network.add("alice"), network.add("bob")
    bob.join("status")
    alice.join("status")
    alice.say(alice.meet(bob), "one")
    bob.say(alice.key.hex, "two")
    alice.say(bob.key.hex, "three")
    alice.say("status", "four")
    network.wait(10)
    recorded = [envelope for envelope in network.envelopes if envelope.topic in bob.topics]
    heard = ["one", "three", "four"]
    assert bob.heard == heard
    events = list(bob.events)

    def replay() -> None:
        for envelope in recorded:
            bob.receive(envelope)
        assert bob.events == events
        assert len(bob.store.messages(alice.key.hex, 10, None)) == 3
        assert len(bob.store.messages("status", 10, None)) == 1

    replay()
    bob.restart()
    replay()
    bob.disconnect()
    bob.network.now += SEEN_RETENTION + 2 * HOUSEKEEPING
    bob.tick(confirmed=True)
    (remembered,) = bob.database.connection.execute("SELECT count(*) FROM seen_envelopes").fetchone()
    assert remembered == 0
    replay()


def test_a_replay_from_another_relay_and_in_another_order(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.meet(bob)
    for number in range(20):
        alice.say(bob.key.hex, f"message {number}")
    recorded = list(network.envelopes)
    for envelope in [*reversed(recorded), *recorded]:
        bob.receive(envelope)
    assert bob.heard == [f"message {number}" for number in range(20)]
