"""A picture of a network of Discovery v5 as SVG: its nodes in a ring, in the order of their hashes, who knows whom, and
how many nodes each knows at each distance, beside what Kademlia predicts.

The same crawl gives the same bytes. It has colours for light and for dark, of which the viewer takes the right ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.discovery.discv5.node import log_distance
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.discovery.discv5.crawl import Crawl

WIDTH, HEIGHT = 920, 600
"""Pixels."""
MAX_LINES = 6_000
"""Lines between nodes: more would be one grey disc, and a file that no viewer opens. Every so many-th is drawn."""
MAX_DOTS = 5_000
"""Nodes that are drawn, likewise."""
MOST_DISTANCES = 24
"""Buckets of the chart: those of a network of sixteen million nodes."""
COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#b8860b", "#d55e00", "#cc79a7")
"""From the farthest bucket to the sixth and all nearer ones; told apart by those who do not tell red from green (after
Okabe and Ito), on white as on black."""

_CENTRE_X, _CENTRE_Y, _RADIUS = 290, 320, 240
_LEFT, _CHART_WIDTH, _TOP, _CHART_HEIGHT = 610, 280, 150, 320
_STYLE = """
    .paper { fill: #ffffff } .grid { stroke: #d8d8d8 } .axis { stroke: #555555 } .text { fill: #222222 }
    .silent { fill: #ffffff; stroke: #555555 } .node { fill: #222222 } .predicted { stroke: #222222; fill: none }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #16181d } .grid { stroke: #3a3d44 } .axis { stroke: #a0a4ab } .text { fill: #e4e6ea }
      .silent { fill: #16181d; stroke: #a0a4ab } .node { fill: #e4e6ea } .predicted { stroke: #e4e6ea }
    }"""


def draw(crawl: Crawl) -> str:
    """The SVG of what a crawl has found."""
    answered = [node for node in crawl.nodes if node.answered]
    title = f"{counted(len(crawl.nodes), 'node')}, {len(answered)} of which answered"
    positions = [int.from_bytes(node.enode.node_address, "big") for node in crawl.nodes]
    lines = sorted(
        (log_distance(positions[number], positions[other]), number, other)
        for number, node in enumerate(crawl.nodes)
        for other in node.neighbours
    )
    description = (
        f"A network of Discovery v5. {title}. They named {counted(len(lines), 'entry', 'entries')} of their tables. On "
        "the left each node is a dot on a ring, in the order of the hashes of their ids, and a line joins a node with "
        "one that it knows. On the right are the mean number of nodes that one knows in each bucket, and the number "
        "that Kademlia predicts."
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f"<style>{_STYLE}\n</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(40, 30, f"Discovery v5: {title}", size=16),
        _text(40, 52, "Nodes in the order of their hashes; a line, in the colour of its bar: one knows the other"),
        *_lines(positions, lines),
        *_dots(crawl, positions),
        _text(40, HEIGHT - 14, "Hollow dots did not answer."),
        *_chart(len(crawl.nodes), Counter(distance for distance, _, _ in lines), max(1, len(answered))),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def predicted(nodes: int, bucket: int) -> float:
    """Nodes that a table holds in a bucket if hashes are uniform: those that there are, and 16 at most (Maymounkov and
    Mazières, "Kademlia", 2002, section 2.4).

    :param bucket: 256 is the farthest.
    """
    return min(float(BUCKET_SIZE), (nodes - 1) * 2.0 ** (bucket - 257))


# the ring


def _lines(positions: list[int], lines: list[tuple[int, int, int]]) -> Iterator[str]:
    step = max(1, math.ceil(len(lines) / MAX_LINES))
    paths: dict[int, list[str]] = {}
    for distance, number, other in reversed(lines[::step]):  # the near ones above the far ones
        (x1, y1), (x2, y2) = _place(positions[number]), _place(positions[other])
        path = f"M{x1:.1f} {y1:.1f}Q{_CENTRE_X} {_CENTRE_Y} {x2:.1f} {y2:.1f}"
        paths.setdefault(_colour(distance), []).append(path)
    for colour, found in paths.items():
        yield f'<path stroke="{COLOURS[colour]}" stroke-opacity="0.35" fill="none" d="{"".join(found)}"/>'
    if step > 1:
        yield _text(290, HEIGHT - 14, f"One of {step} lines is drawn.")


def _dots(crawl: Crawl, positions: list[int]) -> Iterator[str]:
    step = max(1, math.ceil(len(positions) / MAX_DOTS))
    radius = 4 if len(positions) <= 200 else 2
    for node, position in list(zip(crawl.nodes, positions, strict=True))[::step]:
        x, y = _place(position)
        kind = "node" if node.answered else "silent"
        fill = "#222222" if node.answered else "#ffffff"
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="#555555"/>'


def _place(position: int) -> tuple[float, float]:
    angle = 2 * math.pi * (position >> 224) / 2**32 - math.pi / 2
    return _CENTRE_X + _RADIUS * math.cos(angle), _CENTRE_Y + _RADIUS * math.sin(angle)


def _colour(distance: int) -> int:
    return min(256 - distance, len(COLOURS) - 1)


# the chart


def _chart(nodes: int, entries: Counter[int], answered: int) -> Iterator[str]:
    last = min((distance for distance in entries), default=256)
    last = max(min(last, 256 - math.ceil(math.log2(max(2, nodes)))), 257 - MOST_DISTANCES)
    buckets = range(256, last - 1, -1)
    top = max(BUCKET_SIZE, *(math.ceil(entries[one] / answered) for one in buckets))
    place = _CHART_WIDTH / len(buckets)
    yield _text(_LEFT, _TOP - 42, "Nodes that one knows, by bucket (log distance)")
    yield _text(_LEFT, _TOP - 24, "bars: the mean of those who answered; line: Kademlia")
    for value in range(0, top + 1, 4):
        y = _y(value, top)
        yield f'<path class="grid" stroke="#d8d8d8" d="M{_LEFT} {y:.1f}h{_CHART_WIDTH}"/>'
        yield _text(_LEFT - 8, y + 4, str(value), anchor="end")
    steps: list[str] = []
    for index, bucket in enumerate(buckets):
        mean, x = entries[bucket] / answered, _LEFT + place * index
        yield (
            f'<rect x="{x + place * 0.15:.1f}" y="{_y(mean, top):.1f}" width="{place * 0.7:.1f}" '
            f'height="{_y(0, top) - _y(mean, top):.1f}" fill="{COLOURS[_colour(bucket)]}">'
            f"<title>bucket {bucket}: {mean:.2f} known, {predicted(nodes, bucket):.2f} predicted</title></rect>"
        )
        y = _y(predicted(nodes, bucket), top)
        steps.append(f"{'L' if steps else 'M'}{x:.1f} {y:.1f}h{place:.1f}")
        if len(buckets) <= 12 or index % 4 == 0:
            yield _text(x + place / 2, _y(0, top) + 20, str(bucket), anchor="middle")
    yield f'<path class="predicted" stroke="#222222" stroke-width="2" fill="none" d="{"".join(steps)}"/>'
    bottom = _TOP + _CHART_HEIGHT
    yield f'<path class="axis" stroke="#555555" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{_LEFT + _CHART_WIDTH}"/>'


def _y(value: float, top: float) -> float:
    return _TOP + _CHART_HEIGHT * (1 - value / top)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    return (
        f'<text class="text" fill="#222222" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
