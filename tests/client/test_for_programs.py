"""What programs need of a client that people never ask for: groups as events, introductions, signatures, channels."""

from __future__ import annotations

import pytest

from pystatus import LocalError, PublicKey
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Media, Sticker
from pystatus.client.features.our_profile import MAX_SIGNED, OurProfile
from pystatus.crypto.hashing import keccak256
from pystatus.payloads.groups import SignedEvent
from pystatus.payloads.kinds import EventType
from pystatus.payloads.messages import ChatMessage
from pystatus.testing import Network, run
from pystatus.transport.channels import ChannelKind
from pystatus.transport.topics import topic


def test_groups_are_told_with_the_signed_events_that_made_them() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        groups, key = alice.client.feature(Groups), bob.client.public_key
        group = await groups.create("walkers", [key])
        public = await alice.client.join("status")
        states = groups.states([group, public])
        assert list(states) == [group.id], "a public chat is no group"
        state = states[group.id]
        assert [(one.person, one.is_admin) for one in state.members] == [(alice.client.public_key, True), (key, False)]
        created, added = state.events
        assert (created.type, created.name, created.members) == (EventType.CHAT_CREATED, "walkers", ())
        assert (added.type, added.members, added.author) == (EventType.MEMBERS_ADDED, (key,), alice.client.public_key)
        assert SignedEvent.decode(added.raw, group.id).author == alice.client.public_key

    run(story)


def test_somebody_is_told_who_we_are_without_being_added() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        contacts, key = alice.client.feature(Contacts), bob.client.public_key
        await alice.client.feature(OurProfile).set_name("alice.stateofus.eth")
        assert not (await contacts.introduce(key)).added
        await network.wait(5)
        (request,) = bob.client.feature(Contacts).requests()
        assert (request.key, request.ens_name) == (alice.client.public_key, "alice.stateofus.eth")
        assert contacts.all() == [], "of somebody who was told nothing is kept"
        await contacts.add(key)
        assert (await contacts.introduce(key)).added
        await contacts.block(key)
        for person in (key, alice.client.public_key):
            with pytest.raises(LocalError):
                await contacts.introduce(person)

    run(story)


def test_a_text_is_signed_as_a_personal_message() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        profile = alice.client.feature(OurProfile)
        signature = profile.sign("häl")
        digest = keccak256("\x19Ethereum Signed Message:\n4häl".encode())
        assert PublicKey.recover(digest, signature) == alice.client.public_key
        assert len(profile.sign("x" * MAX_SIGNED)) == 65
        with pytest.raises(LocalError, match="Shorten"):
            profile.sign("x" * (MAX_SIGNED + 1))

    run(story)


def test_a_message_may_claim_another_name_than_the_profile_and_a_sticker_has_words() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        await alice.client.join("status")
        await alice.client.feature(OurProfile).set_name("alice.stateofus.eth")

        async def claimed(name: str | None) -> str:
            receipt = await alice.client.send_text("status", "hello", ens_name=name)
            return ChatMessage.decode(receipt.message.payload).ens_name

        assert [await claimed(name) for name in (None, "Other.eth")] == ["alice.stateofus.eth", "other.eth"]
        with pytest.raises(LocalError, match="not a name of ENS"):
            await claimed("nobody")
        media = alice.client.feature(Media)
        sent = (await media.send_sticker("status", "e30101701220ab", 1, text="a cat")).message
        assert (sent.text, media.of(sent)) == ("a cat", Sticker("e30101701220ab", 1))

    run(story)


def test_channels_are_named_with_their_topics() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.client.join("status")
        await alice.client.open_chat(bob.client.public_key)
        channels = alice.client.channels()
        (public,) = [one for one in channels if one.kind is ChannelKind.PUBLIC]
        assert (public.name, public.topic, public.peer) == ("status", topic("status"), None)
        kinds = {(one.kind, one.peer) for one in channels if one.peer is not None}
        own, theirs = alice.client.public_key, bob.client.public_key
        assert {
            (ChannelKind.PARTITIONED, own),
            (ChannelKind.CONTACT_CODE, own),
            (ChannelKind.CONTACT_CODE, theirs),
        } <= kinds
        await alice.client.leave("status")
        assert "status" not in [one.name for one in alice.client.channels()]
        with pytest.raises(LocalError, match="no mailserver to ask"):
            await alice.client.fetch_topics([topic("status")], network.clock.now() - 60)

    run(story)
