"""Several devices, and the negotiated topic (secure-transport.md §6)."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import DAY
from pystatus.secure_transport.errors import NotForThisDevice
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.secure_transport import Kind
from tests.secure_transport.party import NOW, Party


@pytest.fixture
def alice(kind_of_store: str) -> Party:
    return Party("alice-1", kind_of_store)


@pytest.fixture
def devices(kind_of_store: str) -> list[Party]:
    """Bob's four devices."""
    first = Party("bob-1", kind_of_store)
    return [first, *(Party(f"bob-{number}", kind_of_store, identity=first.identity) for number in (2, 3, 4))]


def pair(one: Party, two: Party) -> None:
    """Both have heard of each other, and their owner has agreed on both."""
    one.meets(two)
    two.meets(one)
    one.transport.set_enabled(two.identity.public_key, two.name, True)
    two.transport.set_enabled(one.identity.public_key, one.name, True)


def ids(bundle: Bundle) -> list[str]:
    return [entry.installation_id for entry in bundle.signed_pre_keys]


# those of a contact


@pytest.mark.requirement("ST-35", "ST-36")
def test_a_message_goes_to_the_three_devices_that_spoke_last(alice: Party, devices: list[Party]) -> None:
    for number, device in enumerate(devices):
        device.now += number
        alice.meets(device)
    assert alice.send(devices[0], b"x").installation_ids == ("bob-4", "bob-3", "bob-2")
    devices[0].now += 10_000  # the first one speaks again and pushes the longest silent one out
    alice.meets(devices[0])
    sealed = alice.send(devices[0], b"for all")
    assert sealed.installation_ids == ("bob-1", "bob-4", "bob-3")
    for device in devices:
        opened = device.receive(alice, sealed.data)
        if device.name == "bob-2":
            assert isinstance(opened.problem, NotForThisDevice)
        else:
            assert opened.payload == b"for all"


def test_equal_activity_is_decided_by_the_installation_id(alice: Party, devices: list[Party]) -> None:
    entries = [
        SignedPreKey(device.name, device.transport.bundle(NOW).signed_pre_keys[0].public, 1) for device in devices
    ]
    bundle = Bundle.sign(devices[0].identity, entries, int(NOW) * 10**9)
    alice.transport.open(bundle.verify(), ProtocolMessage("bob-1", (bundle,), public=b"x").encode(), NOW)
    assert alice.send(devices[0], b"x").installation_ids == ("bob-1", "bob-2", "bob-3")


def test_a_device_that_was_switched_off_gets_nothing(alice: Party, devices: list[Party]) -> None:
    one, two = devices[:2]
    alice.meets(one)
    alice.meets(two)
    alice.transport.set_enabled(one.identity.public_key, "bob-1", False)
    assert alice.send(one, b"x").installation_ids == ("bob-2",)
    alice.meets(one)  # speaking does not switch it on again
    assert alice.send(one, b"x").installation_ids == ("bob-2",)
    alice.transport.set_enabled(one.identity.public_key, "bob-2", False)
    assert not alice.send(one, b"x").forward_secrecy
    alice.transport.set_enabled(one.identity.public_key, "bob-1", True)
    assert alice.send(one, b"x").installation_ids == ("bob-1",)


@pytest.mark.requirement("ST-51")
def test_a_message_to_any_device_is_opened_by_every_device(alice: Party, devices: list[Party]) -> None:
    sealed = alice.send(devices[0], b"whoever of you is awake")  # no device of Bob's is known
    assert list(ProtocolMessage.decode(sealed.data).direct) == ["none"]
    for device in devices:
        opened = device.receive(alice, sealed.data)
        assert (opened.payload, opened.kind) == (b"whoever of you is awake", Kind.ANY_DEVICE)


# our own


