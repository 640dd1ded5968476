"""A picture of delays and losses as SVG: how much had arrived after how long, and how much never did.

The same samples give the same bytes. It has colours for light and for dark, of which the viewer takes the right ones.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from pystatus.arguments import checked

WIDTH = 920
"""Pixels."""
PLOT_TOP, PLOT_HEIGHT = 64, 280
ROW = 20
"""Pixels of a line of the legend."""
LABEL = 44
"""Pixels of the number under a bar; narrower bars have none, as the legend has it, too."""
CURVE_POINTS = 300
"""Points of one curve: more than it has pixels, so that a million samples draw no more."""
SHORTEST = 0.001
"""Seconds: what is quicker is drawn there. The axis has powers of ten."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7f7f7f")
"""Told apart by those who do not tell red from green (after Okabe and Ito), on white as on black."""
DASHES = ("", "7 4", "2 3")
"""Of lines whose colours are used up."""

_LEFT, _LEFT_WIDTH = 64, 500
_RIGHT, _RIGHT_WIDTH = 650, 240
_STYLE = """
    .paper { fill: #ffffff } .grid { stroke: #d8d8d8 } .axis { stroke: #555555 } .text { fill: #222222 }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #16181d } .grid { stroke: #3a3d44 } .axis { stroke: #a0a4ab } .text { fill: #e4e6ea }
    }"""


@dataclass(slots=True)
class Series:
    """What is drawn in one colour: all runs with one value."""

    label: str
    delays: array[float] = field(default_factory=lambda: array("d"))
    """Seconds."""
    missing: list[int] = field(default_factory=list)
    """What never arrived, of each run."""
    expected: list[int] = field(default_factory=list)
    """What was to arrive, of each run."""

    def add(self, run: int, delay: float | None) -> None:
        """One sample of a run; runs are numbered from 0 and come in their order."""
        while len(self.expected) <= run:
            self.expected.append(0)
            self.missing.append(0)
        self.expected[run] += 1
        if delay is None:
            self.missing[run] += 1
        else:
            self.delays.append(delay)

    def drop(self, run: int) -> None:
        """Forget the last run, which did not come to its end."""
        for _ in range(run, len(self.expected)):
            arrived = self.expected.pop() - self.missing.pop()
            del self.delays[len(self.delays) - arrived :]

    @property
    def lost(self) -> float:
        """Percent that never arrived, of all runs together."""
        return _percent(sum(self.missing), sum(self.expected))

    @property
    def lost_by_run(self) -> list[float]:
        """Percent that never arrived, of each run in which something was to."""
        return [_percent(missing, of) for missing, of in zip(self.missing, self.expected, strict=True) if of]


@checked
def draw(series: Sequence[Series], title: str, description: str) -> str:
    """The SVG.

    :param series: in the order of the legend.
    :param title: above it, safe to show.
    :param description: how it was made; it is in the file and not in the picture.
    """
    height = PLOT_TOP + PLOT_HEIGHT + 76 + ROW * len(series)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(description)}</desc>",
        f"<style>{_STYLE}\n</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(_LEFT, 26, title, size=16),
        _text(_LEFT, PLOT_TOP - 14, "Arrived, in percent of everything, after a delay of"),
        _text(_RIGHT, PLOT_TOP - 14, "Never arrived, in percent"),
        *_curves(series),
        *_losses(series),
        *_legend(series, PLOT_TOP + PLOT_HEIGHT + 66),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


# arrived


