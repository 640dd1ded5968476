"""``docs/features.md``: what users can do, with the method, the command and the test of each feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.featuring.places import COMMANDS, commands, has_test, place_of_call
from tools.featuring.rows import DATA, TABLE, Feature, Row, specified

PAGE = Path("docs") / "features.md"
HEAD = """# What users can do

For those who want to know what works, and what proves it. The rows are those of the table of what people could do
in the clients of this network ([payloads.md §17](spec/payloads.md#17-what-users-can-do-in-the-existing-clients));
below each are its features, with what a program calls ([bots.md](bots.md)), the command
([commands.md](commands.md)) and the tests that do it. *Waits* is what does not exist yet, with what it waits for.

Written from `tools/featuring/features.toml` by `make features`. `make check` compares, and fails for a row that is
missing, or for a method, a command or a test that does not exist.
"""


def faults(rows: Sequence[Row], root: Path) -> Iterator[str]:
    """What does not fit together, as sentences."""
    listed, wanted = [(row.area, row.says) for row in rows], specified(root)
    for area, says in wanted:
        if (area, says) not in listed:
            yield f"{DATA.as_posix()}: the row {area!r}, {says!r} of {TABLE.as_posix()} is missing"
    for area, says in listed:
        if (area, says) not in wanted:
            yield f"{DATA.as_posix()}: {TABLE.as_posix()} has no row {area!r}, {says!r}"
        if listed.count((area, says)) > 1:
            yield f"{DATA.as_posix()}: the row {area!r}, {says!r} is there twice"
    for row in rows:
        if not row.features:
            yield f"{DATA.as_posix()}: no feature of {row.says!r} is named"
        for feature in row.features:
            yield from _faults_of(feature, root)


def _faults_of(feature: Feature, root: Path) -> Iterator[str]:
    where = f"{DATA.as_posix()}: {feature.what!r}"
    does = bool(feature.calls or feature.commands)
    if feature.waits and (does or feature.tests):
        yield f"{where} waits for something, and is done"
    if not feature.waits and not (does and feature.tests):
        yield f"{where} needs a method or a command, and a test; or say what it waits for"
    for call in feature.calls:
        if place_of_call(call) is None:
            yield f"{where}: pystatus has no {call}"
    for command in feature.commands:
        if command not in commands():
            yield f"{where}: there is no command “pystatus {command}”"
    for test in feature.tests:
        if not has_test(test, root):
            yield f"{where}: there is no test {test}"


def page(rows: Sequence[Row], root: Path) -> str:
    """The text of the page."""
    lines = [HEAD]
    headings = (root / COMMANDS).read_text(encoding="utf-8")
    area = ""
    for row in rows:
        if row.area != area:
            area = row.area
            lines += [f"## {area.capitalize()}", ""]
        lines += [f"*{row.says}*", "", "| feature | method or event | command | test |", "|---|---|---|---|"]
        lines += [_line(feature, headings) for feature in row.features]
        lines.append("")
    return "\n".join(lines)


def _line(feature: Feature, headings: str) -> str:
    if feature.waits:
        return f"| {feature.what} | *waits for {feature.waits}* | | |"
    calls = "<br>".join(f"[`{call}`](../{_posix(place_of_call(call))})" for call in feature.calls)
    words = "<br>".join(f"[`{command}`]({_of_command(command, headings)})" for command in feature.commands)
    tests = "<br>".join(f"[{test.partition('::')[2]}](../{test.partition('::')[0]})" for test in feature.tests)
    return f"| {feature.what} | {calls} | {words} | {tests} |"


def _posix(path: Path | None) -> str:
    return "" if path is None else path.as_posix()


def _of_command(command: str, headings: str) -> str:
    """Where a command is on its page: one without an argument has no heading there."""
    has_heading = f"### pystatus {command}\n" in headings
    return f"commands.md#pystatus-{command.replace(' ', '-')}" if has_heading else "commands.md"
