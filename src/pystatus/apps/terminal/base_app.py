"""What the programs of the terminal have in common: themes, keys, room, and signs of ASCII where they are wanted."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.events import Key
from textual.filter import LineFilter
from textual.message import Message

from pystatus.apps.terminal import loading
from pystatus.apps.terminal.face import Wishes
from pystatus.apps.terminal.keys import BY_ID, EVERYWHERE
from pystatus.apps.terminal.looks import TERMINAL_THEME, THEMES
from pystatus.faces.attach.long_wait import LONG_WAIT

LOW = 12
"""Lines below which titles, hints and frames give way to what is shown."""
NARROW = 60
"""Columns below which there is one pane."""
KNOWN_TEXTS = 4_096
"""Pieces of lines of which it is remembered how they look in ASCII: half a megabyte."""

_ASCII = {
    **dict.fromkeys("─━┄┅┈┉╌╍═▔▁", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏║▌▐▎▏▕▍▋▊▉█", "|"),
    **dict.fromkeys("▀▄▂▃▅▆▇■□▪▫░▒▓▖▗▘▙▚▛▜▝▞▟", "#"),
    **dict.fromkeys("●•◦○", "*"),
    **dict.fromkeys("·∙", "-"),
    **dict.fromkeys("\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a", "'"),
    "…": ".",
    "✓": "+",
    "↑": "^",
    "↓": "v",
    "←": "<",
    "→": ">",
    "\xa0": " ",
}
"""Signs of the screen, and what stands in their places: one cell each. Letters of other languages stay."""

T = TypeVar("T")


@lru_cache(maxsize=KNOWN_TEXTS)
def in_ascii(text: str) -> str:
    """The same with signs of ASCII alone, as wide as before. Letters of people stay what they are."""
    if text.isascii():
        return text
    return "".join(_sign(one) for one in text)


def _sign(character: str) -> str:
    found = _ASCII.get(character)
    if found is None and "\u2500" <= character <= "\u259f":
        found = "+"  # a corner or a crossing
    if found is None and unicodedata.category(character) == "So" and cell_len(character) == 1:
        found = "*"
    return character if found is None else found


class AsciiFilter(LineFilter):
    """Draws lines, frames and bars with what every terminal has."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


class TerminalApp(App[T]):
    """A program of the terminal."""

    CSS_PATH = "chat.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (NARROW, "-wide")]  # type: ignore[misc]  # Textual's, too
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-low"), (LOW, "-high")]  # type: ignore[misc]  # Textual's, too

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(ansi_color=wishes.theme == "terminal")
        self._ascii = AsciiFilter(wishes.ascii)
        self.ending_keys = frozenset({"ctrl+c", *wishes.keys.of(BY_ID[f"{EVERYWHERE}.quit"])})
        """Those that end the program, as textual writes them."""
        self.set_keymap(wishes.keys.keymap)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.use_theme(wishes.theme)

    def get_driver_class(self) -> type[Driver]:
        """With one more thing to do, in the thread that reads the keys: those that end the program do so although the
        event loop stands still, because the process that holds the profile hangs."""
        driver_class, app = super().get_driver_class(), self

        class Watching(driver_class):  # type: ignore[misc, valid-type]  # which one depends on the platform
            def process_message(self, message: Message) -> None:
                if isinstance(message, Key) and message.key in app.ending_keys:
                    LONG_WAIT.give_up()
                super().process_message(message)

        return Watching

    def on_ready(self) -> None:
        loading.done()

    def use_theme(self, name: str) -> None:
        """Look otherwise: one of :data:`pystatus.apps.terminal.looks.THEME_NAMES`."""
        self.theme = TERMINAL_THEME if name == "terminal" else name

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]
