"""Where citations stand: docstrings and comments of Python, and the text of other files."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Passage:
    """Text that belongs together, so that a citation may go over the end of a line."""

    text: str
    line: int
    """The line of the file, from 1, in which the text begins."""

    def line_of(self, offset: int) -> int:
        return self.line + self.text.count("\n", 0, offset)


def passages(path: Path) -> Iterator[Passage]:
    """All passages of a file.

    :raises SyntaxError: a Python file that Python cannot read.
    """
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield Passage(source, 1)
        return
    yield from docstrings(ast.parse(source))
    yield from comments(source)


def docstrings(tree: ast.AST) -> Iterator[Passage]:
    """Every string that stands alone: those of modules, classes and functions, and those behind a constant or field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield Passage(node.value.value, node.lineno)


def comments(source: str) -> Iterator[Passage]:
    """Comments; those in lines behind each other are one passage."""
    texts: list[str] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if texts and line != first + len(texts):
            yield Passage("\n".join(texts), first)
            texts = []
        if not texts:
            first = line
        texts.append(token.string.lstrip("#:").strip())
    if texts:
        yield Passage("\n".join(texts), first)
