"""What somebody else may send, and what comes of it: nothing stored, no clock moved, and the next message is read."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.datasync.codec import MAX_MESSAGES, Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.decryption_failures import COUNTING_INTERVAL, HEALING_TIME
from pystatus.messenger.events import MessageReceived, MessageUndecryptable
from pystatus.messenger.features.messages import Messages
from pystatus.payloads.kinds import ContentType, MessageType, PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.transport import channels
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger
from tests.adversary.hostile.strangers import STATUS
from tests.support.people import Network, Person


@pytest.fixture
def alice(network: Network) -> Person:
    person = network.add("alice")
    person.join("status")
    return person


@pytest.fixture
def stranger(network: Network) -> Stranger:
    return Stranger(network.now)


def assert_refused(alice: Person, envelope: Envelope) -> None:
    """Nothing of it is there, and nothing was said."""
    events, chats = list(alice.events), alice.store.chats()
    alice.receive(envelope)
    assert alice.events == events
    assert alice.store.chats() == chats
    assert alice.store.messages("status", 10, None) == []


def test_an_honest_message_of_a_stranger_is_read(alice: Person, stranger: Stranger) -> None:
    alice.receive(stranger.public(stranger.wrap(stranger.message())))
    assert alice.heard == ["hello"]


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": 0},
        {"clock": 2**63},
        {"text": ""},
        {"chat_id": "another"},
        {"message_type": MessageType.ONE_TO_ONE},
        {"message_type": MessageType.PRIVATE_GROUP},
        {"content_type": ContentType.UNKNOWN},
    ],
)
def test_invalid_messages(alice: Person, stranger: Stranger, changes: dict[str, object]) -> None:
    assert_refused(alice, stranger.public(stranger.wrap(stranger.message(**changes))))


def test_a_clock_two_minutes_ahead_is_the_limit(network: Network, alice: Person, stranger: Stranger) -> None:
    ahead = int(network.now) * 1000 + 120_000
    assert_refused(alice, stranger.public(stranger.wrap(stranger.message(clock=ahead + 1))))
    alice.receive(stranger.public(stranger.wrap(stranger.message(clock=ahead))))
    assert alice.heard == ["hello"]


def test_somebody_elses_signed_words(alice: Person, stranger: Stranger) -> None:
    """A38: the author inside is not who sent the envelope."""
    victim = PrivateKey.generate(os.urandom)
    stolen = wrap(stranger.message().encode(), PayloadType.CHAT_MESSAGE, victim)
    assert_refused(alice, stranger.public(stolen))


def test_unsigned_words_belong_to_whoever_sent_them(alice: Person, stranger: Stranger) -> None:
    alice.receive(stranger.public(wrap(stranger.message().encode(), PayloadType.CHAT_MESSAGE, None)))
    (received,) = [event.message for event in alice.events if isinstance(event, MessageReceived)]
    assert received.author == stranger.key


def test_what_has_no_type_is_nothing(alice: Person, stranger: Stranger) -> None:
    assert_refused(alice, stranger.public(stranger.wrap(stranger.message(), PayloadType.UNKNOWN)))


def test_bytes_that_are_nothing(alice: Person, stranger: Stranger) -> None:
    assert_refused(alice, stranger.envelope(STATUS, b"\xff\xff"))
    assert_refused(alice, stranger.public(b"\xff\xff"))
    assert_refused(alice, stranger.private(alice.key, b"\xff\xff"))
    assert_refused(alice, stranger.envelope(alice.key, b""))


def test_a_wrapper_without_encryption_is_no_message(alice: Person, stranger: Stranger) -> None:
    message = stranger.message(message_type=MessageType.ONE_TO_ONE, chat_id=alice.key.hex)
    assert_refused(alice, stranger.envelope(alice.key, stranger.wrap(message)))


def test_a_public_message_in_private_and_the_other_way_round(alice: Person, stranger: Stranger) -> None:
    wrapped = stranger.wrap(stranger.message())
    assert_refused(alice, stranger.public(wrapped, channels.partitioned(alice.key)))
    assert_refused(alice, stranger.private(alice.key, wrapped))
    private = stranger.secure.seal_direct(alice.key, wrapped, stranger.now)
    assert_refused(alice, stranger.envelope(STATUS, private.data))


def test_a_chat_message_on_a_contact_code_is_for_nobody(network: Network, alice: Person, stranger: Stranger) -> None:
    channel = channels.contact_code(alice.key)
    assert_refused(alice, stranger.public(stranger.wrap(stranger.message(chat_id=channel.name)), channel))


def test_a_forged_bundle_is_refused_and_its_message_read(alice: Person, stranger: Stranger) -> None:
    sealed = ProtocolMessage.decode(stranger.secure.seal_public(stranger.wrap(stranger.message()), stranger.now))
    forged = replace(sealed, bundles=(replace(sealed.bundles[0], timestamp=sealed.bundles[0].timestamp + 1),))
    alice.receive(stranger.envelope(STATUS, forged.encode()))
    assert alice.heard == ["hello"]
    assert alice.store.encryption.installations(stranger.key.compressed) == []


def test_a_bundle_advertisement_says_nothing_and_teaches_the_bundle(alice: Person, stranger: Stranger) -> None:
    assert_refused(alice, stranger.bundle(alice.key))
    assert len(alice.store.encryption.installations(stranger.key.compressed)) == 1


def test_a_payload_with_more_messages_than_anybody_sends(alice: Person, stranger: Stranger) -> None:
    messages = tuple(SyncMessage(bytes(32), number, b"") for number in range(MAX_MESSAGES + 1))
    payload = Payload(messages=messages).encode()
    assert_refused(alice, stranger.private(alice.key, payload))


def test_one_bad_message_in_a_payload_does_not_spoil_the_others(alice: Person, stranger: Stranger) -> None:
    group = one_to_one_group_id(stranger.key, alice.key)
    good = stranger.message(message_type=MessageType.ONE_TO_ONE, chat_id=alice.key.hex)
    bodies = [stranger.wrap(replace(good, clock=0)), b"\xff", stranger.wrap(good)]
    payload = Payload(messages=tuple(SyncMessage(group, 1, body) for body in bodies)).encode()
    alice.receive(stranger.private(alice.key, payload))
    assert alice.heard == ["hello"]


def test_what_does_not_open_is_told(alice: Person, stranger: Stranger) -> None:
    sealed = ProtocolMessage.decode(stranger.secure.seal_direct(alice.key, b"payload", stranger.now).data)
    damaged = replace(sealed.direct["none"], payload=bytes(60))
    envelope = stranger.envelope(alice.key, replace(sealed, direct={"none": damaged}).encode())
    assert_refused(alice, envelope)
    alice.network.wait(HEALING_TIME + COUNTING_INTERVAL)
    assert [event for event in alice.events if isinstance(event, MessageUndecryptable)] == [
        MessageUndecryptable(
            stranger.key,
            "a plain Diffie-Hellman message cannot be opened: AES-GCM tag does not match",
            "hostile-1",
        )
    ]


def test_envelopes_of_nobody_and_for_nobody(network: Network, alice: Person, stranger: Stranger) -> None:
    assert_refused(alice, stranger.envelope(channels.public_chat("elsewhere"), b"not joined"))
    unsigned = Envelope.mine(network.now, 15, STATUS.topic, os.urandom(300), 0.0)
    assert_refused(alice, unsigned)


@pytest.mark.parametrize("response_to", ["", "0x", "0xzz", "0x1234"])
def test_a_reply_to_nothing_is_a_message(alice: Person, stranger: Stranger, response_to: str) -> None:
    alice.receive(stranger.public(stranger.wrap(stranger.message(response_to=response_to))))
    (received,) = [event.message for event in alice.events if isinstance(event, MessageReceived)]
    assert received.response_to is None


def test_a_reply_names_what_it_answers(network: Network, alice: Person) -> None:
    bob = network.add("bob")
    bob.join("status")
    question = alice.say("status", "why?")
    answer = bob.do(
        lambda: bob.messenger.feature(Messages).send_text("status", "because", response_to=question.id, now=network.now)
    )
    stored = alice.store.message(answer.id)
    assert stored is not None
    assert stored.response_to == question.id


def test_the_same_message_in_two_envelopes_is_one_message(alice: Person, stranger: Stranger) -> None:
    wrapped = stranger.wrap(stranger.message())
    alice.receive(stranger.public(wrapped))
    alice.receive(stranger.public(wrapped))
    assert alice.heard == ["hello"]
