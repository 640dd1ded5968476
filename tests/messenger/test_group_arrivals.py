"""What comes to a group from people without manners, from two sides at once, and from our other devices."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.errors import LocalError
from pystatus.messenger.events import ChatOpened
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.group_changes import AddedToGroup
from pystatus.messenger.features.group_invitations import MAX_INVITATION_EVENTS, MAX_INVITATIONS
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.chats import ChatKind, group_chat_id
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import EventType, MessageType, PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.transport import topics
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger
from tests.messenger.test_groups import create, group_of, groups, join, state
from tests.support.people import Network, Person


def update_by(author: PrivateKey, chat_id: str, *events: MembershipUpdateEvent) -> MembershipUpdateMessage:
    return MembershipUpdateMessage(chat_id, tuple(SignedEvent.sign(event, chat_id, author).raw for event in events))


def strange_group(stranger: Stranger, member: PublicKey, uuid: str | None = None) -> MembershipUpdateMessage:
    """A group that a stranger has made, with somebody in it."""
    chat_id = group_chat_id(uuid or "3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", stranger.key)
    now = int(stranger.now * 1000)
    return update_by(
        stranger.identity,
        chat_id,
        MembershipUpdateEvent(now, (), "win a prize", EventType.CHAT_CREATED),
        MembershipUpdateEvent(now + 1, (member.hex,), "", EventType.MEMBERS_ADDED),
    )


def sent_by(stranger: Stranger, to: PublicKey, update: MembershipUpdateMessage) -> Envelope:
    """As an honest client sends it."""
    wrapped = wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, stranger.identity)
    group = one_to_one_group_id(stranger.key, to)
    number = int.from_bytes(os.urandom(4), "big")
    return stranger.private(to, Payload(messages=(SyncMessage(group, number, wrapped),)).encode())


def history_of(person: Person, chat: Chat) -> tuple[bytes, ...]:
    known = groups(person)._book.find(chat.id)
    assert known is not None
    return tuple(event.raw for event in known.folded.history)


# what is carried


@pytest.mark.requirement("GC-12")
@pytest.mark.parametrize("where", ["another group", "a public chat", "a chat of two"])
def test_a_group_carries_nothing_for_another_chat(network: Network, where: str) -> None:
    """The events that came with it count all the same."""
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    other = create(alice, "other", bob)
    join(other, bob)
    bob.join("status")
    member = Stranger(network.now, carol.identity)
    chat_id, kind = {
        "another group": (other.id, MessageType.PRIVATE_GROUP),
        "a public chat": ("status", MessageType.PUBLIC_GROUP),
        "a chat of two": (bob.key.hex, MessageType.ONE_TO_ONE),
    }[where]
    leave = MembershipUpdateEvent(int(network.now * 1000) + 50, (carol.key.hex,), "", EventType.MEMBER_REMOVED)
    update = MembershipUpdateMessage(
        chat.id,
        (*history_of(carol, chat), SignedEvent.sign(leave, chat.id, carol.identity).raw),
        member.message(chat_id=chat_id, message_type=kind),
    )
    bob.receive(sent_by(member, bob.key, update))
    assert bob.heard == []
    assert "carol" not in [name for name, *_ in state(bob, chat)[1]]


@pytest.mark.requirement("GC-12")
def test_a_message_has_the_id_of_what_carried_it_for_all(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    sent = alice.say(chat, "hello")
    network.wait(1)
    for person in (bob, carol):
        (message,) = [one for one in person.store.messages(chat.id, 50, None) if one.text == "hello"]
        assert message.id == sent.id


def test_words_of_a_member_that_somebody_else_hands_on(network: Network) -> None:
    """They are the member's words in this group, whoever brings them; without a signature they are of who brings them,
    who is no member."""
    chat, (_, bob, carol) = group_of(network, "alice", "bob", "carol")
    mallory = Stranger(network.now)
    words = replace(mallory.message(), chat_id=chat.id, message_type=MessageType.PRIVATE_GROUP)
    update = MembershipUpdateMessage(chat.id, history_of(bob, chat), words)
    bob.receive(mallory.private(bob.key, wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, None)))
    assert bob.heard == []
    signed = wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, carol.identity)
    bob.receive(mallory.private(bob.key, signed))
    (received,) = [one for one in bob.store.messages(chat.id, 50, None) if one.text == "hello"]
    assert received.author == carol.key


# two sides at once


@pytest.mark.requirement("GC-14")
def test_whoever_is_added_while_something_else_happens_gets_that_too(network: Network) -> None:
    """Alice adds Carol while Bob, who does not know it yet, gives the group another name."""
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob)
    join(chat, bob)
    alice.do(lambda: groups(alice).promote(chat.id, [bob.key], network.now))
    network.wait(1)
    network.holding = True
    alice.do(lambda: groups(alice).add(chat.id, [carol.key], network.now))
    bob.do(lambda: groups(bob).rename(chat.id, "haven", network.now))
    network.wait(1)
    network.release()
    network.wait(2)
    assert state(carol, chat) == state(alice, chat) == state(bob, chat)
    assert state(carol, chat)[0] == "haven"


@pytest.mark.requirement("GC-8", "GC-14")
@pytest.mark.parametrize("is_removed", [False, True], ids=["left", "removed"])
def test_whoever_was_added_while_others_left_hears_of_it_from_them(network: Network, is_removed: bool) -> None:
    """Alice adds Carol and leaves. Bob and Dora, who do not know it yet, leave at the same time, or Bob removes Dora
    before he leaves: nobody is left who could tell Carol but they themselves."""
    alice, bob, carol, dora = (network.add(name) for name in ("alice", "bob", "carol", "dora"))
    chat = create(alice, "harbour", bob, dora)
    for person in (bob, dora):
        join(chat, person)
    alice.do(lambda: groups(alice).promote(chat.id, [bob.key], network.now))
    network.wait(1)
    network.holding = True
    alice.do(lambda: groups(alice).add(chat.id, [carol.key], network.now))
    alice.do(lambda: groups(alice).leave(chat.id, network.now))
    if is_removed:
        bob.do(lambda: groups(bob).remove(chat.id, dora.key, network.now))
    else:
        dora.do(lambda: groups(dora).leave(chat.id, network.now))
    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    network.wait(1)
    network.release()
    network.wait(2)
    assert state(carol, chat)[1] == [("carol", False, False)]


@pytest.mark.requirement("GC-8", "GC-14")
def test_a_removal_that_comes_before_the_addition(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    network.holding = True
    chat = create(alice, "harbour", bob)
    alice.do(lambda: groups(alice).remove(chat.id, bob.key, network.now))
    network.wait(1)
    network.held.reverse()
    network.release()
    network.wait(1)
    with pytest.raises(LocalError, match="not a member"):
        join(chat, bob)


# people


@pytest.mark.requirement("GC-5")
def test_members_are_people_that_we_know_from_our_joining_on(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    codes = {person.name: topics.topic(topics.contact_code(person.key)) for person in (alice, carol)}
    chat = create(alice, "harbour", bob, carol)
    assert codes["carol"] not in bob.topics
    assert not bob.store.people.is_known(alice.key.compressed)
    join(chat, bob)
    assert set(codes.values()) <= bob.topics
    assert bob.store.people.is_known(carol.key.compressed)
    bob.restart()
    assert set(codes.values()) <= bob.topics

    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    assert not set(codes.values()) & bob.topics


def test_of_a_chat_of_two_that_is_left_the_member_of_a_group_is_still_heard(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    code = topics.topic(topics.contact_code(alice.key))
    bob.meet(alice)
    bob.do(lambda: bob.messenger.feature(Chats).leave(alice.key.hex))
    assert code in bob.topics
    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    assert code not in bob.topics


def test_history_of_a_group_is_asked_for_where_its_members_write(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    found = bob.messenger.feature(Chats).topics(chat.id)
    assert topics.topic(topics.partitioned(bob.key)) in found
    assert len(found) == 2
    assert found <= bob.topics
    assert alice.messenger.feature(Chats).topics(chat.id) <= alice.topics


# strangers


def test_groups_of_strangers_are_bounded(network: Network) -> None:
    alice = network.add("alice")
    for number in range(MAX_INVITATIONS + 6):
        stranger = Stranger(network.now)
        uuid = f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11"
        alice.receive(sent_by(stranger, alice.key, strange_group(stranger, alice.key, uuid)))
    kept = [chat for chat in alice.store.chats() if chat.kind == ChatKind.PRIVATE_GROUP]
    assert len(kept) == MAX_INVITATIONS
    assert kept[0].name == "win a prize"
    newest = group_chat_id(uuid, stranger.key)
    assert newest in [chat.id for chat in kept]
    assert len(alice.store.tables(Groups).groups()) == MAX_INVITATIONS
    assert len(alice.topics) == 2


def test_groups_of_people_that_we_know_never_give_way_to_them(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.meet(bob)
    mine = create(bob, "harbour", alice)
    stranger = Stranger(network.now)
    for number in range(MAX_INVITATIONS + 6):
        uuid = f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11"
        alice.receive(sent_by(stranger, alice.key, strange_group(stranger, alice.key, uuid)))
    assert alice.store.chat(mine.id) is not None
    join(mine, alice)


def test_a_large_group_of_a_stranger_is_not_looked_at(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = network.add("alice")
    stranger = Stranger(network.now)
    update = strange_group(stranger, alice.key)
    flood = tuple(os.urandom(70) for _ in range(MAX_INVITATION_EVENTS))
    monkeypatch.setattr(
        "pystatus.messenger.features.groups.verified", lambda *_: pytest.fail("it was verified all the same")
    )
    alice.receive(sent_by(stranger, alice.key, replace(update, events=(*update.events, *flood))))
    assert alice.store.chats() == []


def test_declining_makes_no_stranger_somebody_that_we_know(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob, carol)
    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    assert not bob.store.people.is_known(carol.key.compressed)
    assert bob.store.people.is_known(alice.key.compressed), "she was told"
    network.wait(1)
    assert "bob" not in [name for name, *_ in state(alice, chat)[1]]


def test_news_of_a_group_that_has_nothing_to_do_with_us(network: Network) -> None:
    alice = network.add("alice")
    stranger = Stranger(network.now)
    alice.receive(sent_by(stranger, alice.key, strange_group(stranger, Stranger(network.now).key)))
    assert alice.store.chats() == []
    assert alice.store.tables(Groups).groups() == []


# our other devices


@pytest.mark.requirement("GC-10")
def test_another_device_of_ours_takes_part(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    phone = network.add("phone", identity=bob.identity)
    for one, other in ((bob, phone), (phone, bob)):
        one.do(lambda one=one: one.messenger.feature(Devices).pair("a device", network.now))  # type: ignore[misc]
        network.wait(1)
        (found,) = [device for device in other.messenger.feature(Devices).all() if not device.is_this]
        devices, known = other.messenger.feature(Devices), found.installation_id
        other.do(lambda devices=devices, known=known: devices.set_enabled(known, True, network.now))  # type: ignore[misc]
    network.wait(1)
    chat = create(alice, "harbour", bob)
    network.wait(1)
    join(chat, bob)
    network.wait(2)
    assert groups(phone).members(chat.id) == groups(bob).members(chat.id)
    alice.say(chat, "hello")
    network.wait(2)
    assert phone.heard == bob.heard == ["hello"]
    phone.say(chat, "from the phone")
    network.wait(2)
    assert alice.heard == ["from the phone"]
    (copy,) = [one for one in bob.store.messages(chat.id, 50, None) if one.text == "from the phone"]
    assert copy.state == MessageState.SENT
    assert [event.chat.id for event in phone.events if isinstance(event, ChatOpened)] == [chat.id]


def test_who_adds_us_is_told_once(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = create(alice, "harbour", bob)
    alice.do(lambda: groups(alice).rename(chat.id, "haven", network.now))
    network.wait(1)
    assert len([event for event in bob.events if isinstance(event, AddedToGroup)]) == 1


# again


@pytest.mark.requirement("PL-4", "PL-22")
def test_a_message_that_somebody_lacks_is_sent_again_as_the_same(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    message = alice.say(chat, "hello")
    network.wait(2)
    alice.do(lambda: alice.messenger._parts.states.give_up([message.id]))
    assert alice.states(message)[-1] == MessageState.UNCONFIRMED
    network.losing = True
    network.wait(1)
    network.losing = False
    carol.connect()
    again = alice.do(lambda: alice.messenger.feature(Messages).resend(message.id, network.now))
    assert again.id == message.id
    network.wait(60)
    assert carol.heard == ["hello"]
    assert bob.heard == ["hello"]
    assert alice.states(message)[-1] == MessageState.DELIVERED


def test_what_nobody_lacks_is_not_sent_again(network: Network) -> None:
    chat, (alice, _) = group_of(network, "alice", "bob")
    message = alice.say(chat, "hello")
    network.wait(2)
    with pytest.raises(LocalError, match="failed"):
        alice.do(lambda: alice.messenger.feature(Messages).resend(message.id, network.now))


def test_a_message_counts_as_delivered_without_those_who_have_left(network: Network) -> None:
    chat, (alice, _, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    message = alice.say(chat, "hello")
    network.wait(2)
    assert groups(alice).delivery(message.id).delivered == 1
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    assert groups(alice).delivery(message.id).is_complete
    assert alice.states(message)[-1] == MessageState.DELIVERED
