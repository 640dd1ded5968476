"""What somebody has signed, handed on by others in other bytes: it stays one message (A34, A38, A39)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.crypto.keys import CURVE_ORDER
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.features.conversations import Conversations
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.kinds import MessageType, PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.transport.channels import public_chat
from pystatus.wire.proto import payloads_pb2
from tests.adversary.hostile import Stranger
from tests.messenger.test_group_arrivals import history_of
from tests.messenger.test_groups import group_of
from tests.support.people import Network, Person


def unknown_field(wrapped: bytes, number: int) -> bytes:
    return wrapped + b"\xa2\x06\x04" + number.to_bytes(4, "big")


def other_order(wrapped: bytes, number: int) -> bytes:
    """The fields behind each other, each of them again, as often as it takes: the last one counts."""
    message = payloads_pb2.ApplicationMetadataMessage.FromString(wrapped)
    kind = payloads_pb2.ApplicationMetadataMessage(type=message.type).SerializeToString()
    return kind * (1 + number) + wrapped


def other_signature(wrapped: bytes, number: int) -> bytes:
    """(r, n - s) verifies, too."""
    message = payloads_pb2.ApplicationMetadataMessage.FromString(wrapped)
    s = CURVE_ORDER - int.from_bytes(message.signature[32:64], "big")
    message.signature = message.signature[:32] + s.to_bytes(32, "big") + bytes([1 - message.signature[64]])
    return message.SerializeToString()


def handed_on(by: Stranger, to: Person, *wrapped: bytes) -> None:
    by.now = to.network.now
    group = one_to_one_group_id(by.key, to.key)
    messages = tuple(SyncMessage(group, int(by.now) + place, one) for place, one in enumerate(wrapped))
    to.receive(by.private(to.key, Payload(messages=messages).encode()))


@pytest.mark.requirement("PL-4")
@pytest.mark.parametrize("change", [unknown_field, other_order, other_signature])
@pytest.mark.parametrize("of", ["a member", "ourselves"])
def test_words_in_a_group_are_one_message(network: Network, change: Callable[[bytes, int], bytes], of: str) -> None:
    """Who was a member once has them, with their signature."""
    chat, (_, bob, carol) = group_of(network, "alice", "bob", "carol")
    author = carol if of == "a member" else bob
    words = Stranger(network.now, author.identity).message(chat_id=chat.id, message_type=MessageType.PRIVATE_GROUP)
    update = MembershipUpdateMessage(chat.id, history_of(author, chat), words)
    wrapped = wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, author.identity)
    mallory = Stranger(network.now)
    mallory.meets(bob.secure)
    handed_on(mallory, bob, wrapped, *(change(wrapped, number) for number in range(20)))
    (message,) = [one for one in bob.store.messages(chat.id, 50) if one.text == "hello"]

    bob.do(lambda: bob.messenger.feature(Conversations).delete_message(message.id))
    handed_on(mallory, bob, change(wrapped, 21))
    assert "hello" not in [one.text for one in bob.store.messages(chat.id, 50)], "what was deleted stays away"


def test_words_in_a_chat_of_two_are_not_handed_on_at_all(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    bob.say(bob.meet(alice), "who is there?")
    network.wait(2)
    words = Stranger(network.now, alice.identity)
    wrapped = words.wrap(words.private_message(bob.key, "hello"))
    mallory = Stranger(network.now)
    mallory.meets(bob.secure)
    handed_on(mallory, bob, wrapped, *(unknown_field(wrapped, number) for number in range(20)))
    assert bob.heard == []


def test_words_in_a_public_chat_are_one_message(network: Network) -> None:
    alice = network.add("alice")
    alice.join("status")
    author, mallory = Stranger(network.now), Stranger(network.now)
    wrapped = author.wrap(author.message())
    channel = public_chat("status")
    alice.receive(author.public(wrapped, channel))
    for number in range(5):
        alice.receive(mallory.public(unknown_field(wrapped, number), channel))
    assert alice.heard == ["hello"]


def test_an_author_may_add_what_we_do_not_know(network: Network) -> None:
    """A later version of the wrapper has other fields (accretion rule)."""
    alice = network.add("alice")
    alice.join("status")
    author = Stranger(network.now)
    alice.receive(author.public(unknown_field(author.wrap(author.message()), 1), public_chat("status")))
    assert alice.heard == ["hello"]
