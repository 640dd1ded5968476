"""Where a method, a command and a test of a feature are: what is named has to exist."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

import pystatus
from pystatus.apps.cli.root import app

COMMANDS = Path("docs") / "commands.md"


def place_of_call(name: str) -> Path | None:
    """The file of the repository that defines what is exported as ``name``, or is an attribute of it (``Class.name``).
    None: there is no such thing."""
    owner, _, attribute = name.partition(".")
    kind = getattr(pystatus, owner, None)
    if kind is None:
        return None
    if not attribute:
        return _source(kind)
    for base in inspect.getmro(kind) if inspect.isclass(kind) else ():
        if attribute in vars(base) or attribute in getattr(base, "__annotations__", {}):
            return _source(base)
    return None


def _source(thing: Any) -> Path | None:
    file = inspect.getsourcefile(inspect.unwrap(thing))
    return None if file is None else Path("src") / "pystatus" / Path(file).relative_to(_package())


def _package() -> Path:
    assert pystatus.__file__ is not None
    return Path(pystatus.__file__).parent


@cache
def commands() -> frozenset[str]:
    """The words of each command."""

    def below(command: Any, words: str) -> list[str]:
        more = getattr(command, "commands", None)
        if more is None:
            return [words]
        return [one for name in command.list_commands(None) for one in below(more[name], f"{words} {name}".strip())]

    return frozenset(below(typer.main.get_command(app), ""))


def has_test(name: str, root: Path) -> bool:
    """Whether ``file::function`` is a test of the repository."""
    file, *names = name.split("::")
    path = root / file
    if not path.is_file() or not names or not names[-1].startswith("test_"):
        return False
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for one in names:
        found = [
            node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == one
        ]
        if not found:
            return False
        body = found[0].body
    return True
