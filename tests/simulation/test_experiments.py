"""``pystatus simulate`` for researchers: sweeps and repetitions, what is echoed, samples, pictures, and their page."""

from __future__ import annotations

import csv
import json
import re
import shlex
import signal
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer
from typer.testing import CliRunner, Result

from pystatus.apps.cli.root import app
from pystatus.apps.cli.simulation_runs import NO_PARAMETERS
from pystatus.simulation.experiment import HIGHEST_SEED
from pystatus.simulation.picture import CURVE_POINTS, Series, draw
from pystatus.version import VERSION
from tests.apps.support import PATIENCE, Running, Terminal, contents

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
SMALL = {
    "chat": ("--people", "3", "--messages", "12", "--contacts", "2"),
    "network": ("--nodes", "5", "--seconds", "1"),
    "discovery": (
        "--nodes",
        "20",
        "--bootnodes",
        "2",
        "--searching",
        "0",
        "--joining",
        "2",
        "--settling",
        "8",
        "--seconds",
        "10",
        "--lookups",
        "2",
        "--loss",
        "0",
    ),
}
UNREPEATABLE = {"run", "wall_seconds", "peak_memory_bytes", "cpu_seconds", "core_share", "longest_lag", "loads"}
"""Fields that the computer decides, and which run it was."""

Json = dict[str, Any]


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["simulate", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def reports(*arguments: str | Path) -> list[Json]:
    result = run(*arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def repeatable(report: Json) -> Json:
    return {name: value for name, value in report.items() if name not in UNREPEATABLE}


def options(command: str) -> set[str]:
    """Every option of a command that says something of a run, as the parameters are named."""
    group: Any = typer.main.get_command(app)
    params = group.commands["simulate"].commands[command].params
    return {param.name for param in params if param.name not in (*NO_PARAMETERS, "help")}


@pytest.mark.parametrize("command", SMALL)
def test_every_parameter_is_echoed_and_makes_the_run_again(command: str) -> None:
    more = () if command == "discovery" else ("--away", "2.5")
    first, second = reports(command, *SMALL[command], "--churn", "10", *more, "--seed", "7", "--repeat", "2")
    for report in (first, second):
        assert report["parameters"].keys() == options(command)
        program, simulate, *arguments = shlex.split(report["command"])
        assert (program, simulate, report["version"]) == ("pystatus", "simulate", VERSION)
        (again,) = reports(*arguments)
        assert repeatable(again) == repeatable(report)
    assert (first["parameters"]["churn"], first["parameters"].get("away", 2.5)) == (10.0, 2.5)
    assert [one["parameters"]["seed"] for one in (first, second)] == [7, 8]
    assert first["digest"] != second["digest"]


def test_switches_and_ranges_are_echoed_as_they_are_typed() -> None:
    (report,) = reports("chat", *SMALL["chat"], "--devices", "1-2", "--on-disk")
    assert (report["parameters"]["devices"], report["parameters"]["on_disk"]) == ("1-2", True)
    assert " --devices 1-2 " in report["command"]
    assert report["command"].endswith(" --on-disk")


def test_a_sweep_has_each_value_with_the_same_seeds() -> None:
    found = reports("chat", *SMALL["chat"], "--sweep", "devices=1,1-2", "--repeat", "2", "--seed", "3")
    assert [(one["run"], one["parameters"]["devices"], one["seed"]) for one in found] == [
        (0, "1", 3),
        (1, "1", 4),
        (2, "1-2", 3),
        (3, "1-2", 4),
    ]


def test_people_read_which_run_it_is() -> None:
    result = run("network", *SMALL["network"], "--sweep", "delay=0.05,0.1")
    assert result.stdout.startswith("Run 1 of 2: pystatus simulate network --nodes 5 ")
    assert "\nRun 2 of 2: " in result.stdout
    assert result.stdout.count("All well.") == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("chat", "--sweep", "nonsense=1"), "--sweep: 'nonsense' cannot be swept."),
        (("chat", "--sweep", "seed=1,2"), "--sweep: 'seed' cannot be swept."),
        (("chat", "--sweep", "on-disk=true"), "--sweep: 'on-disk' cannot be swept."),
        (("chat", "--sweep", "samples=a.csv"), "--sweep: 'samples' cannot be swept."),
        (("network", "--sweep", "loss=0,5"), "--sweep: 'loss' cannot be swept. Write for example churn=0,5,20."),
        (("chat", "--sweep", "loss"), "--sweep: the values are missing. Write for example loss=VALUE,VALUE."),
        (("chat", "--sweep", "loss="), "--sweep has 1 to 100 values with commas between them, not 0."),
        (("chat", "--sweep", "loss=0,5", "--sweep", "churn=0,5"), "--sweep is given once, for one option."),
        (("chat", "--sweep", "loss=0,5", "--loss", "0"), "--loss and --sweep loss exclude each other."),
        (("chat", "--seed", str(HIGHEST_SEED), "--repeat", "2"), "--repeat: the seeds would be beyond 92233720368547"),
        (("chat", "--sweep", "loss=5,100"), "--sweep loss must be a number from 0 to below 100, not '100'."),
        (
            ("network", "--sweep", "topics=3,2", "--topics-each", "3"),
            "A node cannot ask for 3 topics of 2: lower topics-each, or raise topics",
        ),
        (("chat", "--repeat", "0"), "--repeat must be a whole number from 1 to 10000, not '0'."),
        (("chat", "--sweep", "loss=1,2", "--repeat", "9000"), "18000 runs are too many."),
        (("chat", "--samples", "delays.txt"), "--samples must be a path that ends with .csv or .jsonl"),
        (("chat", "--picture", "delays.png"), "--picture must be a path that ends with .svg"),
    ],
)
def test_nonsense_is_refused_before_anything_is_run(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)


