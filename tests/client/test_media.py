"""Pictures, sounds and stickers between two clients, with real sockets, databases, files and decoders."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import pystatus
from pystatus import Account, Chat, Client, LocalError, MessageReceived, Node, NodeConfig, PrivateKey, Profiles
from pystatus.client.features.media import Audio, Image, ImageType, Media, MediaNotKept, Sticker
from pystatus.client.features.media import AudioType as AudioKind
from pystatus.payloads.kinds import ContentType
from tests.media.support import PLACE, aac, amr, exif, noise, opened, picture, saved

PASSWORD = "correct horse"
PATIENCE = 60.0
"""Seconds until a test that hangs is given up."""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Client, Client, Chat]]:
    """Alice, Bob, and Alice's chat with him."""
    profiles = Profiles(tmp_path / "profiles")
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = [str(relay.enode)]
        alice, bob = (
            Client.open(name, PASSWORD, data_dir=tmp_path / "profiles", peers=peers) for name in ("alice", "bob")
        )
        async with alice, bob:
            chat = await alice.open_chat(bob.public_key)
            await bob.open_chat(alice.public_key)
            await alice.wait_for_peer()
            await bob.wait_for_peer()
            yield alice, bob, chat


async def received(events: AsyncIterator[pystatus.Event]) -> pystatus.Message:
    """The next message that comes."""
    async for event in events:
        if isinstance(event, MessageReceived):
            return event.message
    raise AssertionError("the client was closed")


@pytest.mark.requirement("PL-17")
async def test_a_photograph_goes_from_a_file_to_a_file(two: tuple[Client, Client, Chat], tmp_path: Path) -> None:
    alice, bob, chat = two
    photograph = tmp_path / "holiday.jpg"
    photograph.write_bytes(saved(picture(3_000, 2_000), "JPEG", exif=exif(6), comment=PLACE))
    events = bob.events()

    receipt = await alice.media.send_image(chat, photograph, text="look")
    message = await received(events)
    assert (message.id, message.text, message.content_type) == (receipt.message.id, "look", ContentType.IMAGE)

    media = bob.feature(Media)
    found = media.of(message)
    assert isinstance(found, Image)
    assert (found.type, found.width, found.height, found.frames) == (ImageType.JPEG, 1_333, 2_000, 1)
    assert opened(found.data).size == (1_333, 2_000)
    assert PLACE not in found.data
    assert found.data_uri.startswith("data:image/jpeg;base64,/9j/")
    assert repr(found) == f"<Image JPEG 1333x2000, {len(found.data)} bytes>"
    about = media.about(message.id)
    assert about is not None
    assert (about.size, about.problem) == (len(found.data), "")

    target = tmp_path / "saved.jpg"
    assert await media.save(message, target) == target
    assert target.read_bytes() == found.data
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.requirement("PL-7", "PL-17")
async def test_a_sound_and_a_sticker(two: tuple[Client, Client, Chat]) -> None:
    alice, bob, chat = two
    events = bob.events()
    sound = await alice.feature(Media).send_audio(chat, b"ID3\x04\0\0\0\0\0\x02xx" + aac(50) + b"TAG" + bytes(125))
    message = await received(events)
    assert message.id == sound.message.id
    found = bob.feature(Media).of(message)
    assert found == Audio(aac(50), AudioKind.AAC, 1_161)
    assert isinstance(found, Audio)
    assert found.mime == "audio/aac"
    assert repr(found) == "<Audio AAC of 1.2 s, 10000 bytes>"

    receipt = await alice.feature(Media).send_sticker(chat, "0xE30101701220AB", 4, reply_to=sound.message)
    message = await received(events)
    assert message.response_to == sound.message.id
    for media in (alice.feature(Media), bob.feature(Media)):
        assert media.of(receipt.message.id) == Sticker("e30101701220ab", 4)
        assert media.about(receipt.message) is None
    with pytest.raises(LocalError, match="no picture and no sound"):
        await bob.feature(Media).save(message, "sticker")


async def test_what_is_no_attachment(two: tuple[Client, Client, Chat]) -> None:
    alice, _, chat = two
    receipt = await alice.send_text(chat, "hello")
    media = alice.feature(Media)
    assert media.of(receipt.message) is None
    assert media.of(bytes(32)) is None
    assert media.about(bytes(32)) is None


