"""Whom we have added is told who we are: when that changes, and every 48 hours; a few at a time."""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.contact_updates import AT_ONCE, TURN, UPDATE_INTERVAL
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.profile import OurProfile
from pystatus.messenger.own_profile import ProfileChanged, stored_profile
from tests.support.people import Network, Person


def contacts(person: Person) -> Contacts:
    return person.messenger.feature(Contacts)


def befriend(one: Person, other: Person) -> None:
    for person, added in ((one, other), (other, one)):
        person.do(lambda person=person, added=added: contacts(person).add(added.key, person.network.now))  # type: ignore[misc]
    one.network.wait(5)


def set_name(person: Person, name: str) -> None:
    person.do(lambda: person.messenger.feature(OurProfile).set(person.network.now, ens_name=name))


def clock_at(person: Person, other: Person) -> int:
    """Of the last update of ``other`` that ``person`` has."""
    return contacts(person).get(other.key).last_updated


@pytest.mark.requirement("PL-15")
def test_every_48_hours(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    first = clock_at(bob, alice)
    network.wait(UPDATE_INTERVAL - 60)
    assert clock_at(bob, alice) == first
    network.wait(120)
    second = clock_at(bob, alice)
    assert second - first == pytest.approx(UPDATE_INTERVAL * 1000, abs=TURN * 1000)
    network.wait(UPDATE_INTERVAL)
    assert clock_at(bob, alice) > second
    network.close()


@pytest.mark.requirement("PL-15")
def test_the_time_of_the_last_one_survives_a_restart(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    first = clock_at(bob, alice)
    network.wait(UPDATE_INTERVAL / 2)
    alice.restart()
    network.wait(UPDATE_INTERVAL / 2 - 60)
    assert clock_at(bob, alice) == first
    network.wait(120)
    assert clock_at(bob, alice) > first
    network.close()


@pytest.mark.requirement("PL-15")
def test_nothing_is_due_without_a_relay(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    alice.disconnect()
    network.wait(4 * UPDATE_INTERVAL)
    told_s = contacts(alice).get(bob.key).updated_s
    assert told_s < network.now - 3 * UPDATE_INTERVAL, "nothing is queued that would be old when it is sent"
    alice.connect()
    network.wait(30)
    assert contacts(alice).get(bob.key).updated_s > network.now - 60
    network.close()


def test_nothing_is_due_by_a_clock_that_peers_suspect(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    told_s = contacts(alice).get(bob.key).updated_s
    alice.do(lambda: alice.messenger.clock_judged(network.now, suspected=True))
    network.now += 5 * UPDATE_INTERVAL
    network.wait(60)
    assert contacts(alice).get(bob.key).updated_s == told_s
    network.now -= 5 * UPDATE_INTERVAL
    alice.do(lambda: alice.messenger.clock_judged(network.now, suspected=False))
    network.wait(60)
    assert contacts(alice).get(bob.key).updated_s == told_s
    network.close()


def test_what_was_sent_in_the_future_was_sent_by_a_wrong_clock(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    network.now += 30 * UPDATE_INTERVAL
    alice.do(lambda: contacts(alice).add(bob.key, network.now))
    network.now -= 30 * UPDATE_INTERVAL
    alice.do(lambda: alice.messenger.relay_ready("another", network.now))
    network.wait(60)
    assert contacts(alice).get(bob.key).updated_s <= network.now
    network.close()


@pytest.mark.requirement("PL-14")
def test_a_change_is_told_at_once_and_once(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    set_name(alice, "alice.eth")
    network.wait(TURN)
    assert contacts(bob).get(alice.key).ens_name == "alice.eth"
    last = clock_at(bob, alice)
    set_name(alice, "alice.eth")
    network.wait(UPDATE_INTERVAL / 2)
    assert clock_at(bob, alice) == last
    network.close()


@pytest.mark.requirement("PL-14")
def test_a_change_without_a_relay_is_told_when_there_is_one(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    befriend(alice, bob)
    alice.disconnect()
    set_name(alice, "alice.eth")
    network.wait(60)
    alice.restart()
    alice.connect()
    network.wait(TURN)
    assert contacts(bob).get(alice.key).ens_name == "alice.eth"
    network.close()


@pytest.mark.requirement("PL-14")
def test_our_other_devices_have_the_same_name_and_picture(network: Network) -> None:
    alice = network.add("alice")
    tablet = network.add("tablet", identity=alice.identity)
    alice.do(lambda: alice.messenger.feature(Devices).pair(None, network.now))
    network.wait(1)
    for one, other in ((alice, tablet), (tablet, alice)):
        one.do(lambda one=one, other=other: one.secure.set_enabled(one.key, other.secure.installation_id, True))  # type: ignore[misc]
    set_name(alice, "alice.eth")
    network.wait(5)
    assert stored_profile(tablet.store) == stored_profile(alice.store)
    assert [event.profile.ens_name for event in tablet.events if isinstance(event, ProfileChanged)] == ["alice.eth"]
    set_name(tablet, "")
    network.wait(5)
    assert stored_profile(alice.store) == stored_profile(tablet.store)
    assert stored_profile(alice.store).ens_name == ""
    network.close()


def test_many_are_told_in_turns(network: Network) -> None:
    alice = network.add("alice")
    people = [PrivateKey.generate(os.urandom).public_key for _ in range(3 * AT_ONCE)]
    alice.do_all([lambda key=key: contacts(alice).add(key, network.now) for key in people])  # type: ignore[misc]
    network.wait(5)
    before = network.now
    set_name(alice, "alice.eth")
    network.wait(TURN / 2)
    assert told_since(alice, people, before) == AT_ONCE
    network.wait(TURN)
    assert told_since(alice, people, before) == 2 * AT_ONCE
    network.wait(TURN)
    assert told_since(alice, people, before) == 3 * AT_ONCE
    network.close()


def told_since(person: Person, people: list[PublicKey], time: float) -> int:
    return sum(contacts(person).get(key).updated_s > time for key in people)


def test_who_is_removed_or_blocked_is_told_nothing_more(network: Network) -> None:
    alice, bob, carol = network.add("alice"), network.add("bob"), network.add("carol")
    befriend(alice, bob)
    befriend(alice, carol)
    before = clock_at(bob, alice), clock_at(carol, alice)
    alice.do(lambda: contacts(alice).remove(bob.key, network.now))
    alice.do(lambda: contacts(alice).block(carol.key, network.now))
    set_name(alice, "alice.eth")
    network.wait(2 * UPDATE_INTERVAL)
    assert (clock_at(bob, alice), clock_at(carol, alice)) == before
    network.close()
