"""``packaging/man``: a man page for each command, from the same source as its help.

python tools/manpages.py --write     writes them
python tools/manpages.py --check     compares them with the code
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from pystatus.apps.cli.exits import MEANINGS
from pystatus.apps.cli.root import app
from pystatus.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "packaging" / "man"


def escaped(text: str) -> str:
    """Text in which roff finds nothing of its own (groff_char(7))."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.splitlines())


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a help text."""
    for number, paragraph in enumerate(textwrap.dedent(text).strip().split("\n\n")):
        if number:
            yield ".PP"
        yield escaped(" ".join(paragraph.split()))


def usage(command: Any, words: str) -> str:
    """How a command is called."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    named = " ".join(one.metavar if one.required else f"[{one.metavar}]" for one in arguments)
    return f".B {escaped(words)}\n[\\fIoptions\\fR] {escaped(named)}".rstrip()


def options(command: Any) -> Iterator[str]:
    """The arguments and options of a command."""
    for one in command.params:
        is_argument = one.param_type_name == "argument"
        shown = one.metavar if is_argument else ", ".join((*one.opts, *one.secondary_opts))
        metavar = "" if is_argument or getattr(one, "is_flag", False) else f" \\fI{escaped(one.metavar or 'VALUE')}\\fR"
        yield f".TP\n\\fB{escaped(str(shown))}\\fR{metavar}"
        environment = f" Environment: {one.envvar}." if one.envvar else ""
        yield from paragraphs(f"{one.help or ''}{environment}")


def described(command: Any, words: str) -> Iterator[str]:
    """A command and those below it."""
    below = getattr(command, "commands", None)
    if below is not None:
        for name in command.list_commands(None):
            yield f".SS {escaped(f'{words} {name}')}"
            yield from described(below[name], f"{words} {name}")
        return
    yield usage(command, words)
    yield ".PP"
    yield from paragraphs(command.help or "")
    yield from options(command)
    yield ".PP"


def page(name: str, command: Any) -> str:
    """The page of one command of ``pystatus``."""
    words = f"pystatus {name}"
    summary = (command.help or command.short_help or "").strip().split("\n\n")[0]
    codes = [f".TP\n{code.value}\n{escaped(meaning.replace('`', ''))}" for code, meaning in MEANINGS.items()]
    lines = [
        f'.TH "PYSTATUS\\-{escaped(name.upper())}" 1 "" "pystatus {VERSION}"',
        ".SH NAME",
        f"pystatus\\-{escaped(name)} \\- {escaped(' '.join(summary.split()))}",
        ".SH SYNOPSIS" if not hasattr(command, "commands") else ".SH COMMANDS",
        *described(command, words),
        ".SH EXIT STATUS",
        *codes,
        ".SH SEE ALSO",
        ".BR pystatus (1)",
    ]
    return "\n".join(lines) + "\n"


def overview(commands: dict[str, Any]) -> str:
    """The page of ``pystatus`` itself."""
    lines = [
        f'.TH PYSTATUS 1 "" "pystatus {VERSION}"',
        ".SH NAME",
        "pystatus \\- private messages over an open peer\\-to\\-peer network (Status v1)",
        ".SH SYNOPSIS",
        ".B pystatus\n\\fICOMMAND\\fR [\\fIarguments\\fR]",
        ".SH COMMANDS",
    ]
    for name, command in commands.items():
        summary = (command.help or command.short_help or "").strip().split("\n\n")[0]
        lines += [f".TP\n.BR pystatus\\-{escaped(name)} (1)", escaped(" ".join(summary.split()))]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """All of them, by file name."""
    root: Any = typer.main.get_command(app)
    commands = {name: root.commands[name] for name in root.list_commands(None)}
    found = {f"pystatus-{name}.1": page(name, command) for name, command in commands.items()}
    return {"pystatus.1": overview(commands), **found}


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the pages")
    action.add_argument("--check", action="store_true", help="compare them with the code")
    arguments = parser.parse_args()
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.1")}
    if arguments.write:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in there.keys() - wanted.keys():
            (FOLDER / name).unlink()
        for name, text in wanted.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    if there != wanted:
        print("the man pages are not what the code says: run python tools/manpages.py --write")
    return int(there != wanted)


if __name__ == "__main__":
    sys.exit(main())
