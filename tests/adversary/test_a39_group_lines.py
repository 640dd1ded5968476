"""The lines by which a chat shows the events of its group: what others can do to them, and what that costs us (A39)."""

from __future__ import annotations

import pytest

from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.features.group_invitations import MAX_INVITATIONS
from pystatus.messenger.features.search import Search
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import EventType
from pystatus.payloads.wrapper import recover_author
from tests.adversary.hostile import Stranger
from tests.messenger.test_group_arrivals import history_of, sent_by, strange_group, update_by
from tests.messenger.test_groups import group_of, groups, system_messages
from tests.support.people import Network, Person

WORDS = " ".join("abcdefghijklmnopqrstuvwxyz0123456789")
"""Of a name: each is taken out of the index by itself, if that is thorough."""


def index_all(person: Person) -> None:
    tables = person.store.tables(Search)
    while tables.waiting()[0]:
        with person.database.transaction():
            tables.take(500)


def statements_of_deleting(person: Person) -> list[str]:
    """What the database does from now on, the index of the search included."""
    done: list[str] = []
    person.database.connection.set_trace_callback(done.append)
    return done


def planted(signature: bytes, clock: int, chat_id: str) -> tuple[PublicKey, bytes]:
    """An event of another group with this signature, and whose it is."""
    while True:
        encoded = MembershipUpdateEvent(clock, (), "", EventType.MEMBER_JOINED).encode()
        try:
            return recover_author(chat_id.encode() + encoded, signature), signature + encoded
        except RemoteError:
            clock += 1


@pytest.mark.parametrize("first", ["the genuine", "the planted"])
def test_a_planted_signature_takes_no_line_away(network: Network, first: str) -> None:
    chat, (alice, bob, _) = group_of(network, "alice", "bob", "carol")
    before = system_messages(bob, chat)
    if first == "the planted":
        rename = MembershipUpdateEvent(int(network.now * 1000) + 9, (), "pier", EventType.NAME_CHANGED)
        event = SignedEvent.sign(rename, chat.id, alice.identity)
    else:
        event = SignedEvent.decode(history_of(bob, chat)[-1], chat.id)
    mallory, clock = Stranger(network.now), int(network.now * 1000) - 100_000
    mallory.meets(bob.secure)
    chat_id = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", mallory.key)
    victim, raw = planted(event.raw[:SIGNATURE_SIZE], clock + 50, chat_id)
    update = update_by(
        mallory.identity,
        chat_id,
        MembershipUpdateEvent(clock, (), "x", EventType.CHAT_CREATED),
        MembershipUpdateEvent(clock + 1, (bob.key.hex, victim.hex), "", EventType.MEMBERS_ADDED),
    )
    bob.receive(sent_by(mallory, bob.key, MembershipUpdateMessage(chat_id, (*update.events, raw))))
    if first == "the planted":
        genuine = MembershipUpdateMessage(chat.id, (*history_of(alice, chat), event.raw))
        bob.receive(sent_by(Stranger(network.now, alice.identity), bob.key, genuine))
        assert len(system_messages(bob, chat)) == len(before) + 1
    gone = MembershipUpdateEvent(clock + 2, (victim.hex,), "", EventType.MEMBER_REMOVED)
    bob.receive(sent_by(mallory, bob.key, update_by(mallory.identity, chat_id, gone)))
    assert set(before) <= set(system_messages(bob, chat))


def test_lines_that_come_and_go_cost_little(network: Network) -> None:
    """An event of one admin before all names that another one has given: these count, or not."""
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).promote(chat.id, [carol.key], network.now))
    network.wait(1)
    clock = int(network.now * 1000)
    names = [
        MembershipUpdateEvent(clock + 100 + number, (), f"{number} {WORDS}", EventType.NAME_CHANGED)
        for number in range(30)
    ]
    admin = Stranger(network.now, carol.identity)
    bob.receive(sent_by(admin, bob.key, update_by(carol.identity, chat.id, *names)))
    shown = len(system_messages(bob, chat))
    index_all(bob)
    done = statements_of_deleting(bob)
    out = MembershipUpdateEvent(clock + 50, (carol.key.hex,), "", EventType.ADMIN_REMOVED)
    bob.receive(sent_by(admin, bob.key, update_by(carol.identity, chat.id, out)))
    assert len(system_messages(bob, chat)) <= shown - 30 + 1
    assert len(done) < 30 * 40


def test_a_group_that_gives_way_costs_little(network: Network) -> None:
    alice, stranger = network.add("alice"), Stranger(network.now)
    clock = int(network.now * 1000) + 10
    for number in range(MAX_INVITATIONS):
        update = strange_group(stranger, alice.key, f"{number:08x}-6a3d-4f5e-9a59-0d8f5d6f7a11")
        names = update_by(
            stranger.identity,
            update.chat_id,
            *(
                MembershipUpdateEvent(clock + place, (), f"{place} {WORDS}", EventType.NAME_CHANGED)
                for place in range(30)
            ),
        )
        grown = MembershipUpdateMessage(update.chat_id, (*update.events, *names.events))
        alice.receive(sent_by(stranger, alice.key, grown))
    index_all(alice)
    done = statements_of_deleting(alice)
    one_more = strange_group(stranger, alice.key, "ffffffff-6a3d-4f5e-9a59-0d8f5d6f7a11")
    alice.receive(sent_by(stranger, alice.key, one_more))
    assert len(alice.store.tables(type(groups(alice))).groups()) == MAX_INVITATIONS
    assert len(done) < 30 * 40
