"""What pictures of simulations are drawn with, as SVG: the same values give the same bytes.

It has colours for light and for dark, of which the viewer takes the right ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape

WIDTH = 920
"""Pixels."""
PLOT_TOP, PLOT_HEIGHT = 64, 280
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7f7f7f")
"""Told apart by those who do not tell red from green (after Okabe and Ito), on white as on black."""
DASHES = ("", "7 4", "2 3")
"""Of lines whose colours are used up."""

_STYLE = """
    .paper { fill: #ffffff } .grid { stroke: #d8d8d8 } .axis { stroke: #555555 } .text { fill: #222222 }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #16181d } .grid { stroke: #3a3d44 } .axis { stroke: #a0a4ab } .text { fill: #e4e6ea }
    }"""


def head(title: str, description: str, height: int) -> Iterator[str]:
    """The beginning of a picture.

    :param title: safe to show.
    :param description: how it was made; it is in the file and not in the picture.
    """
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f"<desc>{escape(description)}</desc>"
    yield f"<style>{_STYLE}\n</style>"
    yield f'<rect class="paper" width="{WIDTH}" height="{height}" fill="#ffffff"/>'


def colour(number: int) -> str:
    """Of the series ``number``."""
    return COLOURS[number % len(COLOURS)]


def stroke(number: int) -> str:
    """How the line of the series ``number`` looks."""
    dash = DASHES[number // len(COLOURS) % len(DASHES)]
    return f'stroke="{colour(number)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """Of the grid."""
    return f'<path class="grid" stroke="#d8d8d8" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def axes(left: int, width: int) -> str:
    """Of a plot: the left one and the lower one."""
    bottom = PLOT_TOP + PLOT_HEIGHT
    return f'<path class="axis" stroke="#555555" fill="none" d="M{left} {PLOT_TOP}V{bottom}H{left + width}"/>'


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13) -> str:
    """A line of text."""
    return (
        f'<text class="text" fill="#222222" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def ceiling(value: float) -> float:
    """The end of an axis that reaches to ``value``: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value)
