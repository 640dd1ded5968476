"""Somebody is blocked: nothing of them is left, taken or answered, and they cannot notice."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.decryption_failures import FailingDevice
from pystatus.messenger.events import ChatLeft, MessageReceived
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.contacts import ContactChanged, Contacts
from pystatus.messenger.features.conversations import ChatChanged, ChatCleared
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.media import Media
from pystatus.messenger.features.reactions import Reactions
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.kinds import ContentType, MessageType, ReactionType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile.victims import contents, count
from tests.messenger.deliveries import deliver
from tests.support.people import Network, Person


def contacts(person: Person) -> Contacts:
    return person.messenger.feature(Contacts)


def block(person: Person, other: Person) -> Contact:
    return person.do(lambda: contacts(person).block(other.key, person.network.now))


def unblock(person: Person, other: Person) -> Contact:
    return person.do(lambda: contacts(person).unblock(other.key, person.network.now))


def texts(person: Person, chat_id: str) -> list[str]:
    """Of what people have written, the oldest first."""
    page = person.store.messages(chat_id, 99, None)
    return [message.text for message in reversed(page) if message.content_type == 1]


def chat(person: Person, chat_id: str) -> Chat:
    found = person.store.chat(chat_id)
    assert found is not None
    return found


def group_of(admin: Person, *members: Person) -> str:
    groups = admin.messenger.feature(Groups)
    made = admin.do(lambda: groups.create("harbour", [one.key for one in members], admin.network.now))
    admin.network.wait(2)
    for one in members:
        one.do(lambda one=one: one.messenger.feature(Groups).join(made.id, one.network.now))  # type: ignore[misc]
        admin.network.wait(2)
    return made.id


# what is there is deleted


def test_their_messages_are_deleted_in_every_chat(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    carol = network.contact(alice, "carol")
    network.contact(bob, "dave")
    for person in (alice, bob, carol):
        person.join("status")
    bob.say(bob.meet(alice), "in private")
    bob.say("status", f"first @{alice.key.hex}")
    carol.say("status", f"second @{alice.key.hex}")
    bob.say("status", "third")
    group_id = group_of(alice, bob, carol)
    bob.say(group_id, "in the group")
    carol.say(group_id, "also there")
    assert (chat(alice, "status").unread, chat(alice, "status").mentions) == (3, 2)
    alice.events.clear()

    blocked = block(alice, bob)
    assert texts(alice, "status") == [f"second @{alice.key.hex}"]
    assert texts(alice, group_id) == ["also there"]
    assert texts(alice, bob.key.hex) == []
    assert (chat(alice, "status").unread, chat(alice, "status").mentions) == (1, 1)
    assert chat(alice, group_id).unread == 1
    assert not chat(alice, bob.key.hex).active
    assert chat(alice, bob.key.hex).unread == 0
    (last,) = alice.store.messages("status", 1, None)
    assert chat(alice, "status").updated_ms == last.received_ms
    kinds = [type(event) for event in alice.events]
    assert kinds == [ChatLeft, ChatCleared, ChatChanged, ChatChanged, ContactChanged]
    assert alice.events[-1] == ContactChanged(blocked)
    network.close()


def test_their_reactions_and_what_hangs_on_their_messages_is_deleted(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.join("status")
    bob.join("status")
    mine = alice.say("status", "mine")
    reactions = bob.messenger.feature(Reactions)
    bob.do(lambda: reactions.add(mine.id, ReactionType.LOVE, network.now))
    assert count(alice, "reactions") == 1
    block(alice, bob)
    assert count(alice, "reactions") == 0
    assert alice.store.tables(Media).attachments([mine.id]) == {}
    assert alice.store.has_message(mine.id)
    network.close()


def test_of_a_stranger_the_block_alone_is_left(network: Network) -> None:
    """A stranger who is blocked costs one row, and what opens what they write when the block has ended."""
    alice, bob = network.add("alice"), network.add("bob")
    before = contents(alice)
    bob.say(bob.meet(alice), "buy this")
    network.wait(5)
    block(alice, bob)
    after = contents(alice)
    changed = {table for table in after if after[table] != before[table]}
    assert len(after["contacts"]) == 1
    assert changed <= {
        "contacts",
        "contacts_stamp",
        "device_items",
        "installations",
        "journal",  # of what the user was told; the oldest of it gives way
        "ratchet_sessions",
        "settings",
        "seen_from_strangers",
        "sqlite_sequence",
        *shadows(changed),
    }
    network.close()


def shadows(tables: set[str]) -> set[str]:
    """Of the index of the search, which says in how many places nothing is."""
    return {table for table in tables if table.startswith("message_index")} | {
        "search_blocks",
        "sent_envelopes",
        "sent_payloads",
    }


def test_groups_that_they_have_brought_and_requests_are_forgotten(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    brought = bob.do(lambda: bob.messenger.feature(Groups).create("spam", [alice.key], network.now))
    mine = group_of(alice, network.contact(alice, "carol"))
    link = alice.messenger.feature(Groups).invitation_link(mine)
    network.wait(5)
    bob.do(lambda: bob.messenger.feature(Groups).request_to_join(link, "please", network.now))
    network.wait(5)
    assert chat(alice, brought.id).active
    assert len(alice.messenger.feature(Groups).requests()) == 1
    alice.events.clear()
    block(alice, bob)
    assert alice.store.chat(brought.id) is None
    assert ChatLeft in [type(event) for event in alice.events]
    assert alice.messenger.feature(Groups).requests() == []
    assert alice.store.chat(mine) is not None
    network.close()


# what comes is dropped


@pytest.mark.requirement("PL-21")
def test_nothing_of_them_is_taken_or_answered(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    for person in (alice, bob):
        person.join("status")
    mine = alice.say("status", "mine")
    block(alice, bob)
    network.wait(60)
    before, sent = contents(alice), len(network.envelopes)
    events = list(alice.events)

    written = bob.say(bob.meet(alice), "are you there?")
    bob.say("status", "hello")
    bob.do(lambda: bob.messenger.feature(Reactions).add(mine.id, ReactionType.LOVE, network.now))
    bob.do(lambda: bob.messenger.feature(Contacts).add(alice.key, network.now))
    bob.do(lambda: bob.messenger.feature(Groups).create("spam", [alice.key], network.now))
    network.wait(60)
    assert contents(alice) == before
    assert alice.events == events
    assert {one.topic for one in network.envelopes[sent:]} & alice.topics, "they came"
    stored = bob.store.message(written.id)
    assert stored is not None
    assert stored.state is MessageState.SENT, "as if alice were away"
    network.close()


def test_what_others_pass_on_of_them_is_dropped(network: Network) -> None:
    """A group travels with each of its messages; what its members have done there counts, whoever says it."""
    alice, bob = network.add("alice"), network.add("bob")
    carol = network.contact(alice, "carol")
    group_id = group_of(alice, bob, carol)
    block(alice, bob)
    bob.do(lambda: bob.messenger.feature(Groups).leave(group_id, network.now))
    network.wait(5)
    assert bob.key in {member.person for member in alice.messenger.feature(Groups).members(group_id)}
    carol.say(group_id, "bob has gone")
    assert bob.key not in {member.person for member in alice.messenger.feature(Groups).members(group_id)}
    assert texts(alice, group_id) == ["bob has gone"]
    network.close()


@pytest.mark.requirement("PL-21")
def test_what_somebody_else_sends_of_theirs_is_dropped(network: Network) -> None:
    """Whose word a payload is, some types leave open: it counts as that of who has written it."""
    alice = network.add("alice")
    bob, carol = network.contact(alice, "bob"), network.contact(alice, "carol")
    block(alice, bob)
    deliver(alice, wrap(b"of another version", 99, bob.identity), carol.identity)
    assert count(alice, "unknown_payloads") == 0
    deliver(alice, wrap(b"of another version", 99, carol.identity), carol.identity)
    assert count(alice, "unknown_payloads") == 1
    network.close()


def test_a_bundle_of_theirs_is_not_taken(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    block(alice, bob)
    before = contents(alice)["installations"]
    network.add("tablet of bob", identity=bob.identity)
    network.wait(5)
    assert contents(alice)["installations"] == before
    network.close()


# what is ours is not sent


def test_what_waits_for_them_is_not_sent(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.disconnect()
    alice.say(bob.key.hex, "never mind")
    block(alice, bob)
    alice.connect()
    network.wait(3_600)
    assert "never mind" not in bob.heard
    assert [entry for entry in alice.store.outbox() if entry.target == bob.key.hex] == []
    network.close()


def test_what_is_repeated_for_them_stops(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    network.losing = True
    alice.say(bob.key.hex, "lost")
    block(alice, bob)
    network.losing = False
    network.wait(3_600)
    assert "lost" not in bob.heard
    network.close()


def test_nothing_is_sent_to_them_by_mistake(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    block(alice, bob)
    for act in (
        lambda: alice.messenger.feature(Chats).open_one_to_one(bob.key, network.now),
        lambda: contacts(alice).add(bob.key, network.now),
    ):
        with pytest.raises(LocalError, match="You have blocked this person"):
            alice.do(act)
    network.close()


def test_as_a_member_of_a_group_they_get_what_all_get(network: Network) -> None:
    """Else they would know. Nobody waits for their acknowledgement."""
    alice, bob = network.add("alice"), network.add("bob")
    carol = network.contact(alice, "carol")
    group_id = group_of(alice, bob, carol)
    before = alice.say(group_id, "before")
    block(alice, bob)
    message = alice.say(group_id, "hello everybody")
    network.wait(5)
    assert "hello everybody" in bob.heard
    groups = alice.messenger.feature(Groups)
    for sent in (before, message):
        stored = alice.store.message(sent.id)
        assert stored is not None
        assert stored.state is MessageState.DELIVERED
        assert groups.delivery(sent.id).is_complete
    assert groups.delivery(message.id).members == 1
    network.close()


def test_what_another_device_of_ours_writes_to_them_is_shown(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    block(alice, bob)
    now_ms = int(network.now * 1000) + 1
    said = ChatMessage(
        now_ms, now_ms, "I did write", "", "", bob.key.hex, MessageType.ONE_TO_ONE, ContentType.TEXT_PLAIN
    )
    deliver(alice, wrap(said.encode(), said.TYPE, alice.identity), alice.identity)
    assert texts(alice, bob.key.hex) == ["I did write"]
    network.close()


# and back


@pytest.mark.requirement("PL-21")
def test_what_comes_after_the_end_of_the_block_is_taken(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    for person in (alice, bob):
        person.join("status")
    bob.say("status", "before")
    block(alice, bob)
    bob.say("status", "meanwhile")
    network.wait(5)
    unblock(alice, bob)
    network.wait(5)
    with alice.store.transaction():  # as if it had been long ago
        alice.database.connection.execute("DELETE FROM seen_envelopes")
    for envelope in list(network.envelopes):
        alice.do(lambda envelope=envelope: alice.messenger.receive_from_history(envelope, network.now))  # type: ignore[misc]
    assert "before" not in texts(alice, "status"), "what was deleted does not come back"
    bob.say("status", "after")
    bob.say(bob.meet(alice), "and in private")
    assert texts(alice, "status")[-1] == "after"
    assert texts(alice, bob.key.hex)[-1] == "and in private"
    assert not contacts(alice).get(bob.key).blocked
    network.close()


def test_the_session_goes_on_after_a_block(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    block(alice, bob)
    for number in range(5):
        bob.say(alice.key.hex, f"lost {number}")
    unblock(alice, bob)
    alice.say(alice.meet(bob), "again")
    bob.say(alice.key.hex, "welcome back")
    network.wait(5)
    assert bob.heard[-1] == "again"
    assert "welcome back" in alice.heard
    network.close()


def test_a_stranger_is_heard_again_after_a_block(network: Network) -> None:
    """They go on in their session, as they know of no block; nothing would make them begin another one."""
    alice, bob = network.add("alice"), network.add("bob")
    chat = bob.meet(alice)
    bob.say(chat, "who are you?")
    network.wait(5)
    block(alice, bob)
    bob.say(chat, "hello?")
    network.wait(120)
    unblock(alice, bob)
    bob.say(chat, "are you there now?")
    network.wait(3_600)
    assert alice.heard[-1] == "are you there now?"
    assert not alice.messenger.feature(Contacts).get(bob.key).blocked
    network.close()


def test_a_block_survives_a_restart_and_is_done_once(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    first = block(alice, bob)
    alice.restart()
    alice.connect()
    alice.events.clear()
    network.wait(5)
    assert block(alice, bob) == first
    assert alice.events == []
    bob.say(alice.key.hex, "hello?")
    assert not any(isinstance(event, MessageReceived) for event in alice.events)
    assert contacts(alice).get(bob.key).blocked
    network.close()


def test_what_failed_to_open_of_them_is_not_told_later(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    row = (bob.key.compressed, "phone")
    with alice.store.transaction():
        alice.store.decryption_failures.add(FailingDevice(0, *row, True))
    block(alice, bob)
    assert alice.store.decryption_failures.device(*row) is None
    network.close()
