"""A61: thousands of strangers say that they have added us, with a name and a picture each; and somebody who is blocked
sends whatever there is, to find out that they are, to be answered, or to fill the profile.

Expected: requests share the budget of strangers and displace nobody whom our user has added, named or blocked. Of
somebody who is blocked nothing is kept, answered or acknowledged, not even that something came.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.contact_updates import UPDATE_INTERVAL
from pystatus.messenger.features.contacts import MAX_PICTURE_OF_STRANGER, ContactRequested, Contacts
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.kinds import MessageType, ReactionType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import wrap
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger, count, crowd, feed, steps
from tests.adversary.hostile.victims import contents
from tests.support.people import Network, Person

STRANGERS = 80
LIMIT = Budget(20, 200_000)
SMALL = MessengerConfig(strangers=StrangerConfig(writers=LIMIT, silent=LIMIT, seen=30))
PICTURE = "data:image/png;base64," + "A" * (MAX_PICTURE_OF_STRANGER - 22)


def update(sender: Stranger, to: Person, picture: str = PICTURE) -> Envelope:
    said = ContactUpdate(clock=int(sender.now * 1000), ens_name=f"{'n' * 251}.eth", profile_image=picture)
    return sender.private(to.key, wrapped(sender, said))


def wrapped(sender: Stranger, payload: Payload) -> bytes:
    return wrap(payload.encode(), payload.TYPE, sender.identity)


def contacts(person: Person) -> Contacts:
    return person.messenger.feature(Contacts)


@pytest.mark.parametrize("archived", [False, True], ids=["live", "archived"])
def test_requests_of_strangers_are_bounded_and_displace_nobody_whom_we_added(network: Network, archived: bool) -> None:
    alice = network.add("alice", config=SMALL)
    bob = network.contact(alice, "bob")
    alice.do(lambda: contacts(alice).add(bob.key, network.now, "Bob"))
    spammer = PrivateKey.generate(os.urandom).public_key
    alice.do(lambda: contacts(alice).block(spammer, network.now))
    quiet = steps(alice, alice.restart_in_place)
    sent = len(network.envelopes)

    feed(alice, (update(stranger, alice) for stranger in crowd(STRANGERS, network.now)), archived=archived)
    asking = [contact for contact in contacts(alice).all() if contact.is_request]
    assert 1 <= len(asking) <= LIMIT.people
    assert count(alice, "contact_pictures") <= LIMIT.bytes // MAX_PICTURE_OF_STRANGER + 1
    assert (contacts(alice).get(bob.key).nickname, contacts(alice).get(spammer).blocked) == ("Bob", True)
    assert len([event for event in alice.events if isinstance(event, ContactRequested)]) == STRANGERS
    assert len(network.envelopes) == sent, "nobody is answered"
    assert steps(alice, alice.restart_in_place) < 2 * quiet + 1_000
    network.close()


def test_who_asks_again_and_again_is_one_request(network: Network) -> None:
    alice, stranger = network.add("alice", config=SMALL), Stranger(network.now)
    for _ in range(50):
        network.wait(1)
        stranger.now = network.now
        alice.receive(update(stranger, alice))
    assert len(contacts(alice).all()) == 1
    assert len([event for event in alice.events if isinstance(event, ContactRequested)]) == 1
    network.close()


def everything(sender: Stranger, to: Person) -> Iterable[Envelope]:
    """One of each sort that anybody can send."""
    now_ms = int(sender.now * 1000)
    love = EmojiReaction(now_ms, "status", f"0x{bytes(32).hex()}", MessageType.PUBLIC_GROUP, ReactionType.LOVE)
    yield sender.bundle(to.key)
    yield sender.for_unknown_device(to.key)
    yield sender.offers(to.key, 5)
    yield sender.text(to.key, "hello")
    yield sender.text(to.key, "hello", datasync=False)
    yield sender.after_a_gap(to.key, 50)
    yield sender.public(sender.wrap(sender.message()))
    yield sender.public(wrapped(sender, love))
    yield sender.private(to.key, sender.wrap(sender.message(), 99))  # of a type that nobody knows
    yield update(sender, to)


@pytest.mark.requirement("PL-21")
@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "somebody we knew"])
def test_a_flood_of_a_blocked_person_leaves_nothing(network: Network, known: bool) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    if known:
        alice.say(alice.meet(bob), "hello")
    bob.disconnect()
    network.wait(UPDATE_INTERVAL / 2)
    alice.do(lambda: contacts(alice).block(bob.key, network.now))
    network.wait(60)
    before, sent, events = contents(alice), len(network.envelopes), len(alice.events)
    hostile = Stranger(network.now, bob.identity)
    hostile.meets(alice.secure)
    for _ in range(5):
        feed(alice, everything(hostile, alice))
        feed(alice, everything(hostile, alice), archived=True)
    network.wait(60)
    assert contents(alice) == before
    assert (len(network.envelopes), len(alice.events)) == (sent, events)
    network.close()


@pytest.mark.requirement("PL-21")
def test_it_takes_little_work(network: Network) -> None:
    """Of the database: what others send costs more."""
    alice, bob, carol = network.add("alice"), Stranger(network.now), Stranger(network.now)
    alice.do(lambda: contacts(alice).block(bob.key, network.now))
    blocked, other = ([one.text(alice.key, f"{number}") for number in range(20)] for one in (bob, carol))
    assert 10 * steps(alice, lambda: feed(alice, blocked)) < steps(alice, lambda: feed(alice, other))
    network.close()
