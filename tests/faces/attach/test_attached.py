"""Two processes' worth of clients on one profile: one holds it, the others attach to it, over its real socket."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from pystatus import Account, AddedToGroup, Client, LocalError, MessageReceived, Node, NodeConfig, PrivateKey, Profiles
from pystatus.client import Event, EventsLost, PeerUnreachable, SendFailed
from pystatus.client.features.backup import Backup
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Media
from pystatus.client.features.reactions import Reactions
from pystatus.client.features.search import Search
from pystatus.faces.attach.attached import AttachedClient
from pystatus.faces.attach.connection import HolderGone, TooManyAttached
from pystatus.faces.attach.holder import SharedClient
from pystatus.faces.attach.place import is_served, socket_path, usable
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.messenger.events import ChatOpened
from pystatus.payloads.kinds import ReactionType
from pystatus.rpc import ipc
from pystatus.rpc.waiting_calls import MAX_WAITING_CALLS
from tests.media.support import picture, saved
from tests.support.holding import Holder

PASSWORD = "correct horse"
PATIENCE = 60.0
"""Seconds until a test that hangs is given up."""


@dataclass
class World:
    profiles: Profiles
    relay: Node
    alice: Holder
    bob: Client

    def attached(self) -> AttachedClient:
        return AttachedClient(self.profiles.find("alice"))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    profiles = Profiles(tmp_path / "profiles")
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        alice = Holder(profiles.directory.parent, PASSWORD, [str(relay.enode)])
        try:
            await alice.open()
            async with Client.open(
                "bob", PASSWORD, data_dir=profiles.directory.parent, peers=[str(relay.enode)]
            ) as bob:
                await bob.wait_for_peer()
                yield World(profiles, relay, alice, bob)
        finally:
            await alice.end()


async def first(events: AsyncIterator[Event], is_wanted: Callable[[Event], bool]) -> Event:
    async for event in events:
        if is_wanted(event):
            return event
    raise AssertionError("the client was closed")


def says(text: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, MessageReceived) and event.message.text == text


async def test_what_one_face_sends_all_see(world: World) -> None:
    async with world.attached() as one, world.attached() as other:
        assert one.chat_key == await world.alice.do(lambda alice: alice.chat_key)
        chat = await one.open_chat(world.bob.chat_key)
        heard = world.bob.events()
        receipt = await one.send_text(chat, "hello")
        await receipt.sent()
        assert says("hello")(await first(heard, says("hello")))
        assert [message.text for message in other.history(chat)] == ["hello"]
        assert list(other.chats()) == await world.alice.do(lambda alice: alice.chats())
        events = [client.events() for client in (one, other)]
        await world.bob.send_text(world.bob.chats()[0], "hi")
        received = [await first(stream, says("hi")) for stream in events]
        assert received[0] == received[1]
        assert one.find_chat(chat.id).unread == 1
        await other.mark_read(chat.id)
        assert await world.alice.do(lambda alice: alice.find_chat(chat.id).unread) == 0


async def test_what_one_face_waits_for_another_can_withdraw(world: World) -> None:
    """The one that has sent it is told why it waits in vain."""
    async with world.attached() as one, world.attached() as other:
        chat = await one.join("nowhere")
        await world.relay.close()
        gone = other.events()
        await first(gone, lambda _: not other.network().relays)
        receipt = await one.send_text(chat, "thought better of")
        waiting = asyncio.ensure_future(receipt.sent())
        held = await world.alice.do(lambda alice: alice.message(receipt.message.id))
        withdrawn = await other.withdraw(receipt.message.id)
        assert withdrawn == held
        with pytest.raises(SendFailed, match="withdrawn before it was sent"):
            await waiting
        assert one.message(receipt.message.id) is None
        with pytest.raises(LocalError, match="of yours that waits"):
            await one.withdraw(receipt.message.id)


async def test_features_errors_and_values_are_those_of_a_client(world: World, tmp_path: Path) -> None:
    async with world.attached() as face:
        invited = world.bob.events()
        group = await face.feature(Groups).create("friends", [world.bob.chat_key])
        assert list(face.feature(Groups).members(group)) == await world.alice.do(
            lambda it: it.feature(Groups).members(group)
        )
        assert repr(face.groups) == repr(face.feature(Groups))
        await first(invited, lambda event: isinstance(event, AddedToGroup))
        news = face.events()
        await world.bob.feature(Groups).join(group.id)
        await first(news, lambda _: all(member.has_joined for member in face.feature(Groups).members(group)))
        receipt = await face.send_text(group, "first words")
        message = face.message(receipt.message.id)
        assert message is not None
        reaction = await face.feature(Reactions).add(message, ReactionType.LOVE)
        assert await world.alice.do(lambda alice: alice.feature(Reactions).by(message)) == [reaction]
        await face.feature(Conversations).set_draft(group, "to be contin…", message)
        draft = await world.alice.do(lambda alice: alice.feature(Conversations).draft(group))
        assert face.feature(Conversations).draft(group) == draft
        assert face.feature(Conversations).drafted_chats() == (group.id,)
        (found,) = face.feature(Search).find("words")
        assert face.feature(Search).find("words", before=found) == ()
        assert face.history(group, around=message)[0] == face.history(group)[0]
        sent = await face.feature(Media).send_image(group, saved(picture(40, 30), "PNG"))
        saved_to = await face.feature(Media).save(sent.message, tmp_path / "picture")
        picture_there = await world.alice.do(lambda alice: alice.feature(Media).of(sent.message))
        assert saved_to.read_bytes() == picture_there.data
        with pytest.raises(LocalError, match=r"There is no chat or group 'nobody'"):
            face.find_chat("nobody")
        with pytest.raises(TypeError, match=r"history\(\)"):
            face.history(group, "all")  # type: ignore[arg-type]
        with pytest.raises(LocalError, match=r"There is no mailserver to ask"):
            await face.wait_for_mailserver()
        assert face.network() == await world.alice.do(lambda alice: alice.network())
        assert [relay.node_id for relay in face.network().relays] == [world.relay.enode.node_id.hex()]
        assert not face.feature(Backup).is_due()
        with pytest.raises(LocalError, match=r"the words are shown to who knows the password alone"):
            face.feature(Backup).phrase()
        with pytest.raises(LocalError, match=r"client.network\(\)"):
            face.node  # noqa: B018 - what it raises is what is asked


async def test_a_face_reads_events_from_a_cursor(world: World) -> None:
    async with world.attached() as face:
        await face.open_chat(world.bob.chat_key)
        began, heard = face.cursor, face.events()
        back = await world.bob.open_chat(face.chat_key)
        for text in ("one", "two"):
            await world.bob.send_text(back, text)
            await first(heard, says(text))
    async with world.attached() as face:
        events = face.events(began)
        assert says("one")(await first(events, says("one")))
        cursor = events.cursor
        assert says("two")(await first(events, says("two")))
        await world.bob.send_text(back, "three")
        assert says("three")(await first(events, says("three")))
        assert events.cursor <= face.cursor
        assert says("two")(await first(face.events(cursor), lambda event: isinstance(event, MessageReceived)))
        with pytest.raises(EventsLost):
            face.events(face.cursor + 1)
        assert [chat.unread for chat in face.chats()] == [3]


async def test_a_face_that_leaves_leaves_the_profile_open(world: World) -> None:
    profile = world.profiles.find("alice")
    assert stat.S_IMODE(socket_path(profile).lstat().st_mode) == 0o600
    face = world.attached()
    await face.start()
    await face.close()
    with pytest.raises(LocalError, match=r"The client is closed"):
        face.chats()
    assert is_served(profile)
    await world.alice.close()
    assert not is_served(profile)
    assert not socket_path(profile).exists()


async def test_a_holder_that_goes_away_is_told_in_a_sentence(world: World) -> None:
    async with asyncio.timeout(PATIENCE):
        face = await world.attached().start()
        events, receipt = face.events(), await face.send_text(await face.open_chat(world.bob.chat_key), "last words")
        running = asyncio.ensure_future(face.run_forever())
        await world.alice.close()
        with pytest.raises(HolderGone, match=r"does not answer any more.*Run the command again"):
            await running
        with pytest.raises(HolderGone):
            await first(events, lambda event: False)
        with pytest.raises(HolderGone):
            await face.join("status")
        with pytest.raises(HolderGone):
            face.chats()
        with pytest.raises(LocalError):
            await receipt.archived()
        await face.close()
        with pytest.raises(HolderGone):
            await world.attached().start()


async def test_what_is_of_the_moment_alone_is_told_too_and_a_relay_that_is_not_there_ends_nothing(
    world: World,
) -> None:
    nowhere = f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1"
    async with world.attached() as face:
        events = face.events()
        await world.alice.do(lambda alice: alice.node.add_peer(nowhere))
        tried = await first(events, lambda event: isinstance(event, PeerUnreachable))
        assert isinstance(tried, PeerUnreachable)
        assert (type(tried.reason), events.is_stored) == (str, False)
        await face.join("status")
        await first(events, lambda event: isinstance(event, ChatOpened))
        assert events.is_stored


async def test_a_call_that_waits_for_the_network_holds_up_no_other(world: World) -> None:
    async with world.attached() as face:
        await world.alice.do(lambda alice: alice.node.remove_peer(str(world.relay.enode)))
        for _ in range(3):  # each time as many as may wait: those that nobody waits for any more are none of them
            waits = [asyncio.ensure_future(face.wait_for_peer()) for _ in range(MAX_WAITING_CALLS)]
            for _ in range(5):
                await asyncio.sleep(0)
            for one in waits:
                one.cancel()
            assert all(
                isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(*waits, return_exceptions=True)
            )
        assert (await face.join("status")).id == "status"
        waiting = asyncio.ensure_future(face.wait_for_peer())
        await asyncio.sleep(0)
    with pytest.raises(HolderGone):
        await waiting


async def test_what_is_too_large_is_a_sentence_and_the_connection_stands(world: World) -> None:
    async with world.attached() as face:
        chat = await face.join("status")
        with pytest.raises(LocalError, match=r"too large to be handed"):
            await face.send_text(chat, "x" * 6_000_000)
        with pytest.raises(LocalError, match=r"too large to be handed"):
            face.find_chat("x" * 6_000_000)
        assert face.find_chat("status") == chat


async def test_who_opens_the_profile_after_a_kill_replaces_the_socket_of_the_dead(world: World) -> None:
    profile = world.profiles.find("alice")
    await world.alice.close()
    with socket.socket(socket.AF_UNIX) as left, usable(socket_path(profile)) as path:
        left.bind(str(path))
    assert not is_served(profile)
    await world.alice.open()
    assert is_served(profile)
    async with world.attached() as face:
        assert face.chats() == ()


async def test_a_path_that_is_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    data_dir = tmp_path / ("d" * 100)
    profiles = Profiles(data_dir)
    profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    async with SharedClient.open("alice", PASSWORD, data_dir=data_dir):
        profile = profiles.find("alice")
        assert len(str(socket_path(profile))) > 110
        async with AttachedClient(profile) as face:
            assert (await face.join("status")).id == "status"
            with pytest.raises(TimeoutError, match=r"The client keeps trying"):
                await face.wait_for_peer(0.01)


async def test_who_finds_no_place_is_told_why_and_finds_one_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipc, "MAX_CONNECTIONS", 2)
    async with world.attached() as face:
        assert face.chats() == ()  # its second connection
        with pytest.raises(TooManyAttached, match=r"As many commands and programs as there is room for.*End one"):
            await world.attached().start()
        with pytest.raises(TooManyAttached), world.attached().reading() as reader:
            reader.chats()
        assert face.chats() == (), "nobody else was harmed"
        assert (await face.join("status")).id == "status"
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with world.attached() as late:
                    assert [chat.id for chat in late.chats()] == ["status"]
                    return
            except TooManyAttached:  # the places of the one before are not free yet
                await asyncio.sleep(0)


async def test_a_crowd_that_is_turned_away_is_kept_in_bounds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads nothing and says much takes no place for long."""
    monkeypatch.setattr(ipc, "MAX_CONNECTIONS", 0)
    monkeypatch.setattr(ipc, "MAX_TURNED_AWAY", 3)
    crowd = []
    with usable(socket_path(world.profiles.find("alice"))) as path:
        for _ in range(10):
            crowd.append(await asyncio.open_unix_connection(path))
    answers = await asyncio.gather(*(reader.readline() for reader, _ in crowd))
    assert sum(bool(answer) for answer in answers) == 3
    for _, writer in crowd:
        writer.close()


