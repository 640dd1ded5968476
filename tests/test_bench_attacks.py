"""``make bench-attacks`` finds an attack harmless that is, and fails for each bound that does not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.attacks import __main__ as command
from bench.attacks import victims
from bench.attacks.attackers import ATTACKS
from bench.attacks.measuring import Scenario
from bench.attacks.rows import Bounds, Done, Row, Seen

UNHURRIED = Bounds(p99=60.0)
"""Other tests have their part of the machine: no time is too long."""
SHORT = ["--only", "A50", "--seconds", "2"]

SEEN = Seen(sent=100, received=100, p50=0.001, p99=0.01, memory=50_000_000, log=0, disk=0, seconds=10.0)
ROW = Row("A00", SEEN, SEEN, Done(connections=4, packets=1_000, bytes=1_000_000))


def attacked(**changes: float) -> Row:
    return replace(ROW, attacked=replace(SEEN, **changes))  # type: ignore[arg-type]


def test_a_relay_that_is_attacked_for_two_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With processes and sockets, as the command does it."""
    monkeypatch.setitem(command.SCENARIOS, "A50", Scenario(victims.relay, UNHURRIED))
    assert command.main(SHORT) == 0
    said = capsys.readouterr()
    assert said.err == ""
    (row,) = said.out.splitlines()
    assert row.startswith("A50  honest ")
    assert " 0 lost; " in row
    assert row.endswith("  ok")


def test_a_bound_that_does_not_hold_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.SCENARIOS, "A50", Scenario(victims.relay, Bounds(p99=0.0)))
    assert command.main(SHORT) == 1
    said = capsys.readouterr()
    assert said.out.endswith("  MISSED\n")
    assert said.err.startswith("A50: The 99th percentile was ")


def test_a_row_within_all_bounds() -> None:
    assert ROW.exceeded(Bounds()) == []
    assert attacked(p99=0.1, memory=SEEN.memory + (64 << 20), log=10_000, disk=1_000_000).exceeded(Bounds()) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (attacked(received=99), "A00: 1 of 100 things that honest people said were lost."),
        (attacked(p99=0.101), "A00: The 99th percentile was 101.0 ms; 100.0 ms are allowed."),
        (attacked(memory=120_000_000), "A00: Memory grew by 70.0 MB; 67.1 MB are allowed."),
        (attacked(log=10_010), "A00: The log grew by 1001 bytes a second; 1000 are allowed."),
        (
            attacked(disk=1_100_000),
            "A00: 1.10 MB were written to the disk; 1.00 MB are allowed, which is what attackers sent.",
        ),
        (replace(ROW, done=Done(4, 0, 0)), "A00: The attackers sent nothing, so this was no attack."),
    ],
)
def test_every_bound_has_its_sentence(row: Row, sentence: str) -> None:
    assert row.exceeded(Bounds()) == [sentence]


def test_where_the_quiet_machine_is_the_measure() -> None:
    assert attacked(p99=0.019).exceeded(Bounds(p99=0.001, times_quiet=2.0)) == []
    assert len(attacked(p99=0.021).exceeded(Bounds(p99=0.001, times_quiet=2.0))) == 1


def test_what_honest_people_alone_write_to_the_disk_is_not_the_attackers() -> None:
    quiet = replace(SEEN, disk=1_000, seconds=1.0)
    assert Row("A00", quiet, replace(SEEN, disk=12_000), ROW.done).disk == 2_000


def test_every_attack_has_a_victim() -> None:
    assert list(ATTACKS) == list(command.SCENARIOS)


def test_an_attack_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(["--only", "A99"])
    assert left.value.code == 2
    assert "invalid choice: 'A99'" in capsys.readouterr().err
