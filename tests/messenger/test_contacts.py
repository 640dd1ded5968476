"""People who are added, named and removed; those who add us; and what anybody says of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus.account.names import MAX_NICKNAME
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.channels import Channels
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features import contacts as features
from pystatus.messenger.features.contacts import (
    MAX_PICTURE_OF_STRANGER,
    ContactChanged,
    ContactRequested,
    Contacts,
)
from pystatus.messenger.features.profile import OurProfile
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.messenger.records import Message
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import wrap
from pystatus.transport.channels import ChannelKind
from tests.adversary.hostile import Stranger
from tests.messenger.deliveries import deliver
from tests.support.people import Network, Person


def contacts(person: Person) -> Contacts:
    return person.messenger.feature(Contacts)


def add(person: Person, other: PublicKey, nickname: str | None = None) -> Contact:
    return person.do(lambda: contacts(person).add(other, person.network.now, nickname))


def of(person: Person, other: Person | Stranger) -> Contact:
    return contacts(person).get(other.key)


def told(person: Person) -> list[ContactChanged | ContactRequested]:
    return [event for event in person.events if isinstance(event, ContactChanged | ContactRequested)]


def update(sender: Person | Stranger, to: Person, **changes: object) -> None:
    """What a client sends that has added ``to``."""
    now_ms = int(to.network.now * 1000)
    said = replace(ContactUpdate(clock=now_ms), **changes)  # type: ignore[arg-type]
    deliver(to, wrap(said.encode(), said.TYPE, sender.identity), sender.identity)


# added and removed


def test_who_is_added_is_told_and_can_add_in_turn(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    added = add(alice, bob.key, " Bob ")
    assert (added.added, added.nickname, added.has_added_us) == (True, "Bob", False)
    network.wait(1)

    (requested,) = told(bob)
    assert isinstance(requested, ContactRequested)
    assert requested.contact == of(bob, alice)
    assert of(bob, alice).is_request
    add(bob, alice.key)
    network.wait(1)
    assert of(bob, alice).is_mutual
    assert of(alice, bob).is_mutual
    assert told(alice) == [ContactChanged(added), ContactChanged(of(alice, bob))]
    network.close()


def test_of_an_update_nothing_goes_to_our_other_devices(network: Network) -> None:
    """They hear of a contact what is theirs to hear; ten thousand updates are not."""
    alice, bob = network.add("alice"), network.add("bob")
    tablet = network.add("tablet", identity=alice.identity)
    network.wait(1)
    alice.do(lambda: alice.secure.set_enabled(alice.key, tablet.secure.installation_id, True))
    sent = len(network.envelopes)
    add(alice, bob.key)
    network.wait(1)
    topics = {alice.messenger._parts.channels.channel(ChannelKind.PARTITIONED, bob.key.hex).topic}
    from_alice = [one for one in network.envelopes[sent:] if one.topic in topics]
    assert len(from_alice) == 1
    (known,) = contacts(tablet).all()  # as a contact that was added on another device, and nothing else
    assert (known.key, known.added, known.has_added_us) == (bob.key, True, False)
    network.close()


def test_who_is_added_is_known_and_listened_for_also_after_a_restart(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob", online=False)
    add(alice, bob.key)
    code = alice.messenger._parts.channels.contact_code_topic(bob.key)
    assert code in alice.topics
    alice.restart()
    assert code in alice.topics
    assert alice.messenger._parts.channels._people.is_known(bob.key)
    network.close()


def test_very_many_contacts_are_listened_for_a_few_at_a_time(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another device may have brought them, and no key is derived yet; more than relays take are not listened for."""
    monkeypatch.setattr(features, "MAX_LISTENED", 10)
    alice = network.add("alice")
    people = [PrivateKey(bytes([number]) * 32).public_key for number in range(1, 13)]
    for person in people:
        alice.do(lambda person=person: alice.store.tables(Contacts).save(Contact(person, added=True)))  # type: ignore[misc]
    derived: list[bool] = []
    original = Channels.derive

    def counted(self: Channels, people: Iterable[PublicKey]) -> bool:
        derived.append(original(self, people))
        return derived[-1]

    monkeypatch.setattr(Channels, "derive", counted)
    alice.restart()
    assert derived == [True, True, False]  # 4, 4 and 2
    channels = alice.messenger._parts.channels
    assert sum(channels.contact_code_topic(person) in alice.topics for person in people) == 10
    network.close()


