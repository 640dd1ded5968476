"""QR codes on the screen: others can scan them, and a window that is too small says so."""

from __future__ import annotations

import pytest
from PIL import Image

from pystatus import testing
from pystatus.apps.terminal.dialogs.code import Code
from pystatus.apps.terminal.face import Wishes
from pystatus.client.features.groups import Groups
from pystatus.links.values import UserLink
from pystatus.media import qr_codes
from pystatus.testing import Network
from tests.apps.terminal.playing import Player, playing, story
from tests.apps.terminal.snapshots import check
from tests.apps.terminal.test_pictures import same_each_time  # noqa: F401 - a fixture for all of them
from tests.media.support import saved

PIXELS = 4
"""Of a module."""


def scanned(player: Player) -> tuple[str, ...]:
    """What a phone reads from the screen: the colours of its cells, each of two pixels."""
    code = player.app.screen.query_one(Code)
    width, height = code.size
    image = Image.new("L", (width, 2 * height), 255)
    for y in range(height):
        x = 0
        for segment in code.render_line(y):
            assert segment.style is not None
            ink, paper = (255 if one is not None and one.triplet == (255, 255, 255) else 0
                          for one in (segment.style.color, segment.style.bgcolor))  # fmt: skip
            for character in segment.text:
                upper, lower = {" ": (paper, paper), "▀": (ink, paper), "▄": (paper, ink), "█": (ink, ink)}[character]
                image.putpixel((x, 2 * y), upper)
                image.putpixel((x, 2 * y + 1), lower)
                x += 1
    return qr_codes.read(saved(image.resize((width * PIXELS, 2 * height * PIXELS), Image.Resampling.NEAREST), "PNG"))


@pytest.mark.parametrize(("size", "is_link"), [((80, 24), False), ((120, 40), True)])
def test_our_key_is_scanned_from_the_screen(size: tuple[int, int], is_link: bool) -> None:
    async def tell(network: Network) -> None:
        alice = await network.person("alice")
        async with playing(network, alice, size=size) as player:
            await player.press("f7")
            key = alice.client.public_key
            assert scanned(player) == (str(UserLink(key)) if is_link else key.hex,)
            assert alice.client.chat_key in player.window()
            check(player.app, f"code-{size[0]}")
            await player.press("y")
            assert player.app.clipboard == alice.client.chat_key
            await player.press("escape")
            assert player.app.screen is player.screen

    testing.run(tell)


@story
async def test_in_ascii_a_module_is_two_blank_cells(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice, size=(110, 60), wishes=Wishes(ascii=True, blink=False)) as player:
        await player.press("f7")
        code = player.app.screen.query_one(Code)
        lines = ["".join(segment.text for segment in code.render_line(y)) for y in range(code.size.height)]
        assert set("".join(lines)) == {" "}
        colours = {segment.style.bgcolor.triplet for y in range(code.size.height) for segment in code.render_line(y)
                   if segment.style is not None and segment.style.bgcolor is not None}  # fmt: skip
        assert colours == {(0, 0, 0), (255, 255, 255)}


@story
async def test_a_window_that_is_too_small_says_how_large_it_has_to_be(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice, size=(70, 18)) as player:
        await player.press("f7")
        code = player.app.screen.query_one(Code)
        said = " ".join(
            "".join(segment.text for segment in code.render_line(y)).strip() for y in range(code.size.height)
        )
        assert "needs a window of 41 columns and 24 lines" in said
        check(player.app, "code-no-room")
        await player.pilot.resize_terminal(41, 24)
        await player.settle()
        assert scanned(player) == (alice.client.public_key.hex,)


@story
async def test_the_link_to_a_group_and_to_a_public_chat(network: Network) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with playing(network, alice, "status", size=(120, 50)) as player:
        await player.write("/link")
        assert scanned(player) == ("https://join.status.im/status",)
        await player.press("escape")
        await player.write("/group Book club")
        await player.press("f4", "l")
        group = player.screen.current
        assert group is not None
        assert scanned(player) == (alice.client.feature(Groups).invitation_link(group),)
        assert "join.status.im/g/" in player.window()


@story
async def test_the_key_by_its_command(network: Network) -> None:
    alice = await network.person("alice")
    async with playing(network, alice, size=(120, 50)) as player:
        await player.write("/key")
        assert scanned(player) == (str(UserLink(alice.client.public_key)),)
        await player.press("escape")
        await player.write("/link")
        assert any("No chat" in one or "Ctrl-N" in one for one in player.complaints)