def noise(width: int, height: int) -> bytes:
    """A picture that no format makes smaller."""
    return saved(Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height)), "PNG")


async def test_a_picture_of_any_size_that_a_client_takes_is_taken_attached(world: World) -> None:
    data = noise(1_600, 1_000)
    assert 4 << 20 < len(data) < MAX_FILE_BYTES
    async with world.attached() as face:
        chat = await face.open_chat(world.bob.chat_key)
        media = face.feature(Media)
        with pytest.raises(LocalError, match=r"A file has at most \d+ bytes"):
            await media.send_image(chat, bytes(MAX_FILE_BYTES + 1))
        with pytest.raises(LocalError, match=r"This picture cannot be sent"):
            await media.send_image(chat, bytes(MAX_FILE_BYTES - 1))
        sent = await media.send_image(chat, data)
        about = media.about(sent.message)
        assert about is not None
        assert about.width > 100
        own = world.profiles.find("alice").directory
        assert not [path for path in own.rglob("*") if path.is_file() and data[:64] in path.read_bytes()]


def test_who_is_attached_loads_nothing_of_what_the_holder_does() -> None:
    """So the terminal client starts at once: the node, the encryption and data sync are half of pystatus."""
    found = subprocess.run(
        [
            sys.executable, "-c",
            "import sys; from pystatus.apps.terminal.app import ChatApp; "
            "from pystatus.faces.attach.attached import AttachedClient; "
            "print([m for m in sys.modules if m.startswith(('pystatus.client.session', 'pystatus.messenger.messenger', "
            "'pystatus.node.node', 'pystatus.waku', 'pystatus.devp2p.rlpx', 'pystatus.secure_transport', "
            "'pystatus.datasync.node', 'pystatus.transport.channels', 'pystatus.mailserver.client'))])",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "[]\n"