def test_who_is_removed_is_told_nothing(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    add(alice, bob.key)
    network.wait(60)
    sent = len(network.envelopes)
    removed = alice.do(lambda: contacts(alice).remove(bob.key, network.now))
    network.wait(3 * 86_400)
    assert not removed.added
    assert of(bob, alice).has_added_us
    assert alice.messenger._parts.channels.contact_code_topic(bob.key) not in alice.topics
    codes = {alice.messenger._parts.channels.contact_code_topic(person.key) for person in (alice, bob)}
    assert {one.topic for one in network.envelopes[sent:]} <= codes, "nothing but contact codes"
    network.close()


def test_who_is_removed_and_has_added_us_does_not_ask_again(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    add(alice, bob.key)
    add(bob, alice.key)
    network.wait(1)
    alice.do(lambda: contacts(alice).remove(bob.key, network.now))
    network.wait(5)
    update(bob, alice)
    assert not of(alice, bob).is_request
    assert not any(isinstance(event, ContactRequested) for event in told(alice)[-1:])
    network.close()


def test_a_request_that_is_declined_is_not_told_again(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob", online=False)
    update(bob, alice, ens_name="bob.eth")
    assert of(alice, bob).is_request
    sent = len(network.envelopes)
    alice.do(lambda: contacts(alice).dismiss(bob.key, network.now))
    network.wait(10)
    update(bob, alice, ens_name="bobby.eth")
    assert of(alice, bob).ens_name == "bobby.eth"
    assert not of(alice, bob).is_request
    assert [type(event) for event in told(alice)] == [ContactRequested, ContactChanged, ContactChanged]
    assert len(network.envelopes) == sent
    with pytest.raises(LocalError, match="waits for no answer"):
        alice.do(lambda: contacts(alice).dismiss(bob.key, network.now))
    network.close()


def test_a_nickname_is_ours_alone(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    sent = len(network.envelopes)
    named = alice.do(lambda: contacts(alice).set_nickname(bob.key, "Bobby", network.now))
    network.wait(5)
    assert of(alice, bob) == named
    assert len(network.envelopes) == sent
    alice.restart()
    assert of(alice, bob).nickname == "Bobby"
    alice.do(lambda: contacts(alice).set_nickname(bob.key, "", network.now))
    assert of(alice, bob).nickname == ""
    network.close()


def test_what_cannot_be_done_is_said(network: Network) -> None:
    alice, bob = network.add("alice", online=False), network.add("bob", online=False)
    sentences = {
        "your own chat key": lambda: contacts(alice).add(alice.key, network.now),
        "none of your contacts": lambda: contacts(alice).remove(bob.key, network.now),
        "not blocked": lambda: contacts(alice).unblock(bob.key, network.now),
        "at most 64 characters": lambda: contacts(alice).add(bob.key, network.now, "b" * (MAX_NICKNAME + 1)),
    }
    for sentence, act in sentences.items():
        with pytest.raises(LocalError, match=sentence):
            alice.do(act)
    assert not contacts(alice).all()
    assert told(alice) == []
    network.close()


# what people say of themselves


def test_a_name_and_a_picture_of_a_contact(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    add(alice, bob.key)
    add(bob, alice.key)
    network.wait(1)
    bob.do(
        lambda: bob.messenger.feature(OurProfile).set(
            network.now, ens_name="Bob.eth ", picture="data:image/png;base64,AA"
        )
    )
    network.wait(15)
    assert (of(alice, bob).ens_name, of(alice, bob).ens_verified) == ("bob.eth", False)
    assert of(alice, bob).has_picture
    assert contacts(alice).picture(bob.key) == "data:image/png;base64,AA"
    bob.do(lambda: bob.messenger.feature(OurProfile).set(network.now, ens_name="", picture=""))
    network.wait(15)
    assert (of(alice, bob).ens_name, of(alice, bob).has_picture) == ("", False)
    assert contacts(alice).picture(bob.key) == ""
    network.close()


def test_another_name_is_verified_anew(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob", online=False)
    checked = Contact(bob.key, added=True, ens_name="bob.eth", ens_verified=True, ens_checked_s=5, ens_retries=2)
    with alice.store.transaction():
        alice.store.tables(Contacts).save(checked)
    update(bob, alice, ens_name="bob.eth")
    assert (of(alice, bob).ens_verified, of(alice, bob).ens_retries) == (True, 2)
    network.wait(1)
    update(bob, alice, ens_name="robert.eth")
    after = of(alice, bob)
    assert (after.ens_verified, after.ens_checked_s, after.ens_retries) == (False, 0, 0)
    network.close()


def test_an_update_in_public_counts_for_nothing(network: Network) -> None:
    alice, bob = network.add("alice"), Stranger(network.now)
    alice.join("status")
    said = ContactUpdate(clock=int(network.now * 1000), ens_name="bob.eth")
    deliver(alice, wrap(said.encode(), said.TYPE, bob.identity), bob.identity, "status")
    assert not contacts(alice).all()
    network.close()


def test_the_same_update_again_is_no_news(network: Network) -> None:
    """Clients send one every 48 hours."""
    alice, bob = network.add("alice"), network.add("bob", online=False)
    update(bob, alice, ens_name="bob.eth")
    network.wait(5)
    update(bob, alice, ens_name="bob.eth")
    assert len(told(alice)) == 1
    assert of(alice, bob).last_updated == int(network.now * 1000)
    network.close()


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "somebody we know"])
def test_of_a_stranger_a_small_picture_is_kept(network: Network, known: bool) -> None:
    alice, bob = network.add("alice"), network.add("bob", online=False)
    if known:
        add(alice, bob.key)
    large = "data:image/png;base64," + "A" * MAX_PICTURE_OF_STRANGER
    update(bob, alice, profile_image=large)
    assert contacts(alice).picture(bob.key) == (large if known else "")
    network.wait(1)
    update(bob, alice, profile_image=large[:MAX_PICTURE_OF_STRANGER])
    assert contacts(alice).picture(bob.key) == large[:MAX_PICTURE_OF_STRANGER]
    network.close()


def test_our_name_goes_with_our_messages(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.do(lambda: alice.messenger.feature(OurProfile).set(network.now, ens_name="alice.eth"))
    written = alice.say(alice.meet(bob), "hello")
    assert ChatMessage.decode(stored(alice, written).payload).ens_name == "alice.eth"
    assert of(bob, alice).ens_name == "alice.eth"
    assert not of(bob, alice).is_shown, "nobody has checked it, and nothing else is known"
    assert bob.heard == ["hello"]
    network.close()


def stored(person: Person, message: Message) -> Message:
    found = person.store.message(message.id)
    assert found is not None
    return found


# strangers


def test_who_was_added_never_gives_way_to_those_who_add_us(tmp_path: Path) -> None:
    few = Budget(4, 100_000)
    network = Network(tmp_path)
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(writers=few, silent=few)))
    bob, carol, dave = (network.add(name, online=False) for name in ("bob", "carol", "dave"))
    add(alice, bob.key)
    alice.do(lambda: contacts(alice).set_nickname(carol.key, "Carol", network.now))
    update(dave, alice)
    alice.do(lambda: contacts(alice).block(dave.key, network.now))
    for _ in range(30):
        update(Stranger(network.now), alice, profile_image="data:image/png;base64,AAAA")
    asking = [contact for contact in contacts(alice).all() if contact.is_request]
    assert 1 <= len(asking) <= few.people
    assert (of(alice, bob).added, of(alice, carol).nickname, of(alice, dave).blocked) == (True, "Carol", True)
    assert count_pictures(alice) == len(asking)
    network.close()


def count_pictures(person: Person) -> int:
    (count,) = person.database.connection.execute("SELECT count(*) FROM contact_pictures").fetchone()
    return int(count)
