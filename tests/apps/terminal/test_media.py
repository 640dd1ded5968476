"""Pictures and sounds in the terminal: drawn, opened, saved, dropped."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from PIL import Image as Pixels
from textual.events import Paste

from pystatus import testing
from pystatus.apps.terminal import opening
from pystatus.apps.terminal.dialogs.picture import Canvas, pixels_of
from pystatus.apps.terminal.drawing import plain_lines
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.apps.terminal.half_blocks import UPPER, drawn, size_in_cells
from pystatus.apps.terminal.opening import OpenedFiles
from pystatus.apps.terminal.pictures import DECODERS, Pictures
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.media import Audio, Image, ImageType, Media
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.imaging import process
from pystatus.media import pictures, previews
from pystatus.media.errors import InvalidMedia
from pystatus.media.previews import MAX_PREVIEW_PIXELS, Preview
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType
from pystatus.testing import Network, Person
from tests.apps.terminal.playing import Player, playing, story
from tests.media.support import aac, saved

ROW = 5 * UPPER
"""A part of a line of a picture; those of people have no such."""


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Pictures are decoded here: the clock of the network does not wait for other processes. What is decoded for a
    screen waits for this."""
    may_go_on = asyncio.Event()
    may_go_on.set()

    async def prepare(data: bytes, most: int = 0) -> pictures.Picture:
        return pictures.prepare(data)

    async def preview(data: bytes, width: int, height: int) -> previews.Preview:
        await may_go_on.wait()
        return previews.preview(data, width, height)

    monkeypatch.setattr(process, "prepare", prepare)
    monkeypatch.setattr(process, "preview", preview)
    return may_go_on


