"""Emoji under what is said in a group, and what a member does with it for themselves alone."""

from __future__ import annotations

import pytest

from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.reactions import Reaction, ReactionCount, Reactions
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ReactionType
from pystatus.transport import topics
from tests.support.people import Network, Person, group_of

UP = ReactionType.THUMBS_UP


def toggle(person: Person, message: Message) -> Reaction:
    return person.do(lambda: person.messenger.feature(Reactions).toggle(message.id, UP, person.network.now))


def under(person: Person, message: Message) -> list[ReactionCount]:
    return person.messenger.feature(Reactions).counts(message.chat_id, [message.id]).get(message.id, [])


def test_all_members_see_a_reaction_and_its_retraction(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    message = alice.say(chat, "hello both")
    network.wait(2)
    assert toggle(bob, message).chat_id == chat.id
    assert under(alice, message) == under(carol, message) == [ReactionCount(UP, 1, own=False)]
    toggle(alice, message)
    assert under(carol, message) == [ReactionCount(UP, 2, own=False)]
    toggle(bob, message)
    assert under(alice, message) == [ReactionCount(UP, 1, own=True)]
    assert under(carol, message) == [ReactionCount(UP, 1, own=False)]


@pytest.mark.requirement("WU-19")
def test_a_group_has_no_topic_and_each_member_gets_what_only_they_can_open(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    network.wait(60)
    network.holding = True
    message = alice.say(chat, "hello both")
    toggle(alice, message)
    envelopes = [envelope for author, envelope in network.held if author is alice]
    assert len(envelopes) == 2 * 2
    for envelope in envelopes:
        opening = [person for person in (bob, carol) if person.messenger._parts.channels.listener.open(envelope)]
        assert len(opening) == 1
    for person in (alice, bob, carol):
        assert topics.topic(chat.id) not in person.topics
    network.release()
    network.wait(2)
    assert bob.heard == carol.heard == ["hello both"]
    assert under(bob, message) == under(carol, message) == [ReactionCount(UP, 1, own=False)]


def test_it_is_one_envelope_to_each_without_data_sync(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    message = alice.say(chat, "hello both")
    network.wait(60)
    before = len(network.envelopes)
    network.losing = True
    toggle(bob, message)
    network.wait(600)
    assert len(network.envelopes) == before + 2
    assert under(alice, message) == under(carol, message) == []


def test_who_has_not_joined_sees_none(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    dora = network.add("dora")
    alice.do(lambda: alice.messenger.feature(Groups).add(chat.id, [dora.key], network.now))
    network.wait(1)
    message = alice.say(chat, "hello")
    network.wait(2)
    toggle(bob, message)
    assert under(alice, message) == [ReactionCount(UP, 1, own=False)]
    assert under(dora, message) == []


def test_a_cleared_group_stays_a_group(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    bob.say(chat, "before")
    network.wait(2)
    alice.do(lambda: alice.messenger.feature(Conversations).clear(chat.id))
    assert alice.store.messages(chat.id, 9, None) == []
    network.wait(1)
    bob.say(chat, "after")
    network.wait(2)
    assert [message.text for message in alice.store.messages(chat.id, 9, None)] == ["after"]
    kept = alice.store.chat(chat.id)
    assert kept is not None
    assert (kept.unread, kept.name) == (1, "harbour")
