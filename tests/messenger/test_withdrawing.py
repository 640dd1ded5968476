"""A message is withdrawn that has not left: nobody gets it, and nothing of it stays here. What has left cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.conversations import Conversations, MessageDeleted
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.group_records import GroupStore
from pystatus.messenger.records import SEEN_RETENTION, Message, MessageState
from tests.adversary.hostile import contents
from tests.support.people import Network, Person, group_of

SECRET = "what nobody was to read"


def withdraw(person: Person, message: Message) -> Message:
    return person.do(lambda: person.messenger.feature(Messages).withdraw(message.id, person.network.now))


def back_online(network: Network, *people: Person) -> None:
    for person in people:
        person.connect()
    network.wait(120)


# what waits


@pytest.mark.parametrize("datasync", [True, False])
@pytest.mark.parametrize("restarted", [False, True], ids=["the same run", "after a restart"])
def test_a_message_to_somebody_that_waits_reaches_nobody(network: Network, datasync: bool, restarted: bool) -> None:
    alice, bob = network.add("alice", datasync=datasync), network.add("bob", datasync=datasync)
    chat = alice.meet(bob)
    alice.say(chat, "hello")
    alice.disconnect()
    message = alice.say(chat, SECRET)
    alice.say(chat, "this stays")
    if restarted:
        alice.restart()

    assert withdraw(alice, message).text == SECRET
    assert MessageDeleted(message.id, chat.id, withdrawn=True) in alice.events
    assert alice.store.message(message.id) is None
    back_online(network, alice)
    assert bob.heard == ["hello", "this stays"]
    assert alice.store.sync.tagged_records(message.id) == []
    assert not any(message.id in entry.message_ids for entry in alice.store.outbox())


def test_nothing_of_it_stays_in_the_profile(network: Network) -> None:
    chat, (alice, _, _) = group_of(network, "alice", "bob", "carol")
    alice.disconnect()
    withdraw(alice, alice.say(chat, SECRET))
    for table, rows in contents(alice).items():
        for row in rows:
            for value in row:
                text = value if isinstance(value, bytes) else str(value).encode()
                assert SECRET.encode() not in text, table


def test_a_public_message_that_waits_reaches_nobody(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    alice.disconnect()
    message = alice.say("status", SECRET)
    alice.say("status", "this stays")
    withdraw(alice, message)
    back_online(network, alice)
    assert bob.heard == ["this stays"]


def test_a_message_to_a_group_that_waits_reaches_none_of_its_members(network: Network) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.disconnect()
    message = alice.say(chat, SECRET)
    alice.say(chat, "this stays")
    withdraw(alice, message)
    back_online(network, alice)
    assert bob.heard == carol.heard == ["this stays"]
    tables: GroupStore = alice.store.tables(Groups)
    assert tables.delivery(message.id) is None
    assert tables.missing(message.id) == []


def introduce(*devices: Person) -> None:
    """Each of one account shows itself to the others."""
    for device in devices:
        device.do(lambda d=device: d.messenger.feature(Devices).pair(None, d.network.now))  # type: ignore[misc]


def enable(device: Person) -> None:
    """All other devices of its account."""
    for other in device.messenger.feature(Devices).all():
        if not other.is_this:
            device.do(
                lambda o=other: device.messenger.feature(Devices).set_enabled(  # type: ignore[misc]
                    o.installation_id, True, device.network.now
                )
            )


@pytest.mark.parametrize("to", ["somebody", "a group"])
def test_our_other_devices_do_not_get_it_either(network: Network, to: str) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    laptop = network.add("laptop", identity=alice.identity)
    introduce(alice, laptop)
    enable(alice)
    enable(laptop)
    network.wait(60)
    chosen = alice.meet(bob) if to == "somebody" else chat
    alice.disconnect()
    message = alice.say(chosen, SECRET)
    withdraw(alice, message)
    stays = alice.say(chosen, "this stays")
    back_online(network, alice)
    assert laptop.store.message(message.id) is None
    assert laptop.store.message(stays.id) is not None
    assert bob.heard == ["this stays"]


@pytest.mark.parametrize("to", ["somebody", "a group"])
def test_a_device_that_is_enabled_while_it_waits_does_not_get_it(network: Network, to: str) -> None:
    """It is brought what was there before, which is not there any more."""
    chat, (alice, bob) = group_of(network, "alice", "bob")
    laptop = network.add("laptop", identity=alice.identity)
    introduce(alice, laptop)
    chosen = alice.meet(bob) if to == "somebody" else chat
    alice.disconnect()
    message, stays = alice.say(chosen, SECRET), alice.say(chosen, "this stays")
    enable(alice)
    withdraw(alice, message)
    back_online(network, alice)
    assert laptop.store.message(message.id) is None
    assert laptop.store.message(stays.id) is not None
    assert bob.heard == ["this stays"]


@pytest.mark.parametrize("to", ["somebody", "a group"])
def test_what_a_new_device_of_ours_was_brought_cannot_be_withdrawn(network: Network, to: str) -> None:
    """The message waits for the time at which it was written, but our other device has it."""
    chat, (alice, bob) = group_of(network, "alice", "bob")
    laptop = network.add("laptop", identity=alice.identity)
    introduce(alice, laptop)
    chosen = alice.meet(bob) if to == "somebody" else chat
    alice.disconnect()
    network.now += 1_800
    message = alice.say(chosen, SECRET)
    network.now -= 1_800
    enable(alice)
    back_online(network, alice)
    assert bob.heard == []
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)
    network.wait(4_000)
    assert bob.heard == [SECRET]


@pytest.mark.parametrize("away", [False, True], ids=["the device has it", "the device is away"])
def test_of_what_our_other_device_may_have_a_copy_cannot_be_withdrawn(
    network: Network, monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    """Nothing can be sealed for its recipient for a while; data sync knows nothing of what was acknowledged."""
    alice, bob = network.add("alice"), network.add("bob")
    laptop = network.add("laptop", identity=alice.identity)
    introduce(alice, laptop)
    enable(alice)
    alice.say(alice.meet(bob), "hello")
    network.wait(60)
    if away:
        laptop.disconnect()

    def seal(recipient: PublicKey, *args: Any, **named: Any) -> Any:
        if recipient == bob.key:
            raise LocalError("Not now.")
        return sealing(recipient, *args, **named)

    secure = alice.messenger._parts.secure
    sealing = secure.seal_direct
    monkeypatch.setattr(secure, "seal_direct", seal)
    message = alice.say(bob.key.hex, SECRET)
    network.wait(60)
    assert bob.heard == ["hello"]
    assert (laptop.store.message(message.id) is None) is away
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)


def test_a_member_of_a_group_whom_we_have_blocked_does_not_get_it_either(network: Network) -> None:
    """They are sent what everybody in the group is, but by no data sync that could take it back."""
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: alice.messenger.feature(Contacts).block(carol.key, network.now))
    alice.disconnect()
    message = alice.say(chat, SECRET)
    alice.say(chat, "this stays")
    withdraw(alice, message)
    back_online(network, alice)
    assert bob.heard == carol.heard == ["this stays"]


def test_what_our_other_device_says_of_its_copy_does_not_count_as_delivered(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    laptop = network.add("laptop", identity=alice.identity)
    for device in (alice, laptop):
        device.do(lambda d=device: d.messenger.feature(Devices).pair(None, network.now))  # type: ignore[misc]
    (other,) = [one for one in alice.messenger.feature(Devices).all() if not one.is_this]
    alice.do(lambda: alice.messenger.feature(Devices).set_enabled(other.installation_id, True, network.now))
    alice.say(alice.meet(bob), "hello")
    network.wait(60)
    bob.disconnect()
    message = alice.say(bob.key.hex, "are you there?")
    network.wait(60)
    assert laptop.store.message(message.id) is not None
    assert alice.states(message) == [MessageState.SENT]


def test_a_message_that_nobody_ever_took_can_be_withdrawn(network: Network) -> None:
    """One that cannot be sealed fails before there is an envelope of it."""
    alice = network.add("alice", online=False)
    alice.join("status")
    message = alice.say("status", SECRET)
    alice.do(lambda: alice.messenger._parts.states.give_up([message.id]))
    assert alice.states(message) == [MessageState.FAILED]
    withdraw(alice, message)
    assert alice.store.message(message.id) is None


def test_a_message_of_a_clock_that_was_ahead_can_be_withdrawn(network: Network) -> None:
    """Nobody would take it before its time has come; meanwhile it is in no envelope."""
    alice, bob = network.add("alice", online=False), network.add("bob")
    alice.join("status")
    bob.join("status")
    network.now += 3_600
    message = alice.say("status", SECRET)
    network.now -= 3_600
    alice.connect()
    network.wait(30)
    withdraw(alice, message)
    network.wait(4_000)
    assert bob.heard == []


def test_what_shares_a_payload_with_it_is_sent_all_the_same(network: Network) -> None:
    """While relays suspect our clock, what is sealed already waits: two messages of data sync in one payload."""
    alice, bob = network.add("alice"), network.add("bob")
    chat = alice.meet(bob)
    alice.say(chat, "hello")
    network.wait(60)
    alice.do(lambda: alice.messenger.clock_judged(network.now, suspected=True))
    network.holding = True
    alice.join("status")
    for number in range(12):  # as many envelopes as may be under way while it is
        alice.say("status", f"{number}")
    alice.disconnect()
    message, stays = alice.say(chat, SECRET), alice.say(chat, "this stays")
    alice.connect()
    (entry,) = [one for one in alice.store.outbox() if message.id in one.message_ids]
    assert stays.id in entry.message_ids
    withdraw(alice, message)
    network.release()
    alice.do(lambda: alice.messenger.clock_judged(network.now, suspected=False))
    network.wait(120)
    assert bob.heard == ["hello", "this stays"]


# what has left


def test_what_has_left_cannot_be_withdrawn(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = alice.meet(bob)
    network.holding = True
    message = alice.say(chat, "hello")
    assert alice.states(message) == []  # no relay has said that it has it, but it is on its way
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)
    network.release()
    network.wait(2)
    assert bob.heard == ["hello"]
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)
    assert alice.store.message(message.id) is not None


def test_a_message_that_had_left_before_it_was_sent_again_cannot_be_withdrawn(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    message = alice.say(alice.meet(bob), "hello")
    alice.do(lambda: alice.messenger._parts.states.give_up([message.id]))
    alice.disconnect()
    alice.do(lambda: alice.messenger.feature(Messages).resend(message.id, network.now))
    stored = alice.store.message(message.id)
    assert stored is not None
    assert stored.state is MessageState.SENDING
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)


def test_of_an_old_message_nobody_knows_whether_it_has_left(network: Network) -> None:
    alice = network.add("alice", online=False)
    alice.join("status")
    message = alice.say("status", "hello")
    network.now += SEEN_RETENTION + 1
    with pytest.raises(LocalError, match="older than 31 days"):
        withdraw(alice, message)


def test_a_message_to_a_group_of_which_one_member_may_have_it_cannot_be_withdrawn(network: Network) -> None:
    chat, (alice, _, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    message = alice.say(chat, "hello")
    with pytest.raises(LocalError, match="has left this device"):
        withdraw(alice, message)


def test_only_messages_of_ours_can_be_withdrawn(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    bob.say(bob.meet(alice), "hello")
    (theirs,) = alice.store.messages(bob.key.hex, 10)
    with pytest.raises(LocalError, match="of yours that waits"):
        withdraw(alice, theirs)
    withdrawn = alice.meet(bob)
    alice.disconnect()
    message = alice.say(withdrawn, "and you?")
    withdraw(alice, message)
    with pytest.raises(LocalError, match="of yours that waits"):
        withdraw(alice, message)


def test_what_tells_of_something_done_cannot_be_withdrawn(network: Network) -> None:
    chat, (alice, bob) = group_of(network, "alice", "bob")
    alice.disconnect()
    alice.do(lambda: alice.messenger.feature(Groups).rename(chat.id, "haven", network.now))
    news = alice.store.messages(chat.id, 1)[0]
    assert news.state is MessageState.SENDING
    with pytest.raises(LocalError, match="changed in a group"):
        withdraw(alice, news)

    alice.meet(bob)
    step = alice.do(lambda: alice.messenger.feature(Transactions).request_address(bob.key.hex, 1, "", network.now))
    asked = alice.store.message(step.message_id)
    assert asked is not None
    with pytest.raises(LocalError, match="step of a transaction"):
        withdraw(alice, asked)


def test_without_data_sync_what_waits_for_our_devices_cannot_be_taken_back(network: Network) -> None:
    alice, bob = network.add("alice", datasync=False), network.add("bob", datasync=False)
    laptop = network.add("laptop", identity=alice.identity, datasync=False)
    laptop.do(lambda: laptop.messenger.feature(Devices).pair(None, network.now))
    (other,) = [one for one in alice.messenger.feature(Devices).all() if not one.is_this]
    alice.do(lambda: alice.messenger.feature(Devices).set_enabled(other.installation_id, True, network.now))
    alice.disconnect()
    message = alice.say(alice.meet(bob), "hello")
    with pytest.raises(LocalError, match="Without data sync"):
        withdraw(alice, message)
    assert alice.store.message(message.id) is not None


# and what is deleted


@pytest.mark.parametrize("cleared", [False, True], ids=["one message", "the whole chat"])
def test_of_a_deleted_message_to_a_group_nothing_stays_although_a_member_lacks_it(
    network: Network, cleared: bool
) -> None:
    chat, (alice, _, carol) = group_of(network, "alice", "bob", "carol")
    carol.disconnect()
    message = alice.say(chat, SECRET)
    network.wait(2)
    conversations = alice.messenger.feature(Conversations)
    alice.do(lambda: conversations.clear(chat.id) if cleared else conversations.delete_message(message.id))
    tables: GroupStore = alice.store.tables(Groups)
    assert tables.sent_payload(message.id) is None
    assert tables.missing(message.id) == []
    back_online(network, carol)
    assert carol.heard == [SECRET]  # it is sent all the same
    assert alice.states(message) == [MessageState.SENT]
