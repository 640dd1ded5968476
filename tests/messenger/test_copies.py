"""A profile that exists twice becomes two devices: how that is noticed, what is no copy, and what comes of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pystatus.datasync.codec import Payload
from pystatus.messenger.copies import RENEWAL_INTERVAL, SUSPICION_INTERVAL
from pystatus.messenger.events import CopySuspected, DeviceFound, DeviceRenewed, RenewalReason
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.registry import Features
from pystatus.messenger.records import SEEN_RETENTION, MessageState
from pystatus.secure_transport import ratchet
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport import channels
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import seal
from pystatus.waku.envelope import Envelope
from tests.messenger.test_devices import enable_each_other, installation_id, pair
from tests.support.encryption_store import STORES
from tests.support.people import Network, Person


@pytest.fixture
def alice(network: Network) -> Person:
    return network.add("alice")


@pytest.fixture
def bob(network: Network, alice: Person) -> Person:
    """Alice and Bob write to each other on the topic that they have agreed on."""
    bob = network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    alice.say(bob.key.hex, "all is well")
    network.wait(60)
    return bob


@pytest.fixture
def message_keys(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The chain keys that messages were encrypted with, which determine their message keys."""
    used: list[bytes] = []
    encrypt = ratchet.encrypt

    def recording(state: ratchet.RatchetState, plaintext: bytes) -> object:
        used.append(state.sending_key)
        return encrypt(state, plaintext)

    monkeypatch.setattr(ratchet, "encrypt", recording)
    return used


def backup(person: Person) -> bytes:
    """The database as it is."""
    person.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return person.path.read_bytes()


def put_back(person: Person, database: bytes, renewal: RenewalReason | None) -> None:
    """Its database is another one. ``renewal`` is what was found out about that when it was opened."""
    person.close()
    person.path.write_bytes(database)
    person.reopen(renewal=renewal)


def clone(network: Network, person: Person) -> Person:
    """A copy of the whole machine, of which nothing can be seen when the profile is opened."""
    copy = network.add(f"{person.name}'s twin", identity=person.identity, online=False)
    put_back(copy, backup(person), None)
    copy.events.clear()
    copy.connect()
    return copy


def renewals(person: Person) -> list[RenewalReason]:
    return [event.reason for event in person.events if isinstance(event, DeviceRenewed)]


def suspicions(person: Person) -> list[CopySuspected]:
    return [event for event in person.events if isinstance(event, CopySuspected)]


# two copies at the same time


def test_of_two_copies_the_one_that_hears_the_other_becomes_a_device_of_its_own(
    network: Network, alice: Person, bob: Person
) -> None:
    network.wait(60)
    for envelope in list(network.envelopes):
        alice.expire(envelope)  # so that the twin has nothing of hers to send
    twin = clone(network, alice)
    before = installation_id(alice)
    assert installation_id(twin) == before
    alice.say(bob.key.hex, "from alice")
    assert renewals(twin) == [RenewalReason.USED_ELSEWHERE]
    assert installation_id(alice) == before != installation_id(twin)
    twin.say(bob.key.hex, "from her twin")
    bob.say(alice.key.hex, "to both")
    network.wait(60)
    assert bob.heard[-2:] == ["from alice", "from her twin"]
    assert (alice.heard[-1], twin.heard[-1]) == ("to both", "to both")
    assert renewals(alice) == []
    assert len(renewals(twin)) == 1
    assert DeviceFound(installation_id(twin)) in alice.events


def test_two_copies_that_write_at_the_same_moment_lose_nothing(network: Network, alice: Person, bob: Person) -> None:
    twin = clone(network, alice)
    network.holding = True
    for number in range(3):
        alice.say(bob.key.hex, f"alice {number}")
        twin.say(bob.key.hex, f"twin {number}")
    bob.say(alice.key.hex, "bob")
    network.release()
    network.wait(600)
    said = [f"{who} {number}" for who in ("alice", "twin") for number in range(3)]
    assert sorted(bob.heard[2:]) == said
    assert alice.heard[-1] == twin.heard[-1] == "bob"
    assert installation_id(alice) != installation_id(twin)
    assert {*renewals(alice), *renewals(twin)} == {RenewalReason.USED_ELSEWHERE}
    alice.say(bob.key.hex, "afterwards")
    twin.say(bob.key.hex, "likewise")
    network.wait(600)
    assert bob.heard[-2:] == ["afterwards", "likewise"]
    assert len(renewals(alice)) + len(renewals(twin)) <= 2