# samples


def rows(path: Path) -> list[Json]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("command", SMALL)
def test_csv_and_json_lines_have_the_same_rows(command: str, tmp_path: Path) -> None:
    for path in (tmp_path / "delays.csv", tmp_path / "delays.jsonl"):
        reports(command, *SMALL[command], "--sweep", "delay=0.03,0.04", "--samples", path)
    as_csv, as_json = rows(tmp_path / "delays.csv"), rows(tmp_path / "delays.jsonl")
    assert [list(row) for row in as_csv] == [list(row) for row in as_json]
    assert [list(row.values()) for row in as_csv] == [
        ["" if value is None else str(value) for value in row.values()] for row in as_json
    ]
    assert {row["swept_delay"] for row in as_json} == {0.03, 0.04}


def test_the_samples_of_people_are_those_of_the_report(tmp_path: Path) -> None:
    path = tmp_path / "delays.jsonl"
    arguments = (*SMALL["chat"], "--messages", "40", "--public", "40", "--without-datasync", "50", "--loss", "40")
    result = run("chat", *arguments, "--samples", path, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1  # of those without data sync something is lost
    assert report["lost"] > 0

    def delays(measure: str, chat: str) -> list[float | None]:
        return [row["delay"] for row in rows(path) if (row["measure"], row["chat"]) == (measure, chat)]

    private, public = delays("received", "private"), delays("received", "public")
    assert private.count(None) == report["lost"]
    assert public.count(None) == report["public_missed"] > 0
    assert len(private) - private.count(None) == report["latency_count"]
    assert round(max(delay for delay in private if delay), 3) == report["latency_longest"]
    confirmed = delays("confirmed", "private")
    assert confirmed.count(None) == report["unconfirmed"]
    assert len(confirmed) - confirmed.count(None) == report["confirmation_count"]
    assert delays("confirmed", "public") == []
    assert all((row["reader"] is None) == (row["measure"] == "confirmed") for row in rows(path))


def test_the_samples_of_relays_are_those_of_the_report(tmp_path: Path) -> None:
    path = tmp_path / "delays.jsonl"
    arguments = ("--nodes", "5", "--rate", "10", "--seconds", "20", "--churn", "70", "--away", "30")
    (report,) = reports("network", *arguments, "--samples", path)
    delays = [row["delay"] for row in rows(path)]
    assert len(delays) == report["expected"]
    assert delays.count(None) == report["missed"] > 0
    assert len(delays) - delays.count(None) == report["delay_count"]
    kinds = {load["node"]: load["kind"] for load in report["loads"]}
    assert all(kinds[row["reader"]] == row["kind"] for row in rows(path))


@pytest.mark.parametrize("option", ["--samples", "--picture"])
def test_what_cannot_be_written_is_refused_before_the_run(option: str, tmp_path: Path) -> None:
    name = {"--samples": "delays.csv", "--picture": "delays.svg"}[option]
    nowhere = run("chat", *SMALL["chat"], option, tmp_path / "no" / name)
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert nowhere.stderr.startswith(f"{option}: there is no directory {tmp_path / 'no'}. Make it first")
    (tmp_path / name).mkdir()
    assert run("chat", *SMALL["chat"], option, tmp_path / name).exit_code == 2


@pytest.mark.parametrize("option", ["--samples", "--picture"])
def test_what_is_there_stays_unless_somebody_says_otherwise(option: str, tmp_path: Path) -> None:
    kept = tmp_path / {"--samples": "delays.csv", "--picture": "delays.svg"}[option]
    kept.write_text("mine")
    refused = run("chat", *SMALL["chat"], option, kept)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == f"{option}: the file {kept} is there already. Name another one, or add --overwrite.\n"
    assert kept.read_text() == "mine"
    assert run("chat", *SMALL["chat"], option, kept, "--overwrite").exit_code == 0
    assert kept.read_text() != "mine"


@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=lambda one: str(one)
)
def test_what_is_ended_keeps_the_runs_that_were_over_and_nothing_else(
    how: signal.Signals, code: int, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    samples, picture = place / "delays.csv", place / "delays.svg"
    endless = ("--people", "2", "--messages", "40", "--repeat", "10000", "--json")
    files = ("--samples", str(samples), "--picture", str(picture))
    with Running(tmp_path, "simulate", "chat", *endless, *files) as running:
        first = json.loads(running.line())  # of the first run: all files are open
        assert len(contents(place)) == 2
        assert running.stop(how) == code
        told = json.loads(running.errors()[-1])
        finished = [first, *map(json.loads, running.rest())]
    assert told["event"] == "ended-early"
    assert (told["of"], told["files"]) == (10_000, [str(samples), str(picture)])
    assert [one["run"] for one in finished] == list(range(told["runs"]))
    assert sorted(contents(place)) == ["delays.csv", "delays.svg"]
    assert {int(row["run"]) for row in rows(samples)} == set(range(told["runs"]))
    whole = run("chat", "--people", "2", "--messages", "40", "--samples", place / "alone.csv")
    assert whole.exit_code == 0
    assert [row for row in rows(samples) if row["run"] == "0"] == rows(place / "alone.csv")
    assert f"{told['runs']} of 10000 runs" in picture.read_text()


def test_what_is_ended_in_its_first_run_leaves_nothing_behind(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    endless = ("--people", "50", "--messages", "100000", "--samples", str(place / "delays.csv"), "--on-disk")
    with Running(tmp_path, "simulate", "chat", *endless, TMPDIR=str(place)) as running:
        until = time.monotonic() + PATIENCE
        while not any(place.iterdir()) and time.monotonic() < until:
            time.sleep(0.01)
        assert running.stop(signal.SIGTERM) == 143
        told = running.errors()
    assert contents(place) == {}
    assert told[-1] == f"Ended during the run: there is nothing to write into {place / 'delays.csv'}."


def test_programs_learn_that_nothing_is_in_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pystatus.simulation.subjects.Simulation", interrupted)
    result = run("chat", *SMALL["chat"], "--repeat", "3", "--picture", tmp_path / "delays.svg", "--json")
    assert result.exit_code == 130
    assert json.loads(result.stderr) == {"event": "ended-early", "runs": 0, "of": 3, "files": []}
    assert contents(tmp_path) == {}


def test_a_number_that_may_be_a_share_is_never_taken_for_percent() -> None:
    """Every option in percent, of these commands, alone and in a sweep."""
    for command in SMALL:
        group: Any = typer.main.get_command(app)
        params = group.commands["simulate"].commands[command].params
        shares = [max(one.opts, key=len) for one in params if one.metavar == "PERCENT"]
        assert shares
        for option in shares:
            doubtful = run(command, option, "0.2")
            assert (doubtful.exit_code, doubtful.stdout) == (2, "")
            assert doubtful.stderr == f"{option}: 0.2 may be 0.2 % or 20 %. Write 0.2% or 20%.\n"
            swept = run(command, "--sweep", f"{option[2:]}=0,.5")
            assert (swept.exit_code, swept.stdout) == (2, "")
            assert ".5 may be 0.5 % or 50 %. Write 0.5% or 50%." in swept.stderr


def test_percent_with_its_sign_and_without_is_the_same_run() -> None:
    small = ("chat", *SMALL["chat"])
    (bare,), (signed,) = reports(*small, "--loss", "20"), reports(*small, "--loss", "20%")
    assert repeatable(bare) == repeatable(signed)
    assert bare["parameters"]["loss"] == 20
    (little,) = reports(*small, "--loss", "0.5%")
    assert little["parameters"]["loss"] == 0.5
    assert "--loss 0.5%" in little["command"]  # what is echoed can be typed again
    assert repeatable(reports(*shlex.split(little["command"])[2:])[0]) == repeatable(little)
    for wrong in ("%", "20%%", "120%", "-1%", "20 percent"):
        assert run(*small, f"--loss={wrong}").exit_code == 2


# pictures

SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_is_the_same_for_the_same_seed_and_has_a_curve_for_each_value(tmp_path: Path) -> None:
    arguments = ("chat", *SMALL["chat"], "--sweep", "loss=0,30", "--picture")
    for name in ("one.svg", "again.svg"):
        reports(*arguments, tmp_path / name)
    reports(*arguments, tmp_path / "other.svg", "--seed", "2")
    one, again, other = ((tmp_path / name).read_bytes() for name in ("one.svg", "again.svg", "other.svg"))
    assert one == again != other
    picture = ElementTree.fromstring(one)
    assert len(picture.findall(f"{SVG}polyline")) == 2
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert [text.split(":")[0] for text in texts if "half of what arrived" in text] == [
        "loss=0, private",
        "loss=30, private",
    ]
    description = picture.findtext(f"{SVG}desc")
    assert description is not None
    assert shlex.split(description)[-2:] == ["--sweep", "loss=0,30"]
    assert "prefers-color-scheme: dark" in (picture.findtext(f"{SVG}style") or "")


def coordinates(picture: ElementTree.Element) -> list[float]:
    return [
        float(number)
        for line in picture.iter(f"{SVG}polyline")
        for number in re.findall(r"[-\d.]+", line.attrib["points"])
    ]


@pytest.mark.parametrize(
    ("delays", "lost"),
    [
        ([], 0),
        ([], 5),
        ([0.0], 0),
        ([0.0, 0.0], 1),
        ([1e-9, 1e9], 3),
        ([0.2] * 5_000, 0),
        ([0.1 * n for n in range(9)], 1),
    ],
    ids=["nothing", "all lost", "at once", "two at once", "far apart", "many", "few"],
)
def test_whatever_the_samples_are_it_is_a_picture(delays: list[float], lost: int) -> None:
    series = Series("<script>&\"'")
    for delay in [*delays, *[None] * lost]:
        series.add(0, delay)
    picture = ElementTree.fromstring(draw([series], "a title", "a <description>"))
    assert all(0 <= number <= 1_000 for number in coordinates(picture))
    assert len(coordinates(picture)) <= 2 * (CURVE_POINTS + 2)
    assert any(text.text is not None and text.text.startswith("<script>&") for text in picture.iter(f"{SVG}text"))


def test_a_curve_ends_where_the_losses_begin() -> None:
    series = Series("loss=50")
    for run_number in range(2):
        for delay in (0.1, 0.2, None, None):
            series.add(run_number, delay)
    series.add(1, None)
    assert series.lost_by_run == [50.0, 60.0]
    assert series.lost == pytest.approx(100 * 5 / 9)


# the terminal


def test_progress_leaves_the_terminal_clean(tmp_path: Path) -> None:
    with Terminal(tmp_path, "simulate", "chat", *SMALL["chat"], "--repeat", "2") as terminal:
        assert terminal.wait() == 0
    assert "\r\x1b[Krun 2 of 2: " in terminal.screen
    for drawn in re.findall(r"\r\x1b\[K([^\r\n]*)\r\x1b\[K", terminal.screen):
        assert re.fullmatch(r"(run [12] of 2: \d+ of 12 messages)?", drawn)
    assert terminal.screen.endswith("All well.\r\n\r\n")


# the page


def documented(heading: str, end: str) -> set[str]:
    """The names in the column of fields of the tables between two lines of the page."""
    part = PAGE.partition(heading)[2].partition(end)[0]
    cells = [line.split(" | ")[1] for line in part.splitlines() if line.startswith("| ") and line.count(" | ") > 1]
    return {name for cell in cells for name in re.findall(r"`([a-z_0-9]+)`", cell)}


def test_all_fields_are_on_the_page_and_no_others() -> None:
    (chat,) = reports("chat", *SMALL["chat"])
    assert documented("## The report", "## Results") == chat.keys()
    (network,) = reports("network", *SMALL["network"], "--real-time")
    loads = set(network["loads"][0])
    assert documented("## A network of relays", "and of the network:") - {"loads"} == loads
    assert documented("and of the network:", "## Nodes that find each other") == network.keys()
    (discovery,) = reports("discovery", *SMALL["discovery"])
    assert documented("### What is reported", "### What was measured") == discovery.keys()


def test_the_columns_of_samples_are_on_the_page(tmp_path: Path) -> None:
    for command in SMALL:
        path = tmp_path / f"{command}.jsonl"
        reports(command, *SMALL[command], "--samples", path)
        table = PAGE.partition(f"| column of `{command}` |")[2].partition("\n\n")[0]
        cells = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
        names = [name for cell in cells for name in re.findall(r"`([a-z]+)`", cell)]
        assert list(rows(path)[0]) == ["run", "seed", *names]


def test_the_picture_of_the_page_is_what_its_command_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"```sh\npystatus simulate (chat .*?)```", PAGE, re.DOTALL)
    assert block is not None
    arguments = shlex.split(block[1].replace("\\\n", " ").partition(" > ")[0])
    monkeypatch.chdir(tmp_path)
    assert run(*arguments).exit_code == 0
    assert (tmp_path / "delays.svg").read_bytes() == (ROOT / "docs/images/simulation.svg").read_bytes()
    assert {row["swept_loss"] for row in rows(tmp_path / "delays.csv")} == {"0.0", "20.0", "40.0"}
