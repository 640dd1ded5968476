"""Who imports whom, between the packages and modules at the top of a package."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = ("__init__", "__main__")
"""What gives names to importers and starts the program: it imports from everywhere, and nothing imports it."""


@dataclass(frozen=True)
class House:
    """The parts of a package, and the arrows between them."""

    arrows: Mapping[str, frozenset[str]]
    """For each part the parts that it imports."""
    packages: frozenset[str]
    """The parts that are packages; the others are single files."""
    sentences: Mapping[str, str]
    """The first sentence of each part's docstring."""

    def reached(self, part: str) -> frozenset[str]:
        """What it imports, and what those import, and so on."""
        found: set[str] = set()
        waiting = [*self.arrows[part]]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.arrows[one]
        return frozenset(found)

    def foundations(self) -> frozenset[str]:
        """The single files that import single files only."""
        files = self.arrows.keys() - self.packages
        return frozenset(one for one in files if not self.reached(one) & self.packages)


def house(package: Path) -> House:
    """Read the source of a package.

    :raises ValueError: two of its parts import each other.
    """
    arrows: dict[str, frozenset[str]] = {}
    sentences: dict[str, str] = {}
    paths = {path.stem: path for path in sorted(package.iterdir()) if _is_part(path)}
    for part, path in paths.items():
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
        named = {name for tree in trees for name in imported(tree, package.name)}
        arrows[part] = frozenset(named & paths.keys() - {part})
        first = ast.get_docstring(trees[0]) or ""
        sentences[part] = " ".join(first.partition("\n\n")[0].split()).partition(". ")[0].rstrip(".")
    found = House(arrows, frozenset(part for part, path in paths.items() if path.is_dir()), sentences)
    for part in paths:
        if part in found.reached(part):
            raise ValueError(f"{part} imports itself by way of others")
    return found


def _is_part(path: Path) -> bool:
    if path.is_dir():
        return any(path.rglob("*.py"))
    return path.suffix == ".py" and path.stem not in LEFT_OUT


def imported(tree: ast.AST, root: str) -> Iterator[str]:
    """The parts of the package ``root`` that a module names in its imports, those inside of functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == root:
            names = [f"{root}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [node.module]
        else:
            continue
        for name in names:
            top, _, below = name.partition(".")
            if top == root and below:
                yield below.partition(".")[0]