def test_a_machine_that_was_set_back_is_noticed_by_what_a_mailserver_has_kept(
    network: Network, alice: Person, bob: Person
) -> None:
    snapshot = backup(alice)
    network.wait(10)
    before = len(network.envelopes)
    alice.say(bob.key.hex, "after the snapshot")
    bob.say(alice.key.hex, "an answer")
    network.wait(10)
    archive = network.envelopes[before:]
    put_back(alice, snapshot, None)
    alice.events.clear()
    for envelope in archive:
        alice.do(lambda envelope=envelope: alice.messenger.receive_from_history(envelope, network.now))  # type: ignore[misc]
    assert renewals(alice) == [RenewalReason.USED_ELSEWHERE]
    alice.say(bob.key.hex, "and on")
    bob.say(alice.key.hex, "indeed")
    network.wait(60)
    assert bob.heard[-2:] == ["after the snapshot", "and on"]
    assert alice.heard[-1] == "indeed"


# what is no copy


def everything_again(network: Network, person: Person) -> None:
    for envelope in list(network.envelopes):
        person.do(lambda envelope=envelope: person.messenger.receive_from_history(envelope, network.now))  # type: ignore[misc]


def test_the_echo_of_what_we_sent_ourselves(network: Network, alice: Person, bob: Person) -> None:
    everything_again(network, alice)
    alice.restart()
    everything_again(network, alice)
    assert (renewals(alice), suspicions(alice)) == ([], [])


def test_what_a_version_sent_that_remembered_nothing(network: Network, alice: Person, bob: Person) -> None:
    network.wait(10)
    alice.database.connection.execute("DELETE FROM sent_payloads")
    alice.database.connection.execute("DELETE FROM settings WHERE name = 'own_payloads_since_ns'")
    alice.restart()
    everything_again(network, alice)
    assert renewals(alice) == []


def test_what_was_sent_longer_ago_than_is_remembered(network: Network, alice: Person, bob: Person) -> None:
    """Peers confirm a wrong time for a moment, it forgets everything, and still nothing is taken for a copy."""
    network.now += 2 * SEEN_RETENTION
    alice.tick(confirmed=True)
    network.now -= 2 * SEEN_RETENTION
    alice.tick(confirmed=True)
    # Each of the two times has its contact code.
    assert alice.database.connection.execute("SELECT count(*) FROM sent_payloads").fetchone()[0] <= 2
    everything_again(network, alice)
    assert renewals(alice) == []


@pytest.mark.parametrize("forgotten", [False, True], ids=["", "after it was forgotten"])
def test_what_we_sent_once_in_an_envelope_of_somebody_else(
    network: Network, alice: Person, bob: Person, forgotten: bool
) -> None:
    """Whoever can open it can put it into another envelope, with any time on it; our signature stays valid."""
    payloads = []
    for envelope in network.envelopes:
        opened = bob.messenger._parts.channels.listener.open(envelope)
        if opened is not None and opened[1].signer == alice.key:
            payloads.append((envelope, opened[1]))
    assert len(payloads) >= 2
    if forgotten:
        network.now += SEEN_RETENTION + 7_200
        alice.tick(confirmed=True)
        assert alice.database.connection.execute("SELECT count(*) FROM sent_payloads").fetchone()[0] <= 1
    for envelope, _ in payloads:
        again = Envelope.mine(network.now, 15, envelope.topic, envelope.data, 0.0)
        assert again.hash != envelope.hash
        alice.receive(again)
    assert (renewals(alice), suspicions(alice)) == ([], [])


