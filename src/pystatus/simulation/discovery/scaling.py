"""A picture of how discovery grows with the network: runs with more and more nodes, beside what Kademlia predicts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from pystatus.arguments import checked
from pystatus.records import dataclass
from pystatus.simulation.discovery.prediction import hops
from pystatus.simulation.discovery.report import GOAL_MEDIAN, GOAL_P95, DiscoveryReport
from pystatus.simulation.svg import COLOURS, PLOT_HEIGHT, PLOT_TOP, axes, ceiling, head, line, stroke, text

PLOT_WIDTH = 218
LEFTS = (60, 356, 652)
"""Where the three plots begin."""
ROW = 18
"""Pixels of a line of a legend."""
FEWEST, MOST = 10, 100_000
"""Nodes at the ends of the axis, at most."""

Value = Callable[[DiscoveryReport], float]


@dataclass(frozen=True, slots=True)
class _Curve:
    label: str
    value: Value
    predicted: bool = False
    """Drawn dashed, without dots."""


@dataclass(frozen=True, slots=True)
class _Plot:
    title: str
    curves: tuple[_Curve, ...]
    goals: tuple[float, ...] = ()
    """Horizontal lines."""


_PLOTS = (
    _Plot(
        "Hops of a lookup, mean",
        (
            _Curve("measured", lambda report: report.hops.mean),
            _Curve("log2(n) / 5.4: Kademlia, k = 16", lambda report: hops(report.nodes), predicted=True),
            _Curve("perfect tables", lambda report: report.ideal_hops, predicted=True),
        ),
    ),
    _Plot(
        "Lookups until a live node is found",
        (
            _Curve("median", lambda report: report.search_lookups.p50),
            _Curve("p95", lambda report: report.search_lookups.p95),
        ),
        (GOAL_MEDIAN, GOAL_P95),
    ),
    _Plot(
        "Datagrams of a node in a minute",
        (
            _Curve("all", lambda report: report.datagrams_each),
            _Curve("without topics", lambda report: _without_topics(report)),
        ),
    ),
)


def _without_topics(report: DiscoveryReport) -> float:
    return sum(number for kind, number in report.datagrams.items() if not kind.startswith("topic"))


@checked
def draw(reports: Sequence[DiscoveryReport], title: str, description: str) -> str:
    """The SVG. Runs with the same number of nodes give one point, their mean.

    :param title: above it, safe to show.
    :param description: how it was made; it is in the file and not in the picture.
    """
    rows = max(len(plot.curves) for plot in _PLOTS)
    lines = [
        *head(title, description, PLOT_TOP + PLOT_HEIGHT + 60 + ROW * rows),
        text(LEFTS[0], 26, title, size=16),
    ]
    for left, plot in zip(LEFTS, _PLOTS, strict=True):
        lines += _plot(reports, plot, left)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _plot(reports: Sequence[DiscoveryReport], plot: _Plot, left: int) -> Iterator[str]:
    sizes = sorted({report.nodes for report in reports})
    first = math.floor(math.log10(max(FEWEST, min(sizes, default=FEWEST))))
    last = max(first + 1, math.ceil(math.log10(min(MOST, max(sizes, default=FEWEST)))))
    values = [[_mean(reports, size, curve.value) for size in sizes] for curve in plot.curves]
    top = ceiling(max([*plot.goals, *(value for row in values for value in row)], default=1.0))

    def x(size: float) -> float:
        return left + PLOT_WIDTH * (math.log10(size) - first) / (last - first)

    def y(value: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)

    yield text(left, PLOT_TOP - 14, plot.title)
    for power in range(first, last + 1):
        yield line(x(10.0**power), PLOT_TOP, x(10.0**power), PLOT_TOP + PLOT_HEIGHT)
        yield text(x(10.0**power), PLOT_TOP + PLOT_HEIGHT + 20, f"{10**power:,}", anchor="middle")
    for quarter in range(5):
        value = top * quarter / 4
        yield line(left, y(value), left + PLOT_WIDTH, y(value))
        yield text(left - 8, y(value) + 4, f"{value:g}", anchor="end")
    yield axes(left, PLOT_WIDTH)
    for goal in plot.goals:
        yield f'<path stroke="{COLOURS[-1]}" stroke-dasharray="2 3" d="M{left} {y(goal):.1f}h{PLOT_WIDTH}"/>'
        yield text(left + PLOT_WIDTH, y(goal) - 4, f"goal {goal:g}", anchor="end", size=11)
    for number, (curve, row) in enumerate(zip(plot.curves, values, strict=True)):
        look = stroke(number) + (' stroke-dasharray="7 4"' if curve.predicted else "")
        points = [(x(size), y(value)) for size, value in zip(sizes, row, strict=True)]
        listed = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        yield f'<polyline fill="none" stroke-width="2" {look} points="{listed}"/>'
        for across, down in () if curve.predicted else points:
            yield f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3.5" fill="{COLOURS[number]}"/>'
        row_top = PLOT_TOP + PLOT_HEIGHT + 50 + ROW * number
        yield f'<path d="M{left} {row_top - 4}h28" stroke-width="3" {look}/>'
        yield text(left + 36, row_top, curve.label, size=12)


def _mean(reports: Sequence[DiscoveryReport], size: int, value: Value) -> float:
    of_size = [value(report) for report in reports if report.nodes == size]
    return sum(of_size) / len(of_size)
