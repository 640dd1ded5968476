"""Mentions: who can be named in a chat, what is sent for a name, and what the other side sees."""

from __future__ import annotations

import pytest

from pystatus.account.alias import alias
from pystatus.account.names import NOTHING_KNOWN
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features import mentions as mentions_module
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.mentions import MAX_PEOPLE, Mentionable, Mentions
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType
from tests.messenger.test_groups import group_of
from tests.support.people import Network, Person


@pytest.fixture
def alice(network: Network) -> Person:
    return in_status(network.add("alice"))


@pytest.fixture
def bob(network: Network) -> Person:
    return in_status(network.add("bob"))


def in_status(person: Person) -> Person:
    person.join("status")
    return person


def mentions(person: Person) -> Mentions:
    return person.messenger.feature(Mentions)


def send(person: Person, chat_id: str, text: str, response_to: bytes | None = None) -> Message:
    messages = person.messenger.feature(Messages)
    return person.do(lambda: messages.send_text(chat_id, text, response_to=response_to, now=person.network.now))


def last(person: Person) -> Message:
    return [event for event in person.events if isinstance(event, MessageReceived)][-1].message


@pytest.mark.requirement("PL-6")
def test_a_name_is_sent_as_a_key_and_the_other_side_is_mentioned(alice: Person, bob: Person) -> None:
    send(bob, "status", "good morning")
    send(alice, "status", mentions(alice).typed("status", f"hello @{alias(bob.key)}! :smile:"))
    received = last(bob)
    assert received.text == f"hello @{bob.key.hex} ! 😄"
    assert received.mentions == (bob.key,)
    assert received.mentions_me(bob.identity)
    assert not received.mentions_me(alice.identity)


@pytest.mark.requirement("PL-6")
def test_names_are_completed_from_those_who_wrote_and_from_contacts(alice: Person, bob: Person) -> None:
    assert mentions(alice).people("status") == [Mentionable(alice.key, alias(alice.key))]
    send(bob, "status", "good morning")
    friend = PrivateKey(bytes(31) + b"\x07").public_key
    alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(friend, alice.network.now))
    others = [Mentionable(key, alias(key)) for key in (bob.key, friend)]
    assert mentions(alice).complete("status", "", 10) == others
    assert mentions(alice).complete("status", "", 1) == others[:1]
    name = alias(bob.key)
    assert others[0] in mentions(alice).complete("status", name[:4].upper(), 10)
    assert mentions(alice).complete("status", f"{name}x", 10) == []
    assert mentions(alice).complete("status", alias(alice.key), 10) == []


def test_in_private_the_two_of_them_can_be_named(alice: Person, bob: Person) -> None:
    chat = alice.meet(bob)
    send(bob, "status", "good morning")
    assert [one.key for one in mentions(alice).people(chat.id)] == [bob.key, alice.key]
    assert mentions(alice).typed(chat.id, f"@{alias(bob.key)}") == f"@{bob.key.hex}"


def test_in_a_group_its_members_can_be_named(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    assert {one.key for one in mentions(alice).people(chat.id)} == {alice.key, bob.key, carol.key}
    send(alice, chat.id, mentions(alice).typed(chat.id, f"@{alias(carol.key)}, are you there?"))
    network.wait(1)
    assert last(bob).mentions == last(carol).mentions == (carol.key,)


def test_what_cannot_be_asked(alice: Person) -> None:
    with pytest.raises(LocalError, match="no chat"):
        mentions(alice).people("nowhere")
    with pytest.raises(LocalError, match="not -1"):
        mentions(alice).complete("status", "", -1)
    with pytest.raises(TypeError, match="the client, not str"):
        send(alice, "status", "hello").mentions_me("alice")


def test_a_message_of_emoji_only_has_a_content_type_of_its_own(alice: Person, bob: Person) -> None:
    first = send(alice, "status", "😀👍🏽")
    assert first.content_type == last(bob).content_type == ContentType.EMOJI
    assert send(alice, "status", "😀 yes").content_type == ContentType.TEXT_PLAIN
    assert send(bob, "status", "😀", first.id).content_type == ContentType.TEXT_PLAIN


def test_few_names_are_kept_ready() -> None:
    for number in range(MAX_PEOPLE + 100):
        mentions_module._called(number.to_bytes(33, "big"), NOTHING_KNOWN, False)
    assert mentions_module._called.cache_info().currsize == MAX_PEOPLE
