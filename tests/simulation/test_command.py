"""``pystatus simulate chat`` and ``network`` as researchers type them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from pystatus.apps.cli.root import app


def run(*arguments: str, command: str = "chat") -> Result:
    result = CliRunner().invoke(app, ["simulate", command, *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


SMALL = ("--people", "3", "--messages", "20", "--contacts", "2")


def test_all_well() -> None:
    result = run(*SMALL)
    assert result.exit_code == 0
    assert "All well." in result.stdout
    assert "until received" in result.stdout
    assert result.stderr == ""


def test_for_programs() -> None:
    result = run(*SMALL, "--devices", "1-2", "--loss", "5", "--skew", "8", "--seed", "7", "--on-disk", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["ok"] is True
    assert (report["seed"], report["people"], report["messages"], report["lost"]) == (7, 3, 20, 0)
    assert report["peak_memory_bytes"] > 10e6
    assert report["wall_seconds"] > 0
    assert len(report["digest"]) == 64
    assert report["latency_p99"] >= report["latency_p50"] > 0


def test_a_loss_ends_with_an_error() -> None:
    result = run(*SMALL, "--without-datasync", "100", "--loss", "70")
    assert result.exit_code == 1
    assert "Not well" in result.stdout
    assert "lost message" in result.stderr


DEVICES = "--devices must be a whole number from 1 to 3, or two with a dash between them, the smaller one first"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--devices", "4"), f"{DEVICES}, not '4'."),
        (("--devices", "many"), f"{DEVICES}, not 'many'."),
        (("--devices", "3-1"), f"{DEVICES}, not '3-1'."),
        (("--loss", "100"), "--loss must be a number from 0 to below 100, not '100'."),
        (("--people", "1"), "--people must be a whole number from 2 to 5000, not '1'."),
    ],
)
def test_nonsense_is_refused_with_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert result.stdout == ""


FEW = ("--nodes", "5", "--seconds", "1")


def test_clocks_that_are_wrong_are_told_for_programs() -> None:
    wrong = ("--clock-wrong", "20", "--clock-error", "300", "--with-topics", "0", "--rate", "2", "--seconds", "20")
    result = run("--nodes", "5", *wrong, "--json", command="network")
    report = json.loads(result.stdout)
    assert (report["parameters"]["clock_wrong"], report["parameters"]["clock_error"]) == (20, 300)
    assert (report["clocks_wrong"], report["clocks_silent"], report["clocks_accused"]) == (1, 0, 0)
    assert report["clocks_said_count"] == 1
    assert report["clocks_said_longest"] > 0
    assert sum(bool(load["clock_error"]) for load in report["loads"]) == 1
    assert result.exit_code == 0


def test_a_network_shows_the_load_of_each_node() -> None:
    result = run(*FEW, command="network")
    assert result.exit_code == 0
    assert "All well." in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["missed", "0", "of"] in [row[:3] for row in rows]
    assert [row[:2] for row in rows if row[1:2] in (["full"], ["topics"])] == [
        *([str(node), "full"] for node in range(3)),
        *([str(node), "topics"] for node in (3, 4)),
        ["mean", "full"],
        ["mean", "topics"],
    ]
    assert result.stderr == ""


def test_a_network_for_programs() -> None:
    result = run(*FEW, "--rate", "20", "--with-topics", "0", "--seed", "7", "--real-time", "--json", command="network")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["ok"] is True
    assert (report["seed"], report["nodes"], report["messages"], report["missed"]) == (7, 5, 20, 0)
    assert report["expected"] == 4 * 20
    assert [load["node"] for load in report["loads"]] == list(range(5))
    assert report["wall_seconds"] >= 1.0
    assert report["longest_lag"] >= 0


def test_a_network_that_is_none_is_refused() -> None:
    result = run("--nodes", "1", command="network")
    assert (result.exit_code, result.stderr) == (2, "--nodes must be a whole number from 2 to 2000, not '1'.\n")


def test_values_that_do_not_go_together_are_refused() -> None:
    result = run("--topics", "2", "--topics-each", "3", command="network")
    assert result.exit_code == 2
    assert result.stderr == (
        "A node cannot ask for 3 topics of 2: lower topics-each, or raise topics, which is 1 to 65536.\n"
    )
