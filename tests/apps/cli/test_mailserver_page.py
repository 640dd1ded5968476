"""The commands of docs/mailserver.md exist, with the options that it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.apps.support import Cli

PAGE = (Path(__file__).parents[3] / "docs" / "mailserver.md").read_text(encoding="utf-8")
BLOCKS = "".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
COMMANDS = [tuple(shlex.split(line, comments=True)[1:]) for line in BLOCKS.splitlines() if line.startswith("pystatus ")]


def test_the_commands_were_found() -> None:
    assert len(COMMANDS) == 8


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_of_the_page_exists_with_its_options(cli: Cli, command: tuple[str, ...]) -> None:
    name = command[:2] if command[0] == "archive" else command[:1]
    known = set(re.findall(r"--[a-z-]+", cli.text(*name, "--help")))
    assert {word for word in command if word.startswith("--")} <= known
