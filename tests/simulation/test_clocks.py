"""A network of relays a third of whose clocks are wrong: all of those say so, and nobody else loses anything.

A few simulated minutes here; ``make clocks`` (``PYSTATUS_CLOCK_HOURS``) runs a day of it.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from pystatus.errors import LocalError
from pystatus.simulation.nodes.clocks import ClockFigures, ClockWords, errors, faults, figures
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.report import NetworkReport
from pystatus.simulation.nodes.settings import LEAST_CLOCK_ERROR, MOST_CLOCK_ERROR, Clocks, Links, Load, Topology
from pystatus.waku.relay.clock_judgement import ClockJudgement

HOURS = float(os.environ.get("PYSTATUS_CLOCK_HOURS", "0.05"))
RATE = 0.05 if HOURS > 1 else 0.5
"""Messages a second. A day of few says as much about clocks as one of many."""
BOUND = 600.0
"""Simulated seconds within which everybody who is wrong has said so: the window of what peers say."""

TOPOLOGY = Topology(nodes=15, degree=6, uplinks=5, topics=4, topics_each=2)


def run(seconds: float, seed: int = 1, rate: float = RATE, **clocks: float) -> NetworkReport:
    wanted = Clocks(**{"wrong": 0.33, **clocks})
    return NodeNetwork(TOPOLOGY, Load(rate=rate, seconds=seconds), Links(), seed, clocks=wanted).run()


def test_everybody_who_is_wrong_says_so_and_nobody_else_loses_a_message() -> None:
    report = run(3_600 * HOURS)
    assert report.ok, report.examples
    assert (report.clocks.wrong, report.clocks.silent, report.clocks.accused, report.clocks.mistaken) == (5, 0, 0, 0)
    assert (report.missed, report.disconnections) == (0, 0)
    assert report.expected > 0
    assert report.clocks.said.longest <= BOUND
    assert report.clocks.saying > 0.9
    assert sum(bool(load.clock_error) for load in report.loads) == 5


def test_where_all_clocks_are_right_nobody_says_otherwise() -> None:
    report = run(60, wrong=0.0)
    assert report.ok
    assert report.clocks == ClockFigures()
    assert any(
        line.split() == ["right", "clocks", "0", "said", "that", "they", "are", "wrong"] for line in report.lines()
    )


def test_errors_are_drawn_within_their_bounds() -> None:
    found = errors(Clocks(wrong=0.33, error=600), 100, Random(1))
    wrong = [error for error in found if error]
    assert len(wrong) == 33
    assert all(LEAST_CLOCK_ERROR <= abs(error) <= 600 for error in wrong)
    assert min(wrong) < 0 < max(wrong)


@pytest.mark.parametrize("clocks", [{"wrong": 1.1}, {"wrong": -0.1}, {"error": 10.0}, {"error": MOST_CLOCK_ERROR + 1}])
def test_clocks_that_cannot_be(clocks: dict[str, float]) -> None:
    with pytest.raises(LocalError, match="clock"):
        Clocks(**clocks)


def test_what_nodes_say_is_counted() -> None:
    suspected, agrees = ClockJudgement(300, 2, 0), ClockJudgement()
    silent, right, wrong, mistaken = ClockWords(-300), ClockWords(0), ClockWords(-300), ClockWords(300)
    wrong.said(suspected, 110)
    wrong.said(agrees, 160)
    right.said(suspected, 150)
    mistaken.said(suspected, 200)
    all_words = [silent, right, wrong, mistaken]
    found = figures(all_words, 100, 210)
    assert (found.wrong, found.silent, found.accused, found.mistaken) == (3, 1, 1, 1)
    assert not found.ok
    assert (found.said.count, found.said.longest) == (2, 100)
    assert found.saying == pytest.approx((0.5 + 1.0) / 2)
    assert faults(all_words) == [
        "node 0, whose clock is off by -300 seconds, never said so",
        "node 1 said that its clock is wrong, and it is right",
    ]
