"""A picture on the whole screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from pystatus.apps.terminal.half_blocks import drawn
from pystatus.errors import LocalError
from pystatus.faces.sentences import as_sentence
from pystatus.media.previews import MAX_PREVIEW_PIXELS, Preview

Decode = Callable[[int, int], Awaitable[Preview]]
"""Given the pixels of the room, wide and high."""


def pixels_of(columns: int, lines: int) -> tuple[int, int]:
    """The pixels of a room of cells, as far as a preview may have so many."""
    wide, high = max(1, columns), max(1, 2 * lines)
    factor = min(1.0, (MAX_PREVIEW_PIXELS / (wide * high)) ** 0.5)
    return max(1, int(wide * factor)), max(1, int(high * factor))


class Canvas(Widget):
    """Draws one picture in the middle."""

    def __init__(self, loading: str) -> None:
        """
        :param loading: a sentence for as long as there is no picture.
        """
        super().__init__()
        self._preview: Preview | None = None
        self._said = loading
        self._lines: Sequence[Sequence[Segment]] = ()

    def show(self, preview: Preview | None, problem: str = "") -> None:
        """Show a picture, or say why there is none."""
        self._preview, self._said = preview, problem
        self.draw()

    def draw(self) -> None:
        """Draw it anew, at the size that there is now."""
        if self._preview is not None and self.size.area:
            self._lines = drawn(self._preview, self.size.width, self.size.height)
        self.refresh()

    def on_resize(self) -> None:
        self.draw()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.visual_style.rich_style
        place = y - (self.size.height - len(self._lines)) // 2
        if self._preview is None:
            line = [Segment(self._said)] if y == self.size.height // 2 else []
        else:
            line = list(self._lines[place]) if 0 <= place < len(self._lines) else []
        strip = Strip(line).crop(0, width)
        left = Strip([Segment(" " * ((width - strip.cell_length) // 2))])
        return Strip.join([left, strip]).extend_cell_length(width).apply_style(base)


class PictureWindow(ModalScreen[str | None]):
    """Shows a picture until a key is pressed. It gives back what somebody wants then: ``open`` or ``save``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", show=False),
        Binding("o", "dismiss('open')", show=False),
        Binding("s", "dismiss('save')", show=False),
    ]

    def __init__(self, title: str, decode: Decode, loading: str, hint: str) -> None:
        super().__init__()
        self._title, self._decode, self._hint = title, decode, hint
        self._canvas = Canvas(loading)
        self._room = 0, 0

    def compose(self) -> ComposeResult:
        yield Static(Content(self._title), classes="title")
        yield self._canvas
        yield Static(Content(self._hint), classes="hint")

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._read)

    @work(exclusive=True)
    async def _read(self) -> None:
        """Have the picture decoded for this size. What was begun for another one ends."""
        room = pixels_of(self._canvas.size.width, self._canvas.size.height)
        if room == self._room:
            return
        try:
            self._canvas.show(await self._decode(*room))
            self._room = room
        except LocalError as error:
            self._canvas.show(None, as_sentence(str(error)))
