"""Names of ENS, asked of a resolver that the program gives: in time, too late, not at all."""

from __future__ import annotations

import asyncio
import os

import pytest

from pystatus import ContactChanged, LocalError, PublicKey
from pystatus.account.alias import alias
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.names import Names, ShownName
from pystatus.client.features.our_profile import OurProfile
from pystatus.client.resolving import BATCH_SECONDS
from pystatus.crypto.keys import PrivateKey
from pystatus.testing import Network, Person, run


class Registry:
    """A resolver that is a table. What is not in it fails, what is ``None`` has no key, and some names take long."""

    def __init__(self, **owners: PublicKey | None) -> None:
        self.owners = {f"{label}.stateofus.eth": owner for label, owner in owners.items()}
        self.slow: set[str] = set()
        self.asked: list[str] = []

    async def chat_key(self, name: str) -> PublicKey | None:
        self.asked.append(name)
        if name in self.slow:
            await asyncio.sleep(3_600)
        return self.owners[name]


async def named(network: Network, name: str, ens_name: str) -> Person:
    person = await network.person(name)
    await person.client.feature(OurProfile).set_name(ens_name)
    return person


def names(person: Person) -> Names:
    return person.client.feature(Names)


@pytest.mark.requirement("AC-17")
def test_a_name_of_a_message_is_shown_once_it_is_verified() -> None:
    async def story(network: Network) -> None:
        bob, registry = await named(network, "bob", "bob.stateofus.eth"), Registry()
        registry.owners["bob.stateofus.eth"] = bob.client.public_key
        alice = await network.person("alice", names=registry)
        changes: list[ContactChanged] = []
        alice.client.on(ContactChanged)(changes.append)
        await bob.say(alice, "it is me")
        await network.wait(1)
        assert names(alice).of(bob.client.public_key).name == alias(bob.client.public_key)
        await network.wait(60)
        assert names(alice).of(bob.client.public_key).name == "@bob"
        assert names(alice).of_messages(alice.messages)[bob.client.public_key].name == "@bob"
        assert names(alice).called("bob") == [bob.client.public_key]
        assert changes[-1].contact.ens_verified
        await network.wait(3_600)
        assert registry.asked == ["bob.stateofus.eth"]

    run(story)


@pytest.mark.requirement("AC-17")
def test_a_name_of_somebody_else_is_never_shown() -> None:
    async def story(network: Network) -> None:
        eve, registry = await named(network, "eve", "bob.stateofus.eth"), Registry()
        registry.owners["bob.stateofus.eth"] = PrivateKey.generate(os.urandom).public_key
        alice, alone = await network.person("alice", names=registry), await network.person("alone")
        await eve.say(alice, "it is me, Bob")
        await eve.say(alone, "it is me, Bob")
        await network.wait(600)
        for person in (alice, alone):
            assert person.texts == ["it is me, Bob"]
            assert names(person).of(eve.client.public_key).name == alias(eve.client.public_key)
        assert len(registry.asked) > 1

    run(story)


def test_one_slow_name_holds_up_no_other_and_a_failure_is_no_answer() -> None:
    async def story(network: Network) -> None:
        registry = Registry()
        people = [await named(network, name, f"{name}.stateofus.eth") for name in ("bob", "carol", "dave")]
        bob, carol, dave = people
        registry.owners["bob.stateofus.eth"] = bob.client.public_key
        registry.slow.add("carol.stateofus.eth")  # and dave is not in the table
        alice = await network.person("alice", names=registry)
        for person in people:
            await person.say(alice, "hello")
        await network.wait(30 + BATCH_SECONDS + 1)
        contacts = alice.client.feature(Contacts)
        found = [contacts.get(person.client.public_key) for person in people]
        assert [(one.ens_verified, one.ens_retries) for one in found] == [(True, 0), (False, 1), (False, 1)]
        registry.slow.clear()
        registry.owners["carol.stateofus.eth"] = carol.client.public_key
        registry.owners["dave.stateofus.eth"] = "no key"  # type: ignore[assignment]
        await network.wait(120)
        assert contacts.get(carol.client.public_key).ens_verified
        assert not contacts.get(dave.client.public_key).ens_verified

    run(story)


def test_the_log_says_in_one_line_that_names_could_not_be_looked_up(caplog: pytest.LogCaptureFixture) -> None:
    """Strangers claim names that do not exist, as many as are looked up together."""

    async def story(network: Network) -> None:
        people = [await named(network, name, f"{name}.stateofus.eth") for name in ("bob", "carol", "dave")]
        alice = await network.person("alice", names=Registry())
        for person in people:
            await person.say(alice, "hello")
        with caplog.at_level("INFO", logger="pystatus.client.resolving"):
            await network.wait(40)
        (line,) = [one.getMessage() for one in caplog.records if one.name == "pystatus.client.resolving"]
        assert line.startswith("3 of 3 ENS names could not be looked up, the last: ")

    run(story)


def test_a_client_that_is_closed_meanwhile_waits_for_nobody() -> None:
    async def story(network: Network) -> None:
        bob, registry = await named(network, "bob", "bob.stateofus.eth"), Registry()
        registry.slow.add("bob.stateofus.eth")
        async with network.client("alice", names=registry) as alice:
            await alice.wait_for_peer()
            chat = await bob.client.open_chat(alice.public_key)
            await bob.client.send_text(chat, "hello")
            await network.wait(32)
        assert registry.asked
        async with network.client("alice") as alice:
            assert alice.feature(Contacts).get(bob.client.public_key).ens_retries == 0
        with pytest.raises(LocalError):
            alice.feature(Names).of(bob.client.public_key)

    run(story)


def test_a_nickname_is_the_name_until_it_is_taken_back() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        key = bob.client.public_key
        await alice.client.feature(Contacts).add(key, "Bobby")
        found = names(alice).of_people([key, key])
        assert {person: (one.name, one.second) for person, one in found.items()} == {key: ("Bobby", alias(key))}
        assert isinstance(found[key], ShownName)
        await alice.client.feature(Contacts).set_nickname("bobby", "")
        assert names(alice).of(key).name == alias(key)

    run(story)