@pytest.mark.requirement("ST-30", "ST-34", "ST-36")
def test_own_devices_wait_to_be_enabled(devices: list[Party]) -> None:
    one, two = devices[:2]
    opened = one.receive(two, two.transport.seal_for_any_device(two.identity.public_key, b"pair me", NOW).data)
    assert (opened.payload, opened.new_installations) == (b"pair me", ("bob-2",))
    assert not one.transport.has_paired_devices()
    assert ids(one.transport.bundle(NOW)) == ["bob-1"]
    assert one.send(one, b"to myself").installation_ids == ()
    one.transport.set_enabled(one.identity.public_key, "bob-2", True)
    assert one.transport.has_paired_devices()
    assert ids(one.transport.bundle(NOW)) == ["bob-1", "bob-2"]
    assert one.transport.bundle(NOW).verify() == one.identity.public_key
    sealed = one.send(one, b"to myself")
    assert sealed.installation_ids == ("bob-2",)
    assert two.receive(one, sealed.data).payload == b"to myself"
    assert isinstance(one.refuse(one, sealed.data), NotForThisDevice)  # our own echo on the negotiated topic
    one.transport.set_enabled(one.identity.public_key, "bob-2", False)
    assert ids(one.transport.bundle(NOW)) == ["bob-1"]


@pytest.mark.requirement("ST-32")
def test_three_own_devices_are_the_limit(devices: list[Party]) -> None:
    one, *others = devices
    for device in others:
        one.meets(device)
    one.transport.set_enabled(one.identity.public_key, "bob-2", True)
    one.transport.set_enabled(one.identity.public_key, "bob-3", True)
    one.transport.set_enabled(one.identity.public_key, "bob-3", True)  # as it is: no matter
    with pytest.raises(LocalError, match="At most 3 devices"):
        one.transport.set_enabled(one.identity.public_key, "bob-4", True)
    with pytest.raises(LocalError, match="no known device"):
        one.transport.set_enabled(one.identity.public_key, "bob-5", True)
    assert ids(one.transport.bundle(NOW)) == ["bob-1", "bob-2", "bob-3"]


def test_a_bundle_follows_the_paired_devices_prekey(alice: Party, devices: list[Party]) -> None:
    one, two = devices[:2]
    pair(one, two)
    before = one.transport.bundle(NOW)
    two.now = one.now = NOW + DAY - 1  # the prekey of the one is still fresh; that of the other is not
    two.transport.bundle(NOW + DAY)
    two.now = NOW + DAY
    one.meets(two)
    after = one.transport.bundle(NOW + DAY - 1)
    assert [entry.version for entry in before.signed_pre_keys] == [1, 1]
    assert [entry.version for entry in after.signed_pre_keys] == [1, 2]
    alice.meets(one)
    assert two.receive(alice, alice.send(one, b"x").data).payload == b"x"


@pytest.mark.requirement("ST-30")
def test_a_paired_device_is_announced_to_contacts(alice: Party, devices: list[Party]) -> None:
    one, two = devices[:2]
    pair(one, two)
    alice.meets(one)
    sealed = alice.send(one, b"for both")
    assert sealed.installation_ids == ("bob-1", "bob-2")
    for device in (one, two):
        opened = device.receive(alice, sealed.data)
        assert (opened.payload, opened.kind) == (b"for both", Kind.RATCHET)
    answer = two.send(alice, b"from the second device")
    assert alice.receive(two, answer.data).payload == b"from the second device"


# the negotiated topic


@pytest.mark.requirement("ST-42", "WU-21")
def test_the_topic_is_agreed_when_every_device_has_answered(alice: Party, devices: list[Party]) -> None:
    one, two = devices[:2]
    pair(one, two)
    alice.meets(one)
    secret = alice.identity.agree(one.identity.public_key)
    sealed = alice.send(one, b"1")
    assert (sealed.shared_secret, sealed.agreed) == (secret, False)
    for device in (one, two):
        assert device.receive(alice, sealed.data).new_shared_secret == secret
        answer = device.send(alice, b"2")
        assert (answer.shared_secret, answer.agreed) == (secret, True)
        assert not alice.send(one, b"3").agreed
        opened = alice.receive(device, answer.data)
        assert opened.payload == b"2"
        assert opened.new_shared_secret is None  # known since the first message went out
    assert alice.send(one, b"4").agreed


