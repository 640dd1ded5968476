"""Scripts that call the commands as before are still understood."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pystatus.apps.cli.root import app
from tests.survival.changes import unintended
from tests.survival.command_lines import parse, variables

MADE = Path(__file__).parent / "made"
BEFORE = json.loads((MADE / "options.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def commands() -> Any:
    return typer.main.get_command(app)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the command lines name."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


def refused(commands: Any, lines: list[list[str]]) -> Iterator[str]:
    """The command lines that are not taken, and why."""
    for line in lines:
        try:
            parse(commands, line)
        except Exception as error:  # whatever the library of commands has for a refusal
            yield f"{shlex.join(line)}: {getattr(error, 'message', None) or repr(error)}"


def test_every_command_line_of_before_is_taken(commands: Any) -> None:
    assert len(BEFORE["lines"]) > 250
    assert unintended(refused(commands, BEFORE["lines"])) == []


def test_every_variable_of_before_is_read(commands: Any) -> None:
    now = set(variables(commands))
    assert BEFORE["variables"]
    assert unintended(f"{each} is read no more" for each in BEFORE["variables"] if tuple(each) not in now) == []


@pytest.mark.parametrize(
    "line",
    [
        ["node", "--no-such-option"],
        ["no-such-command"],
        ["send", "alice", "#status"],
        ["node", "--workers", "many"],
        ["node", "--listen"],
    ],
)
def test_a_command_line_that_is_wrong_is_noticed(commands: Any, line: list[str]) -> None:
    assert len(list(refused(commands, [line]))) == 1