def flag(width: int = 60, height: int = 40) -> bytes:
    """Red above, blue below."""
    image = Pixels.new("RGB", (width, height), (200, 0, 0))
    image.paste((0, 0, 200), (0, height // 2, width, height))
    return saved(image, "PNG")


def has_picture(player: Player) -> bool:
    return any(ROW in line for line in player.shown())


async def friends(network: Network) -> tuple[Person, Person]:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.feature(Contacts).add(bob.client.public_key)
    await bob.client.open_chat(alice.client.public_key)
    await alice.client.open_chat(bob.client.public_key)
    return alice, bob


async def send(bob: Person, alice: Person, data: bytes) -> Message:
    return (await bob.client.feature(Media).send_image(alice.client.public_key.hex, data)).message


@story
async def test_a_picture_of_a_contact_is_drawn_among_the_messages(network: Network) -> None:
    alice, bob = await friends(network)
    await send(bob, alice, flag())
    await network.wait(5)
    async with playing(network, alice, bob.client.public_key.hex) as player:
        lines = player.shown()
        assert any("image · PNG 60x40" in line and "Enter opens it · s saves it" in line for line in lines)
        assert not any("does not show it" in line for line in lines), "what stands in for it is not shown beside it"
        assert sum(ROW in line for line in lines) == 12
        view = player.screen.view
        last = next(one for one in view.render_line(view.size.height - 1) if UPPER in one.text)
        assert last.style is not None
        assert last.style.color is not None
        assert last.style.color.triplet == (0, 0, 200)


def test_nothing_moves_when_the_pixels_are_there(held: asyncio.Event) -> None:
    async def tell(network: Network) -> None:
        alice, bob = await friends(network)
        await bob.say(alice, "look at this")
        await network.wait(5)
        await send(bob, alice, flag())
        await network.wait(5)
        await bob.say(alice, "nice, isn't it")
        await network.wait(5)
        held.clear()
        async with playing(network, alice, bob.client.public_key.hex) as player:

            def places() -> list[int]:
                return [y for y, line in enumerate(player.lines()) if "look at" in line or "nice" in line]

            before = places()
            assert not has_picture(player)
            held.set()
            await player.settle()
            assert has_picture(player)
            assert places() == before

    testing.run(tell)


@pytest.mark.parametrize(
    ("wishes", "is_added", "is_drawn"),
    [
        (Wishes(blink=False), False, False),
        (Wishes(blink=False, images="always"), False, True),
        (Wishes(blink=False, images="never"), True, False),
        (Wishes(blink=False, ascii=True), True, False),
    ],
    ids=["a stranger's", "all are wanted", "none is wanted", "ASCII"],
)
def test_which_pictures_are_drawn_unasked(wishes: Wishes, is_added: bool, is_drawn: bool) -> None:
    async def tell(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        if is_added:
            await alice.client.feature(Contacts).add(bob.client.public_key)
        await bob.client.open_chat(alice.client.public_key)
        await send(bob, alice, flag())
        await network.wait(5)
        async with playing(network, alice, bob.client.public_key.hex, wishes=wishes) as player:
            assert has_picture(player) == is_drawn
            assert any("Enter opens it" in line for line in player.shown())

    testing.run(tell)


@story
async def test_what_cannot_be_decoded_says_why_in_its_place(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async def preview(data: bytes, width: int, height: int) -> Preview:
        raise InvalidMedia("it is damaged: it cannot be decoded")

    alice, bob = await friends(network)
    await send(bob, alice, flag())
    await network.wait(5)
    monkeypatch.setattr(process, "preview", preview)
    async with playing(network, alice, bob.client.public_key.hex) as player:
        assert any("cannot be shown: it is damaged" in line for line in player.shown())
        await player.press("shift+tab", "up", "enter")
        assert any("cannot be shown: it is damaged" in line for line in canvas_lines(player))


@story
async def test_no_more_pictures_are_kept_than_are_looked_at(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    async def preview(data: bytes, width: int, height: int) -> Preview:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return Preview(1, 1, data[:3])

    monkeypatch.setattr(process, "preview", preview)
    monkeypatch.setattr("pystatus.apps.terminal.pictures.KEPT_PICTURES", 2)
    alice, bob = await friends(network)
    sent = [await send(bob, alice, flag()) for _ in range(3)]
    await network.wait(5)
    face = Face(alice.client, texts_in(), Wishes())
    kept = Pictures(face)
    assert all(await asyncio.gather(kept.read(sent[:1]), kept.read(sent[1:])))
    assert [kept.pixels(one.id) is not None for one in sent] == [False, True, True]
    assert most == DECODERS == 1
    assert not await kept.read(sent[1:]), "they are there"


def canvas_lines(player: Player) -> list[str]:
    canvas = player.app.screen.query_one(Canvas)
    return plain_lines([canvas.render_line(y) for y in range(canvas.size.height)])


@story
async def test_enter_shows_it_on_the_whole_screen_and_s_saves_it(
    network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    alice, bob = await friends(network)
    message = await send(bob, alice, flag())
    await network.wait(5)
    async with playing(network, alice, bob.client.public_key.hex) as player:
        await player.press("shift+tab", "up", "enter")
        assert "Picture from" in player.window()
        assert max(line.count(UPPER) for line in canvas_lines(player)) == 60, "as large as it is"
        await player.pilot.resize_terminal(50, 20)
        await player.settle()
        assert max(line.count(UPPER) for line in canvas_lines(player)) < 60
        await player.press("s")
        await player.press("enter")
        kept = tmp_path / f"{message.id.hex()[:8]}.png"
        assert f"Saved as {kept}" in player.told
        assert kept.read_bytes() == flag()
        await player.press("s", "enter")
        assert any("exists" in one for one in player.complaints), "nothing is overwritten"
        await bob.say(alice, "words")
        await player.settle()
        await player.press("escape", "shift+tab", "s")
        assert any("no picture and no sound" in one for one in player.complaints)


def opened_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> Path:
    """What the desktop opens files with; it writes down what it is given."""
    program, seen = tmp_path / "opener", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\n{script}\necho "$1" >>"{seen}"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(opening, "opener", lambda: [str(program)])
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return seen


async def test_other_programs_get_a_file_of_ours_that_is_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = opened_with(monkeypatch, tmp_path, "exit_code=0")
    monkeypatch.setattr(opening, "MAX_OPENED", 2)
    files = OpenedFiles()
    for number in range(3):
        await files.open(Image(flag(30 + number), ImageType.PNG, 30 + number, 40), "nothing opens it")
    paths = [Path(line) for line in seen.read_text().split()]
    assert [path.exists() for path in paths] == [False, True, True], "so many are kept"
    assert paths[1].read_bytes() == flag(31)
    assert {path.suffix for path in paths} == {".png"}
    assert stat.S_IMODE(paths[1].stat().st_mode) == 0o600
    assert stat.S_IMODE(paths[1].parent.stat().st_mode) == 0o700
    files.delete()
    assert not paths[2].parent.exists()
    files.delete()


async def test_an_opener_that_refuses_and_none_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    picture, files = Image(flag(), ImageType.PNG, 60, 40), OpenedFiles()
    opened_with(monkeypatch, tmp_path, "exit 3")
    with pytest.raises(LocalError, match="nothing opens it"):
        await files.open(picture, "nothing opens it")
    monkeypatch.setattr(opening, "opener", lambda: [str(tmp_path / "missing")])
    with pytest.raises(LocalError, match="cannot be started: No such file"):
        await files.open(picture, "nothing opens it")
    monkeypatch.setattr(opening, "opener", lambda: None)
    with pytest.raises(LocalError, match="nothing opens it"):
        await files.open(picture, "nothing opens it")
    files.delete()


def test_what_opens_files_on_this_desktop() -> None:
    assert opening.opener(lambda name: f"/usr/bin/{name}" if name == "gio" else None) == ["/usr/bin/gio", "open"]
    assert opening.opener(lambda name: None) is None


@story
async def test_a_sound_opens_in_the_player_after_a_question(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    async def open_(self: OpenedFiles, media: object, no_opener: str) -> None:
        given.append(media)

    monkeypatch.setattr(OpenedFiles, "open", open_)
    alice, bob = await friends(network)
    await bob.client.feature(Media).send_audio(alice.client.public_key.hex, aac(frames=50))
    await network.wait(5)
    async with playing(network, alice, bob.client.public_key.hex) as player:
        assert any("sound · AAC of" in line for line in player.shown())
        await player.press("shift+tab", "up", "enter")
        assert "gets a file" in player.window()
        await player.press("enter")
        assert not given, "not without a yes"
        await player.press("enter", "down", "enter")
        assert [type(one) for one in given] == [Audio]
        await player.press("enter")
        assert len(given) == 2, "it is asked once"


@story
async def test_a_dropped_file_is_sent_after_a_question(network: Network, tmp_path: Path) -> None:
    alice, bob = await friends(network)
    photograph = tmp_path / "a photo.png"
    photograph.write_bytes(flag())
    async with playing(network, alice, bob.client.public_key.hex) as player:

        async def drop(text: str) -> None:
            player.app.post_message(Paste(text))
            await player.settle(0.5)

        await drop(f"'{photograph}' ")
        assert "a photo.png is a file of yours" in player.window()
        await player.press("down", "enter")
        assert player.screen.composer.text == f"'{photograph}'"
        player.screen.composer.fill("")
        await drop(photograph.as_uri())
        await player.press("enter")
        await player.settle()
        (message,) = player.screen.conversation.timeline.messages
        assert message.content_type == ContentType.IMAGE
        await drop(str(tmp_path / "nothing.png"))
        assert player.screen.composer.text == str(tmp_path / "nothing.png"), "no such file: it is a text"


def test_cells_have_two_pixels() -> None:
    preview = Preview(2, 3, bytes.fromhex("ff0000 00ff00  0000ff ffffff  000000 102030"))
    lines = drawn(preview, 40, 12)
    assert [[segment.text for segment in line] for line in lines] == [["▀", "▀"], ["▀", "▀"]]
    first, last = lines[0][0].style, lines[1][1].style
    assert first is not None
    assert last is not None
    assert (str(first.color and first.color.triplet), str(first.bgcolor and first.bgcolor.triplet)) == (
        "ColorTriplet(red=255, green=0, blue=0)",
        "ColorTriplet(red=0, green=0, blue=255)",
    )
    assert last.bgcolor is None, "there is no fourth row"
    assert size_in_cells(2_000, 1_000, 40, 12) == (40, 10)
    assert size_in_cells(0, 0, 0, 0) == (1, 1)
    for columns, rows in ((80, 24), (400, 200), (1, 1), (0, 0)):
        wide, high = pixels_of(columns, rows)
        assert 0 < wide * high <= MAX_PREVIEW_PIXELS
