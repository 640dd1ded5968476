"""The picture of a chat key: a mirrored pattern of 5 × 5 cells in one colour (account.md §9)."""

from __future__ import annotations

import base64
import hashlib
import io

from pystatus.crypto.keys import PublicKey
from pystatus.records import dataclass

CELLS = 5
"""Rows, and cells in a row."""
SIZE = 50
"""Width and height of the picture in pixels."""
CELL_SIZE = 6
"""Width and height of a cell in pixels."""
MARGIN = (SIZE - CELLS * CELL_SIZE) // 2
"""Transparent pixels around the pattern."""

# Saturation 0.5 and lightness 0.7 in the words of the HSL conversion.
_HIGH = 0.85
_LOW = 0.55

_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class Identicon:
    """The pattern and its colour."""

    grid: tuple[tuple[bool, ...], ...]
    """Five rows of five cells, True where it is filled."""
    rgb: tuple[int, int, int]
    """Red, green and blue of the filled cells, each 0 … 255."""

    @classmethod
    def of(cls, key: PublicKey) -> Identicon:
        """The picture of ``key``.

        Implements: AC-15
        """
        return cls.of_text(key.hex)

    @classmethod
    def of_text(cls, text: str) -> Identicon:
        """The picture of any text; for a key it is ``0x04…`` in lower case."""
        digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
        grid = tuple(
            tuple(digest[3 * row + min(column, CELLS - 1 - column)] % 2 == 0 for column in range(CELLS))
            for row in range(CELLS)
        )
        return cls(grid, _colour(sum(digest[13:]) / 765 * 360))

    @property
    def color(self) -> str:
        """The colour as ``#rrggbb``."""
        return "#" + bytes(self.rgb).hex()

    def rgba(self) -> bytes:
        """50 × 50 pixels of four bytes, row by row; transparent where there is no cell."""
        filled = bytes((*self.rgb, 255)) * CELL_SIZE
        margin, empty = bytes(4 * MARGIN), bytes(4 * CELL_SIZE)
        border = bytes(4 * SIZE * MARGIN)
        rows = (b"".join((margin, *(filled if cell else empty for cell in row), margin)) for row in self.grid)
        return b"".join((border, *(row * CELL_SIZE for row in rows), border))

    def png(self) -> bytes:
        """A PNG file of 50 × 50 pixels."""
        from PIL import Image  # loaded late: it costs 35 ms, and most processes draw no picture

        file = io.BytesIO()
        Image.frombytes("RGBA", (SIZE, SIZE), self.rgba()).save(file, "png", optimize=True)
        return file.getvalue()

    def data_uri(self) -> str:
        """The PNG as a ``data:`` address, as the apps store it."""
        return "data:image/png;base64," + base64.b64encode(self.png()).decode()

    def svg(self) -> str:
        """An SVG picture with the same geometry."""
        cells = "".join(
            f"M{MARGIN + CELL_SIZE * column} {MARGIN + CELL_SIZE * row}h{CELL_SIZE}v{CELL_SIZE}h-{CELL_SIZE}z"
            for row, line in enumerate(self.grid)
            for column, cell in enumerate(line)
            if cell
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" '
            f'shape-rendering="crispEdges"><path fill="{self.color}" d="{cells}"/></svg>'
        )

    def half_blocks(self) -> tuple[str, str, str]:
        """The pattern for a terminal: three lines of five characters, each character two cells high. Not coloured."""
        rows = [*self.grid, (False,) * CELLS]
        first, second, third = (
            "".join(_HALF_BLOCKS[upper, lower] for upper, lower in zip(rows[top], rows[top + 1], strict=True))
            for top in range(0, len(rows), 2)
        )
        return first, second, third


def _colour(hue: float) -> tuple[int, int, int]:
    """RGB of a hue in degrees at saturation 0.5 and lightness 0.7."""
    turn = hue / 360
    red, green, blue = (_byte(_channel((turn + offset) % 1.0)) for offset in (1 / 3, 0.0, -1 / 3))
    return red, green, blue


def _channel(x: float) -> float:
    if 6 * x < 1:
        return _LOW + (_HIGH - _LOW) * 6 * x
    if 2 * x < 1:
        return _HIGH
    if 3 * x < 2:
        return _LOW + (_HIGH - _LOW) * (2 / 3 - x) * 6
    return _LOW


def _byte(value: float) -> int:
    """The high byte of a channel that was first rounded to 16 bits, as Go's image library does it."""
    return int(value * 65535 + 0.5) >> 8
