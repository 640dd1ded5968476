"""A54: thousands of messages for unknown devices, bundles, offers, so that each makes us send something.

Expected: one budget for all that strangers make us send, mine or announce, smaller than what they spent.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.answers import AnswerConfig
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.effects import Publish
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.messenger import Messenger
from pystatus.messenger.one_to_one import PEERS_AT_ONCE
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.transport import topics
from pystatus.transport.channels import Channel
from pystatus.transport.sealing import seal, size_for_one
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger, crowd, feed, in_turns
from tests.support.people import RELAY, Network, Person

AT_ONCE = 10
SECONDS = 60.0
SMALL = MessengerConfig(answers=AnswerConfig(AT_ONCE, SECONDS))
STRANGERS = 60

Attack = Callable[[Person, Stranger], Envelope]


def unknown_device(alice: Person, stranger: Stranger) -> Envelope:
    """As described."""
    return stranger.for_unknown_device(alice.key)


def unknown_device_without_a_bundle(alice: Person, stranger: Stranger) -> Envelope:
    return stranger.for_unknown_device(alice.key, bundle=False)


def bundle(alice: Person, stranger: Stranger) -> Envelope:
    return stranger.bundle(alice.key)


def offers(alice: Person, stranger: Stranger) -> Envelope:
    return stranger.offers(alice.key, 3)


def text(alice: Person, stranger: Stranger) -> Envelope:
    """Each has to be acknowledged."""
    return stranger.text(alice.key, "hello")


ATTACKS: list[Attack] = [unknown_device, unknown_device_without_a_bundle, bundle, offers, text]


@pytest.fixture
def alice(network: Network) -> Person:
    alice = network.add("alice", config=SMALL)
    expire_all(alice)
    network.envelopes.clear()
    return alice


def expire_all(alice: Person) -> None:
    """A relay had it all, so nothing is sent again."""
    for envelope in alice.network.envelopes:
        alice.expire(envelope)


def attacked(alice: Person, attack: Attack, strangers: int = STRANGERS) -> int:
    """The bytes that they spent."""
    envelopes = [attack(alice, stranger) for stranger in crowd(strangers, alice.network.now)]
    feed(alice, envelopes)
    alice.network.wait(1)
    return sum(envelope.size for envelope in envelopes)


@pytest.mark.parametrize("attack", ATTACKS)
def test_few_are_answered_and_with_less_than_they_spent(network: Network, alice: Person, attack: Attack) -> None:
    interests = alice.interests
    spent = attacked(alice, attack)
    assert len(network.envelopes) <= AT_ONCE
    assert sum(envelope.size for envelope in network.envelopes) <= spent
    assert alice.interests == interests
    # Nothing waits that comes later.
    network.wait(5 * SECONDS)
    assert len(network.envelopes) <= AT_ONCE
    assert alice.store.sync.next_due() is None


def test_those_who_wait_at_the_same_time_are_answered_some_at_a_time(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To seal what they get takes a millisecond each, and what is due for all of them is due at once."""
    alice = network.add("alice")
    made: list[int] = []
    run = Messenger.run

    def watched(self: Messenger, *arguments: Any) -> Any:
        outcomes, effects = run(self, *arguments)
        made.append(sum(isinstance(effect, Publish) for effect in effects))
        return outcomes, effects

    for stranger in crowd(STRANGERS, network.now):
        stranger.meets(alice.secure)
        alice.receive(text(alice, stranger))
    published = len(network.envelopes)
    monkeypatch.setattr(Messenger, "run", watched)
    network.wait(1)
    assert len(network.envelopes) == published + STRANGERS
    assert max(made) == PEERS_AT_ONCE
    assert alice.store.sync.next_due() is None


@pytest.mark.parametrize("attack", [unknown_device, text])
def test_of_whom_was_answered_no_channel_is_remembered(network: Network, alice: Person, attack: Attack) -> None:
    """With time that would be one for each stranger there ever was."""
    made = [each for each in gc.get_objects() if isinstance(each, Channel)]
    attacked(alice, attack)
    assert len(network.envelopes) == AT_ONCE
    left = [each for each in gc.get_objects() if isinstance(each, Channel)]
    assert len(left) == len(made)


@pytest.mark.parametrize("attack", [unknown_device, text])
def test_with_time_others_are_answered(network: Network, alice: Person, attack: Attack) -> None:
    attacked(alice, attack)
    for minute in range(1, 4):
        network.wait(SECONDS)
        attacked(alice, attack, 5)
        assert len(network.envelopes) == AT_ONCE + minute


def test_all_sorts_share_the_budget(network: Network, alice: Person) -> None:
    sorts = [lambda stranger, attack=attack: attack(alice, stranger) for attack in ATTACKS]
    feed(alice, in_turns(crowd(2 * STRANGERS, network.now), sorts))
    network.wait(1)
    assert len(network.envelopes) == AT_ONCE


def test_a_restart_refills_nothing(network: Network, alice: Person) -> None:
    for _ in range(3):
        attacked(alice, text)
        expire_all(alice)
        alice.restart()
    assert len(network.envelopes) == AT_ONCE


