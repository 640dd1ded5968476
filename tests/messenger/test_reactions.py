"""Emoji under messages: sent, received, taken back, counted; and how many anybody can make us keep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.features import reactions as reactions_module
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.reactions import (
    MAX_OF_STRANGER,
    MAX_TYPES,
    MAX_WAITING,
    Reaction,
    ReactionCount,
    ReactionReceived,
    Reactions,
)
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import MessageType, PayloadType, ReactionType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.wrapper import unwrap, wrap
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.storage.features.reactions import ROOM
from pystatus.transport.channels import public_chat
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger
from tests.support.people import Network, Person

HEART, UP = ReactionType.LOVE, ReactionType.THUMBS_UP


def reactions(person: Person) -> Reactions:
    return person.messenger.feature(Reactions)


def add(person: Person, message: Message, kind: ReactionType | str = UP) -> Reaction:
    return person.do(lambda: reactions(person).add(message.id, kind, person.network.now))


def retract(person: Person, message: Message, kind: ReactionType | str = UP) -> Reaction:
    return person.do(lambda: reactions(person).retract(message.id, kind, person.network.now))


def toggle(person: Person, message: Message, kind: ReactionType | str = UP) -> Reaction:
    return person.do(lambda: reactions(person).toggle(message.id, kind, person.network.now))


def under(person: Person, message: Message) -> list[ReactionCount]:
    chat_id = reactions(person).chat_id_of(message.id)
    return reactions(person).counts(chat_id, [message.id]).get(message.id, [])


def told(person: Person) -> list[Reaction]:
    return [event.reaction for event in person.events if isinstance(event, ReactionReceived)]


def sent_by(stranger: Stranger, message_id: bytes, kind: int = 1, **changes: Any) -> Envelope:
    values = {
        "clock": int(stranger.now * 1000),
        "chat_id": "status",
        "message_id": f"0x{message_id.hex()}",
        "message_type": MessageType.PUBLIC_GROUP,
        "type": kind,
        **changes,
    }
    return stranger.public(wrap(EmojiReaction(**values).encode(), PayloadType.EMOJI_REACTION, stranger.identity))


@pytest.fixture
def room(network: Network) -> tuple[Person, Person, Message]:
    """Two people in a public chat, and what the first has said there."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    return alice, bob, alice.say("status", "hello")