def test_nobody_else_can_speak_for_our_installation(network: Network, alice: Person, bob: Person) -> None:
    forger = SecureTransport(bob.identity, installation_id(alice), STORES["memory"](), os.urandom)
    network.wait(10)
    sealed = forger.seal_for_any_device(alice.key, b"", network.now)
    alice.receive(seal(channels.partitioned(alice.key), sealed.data, bob.identity, network.now, os.urandom))
    assert (renewals(alice), suspicions(alice)) == ([], [])


def test_another_device_of_the_account_is_no_copy(network: Network, alice: Person, bob: Person) -> None:
    laptop = network.add("laptop", identity=alice.identity)
    pair(alice)
    enable_each_other(alice, laptop)
    for device in (laptop, alice):
        bob.say(alice.key.hex, "to both")
        device.say(bob.key.hex, "from one of them")
    network.wait(60)
    for device in (laptop, alice):
        everything_again(network, device)
        assert (renewals(device), suspicions(device)) == ([], [])


def test_an_hour_has_one_renewal_at_most(network: Network, alice: Person, bob: Person) -> None:
    """Whatever a fault of ours may be, it does not make a device a minute."""
    forger = SecureTransport(alice.identity, installation_id(alice), STORES["memory"](), os.urandom)

    def speak() -> None:
        network.wait(10)
        secure = SecureTransport(alice.identity, installation_id(alice), STORES["memory"](), os.urandom)
        sealed = secure.seal_for_any_device(alice.key, os.urandom(8), network.now)
        alice.receive(seal(channels.partitioned(alice.key), sealed.data, alice.identity, network.now, os.urandom))

    assert forger.installation_id == installation_id(alice)
    for _ in range(3):
        speak()
    assert len(renewals(alice)) == 1
    assert suspicions(alice) == [CopySuspected(alice.key)]
    network.wait(RENEWAL_INTERVAL)
    speak()
    assert len(renewals(alice)) == 2


# what others acknowledge


def acknowledge(network: Network, sender: Person, recipient: Person, message_id: bytes | None = None) -> None:
    """``sender`` acknowledges a message: one that ``recipient`` never sent, or the one with this id."""
    payload = Payload(acks=(message_id or os.urandom(32),)).encode()

    def send() -> bytes:
        return sender.messenger._parts.secure.seal_direct(recipient.key, payload, network.now).data

    data = sender.do(send)
    recipient.receive(seal(channels.partitioned(recipient.key), data, sender.identity, network.now, os.urandom))


def test_whoever_answers_to_what_we_have_not_sent_is_told_once_a_day(
    network: Network, alice: Person, bob: Person
) -> None:
    for _ in range(3):
        acknowledge(network, bob, alice)
    assert suspicions(alice) == [CopySuspected(bob.key)]
    assert renewals(alice) == []  # anybody can say it
    network.wait(SUSPICION_INTERVAL)
    acknowledge(network, bob, alice)
    assert len(suspicions(alice)) == 2


def test_acknowledgements_for_another_device_of_ours_say_nothing(network: Network, alice: Person, bob: Person) -> None:
    """As after a reinstallation: Bob knows a device that we do not know ourselves."""
    alice.disconnect()
    laptop = network.add("laptop", identity=alice.identity)
    laptop.say(laptop.meet(bob), "from a new device")
    network.wait(1)
    assert len(laptop.messenger.feature(Devices).all()) == 1
    acknowledge(network, bob, laptop)  # encrypted for both
    assert suspicions(laptop) == []


def test_nor_do_those_that_come_twice(network: Network, alice: Person, bob: Person) -> None:
    network.holding = True
    alice.say(bob.key.hex, "acknowledged again and again")
    (message_id,) = alice.database.connection.execute("SELECT message_id FROM sync_records").fetchone()
    network.release()
    network.wait(60)
    for _ in range(2):
        acknowledge(network, bob, alice, message_id)
    assert suspicions(alice) == []


# becoming another device


