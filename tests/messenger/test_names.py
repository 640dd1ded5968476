"""What people are called: by nickname, by a verified name, by three words; and when a name that somebody claims is
looked up (payloads.md §9, account.md §10)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import NameKind
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.effects import Effect, VerifyNames
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.contacts import ContactChanged, Contacts, claim_name
from pystatus.messenger.features.mentions import Mentionable, Mentions
from pystatus.messenger.features.names import (
    MAX_LOOKED_UP,
    MAX_RETRIES,
    VERIFY_SECONDS,
    NameAnswer,
    NameReader,
    Names,
    people_on,
)
from pystatus.messenger.features.profile import OurProfile
from pystatus.messenger.people import Budget, StrangerConfig
from tests.messenger.test_groups import group_of
from tests.messenger.test_mentions import mentions, send
from tests.support.people import Network, Person


class Asking(Person):
    """Somebody whose client can ask the chain: what it is asked is kept."""

    asked: list[VerifyNames]

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, VerifyNames):
            self.__dict__.setdefault("asked", []).append(effect)
        else:
            super()._carry_out(effect)

    def names_asked(self) -> list[tuple[PublicKey, str]]:
        """The names that it was asked for since the last time."""
        asked = [claim for effect in self.__dict__.pop("asked", []) for claim in effect.claims]
        return sorted(asked, key=lambda claim: claim[1])

    def answer(self, person: PublicKey, name: str, owner: PublicKey | None) -> None:
        names = self.messenger.feature(Names)
        self.do(lambda: names.verified([NameAnswer(person, name, owner)], self.network.now))


@pytest.fixture
def alice(network: Network, tmp_path: Path) -> Asking:
    person = Asking(tmp_path, "alice", network, config=MessengerConfig(verify_names=True))
    network.people.append(person)
    person.connect()
    return person


def someone() -> PublicKey:
    return PrivateKey.generate(os.urandom).public_key


def reader(person: Person) -> NameReader:
    return person.messenger.feature(Names).reader


def tables(person: Person) -> ContactTables:
    found: ContactTables = person.store.tables(Contacts)
    return found


def contact(person: Person, key: PublicKey) -> Contact:
    return person.messenger.feature(Contacts).get(key)


def nickname(person: Person, key: PublicKey, name: str) -> None:
    person.do(lambda: person.messenger.feature(Contacts).set_nickname(key, name, person.network.now))


def claim(person: Person, key: PublicKey, name: str, clock: int) -> None:
    person.do(lambda: claim_name(tables(person), key, name, clock))


def block(person: Person, key: PublicKey) -> None:
    person.do(lambda: person.messenger.feature(Contacts).block(key, person.network.now))


def shown(person: Person, key: PublicKey) -> str:
    return reader(person).of(key).name


# what is shown


def test_a_nickname_is_shown_everywhere_and_survives_a_restart(alice: Asking) -> None:
    bob = someone()
    assert shown(alice, bob) == alias(bob)
    nickname(alice, bob, "Bob")
    found = reader(alice).of(bob)
    assert (found.name, found.second, found.kind) == ("Bob", alias(bob), NameKind.NICKNAME)
    alice.restart()
    assert shown(alice, bob) == "Bob"
    nickname(alice, bob, "")
    assert shown(alice, bob) == alias(bob)


def test_a_change_that_was_undone_is_not_shown(alice: Asking) -> None:
    bob = someone()

    def fails() -> None:
        alice.messenger.feature(Contacts).set_nickname(bob, "Bob", alice.network.now)
        assert shown(alice, bob) == "Bob"
        alice.messenger.feature(Contacts).remove(bob, alice.network.now)

    with pytest.raises(Exception, match="none of your contacts"):
        alice.do(fails)
    assert shown(alice, bob) == alias(bob)
    assert reader(alice).called("Bob") == []
    assert alice.messenger.feature(Contacts).all() == ()


def test_our_own_name_needs_no_verification(alice: Asking) -> None:
    profile = alice.messenger.feature(OurProfile)
    alice.do(lambda: profile.set(alice.network.now, ens_name="alice.stateofus.eth"))
    assert shown(alice, alice.key) == "@alice"
    assert [one.name for one in mentions(alice).people(alice.join("status").id)] == ["alice"]


def test_who_is_called_alike_is_told_apart(alice: Asking) -> None:
    bob, eve, carol = someone(), someone(), someone()
    nickname(alice, bob, "Bob")
    nickname(alice, eve, "BOB")
    nickname(alice, carol, alias(bob))
    together = reader(alice).of_people([bob, eve, carol])
    assert [together[key].shared for key in (bob, eve, carol)] == [True, True, True]
    assert together[bob].label == f"Bob ({encode(bob)[:13]})"
    assert reader(alice).of(bob).shared
    nickname(alice, eve, "Eve")
    nickname(alice, carol, "Carol")
    assert not reader(alice).of(bob).shared
    assert reader(alice).of(bob).label == "Bob"


def test_somebody_is_found_by_each_of_their_names(alice: Asking) -> None:
    bob, eve = someone(), someone()
    nickname(alice, bob, "Bob")
    alice.do(lambda: tables(alice).save(replace(contact(alice, bob), ens_name="rob.stateofus.eth", ens_verified=True)))
    for name in ("bob", "@rob", "ROB", alias(bob).upper()):
        assert reader(alice).called(name) == [bob]
    claim(alice, eve, "eve.eth", 1)
    assert reader(alice).called("eve.eth") == reader(alice).called(alias(eve)) == []
    block(alice, bob)
    assert reader(alice).called("bob") == []


def test_a_page_names_authors_and_those_who_are_mentioned(alice: Asking, network: Network) -> None:
    bob, friend = network.add("bob"), someone()
    alice.join("status")
    bob.join("status")
    message = send(bob, "status", f"where is @{friend.hex} ?")
    assert list(people_on([message, message])) == [bob.key, friend]


# names that are completed


def test_people_are_completed_by_any_of_their_names(alice: Asking) -> None:
    alice.join("status")
    bob, named = someone(), someone()
    nickname(alice, bob, "Bob the Builder")
    alice.do(lambda: alice.messenger.feature(Contacts).add(named, alice.network.now))
    alice.do(lambda: tables(alice).save(replace(contact(alice, named), ens_name="zoe.eth", ens_verified=True)))
    as_bob, as_zoe = Mentionable(bob, "Bob the Builder", alias(bob)), Mentionable(named, "zoe.eth")
    for begun, expected in (("BOB", as_bob), (alias(bob)[:7], as_bob), ("zo", as_zoe), (alias(named)[:9], as_zoe)):
        assert expected in mentions(alice).complete("status", begun, 10)
    assert mentions(alice).complete("status", "nobody is called so", 10) == []
    text = mentions(alice).typed("status", f"@bob the builder, @zoe.eth and @{alias(bob)}: hello @{encode(named)}")
    assert text == f"@{bob.hex}, @{named.hex} and @{bob.hex}: hello @{named.hex}"


def test_those_who_wrote_come_before_contacts_and_blocked_people_not_at_all(alice: Asking, network: Network) -> None:
    carol, dave = network.add("carol"), network.add("dave")
    for person in (alice, carol, dave):
        person.join("status")
    send(carol, "status", "good morning")
    send(dave, "status", "good morning")
    friend = someone()
    nickname(alice, carol.key, "Pal A")
    nickname(alice, friend, "Pal B")
    nickname(alice, dave.key, "Pal C")
    assert [one.name for one in mentions(alice).complete("status", "pal", 10)] == ["Pal C", "Pal A", "Pal B"]
    assert [one.name for one in mentions(alice).complete("status", "pal", 1)] == ["Pal C"]
    block(alice, dave.key)
    assert [one.name for one in mentions(alice).complete("status", "pal", 10)] == ["Pal A", "Pal B"]
    block(alice, friend)
    assert [one.name for one in mentions(alice).complete("status", "pal", 10)] == ["Pal A"]
    assert mentions(alice).typed("status", "@Pal B") == "@Pal B"


def test_in_a_group_its_members_are_named_and_nobody_else(network: Network) -> None:
    group, (carol, bob) = group_of(network, "carol", "bob")
    stranger = someone()
    nickname(carol, bob.key, "Pal B")
    nickname(carol, stranger, "Pal S")
    assert [one.name for one in mentions(carol).complete(group.id, "pal", 10)] == ["Pal B"]
    assert mentions(carol).typed(group.id, "@Pal B @Pal S") == f"@{bob.key.hex} @Pal S"


def test_of_two_with_one_name_each_is_offered_by_key(alice: Asking) -> None:
    alice.join("status")
    one, other = someone(), someone()
    nickname(alice, one, "Bob")
    nickname(alice, other, "bob")
    offered = mentions(alice).complete("status", "bo", 10)
    assert {(found.name, found.second) for found in offered} == {(encode(one), "Bob"), (encode(other), "bob")}
    assert mentions(alice).complete("status", "bo", 1)[0].name in {encode(one), encode(other)}
    assert mentions(alice).typed("status", f"@bob @{encode(one)}") == f"@bob @{one.hex}"


# names that are verified


@pytest.mark.requirement("AC-17")
def test_a_name_is_shown_when_the_chain_says_that_it_is_theirs(alice: Asking) -> None:
    bob = someone()
    claim(alice, bob, "bob.eth", 1)
    alice.network.wait(VERIFY_SECONDS)
    assert alice.names_asked() == [(bob, "bob.eth")]
    assert shown(alice, bob) == alias(bob)
    alice.answer(bob, "bob.eth", bob)
    assert shown(alice, bob) == "@bob.eth"
    found = contact(alice, bob)
    assert (found.ens_verified, found.ens_checked_s, found.ens_retries) == (True, int(alice.network.now), 0)
    assert [event.contact for event in alice.events if isinstance(event, ContactChanged)] == [found]
    alice.network.wait(3_600)
    assert alice.names_asked() == []


@pytest.mark.parametrize("owner", [None, someone()], ids=["no answer", "another key"])
def test_a_name_that_is_not_theirs_is_tried_less_and_less_often(alice: Asking, owner: PublicKey | None) -> None:
    bob = someone()
    claim(alice, bob, "bob.eth", 1)
    waits = []
    last = alice.network.now
    for tries in range(MAX_RETRIES):
        step = max(VERIFY_SECONDS, 30 * tries * 2**tries - VERIFY_SECONDS)
        alice.network.wait(step)
        while not (asked := alice.names_asked()):
            alice.network.wait(VERIFY_SECONDS)
        assert asked == [(bob, "bob.eth")]
        waits.append(alice.network.now - last)
        last = alice.network.now
        alice.answer(bob, "bob.eth", owner)
        assert contact(alice, bob).ens_retries == tries + 1
        if tries == 5:
            alice.restart()
        assert shown(alice, bob) == alias(bob)
    for tries, waited in enumerate(waits[1:], 1):
        assert 30 * tries * 2**tries <= waited <= 30 * tries * 2**tries + 2 * VERIFY_SECONDS
    alice.network.wait(30 * MAX_RETRIES * 2**MAX_RETRIES + 60)
    assert alice.names_asked() == []


def test_a_new_name_is_looked_up_at_once_and_an_old_answer_does_not_count(alice: Asking) -> None:
    bob = someone()
    claim(alice, bob, "bob.eth", 1)
    for _ in range(4):
        alice.network.wait(600)
        alice.names_asked()
        alice.answer(bob, "bob.eth", None)
    claim(alice, bob, "robert.eth", 2)
    found = contact(alice, bob)
    assert (found.ens_verified, found.ens_checked_s, found.ens_retries, found.ens_clock) == (False, 0, 0, 2)
    alice.answer(bob, "bob.eth", bob)
    assert shown(alice, bob) == alias(bob)
    alice.network.wait(VERIFY_SECONDS)
    assert alice.names_asked() == [(bob, "robert.eth")]
    alice.answer(bob, "robert.eth", bob)
    assert shown(alice, bob) == "@robert.eth"
    claim(alice, bob, "eve.eth", 3)
    assert shown(alice, bob) == alias(bob)


def test_contacts_are_looked_up_before_strangers_and_only_so_many_at_once(alice: Asking) -> None:
    friend = someone()
    strangers = [someone() for _ in range(MAX_LOOKED_UP + 5)]
    for number, stranger in enumerate(strangers):
        claim(alice, stranger, f"s{number:03}.eth", 1)
    alice.do(lambda: alice.messenger.feature(Contacts).add(friend, alice.network.now))
    claim(alice, friend, "friend.eth", 1)
    alice.network.wait(VERIFY_SECONDS)
    asked = alice.names_asked()
    assert len(asked) == MAX_LOOKED_UP
    assert (friend, "friend.eth") in asked
    for person, name in asked:
        alice.answer(person, name, None)
    alice.network.wait(VERIFY_SECONDS)
    rest = {stranger for stranger in strangers if (stranger, f"s{strangers.index(stranger):03}.eth") not in asked}
    assert rest <= {person for person, _ in alice.names_asked()}


def test_a_name_that_nobody_can_own_is_asked_for_nowhere(alice: Asking) -> None:
    bob, blocked = someone(), someone()
    claim(alice, bob, "B\u202eob.eth", 1)
    claim(alice, blocked, "eve.eth", 1)
    block(alice, blocked)
    alice.network.wait(10 * VERIFY_SECONDS)
    assert alice.names_asked() == []
    assert contact(alice, bob).ens_retries > 0


def test_a_clock_that_was_ahead_delays_nothing(alice: Asking) -> None:
    bob = someone()
    claim(alice, bob, "bob.eth", 1)
    ahead = replace(contact(alice, bob), ens_retries=3, ens_checked_s=int(alice.network.now) + 10**9)
    alice.do(lambda: tables(alice).save(ahead))
    alice.network.wait(VERIFY_SECONDS)
    assert alice.names_asked() == [(bob, "bob.eth")]


def test_where_nobody_can_ask_no_name_is_looked_up(network: Network, tmp_path: Path) -> None:
    alone = Asking(tmp_path, "alone", network)
    network.people.append(alone)
    claim(alone, someone(), "bob.eth", 1)
    network.wait(3_600)
    assert alone.names_asked() == []


def test_names_of_strangers_go_with_them(network: Network, tmp_path: Path) -> None:
    crowded = StrangerConfig(writers=Budget(5, 1 << 20), silent=Budget(5, 1 << 20))
    alice = Person(tmp_path, "alice", network, config=MessengerConfig(strangers=crowded))
    network.people.append(alice)
    for number in range(30):
        stranger = PrivateKey(bytes(31) + bytes([number + 1])).public_key
        alice.do(lambda stranger=stranger: tables(alice).save(Contact(stranger, has_added_us=True)))  # type: ignore[misc]
        alice.do(lambda stranger=stranger: alice.store.people.save_stranger(stranger.compressed, None, 400))  # type: ignore[misc]
    friend = someone()
    nickname(alice, friend, "Pal")
    people = alice.messenger.feature(Contacts)._core.people
    alice.do(lambda: people.heard(PrivateKey(bytes(31) + b"\x01").public_key))
    (rows,) = alice.database.connection.execute("SELECT count(*) FROM person_names").fetchone()
    assert rows <= 5 + 2
    assert reader(alice).called("pal") == [friend]


def test_the_other_one_of_a_private_chat_is_named_by_nickname(alice: Asking) -> None:
    bob = someone()
    chat = alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(bob, alice.network.now))
    nickname(alice, bob, "Bob")
    assert [one.name for one in mentions(alice).people(chat.id)] == ["Bob", alias(alice.key)]
    assert isinstance(alice.messenger.feature(Mentions), Mentions)