def test_a_clock_that_was_ahead_does_not_close_the_budget_for_ever(network: Network, alice: Person) -> None:
    network.now += 365 * 86_400
    attacked(alice, text)
    network.now -= 365 * 86_400
    alice.tick()  # the contact code of the wrong time is published anew
    network.envelopes.clear()
    attacked(alice, text)
    assert network.envelopes == []
    network.wait(2 * SECONDS)
    attacked(alice, text)
    assert len(network.envelopes) == 2


def test_an_answer_is_never_larger_than_what_came(network: Network, alice: Person) -> None:
    """Of a stranger with three devices each gets its own ciphertext; a tiny message does not pay for that."""
    identity = PrivateKey.generate(os.urandom)
    devices = [Stranger(network.now, identity, f"device-{number}") for number in range(3)]
    introductions = [device.bundle(alice.key) for device in devices]
    feed(alice, introductions)
    spent = sum(envelope.size for envelope in introductions)
    for number in range(12):
        text = devices[0].text(alice.key, f"{number}")
        tiny = Stranger(network.now).for_unknown_device(alice.key, bundle=False)
        spent += text.size + tiny.size
        feed(alice, [text, tiny])
        network.wait(1)
        assert sum(envelope.size for envelope in network.envelopes) <= spent
    assert 0 < len(network.envelopes) <= AT_ONCE


def test_people_we_know_are_answered_whatever_strangers_do(network: Network, alice: Person) -> None:
    bob = network.add("bob")
    alice.say(alice.meet(bob), "hello")
    attacked(alice, text)
    delivered = [bob.say(alice.key.hex, f"{number}") for number in range(2 * AT_ONCE)]
    network.wait(1)
    for message in delivered:
        stored = bob.store.message(message.id)
        assert stored is not None
        assert stored.state is not None
        assert stored.state.name == "DELIVERED"


def test_a_stranger_who_was_not_answered_is_so_when_there_is_room(network: Network, alice: Person) -> None:
    """Data sync repeats, so their message is confirmed as soon as the flood is over."""
    attacked(alice, text)
    carol = network.add("carol")
    message = carol.say(carol.meet(alice), "I am honest")
    assert alice.heard[-1] == "I am honest"
    network.wait(5 * SECONDS)
    stored = carol.store.message(message.id)
    assert stored is not None
    assert stored.state is not None
    assert stored.state.name == "DELIVERED"


def test_many_who_become_known_at_once_change_the_interest_once(network: Network, alice: Person) -> None:
    """Relays are told all topics each time: 4 bytes for each topic, to each relay."""
    strangers = list(crowd(20, network.now))
    feed(alice, (text(alice, stranger) for stranger in strangers))
    interests = alice.interests
    messenger: Messenger = alice.messenger
    alice.do_all(
        [lambda key=stranger.key: messenger.feature(Chats).open_one_to_one(key, network.now) for stranger in strangers]  # type: ignore[misc]
    )
    assert alice.interests == interests + 1
    for stranger in strangers:
        assert topics.topic(topics.contact_code(stranger.key)) in alice.topics


def test_an_answer_that_gets_lost_is_not_sent_again(network: Network, alice: Person) -> None:
    """Who waits for it asks again, and pays again."""
    alice.receive(Stranger(network.now).text(alice.key, "hello"))
    network.wait(1)
    (answer,) = network.envelopes
    alice.do(lambda: alice.messenger.envelope_refused(answer.hash, RELAY))
    alice.expire(answer)
    assert network.envelopes == [answer]
    assert list(alice.store.outbox()) == []


def test_what_strangers_fail_at_does_not_make_us_forget_a_contact(
    network: Network, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a contact's damaged messages the third is answered with our bundle, whoever else sends such."""
    monkeypatch.setattr("pystatus.messenger.session_repair.MAX_COUNTED", 2)
    bob = network.contact(alice, "bob")
    answered = []
    for _ in range(3):
        bob.disconnect()
        message = bob.secure.seal_direct(alice.key, b"x", network.now).data
        contact = Stranger(network.now, bob.identity)
        alice.receive(contact.envelope(alice.key, flipped(message)))
        for stranger in crowd(3, network.now):
            stranger.meets(alice.secure)
            sealed = stranger.secure.seal_direct(alice.key, b"x", network.now).data
            alice.receive(stranger.envelope(alice.key, flipped(sealed)))
        partition = topics.topic(topics.partitioned(bob.key))
        answered.append(sum(envelope.topic == partition for envelope in network.envelopes))
    assert answered[2] == answered[1] + 1


def flipped(data: bytes) -> bytes:
    """A protocol message with a flipped bit in each ciphertext."""
    message = ProtocolMessage.decode(data)
    direct = {
        name: replace(entry, payload=entry.payload[:-1] + bytes([entry.payload[-1] ^ 1]))
        for name, entry in message.direct.items()
    }
    return replace(message, direct=direct).encode()


@pytest.mark.parametrize("size", [0, 1, 100, 185, 186, 187, 188, 189, 190, 255, 256, 5_000, 65_535, 65_536, 70_000])
def test_the_size_of_an_answer_is_known_before_it_is_made(size: int) -> None:
    sender, recipient = PrivateKey.generate(os.urandom), PrivateKey.generate(os.urandom).public_key
    assert size_for_one(size) == seal(recipient, bytes(size), sender, 1_600_000_000.0, os.urandom).size
