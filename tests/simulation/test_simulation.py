"""Small simulations: what has to arrive does, what cannot does not, and a seed says everything."""

from __future__ import annotations

import os
import subprocess
import sys
from array import array
from pathlib import Path
from typing import Any

import pytest

from pystatus.errors import LocalError
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.settings import Links, Load, Topology
from pystatus.simulation.picture import draw
from pystatus.simulation.report import Delays, Report
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation
from tests.simulation.support import BAD_NETWORK, KEYS, simulate


def assert_well(report: Report) -> None:
    assert report.ok, (report.examples, report)
    assert report.unconfirmed == 0
    assert report.examples == ()


def test_on_a_perfect_network_everything_arrives_at_once() -> None:
    report = simulate(public=0.2)
    assert_well(report)
    assert report.public_missed == 0
    assert report.public_expected == report.public_latency.count > 0
    assert report.latency.longest < 1.0
    assert report.confirmation.longest < 2.0
    assert report.envelopes_per_message <= 2.0
    assert report.deliveries_lost == report.deliveries_refused == report.undecryptable == 0


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(loss=0.3),
        Conditions(duplicates=0.5),
        Conditions(reorder=0.5, lateness=12.0),
        Conditions(corruption=0.3),
        Conditions(churn=0.3),
        Conditions(skew=10.0),
        BAD_NETWORK,
    ],
    ids=["loss", "duplicates", "reordering", "corruption", "churn", "skew", "everything"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_private_messages_survive(conditions: Conditions, seed: int) -> None:
    report = simulate(conditions, seed=seed)
    assert_well(report)


def test_every_device_of_a_person_gets_what_it_can_get() -> None:
    report = simulate(devices=(1, 3), seed=3)
    assert report.devices > report.people
    assert_well(report)
    assert report.devices_missed == 0


def test_several_devices_on_a_bad_network() -> None:
    report = simulate(BAD_NETWORK, devices=(1, 3), seed=4)
    assert report.devices > report.people
    assert_well(report)


def test_what_nothing_repeats_is_counted_as_missed_and_is_no_failure() -> None:
    report = simulate(Conditions(loss=0.5), public=1.0)
    assert report.ok
    assert "until received    nothing was" in "\n".join(report.lines())
    assert 0.4 < report.public_missed / report.public_expected < 0.6
    assert report.public_missed + report.public_latency.count == report.public_expected


def test_a_loss_is_found() -> None:
    report = simulate(Conditions(loss=0.5), without_datasync=1.0)
    assert not report.ok
    assert report.lost > 10
    assert report.examples


def test_what_was_given_up_is_sent_again_by_its_author() -> None:
    """Somebody is away for more than a day; data sync gives up, tells so, and the author tries again."""
    report = simulate(Conditions(churn=0.6, away=60_000.0), people=3, messages=30, pace=3_000.0)
    assert report.given_up > 0
    assert_well(report)


def test_people_with_and_without_data_sync_talk() -> None:
    report = simulate(without_datasync=0.5, seed=3)
    assert_well(report)


def test_the_same_seed_is_the_same_run() -> None:
    once = simulate(BAD_NETWORK, devices=(1, 2), public=0.1)
    again = simulate(BAD_NETWORK, devices=(1, 2), public=0.1)
    assert once == again
    assert simulate(BAD_NETWORK, devices=(1, 2), public=0.1, seed=2).digest != once.digest


def test_files_make_no_difference(tmp_path: Path) -> None:
    with Simulation(Workload(people=3, messages=30), BAD_NETWORK, 7, directory=tmp_path, keys=KEYS) as simulation:
        report = simulation.run()
    assert len(list(tmp_path.glob("*.db"))) == 3
    assert report == simulate(BAD_NETWORK, people=3, messages=30, seed=7)


def test_a_run_does_not_depend_on_the_process() -> None:
    """Such as on the order of sets, which differs from process to process."""
    program = (
        "from tests.simulation.support import *;"
        "print(simulate(BAD_NETWORK, people=3, messages=30, devices=(1, 2)).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    with Simulation(Workload(people=2, messages=20), Conditions(), 1, keys=KEYS) as simulation:
        simulation.run(lambda done, total: told.append((done, total)))
    assert told[-1] == (20, 20)
    assert told == sorted(set(told))


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": 1.0},
        {"churn": -0.1},
        {"skew": 21.0},
        {"delay": -1.0},
        {"away": 0.0},
        {"people": 1},
        {"messages": 0},
        {"devices": (1, 4)},
        {"devices": (2, 1)},
        {"contacts": 0},
        {"pace": 0.0},
        {"bursts": 1.5},
        {"public": 0.5, "public_chats": 0},
    ],
    ids=repr,
)
def test_nonsense_is_refused(settings: dict[str, float]) -> None:
    make = Conditions if settings.keys() & Conditions.__dataclass_fields__.keys() else Workload
    with pytest.raises(LocalError):
        make(**settings)  # type: ignore[arg-type]  # wrong values are the point


@pytest.mark.parametrize(
    ("make", "arguments", "named", "sentence"),
    [
        (Conditions, (), {"loss": "0.2"}, "loss of Conditions() is to be a number, not str"),
        (Workload, (), {"people": 1.5}, "people of Workload() is to be a whole number, not float"),
        (Workload, (), {"devices": [1, 2]}, "devices of Workload() is to be a tuple of a whole number, a whole number"),
        (Links, (), {"churn": None}, "churn of Links() is to be a number, not NoneType"),
        (Simulation, (Conditions(), Workload(), 1), {}, "workload of Simulation() is to be Workload, not Conditions"),
        (Simulation, (Workload(), Conditions(), "1"), {}, "seed of Simulation() is to be a whole number, not str"),
        (NodeNetwork, (Load(), Topology(), Links(), 1), {}, "topology of NodeNetwork() is to be Topology, not Load"),
        (
            draw,
            ([[0.1]], "delays", "by hand"),
            {},
            "series of draw() is to be a list or tuple of Series, but number 1 in it is list",
        ),
    ],
)
def test_what_is_of_another_type_is_named(
    make: Any, arguments: tuple[Any, ...], named: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TypeError) as caught:
        make(*arguments, **named)
    assert str(caught.value).startswith(sentence)


def test_delays_are_percentiles() -> None:
    delays = Delays.of(array("d", [float(value) for value in range(100, 0, -1)]))
    assert (delays.count, delays.p50, delays.p95, delays.p99, delays.longest) == (100, 50.0, 95.0, 99.0, 100.0)
    assert Delays.of(array("d")) == Delays()
