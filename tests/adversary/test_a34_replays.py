"""A34: replay of an old ciphertext.

Expected: reported as duplicate, no second event.
"""

from __future__ import annotations

import os

from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.messenger import HOUSEKEEPING
from pystatus.messenger.people import StrangerConfig
from pystatus.messenger.records import SEEN_RETENTION
from pystatus.secure_transport.errors import DuplicateMessage
from pystatus.transport import topics
from pystatus.transport.sealing import POW_TARGET, TTL
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import count
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


def repeated(envelope: Envelope, key: SymmetricKey, now: float) -> Envelope:
    """What somebody has signed, in an envelope of somebody else: the signature does not cover it."""
    sealed = key.seal(key.open(envelope.data), os.urandom)
    return Envelope.mine(now, TTL, envelope.topic, sealed, POW_TARGET)


def test_what_people_we_know_have_said_in_public_is_repeated_without_end(network: Network) -> None:
    """Whoever is in the chat can do that, with our own messages as well. What comes is known by its message, so the
    oldest envelopes are forgotten."""
    most = 20
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(seen_of_known=most)))
    bob = network.add("bob")
    alice.meet(bob)
    for person in (alice, bob):
        person.join("status")
    bob.say("status", "one")
    alice.say("status", "two")
    chat = topics.symmetric_key("status")
    said = [envelope for envelope in network.envelopes if envelope.topic == topics.topic("status")]
    assert len(said) == 2
    assert 0 < count(alice, "seen_envelopes") < most
    events = list(alice.events)
    for _ in range(2 * most):
        for envelope in said:
            alice.receive(repeated(envelope, chat, network.now))
        assert count(alice, "seen_envelopes") <= most
    assert count(alice, "seen_envelopes") >= most - 1
    assert alice.events == events
    assert len(alice.store.messages("status", 10, None)) == 2
    alice.restart()
    alice.receive(repeated(said[0], chat, network.now))
    assert most - 1 <= count(alice, "seen_envelopes") <= most


def test_a_profile_with_very_many_of_them_is_brought_down_little_by_little(network: Network) -> None:
    """An earlier version kept all that came."""
    most = 10
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(seen_of_known=most)))
    alice.join("status")
    with alice.database.transaction():
        alice.database.connection.executemany(
            "INSERT INTO seen_envelopes (hash, seen_s) VALUES (?, ?)",
            [(number.to_bytes(32, "big"), int(network.now) - 1_000 + number) for number in range(100)],
        )
    alice.restart()
    alice.say("status", "one")
    (said,) = [envelope for envelope in network.envelopes if envelope.topic == topics.topic("status")]
    chat = topics.symmetric_key("status")
    for _ in range(15):
        alice.network.now += HOUSEKEEPING
        alice.tick()  # then they are counted anew
        for _ in range(most):
            alice.receive(repeated(said, chat, network.now))
    assert most - 1 <= count(alice, "seen_envelopes") <= most