async def test_a_file_that_exists_stays_unless_it_is_to_go(two: tuple[Client, Client, Chat], tmp_path: Path) -> None:
    alice, _, chat = two
    receipt = await alice.feature(Media).send_audio(chat, amr(7))
    taken, link = tmp_path / "taken", tmp_path / "link"
    taken.write_bytes(b"mine")
    link.symlink_to(tmp_path / "elsewhere")
    for path in (taken, link):
        with pytest.raises(LocalError, match="exists"):
            await alice.feature(Media).save(receipt.message, path)
    with pytest.raises(LocalError, match="is a directory"):
        await alice.feature(Media).save(receipt.message, tmp_path)
    with pytest.raises(LocalError, match="No such file or directory"):
        await alice.feature(Media).save(receipt.message, tmp_path / "nowhere" / "x")
    assert taken.read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()

    await alice.feature(Media).save(receipt.message, taken, overwrite=True)
    assert taken.read_bytes() == amr(7)


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"<svg onload='alert(1)'/>", "This picture cannot be sent: it is no JPEG, PNG, GIF or WEBP picture."),
        (bytes(21 << 20), "more than 20971520 bytes"),
    ],
)
async def test_a_file_that_is_no_picture(
    two: tuple[Client, Client, Chat], tmp_path: Path, contents: bytes, reason: str
) -> None:
    alice, _, chat = two
    (tmp_path / "x").write_bytes(contents)
    with pytest.raises(LocalError, match=reason):
        await alice.feature(Media).send_image(chat, str(tmp_path / "x"))
    assert not alice.history(chat)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda media, chat: media.send_image("status", b"x"), "not sent to public chats"),
        (lambda media, chat: media.send_image("nobody", b"x"), "no chat"),
        (lambda media, chat: media.send_image(chat, "/nowhere/x.jpg"), "No such file"),
        (lambda media, chat: media.send_audio(chat, b"RIFF"), "This sound cannot be sent: it is no sound"),
        (lambda media, chat: media.send_audio(chat, aac(5_200)), "at most 120 seconds"),
        (lambda media, chat: media.send_audio(chat, aac(4_800)), "fit into one"),
        (lambda media, chat: media.send_sticker(chat, "xyz", 1), "content hash"),
        (lambda media, chat: media.send_sticker(chat, "ab", -1), "from 0 to"),
        (lambda media, chat: media.send_sticker(chat, "ab", 1, reply_to=b"1"), "32 bytes"),
    ],
)
async def test_what_cannot_be_sent(two: tuple[Client, Client, Chat], call: object, reason: str) -> None:
    alice, _, chat = two
    await alice.join("status")
    with pytest.raises(LocalError, match=reason):
        await call(alice.feature(Media), chat)  # type: ignore[operator]
    assert not alice.history(chat)


async def test_what_is_not_kept_any_more(two: tuple[Client, Client, Chat], tmp_path: Path) -> None:
    alice, _, chat = two
    receipt = await alice.feature(Media).send_image(chat, saved(picture(), "PNG"))
    tables = alice.feature(Media)
    tables._read(lambda media: media._tables.make_room(chat.id, 0, 0, "it was given up"))
    with pytest.raises(MediaNotKept, match="This is not kept: it was given up"):
        tables.of(receipt.message)
    with pytest.raises(MediaNotKept):
        await tables.save(receipt.message, tmp_path / "x")


async def test_many_pictures_are_decoded_a_few_at_a_time(
    two: tuple[Client, Client, Chat], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pystatus.client.features import media
    from pystatus.imaging import process

    prepare, running, most = process.prepare, 0, 0

    async def counted(data: bytes, most_bytes: int) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return await prepare(data, most_bytes)
        finally:
            running -= 1

    monkeypatch.setattr(process, "prepare", counted)
    alice, _, chat = two
    data = saved(noise(200, 200), "JPEG")
    receipts = await asyncio.gather(*(alice.feature(Media).send_image(chat, data) for _ in range(5)))
    assert len({receipt.message.id for receipt in receipts}) == 5
    assert most == media.MAX_DECODERS


def test_names_that_programs_import() -> None:
    assert (pystatus.Image, pystatus.Audio, pystatus.Sticker, pystatus.Media) == (Image, Audio, Sticker, Media)
