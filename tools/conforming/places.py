"""Where requirements are named: ``Implements:`` lines in the source, markers on the tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path("src") / "pystatus"
TESTS = Path("tests")
LINE = re.compile(r"^\s*Implements:(.*)$", re.MULTILINE)
IDS = re.compile(r"[A-Z]{2}-\d+(?:, [A-Z]{2}-\d+)*")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, order=True)
class Place:
    """A file, by its path in the repository, and what is defined in it; empty: the whole module."""

    file: str
    name: str = ""


def implementations(root: Path) -> Iterator[tuple[str, Place]]:
    """(requirement, place) for every id of an ``Implements:`` line in the source.

    :raises ValueError: a line that is no list of ids, with its place.
    """
    for path in sorted((root / SOURCE).rglob("*.py")):
        file = path.relative_to(root).as_posix()
        for name, text in documented(ast.parse(path.read_text(encoding="utf-8"))):
            for line in LINE.findall(text):
                if IDS.fullmatch(line.strip()) is None:
                    raise ValueError(f"{file}: write ids with commas between them, not “Implements:{line}”")
                for requirement in line.strip().split(", "):
                    yield requirement, Place(file, name)


def documented(tree: ast.Module | Definition, outer: str = "") -> Iterator[tuple[str, str]]:
    """(qualified name, text) of every docstring: of the module, of what it defines, behind constants and fields."""
    name = outer
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from documented(statement, f"{outer}.{statement.name}".lstrip("."))
            case ast.Expr(ast.Constant(str(text))):
                yield name, text
            case ast.Assign([ast.Name(target)]) | ast.AnnAssign(ast.Name(target)):
                name = f"{outer}.{target}".lstrip(".")
                continue
        name = outer


def proofs(root: Path) -> Iterator[tuple[str, Place]]:
    """(requirement, place) for every ``@pytest.mark.requirement`` of the tests, named as pytest does.

    :raises ValueError: a marker whose arguments are no text.
    """
    for path in sorted((root / TESTS).rglob("test_*.py")):
        yield from _marked(ast.parse(path.read_text(encoding="utf-8")), Place(path.relative_to(root).as_posix()))


def _marked(tree: ast.Module | ast.ClassDef, outer: Place) -> Iterator[tuple[str, Place]]:
    for node in tree.body:
        if not isinstance(node, Definition):
            continue
        place = Place(outer.file, f"{outer.name}::{node.name}" if outer.name else node.name)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.requirement":
                for argument in decorator.args:
                    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                        raise ValueError(f"{place.file}: {place.name} names a requirement by {ast.unparse(argument)}")
                    yield argument.value, place
        if isinstance(node, ast.ClassDef):
            yield from _marked(node, place)
