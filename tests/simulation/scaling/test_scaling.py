"""The published model to the byte, and its terms measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from pystatus.apps.cli.root import app
from pystatus.errors import LocalError
from pystatus.simulation.scaling.measuring import Estimate, Measured, measure
from pystatus.simulation.scaling.model import CASES, Terms, assumed_sharing, loads
from pystatus.simulation.scaling.picture import DRAWN, draw
from pystatus.simulation.scaling.population import MAX_TOPICS, MAX_USERS, RELAYS, Population
from pystatus.simulation.scaling.report import ScalingReport, compare, size

BYTES_A_DAY = {
    100: (1_024_000, 102_400_000, 51_712_000, 1_024_000, 11_264_000, 22_528_000, 4_096_000, 1_024_000),
    10_000: (
        1_024_000,
        10_240_000_000,
        5_120_512_000,
        1_536_000,
        1_025_536_000,
        2_051_072_000,
        298_649_600,
        1_536_000,
    ),
    1_000_000: (
        1_024_000,
        1_024_000_000_000,
        512_000_512_000,
        102_912_000,
        102_502_912_000,
        205_005_824_000,
        29_809_203_200,
        102_912_000,
    ),
}
"""As waku.md §11 has them."""
SMALL = Population(users=20_000, listeners=150)


@pytest.mark.parametrize("users", BYTES_A_DAY)
def test_the_published_table_is_reproduced_to_the_byte(users: int) -> None:
    found = loads(Terms(sharing=assumed_sharing(users)), users)
    assert tuple(round(load) for load in found) == BYTES_A_DAY[users]
    assert len(CASES) == len(found)


@pytest.mark.parametrize(
    "terms", [{"offline": 1.01}, {"copies": -1.0}, {"envelopes": float("inf")}, {"sharing": float("nan")}], ids=repr
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(LocalError):
        Terms(**terms)


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(SMALL, 1)


def test_partitions_are_shared_as_chance_has_it(measured: Measured) -> None:
    """One and a 5,000th of the others: the model, which rounds down, leaves oneself out."""
    expected = 1 + (SMALL.users - 1) / 5_000
    assert abs(measured.sharing.mean - expected) < 3 * measured.sharing.error
    assert assumed_sharing(SMALL.users) == 4


def test_a_filter_lets_pass_what_its_formula_says(measured: Measured) -> None:
    """A hundred topics set 512 bits: (1 - (1 - 1/512)^300)^3 of strange topics find all of theirs, 8.7 %, and more,
    because the reference forgets bits of what it tests (waku.md §4.5)."""
    formula = (1 - (1 - 1 / 512) ** (3 * SMALL.topics)) ** 3
    assert formula < measured.false_positives.mean < 1.2 * formula
    assert measured.mail_false_positives.mean < measured.false_positives.mean / 4


def test_more_peers_send_more_copies(measured: Measured) -> None:
    of_six = measure(replace(SMALL, users=100, listeners=1, peers=6), 1)
    assert 1 < measured.copies.mean < 2 < of_six.copies.mean < 6


def test_a_message_takes_what_people_who_talk_send(measured: Measured) -> None:
    assert 1 < measured.terms.envelopes < 3
    assert 700 < measured.terms.envelope_bytes < 1_400
    assert measured.faults == ()


def test_the_same_seed_gives_the_same_report() -> None:
    few = replace(SMALL, users=300, listeners=10)
    assert compare(few, 7) == compare(few, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"users": 0},
        {"users": MAX_USERS + 1},
        {"users": 10, "listeners": 11},
        {"topics": 2},
        {"topics": MAX_TOPICS + 1},
        {"topics": 10, "requests": 11},
        {"requests": 0},
        {"peers": 1},
        {"peers": RELAYS},
    ],
    ids=repr,
)
def test_populations_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(LocalError):
        replace(SMALL, **wrong)


def test_an_estimate_says_how_sure_it_is() -> None:
    assert Estimate.of([2.0]) == Estimate(2.0, 0.0)
    found = Estimate.of([1.0, 3.0])
    assert found.mean == 2.0
    assert found.error == pytest.approx(1.96)


def test_sizes_are_said_in_the_unit_that_fits() -> None:
    assert [size(count) for count in (0, 1_023, 1_024, 1_536_000, 10_240_000_000, 2.0**60)] == [
        "0.0 B",
        "1023.0 B",
        "1.0 KiB",
        "1.5 MiB",
        "9.5 GiB",
        "1048576.0 TiB",
    ]


def test_both_stand_side_by_side(measured: Measured) -> None:
    report = ScalingReport(seed=1, population=SMALL, measured=measured)
    lines = report.lines()
    assert lines[0] == "20000 users"
    assert sum(line.startswith(tuple("12345678")) for line in lines[1:]) == len(CASES)
    told = report.as_dict()
    assert told["model"] == [round(load) for load in loads(report.model, SMALL.users)]
    assert report.ok
    assert not replace(report, measured=replace(measured, faults=("node 3 has not got 1 envelope",))).ok


def test_the_picture_has_the_model_and_what_was_measured(measured: Measured) -> None:
    of_sizes = [replace(SMALL, users=users, listeners=1) for users in (100, 1_000, 1_000, 10_000)]
    reports = [ScalingReport(seed=1, population=one, measured=measured) for one in of_sizes]
    root = ElementTree.fromstring(draw(reports, "Loads", "pystatus simulate scaling"))
    name = "{http://www.w3.org/2000/svg}"
    texts = [one.text or "" for one in root.iter(f"{name}text")]
    assert {"Loads", "100", "10,000", "1.0 MiB"} <= set(texts)
    assert set(DRAWN.values()) <= set(texts)
    assert all(any(case in label for label in DRAWN.values()) for case in CASES)
    lines = list(root.iter(f"{name}polyline"))
    assert len(lines) == 2 * len(DRAWN)
    assert all(len(one.attrib["points"].split()) == 3 for one in lines)
    assert ElementTree.fromstring(draw([], "Nothing", "x")) is not None


def test_the_command_sweeps_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "loads.svg"
    options = ["--listeners", "2", "--sweep", "users=10,200", "--picture", str(picture), "--json"]
    done = CliRunner().invoke(app, ["simulate", "scaling", *options])
    assert done.exit_code == 0, done.output
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run["parameters"]["users"] for run in runs] == [10, 200]
    assert [run["model"][1] for run in runs] == [10 * 1_024_000, 200 * 1_024_000]
    assert ElementTree.fromstring(picture.read_text()) is not None
