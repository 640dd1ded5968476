"""Bundles as they are made, signed, replaced and accepted (secure-transport.md §2, T1, T3, T5, T6; attack
A35)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import DAY, HOUR, EncryptionConfig
from pystatus.secure_transport.errors import Undecryptable, UnknownPreKey
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.wire.proto import secure_transport_pb2
from tests.secure_transport.party import NOW, Party

BOB = PrivateKey(b"\x0b" * 32)
NANO = 10**9


def pre_key(number: int) -> bytes:
    return PrivateKey(bytes([number]) * 32).public_key.compressed


def bob_signs(*entries: SignedPreKey, at: float = NOW) -> Bundle:
    return Bundle.sign(BOB, entries, int(at) * NANO)


def carrying(*bundles: Bundle) -> bytes:
    return ProtocolMessage("bob-1", bundles, public=b"payload").encode()


@pytest.fixture
def alice(kind_of_store: str) -> Party:
    return Party("alice-1", kind_of_store)


# our own


@pytest.mark.requirement("ST-6", "ST-7", "AC-4")
def test_the_first_bundle_has_version_1_and_one_entry(alice: Party) -> None:
    bundle = alice.transport.bundle(NOW)
    assert bundle.verify() == alice.identity.public_key
    (entry,) = bundle.signed_pre_keys
    assert (entry.installation_id, entry.version, entry.protocol_version) == ("alice-1", 1, 1)
    assert bundle.timestamp == int(NOW) * NANO
    own = alice.store.own_pre_key("alice-1")
    assert own is not None
    assert PrivateKey(own.private).public_key.compressed == own.public == entry.public


@pytest.mark.requirement("ST-11")
def test_a_bundle_is_made_when_it_is_used(alice: Party, kind_of_store: str) -> None:
    """Receiving needs none, and time alone replaces none."""
    bob = Party("bob-1", kind_of_store)
    alice.meets(bob)
    assert alice.store.own_pre_key("alice-1") is None
    first = alice.transport.bundle(NOW).signed_pre_keys[0].public
    alice.now = NOW + 3 * DAY
    alice.meets(bob)
    own = alice.store.own_pre_key("alice-1")
    assert own is not None
    assert own.public == first
    assert alice.transport.bundle(alice.now).signed_pre_keys[0].public != first


@pytest.mark.requirement("ST-8", "AC-4")
def test_there_are_no_one_time_prekeys(alice: Party) -> None:
    """A bundle has no place for one, and everybody begins a session with the same prekey."""
    assert set(secure_transport_pb2.Bundle.DESCRIPTOR.fields_by_name) == {
        "identity",
        "signed_pre_keys",
        "signature",
        "timestamp",
    }
    assert set(secure_transport_pb2.X3DHHeader.DESCRIPTOR.fields_by_name) == {"key", "id"}
    used = set()
    for name in ("bob-1", "carol-1"):
        somebody = Party(name)
        somebody.meets(alice)
        data = somebody.send(alice, b"hello").data
        (entry,) = ProtocolMessage.decode(data).direct.values()
        used.add(entry.bundle_id)
        assert alice.receive(somebody, data).payload == b"hello"
    assert used == {alice.transport.bundle(NOW).signed_pre_keys[0].public}


@pytest.mark.requirement("ST-13", "ST-18", "AC-7")
@pytest.mark.parametrize("kind", ["public", "ratchet", "any device", "advertisement"])
def test_every_message_carries_the_current_bundle_and_teaches_it(alice: Party, kind: str) -> None:
    bob = Party("bob-1")
    if kind == "ratchet":
        bob.meets(alice)
    data = {
        "public": lambda: bob.transport.seal_public(b"hello", NOW),
        "ratchet": lambda: bob.send(alice, b"hello").data,
        "any device": lambda: bob.send(alice, b"hello").data,
        "advertisement": lambda: bob.transport.seal_for_any_device(alice.identity.public_key, b"", NOW).data,
    }[kind]()
    assert ProtocolMessage.decode(data).bundles == (bob.transport.bundle(NOW),)
    assert alice.receive(bob, data).new_installations == ("bob-1",)
    assert alice.send(bob, b"now I know you").forward_secrecy


def test_a_signature_is_used_for_an_hour(alice: Party) -> None:
    first = alice.transport.bundle(NOW)
    assert alice.restarted().bundle(NOW + HOUR - 1) == first
    second = alice.transport.bundle(NOW + HOUR)
    assert second.signed_pre_keys == first.signed_pre_keys
    assert second.timestamp == int(NOW + HOUR) * NANO
    assert second.verify() == alice.identity.public_key


def test_a_clock_that_goes_back_signs_anew_and_keeps_the_prekey(alice: Party) -> None:
    first = alice.transport.bundle(NOW)
    second = alice.transport.bundle(NOW - HOUR)
    assert second.signed_pre_keys == first.signed_pre_keys
    assert second.timestamp < first.timestamp


@pytest.mark.requirement("ST-9", "AC-5")
def test_the_prekey_is_replaced_after_a_day(alice: Party) -> None:
    first = alice.transport.bundle(NOW)
    assert alice.transport.bundle(NOW + DAY - 1).signed_pre_keys == first.signed_pre_keys
    (entry,) = alice.transport.bundle(NOW + DAY).signed_pre_keys
    assert entry.version == 2
    assert entry.public != first.signed_pre_keys[0].public


@pytest.mark.requirement("ST-10")
def test_whoever_wants_it_replaces_the_prekey_twice_a_day() -> None:
    """Two places of 5/SECURE-TRANSPORT differ, 24 and 12 hours: the first is the default, the second a setting."""
    alice = Party("alice", config=EncryptionConfig(bundle_refresh=DAY / 2))
    first = alice.transport.bundle(NOW)
    assert alice.transport.bundle(NOW + DAY / 2 - 1).signed_pre_keys == first.signed_pre_keys
    assert alice.transport.bundle(NOW + DAY / 2).signed_pre_keys != first.signed_pre_keys


def test_a_prekey_made_under_a_clock_far_ahead_is_replaced(alice: Party) -> None:
    alice.transport.bundle(NOW + 365 * DAY)
    (entry,) = alice.transport.bundle(NOW).signed_pre_keys
    assert entry.version == 2


def test_a_replaced_prekey_stays_for_a_month_after_its_replacement(alice: Party) -> None:
    """Not after its creation: whoever was offline for long has handed it out all the time (secure-transport.md T9)."""
    first = alice.transport.bundle(NOW).signed_pre_keys[0].public
    away = NOW + 40 * DAY
    second = alice.transport.bundle(away).signed_pre_keys[0].public
    alice.transport.bundle(away + 30 * DAY)
    alice.transport.prune(away + 30 * DAY)
    assert alice.store.own_pre_key_named("alice-1", first) is not None
    third = alice.transport.bundle(away + 32 * DAY).signed_pre_keys[0].public
    alice.transport.prune(away + 32 * DAY)
    assert alice.store.own_pre_key_named("alice-1", first) is None
    assert alice.store.own_pre_key_named("alice-1", second) is not None
    assert alice.store.own_pre_key_named("alice-1", third) is not None


# those of others


def test_the_order_of_arrival_makes_no_difference() -> None:
    """secure-transport.md T5: the reference may end with the lowest version."""
    bundles = [
        (pre_key(1), 1, NOW),
        (pre_key(2), 2, NOW + 100),
        (pre_key(3), 2, NOW + 50),
        (pre_key(2), 2, NOW + 200),
        (pre_key(4), 1, NOW + 300),
    ]
    signed = [bob_signs(SignedPreKey("bob-1", public, version), at=at) for public, version, at in bundles]
    for arrivals in itertools.permutations(signed):
        alice = Party("alice-1")
        for bundle in arrivals:
            alice.transport.open(BOB.public_key, carrying(bundle), NOW)
        (installation,) = alice.transport.installations(BOB.public_key)
        assert (installation.pre_key, installation.pre_key_version) == (pre_key(2), 2)
        assert installation.pre_key_timestamp == int(NOW + 200) * NANO
        assert installation.timestamp == int(NOW + 300) * NANO


def test_a_bundle_is_verified_once(alice: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    recovered = []
    recover = PublicKey.recover

    def counting(digest: bytes, signature: bytes) -> PublicKey:
        recovered.append(signature)
        return recover(digest, signature)

    monkeypatch.setattr(PublicKey, "recover", counting)
    bundle = bob_signs(SignedPreKey("bob-1", pre_key(1), 1))
    for _ in range(3):
        assert alice.transport.open(BOB.public_key, carrying(bundle), NOW).rejected_bundles == ()
    assert recovered == [bundle.signature]


def test_what_is_known_is_not_written_again(alice: Party) -> None:
    bundle = bob_signs(SignedPreKey("bob-1", pre_key(1), 1))
    assert alice.transport.open(BOB.public_key, carrying(bundle), NOW).new_installations == ("bob-1",)
    before = alice.store.snapshot()
    assert alice.transport.open(BOB.public_key, carrying(bundle), NOW).new_installations == ()
    assert alice.store.snapshot() == before


def test_a_rolled_back_bundle_can_come_again(alice: Party) -> None:
    before = alice.store.snapshot()
    bundle = bob_signs(SignedPreKey("bob-1", pre_key(1), 1))
    alice.transport.open(BOB.public_key, carrying(bundle), NOW)
    alice.store.restore(before)
    assert alice.transport.open(BOB.public_key, carrying(bundle), NOW).new_installations == ("bob-1",)


def test_an_old_client_that_signs_no_timestamp_is_understood(alice: Party) -> None:
    bundle = Bundle.sign(BOB, [SignedPreKey("bob-1", pre_key(1), 0, 0)], 0)
    assert alice.transport.open(BOB.public_key, carrying(bundle), NOW).new_installations == ("bob-1",)


GOOD = SignedPreKey("bob-1", pre_key(1), 1)
SEVENTEEN = [SignedPreKey(f"bob-{number}", pre_key(1), 1) for number in range(17)]


def test_a_bad_bundle_does_not_keep_a_good_one_out(alice: Party) -> None:
    bad = replace(bob_signs(GOOD), signature=bytes(65))
    opened = alice.transport.open(BOB.public_key, carrying(bad, bob_signs(GOOD)), NOW)
    assert len(opened.rejected_bundles) == 1
    assert opened.new_installations == ("bob-1",)


def test_only_the_first_four_bundles_are_looked_at(alice: Party) -> None:
    bundles = [bob_signs(replace(GOOD, installation_id=f"bob-{number}")) for number in range(100)]
    opened = alice.transport.open(BOB.public_key, carrying(*bundles), NOW)
    assert opened.new_installations == ("bob-0", "bob-1", "bob-2", "bob-3")
    assert len(opened.rejected_bundles) == 1


def test_a_copied_prekey_harms_only_the_copyist(alice: Party) -> None:
    """secure-transport.md T3: Mallory lists Bob's prekey as her own."""
    bob, mallory = Party("bob-1"), Party("bob-1")
    stolen = bob.transport.bundle(NOW).signed_pre_keys
    alice.transport.open(
        mallory.identity.public_key, carrying(Bundle.sign(mallory.identity, stolen, int(NOW) * NANO)), NOW
    )
    alice.meets(bob)
    assert bob.receive(alice, alice.send(bob, b"for Bob").data).payload == b"for Bob"
    sealed = alice.send(mallory, b"for Mallory").data
    assert isinstance(bob.receive(alice, sealed).problem, Undecryptable)


