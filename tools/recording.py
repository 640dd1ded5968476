"""Record the terminal client: the tour of the demo, played on a network in memory, as a picture that moves by itself.

The screens are those of the real client. Of each one only the lines are kept that are other ones than before, so that
the picture stays small; it loads nothing from outside, and browsers play it without a script.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from pystatus import MessageReceived, PrivateKey, testing
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.apps.terminal.tour import TouringApp
from pystatus.faces.catalogue import texts_in
from pystatus.payloads.chats import ChatKind
from pystatus.testing import Network, memory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.screenshot import without_web_fonts

TARGET = ROOT / "docs" / "images" / "tour.svg"
SIZE = (90, 20)
"""Columns and rows."""
TITLE = "pystatus demo"
TYPED_SECONDS = 0.08
"""How long a letter is shown until the next one comes."""
MOST_BYTES = 300_000
"""Of the picture: a page with it loads at once."""

_ELEMENT = re.compile(r'<(text|rect) [^>]*?\by="([\d.]+)"[^>]*?(?:/>|>([^<]*)</text>)')
_CLASS = re.compile(r"\.(terminal-\d+-r\d+) \{ ([^}]*?) \}")
_LOCAL = re.compile(r'class="(terminal-\d+-r\d+)"| ?clip-path="[^"]*"| shape-rendering="[^"]*"')


@dataclass
class Recording:
    """Screens and how long each is shown."""

    frames: list[tuple[str, float]] = field(default_factory=list)

    def take(self, app: App[None], seconds: float) -> None:
        """What is on the screen, for this long."""
        self.frames.append((app.export_screenshot(title=TITLE), seconds))

    def svg(self) -> str:
        """All of it: each line for the times in which it looks so."""
        total = sum(seconds for _, seconds in self.frames)
        looks: dict[str, str] = {}
        shown: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
        at = 0.0
        for picture, seconds in self.frames:
            styles = dict(_CLASS.findall(picture))
            lines: dict[tuple[str, str], list[str]] = {}
            for found in _ELEMENT.finditer(picture[picture.rindex("<g transform") :]):
                if found[3] is None or found[3].strip(" \n\xa0"):
                    part = _LOCAL.sub(partial(_class, styles=styles, looks=looks), found[0])
                    lines.setdefault((found[1], found[2]), []).append(part)
            for place, parts in lines.items():
                times = shown.setdefault((*place, "".join(parts)), [])
                if times and abs(times[-1][1] - at) < 1e-6:
                    times[-1] = times[-1][0], at + seconds
                else:
                    times.append((at, at + seconds))
            at += seconds
        first = self.frames[0][0]
        head, rest = first[: first.index("</defs>")], first[first.index("</defs>") : first.rindex("<g transform")]
        (opening,) = re.findall(r"<g transform[^>]*clip-terminal[^>]*>", first)
        (matrix,) = set(re.findall(r"terminal-\d+-matrix", first))
        styles_text = "".join(f".{name}{{{look}}}" for look, name in looks.items())
        drawn = [(kind, f"<g>{parts}{_times(times, total)}</g>") for (kind, _, parts), times in shown.items()]
        return without_web_fonts(
            f"{_without_lines(head)}\n<style>{styles_text}</style>\n{rest}{opening}\n"
            + "\n".join(part for kind, part in drawn if kind == "rect")  # what is behind texts comes first
            + f'\n<g class="{matrix}">\n'
            + "\n".join(part for kind, part in drawn if kind == "text")
            + "\n</g>\n</g>\n</svg>\n"
        )


def _without_lines(head: str) -> str:
    """The head of a picture without the frames of its lines, and the looks of its texts, which are given anew."""
    head = re.sub(r'<clipPath id="[^"]*line[^"]*">.*?</clipPath>', "", head, flags=re.DOTALL)
    head = head.replace("<defs>", "<defs><style>rect{shape-rendering:crispEdges}</style>")
    return "\n".join(line for line in _CLASS.sub("", head).splitlines() if line.strip())


def _class(found: re.Match[str], *, styles: dict[str, str], looks: dict[str, str]) -> str:
    """A class is called otherwise in each picture: here by what it looks like."""
    if found[1] is None:
        return ""
    look = styles.get(found[1], "")
    return f'class="{looks.setdefault(look, f"l{len(looks)}")}"'


def _times(times: Sequence[tuple[float, float]], total: float) -> str:
    """When a line is there."""
    if times == [(0.0, total)] or (len(times) == 1 and times[0][0] == 0.0 and abs(times[0][1] - total) < 1e-6):
        return ""
    points: list[tuple[float, str]] = [] if times[0][0] == 0.0 else [(0.0, "none")]
    for begin, end in times:
        points.append((begin, "inline"))
        if end < total - 1e-6:
            points.append((end, "none"))
    values = ";".join(value for _, value in points)
    moments = ";".join(f"{moment / total:.5f}".rstrip("0").rstrip(".") for moment, _ in points)
    return (
        f'<animate attributeName="display" calcMode="discrete" dur="{total:.2f}s" repeatCount="indefinite" '
        f'values="{values}" keyTimes="{moments}"/>'
    )


class _Numbered:
    """Keys in their order, so that people look the same each time."""

    def __init__(self) -> None:
        self.number = 1_000

    def generate(self, random: object) -> PrivateKey:
        self.number += 1
        return PrivateKey(self.number.to_bytes(32, "big"))


async def _play(network: Network, recording: Recording) -> None:
    """A newcomer takes the tour."""
    you, echo = await network.person("you"), await network.person("echo")
    public = await you.client.join("pystatus-demo")
    await echo.client.join("pystatus-demo")
    private = await you.client.open_chat(echo.client.public_key)

    @echo.client.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        said = event.message.text
        text = said if event.chat.kind is ChatKind.ONE_TO_ONE else "Hello! Your message came through the relay."
        await echo.client.answer(event, text)

    app = TouringApp(Face(you.client, texts_in(), Wishes(blink=False)), public.id, private.id)
    async with app.run_test(size=SIZE) as pilot:

        async def wait(seconds: float) -> None:
            await network.wait(seconds)
            await pilot.pause()

        async def write(text: str) -> None:
            for letter in text:
                await pilot.press("space" if letter == " " else letter)
                recording.take(app, TYPED_SECONDS)
            await pilot.press("enter")
            await wait(0.2)
            recording.take(app, 0.6)
            await wait(3)
            recording.take(app, 3)

        await wait(1)
        recording.take(app, 3)
        await write("hello")
        await _press(pilot, "alt+down")
        await wait(1)
        recording.take(app, 2.5)
        await write("only for you")
        await _press(pilot, "shift+tab", "up")
        await wait(1)
        recording.take(app, 2.5)
        for keys, seconds in ((("i",), 3.0), (("escape", "ctrl+k"), 2.0), (("e", "c"), 1.5), (("escape", "f1"), 3.0)):
            await _press(pilot, *keys)
            await wait(1)
            recording.take(app, seconds)
        await _press(pilot, "escape", "escape")
        await wait(1)
        recording.take(app, 3)


async def _press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def record() -> str:
    """Play it and return the picture."""
    recording = Recording()
    setattr(memory, "PrivateKey", _Numbered())  # noqa: B010 - it makes the keys of people
    testing.run(lambda network: _play(network, recording))
    return recording.svg()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--write", action="store_true", help="write docs/images/tour.svg")
    target.add_argument("--output", type=Path, metavar="FILE", help="write another file")
    chosen = parser.parse_args()
    os.environ["TZ"] = "UTC"
    time.tzset()
    svg = record()
    if len(svg.encode()) > MOST_BYTES:
        print(f"the picture has {len(svg.encode()):,} bytes, more than {MOST_BYTES:,}", file=sys.stderr)
        return 1
    (chosen.output or TARGET).write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
