"""A QR code on the whole screen, black on white whatever the theme is: all around it is the margin that readers
need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from pystatus.faces.catalogue import Catalogue
from pystatus.links.qr_code import Modules, QrCode

ON_PAPER = Style(color="#000000", bgcolor="#ffffff")
PAPER = Style(color="#ffffff", bgcolor="#ffffff")
INK = Style(color="#ffffff", bgcolor="#000000")
ERROR_LEVELS = ("m", "l")
"""How much of a code may be dirty, the better first (ISO/IEC 18004). The lower one is smaller; screens are clean."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""By whether the upper and the lower module are dark."""


class Code(Widget):
    """Draws the first of some texts, and the best of its codes, that fits."""

    def __init__(self, texts: Sequence[str], said: Catalogue, *, ascii_only: bool) -> None:
        """
        :param texts: the ways to say the same, the best first.
        """
        super().__init__()
        self._codes = [QrCode(text).modules(level) for text in texts for level in ERROR_LEVELS]
        self._said = said
        self._ascii = ascii_only
        self._lines: list[list[Segment]] = []

    def on_resize(self) -> None:
        width, height = self.size
        sizes = [self._cells(code) for code in self._codes]
        fits = next((place for place, (wide, high) in enumerate(sizes) if wide <= width and high <= height), None)
        if fits is None:
            wide, high = min(sizes)
            beside = self.app.size.height - height
            sentence = self._said.terminal_code_no_room(columns=wide, lines=high + beside)
            words = Content(sentence).wrap(max(1, width - 2)) if width > 2 else []
            self._lines = [[Segment(f" {line.plain}", ON_PAPER)] for line in words]
        else:
            self._lines = self._drawn(self._codes[fits])
        self.refresh()

    def _cells(self, code: Modules) -> tuple[int, int]:
        return (2 * len(code), len(code)) if self._ascii else (len(code), (len(code) + 1) // 2)

    def _drawn(self, code: Modules) -> list[list[Segment]]:
        if self._ascii:
            return [[Segment("  ", INK if dark else PAPER) for dark in row] for row in code]
        light = [False] * len(code)
        return [
            [
                Segment(
                    "".join(_HALVES[pair] for pair in zip(code[y], (*code[y + 1 : y + 2], light)[0], strict=True)),
                    ON_PAPER,
                )
            ]
            for y in range(0, len(code), 2)
        ]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        place = y - (self.size.height - len(self._lines)) // 2
        strip = Strip(self._lines[place]) if 0 <= place < len(self._lines) else Strip([])
        left = Strip([Segment(" " * ((width - strip.cell_length) // 2), ON_PAPER)])
        return Strip.join([left, strip]).extend_cell_length(width, ON_PAPER).crop(0, width)


class CodeWindow(ModalScreen[None]):
    """Shows what somebody else is to scan, until a key is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f7", "dismiss(None)", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(self, title: str, codes: Sequence[str], said: Catalogue, *, ascii_only: bool, below: str = "") -> None:
        """
        :param codes: the ways to say the same, the best first: the first that fits is drawn.
        :param below: what people can read and type; empty: the first of ``codes``.
        """
        super().__init__()
        self._title, self._text, self._said = title, below or codes[0], said
        self._code = Code(codes, said, ascii_only=ascii_only)

    def compose(self) -> ComposeResult:
        yield Static("", classes="margin")
        yield self._code
        hint = self._said.terminal_code_hint()
        yield Static(Content.assemble((self._title, "bold"), f"  {hint}"), classes="title")
        yield Static(Content(self._text), classes="text")

    def action_copy(self) -> None:
        """Copy what it says by OSC 52."""
        self.app.copy_to_clipboard(self._text)
        self.notify(self._said.terminal_copied(), markup=False)
