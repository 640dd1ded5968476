"""What does not open: nothing is said while it may still be sent again, and once for each device when it was not."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger import decryption_failures
from pystatus.messenger.decryption_failures import (
    COUNTING_INTERVAL,
    HEALING_TIME,
    MAX_FAILURES,
    MAX_STRANGERS,
    TELL_AGAIN,
    DecryptionFailures,
)
from pystatus.messenger.events import MessageUndecryptable
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.messenger import HOUSEKEEPING
from pystatus.messenger.records import MessageState
from pystatus.secure_transport.bundles import is_installation_id
from pystatus.secure_transport.errors import UnknownSession
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.secure_transport import Kind, Opened, SecureTransport
from pystatus.transport import channels
from pystatus.transport.sealing import seal
from pystatus.waku.envelope import Envelope
from tests.messenger.test_devices import damaged, installation_id
from tests.support.encryption_store import STORES
from tests.support.people import Network, Person

UNDER_WAY = 12
"""Seconds that messages are under way while their recipient is reinstalled."""
OVER = HEALING_TIME + COUNTING_INTERVAL
"""Seconds by which a failure is told, if nothing has healed it."""


def notices(person: Person) -> list[MessageUndecryptable]:
    return [event for event in person.events if isinstance(event, MessageUndecryptable)]


def remembered(person: Person) -> int:
    """Rows of everything that is remembered of failures."""
    execute = person.database.connection.execute
    tables = ("failing_devices", "decryption_failures")
    return sum(execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def reinstall(network: Network, old: Person, friend: Person) -> Person:
    """The same account on an empty device, where the chat with ``friend`` is opened again: they write on the topic that
    the two have agreed on. Nobody hears its contact code of today."""
    network.people.remove(old)
    old.close()
    new = network.add("reinstalled", identity=old.identity, online=False)
    holding, network.holding = network.holding, True
    before = len(network.held)
    new.connect()
    new.meet(friend)
    del network.held[before:]
    network.holding = holding
    return new


@pytest.fixture
def alice(network: Network) -> Person:
    return network.add("alice")


@pytest.fixture
def bob(network: Network, alice: Person) -> Person:
    """Alice and Bob have a conversation under ratchet keys."""
    bob = network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    alice.say(bob.key.hex, "all is well")
    network.wait(60)
    return bob


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("restarted", [False, True], ids=["", "restarted"])
def test_what_was_under_way_during_a_reinstallation_arrives_without_a_notice(
    network: Network, alice: Person, bob: Person, count: int, restarted: bool
) -> None:
    network.holding = True
    said = []
    for number in range(count):
        said.append(f"under way {number}")
        alice.say(bob.key.hex, said[-1])
        network.wait(1)
    new = reinstall(network, bob, alice)
    network.wait(UNDER_WAY - count)
    network.release()
    if restarted:
        new.restart()
    network.wait(OVER)
    assert sorted(new.heard) == said
    assert notices(new) == []
    assert remembered(new) == 0


@pytest.mark.parametrize("restarts", [0, 3])
def test_what_is_never_sent_again_is_told_once(network: Network, alice: Person, bob: Person, restarts: int) -> None:
    new = reinstall(network, bob, alice)
    network.losing = True
    for number in range(5):
        alice.say(bob.key.hex, f"lost {number}")
        new.receive(network.envelopes[-1])
    alice.disconnect()
    for _ in range(restarts):
        network.wait(HEALING_TIME / (restarts + 1))
        new.restart()
    network.wait(HEALING_TIME / (restarts + 1) - COUNTING_INTERVAL)
    assert notices(new) == []
    network.wait(2 * OVER)
    (notice,) = notices(new)
    assert (notice.sender, notice.installation_id, notice.count) == (alice.key, installation_id(alice), 5)
    assert notice.reason == "a message for other devices (1)"
    new.restart()
    network.wait(2 * TELL_AGAIN)
    assert len(notices(new)) == 1
    assert remembered(new) == 0


def test_each_device_has_its_notice_and_repetitions_that_fail_have_none(
    network: Network, alice: Person, bob: Person
) -> None:
    laptop = network.add("laptop", identity=alice.identity)
    bob.say(alice.key.hex, "to both of you")
    laptop.say(bob.key.hex, "from the laptop")
    network.wait(60)
    new = reinstall(network, bob, alice)
    network.losing = True  # nor does any bundle reply arrive
    for device in (alice, laptop, alice):
        device.say(bob.key.hex, "lost")
        new.receive(network.envelopes[-1])
    network.wait(OVER)
    told = [(notice.installation_id, notice.count) for notice in notices(new)]
    assert told == [(installation_id(alice), 2), (installation_id(laptop), 1)]
    for _ in range(3):
        network.wait(OVER)
        alice.say(bob.key.hex, "lost as well")
        new.receive(network.envelopes[-1])
    assert len(notices(new)) == 2
    network.wait(TELL_AGAIN + HOUSEKEEPING)
    assert [notice.count for notice in notices(new)] == [2, 1, 3]


def test_without_data_sync_the_next_message_does_not_hide_what_is_lost(network: Network, bob: Person) -> None:
    carol = network.add("carol", datasync=False)
    carol.say(carol.meet(bob), "hello")
    bob.say(carol.key.hex, "hi")
    new = reinstall(network, bob, carol)
    carol.say(bob.key.hex, "lost")
    network.wait(UNDER_WAY)
    carol.say(bob.key.hex, "read")
    network.wait(OVER)
    assert new.heard == ["read"]
    assert [(notice.sender, notice.count) for notice in notices(new)] == [(carol.key, 1)]


def test_a_message_that_its_author_sends_again_by_hand_is_not_told(network: Network, bob: Person) -> None:
    carol = network.add("carol", datasync=False)
    carol.say(carol.meet(bob), "hello")
    bob.say(carol.key.hex, "hi")
    network.wait(60)
    new = reinstall(network, bob, carol)
    lost = carol.say(bob.key.hex, "first lost, then read")
    network.wait(UNDER_WAY)
    carol.do(lambda: carol.store.set_message_state(lost.id, MessageState.UNCONFIRMED))
    carol.do(lambda: carol.messenger.feature(Messages).resend(lost.id, network.now))
    network.wait(OVER)
    assert new.heard == ["first lost, then read"]
    assert notices(new) == []


def test_of_a_mailserver_the_repetition_comes_before_the_failure(network: Network, alice: Person, bob: Person) -> None:
    new = reinstall(network, bob, alice)
    network.losing = True
    before = len(network.envelopes)
    alice.say(bob.key.hex, "stored by a mailserver")
    (failing,) = network.envelopes[before:]
    network.losing = False
    network.wait(UNDER_WAY)
    new.say(new.meet(alice), "I am back")  # now she knows the device, and sends again what waits
    assert new.heard == ["stored by a mailserver"]
    new.do(lambda: new.messenger.receive_from_history(failing, network.now))
    assert remembered(new) == 0


# clocks and relays


def failing(network: Network, alice: Person, bob: Person) -> Person:
    """Bob after a reinstallation, with a message of Alice that did not open and will not come again."""
    new = reinstall(network, bob, alice)
    network.losing = True
    alice.say(bob.key.hex, "lost")
    new.receive(network.envelopes[-1])
    network.people.remove(alice)
    alice.close()
    return new


@pytest.mark.parametrize("jump", [86_400.0, 400 * 86_400.0, -86_400.0, -400 * 86_400.0])
def test_a_clock_that_jumps_neither_hastens_nor_delays_a_notice(
    network: Network, alice: Person, bob: Person, jump: float
) -> None:
    new = failing(network, alice, bob)
    network.wait(HEALING_TIME / 2)
    network.now += jump
    new.tick()
    network.wait(HEALING_TIME / 2 - 2 * COUNTING_INTERVAL)
    assert notices(new) == []
    network.wait(3 * COUNTING_INTERVAL)
    assert len(notices(new)) == 1


def test_time_without_a_relay_heals_nothing(network: Network, alice: Person, bob: Person) -> None:
    new = failing(network, alice, bob)
    network.wait(HEALING_TIME / 2)
    new.disconnect()
    network.wait(10 * HEALING_TIME)
    new.connect()
    network.wait(HEALING_TIME / 2 - COUNTING_INTERVAL)
    assert notices(new) == []
    network.wait(2 * COUNTING_INTERVAL)
    assert len(notices(new)) == 1


# what strangers can do


class Failing:
    """The memory of failures alone, on a real database."""

    def __init__(self, person: Person) -> None:
        self.known: set[PublicKey] = set()
        self.told: list[MessageUndecryptable] = []
        self.now = person.network.now
        self.failures = DecryptionFailures(person.store.decryption_failures, self.known.__contains__, self.told.append)
        self.failures.relays_changed(True, self.now)
        person.database.connection.execute("BEGIN")

    def fail(self, sender: PublicKey, installation_id: str = "a device", sent_s: int = 0) -> None:
        opened = Opened(Kind.RATCHET, installation_id, problem=UnknownSession("there is no such session"))
        self.failures.failed(sender, opened, sent_s, self.now)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.failures.next_timer() or end)
            self.failures.on_timer(self.now)


@pytest.fixture
def memory(alice: Person) -> Failing:
    return Failing(alice)


def some_key() -> PublicKey:
    return PrivateKey.generate(os.urandom).public_key


def test_strangers_by_the_thousand_share_one_small_budget(alice: Person, memory: Failing) -> None:
    contact = some_key()
    memory.known.add(contact)
    for number in range(1_000):
        memory.fail(some_key(), f"device {number}")
    memory.fail(contact)
    assert remembered(alice) == 2 * (MAX_STRANGERS + 1)
    memory.wait(OVER)
    assert len(memory.told) == MAX_STRANGERS + 1
    assert memory.told[-1].sender == contact
    for _ in range(3):
        for _ in range(100):
            memory.fail(some_key())
        memory.wait(OVER)
    assert len(memory.told) == MAX_STRANGERS + 1
    memory.wait(TELL_AGAIN)
    assert remembered(alice) == 0
    memory.fail(some_key())
    memory.wait(OVER)
    assert len(memory.told) == MAX_STRANGERS + 2


def test_a_flood_of_one_device_is_one_notice(alice: Person, memory: Failing) -> None:
    stranger = some_key()
    for number in range(1_000):
        memory.fail(stranger, sent_s=number)
    assert remembered(alice) == 1 + MAX_FAILURES
    memory.wait(OVER)
    assert [notice.count for notice in memory.told] == [1_000]


def test_contacts_go_last_and_not_without_a_word(
    alice: Person, memory: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryption_failures, "MAX_DEVICES", 3)
    first, second, third, last = (some_key() for _ in range(4))
    memory.known |= {first, second, third, last}
    memory.fail(first)
    memory.fail(some_key())
    memory.fail(second)
    memory.fail(third)  # instead of the stranger
    assert memory.told == []
    memory.fail(last)
    assert [notice.sender for notice in memory.told] == [first]
    memory.wait(OVER)
    assert [notice.sender for notice in memory.told] == [first, second, third, last]


def test_a_stranger_who_becomes_a_contact_is_kept_as_one(alice: Person, memory: Failing) -> None:
    person = some_key()
    memory.fail(person)
    memory.known.add(person)
    memory.fail(person)
    assert (alice.store.decryption_failures.count(known=True), alice.store.decryption_failures.count()) == (1, 1)


@pytest.mark.parametrize(("written", "sent"), [(10, 10), (11, 20), (0, 9), (12, 5)])
def test_a_message_of_another_time_explains_nothing(memory: Failing, written: int, sent: int) -> None:
    person = some_key()
    memory.fail(person, sent_s=10)
    memory.failures.opened(person, "another device", 0, 20)
    memory.failures.opened(person, "a device", written, sent)
    memory.wait(OVER)
    assert len(memory.told) == (written != 10)


def test_what_is_remembered_of_repetitions_is_bounded(memory: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryption_failures, "MAX_REPEATED", 2)
    people = [some_key() for _ in range(3)]
    for person in people:
        for number in range(100):
            memory.failures.opened(person, "a device", number, number + 1)
    repeated = memory.failures._repeated[False]
    assert [len(times) for times in repeated.values()] == [decryption_failures.REPETITIONS] * 2


def test_strangers_who_repeat_themselves_make_us_forget_nothing_of_a_contact(
    memory: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryption_failures, "MAX_REPEATED", 2)
    contact = some_key()
    memory.known.add(contact)
    memory.failures.opened(contact, "a device", 10, 20)
    for _ in range(10):
        memory.failures.opened(some_key(), "a device", 10, 20)
    memory.fail(contact, "a device", sent_s=15)
    memory.wait(OVER)
    assert memory.told == [], "it was opened when it was repeated"


@pytest.mark.parametrize("name", ["", "x" * 65, "x" * 100_000])
def test_a_device_without_a_proper_name(network: Network, alice: Person, name: str) -> None:
    """Nothing that a stranger chooses freely is remembered or told."""
    identity = PrivateKey.generate(os.urandom)
    secure = SecureTransport(identity, "a device", STORES["memory"](), os.urandom)
    sealed = ProtocolMessage.decode(secure.seal_direct(alice.key, b"payload", network.now).data)
    entry = sealed.direct["none"]
    forged = replace(sealed, installation_id=name, bundles=(), direct={"y" * 50_000: entry})
    alice.receive(seal(channels.partitioned(alice.key), forged.encode(), identity, network.now, os.urandom))
    assert not is_installation_id(name)
    network.wait(OVER)
    assert notices(alice) == [
        MessageUndecryptable(identity.public_key, "a message for other devices (1)", installation_id="")
    ]


# healing


def fails(network: Network, alice: Person, bob: Person) -> Envelope:
    """A message of Alice that arrives damaged."""
    network.losing = True
    alice.say(bob.key.hex, "damaged on its way")
    network.losing = False
    return damaged(network.envelopes[-1], alice, bob)


def test_what_is_said_in_public_does_not_stop_healing(network: Network, alice: Person, bob: Person) -> None:
    """Three damaged messages call for a reply, and public ones between them are no sign that private ones open."""
    for person in (alice, bob):
        person.join("status")
    for _ in range(3):
        bob.receive(fails(network, alice, bob))
        before = len(network.envelopes)
        alice.say("status", "by the way")
    network.wait(0)
    assert bob.store.may_reply(alice.key, int(network.now), 15, 15) is False  # one went out
    assert len(network.envelopes) > before


def test_a_bundle_reply_of_a_known_device_brings_the_repetition_forward(
    network: Network, alice: Person, bob: Person
) -> None:
    network.wait(600)
    network.losing = True
    alice.say(bob.key.hex, "the third attempt is due after 45 s")
    network.wait(50)
    network.losing = False
    bob.do(lambda: bob.messenger._parts.sender.send_bundle(alice.key, network.now))
    network.wait(20)
    assert bob.heard[-1] == "the third attempt is due after 45 s"
    assert notices(bob) == []
