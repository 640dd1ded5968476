"""Write ``docs/commands.md``: the exit codes, and what the options of all commands may hold, from the code."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from pystatus.apps.cli.exits import MEANINGS
from pystatus.apps.cli.root import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

INTRODUCTION = """# All commands: exit codes, and what their options may hold

For scripts. Written from the code by `tools/commands.py`; `pystatus COMMAND --help` has the same and more. Every
command but `demo` takes `--json` as well: then an error is `{"error": "sentence"}` on standard error, and where there
are several mistakes (a settings file) also `"errors": [...]`, each by itself.

A value that an option may not have is refused with exit code 2 and a sentence that names the option, its variable or
the key in the file, before anything is begun; none is rounded or cut. Numbers are in decimal digits, times in seconds.

## Exit codes
"""

STREAMS = """
Standard output that is closed or full is 1, with a sentence. Standard error that is closed, full or without a reader
changes nothing: what would be said is lost. Standard input that is closed is a sentence where something has to be read.

Under systemd or Docker a node that ends with 1 may be started again: its database was away, for example. With 2 that
helps nothing (`RestartPreventExitStatus=2` in `packaging/systemd`).

## Options and arguments
"""


def exit_codes() -> Iterator[str]:
    """A row for each code."""
    yield "| code | meaning |"
    yield "|---|---|"
    for code, meaning in MEANINGS.items():
        yield f"| {code.value} | {meaning} |"


def options(command: Any) -> Iterator[str]:
    """A row for each argument and option of a command that takes a value."""
    for parameter in command.params:
        if getattr(parameter, "is_flag", False):
            continue
        name = parameter.metavar if parameter.param_type_name == "argument" else max(parameter.opts, key=len)
        variable = f", `{parameter.envvar}`" if parameter.envvar else ""
        allowed = parameter.type_descriptor.parameter_info.parser.kind.allowed.replace("|", "\\|")
        yield f"| `{name}`{variable} | {_default(parameter)} | {allowed} |"


def _default(parameter: Any) -> str:
    return "" if parameter.default is None or not parameter.show_default else f"`{parameter.default}`"


def commands(command: Any, words: str = "pystatus") -> Iterator[str]:
    """A section for each command that has anything to say."""
    below = getattr(command, "commands", None)
    if below is not None:
        for name in command.list_commands(None):
            yield from commands(below[name], f"{words} {name}")
        return
    rows = list(options(command))
    if rows:
        yield from (f"\n### {words}\n", "| argument or option | default | what it may be |", "|---|---|---|", *rows)


def page() -> str:
    """The whole page."""
    lines: Iterable[str] = (INTRODUCTION, *exit_codes(), STREAMS, *commands(typer.main.get_command(app)))
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the page with the code")
    action.add_argument("--write", action="store_true", help="write the page")
    if parser.parse_args().write:
        PAGE.write_text(page())
    elif not PAGE.exists() or PAGE.read_text() != page():
        raise SystemExit("docs/commands.md is not that of the code; run `make commands`")


if __name__ == "__main__":
    main()
