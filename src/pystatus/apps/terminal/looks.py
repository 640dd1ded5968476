"""Signs and colours: how things look in a terminal, and what each sign says in words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from textual.color import Color
from textual.theme import Theme

from pystatus import sanitise
from pystatus.account.identicon import Identicon
from pystatus.crypto.keys import PublicKey
from pystatus.faces.delivery import ASCII_MARKS, MARKS
from pystatus.messenger.records import MessageState
from pystatus.records import dataclass

KNOWN_PEOPLE = 4_096
"""People whose looks are remembered, because they are shown again and again: half a megabyte."""
CONTRAST = 4.5
"""Of a text and what is behind it, at least (WCAG 1.4.3, level AA)."""
CONTRAST_STEPS = 20
PICTURE_CELLS = 3
"""Cells of an identicon in a line: the half of its pattern that is not a reflection."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a face. Each takes one cell in every terminal."""

    marks: Mapping[MessageState, str]
    """Those of messages of ours."""
    quote: str
    chosen: str
    line: str
    dot: str
    more: str

    def state(self, state: MessageState) -> str:
        """The mark of a message of ours."""
        return self.marks[state]


UNICODE = Signs(MARKS, "┃", "▌", "─", "●", "…")
ASCII = Signs(ASCII_MARKS, "|", ">", "-", "*", "...")

THEMES: Mapping[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            name="dark",
            primary="#7aa2f7",
            secondary="#9ece6a",
            accent="#e0af68",
            warning="#e0af68",
            error="#ff8fa3",
            success="#9ece6a",
            foreground="#d5daf0",
            background="#16171f",
            surface="#1e202c",
            panel="#2a2d3d",
            dark=True,
        ),
        Theme(
            name="light",
            primary="#1d4ed8",
            secondary="#166534",
            accent="#9a3412",
            warning="#92400e",
            error="#b91c1c",
            success="#166534",
            foreground="#1b1d28",
            background="#fafafa",
            surface="#eeeef2",
            panel="#dfe0e8",
            dark=False,
        ),
        Theme(
            name="contrast",
            primary="#ffff00",
            secondary="#00ffff",
            accent="#ffff00",
            warning="#ffff00",
            error="#ff9999",
            success="#66ff66",
            foreground="#ffffff",
            background="#000000",
            surface="#000000",
            panel="#333333",
            dark=True,
        ),
    )
}
TERMINAL_THEME = "ansi-dark"
"""Uses the sixteen colours of the terminal, whatever they are."""
THEME_NAMES = (*THEMES, "terminal")


@dataclass(frozen=True, slots=True)
class Looks:
    """The colour and the little picture of somebody."""

    color: str
    cells: str


@lru_cache(maxsize=KNOWN_PEOPLE)
def looks_of(key: PublicKey) -> Looks:
    """Those of ``key``: the same in every face."""
    identicon = Identicon.of(key)
    rows = [row[:PICTURE_CELLS] for row in identicon.half_blocks()]
    return Looks(identicon.color, next((row for row in rows if row.strip()), "▒" * PICTURE_CELLS))


@lru_cache(maxsize=KNOWN_PEOPLE)
def readable(color: str, background: str) -> str:
    """The colour of somebody, made darker or lighter until a text in it can be read on a background (WCAG 1.4.3).

    :param color: ``#rrggbb``, as is ``background``.
    """
    behind = Color.parse(background)
    end = Color.parse("#000000" if behind.brightness > 0.5 else "#ffffff")
    for step in range(CONTRAST_STEPS + 1):
        found = Color.parse(color).blend(end, step / CONTRAST_STEPS)
        if contrast(found, behind) >= CONTRAST:
            break
    return found.hex6


def contrast(one: Color, other: Color) -> float:
    """How much two colours differ in luminance (WCAG 2.2): 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def steady(text: str, width: int) -> str:
    """One line of somebody's text for a place that has others to its right: at most ``width`` cells, of characters
    that every terminal gives the same width. Terminals differ on composed emoji and flags, so those become a dot."""
    found: list[str] = []
    taken = 0
    for character in sanitise.one_line(text):
        if character in "\u200c\u200d\ufe0e\ufe0f":
            continue
        size = cell_len(character)
        if "\U0001f1e6" <= character <= "\U0001f1ff" or "\U0001f3fb" <= character <= "\U0001f3ff":
            character, size = "·", 1
        if taken + size > width:
            if found and width:
                while found and taken + 1 > width:
                    taken -= cell_len(found.pop())
                found.append("…")
            break
        found.append(character)
        taken += size
    return "".join(found)


def has_color() -> bool:
    """Whether colours are wanted (https://no-color.org)."""
    return not os.environ.get("NO_COLOR")
