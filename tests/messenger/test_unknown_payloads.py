"""What this version does not know is kept, told, bounded, and taken by the version that knows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features import unknown_payloads
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.reactions import ReactionReceived, Reactions
from pystatus.messenger.features.unknown_payloads import (
    AT_ONCE,
    MAX_PAYLOAD,
    MAX_PAYLOAD_OF_STRANGER,
    UnknownPayload,
    UnknownPayloadReceived,
    UnknownPayloads,
)
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.payloads import registry
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.devices import SyncInstallation
from pystatus.payloads.kinds import ContentType, MessageType, PayloadType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.support.people import Network, Person

NEW_TYPE = 31


def kept(person: Person, chat_id: str | None = None) -> list[UnknownPayload]:
    return list(person.messenger.feature(UnknownPayloads).listed(chat_id))


def told(person: Person) -> list[UnknownPayload]:
    return [event.payload for event in person.events if isinstance(event, UnknownPayloadReceived)]


def unknown(stranger: Stranger, contents: bytes = b"from the future", kind: int = NEW_TYPE) -> Any:
    return stranger.public(wrap(contents, kind, stranger.identity))


@pytest.fixture
def alice(network: Network) -> Person:
    person = network.add("alice")
    person.join("status")
    return person


@pytest.mark.requirement("PL-19")
@pytest.mark.parametrize("kind", [NEW_TYPE, 2**31 - 1, PayloadType.PUSH_NOTIFICATION_QUERY])
def test_an_unknown_type_is_kept_and_told(network: Network, alice: Person, kind: int) -> None:
    stranger = Stranger(network.now)
    envelope = unknown(stranger, kind=kind)
    alice.receive(envelope)
    (payload,) = told(alice)
    assert (payload.type, payload.author, payload.chat_id, payload.size) == (kind, stranger.key, "status", 15)
    alice.restart()
    assert kept(alice) == kept(alice, "status") == [payload]
    assert alice.messenger.feature(UnknownPayloads).contents(payload.id) == b"from the future"
    alice.receive(envelope)
    assert (len(told(alice)), len(kept(alice))) == (1, 1)
    chat = alice.store.chat("status")
    assert chat is not None
    assert chat.unread == 0


def without_taker(person: Person, kind: type[Payload]) -> None:
    """Their version knows a type, and can do nothing with it."""
    del person.messenger._parts.receiver._dispatch._takers[kind]


@pytest.mark.requirement("PL-19")
def test_a_type_that_nothing_takes_is_kept_and_a_bad_one_is_not(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    without_taker(alice, ContactUpdate)
    friend = Stranger(network.now, bob.identity, device="another")
    update = ContactUpdate(int(network.now * 1000), "bob.eth", "data:,")
    late = ContactUpdate(int(network.now * 1000) + 10_000_000, "bob.eth", "")
    for one in (update, late):
        alice.receive(friend.private(alice.key, wrap(one.encode(), one.TYPE, bob.identity)))
    (payload,) = kept(alice)
    assert (payload.type_name, payload.chat_id) == ("contact-update", bob.key.hex)
    assert payload.size == len(update.encode())


def test_what_our_own_devices_say_belongs_to_no_chat(network: Network) -> None:
    phone = network.add("phone")
    without_taker(phone, SyncInstallation)
    own = Stranger(network.now, phone.identity, device="laptop")
    sync = SyncInstallation()
    phone.receive(own.private(phone.key, wrap(sync.encode(), sync.TYPE, phone.identity)))
    (payload,) = told(phone)
    assert (payload.type, payload.chat_id) == (PayloadType.SYNC_INSTALLATION, "")


def test_a_contact_code_is_understood(network: Network) -> None:
    """Its bundle is all that there is to it."""
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    network.wait(7 * 3_600)
    assert kept(alice) == kept(bob) == []


def test_a_message_of_a_kind_that_is_not_known_is_a_message(network: Network, alice: Person) -> None:
    """Its text is shown, and all of it is kept for a version that knows the content."""
    stranger = Stranger(network.now)
    alice.receive(stranger.public(stranger.wrap(stranger.message(content_type=42, text="a poll: tea or coffee?"))))
    (event,) = [event for event in alice.events if isinstance(event, MessageReceived)]
    assert (event.message.content_type, event.message.text) == (42, "a poll: tea or coffee?")
    stored = alice.store.message(event.message.id)
    assert stored is not None
    assert stored.payload == stranger.message(content_type=42, text="a poll: tea or coffee?").encode()
    assert ContentType.AUDIO < 42


# within limits


def test_too_large_a_payload_is_known_and_not_kept(network: Network, alice: Person) -> None:
    stranger = Stranger(network.now)
    for size in (MAX_PAYLOAD_OF_STRANGER, MAX_PAYLOAD_OF_STRANGER + 1):
        alice.receive(unknown(stranger, bytes(size)))
    assert [(one.size, one.is_kept) for one in kept(alice)] == [
        (MAX_PAYLOAD_OF_STRANGER + 1, False),
        (MAX_PAYLOAD_OF_STRANGER, True),
    ]
    assert alice.messenger.feature(UnknownPayloads).contents(kept(alice)[0].id) is None
    friend = know(alice, network)
    for size in (MAX_PAYLOAD, MAX_PAYLOAD + 1):
        alice.receive(unknown(friend, bytes(size)))
    assert [one.is_kept for one in kept(alice)[:2]] == [False, True]


def know(person: Person, network: Network) -> Stranger:
    """Somebody whom ``person`` knows, with the tools of a stranger."""
    friend = Stranger(network.now, PrivateKey.generate(os.urandom))
    person.do(lambda: person.messenger.feature(Chats).open_one_to_one(friend.key, network.now))
    return friend


def test_strangers_have_a_bound_of_their_own(network: Network, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknown_payloads, "MAX_COUNT_OF_STRANGERS", 20)
    friend = know(alice, network)
    alice.receive(unknown(friend))
    for _ in range(40):
        alice.receive(unknown(Stranger(network.now)))
    authors = [one.author for one in kept(alice)]
    assert len(authors) <= 21
    assert authors.count(friend.key) == 1
    assert told(alice)[-1].id == kept(alice)[0].id, "the newest never goes at once"


def test_bytes_have_a_bound(network: Network, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknown_payloads, "MAX_BYTES", 50_000)
    friend = know(alice, network)
    for number in range(20):
        alice.receive(unknown(friend, bytes(5_000 + number)))
        assert sum(one.size for one in kept(alice)) <= 50_000
    assert len(kept(alice)) >= 7


def test_what_strangers_pass_on_is_theirs(network: Network, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """They can make another id of the same signed payload as often as they like, by fields that nobody knows."""
    monkeypatch.setattr(unknown_payloads, "MAX_COUNT_OF_STRANGERS", 5)
    friend, stranger = know(alice, network), Stranger(network.now)
    signed = wrap(b"from the future", NEW_TYPE, friend.identity)
    for number in range(20):
        alice.receive(stranger.public(signed + b"\xf8\x07" + bytes([number])))
    assert 0 < len(kept(alice)) <= 5


def test_a_stranger_who_gives_way_takes_everything_along(network: Network) -> None:
    small = StrangerConfig(writers=Budget(10, 60_000), silent=Budget(10, 30_000))
    alice = network.add("alice", config=MessengerConfig(strangers=small))
    alice.join("status")
    for _ in range(50):
        alice.receive(unknown(Stranger(network.now)))
    assert len(kept(alice)) <= 10


# understood in the end


@pytest.fixture
def before_reactions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A version that does not know what an emoji reaction is, until the test says otherwise."""
    older = {number: kind for number, kind in registry.PAYLOADS.items() if number != PayloadType.EMOJI_REACTION}
    with monkeypatch.context() as patch:
        patch.setattr(registry, "PAYLOADS", MappingProxyType(older))
        patch.setattr("pystatus.messenger.receiving.PAYLOADS", MappingProxyType(older))
        patch.setattr(Reactions, "PAYLOADS", ())
        yield patch


