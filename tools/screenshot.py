"""Draw the real demo, with its relay and its echo contact, and a person who types.

The picture loads nothing from outside: the fonts that textual refers to by their web addresses are taken out.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.apps.demo.stage import Stage
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.messenger.records import MessageState

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "demo.svg"
SIZE = (100, 26)
"""Columns and rows."""
TITLE = "pystatus demo"
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
"""What the machine that shows the picture has."""
SECONDS = 10.0
"""How long an answer may take."""


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds, and the screen shows it."""
    async with asyncio.timeout(SECONDS):
        while not condition():
            await pilot.pause(0.05)
    await pilot.pause(0.2)


def screen_of(pilot: Pilot[None]) -> ChatScreen:
    """The chat screen."""
    screen = pilot.app.screen
    assert isinstance(screen, ChatScreen), "no window is open"
    return screen


async def write(pilot: Pilot[None], text: str) -> None:
    """Type ``text``."""
    screen_of(pilot).composer.insert(text)
    await pilot.pause()


async def say(pilot: Pilot[None], text: str) -> None:
    """Send ``text`` and wait until it is answered."""
    conversation = screen_of(pilot).conversation
    expected = len(conversation.timeline.messages) + 2
    await write(pilot, text)
    await pilot.press("enter")
    await until(
        pilot,
        lambda: (
            len(conversation.timeline.messages) == expected
            and all(message.state is not MessageState.SENDING for message in conversation.timeline.messages)
        ),
    )


async def draw() -> str:
    """Play a scene and return the picture."""
    async with Stage() as stage:
        app = ChatApp(Face(stage.client, wishes=Wishes(blink=False)), start=stage.echo_key.hex)
        async with app.run_test(size=SIZE) as pilot:
            await stage.welcome()
            await until(pilot, lambda: stage.client.find_chat(PUBLIC_CHAT).unread == 1)
            await say(pilot, "Hello echo, is this for our eyes only?")
            await say(pilot, "Not even the relay between us can read it.")
            await write(pilot, "And later, with stolen keys, nobody can")
            return app.export_screenshot(title=TITLE)


def without_web_fonts(svg: str) -> str:
    """``svg`` with fonts of the machine that shows it."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"font-family:\s*[^;]+;", f"font-family: {FONTS};", svg)
    return svg.replace("<text ", '<text xml:space="preserve" ').replace("&#160;", " ")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--write", action="store_true", help="write docs/images/demo.svg")
    target.add_argument("--output", type=Path, metavar="FILE", help="write another file")
    chosen = parser.parse_args()
    svg = without_web_fonts(asyncio.run(draw()))
    if "@font-face" in svg or "url(http" in svg:
        print("the picture still refers to something outside", file=sys.stderr)
        return 1
    (chosen.output or TARGET).write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
