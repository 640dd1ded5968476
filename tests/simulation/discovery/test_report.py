"""What is told of a run, and the picture of several."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from pystatus.simulation.discovery.report import PACKETS, Counts, DiscoveryReport
from pystatus.simulation.discovery.scaling import draw
from pystatus.simulation.report import Delays

REPORT = DiscoveryReport(
    seed=1,
    nodes=1_000,
    seconds=600.0,
    joined=50,
    left=51,
    registering=52,
    registered=400,
    searches=100,
    found=99,
    stale=3,
    search_lookups=Counts.of([1.0, 1.0, 2.0, 9.0]),
    search_delays=Delays.of(array("d", [0.5, 0.7, 3.5, 30.0])),
    lookups=200,
    right=198,
    hops=Counts.of([1.0, 2.0, 3.0]),
    asked=Counts.of([17.0, 18.0]),
    lookup_delays=Delays.of(array("d", [0.4, 0.8])),
    predicted_hops=1.85,
    ideal_hops=1.92,
    ideal_asked=17.8,
    datagrams={kind: float(number) for number, kind in enumerate(PACKETS)},
    bytes=12_345.6,
    lost=7,
    nowhere=8,
    table=Counts.of([90.0, 110.0]),
    table_gone=0.01,
    digest="ab",
)


def test_numbers_are_counted_by_the_nearest_rank() -> None:
    counts = Counts.of([float(number) for number in range(1, 101)])
    assert (counts.count, counts.mean, counts.p50, counts.p95, counts.most) == (100, 50.5, 50.0, 95.0, 100.0)
    assert Counts.of([7.0]) == Counts(count=1, mean=7.0, p50=7.0, p95=7.0, most=7.0)
    assert str(Counts.of([])) == "nothing was measured"


def test_for_programs() -> None:
    told = REPORT.as_dict()
    assert told["ok"] is True
    assert (told["nodes"], told["search_lookups_p95"], told["hops_mean"]) == (1_000, 9.0, 2.0)
    assert (told["search_delay_p50"], told["lookup_delay_longest"]) == (0.7, 0.8)
    assert told["datagrams_each"] == sum(range(9))
    assert set(told["datagrams"]) == set(PACKETS)  # type: ignore[call-overload]


def test_for_people() -> None:
    lines = "\n".join(REPORT.lines())
    assert "99 of 100 found a live node; of what was found, 3 had left" in lines
    assert "36.0 datagrams, 12.3 kB a minute" in lines
    assert "findnode hash 5.0" in lines


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"found": 94}, "6 of 100 searches found nobody"),
        ({"search_lookups": Counts.of([6.0])}, "searches take more than 5 lookups (median) or 15 (p95)"),
        ({"search_lookups": Counts.of([1.0] * 9 + [16.0])}, "searches take more than 5 lookups (median) or 15 (p95)"),
        ({"right": 179}, "89.5 % of the lookups find the nearest node"),
    ],
    ids=repr,
)
def test_what_is_not_well_is_said(changes: dict[str, Any], sentence: str) -> None:
    report = replace(REPORT, **changes)
    assert not report.ok
    assert report.examples == [sentence]
    assert report.as_dict()["ok"] is False


def test_a_run_without_searches_and_lookups_is_well() -> None:
    none: dict[str, Any] = {"search_lookups": Counts(), "hops": Counts(), "asked": Counts()}
    assert replace(REPORT, searches=0, found=0, lookups=0, right=0, **none).ok


def test_the_picture_shows_growth_beside_the_prediction() -> None:
    reports = [replace(REPORT, nodes=nodes) for nodes in (100, 1_000, 1_000, 10_000)]
    svg = draw(reports, "Growth", "pystatus simulate discovery --sweep nodes=100,1000,10000")
    root = ElementTree.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    texts = [one.text for one in root.iter(f"{name}text")]
    assert {"Growth", "100", "1,000", "10,000", "goal 5", "goal 15", "measured"} <= set(texts)
    lines = list(root.iter(f"{name}polyline"))
    assert len(lines) == 7  # three of hops, two of searches, two of datagrams
    assert all(len(line.attrib["points"].split()) == 3 for line in lines)
    predicted = lines[1].attrib["points"].split()
    heights = [float(point.split(",")[1]) for point in predicted]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)  # O(log n) is a straight line
    assert draw(reports, "Growth", "x") == draw(reports, "Growth", "x")
    assert ElementTree.fromstring(draw([], "Nothing", "x")) is not None