def reaction(stranger: Stranger, message_id: bytes, **changes: Any) -> Any:
    values = {
        "clock": int(stranger.now * 1000),
        "chat_id": "status",
        "message_id": f"0x{message_id.hex()}",
        "message_type": MessageType.PUBLIC_GROUP,
        "type": 1,
        **changes,
    }
    return stranger.public(wrap(EmojiReaction(**values).encode(), PayloadType.EMOJI_REACTION, stranger.identity))


@pytest.mark.requirement("PL-19")
def test_the_version_that_knows_it_takes_what_was_kept_once(network: Network, before_reactions: Any) -> None:
    alice = network.add("alice")
    alice.join("status")
    message = alice.say("status", "hello")
    authors = [Stranger(network.now) for _ in range(3)]
    for author in authors:
        alice.receive(reaction(author, message.id))
    other = Stranger(network.now)
    alice.receive(unknown(other))
    assert [one.type for one in kept(alice)] == [NEW_TYPE, 22, 22, 22]
    alice.restart()
    assert len(kept(alice)) == 4, "still the same version"

    before_reactions.undo()
    network.wait(90 * 86_400)  # a release takes its time
    alice.events.clear()
    alice.restart()
    taken = [event.reaction.author for event in alice.events if isinstance(event, ReactionReceived)]
    assert taken == [author.key for author in authors]
    assert [one.author for one in kept(alice)] == [other.key]
    alice.do(lambda: alice.messenger.feature(Reactions).add(message.id, 1, network.now))
    alice.restart()
    assert len([event for event in alice.events if isinstance(event, ReactionReceived)]) == 3
    (count,) = alice.messenger.feature(Reactions).counts("status", [message.id])[message.id]
    assert (count.count, count.own) == (4, True)


