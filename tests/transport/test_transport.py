"""Sealing and opening: what each message gets, and who reads it."""

import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.transport.channels import Channel, contact_code, negotiated, partitioned, personal_discovery, public_chat
from pystatus.transport.listener import Listener
from pystatus.transport.sealing import LARGE_PAYLOAD, MAX_PAYLOAD_SIZE, pow_target, seal
from pystatus.waku import data
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.filters import ReceivedMessage
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE, encode_messages
from pystatus.waku.pow import required_zeros
from pystatus.waku.relay.admission import Admission

NOW = 1_600_000_000.75
ALICE, BOB = (PrivateKey(bytes(31) + bytes((number,))) for number in (1, 2))
CHAT = public_chat("status", SymmetricKey(b"p" * 32))
CODE = contact_code(ALICE.public_key, SymmetricKey(b"c" * 32))
SECRET = negotiated(BOB.public_key, ALICE.agree(BOB.public_key), SymmetricKey(b"n" * 32))
TO_BOB = partitioned(BOB.public_key)
OLD_TO_BOB = personal_discovery(BOB.public_key)


def opened(listener: Listener, envelope: Envelope) -> tuple[tuple[Channel, ...], ReceivedMessage]:
    found = listener.open(envelope)
    assert found is not None
    return found


def bobs_ears() -> Listener:
    listener = Listener()
    for channel in (CHAT, CODE, SECRET):
        listener.listen(channel)
    for channel in (TO_BOB, OLD_TO_BOB):
        listener.listen(channel, BOB)
    return listener


@pytest.mark.requirement("WU-14", "WU-24", "AC-11")
@pytest.mark.parametrize("channel", [CHAT, CODE, SECRET, TO_BOB, OLD_TO_BOB], ids=lambda c: c.kind.value)
def test_a_message_on_each_channel(channel: Channel) -> None:
    """The listener has no store: the keys of everything that it listens to are in memory."""
    envelope = seal(channel, b"hello", ALICE, NOW, os.urandom)
    assert b"hello" not in envelope.raw
    assert (envelope.ttl, envelope.expiry, envelope.topic) == (15, 1_600_000_015, channel.topic)
    assert envelope.pow() >= 0.002
    assert Admission(min_pow=0.002).refuse(envelope, int(NOW)) is None
    (where,), message = opened(bobs_ears(), envelope)
    assert where == channel
    assert (message.payload, message.signer, message.sent) == (b"hello", ALICE.public_key, 1_600_000_000)


def test_a_recipient_is_written_to_on_their_partition() -> None:
    envelope = seal(BOB.public_key, b"hello", ALICE, NOW, os.urandom)
    assert envelope.topic == TO_BOB.topic
    (where,), _ = opened(bobs_ears(), envelope)
    assert where == TO_BOB


def test_work_by_size() -> None:
    """decisions.md: 0.002 up to and including 50,000 bytes, 0.000002 above."""
    assert [pow_target(size) for size in (0, LARGE_PAYLOAD, LARGE_PAYLOAD + 1, 10**6)] == [0.002, 0.002, 2e-6, 2e-6]
    largest = seal(CHAT, bytes(LARGE_PAYLOAD), ALICE, NOW, os.urandom)
    assert largest.pow() >= 0.002
    larger = seal(CHAT, bytes(LARGE_PAYLOAD + 1), ALICE, NOW, os.urandom)
    assert larger.pow() >= 0.000002
    assert required_zeros(pow_target(LARGE_PAYLOAD + 1), larger.size, larger.ttl) <= 2


@pytest.mark.parametrize("channel", [CHAT, TO_BOB], ids=["symmetric", "asymmetric"])
def test_the_largest_message(channel: Channel) -> None:
    envelope = seal(channel, bytes(MAX_PAYLOAD_SIZE), ALICE, NOW, os.urandom)
    assert len(encode_messages([envelope])) <= MAX_SENT_PACKET_SIZE
    assert Admission(min_pow=0.000002).refuse(envelope, int(NOW)) is None
    assert len(opened(bobs_ears(), envelope)[0]) == 1
    with pytest.raises(LocalError, match="too large"):
        seal(channel, bytes(MAX_PAYLOAD_SIZE + 1), ALICE, NOW, os.urandom)