@pytest.mark.requirement("PL-18")
def test_a_reaction_says_where_it_belongs(
    network: Network, room: tuple[Person, Person, Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, bob, message = room
    wrapped: list[bytes] = []
    seal = SecureTransport.seal_public

    def sealed(secure: SecureTransport, payload: bytes, now: float) -> bytes:
        wrapped.append(payload)
        return seal(secure, payload, now)

    monkeypatch.setattr(SecureTransport, "seal_public", sealed)
    made = add(bob, message)
    (only,) = wrapped
    outer = unwrap(only, bob.key)
    assert outer.type == PayloadType.EMOJI_REACTION
    payload = EmojiReaction.decode(outer.payload)
    assert payload == EmojiReaction(
        clock=made.clock,
        chat_id="status",
        message_id=f"0x{message.id.hex()}",
        message_type=MessageType.PUBLIC_GROUP,
        type=UP,
        retracted=False,
    )
    assert payload.clock >= message.clock


@pytest.mark.requirement("PL-18")
def test_a_public_reaction_and_its_retraction(room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    add(bob, message)
    assert under(alice, message) == [ReactionCount(UP, 1, own=False)]
    assert under(bob, message) == [ReactionCount(UP, 1, own=True)]
    add(alice, message)
    assert under(bob, message) == [ReactionCount(UP, 2, own=True)]
    taken_back = retract(bob, message)
    assert told(alice)[-1] == taken_back
    assert under(alice, message) == [ReactionCount(UP, 1, own=True)]
    assert under(bob, message) == [ReactionCount(UP, 1, own=False)]


@pytest.mark.requirement("PL-18")
def test_one_click_adds_and_the_next_one_retracts(room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    clocks = [toggle(bob, message, HEART).clock for _ in range(5)]
    assert clocks == sorted(set(clocks))  # all within one millisecond of the clock
    assert under(alice, message) == [ReactionCount(HEART, 1, own=False)]
    assert [reaction.retracted for reaction in told(alice)] == [False, True, False, True, False]
    toggle(bob, message, HEART)
    assert under(alice, message) == []


def test_our_clock_grows_even_where_it_is_at_the_edge(network: Network, room: tuple[Person, Person, Message]) -> None:
    """Somebody whose clock is two minutes ahead has driven that of the chat to where ours may not go."""
    alice, bob, message = room
    stranger = Stranger(network.now)
    ahead = int(network.now * 1000) + 120_000
    bob.receive(stranger.public(stranger.wrap(stranger.message(clock=ahead))))
    clocks = [toggle(bob, message).clock for _ in range(4)]
    assert clocks == sorted(set(clocks))
    assert clocks[-1] < ahead
    assert [reaction.retracted for reaction in told(alice)] == [False, True, False, True]


def test_the_same_one_again_is_not_sent(network: Network, room: tuple[Person, Person, Message]) -> None:
    _, bob, message = room
    first = add(bob, message)
    sent = len(network.envelopes)
    assert add(bob, message) == first
    assert len(network.envelopes) == sent
    retract(bob, message)
    with pytest.raises(LocalError, match="There is no \U0001f44d of yours under this message"):
        retract(bob, message)


def enable(device: Person, other: str) -> None:
    device.do(lambda: device.messenger.feature(Devices).set_enabled(other, True, device.network.now))


def test_a_private_reaction_goes_to_the_other_and_to_our_own_devices(network: Network) -> None:
    alice, phone = network.add("alice"), network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    phone.do(lambda: phone.messenger.feature(Devices).pair(None, network.now))
    for device in (phone, laptop):
        for other in device.messenger.feature(Devices).all()[1:]:
            enable(device, other.installation_id)
    question = alice.say(alice.meet(phone), "tea?")
    phone.say(alice.key.hex, "yes")
    network.wait(5)
    add(phone, question)
    assert under(alice, question) == [ReactionCount(UP, 1, own=False)]
    assert told(alice)[-1].chat_id == phone.key.hex
    assert under(laptop, question) == [ReactionCount(UP, 1, own=True)]
    assert told(laptop)[-1].chat_id == alice.key.hex
    retract(laptop, question)
    assert under(alice, question) == under(phone, question) == []


def test_it_is_sent_once_without_data_sync(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    message = alice.say(bob.key.hex, "lost?")
    network.wait(60)
    network.losing = True
    before = len(network.envelopes)
    add(bob, message)
    network.wait(3_600)
    (only,) = [envelope for envelope in network.envelopes[before:] if envelope.topic not in contact_codes(alice, bob)]
    network.losing = False
    assert under(alice, message) == []
    alice.receive(only)  # it was lost, and nobody asked for it
    assert under(alice, message) == [ReactionCount(UP, 1, own=False)]


def contact_codes(*people: Person) -> set[bytes]:
    """Topics of what goes out every six hours whatever is said."""
    return {person.messenger._parts.channels.contact_code_topic(person.key) for person in people}


def test_without_a_relay_it_waits_for_one(network: Network, room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    bob.disconnect()
    add(bob, message)
    bob.restart()
    assert under(alice, message) == []
    bob.connect()
    assert under(alice, message) == [ReactionCount(UP, 1, own=False)]
    assert under(bob, message) == [ReactionCount(UP, 1, own=True)]


def test_a_reaction_may_come_before_its_message(network: Network) -> None:
    alice, bob, carol = network.add("alice"), network.add("bob"), network.add("carol")
    for person in (alice, bob, carol):
        person.join("status")
    alice.online = False
    message = bob.say("status", "early bird")
    late = network.envelopes[-1]
    alice.online = True
    add(carol, message)
    assert under(alice, message) == []
    (reaction,) = told(alice)
    assert reactions(alice).counts("status", [message.id]) == {message.id: [ReactionCount(UP, 1, own=False)]}
    alice.receive(late)
    assert under(alice, message) == [ReactionCount(UP, 1, own=False)]
    assert reactions(alice).listed(message.id) == [reaction]


def test_nothing_is_unread_by_a_reaction(room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    add(bob, message)
    chat = alice.store.chat("status")
    assert chat is not None
    assert chat.unread == 0


def test_who_has_reacted(room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    first, second = add(bob, message), add(alice, message, HEART)
    assert reactions(alice).listed(message.id) == [second, first]
    assert [one.emoji for one in reactions(alice).listed(message.id)] == ["\u2764\ufe0f", "\U0001f44d"]
    assert reactions(alice).listed(bytes(32)) == []


@pytest.mark.parametrize(
    "text", ["\U0001f44d", "\U0001f44d\ufe0f", "thumbs-up", "Thumbs Up", " THUMBS_UP ", 2, ReactionType.THUMBS_UP]
)
def test_how_a_reaction_is_named(room: tuple[Person, Person, Message], text: Any) -> None:
    _, bob, message = room
    assert add(bob, message, text).type == ReactionType.THUMBS_UP


def test_a_reaction_of_ours_is_found_by_its_id_until_it_is_taken_back(room: tuple[Person, Person, Message]) -> None:
    alice, bob, message = room
    other = alice.say("status", "another")
    added, theirs = add(alice, message, ReactionType.SAD), add(bob, other, ReactionType.SAD)
    assert reactions(alice).find_own(added.id) == added
    assert reactions(alice).find_own(theirs.id) is None, "it is of somebody else"
    found = reactions(alice).listed_of([message.id, other.id, bytes(32)])
    assert {one: [each.author for each in those] for one, those in found.items()} == {
        message.id: [alice.key],
        other.id: [bob.key],
    }
    assert retract(alice, message, ReactionType.SAD).id == added.id
    assert reactions(alice).find_own(added.id) is None


def test_of_many_messages_so_many_reactions_are_listed_together(
    room: tuple[Person, Person, Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand messages with a thousand reactions of strangers each kept a client for half a minute."""
    alice, bob, message = room
    others = [alice.say("status", f"number {number}") for number in range(3)]
    for one in (message, *others):
        add(alice, one, UP)
        add(bob, one, UP)
    wanted = [message.id, *(one.id for one in others)]
    monkeypatch.setattr(reactions_module, "MAX_LISTED_TOGETHER", 3)
    assert [len(those) for those in reactions(alice).listed_of(wanted).values()] == [2, 1]
    assert [len(those) for those in reactions(alice).listed_of(wanted[2:3]).values()] == [2], "fewer are all listed"


@pytest.mark.parametrize("text", ["", "unknown", "\U0001f346", "up", 0, 7, -1])
def test_what_is_no_reaction(room: tuple[Person, Person, Message], text: Any) -> None:
    _, bob, message = room
    with pytest.raises(LocalError, match=r"There is no reaction .* There are: .*thumbs-up"):
        add(bob, message, text)


def test_a_message_that_is_not_here_and_a_chat_that_was_left(room: tuple[Person, Person, Message]) -> None:
    _, bob, message = room
    with pytest.raises(LocalError, match="There is no message 0x00000000"):
        bob.do(lambda: reactions(bob).add(bytes(32), UP, bob.network.now))
    bob.do(lambda: bob.messenger.feature(Chats).leave("status"))
    for act in (add, toggle, retract):
        with pytest.raises(LocalError, match="You are not in the chat"):
            act(bob, message)


# what others can make us keep


def count(person: Person) -> int:
    (rows,) = person.database.connection.execute("SELECT count(*) FROM reactions").fetchone()
    return int(rows)


def test_one_person_puts_few_kinds_under_one_message(network: Network, room: tuple[Person, Person, Message]) -> None:
    alice, _, message = room
    stranger = Stranger(network.now)
    for kind in range(1, MAX_TYPES + 10):
        alice.receive(sent_by(stranger, message.id, kind))
    assert count(alice) == MAX_TYPES
    alice.receive(sent_by(stranger, message.id, 1, retracted=True, clock=int(network.now * 1000) + 1))
    assert count(alice) == MAX_TYPES
    assert ReactionCount(1, 1, own=False) not in under(alice, message)


def test_one_stranger_keeps_a_few_hundred_at_most(network: Network, room: tuple[Person, Person, Message]) -> None:
    alice, _, message = room
    stranger = Stranger(network.now)
    alice.receive(sent_by(stranger, message.id))
    for number in range(MAX_OF_STRANGER + 20):
        alice.receive(sent_by(stranger, number.to_bytes(32, "big")))
    assert MAX_OF_STRANGER * ROOM <= count(alice) <= MAX_OF_STRANGER


def test_strangers_share_a_budget_and_people_we_know_keep_theirs(network: Network, tmp_path: Path) -> None:
    small = StrangerConfig(writers=Budget(30, 60_000), silent=Budget(30, 30_000))
    alice = network.add("alice", config=MessengerConfig(strangers=small))
    alice.join("status")
    bob = network.contact(alice, "bob")
    bob.join("status")
    message = alice.say("status", "hello")
    add(bob, message)
    for _ in range(100):
        alice.receive(sent_by(Stranger(network.now), message.id))
    assert count(alice) <= 31
    assert [reaction.author for reaction in reactions(alice).listed(message.id)].count(bob.key) == 1


def test_a_person_we_know_waits_with_so_many(network: Network) -> None:
    """What names messages that are here stays, whatever else they send."""
    alice = network.add("alice")
    alice.join("status")
    contact = PrivateKey.generate(os.urandom)
    meet(alice, contact.public_key)
    message = alice.say("status", "hello")
    friend = Stranger(network.now, contact)
    with alice.store.transaction():
        tables = alice.store.tables(Reactions)
        for number in range(MAX_WAITING):
            early = Reaction("status", number.to_bytes(32, "big"), friend.key, 1, 1)
            tables.save_reaction(early, waiting=True)
        tables.save_reaction(Reaction("status", message.id, friend.key, 2, 1), waiting=True)  # it has come since
    for number in range(10):
        alice.receive(sent_by(friend, os.urandom(32), number + 1))
    assert MAX_WAITING * ROOM <= count(alice) <= MAX_WAITING + 1
    assert under(alice, message) == [ReactionCount(2, 1, own=False)]


def meet(person: Person, other: PublicKey) -> None:
    person.do(lambda: person.messenger.feature(Chats).open_one_to_one(other, person.network.now))


@pytest.mark.parametrize("chat", ["one-to-one", "unknown"])
def test_a_public_reaction_reaches_no_other_chat(network: Network, chat: str) -> None:
    """In the reference it does, and takes the author's record along."""
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.join("status")
    message = bob.say(alice.key.hex, "between us")
    stranger = Stranger(network.now)
    where = bob.key.hex if chat == "one-to-one" else "another"
    alice.receive(sent_by(stranger, message.id, chat_id=where))
    wrapped = wrap(
        EmojiReaction(int(network.now * 1000), where, f"0x{message.id.hex()}", MessageType.PUBLIC_GROUP, 1).encode(),
        PayloadType.EMOJI_REACTION,
        stranger.identity,
    )
    alice.receive(stranger.private(alice.key, wrapped))
    alice.receive(stranger.public(wrapped, public_chat(where)))
    assert count(alice) == 0
    assert told(alice) == []


def test_somebody_elses_reaction_cannot_be_passed_on(network: Network, room: tuple[Person, Person, Message]) -> None:
    """A38: the author inside is not who sent the envelope."""
    alice, _, message = room
    stranger, victim = Stranger(network.now), PrivateKey.generate(os.urandom)
    payload = EmojiReaction(int(network.now * 1000), "status", f"0x{message.id.hex()}", MessageType.PUBLIC_GROUP, 1)
    alice.receive(stranger.public(wrap(payload.encode(), PayloadType.EMOJI_REACTION, victim)))
    assert under(alice, message) == []
