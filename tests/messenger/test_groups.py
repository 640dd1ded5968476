"""Private groups, as their members see them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pystatus.errors import LocalError
from pystatus.messenger.events import ChatLeft, ChatOpened
from pystatus.messenger.features.group_changes import AddedToGroup, GroupChanged
from pystatus.messenger.features.group_deliveries import GroupMessageDelivered
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.group_records import Delivery
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType
from tests.support.people import Network, Person


def groups(person: Person) -> Groups:
    return person.messenger.feature(Groups)


def create(person: Person, name: str, *others: Person) -> Chat:
    keys = [other.key for other in others]
    chat = person.do(lambda: groups(person).create(name, keys, person.network.now))
    person.network.wait(1)
    return chat


def join(chat: Chat, *people: Person) -> None:
    for person in people:
        person.do(lambda person=person: groups(person).join(chat.id, person.network.now))  # type: ignore[misc]
        person.network.wait(1)


def group_of(network: Network, *names: str) -> tuple[Chat, Sequence[Person]]:
    """A group of the first with the others, who have all joined."""
    people = [network.add(name) for name in names]
    chat = create(people[0], "harbour", *people[1:])
    join(chat, *people[1:])
    return chat, people


def state(person: Person, chat: Chat) -> tuple[str, list[tuple[str, bool, bool]]]:
    """The group as somebody sees it: its name, and who is in it, has joined, is admin."""
    names = {other.key: other.name for other in person.network.people}
    members = [(names[one.person], one.has_joined, one.is_admin) for one in groups(person).members(chat.id)]
    seen = person.store.chat(chat.id)
    assert seen is not None
    return seen.name, sorted(members)


def system_messages(person: Person, chat: Chat) -> list[bytes]:
    messages = person.store.messages(chat.id, 50, None)
    return [message.id for message in messages if message.content_type == ContentType.SYSTEM_PRIVATE_GROUP]


@pytest.mark.requirement("GC-5", "GC-6", "GC-10")
def test_three_people_make_a_group_and_talk_in_it(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob, carol)

    assert chat.kind == ChatKind.PRIVATE_GROUP
    assert (chat.name, chat.active) == ("harbour", True)
    for person in (bob, carol):
        assert [(event.chat.name, event.by) for event in person.events if isinstance(event, AddedToGroup)] == [
            ("harbour", alice.key)
        ]
        assert state(person, chat) == state(alice, chat)
    assert state(bob, chat)[1] == [("alice", True, True), ("bob", False, False), ("carol", False, False)]

    join(chat, bob, carol)
    assert state(alice, chat) == state(bob, chat) == state(carol, chat)
    assert system_messages(alice, chat) == system_messages(bob, chat) == system_messages(carol, chat)

    sent = alice.say(chat, "hello both")
    network.wait(2)
    assert bob.heard == carol.heard == ["hello both"]
    received = bob.store.message(sent.id)
    assert received is not None
    assert (received.chat_id, received.author, received.clock) == (chat.id, alice.key, sent.clock)
    bob.say(chat, "hello alice")
    carol.say(chat, "hello")
    assert alice.heard == ["hello alice", "hello"]


@pytest.mark.requirement("GC-6")
def test_who_has_not_joined_gets_no_messages_and_writes_none(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob, carol)
    with pytest.raises(LocalError, match="Nobody else has joined"):
        alice.say(chat, "anybody there?")
    join(chat, bob)
    alice.say(chat, "hello bob")
    assert bob.heard == ["hello bob"]
    assert carol.heard == []
    with pytest.raises(LocalError, match="not joined"):
        carol.say(chat, "hello")


@pytest.mark.requirement("PL-8", "PL-22")
def test_a_message_is_delivered_when_all_have_it(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    message = alice.say(chat, "hello")
    network.wait(2)
    assert groups(alice).delivery(message.id) == Delivery(1, 2)
    assert MessageState.DELIVERED not in alice.states(message)
    carol.connect()
    network.wait(60)
    assert carol.heard == ["hello"]
    assert groups(alice).delivery(message.id) == Delivery(2, 2)
    assert alice.states(message)[-1] == MessageState.DELIVERED
    delivered = [event for event in alice.events if isinstance(event, GroupMessageDelivered)]
    told = [event for event in delivered if event.message_id == message.id]
    assert [(event.member, event.delivery.delivered) for event in told] == [(bob.key, 1), (carol.key, 2)]
    with pytest.raises(LocalError):
        groups(bob).delivery(message.id)


@pytest.mark.requirement("GC-8")
def test_who_is_removed_hears_of_it_and_of_nothing_else(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    network.wait(1)
    assert state(alice, chat) == state(bob, chat) == state(carol, chat)
    assert "carol" not in [name for name, *_ in state(bob, chat)[1]]
    alice.say(chat, "between us")
    network.wait(2)
    assert bob.heard == ["between us"]
    assert carol.heard == []
    with pytest.raises(LocalError, match="not joined"):
        carol.say(chat, "hello?")

    alice.do(lambda: groups(alice).add(chat.id, [carol.key], network.now))
    network.wait(1)
    assert carol.heard == []
    join(chat, carol)
    bob.say(chat, "welcome back")
    network.wait(1)
    assert carol.heard == ["welcome back"]


@pytest.mark.requirement("GC-8")
def test_a_message_of_somebody_who_was_removed_is_refused(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    network.wait(1)
    carol.online = True  # she does not know yet
    carol.do(lambda: carol.messenger.relay_ready("relay", network.now))
    carol.say(chat, "still here")
    network.wait(1)
    assert alice.heard == []
    assert bob.heard == []


@pytest.mark.requirement("GC-4", "GC-7", "GC-9")
def test_admins_come_and_go(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    with pytest.raises(LocalError, match="Only an admin"):
        bob.do(lambda: groups(bob).rename(chat.id, "haven", network.now))
    alice.do(lambda: groups(alice).promote(chat.id, [bob.key], network.now))
    network.wait(1)
    bob.do(lambda: groups(bob).rename(chat.id, "haven", network.now))
    network.wait(1)
    alice.do(lambda: groups(alice).step_down(chat.id, network.now))
    network.wait(1)
    with pytest.raises(LocalError, match="Only an admin"):
        alice.do(lambda: groups(alice).rename(chat.id, "harbour", network.now))
    assert state(alice, chat) == state(bob, chat) == state(carol, chat)
    assert state(carol, chat) == (
        "haven",
        [("alice", True, False), ("bob", True, True), ("carol", True, False)],
    )
    news = [event.news[0].text for event in carol.events if isinstance(event, GroupChanged)]
    assert news[-1] == f"@{alice.key.hex} is no admin any more"


@pytest.mark.requirement("GC-8")
def test_leaving_and_declining(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob, carol)
    join(chat, bob)
    left = bob.do(lambda: groups(bob).leave(chat.id, network.now))
    assert not left.active
    assert any(isinstance(event, ChatLeft) for event in bob.events)
    carol.do(lambda: groups(carol).leave(chat.id, network.now))
    network.wait(1)
    assert state(alice, chat)[1] == [("alice", True, True)]
    with pytest.raises(LocalError, match="not a member"):
        bob.do(lambda: groups(bob).join(chat.id, network.now))


def test_a_group_survives_a_restart(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    before = state(bob, chat)
    topics = bob.topics
    bob.restart()
    assert state(bob, chat) == before
    assert bob.topics == topics
    alice.say(chat, "good morning")
    network.wait(1)
    assert bob.heard == ["good morning"]
    bob.say(chat, "good morning to you")
    assert carol.heard == ["good morning", "good morning to you"]


def test_chats_are_opened_once(network: Network) -> None:
    chat, (_, bob, _) = group_of(network, "alice", "bob", "carol")
    assert [event.chat.id for event in bob.events if isinstance(event, ChatOpened)] == [chat.id]