def _curves(series: Sequence[Series]) -> Iterator[str]:
    delays = [delay for one in series if one.delays for delay in (min(one.delays), max(one.delays))]
    first = math.floor(math.log10(max(SHORTEST, min(delays, default=SHORTEST))))
    last = max(first + 1, math.ceil(math.log10(max(SHORTEST, max(delays, default=1.0)))))

    def x(delay: float) -> float:
        return _LEFT + _LEFT_WIDTH * (math.log10(max(SHORTEST, delay)) - first) / (last - first)

    for power in range(first, last + 1):
        yield _line(x(10.0**power), PLOT_TOP, x(10.0**power), PLOT_TOP + PLOT_HEIGHT)
        yield _text(x(10.0**power), PLOT_TOP + PLOT_HEIGHT + 20, f"{10.0**power:g} s", anchor="middle")
    for percent in range(0, 101, 25):
        yield _line(_LEFT, _y(percent, 100), _LEFT + _LEFT_WIDTH, _y(percent, 100))
        yield _text(_LEFT - 8, _y(percent, 100) + 4, str(percent), anchor="end")
    yield _axes(_LEFT, _LEFT_WIDTH)
    for number, one in enumerate(series):
        points = [f"{x(delay):.1f},{_y(percent, 100):.1f}" for delay, percent in _steps(one)]
        if points:
            points.append(f"{_LEFT + _LEFT_WIDTH:.1f},{points[-1].split(',')[1]}")
            yield f'<polyline fill="none" stroke-width="2" {_stroke(number)} points="{" ".join(points)}"/>'


def _steps(series: Series) -> Iterator[tuple[float, float]]:
    """The curve: a delay, and how much had arrived by then."""
    ordered, expected = sorted(series.delays), sum(series.expected)
    yielded = 0
    for step in range(1, CURVE_POINTS + 1):
        rank = math.ceil(len(ordered) * step / CURVE_POINTS)
        if rank > yielded:
            if not yielded:
                yield ordered[0], 0.0
            yield ordered[rank - 1], _percent(rank, expected)
            yielded = rank


# lost


def _losses(series: Sequence[Series]) -> Iterator[str]:
    most = max((percent for one in series for percent in (one.lost, *one.lost_by_run)), default=0.0)
    top = _ceiling(most)
    for quarter in range(5):
        percent = top * quarter / 4
        yield _line(_RIGHT, _y(percent, top), _RIGHT + _RIGHT_WIDTH, _y(percent, top))
        yield _text(_RIGHT - 8, _y(percent, top) + 4, f"{percent:g}", anchor="end")
    yield _axes(_RIGHT, _RIGHT_WIDTH)
    place = _RIGHT_WIDTH / max(1, len(series))
    bar = min(48.0, 0.6 * place)
    for number, one in enumerate(series):
        middle = _RIGHT + place * (number + 0.5)
        y = _y(one.lost, top)
        yield (
            f'<rect x="{middle - bar / 2:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{_y(0, top) - y:.1f}" '
            f'fill="{_colour(number)}" fill-opacity="0.6"/>'
        )
        for percent in one.lost_by_run if len(one.lost_by_run) > 1 else ():
            yield f'<circle cx="{middle:.1f}" cy="{_y(percent, top):.1f}" r="3" fill="{_colour(number)}"/>'
        if place >= LABEL:
            yield _text(middle, _y(0, top) + 20, f"{one.lost:.3g} %", anchor="middle")


def _ceiling(percent: float) -> float:
    """The end of an axis that reaches to ``percent``: 1, 2 or 5 times a power of ten, and 100 at most."""
    if percent <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(percent))
    return min(100.0, next(power * factor for factor in (1, 2, 5, 10) if power * factor >= percent))


# the rest


def _legend(series: Sequence[Series], top: int) -> Iterator[str]:
    for number, one in enumerate(series):
        y = top + ROW * number
        ordered = sorted(one.delays)
        told = "nothing arrived"
        if ordered:
            median, late = (ordered[max(0, math.ceil(share * len(ordered)) - 1)] for share in (0.5, 0.99))
            told = f"half of what arrived within {median:.3g} s, 99 % within {late:.3g} s"
        yield f'<path d="M{_LEFT} {y - 4}h28" stroke-width="3" {_stroke(number)}/>'
        yield _text(_LEFT + 38, y, f"{one.label}: {told}; {one.lost:.3g} % of {sum(one.expected)} never arrived")


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _stroke(number: int) -> str:
    dash = DASHES[number // len(COLOURS) % len(DASHES)]
    return f'stroke="{_colour(number)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _y(value: float, top: float) -> float:
    return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="grid" stroke="#d8d8d8" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _axes(left: int, width: int) -> str:
    bottom = PLOT_TOP + PLOT_HEIGHT
    return f'<path class="axis" stroke="#555555" fill="none" d="M{left} {PLOT_TOP}V{bottom}H{left + width}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    return (
        f'<text class="text" fill="#222222" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
