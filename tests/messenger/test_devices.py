"""One person, several devices: found, named, enabled, left out; and accounts that come back on a new device."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from pystatus.account.account import Account
from pystatus.account.mnemonic import new_phrase
from pystatus.datasync.config import FIRST_RETRY
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.decryption_failures import HEALING_TIME
from pystatus.messenger.events import DeviceFound, MessageReceived, MessageUndecryptable, RenewalReason
from pystatus.messenger.features.devices import DeviceNamed, Devices
from pystatus.messenger.records import MessageState
from pystatus.messenger.session_repair import FIRST_COOLDOWN
from pystatus.payloads.devices import PairInstallation
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.bundles import Bundle
from pystatus.secure_transport.config import DAY
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport import channels
from pystatus.transport.sealing import seal
from pystatus.waku.data import SymmetricKey, unseal
from pystatus.waku.envelope import Envelope
from pystatus.wire.proto import secure_transport_pb2
from tests.support.encryption_store import STORES
from tests.support.people import Network, Person


def enable(device: Person, other: str, enabled: bool = True) -> None:
    device.do(lambda: device.messenger.feature(Devices).set_enabled(other, enabled, device.network.now))


def enable_each_other(*devices: Person) -> None:
    for device in devices:
        for other in device.messenger.feature(Devices).all():
            if not other.is_this:
                enable(device, other.installation_id)


def pair(device: Person, name: str | None = None) -> None:
    device.do(lambda: device.messenger.feature(Devices).pair(name, device.network.now))


def installation_id(device: Person) -> str:
    return device.messenger.feature(Devices).all()[0].installation_id


@pytest.mark.requirement("ST-32")
def test_a_new_device_is_found_named_and_waits_for_approval(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)  # its contact code carries its bundle
    assert [event for event in phone.events if isinstance(event, DeviceFound)] == [DeviceFound(installation_id(laptop))]
    pair(laptop, "the laptop")

    assert DeviceNamed(installation_id(laptop), "the laptop", "desktop") in phone.events
    this, other = phone.messenger.feature(Devices).all()
    assert this.is_this
    assert (other.name, other.device_type, other.enabled) == ("the laptop", "desktop", False)
    assert not any(isinstance(event, (DeviceNamed, MessageUndecryptable)) for event in laptop.events)


@pytest.mark.requirement("ST-30", "ST-33", "ST-36")
def test_paired_devices_share_every_conversation(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    pair(phone)  # the laptop learns of the phone
    bob = network.add("bob")
    enable_each_other(phone, laptop)
    bob.say(bob.meet(phone), "are you there?")  # plain: bob knows no device of hers yet

    phone.say(bob.key.hex, "I am")  # its bundle names both devices
    bob.say(phone.key.hex, "and your laptop?")
    assert phone.heard == laptop.heard == ["are you there?", "and your laptop?"]

    sent = laptop.say(bob.key.hex, "here as well")
    assert bob.heard == ["I am", "here as well"]
    shown = [(message.text, message.state) for message in phone.store.messages(bob.key.hex, 10, None)]
    assert shown[0] == ("here as well", MessageState.SENT)
    assert phone.store.message(sent.id) is not None
    assert [chat.unread for chat in phone.store.chats()] == [2]  # our own words are not news


@pytest.mark.requirement("ST-34")
def test_a_disabled_device_is_left_out(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    pair(phone)
    bob = network.add("bob")
    enable_each_other(phone, laptop)
    bob.say(bob.meet(phone), "hello")
    phone.say(bob.key.hex, "one")
    assert len(laptop.store.messages(bob.key.hex, 10, None)) == 2
    enable(phone, installation_id(laptop), False)
    phone.say(bob.key.hex, "two")
    assert len(laptop.store.messages(bob.key.hex, 10, None)) == 2


def test_three_devices_and_no_more(network: Network) -> None:
    phone = network.add("phone")
    others = [network.add(name, identity=phone.identity) for name in ("laptop", "tablet", "fridge")]
    for other in others[:2]:
        enable(phone, installation_id(other))
    with pytest.raises(LocalError, match="At most 3 devices"):
        enable(phone, installation_id(others[2]))
    with pytest.raises(LocalError, match="the device that you are using"):
        enable(phone, installation_id(phone), False)
    with pytest.raises(LocalError, match="no known device"):
        enable(phone, "nobody")


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_a_device_needs_a_name_that_can_be_shown(network: Network, name: str) -> None:
    phone = network.add("phone")
    with pytest.raises(LocalError, match="device name"):
        pair(phone, name)


def test_the_last_name_of_a_device_counts(network: Network) -> None:
    """The one that arrives last, as in the reference; what came before is known by its envelope and changes nothing."""
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    network.now += 1
    pair(laptop, "first")
    network.now += 1
    pair(laptop, "second")
    late = network.envelopes[-2]
    phone.restart()
    phone.receive(late)
    assert phone.messenger.feature(Devices).all()[1].name == "second"


def test_a_device_is_renamed_on_itself_and_on_another_one(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    pair(phone)  # the laptop learns of the phone
    laptop.do(lambda: laptop.messenger.feature(Devices).rename("the laptop", network.now))
    assert phone.messenger.feature(Devices).all()[1].name == "the laptop"
    assert laptop.messenger.feature(Devices).all()[0].name == "the laptop"
    with pytest.raises(LocalError, match="device name"):
        laptop.do(lambda: laptop.messenger.feature(Devices).rename(" ", network.now))


def test_an_account_with_one_device_is_renamed_without_a_word(network: Network) -> None:
    phone = network.add("phone")
    before = len(network.envelopes)
    phone.do(lambda: phone.messenger.feature(Devices).rename("the phone", network.now))
    assert network.envelopes[before:] == []
    assert phone.messenger.feature(Devices).all()[0].name == "the phone"


def test_what_is_about_an_unknown_device_names_nothing(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    pair(laptop, "the laptop")
    events = list(phone.events)
    secure = SecureTransport(phone.identity, "a tool of hers", STORES["memory"](), os.urandom)
    introduction = PairInstallation(int(network.now * 1000), "nobody", "ios", "unknown")
    wrapped = wrap(introduction.encode(), PayloadType.PAIR_INSTALLATION, phone.identity)
    sealed = secure.seal_for_any_device(phone.key, wrapped, network.now)
    phone.receive(seal(channels.partitioned(phone.key), sealed.data, phone.identity, network.now, os.urandom))
    assert [event for event in phone.events[len(events) :] if isinstance(event, DeviceNamed)] == []
    assert {device.name for device in phone.messenger.feature(Devices).all()} == {"pystatus", "the laptop", ""}


def test_a_stranger_cannot_name_our_devices(network: Network) -> None:
    phone = network.add("phone")
    network.add("mallory")
    unknown = network.add("unknown", identity=phone.identity, online=False)
    network.holding = True
    unknown.connect()
    pair(unknown, "early")
    network.held.reverse()  # the introduction comes before anything by which the device could be known
    network.release()
    assert len(phone.messenger.feature(Devices).all()) == 2


@pytest.mark.requirement("ST-37")
def test_an_account_recovered_from_its_phrase_is_another_device(network: Network) -> None:
    """The old device finds it, nothing is shared with it until that is approved, and everything is from then on, also
    what was said before."""
    phrase = new_phrase(os.urandom)
    phone = network.add("phone", identity=Account.from_mnemonic(phrase).key)
    bob = network.add("bob")
    bob.say(bob.meet(phone), "hello")
    recovered = network.add("recovered", identity=Account.from_mnemonic(phrase).key)
    assert DeviceFound(installation_id(recovered)) in phone.events
    pair(phone)
    assert [(device.is_this, device.enabled) for device in phone.messenger.feature(Devices).all()] == [
        (True, True),
        (False, False),
    ]
    assert [(device.is_this, device.enabled) for device in recovered.messenger.feature(Devices).all()] == [
        (True, True),
        (False, False),
    ]
    phone.say(bob.key.hex, "from the phone alone")
    network.wait(5)
    assert "from the phone alone" not in [message.text for message in recovered.store.messages(bob.key.hex, 10, None)]
    enable_each_other(phone, recovered)
    phone.say(bob.key.hex, "from both")
    network.wait(5)
    shown = [message.text for message in recovered.store.messages(bob.key.hex, 10, None)]
    assert shown == ["from both", "from the phone alone", "hello"]


@pytest.mark.requirement("ST-38")
def test_a_message_for_a_device_that_is_gone_is_answered_with_the_bundle_of_the_one_that_is_there(
    network: Network,
) -> None:
    alice, old = network.add("alice"), network.add("old")
    alice.say(alice.meet(old), "hello")
    old.say(alice.key.hex, "hi")
    network.people.remove(old)
    old.close()
    new = network.add("new", identity=old.identity, online=False)
    new.meet(alice)
    alice.say(old.key.hex, "to the device that is gone")
    lost = network.envelopes[-1]
    network.envelopes.clear()
    network.holding = True
    new.connect()
    new.receive(lost)
    (answer,) = bundles_for(alice, network.envelopes)
    assert answer.entry(installation_id(new)) is not None
    assert answer == new.secure.bundle(network.now)


@pytest.mark.requirement("ST-38")
def test_a_message_begun_on_a_prekey_that_is_gone_is_answered_with_the_current_bundle(network: Network) -> None:
    """Who was away for longer than old prekeys are kept begins on one of those, and is put right at once."""
    alice, bob = network.add("alice"), network.add("bob", online=False)
    chat = alice.meet(bob)
    bob.connect()  # with the contact code that she listens to
    alice.disconnect()
    for days in (2, 40):
        network.now += days * DAY
        bob.tick(confirmed=True)
    network.now += 60  # the contact code of this moment has passed her by
    alice.connect()
    assert alice.say(chat, "I am back").forward_secrecy
    network.wait(2 * FIRST_RETRY)  # her first repetition is under the bundle that he answered with
    assert bob.heard == ["I am back"]


def bundles_for(person: Person, envelopes: list[Envelope]) -> list[Bundle]:
    """Those that came in direct messages to ``person``."""
    found: list[Bundle] = []
    for envelope in envelopes:
        with suppress(RemoteError):
            found += ProtocolMessage.decode(unseal(person.identity, envelope.data).payload).bundles
    return found


@pytest.mark.requirement("ST-39", "ST-53")
def test_an_account_that_lost_its_database_is_reached_again(network: Network) -> None:
    alice = network.add("alice")
    old = network.add("old")
    alice.say(alice.meet(old), "hello")
    old.say(alice.key.hex, "hi")
    alice.say(old.key.hex, "all is well")
    old.disconnect()
    network.people.remove(old)
    old.close()

    network.holding = True  # its contact code of today is lost
    new = network.add("new", identity=old.identity)
    new.meet(alice)
    network.held.clear()
    network.holding = False
    alice.say(old.key.hex, "is this still you?")
    # Its bundle reply brought Alice to send once more what nobody had acknowledged.
    assert new.heard == ["all is well", "is this still you?"]

    alice.say(old.key.hex, "once more")
    assert new.heard[-1] == "once more"
    received = [event.message for event in new.events if isinstance(event, MessageReceived)]
    assert all(message.forward_secrecy for message in received)
    new.say(alice.key.hex, "yes, from a new device")
    assert alice.heard == ["hi", "yes, from a new device"]
    network.wait(2 * HEALING_TIME)
    assert not any(isinstance(event, MessageUndecryptable) for event in new.events)


@pytest.mark.requirement("ST-53")
def test_a_profile_restored_from_a_backup_begins_anew_and_says_so(network: Network, tmp_path: Path) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "one")
    bob.say(alice.key.hex, "two")
    bob.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = (tmp_path / "bob.db").read_bytes()
    bob.say(alice.key.hex, "three, which the backup knows nothing of")
    old = installation_id(bob)
    bob.close()
    (tmp_path / "bob.db").write_bytes(backup)
    bob.reopen(renewal=RenewalReason.ASKED)

    assert installation_id(bob) != old
    bob.say(alice.key.hex, "four, from the restored one")
    alice.say(bob.key.hex, "five")
    assert alice.heard == ["two", "three, which the backup knows nothing of", "four, from the restored one"]
    assert bob.heard == ["one", "five"]


def test_a_bundle_reply_has_a_cooldown_that_survives_a_restart(network: Network) -> None:
    alice = network.add("alice")
    old = network.add("old")
    alice.say(alice.meet(old), "hello")
    old.say(alice.key.hex, "hi")
    network.people.remove(old)
    old.close()
    new = network.add("new", identity=old.identity, online=False)
    new.meet(alice)

    def replies_after(text: str) -> int:
        """How many bundle replies wait, since nothing leaves, when one more message did not open."""
        alice.say(old.key.hex, text)
        new.receive(network.envelopes[-1])
        new.restart()
        return sum(entry.target == alice.key.hex for entry in new.store.outbox())

    assert [replies_after("one"), replies_after("two"), replies_after("three")] == [1, 1, 1]
    network.now += FIRST_COOLDOWN
    assert [replies_after("four"), replies_after("five")] == [2, 2]
    network.now += FIRST_COOLDOWN
    assert replies_after("six") == 2  # twice as long this time
    network.now += FIRST_COOLDOWN
    assert replies_after("seven") == 3


def test_a_reply_that_helped_is_forgotten(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    for round_of_failures in range(2):
        for _ in range(3):
            alice.say(bob.key.hex, "damaged")
            bob.receive(damaged(network.envelopes[-1], alice, bob))
        alice.say(bob.key.hex, f"fine {round_of_failures}")
        assert bob.store.may_reply(alice.key, int(network.now), 10_000, 10_000)
        bob.store.forget_replies(alice.key)


def test_what_waits_is_sent_at_once_when_another_device_of_theirs_shows_itself(network: Network) -> None:
    alice, old = network.add("alice"), network.add("old")
    alice.say(alice.meet(old), "hello")
    old.say(alice.key.hex, "hi")
    network.wait(5)
    old.disconnect()
    network.people.remove(old)
    old.close()
    alice.say(old.key.hex, "for whom it may concern")
    network.wait(100)  # the next repetition is far away by now
    new = network.add("new", identity=old.identity)  # its contact code is the first that is heard of it
    network.wait(1)
    assert new.heard == ["for whom it may concern"]


def test_damaged_messages_are_answered_only_when_they_pile_up(network: Network) -> None:
    """One may be an accident; three in a row mean that the sender is in a state that we are not in."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    bob.disconnect()
    replies = []
    for number in range(4):
        alice.say(bob.key.hex, f"damaged {number}")
        bob.receive(damaged(network.envelopes[-1], alice, bob))
        replies.append(sum(entry.target == alice.key.hex for entry in bob.store.outbox()))
    assert replies == [1, 1, 2, 2]  # the first one is the answer above, which has not settled yet


def test_the_counts_of_failures_are_bounded(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.messenger.session_repair.MAX_COUNTED", 1)
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    for other in (bob, carol):
        alice.say(alice.meet(other), "hello")
        other.say(alice.key.hex, "hi")
    network.wait(1)  # by her acknowledgements they know that she can use the negotiated topics
    alice.disconnect()
    before = alice.store.outbox()
    for _ in range(3):
        for other in (bob, carol):  # each makes the other's count begin anew
            other.say(alice.key.hex, "damaged")
            alice.receive(damaged(network.envelopes[-1], other, alice))
    assert alice.store.outbox() == before


def damaged(envelope: Envelope, sender: Person, recipient: Person) -> Envelope:
    """The same message with a flipped bit in the ratchet's ciphertext, signed and sealed again by its sender."""
    channel = channels.negotiated(recipient.key, sender.identity.agree(recipient.key))
    assert isinstance(channel.key, SymmetricKey)
    message = secure_transport_pb2.ProtocolMessage.FromString(unseal(channel.key, envelope.data).payload)
    for entry in message.direct_message.values():
        entry.payload = entry.payload[:-1] + bytes([entry.payload[-1] ^ 1])
    return seal(channel, message.SerializeToString(), sender.identity, sender.network.now, os.urandom)
