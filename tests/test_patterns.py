"""Every regular expression of the source takes time in proportion to the text that it is given: what others send may be
made so that one that begins anew at each character, or divides a text in every possible way, takes minutes."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

import pystatus
from tests.support.effort import Effort

SOURCE = Path(pystatus.__file__).parent
LENGTHS = (32, 2_048, 24_576)
"""Characters of a text: what takes exponential time is found with the fewest; with the most, what takes quadratic time
takes some 0.1 seconds and more, and all else milliseconds."""
SLOWEST = 24
"""Texts of one length that are tried with the next one."""
LONGEST = 0.06
"""Seconds."""
MOST_SIGNS = 24
"""Characters of the alphabet of a pattern that are repeated."""
PAIRS = 40
"""Pairs of them that are, too."""
_METHODS = ("search", "match", "fullmatch", "sub", "findall", "finditer", "split")


@dataclass(frozen=True)
class Use:
    """A pattern, and a method that is called with it somewhere."""

    where: str
    pattern: re.Pattern[Any]
    method: str

    def __str__(self) -> str:
        return f"{self.where}.{self.method}"

    def run(self, text: str) -> None:
        given: Any = text if isinstance(self.pattern.pattern, str) else text.encode("latin-1", "ignore")
        if self.method == "sub":
            self.pattern.sub(given[:0], given)
        elif self.method == "finditer":
            for _ in self.pattern.finditer(given):
                pass
        else:
            getattr(self.pattern, self.method)(given)


def uses() -> Iterator[Use]:
    """All in the source."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "re." in text and "import re" in text:
            yield from uses_in(ast.parse(text), ".".join(("pystatus", *file.relative_to(SOURCE).with_suffix("").parts)))


def uses_in(tree: ast.Module, name: str) -> Iterator[Use]:
    """Those in one module: patterns that have a name there, and those that are written where they are used."""
    module = importlib.import_module(name.removesuffix(".__init__"))
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, method = node.func.value, node.func.attr
        if method not in _METHODS or not isinstance(owner, ast.Name):
            continue
        if owner.id == "re":
            expression = ast.unparse(node.args[0])
            try:
                written = eval(expression, dict(vars(module)))  # of our own source
            except NameError:  # an argument
                continue
            yield Use(f"{name}:{node.lineno}", re.compile(written), method)
        elif isinstance(vars(module).get(owner.id), re.Pattern):
            found.add((owner.id, method))
    for named, method in sorted(found):
        yield Use(f"{name}.{named}", vars(module)[named], method)


def signs(pattern: re.Pattern[Any]) -> list[str]:
    """Characters that a pattern distinguishes, and some that it may not know."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found: dict[int, None] = {}

    def walk(node: Any) -> None:
        if isinstance(node, tuple) and len(node) == 2 and str(node[0]) in ("LITERAL", "NOT_LITERAL"):
            found[node[1]] = None
        elif isinstance(node, tuple) and len(node) == 2 and str(node[0]) == "RANGE":
            found.update(dict.fromkeys(node[1]))
        elif isinstance(node, list | tuple) or hasattr(node, "data"):
            for child in getattr(node, "data", node):
                walk(child)

    walk(cast(Any, re)._parser.parse(text, pattern.flags & ~re.UNICODE))
    alphabet = [chr(code) for code in found]
    Random(0).shuffle(alphabet)
    return [*alphabet[:MOST_SIGNS], *"a0 \n\x90\0"]


def longest(use: Use) -> tuple[float, str]:
    """The seconds that the worst of many texts takes, and what it repeats."""
    alphabet = signs(use.pattern)
    draw = Random(1)
    pieces = [*alphabet, *(draw.choice(alphabet) + draw.choice(alphabet) for _ in range(PAIRS))]
    tries = [(piece, *ends) for piece in pieces for ends in (("", "\0"), (alphabet[0], draw.choice(alphabet)))]
    worst = 0.0, ""
    for length in LENGTHS:
        found = []
        for piece, before, behind in tries:
            text = before + piece * (length // len(piece)) + behind
            with Effort() as effort:
                use.run(text)
            found.append((effort.seconds, piece, before, behind))
            worst = max(worst, (effort.seconds, piece))
            if worst[0] > LONGEST:
                return worst
        tries = [one[1:] for one in sorted(found, reverse=True)[:SLOWEST]]
    return worst


@functools.cache
def all_uses() -> tuple[Use, ...]:
    return tuple(uses())


def test_no_text_makes_one_take_long() -> None:
    slow = []
    for use in all_uses():
        seconds, piece = longest(use)
        if seconds > LONGEST:
            slow.append(f"{use}: {use.pattern.pattern!r} takes {seconds:.2f} s of {piece!r} repeated")
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize(
    ("planted", "method"),
    [(r"[0-9]+\.?[0-9]*x", "fullmatch"), (r"\x90[^\x9c]*+\x9c", "sub"), (r"(a|aa)+b", "match")],
)
def test_one_that_is_planted_is_found(planted: str, method: str) -> None:
    assert longest(Use("planted", re.compile(planted), method))[0] > LONGEST


def test_all_are_looked_at() -> None:
    """But for those that a function is given, which are looked at where they are written."""
    compiled = sum(file.read_text(encoding="utf-8").count("= re.compile(") for file in SOURCE.rglob("*.py"))
    assert len({use.pattern for use in all_uses()}) >= compiled > 60
