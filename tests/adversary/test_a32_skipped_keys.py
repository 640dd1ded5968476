"""A32: skipped-key exhaustion over many ratchet keys.

Expected: global cap and age limit.
"""

from __future__ import annotations

from typing import Any

from pystatus.secure_transport.config import DAY, EncryptionConfig
from pystatus.secure_transport.errors import DuplicateMessage
from tests.secure_transport.party import NOW, Party
from tests.secure_transport.test_sessions import exchange
from tests.support.encryption_store import MemoryEncryptionStore


def held(party: Party) -> int:
    """Skipped keys in the store."""
    snapshot: Any = party.store.snapshot()
    return len(snapshot.skipped if isinstance(party.store, MemoryEncryptionStore) else snapshot["skipped_keys"])


def test_many_ratchet_keys_in_one_session(kind_of_store: str) -> None:
    """Each turn is a new chain with as many gaps as one message may leave."""
    bob = Party("bob-1", kind_of_store, config=EncryptionConfig(max_skip=50, max_stored_keys=100))
    mallory = Party("mallory-1")
    mallory.meets(bob)
    for turn in range(20):
        messages = [mallory.send(bob, b"%d" % number).data for number in range(51)]
        assert bob.receive(mallory, messages[50]).payload == b"50"
        assert held(bob) <= 100
        exchange(bob, mallory, b"turn %d" % turn)
    assert held(bob) == 100


def test_many_sessions_and_installations(kind_of_store: str) -> None:
    """Each within its own limit, all of one person; then of several, which is looked at now and then."""
    config = EncryptionConfig(max_skip=50, max_keys_of_identity=120, max_stored_keys_in_total=150)
    bob = Party("bob-1", kind_of_store, config=config)
    for _ in range(3):
        first = Party("device-0")
        for number in range(4):
            device = Party(f"device-{number}", identity=first.identity)
            device.meets(bob)
            messages = [device.send(bob, b"%d" % gap).data for gap in range(51)]
            before = held(bob)
            assert bob.receive(device, messages[50]).payload == b"50"
            assert held(bob) - before <= 50
        assert held(bob) <= 270
        bob.transport.prune(0.0)
        assert held(bob) <= 150
    assert held(bob) == 150


def test_one_peer_cannot_fill_the_store_with_skipped_keys(kind_of_store: str) -> None:
    """A32: a limit for each; where all together have too many, who holds most gives up first, so the keys of others
    stay."""
    config = EncryptionConfig(max_keys_of_identity=200, max_stored_keys_in_total=150)
    bob = Party("bob-1", kind_of_store, config=config)
    friend, flooder = Party("friend-1"), Party("flooder-1")
    friend.meets(bob)
    flooder.meets(bob)
    late = [friend.send(bob, b"%d" % number).data for number in range(51)]
    assert bob.receive(friend, late[50]).payload == b"50"
    flood = [flooder.send(bob, b"%d" % number).data for number in range(500)]
    for number in (120, 250, 499):
        assert bob.receive(flooder, flood[number]).payload == b"%d" % number
        assert held(bob) <= 250
    bob.transport.prune(0.0)
    assert held(bob) == 150
    for number in range(50):
        assert bob.receive(friend, late[number]).payload == b"%d" % number
    assert isinstance(bob.refuse(flooder, flood[0]), DuplicateMessage)
    assert bob.receive(flooder, flood[498]).payload == b"498"


def test_skipped_keys_are_given_up_after_a_month(alice: Party, bob: Party) -> None:
    """A32: the age limit."""
    alice.meets(bob)
    late, data = alice.send(bob, b"late").data, alice.send(bob, b"in time").data
    assert bob.receive(alice, data).payload == b"in time"
    bob.transport.prune(NOW + 30 * DAY)
    before = bob.store.snapshot()
    assert bob.receive(alice, late).payload == b"late"
    bob.store.restore(before)
    bob.transport.prune(NOW + 32 * DAY)
    assert isinstance(bob.refuse(alice, late), DuplicateMessage)