@pytest.mark.requirement("ST-53")
@pytest.mark.parametrize("datasync", [True, False])
@pytest.mark.parametrize("reason", RenewalReason)
def test_what_waits_goes_out_as_the_new_device_and_no_key_is_used_twice(
    network: Network, message_keys: list[bytes], datasync: bool, reason: RenewalReason
) -> None:
    alice, bob = network.add("alice", datasync=datasync), network.add("bob")
    alice.join("status")
    bob.join("status")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    network.wait(60)
    alice.disconnect()
    waiting = [alice.say(bob.key.hex, f"waiting {number}") for number in range(3)]
    public = alice.say("status", "waiting in public")
    before, old = backup(alice), installation_id(alice)
    alice.connect()  # all of it goes out, and more, of which the backup knows nothing
    alice.say(bob.key.hex, "lost with the disk")
    network.wait(60)
    alice.disconnect()
    put_back(alice, before, reason)
    assert [event for event in alice.events if isinstance(event, DeviceRenewed)] == [
        DeviceRenewed(installation_id(alice), reason)
    ]
    for entry in alice.store.outbox():
        assert entry.channel is ChannelKind.PUBLIC or old.encode() not in entry.payload
    alice.connect()
    alice.say(bob.key.hex, "and on")
    bob.say(alice.key.hex, "are you new?")
    network.wait(60)
    said = ["hello", *(f"waiting {number}" for number in range(3)), "waiting in public", "lost with the disk", "and on"]
    assert sorted(bob.heard) == sorted(said)
    assert alice.heard[-1] == "are you new?"
    assert len(set(message_keys)) == len(message_keys)
    for message in waiting:
        stored = alice.store.message(message.id)
        assert stored is not None
        assert stored.state is (MessageState.DELIVERED if datasync else MessageState.SENT)
    assert alice.store.message(public.id) is not None
    assert [message.text for message in alice.store.messages(bob.key.hex, 10, None)][-2:] == ["hi", "hello"]


def test_what_would_be_repeated_hours_later_is_sent_at_once(network: Network, alice: Person, bob: Person) -> None:
    bob.disconnect()
    alice.say(bob.key.hex, "for a device that is away")
    network.wait(20_000)
    alice.disconnect()
    put_back(alice, backup(alice), RenewalReason.RESTORED)
    bob.connect()
    alice.connect()
    network.wait(1)
    assert bob.heard[-1] == "for a device that is away"


def test_a_renewal_that_is_cut_off_has_not_happened(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = installation_id(alice)
    database = backup(alice)
    alice.close()

    def dies(features: Features, now: float) -> None:
        assert alice.store.setting("installation_id") not in (None, before)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Features, "device_renewed", dies)
        with pytest.raises(KeyboardInterrupt):
            alice.reopen(renewal=RenewalReason.COPIED)
    put_back(alice, database, None)
    assert installation_id(alice) == before


def test_the_other_devices_of_the_account_hear_of_the_new_one(network: Network, alice: Person) -> None:
    laptop = network.add("laptop", identity=alice.identity)
    pair(alice, "the phone")
    pair(laptop)
    put_back(alice, backup(alice), RenewalReason.RESTORED)
    names = {
        device.installation_id: (device.name, device.enabled) for device in laptop.messenger.feature(Devices).all()
    }
    assert names[installation_id(alice)] == ("the phone", False)


def test_a_renewal_says_so_in_the_log(network: Network, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    for reason in RenewalReason:
        caplog.clear()
        put_back(alice, backup(alice), reason)
        said = [record.message for record in caplog.records if record.levelname == "WARNING"]
        assert len(said) == (reason is not RenewalReason.ASKED)
        assert all(installation_id(alice) in line for line in said)


def test_only_a_protocol_message_of_ours_tells_anything(network: Network, alice: Person, tmp_path: Path) -> None:
    """Signed by us, but not even a message of this layer: whatever made it, it is no installation."""
    network.wait(10)
    for data in (b"\xff\xff", ProtocolMessage("").encode()):
        alice.receive(seal(channels.partitioned(alice.key), data, alice.identity, network.now, os.urandom))
    assert (renewals(alice), suspicions(alice)) == ([], [])
