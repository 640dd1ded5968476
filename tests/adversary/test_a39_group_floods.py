"""What others can make a member of a group keep, go through and send, beyond what a group is worth (A39)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.config import MAX_ATTEMPTS
from pystatus.messenger import channels, group_book
from pystatus.messenger.features import group_deliveries, group_telling
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.group_invitations import (
    MAX_INVITATION_BYTES,
    MAX_INVITATION_EVENTS,
    MAX_INVITATIONS,
)
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.search import Search
from pystatus.messenger.group_records import Delivery
from pystatus.messenger.people import MAX_WRITERS_BYTES
from pystatus.messenger.records import Chat
from pystatus.payloads import group_history
from pystatus.payloads.group_history import fold
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import EventType, InvitationState, PayloadType
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.messenger.test_group_arrivals import history_of, sent_by, strange_group, update_by
from tests.messenger.test_groups import create, group_of, groups, join, state
from tests.support.people import Network, Person


def kept(person: Person, chat_id: str) -> tuple[int, int]:
    """The events of a group in the profile, and their bytes."""
    count, size = person.database.connection.execute(
        "SELECT count(*), coalesce(sum(length(raw)), 0) FROM group_events WHERE chat_id = ?", (chat_id,)
    ).fetchone()
    return count, size


@pytest.mark.parametrize("what", ["many events", "large events", "events that do not count"])
def test_a_group_that_a_stranger_has_brought_stays_small(network: Network, what: str) -> None:
    """However many updates it grows by, and whoever of them sends these."""
    alice, stranger, accomplice = network.add("alice"), Stranger(network.now), Stranger(network.now)
    update = strange_group(stranger, alice.key)
    alice.receive(sent_by(stranger, alice.key, update))
    clock = int(network.now * 1000) + 10
    for number in range(12):
        if what == "many events":
            events = [
                MembershipUpdateEvent(clock + 30 * number + place, (), f"{number} {place}", EventType.NAME_CHANGED)
                for place in range(30)
            ]
        else:
            kind = EventType.NAME_CHANGED if what == "large events" else EventType.CHAT_CREATED
            events = [
                MembershipUpdateEvent(clock + 20 * number + place, (), f"{place}".zfill(250), kind)
                for place in range(20)
            ]
        more = update_by(stranger.identity, update.chat_id, *events)
        sender = accomplice if number % 2 else stranger
        alice.receive(sent_by(sender, alice.key, replace(update, events=(*update.events, *more.events))))
    count, size = kept(alice, update.chat_id)
    assert 4 <= count <= MAX_INVITATION_EVENTS
    assert size <= MAX_INVITATION_BYTES
    assert len(alice.store.messages(update.chat_id, 2_000)) <= MAX_INVITATION_EVENTS


def test_of_what_a_stranger_brings_to_a_group_of_ours_little_is_looked_at(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    stranger = Stranger(network.now)
    clock = int(network.now * 1000)
    flood = update_by(
        stranger.identity,
        chat.id,
        *(MembershipUpdateEvent(clock + number, (), "mine", EventType.NAME_CHANGED) for number in range(300)),
    )
    verified: list[int] = []

    def counted(raws: Sequence[bytes], _: str) -> list[SignedEvent]:
        verified.append(len(raws))
        return []

    monkeypatch.setattr("pystatus.messenger.features.groups.verified", counted)
    bob.receive(sent_by(stranger, bob.key, flood))
    assert verified == []
    bob.receive(sent_by(Stranger(network.now, alice.identity), bob.key, flood))
    assert verified == [300], "of a member all is"


def test_groups_of_strangers_are_not_gone_through_with_each_that_comes(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are more than are held folded."""
    monkeypatch.setattr(group_book, "MAX_CACHED", 8)
    alice, stranger = network.add("alice"), Stranger(network.now)
    updates = [
        strange_group(stranger, alice.key, f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11")
        for number in range(MAX_INVITATIONS)
    ]
    for update in updates:
        alice.receive(sent_by(stranger, alice.key, update))
    folds: list[str] = []

    def counted(chat_id: str, events: Sequence[SignedEvent]) -> object:
        folds.append(chat_id)
        return fold(chat_id, events)

    monkeypatch.setattr(group_book, "fold", counted)
    out = MembershipUpdateEvent(int(network.now * 1000) + 9, (alice.key.hex,), "", EventType.MEMBER_REMOVED)
    for update in updates[:3]:
        more = update_by(stranger.identity, update.chat_id, out)
        alice.receive(sent_by(stranger, alice.key, replace(update, events=(*update.events, *more.events))))
        assert alice.key.hex not in [member.person.hex for member in groups(alice).members(update.chat_id)]
    assert len(folds) <= 6, "each of its own, twice at most"


# what members bring about


def meeting(member: Person, chat: Chat, admin: Stranger, number: int) -> MembershipUpdateMessage:
    """A new event of ``admin`` with hardly any history: that of ``member`` meets it, and names people whom it does not.
    The update has a few hundred bytes."""
    created = next(
        raw for raw in history_of(member, chat) if SignedEvent.decode(raw, chat.id).event.type == EventType.CHAT_CREATED
    )
    clock = int(admin.now * 1000) + number
    mine = update_by(
        admin.identity, chat.id, MembershipUpdateEvent(clock, (), f"harbour {number}", EventType.NAME_CHANGED)
    )
    return MembershipUpdateMessage(chat.id, (created, *mine.events))


def test_histories_that_meet_again_and_again_are_told_within_a_budget(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, (alice, bob, carol, dave) = group_of(network, "alice", "bob", "carol", "dave")
    alice.do(lambda: groups(alice).promote(chat.id, [dave.key], network.now))
    network.wait(1)
    size = sum(map(len, history_of(bob, chat)))
    monkeypatch.setattr(group_telling, "MERGE_BYTES", 6 * size * MAX_ATTEMPTS)
    monkeypatch.setattr(group_telling, "MERGE_BYTES_PER_SECOND", size * MAX_ATTEMPTS / 100)
    told: list[PublicKey] = []
    sender = groups(bob)._core.sender
    send_to = sender.send_to

    def counted(people: Sequence[PublicKey], *args: object, **named: object) -> object:
        told.extend(people)
        return send_to(people, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sender, "send_to", counted)
    admin = Stranger(network.now, dave.identity)
    for number in range(40):
        bob.receive(sent_by(admin, bob.key, meeting(bob, chat, admin, number)))
    assert state(bob, chat)[0] == "harbour 39"
    assert 2 <= len(told) <= 6
    due = groups(bob).next_timer()
    assert due is not None

    at_once = len(told)
    network.wait(1_500)
    assert groups(bob).next_timer() is None
    assert set(told[at_once:]) == {carol.key, dave.key}, "all are told in the end, of all that has happened"
    assert len(told) - at_once == 2, "each once"
    assert state(carol, chat) == state(dave, chat) == state(bob, chat)


def test_two_histories_that_meet_once_are_told_at_once(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).promote(chat.id, [carol.key], network.now))
    network.wait(1)
    admin = Stranger(network.now, carol.identity)
    bob.receive(sent_by(admin, bob.key, meeting(bob, chat, admin, 1)))
    network.wait(1)
    assert state(carol, chat)[0] == "harbour 1"
    assert groups(bob).next_timer() is None


def test_members_who_acknowledge_nothing_make_us_keep_a_bounded_amount(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    most = 20_000
    monkeypatch.setattr(group_deliveries, "MAX_KEPT_BYTES", most)
    bob.online = False
    sent = [alice.say(chat, f"{number} " + 900 * "x") for number in range(40)]
    tables = alice.store.tables(Groups)
    payloads = [tables.sent_payload(message.id) for message in sent]
    assert payloads[0] is None
    assert payloads[-1] is not None
    assert sum(len(payload or b"") for payload in payloads) <= most
    assert groups(alice).delivery(sent[0].id).delivered == 0, "how many have it is known all the same"


def test_of_a_group_that_is_forgotten_nothing_is_left(network: Network) -> None:
    """Its messages, too, and the words of them."""
    alice, stranger = network.add("alice"), Stranger(network.now)
    for number in range(MAX_INVITATIONS + 20):
        uuid = f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11"
        alice.receive(sent_by(stranger, alice.key, strange_group(stranger, alice.key, uuid)))
    execute = alice.database.connection.execute
    assert execute("SELECT count(*) FROM chats").fetchone() == (MAX_INVITATIONS,)
    assert execute("SELECT count(*) FROM messages").fetchone() == (2 * MAX_INVITATIONS,)
    assert execute("SELECT count(*) FROM chat_numbers").fetchone() == (MAX_INVITATIONS,)


def test_joining_a_group_of_a_stranger_lets_it_grow(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = create(bob, "harbour", alice)
    assert dict(alice.store.tables(Groups).invitations()) == {chat.id: bob.key.compressed}
    join(chat, alice)
    assert alice.store.tables(Groups).invitations() == []
    assert alice.store.tables(Groups).people() == [bob.key.compressed]


# a history that is full


@pytest.mark.parametrize("most", [3_000, 300], ids=["a member", "added beyond the bound"])
def test_a_longer_history_of_an_earlier_version_is_read_and_left(
    network: Network, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    for number in range(30):
        alice.do(lambda number=number: groups(alice).rename(chat.id, f"{number}".zfill(90), network.now))  # type: ignore[misc]
    network.wait(5)
    monkeypatch.setattr(group_history, "MAX_HISTORY_BYTES", most)
    bob.restart()
    assert len(bob.store.messages(chat.id, 100)) == 33
    size = sum(map(len, history_of(bob, chat)))
    assert size <= most
    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    left = bob.store.chat(chat.id)
    assert left is not None
    assert not left.active
    bob.do(lambda: bob.messenger.feature(Conversations).delete(chat.id))


def test_whom_somebody_else_has_removed_can_leave_and_delete(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    alice.do(lambda: groups(alice).remove(chat.id, bob.key, network.now))
    network.wait(1)
    bob.do(lambda: groups(bob).leave(chat.id, network.now))
    bob.do(lambda: bob.messenger.feature(Conversations).delete(chat.id))
    assert bob.store.messages(chat.id, 10) == []


def test_of_one_more_event_little_is_written(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    written = bob.database.connection.total_changes
    alice.do(lambda: groups(alice).rename(chat.id, "pier", network.now))
    network.wait(1)
    few = bob.database.connection.total_changes - written
    for number in range(20):
        alice.do(lambda number=number: groups(alice).rename(chat.id, f"{number}", network.now))  # type: ignore[misc]
        network.wait(1)
    written = bob.database.connection.total_changes
    alice.do(lambda: groups(alice).rename(chat.id, "quay", network.now))
    network.wait(1)
    assert bob.database.connection.total_changes - written <= few + 2


def test_members_who_are_removed_together_are_forgotten_a_part_at_a_time(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them has acknowledged anything."""
    monkeypatch.setattr(group_deliveries, "MAX_FORGOTTEN", 5)
    chat, (alice, bob) = group_of(network, "alice", "bob")
    silent = [PrivateKey.generate(os.urandom) for _ in range(6)]
    names = [one.public_key.hex for one in silent]
    admin, clock = Stranger(network.now, alice.identity), int(network.now * 1000)
    added = update_by(admin.identity, chat.id, MembershipUpdateEvent(clock, tuple(names), "", EventType.MEMBERS_ADDED))
    joined = [
        update_by(one, chat.id, MembershipUpdateEvent(clock + 1, (), "", EventType.MEMBER_JOINED)).events[0]
        for one in silent
    ]
    bob.receive(sent_by(admin, bob.key, replace(added, events=(*added.events, *joined))))
    sent = [bob.say(chat, f"{number}") for number in range(12)]
    network.wait(2)
    assert groups(bob).delivery(sent[0].id) == Delivery(1, 7)

    out = [
        MembershipUpdateEvent(clock + 100_000 + place, (name,), "", EventType.MEMBER_REMOVED)
        for place, name in enumerate(names)
    ]
    bob.finishes = False
    done: list[str] = []
    bob.database.connection.set_trace_callback(done.append)
    bob.receive(sent_by(admin, bob.key, update_by(admin.identity, chat.id, *out)))
    assert len([one for one in done if one.startswith("DELETE FROM group_missing WHERE message_id = ")]) == 5
    bob.finishes = True
    network.wait(2)
    bob.tick()
    assert [groups(bob).delivery(message.id) for message in sent] == [Delivery(1, 1)] * 12


def test_keys_of_new_members_are_derived_a_few_at_a_time(network: Network) -> None:
    """And what is listened to for them ends when they are removed."""
    chat, (alice, bob) = group_of(network, "alice", "bob")
    admin, clock = Stranger(network.now, alice.identity), int(network.now * 1000)
    names = [PrivateKey.generate(os.urandom).public_key.hex for _ in range(3 * channels.DERIVED_AT_ONCE)]
    before = bob.topics
    done: list[str] = []
    bob.database.connection.set_trace_callback(done.append)
    bob.finishes = False
    added = update_by(admin.identity, chat.id, MembershipUpdateEvent(clock, tuple(names), "", EventType.MEMBERS_ADDED))
    bob.receive(sent_by(admin, bob.key, replace(added, events=(*history_of(bob, chat), *added.events))))
    derived = [one for one in done if one.startswith("INSERT") and "channel_keys" in one]
    assert len(derived) == 2 * channels.DERIVED_AT_ONCE
    bob.finishes = True
    bob.tick()
    assert len(bob.topics) == len(before) + 2 * len(names)
    out = [
        MembershipUpdateEvent(clock + 1 + place, (name,), "", EventType.MEMBER_REMOVED)
        for place, name in enumerate(names)
    ]
    removed = update_by(admin.identity, chat.id, *out)
    bob.receive(sent_by(admin, bob.key, replace(removed, events=(*history_of(bob, chat), *removed.events))))
    assert bob.topics == before


def test_requests_to_join_groups_that_we_have_not_joined_are_not_kept(network: Network) -> None:
    """A stranger has made us an admin of it."""
    alice, stranger = network.add("alice"), Stranger(network.now)
    update = strange_group(stranger, alice.key)
    clock = int(network.now * 1000) + 10
    admin = MembershipUpdateEvent(clock, (alice.key.hex,), "", EventType.ADMINS_ADDED)
    more = update_by(stranger.identity, update.chat_id, admin)
    alice.receive(sent_by(stranger, alice.key, replace(update, events=(*update.events, *more.events))))
    request = GroupChatInvitation(clock, update.chat_id, "let me in", InvitationState.REQUEST)
    wrapped = wrap(request.encode(), PayloadType.GROUP_CHAT_INVITATION, stranger.identity)
    alice.receive(stranger.private(alice.key, wrapped))
    assert groups(alice).requests() == []
    alice.do(lambda: groups(alice).join(update.chat_id, network.now))
    alice.receive(stranger.private(alice.key, wrapped))
    assert len(groups(alice).requests()) == 1


def test_whom_we_listen_for_is_known_without_folding_all_groups(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups of somebody we know that we have not joined, more than are held folded; and a profile of before."""
    monkeypatch.setattr(group_book, "MAX_CACHED", 4)
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    friend = Stranger(network.now, carol.identity)
    for number in range(20):
        uuid = f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11"
        bob.receive(sent_by(friend, bob.key, strange_group(friend, bob.key, uuid)))
    folds: list[str] = []

    def counted(chat_id: str, events: Sequence[SignedEvent]) -> object:
        folds.append(chat_id)
        return fold(chat_id, events)

    monkeypatch.setattr(group_book, "fold", counted)
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    network.wait(1)
    assert {*folds} <= {chat.id}
    folds.clear()
    bob.restart()
    assert folds == []

    topics = bob.topics
    bob.database.connection.execute("DELETE FROM group_people")
    bob.database.connection.execute("UPDATE groups SET heard = 0")
    bob.restart()
    assert bob.topics == topics
    assert bob.store.tables(Groups).people() == [alice.key.compressed]


def test_all_groups_of_strangers_take_as_much_as_their_messages(network: Network) -> None:
    """The lines that show the events included, and the words of these."""
    alice, stranger = network.add("alice"), Stranger(network.now)
    execute = alice.database.connection.execute
    update, clock = strange_group(stranger, alice.key), int(network.now * 1000) + 10
    names = [
        MembershipUpdateEvent(clock + place, (), f"{place} at the harbour, again", EventType.NAME_CHANGED)
        for place in range(MAX_INVITATION_EVENTS - 2)
    ]
    more = update_by(stranger.identity, update.chat_id, *names)
    pages = execute("PRAGMA page_count").fetchone()[0] - execute("PRAGMA freelist_count").fetchone()[0]
    alice.receive(sent_by(stranger, alice.key, replace(update, events=(*update.events, *more.events))))
    assert len(alice.store.messages(update.chat_id, 2_000)) == MAX_INVITATION_EVENTS
    index = alice.store.tables(Search)
    with alice.database.transaction():
        index.take(1_000)
    grown = execute("PRAGMA page_count").fetchone()[0] - execute("PRAGMA freelist_count").fetchone()[0] - pages
    assert grown * int(execute("PRAGMA page_size").fetchone()[0]) * MAX_INVITATIONS < 2 * MAX_WRITERS_BYTES