def test_secrets_are_listened_to_after_a_restart(alice: Party, devices: list[Party]) -> None:
    bob = devices[0]
    assert list(alice.transport.shared_secrets()) == []
    alice.send(bob, b"x")  # even without a bundle: the answer may come on that topic
    (secret,) = alice.restarted().shared_secrets()
    assert (secret.peer, secret.secret) == (bob.identity.public_key, alice.identity.agree(bob.identity.public_key))


def test_a_pairing_message_or_advertisement_lets_the_answer_come_on_the_negotiated_topic(
    alice: Party, devices: list[Party]
) -> None:
    """Its recipient sees by it that we can negotiate, and answers there; so we have to listen there."""
    bob = devices[0]
    sealed = alice.transport.seal_for_any_device(bob.identity.public_key, b"", NOW)
    assert bob.receive(alice, sealed.data).problem is None
    assert bob.send(alice, b"found you").agreed
    (secret,) = alice.transport.shared_secrets()
    assert sealed.shared_secret == secret.secret == alice.identity.agree(bob.identity.public_key)


def test_a_device_that_speaks_is_active_whatever_its_bundle_says(alice: Party, devices: list[Party]) -> None:
    """Bundles are signed once an hour; a device that speaks now comes before one that only signed later."""
    bob, other = devices[:2]
    for device in (bob, other):
        alice.meets(device)
        device.meets(alice)
    later = NOW + 1_800
    for party in (alice, bob, other):
        party.now = later
    assert alice.receive(bob, bob.send(alice, b"I am here").data).payload == b"I am here"
    first = alice.transport.installations(bob.identity.public_key)[0]
    assert (first.installation_id, first.timestamp) == (bob.name, int(later * 1e9))


@pytest.mark.parametrize("lists", ["another version", "another device", "nothing"])
def test_a_sender_whose_bundle_does_not_say_so_cannot_negotiate(alice: Party, devices: list[Party], lists: str) -> None:
    bob = devices[0]
    alice.meets(bob)
    bob.meets(alice)
    message = ProtocolMessage.decode(bob.send(alice, b"x").data)
    (entry,) = bob.transport.bundle(NOW).signed_pre_keys
    changed = {
        "another version": SignedPreKey(entry.installation_id, entry.public, entry.version, 0),
        "another device": SignedPreKey("bob-9", entry.public, entry.version),
    }
    bundles = (Bundle.sign(bob.identity, [changed[lists]], int(NOW) * 10**9),) if lists in changed else ()
    data = ProtocolMessage("bob-1", bundles, message.direct).encode()
    opened = alice.receive(bob, data)
    assert opened.payload == b"x"
    assert opened.new_shared_secret is None
    assert list(alice.transport.shared_secrets()) == []
    assert not alice.send(bob, b"y").agreed


def test_a_device_that_is_remembered_no_more_does_not_negotiate(alice: Party, devices: list[Party]) -> None:
    """Its bundle is older than those of the sixteen that are known: the message opens, the rest is left."""
    bob = devices[0]
    bob.meets(alice)
    old = bob.send(alice, b"old").data
    entries = [
        SignedPreKey(f"new-{number}", alice.transport.bundle(NOW).signed_pre_keys[0].public, 1) for number in range(16)
    ]
    newer = Bundle.sign(bob.identity, entries, int(NOW + 10) * 10**9)
    alice.transport.open(bob.identity.public_key, ProtocolMessage("bob-1", (newer,), public=b"x").encode(), NOW)
    opened = alice.receive(bob, old)
    assert opened.payload == b"old"
    assert opened.new_installations == ()