def test_moved_digits_are_refused(alice: Party) -> None:
    """secure-transport.md T6: (version 3, timestamp 16…) signs the same bytes as (version 31, timestamp 6…)."""
    bundle = bob_signs(replace(GOOD, version=3))
    digits = str(bundle.timestamp)
    moved = replace(bundle, signed_pre_keys=(replace(GOOD, version=int(f"3{digits[0]}")),), timestamp=int(digits[1:]))
    assert moved.verify() == BOB.public_key
    assert len(alice.transport.open(BOB.public_key, carrying(moved), NOW).rejected_bundles) == 1


def test_a_verified_bundle_stays_although_the_message_cannot_be_opened(alice: Party) -> None:
    entry = DirectMessage(bytes(100), ratchet=RatchetHeader(pre_key(5), 0, 0), bundle_id=pre_key(6))
    data = ProtocolMessage("bob-1", (bob_signs(GOOD),), {"alice-1": entry}).encode()
    opened = alice.transport.open(BOB.public_key, data, NOW)
    assert opened.payload is None
    assert opened.new_installations == ("bob-1",)
    assert alice.send(Party("bob-1", identity=BOB), b"hello").installation_ids == ("bob-1",)


def test_sixteen_installations_are_remembered_the_longest_silent_go_first(alice: Party) -> None:
    for number in range(20):
        entry = SignedPreKey(f"bob-{number:02}", pre_key(1), 1)
        opened = alice.transport.open(BOB.public_key, carrying(bob_signs(entry, at=NOW + number)), NOW)
        assert opened.new_installations == (entry.installation_id,)
    known = [installation.installation_id for installation in alice.transport.installations(BOB.public_key)]
    assert known == [f"bob-{number:02}" for number in range(19, 3, -1)]
    opened = alice.transport.open(BOB.public_key, carrying(bob_signs(SignedPreKey("bob-00", pre_key(1), 1))), NOW)
    assert opened.new_installations == ()  # too long ago


def test_an_initial_message_to_a_prekey_that_is_gone(alice: Party, kind_of_store: str) -> None:
    bob = Party("bob-1", kind_of_store)
    bob.meets(alice)
    late = bob.send(alice, b"late").data
    alice.transport.bundle(NOW + 2 * DAY)
    alice.transport.prune(NOW + 40 * DAY)
    assert isinstance(alice.receive(bob, late).problem, UnknownPreKey)
