"""Pictures of cells: an upper half block has two pixels, that of its own colour and that of what is behind it. It works
in every terminal with colours, through tmux and over ssh."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from pystatus.media.previews import BYTES_OF_PIXEL, Preview, fitted

UPPER = "▀"
MAX_COLUMNS = 40
"""Cells of a picture among messages. Ours: half a screen of 80."""
MAX_LINES = 12
"""Lines of a picture among messages. Ours: half a screen of 24, so that one still sees who has sent it."""
KNOWN_CELLS = 8_192
"""Pairs of colours whose style is remembered: those of some pictures, 4 MB."""


def size_in_cells(width: int, height: int, columns: int, lines: int) -> tuple[int, int]:
    """The columns and lines that a picture takes in a room of cells, each of which is as high as two of its widths.

    :param width: pixels, as is ``height``.
    """
    wide, high = fitted(max(1, width), max(1, height), max(1, columns), max(1, 2 * lines))
    return wide, (high + 1) // 2


@lru_cache(maxsize=KNOWN_CELLS)
def _style(upper: bytes, lower: bytes) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower) if lower else None)


def drawn(preview: Preview, columns: int, lines: int) -> Sequence[Sequence[Segment]]:
    """A picture in a room of cells, a line of segments for each line. It is as large as its shape allows."""
    wide, high = fitted(preview.width, preview.height, columns, 2 * lines)
    across = [BYTES_OF_PIXEL * (x * preview.width // wide) for x in range(wide)]

    def row(y: int) -> list[bytes]:
        if y >= high:
            return [b""] * wide
        begin = BYTES_OF_PIXEL * preview.width * (y * preview.height // high)
        return [preview.pixels[begin + x : begin + x + BYTES_OF_PIXEL] for x in across]

    return [
        [Segment(UPPER, _style(upper, lower)) for upper, lower in zip(row(y), row(y + 1), strict=True)]
        for y in range(0, high, 2)
    ]
