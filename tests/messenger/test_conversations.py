"""What somebody does with their chats, for themselves alone: it stays done, whatever comes later."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.messenger.events import ChatLeft, MessageReceived
from pystatus.messenger.features import conversations
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.conversations import (
    MAX_DRAFT,
    ChatChanged,
    ChatCleared,
    Conversations,
    Draft,
    MessageDeleted,
)
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.reactions import Reactions
from pystatus.messenger.mentions import names
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind, profile_chat_id
from pystatus.payloads.kinds import ReactionType
from tests.adversary.hostile import Stranger
from tests.support.people import Network, Person


def of(person: Person) -> Conversations:
    return person.messenger.feature(Conversations)


def chat(person: Person, chat_id: str = "status") -> Chat:
    found = person.store.chat(chat_id)
    assert found is not None
    return found


def texts(person: Person, chat_id: str = "status") -> list[str]:
    return [message.text for message in reversed(person.store.messages(chat_id, 100, None))]


def unread(person: Person, chat_id: str = "status") -> tuple[int, int]:
    """How many messages, and how many of these name us."""
    return chat(person, chat_id).unread, chat(person, chat_id).mentions


@pytest.fixture
def room(network: Network) -> tuple[Person, Person]:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    return alice, bob


# deleting


def test_a_deleted_message_does_not_come_back(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    message = bob.say("status", "delete me")
    bob.say("status", "keep me")
    first = network.envelopes[-2]
    alice.do(lambda: of(alice).delete_message(message.id))
    assert alice.events[-1] == MessageDeleted(message.id, "status")
    assert texts(alice) == ["keep me"]

    alice.store._execute("DELETE FROM seen_from_strangers")  # its envelope may be forgotten, or it came in another one
    alice.restart()
    alice.receive(first)
    assert texts(alice) == ["keep me"]
    assert alice.heard.count("delete me") == 1
    assert texts(bob) == ["delete me", "keep me"]


def test_the_ids_of_deleted_messages_have_a_bound(
    network: Network, room: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = room
    monkeypatch.setattr(conversations, "MAX_DELETED", 3)
    messages = [bob.say("status", f"number {number}") for number in range(5)]
    for message in messages:
        alice.do(lambda message=message: of(alice).delete_message(message.id))  # type: ignore[misc]
    assert [of(alice).is_deleted(message.id) for message in messages] == [False, False, True, True, True]


def test_reactions_go_with_their_message(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    message = alice.say("status", "hello")
    for person in (alice, bob):
        person.do(lambda p=person: p.messenger.feature(Reactions).add(message.id, 1, network.now))  # type: ignore[misc]
    assert len(alice.messenger.feature(Reactions).listed(message.id)) == 2
    alice.do(lambda: of(alice).delete_message(message.id))
    assert alice.store.tables(Reactions).listed("status", message.id, 9) == []


def test_a_message_of_ours_that_waits_is_sent_all_the_same(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.disconnect()
    message = alice.say("status", "too late")
    alice.do(lambda: of(alice).delete_message(message.id))
    alice.connect()
    assert bob.heard == ["too late"]
    assert texts(alice) == []


def test_what_is_deleted_is_unread_no_longer(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    read = bob.say("status", "read")
    alice.do(lambda: of(alice).mark_read("status"))
    named = bob.say("status", f"@{alice.key.hex}: hello")
    bob.say("status", "unread")
    assert unread(alice) == (2, 1)
    alice.do(lambda: of(alice).delete_message(read.id))
    assert unread(alice) == (2, 1)
    alice.do(lambda: of(alice).delete_message(named.id))
    assert unread(alice) == (1, 0)


def test_what_is_not_here_cannot_be_deleted(room: tuple[Person, Person]) -> None:
    with pytest.raises(LocalError, match="There is no message 0x00000000"):
        room[0].do(lambda: of(room[0]).delete_message(bytes(32)))


def test_a_cleared_chat_stays_empty_of_what_was_said_before(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.online = False
    bob.say("status", "late")
    late = network.envelopes[-1]
    alice.online = True
    network.wait(1)
    bob.say("status", "here")
    cleared = alice.do(lambda: of(alice).clear("status"))
    assert (cleared.unread, cleared.active, texts(alice)) == (0, True, [])
    assert alice.events[-1] == ChatCleared(cleared)
    alice.receive(late)
    assert texts(alice) == []
    assert unread(alice) == (0, 0)
    network.wait(1)
    bob.say("status", "new")
    assert texts(alice) == ["new"]
    assert alice.say("status", "mine").clock > cleared.cleared_clock
    assert texts(bob) == ["late", "here", "new", "mine"]


def test_a_deleted_chat_opens_again_without_what_was_there(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.do(lambda: of(alice).set_draft(bob.key.hex, "dear"))
    alice.do(lambda: of(alice).delete(bob.key.hex))
    assert not chat(alice, bob.key.hex).active
    assert [event for event in alice.events if isinstance(event, ChatLeft)]
    assert (texts(alice, bob.key.hex), of(alice).draft(bob.key.hex)) == ([], None)
    network.wait(1)
    bob.say(alice.key.hex, "are you there?")
    assert chat(alice, bob.key.hex).active
    assert texts(alice, bob.key.hex) == ["are you there?"]


def test_a_group_is_left_before_it_is_deleted(network: Network) -> None:
    alice = network.add("alice")
    with alice.store.transaction():
        alice.store.save_chat(Chat("group", ChatKind.PRIVATE_GROUP))
    with pytest.raises(LocalError, match="Leave it first"):
        alice.do(lambda: of(alice).delete("group"))


# read and unread


def test_messages_and_mentions_are_counted_until_they_are_read(room: tuple[Person, Person]) -> None:
    alice, bob = room
    bob.say("status", "one")
    bob.say("status", f"two @{alice.key.hex}")
    bob.say("status", "three")
    alice.say("status", f"@{alice.key.hex} I said that")
    assert unread(alice) == (3, 1)
    alice.do(lambda: of(alice).mark_read("status", 1))
    assert unread(alice) == (2, 1)
    alice.do(lambda: of(alice).mark_read("status", 1))
    assert unread(alice) == (1, 0)
    alice.do(lambda: of(alice).mark_read("status"))
    assert unread(alice) == (0, 0)
    assert alice.events[-1] == ChatChanged(chat(alice))
    told = len(alice.events)
    alice.do(lambda: of(alice).mark_read("status"))
    assert len(alice.events) == told


def test_messages_that_were_seen_one_by_one_are_counted_and_the_oldest_are_read(room: tuple[Person, Person]) -> None:
    alice, bob = room
    assert of(alice).first_unread("status") is None
    said = [bob.say("status", text) for text in ("one", "two", "three")]
    first = of(alice).first_unread("status")
    assert first is not None
    assert first.id == said[0].id
    seen = frozenset({said[2].id, b"\x01" * 32})
    assert alice.do(lambda: of(alice).mark_seen("status", seen)) == 1, "one that is not here counts not"
    assert unread(alice) == (2, 0)
    first = of(alice).first_unread("status")
    assert first is not None
    assert first.id == said[1].id, "the last ones are unread"
    assert alice.do(lambda: of(alice).mark_seen("status", frozenset({said[0].id}))) == 0, "it was read"
    assert alice.do(lambda: of(alice).mark_seen("status", frozenset(one.id for one in said))) == 2
    assert unread(alice) == (0, 0)
    with pytest.raises(LocalError, match="no chat"):
        alice.do(lambda: of(alice).mark_seen("elsewhere", seen))


def test_last_messages_and_messages_by_their_ids(room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.join("empty")
    said = [bob.say("status", text) for text in ("one", "two")]
    assert {name: one.id for name, one in of(alice).last_messages(["status", "empty", "nowhere"]).items()} == {
        "status": said[1].id
    }
    assert list(of(alice).messages([said[0].id, bytes(32)])) == [said[0].id]


def test_what_was_read_can_be_unread_again(room: tuple[Person, Person]) -> None:
    alice, bob = room
    with pytest.raises(LocalError, match="One message or more"):
        alice.do(lambda: of(alice).mark_unread("status", 0))
    assert alice.do(lambda: of(alice).mark_unread("status")).unread == 0
    bob.say("status", f"@{alice.key.hex}.")
    bob.say("status", "two")
    alice.say("status", "mine")
    alice.do(lambda: of(alice).mark_read("status"))
    assert alice.do(lambda: of(alice).mark_unread("status")).unread == 1
    assert unread(alice) == (1, 0)
    alice.do(lambda: of(alice).mark_unread("status", 100))
    assert unread(alice) == (2, 1)
    alice.do(lambda: of(alice).mark_unread("status"))
    assert unread(alice) == (2, 1)


@pytest.mark.parametrize("end", ["", " rest", "\n", ".", ",", ":", ";"])
def test_a_mention(network: Network, end: str) -> None:
    key = network.add("alice").key
    assert names(f"ask @{key.hex}{end}", key)
    assert names(f"x@{key.hex}!@{key.hex}{end}", key)


@pytest.mark.parametrize("end", ["!", "0", "\u00a0", "@", ")"])
def test_no_mention(network: Network, end: str) -> None:
    key = network.add("alice").key
    assert not names(f"@{key.hex}{end}", key)
    assert not names(f"{key.hex} @0x{key.hex[2:].upper()}", key)


# muted, begun


def test_a_muted_chat_is_counted_and_says_so(room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.do(lambda: of(alice).set_muted("status", True))
    alice.restart()
    bob.say("status", "hello")
    (event,) = [event for event in alice.events if isinstance(event, MessageReceived)]
    assert event.chat.muted
    assert unread(alice) == (1, 0)
    assert not alice.do(lambda: of(alice).set_muted("status", False)).muted


def test_a_pinned_chat_stays_so_and_is_not_put_away(room: tuple[Person, Person]) -> None:
    alice, bob = room
    assert alice.do(lambda: of(alice).set_pinned("status", True)).pinned
    assert [event.chat.pinned for event in alice.events if isinstance(event, ChatChanged)] == [True]
    alice.restart()
    bob.say("status", "hello")
    assert (chat(alice).pinned, chat(alice).archived) == (True, False)
    assert not alice.do(lambda: of(alice).set_archived("status", True)).pinned
    found = alice.do(lambda: of(alice).set_pinned("status", True))
    assert (found.pinned, found.archived) == (True, False)
    assert not alice.do(lambda: of(alice).set_pinned("status", False)).pinned
    with pytest.raises(LocalError, match="no chat"):
        alice.do(lambda: of(alice).set_pinned("nothing", True))


def test_an_archived_chat_comes_back_when_somebody_writes(room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.do(lambda: of(alice).set_archived("status", True))
    alice.restart()
    alice.say("status", "still here")
    assert chat(alice).archived, "what we write leaves it where it is"
    bob.say("status", "hello")
    (event,) = [event for event in alice.events if isinstance(event, MessageReceived)]
    assert not event.chat.archived
    assert not chat(alice).archived
    alice.do(lambda: of(alice).set_muted("status", True))
    alice.do(lambda: of(alice).set_archived("status", True))
    bob.say("status", "hello?")
    assert chat(alice).archived, "a muted one stays put away"
    assert unread(alice) == (2, 0)
    assert not alice.do(lambda: of(alice).set_archived("status", False)).archived
    with pytest.raises(LocalError, match="no chat"):
        alice.do(lambda: of(alice).set_archived("nothing", True))


def test_a_draft_is_kept_and_replaced(room: tuple[Person, Person]) -> None:
    alice, bob = room
    message = bob.say("status", "hello")
    assert of(alice).draft("status") is None
    alice.do(lambda: of(alice).set_draft("status", "hell"))
    alice.do(lambda: of(alice).set_draft("status", "hello\n", message.id))
    alice.restart()
    assert of(alice).draft("status") == Draft("hello\n", message.id)
    alice.do(lambda: of(alice).set_draft("status", " "))
    assert of(alice).draft("status") is None


def test_chats_with_a_draft_are_listed(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    alice.join("another")
    assert of(alice).drafted_chats() == []
    for chat_id, text in (("status", "hell"), ("another", "good"), (alice.meet(bob).id, "dear"), ("status", "")):
        alice.do(lambda c=chat_id, t=text: of(alice).set_draft(c, t))  # type: ignore[misc]
    assert of(alice).drafted_chats() == [bob.key.hex, "another"]
    alice.do(lambda: of(alice).delete("another"))
    alice.restart_in_place()
    assert of(alice).drafted_chats() == [bob.key.hex]


def test_a_draft_has_a_bound_and_a_chat(room: tuple[Person, Person]) -> None:
    alice, _ = room
    alice.do(lambda: of(alice).set_draft("status", "x" * MAX_DRAFT))
    for text, chat_id, reply, why in (
        ("x" * (MAX_DRAFT + 1), "status", None, "16384 are kept"),
        ("x", "nowhere", None, "There is no chat"),
        ("x", "status", b"short", "32 bytes"),
    ):
        with pytest.raises(LocalError, match=why):
            alice.do(lambda t=text, c=chat_id, r=reply: of(alice).set_draft(c, t, r))  # type: ignore[misc]


# profile chats


def follow(person: Person, other: Person) -> Chat:
    return person.do(lambda: person.messenger.feature(Chats).follow(other.key, person.network.now))


def test_in_a_profile_chat_its_owner_alone_writes(network: Network) -> None:
    alice, bob, carol = network.add("alice"), network.add("bob"), network.add("carol")
    for person in (alice, bob, carol):
        follow(person, alice)
    profile = profile_chat_id(alice.key)
    assert chat(bob, profile).kind is ChatKind.PROFILE
    message = alice.say(profile, "what a day")
    assert texts(bob, profile) == texts(carol, profile) == ["what a day"]
    with pytest.raises(LocalError, match="profile of somebody else"):
        bob.say(profile, "hello")
    bob.do(lambda: bob.messenger.feature(Reactions).add(message.id, ReactionType.LOVE, network.now))
    assert [one.author for one in carol.messenger.feature(Reactions).listed(message.id)] == [bob.key]

    forged = Stranger(network.now)
    intruder = forged.message(chat_id=profile)
    channel = bob.messenger._parts.channels._channel_of(chat(bob, profile))
    bob.receive(forged.public(forged.wrap(intruder), channel))
    assert texts(bob, profile) == ["what a day"]
    alice.restart()
    assert alice.say(profile, "again").chat_id == profile
    assert texts(bob, profile) == ["what a day", "again"]


def test_a_profile_chat_can_be_left(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    follow(alice, alice)
    profile = follow(bob, alice).id
    bob.do(lambda: bob.messenger.feature(Chats).leave(profile))
    alice.say(profile, "nobody hears")
    assert texts(bob, profile) == []
    assert alice.states(alice.say(profile, "sent all the same"))[-1] == MessageState.SENT


# paging


def test_pages_both_ways(network: Network, room: tuple[Person, Person]) -> None:
    alice, bob = room
    said: list[Message] = [bob.say("status", str(number)) for number in range(7)]
    pages = alice.store.messages
    middle = said[3].cursor
    assert [message.text for message in pages("status", 2, middle)] == ["2", "1"]
    assert [message.text for message in pages("status", 2, None, middle)] == ["5", "4"]
    assert [message.text for message in pages("status", 9, None, middle)] == ["6", "5", "4"]
    assert pages("status", 9, None, said[6].cursor) == []
    with pytest.raises(LocalError, match="You are not in"):
        alice.do(lambda: alice.messenger.feature(Messages).send_text("nowhere", "x", now=network.now))
