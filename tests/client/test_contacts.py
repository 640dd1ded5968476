"""Contacts of two clients, with real sockets, databases, files and decoders."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

import pystatus
from pystatus import (
    Account,
    Client,
    ContactChanged,
    ContactRequested,
    LocalError,
    MessageReceived,
    Node,
    NodeConfig,
    PrivateKey,
    ProfileChanged,
    Profiles,
    SharedProfile,
)
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.our_profile import MAX_PICTURE_BYTES, OurProfile
from pystatus.messenger.features.contacts import Contacts as ContactsFeature
from tests.media.support import PLACE, exif, opened, picture, saved

PASSWORD = "correct horse"
PATIENCE = 60.0
"""Seconds until a test that hangs is given up."""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Client, Client]]:
    profiles = Profiles(tmp_path / "profiles")
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = [str(relay.enode)]
        alice, bob = (
            Client.open(name, PASSWORD, data_dir=tmp_path / "profiles", peers=peers) for name in ("alice", "bob")
        )
        async with alice, bob:
            await alice.wait_for_peer()
            await bob.wait_for_peer()
            yield alice, bob


async def first(events: AsyncIterator[pystatus.Event], is_wanted: Callable[[pystatus.Event], bool]) -> pystatus.Event:
    async for event in events:
        if is_wanted(event):
            return event
    raise AssertionError("the client was closed")


async def test_two_add_each_other_and_see_name_and_picture(two: tuple[Client, Client], tmp_path: Path) -> None:
    alice, bob = two
    photograph = tmp_path / "me.jpg"
    photograph.write_bytes(saved(picture(900, 600), "JPEG", exif=exif(6), comment=PLACE))
    shared = await alice.feature(OurProfile).set_picture(photograph)
    assert await alice.feature(OurProfile).set_name("Alice.eth") != shared
    assert alice.feature(OurProfile).get().ens_name == "alice.eth"
    events = bob.events()

    added = await alice.feature(Contacts).add(encode(bob.public_key), "Bob")
    assert (added.added, added.nickname) == (True, "Bob")
    requested = await first(events, lambda event: isinstance(event, ContactRequested))
    assert isinstance(requested, ContactRequested)
    assert bob.feature(Contacts).requests() == [requested.contact]
    assert (requested.contact.ens_name, requested.contact.ens_verified) == ("alice.eth", False)
    image = bob.feature(Contacts).picture(requested.contact)
    assert image is not None
    assert len(image.data) <= MAX_PICTURE_BYTES
    assert PLACE not in image.data
    assert opened(image.data).size == (image.width, image.height)

    theirs = alice.events()
    accepted = await bob.feature(Contacts).add(requested.contact)
    assert accepted.is_mutual
    changed = await first(theirs, lambda event: isinstance(event, ContactChanged) and event.contact.is_mutual)
    assert isinstance(changed, ContactChanged)
    assert alice.feature(Contacts).all() == [changed.contact]
    assert bob.feature(Contacts).requests() == []


async def test_who_is_blocked_is_not_heard(two: tuple[Client, Client]) -> None:
    alice, bob = two
    await alice.open_chat(bob.public_key)
    await bob.open_chat(alice.public_key)
    events = alice.events()
    await bob.send_text(bob.find_chat(encode(alice.public_key)), "buy this")
    await first(events, lambda event: isinstance(event, MessageReceived))
    assert alice.feature(Contacts).count_messages(bob.public_key) == 1
    blocked = await alice.feature(Contacts).block(bob.public_key)
    assert blocked.blocked
    assert alice.feature(Contacts).count_messages(bob.public_key) == 0
    assert not alice.find_chat(encode(bob.public_key)).active
    with pytest.raises(LocalError, match="You have blocked this person"):
        await alice.open_chat(bob.public_key)
    await bob.send_text(bob.find_chat(encode(alice.public_key)), "still here")
    await alice.feature(Contacts).unblock(blocked)
    await alice.open_chat(bob.public_key)
    await bob.send_text(bob.find_chat(encode(alice.public_key)), "and now?")
    came = await first(events, lambda event: isinstance(event, MessageReceived) and event.message.text == "and now?")
    assert isinstance(came, MessageReceived)
    assert "buy this" not in [message.text for message in alice.history(came.chat, 10)]


async def test_people_are_found_by_key_and_by_a_name_that_one_has(two: tuple[Client, Client]) -> None:
    alice, bob = two
    contacts = alice.feature(Contacts)
    other = PrivateKey.generate(os.urandom).public_key
    await contacts.add(bob.public_key, "Zoë")
    await contacts.add(other)
    for text in (encode(bob.public_key), bob.public_key.hex, " zoë", "ZOE\u0308", alias(bob.public_key).upper()):
        assert contacts.get(text).key == bob.public_key
    await contacts.set_nickname(other, "zoë")
    sentences = {
        "zoë": "Several of your contacts are called",
        "nobody at all": "None of your contacts is called",
        "zQ3sh123": "A chat key that begins with zQ3sh has",
        "": "This is not a chat key",
    }
    for text, sentence in sentences.items():
        with pytest.raises(LocalError, match=sentence):
            contacts.get(text)


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", "data:image/png;base64,AAAA", "data:text/html;base64,AAAA", "img1"]
)
async def test_what_is_no_picture_is_none(two: tuple[Client, Client], text: str) -> None:
    alice, bob = two
    await alice.feature(Contacts).add(bob.public_key)
    with alice._access.reading() as session, session.store.transaction():
        session.store.tables(ContactsFeature).save_picture(bob.public_key, text)
    assert alice.feature(Contacts).picture(bob.public_key) is None


async def test_our_picture_and_name_are_checked(two: tuple[Client, Client]) -> None:
    alice, _ = two
    profile = alice.feature(OurProfile)
    with pytest.raises(LocalError, match="This picture cannot be sent"):
        await profile.set_picture(b"<svg/>")
    for name in ("alice", ".eth", "a b.eth", f"{'a' * 300}.eth"):
        with pytest.raises(LocalError, match="is not a name of ENS"):
            await profile.set_name(name)
    assert profile.get() == SharedProfile()
    events = alice.events()
    await profile.set_picture(saved(picture(8, 8), "PNG"))
    told = await first(events, lambda event: isinstance(event, ProfileChanged))
    assert isinstance(told, ProfileChanged)
    assert (await profile.set_picture(None)).picture == ""
