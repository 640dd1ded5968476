"""Sessions: begun, confirmed, chosen, kept and given up (secure-transport.md §3, §4, T2, T4, T10; A31 to A37)."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.secure_transport import config, sessions
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import DAY, EncryptionConfig
from pystatus.secure_transport.errors import (
    DuplicateMessage,
    NoPayload,
    NotForThisDevice,
    TooManySkipped,
    Undecryptable,
    UnknownPreKey,
)
from pystatus.secure_transport.messages import ANY_DEVICE, DirectMessage, ProtocolMessage, X3dhHeader
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.secure_transport.secure_transport import Kind, SecureTransport
from tests.secure_transport.party import NOW, Party
from tests.support.randomness import QueuedRandom

SOME_KEY = PrivateKey(b"\x07" * 32).public_key.compressed


@pytest.fixture
def alice(kind_of_store: str) -> Party:
    return Party("alice-1", kind_of_store)


@pytest.fixture
def bob(kind_of_store: str) -> Party:
    return Party("bob-1", kind_of_store)


def entry_of(data: bytes) -> DirectMessage:
    """The only ciphertext in a message."""
    (entry,) = ProtocolMessage.decode(data).direct.values()
    return entry


def with_entry(data: bytes, entry: DirectMessage) -> bytes:
    message = ProtocolMessage.decode(data)
    return replace(message, direct=dict.fromkeys(message.direct, entry)).encode()


def damaged(payload: bytes) -> bytes:
    """With another last byte."""
    return payload[:-1] + bytes([payload[-1] ^ 1])


def exchange(sender: Party, receiver: Party, payload: bytes) -> DirectMessage:
    data = sender.send(receiver, payload).data
    opened = receiver.receive(sender, data)
    assert opened.payload == payload
    assert opened.kind is Kind.RATCHET
    return entry_of(data)


# beginning


@pytest.mark.requirement("ST-23")
def test_without_a_bundle_any_device_can_open(alice: Party, bob: Party) -> None:
    one, two = alice.send(bob, b"hello"), alice.send(bob, b"hello")
    assert entry_of(one.data) != entry_of(two.data)
    for sealed in (one, two):
        assert sealed.installation_ids == ()
        assert not sealed.forward_secrecy
        assert not sealed.agreed
        assert set(ProtocolMessage.decode(sealed.data).direct) == {ANY_DEVICE}
        opened = bob.receive(alice, sealed.data)
        assert (opened.payload, opened.kind, opened.new_installations) in [
            (b"hello", Kind.ANY_DEVICE, ("alice-1",)),
            (b"hello", Kind.ANY_DEVICE, ()),
        ]
    assert isinstance(bob.refuse(alice, one.data), DuplicateMessage)


def test_a_bundle_advertisement_has_an_empty_payload(alice: Party, bob: Party) -> None:
    sealed = alice.transport.seal_for_any_device(bob.identity.public_key, b"", NOW)
    opened = bob.receive(alice, sealed.data)
    assert (opened.payload, opened.kind, opened.problem) == (b"", Kind.ANY_DEVICE, None)
    assert bob.send(alice, b"now I know you").forward_secrecy


@pytest.mark.requirement("ST-20", "ST-26", "ST-49")
def test_the_x3dh_header_is_repeated_until_something_comes_back(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    lost = entry_of(alice.send(bob, b"lost").data)
    assert lost.x3dh is not None
    assert lost.x3dh.bundle_id == lost.bundle_id == bob.transport.bundle(NOW).signed_pre_keys[0].public
    second = exchange(alice, bob, b"second")
    assert second.x3dh == lost.x3dh
    assert second.ratchet == RatchetHeader(lost.ratchet.key if lost.ratchet else b"", 1, 0)
    answer = exchange(bob, alice, b"answer")
    assert answer.x3dh is None
    assert answer.bundle_id == lost.bundle_id
    third = exchange(alice, bob, b"third")
    assert third.x3dh is None
    assert third.ratchet is not None
    assert (third.ratchet.n, third.ratchet.pn) == (0, 2)


@pytest.mark.requirement("ST-49")
def test_a_damaged_answer_does_not_end_the_repetition(alice: Party, bob: Party) -> None:
    """secure-transport.md T10: the reference clears the ephemeral key before it has decrypted."""
    alice.meets(bob)
    exchange(alice, bob, b"first")
    answer = bob.send(alice, b"answer").data
    entry = entry_of(answer)
    assert isinstance(alice.refuse(bob, with_entry(answer, replace(entry, payload=bytes(100)))), Undecryptable)
    assert entry_of(alice.send(bob, b"second").data).x3dh is not None
    assert alice.receive(bob, answer).payload == b"answer"


def test_a_damaged_first_message_leaves_no_session(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    data = alice.send(bob, b"first").data
    bob.meets(alice)
    entry = entry_of(data)
    bob.refuse(alice, with_entry(data, replace(entry, payload=damaged(entry.payload))))
    assert bob.sessions(alice, entry.bundle_id) == []
    assert bob.receive(alice, data).payload == b"first"


@pytest.mark.requirement("ST-26")
def test_the_conversation_goes_on_after_restarts(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    bundle_ids = set()
    for number in range(4):
        bundle_ids.add(exchange(alice, bob, b"a%d" % number).bundle_id)
        alice.restarted()
        bundle_ids.add(exchange(bob, alice, b"b%d" % number).bundle_id)
        bob.restarted()
    assert len(bundle_ids) == 1


def test_what_is_rolled_back_has_not_happened(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    before = alice.store.snapshot()
    alice.send(bob, b"never left")
    alice.store.restore(before)
    data = alice.send(bob, b"first").data
    before = bob.store.snapshot()
    for _ in range(2):
        bob.store.restore(before)
        opened = bob.receive(alice, data)
        assert (opened.payload, opened.new_installations) == (b"first", ("alice-1",))
        assert opened.new_shared_secret == bob.identity.agree(alice.identity.public_key)
    assert isinstance(bob.refuse(alice, data), DuplicateMessage)


def test_a_restored_backup_uses_no_session_again(alice: Party, bob: Party) -> None:
    """secure-transport.md A7: it takes a new installation id, and with it begins anew; whom it knows it still knows."""
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    old = entry_of(alice.send(bob, b"3").data)
    restored = Party("alice-2", alice.kind_of_store, identity=alice.identity)
    restored.store.restore(alice.store.snapshot())
    data = restored.send(bob, b"4").data
    new = entry_of(data)
    assert new.x3dh is not None
    assert new.x3dh.key != (old.x3dh.key if old.x3dh else b"")
    assert restored.sessions(bob, old.bundle_id) == restored.sessions(bob, new.bundle_id)
    assert len(restored.sessions(bob, new.bundle_id)) == 1
    assert restored.store.own_pre_key("alice-1") is None
    opened = bob.receive(restored, data)
    assert (opened.payload, opened.new_installations) == (b"4", ("alice-2",))


# choosing


def test_a_crossed_peer_that_never_converges_is_still_understood(alice: Party, bob: Party) -> None:
    """The reference goes on sending in the session that it began itself; we go on in that one, too."""
    for _ in range(8):  # whichever of the two sessions has the lower key
        alice, bob = Party("alice-1", alice.kind_of_store), Party("bob-1", alice.kind_of_store)
        alice.meets(bob)
        bob.meets(alice)
        from_alice, from_bob = alice.send(bob, b"from Alice").data, [bob.send(alice, b"%d" % n).data for n in range(3)]
        for number, data in enumerate(from_bob):
            assert alice.receive(bob, data).payload == b"%d" % number
            assert entry_of(alice.send(bob, b"x").data).bundle_id == entry_of(from_bob[0]).bundle_id
        assert bob.receive(alice, from_alice).payload == b"from Alice"


@pytest.mark.requirement("ST-28", "ST-29")
def test_a_new_prekey_of_the_peer_begins_a_new_session(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    old = exchange(alice, bob, b"1").bundle_id
    exchange(bob, alice, b"2")
    late = alice.send(bob, b"late").data
    bob.now = alice.now = NOW + DAY
    alice.meets(bob)
    new = exchange(alice, bob, b"3")
    assert new.bundle_id != old
    assert new.x3dh is not None
    assert bob.receive(alice, late).payload == b"late"  # on the old one, as ever
    assert exchange(bob, alice, b"4").bundle_id == new.bundle_id


def test_a_session_on_our_replaced_prekey_is_not_used_for_sending(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    bob.meets(alice)
    old = exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    bob.now = NOW + DAY
    data = bob.send(alice, b"3").data
    assert entry_of(data).bundle_id != old.bundle_id
    assert entry_of(data).x3dh is not None
    assert alice.receive(bob, data).payload == b"3"


def test_an_initiator_that_has_lost_its_sessions_can_begin_again(alice: Party, bob: Party) -> None:
    """secure-transport.md §3.5: on the same prekey of ours, with another ephemeral key. The reference would fail until
    it is replaced."""
    alice.meets(bob)
    first = alice.send(bob, b"before").data
    bundle_id = entry_of(first).bundle_id
    assert bob.receive(alice, first).payload == b"before"
    late = alice.send(bob, b"late").data

    again = Party("alice-1", identity=alice.identity)
    again.meets(bob)
    begun_anew = again.send(bob, b"after").data
    assert bob.receive(again, begun_anew).payload == b"after"
    assert len(bob.sessions(alice, bundle_id)) == 2
    assert bob.receive(alice, late).payload == b"late"
    for data in (first, late, begun_anew):
        assert isinstance(bob.refuse(alice, data), DuplicateMessage)


def test_a_message_without_x3dh_header_finds_its_session_among_several(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    twins = [Party("alice-1", identity=alice.identity) for _ in range(3)]
    for twin in twins:
        twin.meets(bob)
        assert bob.receive(twin, twin.send(bob, b"hello").data).payload == b"hello"
        bob.now += 1
    for twin in twins:
        data = twin.send(bob, b"again").data
        assert bob.receive(twin, with_entry(data, replace(entry_of(data), x3dh=None))).payload == b"again"
        assert isinstance(bob.refuse(twin, with_entry(data, replace(entry_of(data), x3dh=None))), DuplicateMessage)


# strangers


@pytest.mark.requirement("ST-19")
def test_who_signed_the_envelope_is_the_identity_of_x3dh(alice: Party, bob: Party) -> None:
    """It is not in the message itself: there it would have to be believed."""
    mallory = Party("alice-1")
    alice.meets(bob)
    data = replace(ProtocolMessage.decode(alice.send(bob, b"secret").data), bundles=()).encode()
    assert alice.identity.public_key.x.to_bytes(32, "big") not in data
    assert isinstance(bob.refuse(mallory, data), Undecryptable)
    assert bob.receive(alice, data).payload == b"secret"


@pytest.mark.requirement("ST-2")
def test_what_two_people_are_promised(alice: Party, bob: Party) -> None:
    """Confidentiality, authenticity, integrity, and forward secrecy: what was read is lost with its keys."""
    mallory = Party("bob-1")
    alice.meets(bob)
    data = alice.send(bob, b"between us").data
    assert b"between us" not in data
    assert mallory.receive(alice, data).payload is None
    assert bob.receive(mallory, data).payload is None
    entry = entry_of(data)
    for position in range(len(entry.payload)):
        altered = bytearray(entry.payload)
        altered[position] ^= 1
        assert bob.receive(alice, with_entry(data, replace(entry, payload=bytes(altered)))).payload is None
    assert bob.receive(alice, data).payload == b"between us"

    # Somebody gets hold of everything that Bob has, after the prekey of that day was replaced and given up.
    exchange(bob, alice, b"answer")
    exchange(alice, bob, b"another")
    bob.transport.bundle(NOW + DAY)
    bob.transport.prune(NOW + 40 * DAY)
    thief = Party("bob-1", bob.kind_of_store, identity=bob.identity)
    thief.store.restore(bob.store.snapshot())
    assert isinstance(thief.receive(alice, data).problem, DuplicateMessage)
    without_x3dh = with_entry(data, replace(entry, x3dh=None))
    assert thief.receive(alice, without_x3dh).payload is None
    anew = X3dhHeader(SOME_KEY, entry.bundle_id)  # not even by doing X3DH again: that prekey is gone
    assert isinstance(thief.receive(alice, with_entry(data, replace(entry, x3dh=anew))).problem, UnknownPreKey)


def test_somebody_elses_ciphertext_is_not_opened(alice: Party, bob: Party) -> None:
    mallory = Party("mallory-1")
    alice.meets(bob)
    data = alice.send(bob, b"secret").data
    relayed = replace(ProtocolMessage.decode(data), bundles=()).encode()
    assert isinstance(bob.refuse(mallory, relayed), Undecryptable)


# what cannot be opened


def test_messages_for_others_and_for_nobody(alice: Party, bob: Party) -> None:
    bob.meets(alice)
    other_device = Party("bob-2", identity=bob.identity)
    alice.meets(other_device)
    for_other = alice.send(bob, b"for the other device").data
    assert isinstance(bob.refuse(alice, for_other), NotForThisDevice)
    assert isinstance(bob.refuse(alice, ProtocolMessage("alice-1").encode()), NoPayload)
    opened = bob.receive(alice, for_other)
    assert opened.kind is Kind.NONE


def test_a_public_payload_goes_before_a_direct_one(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    message = ProtocolMessage.decode(alice.send(bob, b"direct").data)
    opened = bob.receive(alice, replace(message, public=b"public").encode())
    assert (opened.payload, opened.kind) == (b"public", Kind.PUBLIC)


@pytest.mark.parametrize("installation_id", ["", "x" * 65])
def test_a_session_cannot_be_begun_without_a_proper_installation_id(
    alice: Party, bob: Party, installation_id: str
) -> None:
    alice.meets(bob)
    bob.meets(alice)
    message = ProtocolMessage.decode(alice.send(bob, b"x").data)
    assert isinstance(bob.refuse(alice, replace(message, installation_id=installation_id).encode()), Undecryptable)


@pytest.mark.parametrize("installation_id", ["", "x" * 65, ANY_DEVICE])
def test_our_own_installation_id_has_to_be_a_proper_one(bob: Party, installation_id: str) -> None:
    with pytest.raises(LocalError):
        SecureTransport(bob.identity, installation_id, bob.store, QueuedRandom())


def test_what_is_no_protocol_message_is_a_remote_error(alice: Party, bob: Party) -> None:
    crowd = {f"device-{number}": DirectMessage(b"") for number in range(129)}
    for data in (b"\xff", b"\x12\x01\xff", ProtocolMessage("alice-1", direct=crowd).encode()):
        with pytest.raises(RemoteError):
            bob.receive(alice, data)


def test_the_negative_of_a_key_does_not_make_a_message_new(alice: Party, bob: Party) -> None:
    """It agrees with everybody on the same secret, and neither X3DH nor plain DH authenticates it."""
    plain = alice.send(bob, b"plain").data
    alice.meets(bob)
    first = alice.send(bob, b"first").data

    def negative(key: bytes) -> bytes:
        return bytes([key[0] ^ 1]) + key[1:]

    dh_key, x3dh_header = entry_of(plain).dh_key, entry_of(first).x3dh
    assert dh_key is not None
    assert x3dh_header is not None
    twins = {
        plain: with_entry(plain, replace(entry_of(plain), dh_key=negative(dh_key))),
        first: with_entry(first, replace(entry_of(first), x3dh=replace(x3dh_header, key=negative(x3dh_header.key)))),
    }
    for data, twin in twins.items():
        assert bob.receive(alice, data).payload is not None
        assert isinstance(bob.refuse(alice, twin), DuplicateMessage)


# late, repeated and lost messages


def test_a_thousand_skipped_messages_are_the_limit(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    bob.meets(alice)
    messages = [alice.send(bob, b"%d" % number).data for number in range(1_002)]
    assert isinstance(bob.refuse(alice, messages[1_001]), TooManySkipped)
    assert bob.receive(alice, messages[1_000]).payload == b"1000"
    assert bob.receive(alice, messages[1_001]).payload == b"1001"
    assert bob.receive(alice, messages[0]).payload == b"0"
    entry = entry_of(messages[1])
    tampered = with_entry(messages[1], replace(entry, payload=damaged(entry.payload)))
    assert isinstance(bob.refuse(alice, tampered), Undecryptable)
    assert bob.receive(alice, messages[1]).payload == b"1"


@pytest.mark.requirement("ST-48")
def test_two_thousand_keys_are_kept_for_a_session(kind_of_store: str) -> None:
    alice = Party("alice-1", kind_of_store)
    bob = Party("bob-1", kind_of_store, config=EncryptionConfig(max_skip=100_000, key_window=100_000))
    alice.meets(bob)
    messages = [alice.send(bob, b"%d" % number).data for number in range(2_002)]
    assert bob.receive(alice, messages[2_001]).payload == b"2001"  # 2001 are missing
    assert isinstance(bob.refuse(alice, messages[0]), DuplicateMessage)
    assert bob.receive(alice, messages[1]).payload == b"1"


@pytest.mark.requirement("ST-48")
def test_a_skipped_key_lives_for_three_thousand_messages(kind_of_store: str) -> None:
    alice = Party("alice-1", kind_of_store)
    bob = Party("bob-1", kind_of_store)
    alice.meets(bob)
    first, second, *others = (alice.send(bob, b"%d" % number).data for number in range(3_001))
    for number, data in enumerate(others[:-1], 2):
        assert bob.receive(alice, data).payload == b"%d" % number
    assert isinstance(bob.refuse(alice, first), DuplicateMessage)
    before = bob.store.snapshot()
    assert bob.receive(alice, second).payload == b"1"
    bob.store.restore(before)
    assert bob.receive(alice, others[-1]).payload == b"3000"
    assert isinstance(bob.refuse(alice, second), DuplicateMessage)


def test_the_window_holds_even_where_nothing_was_cleared_away(alice: Party, bob: Party) -> None:
    """A smaller window after an update of the program: what is outside is gone, though it is still in the store."""
    alice.meets(bob)
    first, *others = (alice.send(bob, b"%d" % number).data for number in range(12))
    for data in others:
        assert bob.receive(alice, data).payload is not None
    bob.config = EncryptionConfig(key_window=10)
    bob.restarted()
    assert isinstance(bob.refuse(alice, first), DuplicateMessage)


def test_the_least_recently_used_sessions_are_given_up(
    alice: Party, bob: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """secure-transport.md T15: somebody who begins a new session again and again."""
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    assert config.MAX_SESSIONS >= 100
    alice.meets(bob)
    twins = [Party("alice-1", identity=alice.identity) for _ in range(4)]
    late = []
    for twin in twins:
        twin.meets(bob)
        late.append(twin.send(bob, b"late").data)
        assert bob.receive(twin, twin.send(bob, b"hello").data).payload == b"hello"
        bob.now += 1
    bundle_id = entry_of(late[0]).bundle_id
    assert len(bob.sessions(alice, bundle_id)) == 3
    assert bob.receive(alice, late[3]).payload == b"late"
    bob.now -= 100  # a clock that goes back does not make a new session the oldest
    newcomer = Party("alice-1", identity=alice.identity)
    newcomer.meets(bob)
    exchange(newcomer, bob, b"first")
    exchange(newcomer, bob, b"second")


def test_many_plain_dh_messages_are_remembered_up_to_a_limit(
    alice: Party, bob: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pystatus.secure_transport.secure_transport.MAX_EPHEMERALS", 2)
    messages = [alice.send(bob, b"%d" % number).data for number in range(3)]
    for number, data in enumerate(messages):
        assert bob.receive(alice, data).payload == b"%d" % number
    assert isinstance(bob.refuse(alice, messages[1]), DuplicateMessage)
    assert bob.receive(alice, messages[0]).payload == b"0"
    bob.transport.prune(NOW + 40 * DAY)
    assert bob.receive(alice, messages[2]).payload == b"2"


def test_a_small_bundle_of_an_unknown_curve_point_never_gets_into_a_session(alice: Party) -> None:
    """Sealing uses only prekeys that were checked when they were stored."""
    bob = PrivateKey.generate(os.urandom)
    bundle = Bundle.sign(bob, [SignedPreKey("bob-1", b"\x02" + b"\xff" * 32, 1)], int(NOW) * 10**9)
    alice.transport.open(bob.public_key, ProtocolMessage("bob-1", (bundle,), public=b"x").encode(), NOW)
    assert not alice.transport.seal_direct(bob.public_key, b"x", NOW).forward_secrecy
