"""A picture of delays and losses as SVG: how much had arrived after how long, and how much never did.

The same samples give the same bytes. It has colours for light and for dark, of which the viewer takes the right ones.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pystatus.arguments import checked
from pystatus.simulation.svg import PLOT_HEIGHT, PLOT_TOP, axes, ceiling, colour, head, line, stroke, text

ROW = 20
"""Pixels of a line of the legend."""
LABEL = 44
"""Pixels of the number under a bar; narrower bars have none, as the legend has it, too."""
CURVE_POINTS = 300
"""Points of one curve: more than it has pixels, so that a million samples draw no more."""
SHORTEST = 0.001
"""Seconds: what is quicker is drawn there. The axis has powers of ten."""
_LEFT, _LEFT_WIDTH = 64, 500
_RIGHT, _RIGHT_WIDTH = 650, 240


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
        *head(title, description, height),
        text(_LEFT, 26, title, size=16),
        text(_LEFT, PLOT_TOP - 14, "Arrived, in percent of everything, after a delay of"),
        text(_RIGHT, PLOT_TOP - 14, "Never arrived, in percent"),
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
        yield line(x(10.0**power), PLOT_TOP, x(10.0**power), PLOT_TOP + PLOT_HEIGHT)
        yield text(x(10.0**power), PLOT_TOP + PLOT_HEIGHT + 20, f"{10.0**power:g} s", anchor="middle")
    for percent in range(0, 101, 25):
        yield line(_LEFT, _y(percent, 100), _LEFT + _LEFT_WIDTH, _y(percent, 100))
        yield text(_LEFT - 8, _y(percent, 100) + 4, str(percent), anchor="end")
    yield axes(_LEFT, _LEFT_WIDTH)
    for number, one in enumerate(series):
        points = [f"{x(delay):.1f},{_y(percent, 100):.1f}" for delay, percent in _steps(one)]
        if points:
            points.append(f"{_LEFT + _LEFT_WIDTH:.1f},{points[-1].split(',')[1]}")
            yield f'<polyline fill="none" stroke-width="2" {stroke(number)} points="{" ".join(points)}"/>'


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
    top = min(100.0, ceiling(most))
    for quarter in range(5):
        percent = top * quarter / 4
        yield line(_RIGHT, _y(percent, top), _RIGHT + _RIGHT_WIDTH, _y(percent, top))
        yield text(_RIGHT - 8, _y(percent, top) + 4, f"{percent:g}", anchor="end")
    yield axes(_RIGHT, _RIGHT_WIDTH)
    place = _RIGHT_WIDTH / max(1, len(series))
    bar = min(48.0, 0.6 * place)
    for number, one in enumerate(series):
        middle = _RIGHT + place * (number + 0.5)
        y = _y(one.lost, top)
        yield (
            f'<rect x="{middle - bar / 2:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{_y(0, top) - y:.1f}" '
            f'fill="{colour(number)}" fill-opacity="0.6"/>'
        )
        for percent in one.lost_by_run if len(one.lost_by_run) > 1 else ():
            yield f'<circle cx="{middle:.1f}" cy="{_y(percent, top):.1f}" r="3" fill="{colour(number)}"/>'
        if place >= LABEL:
            yield text(middle, _y(0, top) + 20, f"{one.lost:.3g} %", anchor="middle")


# the rest


def _legend(series: Sequence[Series], top: int) -> Iterator[str]:
    for number, one in enumerate(series):
        y = top + ROW * number
        ordered = sorted(one.delays)
        told = "nothing arrived"
        if ordered:
            median, late = (ordered[max(0, math.ceil(share * len(ordered)) - 1)] for share in (0.5, 0.99))
            told = f"half of what arrived within {median:.3g} s, 99 % within {late:.3g} s"
        yield f'<path d="M{_LEFT} {y - 4}h28" stroke-width="3" {stroke(number)}/>'
        yield text(_LEFT + 38, y, f"{one.label}: {told}; {one.lost:.3g} % of {sum(one.expected)} never arrived")


def _y(value: float, top: float) -> float:
    return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
