"""The lists of mutants: small changes of the source, each of which breaks one requirement."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.conforming.places import proofs

FOLDER = Path("tests") / "mutants"
PACKAGE = Path("src") / "pystatus"
KEYS = {"file", "in", "old", "new"}


class Fault(Exception):
    """A list says something that is not so; a sentence."""


@dataclass(frozen=True)
class Mutant:
    """One change of the source."""

    page: str
    row: str
    """The requirement that it breaks."""
    file: str
    """The end of its path, so that a module may move: only one such file has the place."""
    place: str
    """``function``, ``Class``, ``Class.method`` or a constant, in which the text is searched."""
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.row}: {self.file}: {self.place}: {shown(self.old)} -> {shown(self.new)}"

    def applied(self, source: str) -> str:
        """The file, which has the place, with the change.

        :raises Fault: the text is not there exactly once, or no Python comes of it.
        """
        start, end = self._span(source)
        found = source.count(self.old, start, end)
        if found != 1:
            raise Fault(f"{self}: the text is there {found} times, not once")
        at = source.index(self.old, start, end)
        changed = source[:at] + self.new + source[at + len(self.old) :]
        try:
            compile(changed, self.file, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise Fault(f"{self}: the changed file is no Python: {error.msg}") from error
        return changed

    def path(self, files: Iterable[Path]) -> Path:
        """The one of these files that has the place.

        :raises Fault: there is none, or more than one.
        """
        named = [path for path in files if path.as_posix().endswith(f"/{self.file}")]
        found = [path for path in named if self._node(path.read_text(encoding="utf-8"))]
        if not found:
            missing = f"{self.place} in {self.file}" if named else f"file {self.file}"
            raise Fault(f"{self}: there is no {missing}")
        if len(found) > 1:
            folders = ", ".join(path.parent.name for path in found)
            raise Fault(f"{self}: there is such a place in several folders, {folders}: name one")
        return found[0]

    def _node(self, source: str) -> ast.stmt | None:
        body: list[ast.stmt] = ast.parse(source).body
        node: ast.stmt | None = None
        for name in self.place.split("."):
            node = next((one for one in body if name in _names(one)), None)
            body = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
        return node

    def _span(self, source: str) -> tuple[int, int]:
        """Where the place begins, behind its docstring, and where it ends: positions in the text."""
        node = self._node(source)
        assert node is not None
        body = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
        first, column = node.lineno, node.col_offset
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1:
            first, column = body[1].lineno, body[1].col_offset
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return _position(source, first, column), _position(source, node.end_lineno, node.end_col_offset)


def _names(node: ast.stmt) -> list[str]:
    """What a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _position(source: str, line: int, column: int) -> int:
    """:param column: bytes of UTF-8 in the line, as :mod:`ast` counts."""
    lines = source.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())


def shown(text: str) -> str:
    """On one line."""
    return repr(text) if not text or "\n" in text else f"`{text}`"


@dataclass(frozen=True)
class Requirements:
    """What the specification says, and which tests claim to prove it."""

    rows: dict[str, dict[str, str]]
    """Page -> requirement -> level."""
    tests: dict[str, list[str]]
    """Requirement -> tests, as pytest calls them."""

    @classmethod
    def read(cls, root: Path) -> Requirements:
        families = json.loads((root / "tests" / "requirements.json").read_text(encoding="utf-8"))
        rows = {
            _page(family["title"]): {row: level for row, (level, _) in family["requirements"].items()}
            for family in families
        }
        tests: dict[str, list[str]] = defaultdict(list)
        for row, place in proofs(root):
            tests[row].append(f"{place.file}::{place.name}")
        return cls(rows, dict(tests))

    def musts(self, page: str) -> list[str]:
        """The requirements of a page that are a must, in part at least, and are built: some test claims to prove it."""
        return [row for row, level in self.rows[page].items() if "MUST" in level.upper() and row in self.tests]


def _page(title: str) -> str:
    """The name of the list of a page: ``Waku usage (10/WAKU-USAGE)`` is ``waku-usage``."""
    return re.sub(r"\W+", "-", title.partition("(")[0].strip().lower())


def mutants(root: Path) -> list[Mutant]:
    """All lists, in the order of the pages.

    :raises Fault: a list is not what it should be.
    """
    return [
        one for path in sorted((root / FOLDER).glob("*.toml")) for one in listed(path.stem, path.read_text("utf-8"))
    ]


def listed(page: str, text: str) -> list[Mutant]:
    """The mutants of one list.

    :raises Fault: it is not what it should be.
    """
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{page}.toml: {error}") from error
    found = []
    for row, entries in rows.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if not isinstance(entry, dict) or set(entry) != KEYS or not all(isinstance(e, str) for e in entry.values()):
                raise Fault(f"{page}.toml: {row}: a mutant has {', '.join(sorted(KEYS))}, which are text")
            found.append(Mutant(page, row, entry["file"], entry["in"], entry["old"], entry["new"]))
    return found


def sources(root: Path) -> list[Path]:
    """All files that mutants may be made of."""
    return sorted((root / PACKAGE).rglob("*.py"))


def check(mutant: Mutant, files: Iterable[Path]) -> str:
    """The changed file.

    :raises Fault: the mutant cannot be made of the source.
    """
    if mutant.old == mutant.new:
        raise Fault(f"{mutant}: it changes nothing")
    return mutant.applied(mutant.path(files).read_text(encoding="utf-8"))
