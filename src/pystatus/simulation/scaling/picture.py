"""A picture of what is received in a day by the number of users: what was measured, beside the model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pystatus.arguments import checked
from pystatus.simulation.scaling.model import CASES, loads
from pystatus.simulation.scaling.report import ScalingReport, size
from pystatus.simulation.svg import PLOT_HEIGHT, PLOT_TOP, axes, head, line, stroke, text

LEFT, PLOT_WIDTH = 96, 480
LEGEND = LEFT + PLOT_WIDTH + 32
"""Where the names of the lines begin."""
ROW = 30
"""Pixels from one of them to the next."""
DRAWN = {
    number: f"{number + 1} {name}" if number != 3 else f"4 {name}, and 8 {CASES[7]}"
    for number, name in enumerate(CASES[:7])
}
"""The lines by the places of their cases: the eighth case is the fourth one with another way to get there."""
FEWEST, MOST = 10, 1_000_000
"""Users at the ends of the axis, at most."""


@checked
def draw(reports: Sequence[ScalingReport], title: str, description: str) -> str:
    """The SVG. Runs with the same number of users give one point, their mean. Both axes are logarithmic.

    :param title: above it, safe to show.
    :param description: how it was made; it is in the file and not in the picture.
    """
    lines = [*head(title, description, PLOT_TOP + PLOT_HEIGHT + 60), text(LEFT, 26, title, size=16)]
    return "\n".join([*lines, *_plot(reports), "</svg>"]) + "\n"


def _plot(reports: Sequence[ScalingReport]) -> Iterator[str]:
    numbers = sorted({report.population.users for report in reports})
    first, last = _powers(numbers, 10, FEWEST, MOST)
    models = [_means(reports, users, measured=False) for users in numbers]
    measured = [_means(reports, users, measured=True) for users in numbers]
    lowest, highest = _powers([load for row in (*models, *measured) for load in row], 1_024, 1_024, 1_024**4)

    def x(users: float) -> float:
        return LEFT + PLOT_WIDTH * (math.log10(users) - first) / (last - first)

    def y(load: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - (math.log(max(1.0, load), 1_024) - lowest) / (highest - lowest))

    yield text(LEFT, PLOT_TOP - 14, "Received by each user in a day, by the number of users")
    for power in range(first, last + 1):
        yield line(x(10.0**power), PLOT_TOP, x(10.0**power), PLOT_TOP + PLOT_HEIGHT)
        yield text(x(10.0**power), PLOT_TOP + PLOT_HEIGHT + 20, f"{10**power:,}", anchor="middle")
    for power in range(lowest, highest + 1):
        yield line(LEFT, y(1_024.0**power), LEFT + PLOT_WIDTH, y(1_024.0**power))
        yield text(LEFT - 8, y(1_024.0**power) + 4, size(1_024.0**power), anchor="end")
    yield axes(LEFT, PLOT_WIDTH)
    for number, label in DRAWN.items():
        for rows, look in ((models, ' stroke-dasharray="7 4" opacity="0.6"'), (measured, "")):
            points = [(x(users), y(row[number])) for users, row in zip(numbers, rows, strict=True)]
            listed = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
            yield f'<polyline fill="none" stroke-width="2" {stroke(number)}{look} points="{listed}"/>'
        middle = PLOT_TOP + ROW * number + 8
        yield f'<path d="M{LEGEND} {middle - 4}h28" stroke-width="3" {stroke(number)}/>'
        yield text(LEGEND + 36, middle, label, size=12)
    below = PLOT_TOP + ROW * len(DRAWN) + 16
    yield text(LEGEND, below, "full lines: measured; dashed: the model", size=12)


def _powers(values: Sequence[float], base: int, lowest: float, highest: float) -> tuple[int, int]:
    """Whole powers between which the values lie, and at least one apart."""
    within = [min(max(value, lowest), highest) for value in values] or [lowest]
    first = math.floor(math.log(min(within), base) + 1e-9)
    return first, max(first + 1, math.ceil(math.log(max(within), base) - 1e-9))


def _means(reports: Sequence[ScalingReport], users: int, *, measured: bool) -> list[float]:
    """The loads of the runs with so many users, case by case."""
    of_size = [
        loads(report.measured.terms if measured else report.model, users)
        for report in reports
        if report.population.users == users
    ]
    return [math.fsum(row[number] for row in of_size) / len(of_size) for number in range(len(CASES))]
