"""How pictures, sounds and codes look."""

from __future__ import annotations

import math

import pytest
from PIL import Image as Pixels
from PIL import ImageDraw

from pystatus import testing
from pystatus.apps.terminal.face import Wishes
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.media import Media
from pystatus.imaging import process
from pystatus.media import pictures, previews
from pystatus.testing import Network, Person
from tests.apps.terminal.playing import playing
from tests.apps.terminal.snapshots import check
from tests.apps.terminal.test_pictures import same_each_time  # noqa: F401 - a fixture for all of them
from tests.media.support import aac, saved


@pytest.fixture(autouse=True)
def decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the network does not wait for other processes."""

    async def prepare(data: bytes, most: int = 0) -> pictures.Picture:
        return pictures.prepare(data)

    async def preview(data: bytes, width: int, height: int) -> previews.Preview:
        return previews.preview(data, width, height)

    monkeypatch.setattr(process, "prepare", prepare)
    monkeypatch.setattr(process, "preview", preview)


def harbour() -> bytes:
    """The evening at a harbour, in whole numbers, so that it is the same everywhere."""
    image = Pixels.new("RGB", (480, 300))
    drawing = ImageDraw.Draw(image)
    for y in range(180):
        drawing.line((0, y, 480, y), (40 + y, 40 + y // 2, 110 - y // 3))
    for y in range(180, 300):
        drawing.line((0, y, 480, y), (20, 50 + (y - 180) // 3, 90))
    drawing.ellipse((300, 130, 400, 230), (250, 200, 90))
    drawing.rectangle((0, 181, 480, 300), (20, 60, 100))
    for x in range(0, 480, 2):
        height = 150 - int(40 * math.sin(x / 60)) - x // 12
        drawing.line((x, height + 30, x, 180), (30, 35, 50), 2)
    drawing.polygon([(120, 200), (240, 200), (220, 230), (140, 230)], (120, 50, 40))
    drawing.polygon([(180, 90), (180, 195), (230, 195)], (230, 230, 220))
    return saved(image, "PNG")


async def _scene(network: Network) -> tuple[Person, str]:
    """A chat in which pictures and sounds were sent."""
    alice, bob = await network.person("alice"), await network.person("bob")
    contacts = alice.client.feature(Contacts)
    await contacts.set_nickname(bob.client.public_key, "Bob")
    await contacts.add(bob.client.public_key)
    chat = await bob.client.open_chat(alice.client.public_key)
    await bob.say(alice, "This is where I am:")
    await bob.client.feature(Media).send_image(chat, harbour())
    await network.wait(5)
    await alice.say(bob, "I hear it, too")
    await alice.client.feature(Media).send_audio(bob.client.public_key.hex, aac(frames=500))
    await network.wait(5)
    return alice, bob.client.public_key.hex


def test_media() -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        async with playing(network, alice, bob, size=(100, 32)) as player:
            check(player.app, "image")
            await player.press("shift+tab", "up", "up", "up", "enter")
            check(player.app, "image-viewer")
            await player.press("o")
            check(player.app, "image-opening")

    testing.run(tell)


@pytest.mark.parametrize("wishes", [Wishes(theme="terminal", blink=False), Wishes(theme="light", blink=False)])
def test_media_in_other_themes(wishes: Wishes) -> None:
    async def tell(network: Network) -> None:
        alice, bob = await _scene(network)
        async with playing(network, alice, bob, size=(80, 24), wishes=wishes) as player:
            check(player.app, f"image-{wishes.theme}")

    testing.run(tell)
