"""A39: group: non-admin removal, self re-add, forked/duplicated/permuted events, chat id not bound to its creator.

Expected: ignored; all honest members converge.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import EventType
from tests.adversary.hostile import Stranger, contents
from tests.messenger.test_group_arrivals import history_of, sent_by
from tests.messenger.test_groups import create, group_of, groups, join, state
from tests.support.people import Network, Person

UNTOUCHED = ("chats", "messages", "outbox")


def assert_ignored(victim: Person, stranger: Stranger, update: MembershipUpdateMessage) -> None:
    """Nothing is told, and no row of a group, a chat or a message is touched but what waits to count one day."""
    events, before = list(victim.events), contents(victim)
    victim.receive(sent_by(stranger, victim.key, update))
    assert victim.events == events
    after = contents(victim)
    assert {name: after[name] for name in UNTOUCHED} == {name: before[name] for name in UNTOUCHED}


def event(network: Network, kind: EventType, *members: str, name: str = "", ahead: int = 50) -> MembershipUpdateEvent:
    return MembershipUpdateEvent(int(network.now * 1000) + ahead, members, name, kind)


@pytest.mark.parametrize("attack", ["removal", "addition", "rename", "promotion", "demotion"])
def test_what_only_admins_may_do(network: Network, attack: str) -> None:
    """By a member who is none, and by somebody who is no member."""
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    before = state(bob, chat)
    for identity in (carol.identity, PrivateKey.generate(os.urandom)):
        hostile = Stranger(network.now, identity)
        made = {
            "removal": event(network, EventType.MEMBER_REMOVED, alice.key.hex),
            "addition": event(network, EventType.MEMBERS_ADDED, Stranger(network.now).key.hex),
            "rename": event(network, EventType.NAME_CHANGED, name="mine"),
            "promotion": event(network, EventType.ADMINS_ADDED, carol.key.hex),
            "demotion": event(network, EventType.ADMIN_REMOVED, alice.key.hex),
        }[attack]
        signed = SignedEvent.sign(made, chat.id, identity)
        update = MembershipUpdateMessage(chat.id, (*history_of(bob, chat), signed.raw))
        for person in (alice, bob):
            assert_ignored(person, hostile, update)
    assert state(alice, chat) == state(bob, chat) == before
    assert signed.raw not in history_of(bob, chat), "it is not handed on either"


def test_who_was_removed_does_not_come_back_by_themselves(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    network.wait(1)
    before = state(bob, chat)
    hostile = Stranger(network.now, carol.identity)
    made = [
        event(network, EventType.MEMBER_JOINED, ahead=10),
        event(network, EventType.MEMBERS_ADDED, carol.key.hex, ahead=20),
        event(network, EventType.MEMBER_JOINED, ahead=30),
        event(network, EventType.CHAT_CREATED, name="again", ahead=40),
    ]
    signed = [SignedEvent.sign(one, chat.id, carol.identity).raw for one in made]
    bob.receive(sent_by(hostile, bob.key, MembershipUpdateMessage(chat.id, (*history_of(bob, chat), *signed))))
    assert state(bob, chat) == before
    words = hostile.message(chat_id=chat.id, message_type=3)
    bob.receive(sent_by(hostile, bob.key, MembershipUpdateMessage(chat.id, tuple(signed), words)))
    assert bob.heard == []


def test_a_group_that_names_somebody_else_as_its_creator(network: Network) -> None:
    """And ids that are none."""
    victim = network.add("victim")
    hostile, friend = Stranger(network.now), Stranger(network.now)
    uuid = "3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11"
    for chat_id in (
        group_chat_id(uuid, friend.key),
        f"{uuid}{hostile.key.hex}",
        hostile.key.hex,
        f"group-{hostile.key.hex}",
        "status",
    ):
        made = [
            event(network, EventType.CHAT_CREATED, name="trap", ahead=0),
            event(network, EventType.MEMBERS_ADDED, victim.key.hex, ahead=1),
        ]
        signed = tuple(SignedEvent.sign(one, chat_id, hostile.identity).raw for one in made)
        victim.receive(sent_by(hostile, victim.key, MembershipUpdateMessage(chat_id, signed)))
    assert victim.events == []
    assert victim.store.chats() == []


def test_events_that_were_made_for_another_group(network: Network) -> None:
    """What an admin has signed for one group does nothing in another."""
    chat, (alice, bob) = group_of(network, "alice", "bob")
    other = create(alice, "other", bob)
    join(other, bob)
    alice.do(lambda: groups(alice).remove(other.id, bob.key, network.now))
    network.wait(1)
    hostile = Stranger(network.now)
    stolen = MembershipUpdateMessage(chat.id, (*history_of(bob, chat), *history_of(alice, other)))
    before = state(bob, chat)
    bob.receive(sent_by(hostile, bob.key, stolen))
    assert state(bob, chat) == before


@pytest.mark.parametrize("seed", range(20))
def test_a_fork_in_pieces_to_each_member_in_another_order(network: Network, seed: int) -> None:
    """An admin tells everybody something else at the same time: parts, twice, in any order, with broken ones between.
    After one word of each, all have the same group."""
    random = Random(seed)
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).promote(chat.id, [carol.key], network.now))
    network.wait(1)
    hostile = Stranger(network.now, carol.identity)
    others = [alice, bob]
    made = [
        event(network, EventType.MEMBER_REMOVED, bob.key.hex, ahead=10),
        event(network, EventType.NAME_CHANGED, name="one", ahead=20),
        event(network, EventType.MEMBERS_ADDED, bob.key.hex, ahead=30),
        event(network, EventType.NAME_CHANGED, name="two", ahead=30),
        event(network, EventType.ADMIN_REMOVED, carol.key.hex, ahead=40),
        event(network, EventType.NAME_CHANGED, name="three", ahead=35),
    ]
    signed = [SignedEvent.sign(one, chat.id, carol.identity).raw for one in made]
    start = history_of(bob, chat)
    for person in others:
        for _ in range(6):
            some = random.sample(signed, random.randint(1, len(signed)))
            broken = bytes(65) + os.urandom(random.randint(1, 40))
            mixed = [*start, *some, *some[:1], broken]
            random.shuffle(mixed)
            person.receive(sent_by(hostile, person.key, MembershipUpdateMessage(chat.id, tuple(mixed))))
    missing = tuple(raw for raw in signed if raw not in history_of(alice, chat))
    alice.receive(sent_by(hostile, alice.key, MembershipUpdateMessage(chat.id, (*start, *missing))))
    bob.receive(sent_by(hostile, bob.key, MembershipUpdateMessage(chat.id, (*start, *signed))))
    assert state(alice, chat) == state(bob, chat)


def test_a_member_cannot_fill_a_group_with_events(network: Network) -> None:
    """However often somebody joins: what changes nothing is not handed on, and little of it is kept for later."""
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    hostile = Stranger(network.now, carol.identity)
    joins = [
        SignedEvent.sign(event(network, EventType.MEMBER_JOINED, ahead=number), chat.id, carol.identity).raw
        for number in range(500)
    ]
    before = history_of(alice, chat)
    alice.receive(sent_by(hostile, alice.key, MembershipUpdateMessage(chat.id, (*before, *joins))))
    assert history_of(alice, chat) == before
    assert len(contents(alice)["group_events"]) < len(before) + 10
    alice.do(lambda: groups(alice).remove(chat.id, carol.key, network.now))
    network.wait(1)
    assert "carol" not in [name for name, *_ in state(bob, chat)[1]]