@pytest.mark.requirement("AC-10")
def test_reading_a_public_chat_takes_its_name_and_writing_takes_a_key() -> None:
    anybody = Listener()
    anybody.listen(public_chat("status"))
    said = seal(public_chat("status"), b"hello", ALICE, NOW, os.urandom)
    (_,), message = opened(anybody, said)
    assert (message.payload, message.signer) == (b"hello", ALICE.public_key)
    nobody_said = data.seal(public_chat("status").key, b"hello", None, os.urandom)
    assert anybody.open(Envelope.mine(NOW, 15, said.topic, nobody_said, 0.0)) is None


@pytest.mark.requirement("ST-46", "AC-11")
def test_unsigned_messages_are_discarded() -> None:
    sealed = data.seal(CHAT.key, b"hello", None, os.urandom)
    assert bobs_ears().open(Envelope.mine(NOW, 15, CHAT.topic, sealed, 0.0)) is None


@pytest.mark.requirement("WU-24")
def test_messages_for_others_are_not_opened() -> None:
    listener = bobs_ears()
    assert listener.open(seal(ALICE.public_key, b"hello", BOB, NOW, os.urandom)) is None
    stranger = public_chat("status", SymmetricKey(b"x" * 32))
    assert listener.open(seal(stranger, b"hello", BOB, NOW, os.urandom)) is None


def test_topics_follow_the_channels() -> None:
    listener = bobs_ears()
    everything = {CHAT, CODE, SECRET, TO_BOB, OLD_TO_BOB}
    assert listener.tags == everything
    assert listener.topics == {channel.topic for channel in everything}
    listener.listen(CHAT)
    listener.remove(CHAT)
    assert listener.topics == {channel.topic for channel in everything - {CHAT}}
    assert listener.open(seal(CHAT, b"hello", ALICE, NOW, os.urandom)) is None
    with pytest.raises(LocalError):
        listener.remove(CHAT)


def test_a_partition_shared_by_two_of_our_keys() -> None:
    """5,000 partitions collide deliberately: each key opens its own messages, and leaving one leaves the other."""
    mine = {
        partitioned(key.public_key).topic: key for key in (PrivateKey(n.to_bytes(32, "big")) for n in range(1, 400))
    }
    keys = [PrivateKey(n.to_bytes(32, "big")) for n in range(1, 400)]
    one, other = next(
        (key, mine[topic])
        for key in keys
        if (topic := partitioned(key.public_key).topic) in mine and mine[topic].secret != key.secret
    )
    listener = Listener()
    for key in (one, other):
        listener.listen(partitioned(key.public_key), key)
    assert len(listener.topics) == 1
    for key in (one, other):
        (where,), _ = opened(listener, seal(key.public_key, b"hello", ALICE, NOW, os.urandom))
        assert where == partitioned(key.public_key)
    listener.remove(partitioned(one.public_key))
    assert len(listener.topics) == 1
    assert listener.open(seal(one.public_key, b"hello", ALICE, NOW, os.urandom)) is None
    assert len(opened(listener, seal(other.public_key, b"hello", ALICE, NOW, os.urandom))[0]) == 1


@pytest.mark.parametrize("private_key", [None, ALICE], ids=["none", "another's"])
def test_listening_needs_the_right_key(private_key: PrivateKey | None) -> None:
    listener = Listener()
    with pytest.raises(LocalError):
        listener.listen(TO_BOB, private_key)
    assert listener.tags == frozenset()


def test_two_names_for_one_place() -> None:
    """A public chat that is named like a contact code is the same place, and both hear of what is said there."""
    imposter = public_chat(CODE.name, SymmetricKey(b"c" * 32))
    listener = bobs_ears()
    listener.listen(imposter)
    assert set(opened(listener, seal(CODE, b"hello", ALICE, NOW, os.urandom))[0]) == {CODE, imposter}