def test_what_is_refused_in_the_end_is_gone(network: Network, before_reactions: Any) -> None:
    """Somebody else passed it on, its clock was ahead, or it is no reaction at all: nothing of it counts."""
    alice = network.add("alice")
    alice.join("status")
    message = alice.say("status", "hello")
    author, thief = Stranger(network.now), Stranger(network.now)
    stolen = EmojiReaction(int(network.now * 1000), "status", f"0x{message.id.hex()}", MessageType.PUBLIC_GROUP, 1)
    alice.receive(thief.public(wrap(stolen.encode(), PayloadType.EMOJI_REACTION, author.identity)))
    alice.receive(reaction(author, message.id, clock=int(network.now * 1000) + 120_001))
    alice.receive(unknown(author, b"\xff\xff", PayloadType.EMOJI_REACTION))
    alice.receive(reaction(author, message.id, type=2))
    assert len(kept(alice)) == 4
    before_reactions.undo()
    network.wait(600)
    alice.restart()
    assert kept(alice) == []
    assert [one.type for one in alice.messenger.feature(Reactions).listed(message.id)] == [2]


def test_many_are_taken_a_part_at_a_time(network: Network, before_reactions: Any, tmp_path: Path) -> None:
    alice = network.add("alice")
    alice.join("status")
    message = alice.say("status", "hello")
    friend = know(alice, network)
    for number in range(AT_ONCE + 5):
        alice.receive(reaction(friend, number.to_bytes(32, "big")))
    alice.receive(reaction(friend, message.id))
    before_reactions.undo()
    alice.finishes = False
    alice.restart()
    assert len(kept(alice)) == 6
    (rest,) = alice.unfinished
    alice.unfinished = []
    alice.do(lambda: rest(network.now))
    assert kept(alice) == []
    assert len(alice.messenger.feature(Reactions).listed(message.id)) == 1
