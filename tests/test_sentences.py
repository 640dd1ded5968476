"""Every error of ours is a sentence: it begins like one and ends like one, whatever it quotes in between."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[1] / "src" / "pystatus"

PARTS = {
    "arguments.py": "what follows the name of the argument in the sentence of _Parameter",
    "apps/cli/commands/canary.py": "the name of the step that failed; the sentence is its second argument",
}
"""Files whose errors are no sentences by themselves, and why."""
OF_A_PROTOCOL = ("RpcError", "InvalidIndex")
"""Errors whose words are those of another program: clients of geth compare them."""

UNKNOWN = "\0"
"""What is put into the text when it is raised."""
_ENDS = re.compile(
    r"""[.!?…]['")]?$"""  # as sentences end
    rf"|{UNKNOWN}\.?$"  # with what it quotes: a sentence of another error, or a path to copy
    r"|: pystatus [^.]*$|; to run one: pystatus node$|'#\S+'$"  # with a command to copy
    r"|://\S+$"  # with an address to copy
)


def errors(trees: dict[str, ast.Module]) -> set[str]:
    """The names of LocalError and of all that are derived from it."""
    found, before = {"LocalError"}, 0
    while len(found) > before:
        before = len(found)
        for tree in trees.values():
            for node in ast.walk(tree):
                bases = [ast.unparse(one).split(".")[-1] for one in getattr(node, "bases", ())]
                if isinstance(node, ast.ClassDef) and not found.isdisjoint(bases):
                    found.add(node.name)
    return found


def text_of(node: ast.expr) -> str:
    """What is written of a text, with :data:`UNKNOWN` where something is put in."""
    match node:
        case ast.Constant():
            return str(node.value)
        case ast.JoinedStr():
            return "".join(map(text_of, node.values))
        case ast.BinOp(left, ast.Add(), right):
            return text_of(left) + text_of(right)
    return UNKNOWN


def raised(tree: ast.Module, names: set[str]) -> Iterator[tuple[int, str]]:
    """The texts of errors that are made there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] in names:
            yield node.lineno, text_of(node.args[0])


def is_sentence(text: str) -> bool:
    """Whether it begins with a capital, or with what is quoted or named, and ends like a sentence."""
    first = text[:1]
    return (not first.islower() and not first.isspace()) and _ENDS.search(text) is not None


@pytest.mark.parametrize(
    "text", ["a topic has 4 bytes.", "A topic has 4 bytes", " A topic.", "", "Name one: pystatus node. or not"]
)
def test_what_is_no_sentence_is_found(text: str) -> None:
    assert not is_sentence(text)


@pytest.mark.parametrize(
    "text",
    ["A topic has 4 bytes.", f"{UNKNOWN} is no port.", "--peer: it is missing.", "List them: pystatus device list"],
)
def test_what_is_one_is_not(text: str) -> None:
    assert is_sentence(text)


def test_every_error_of_ours_is_a_sentence() -> None:
    files = [file for file in sorted(SOURCES.rglob("*.py")) if not file.name.endswith("_pb2.py")]
    trees = {str(file.relative_to(SOURCES)): ast.parse(file.read_text()) for file in files}
    names = errors(trees) - set(OF_A_PROTOCOL)
    found = [
        f"{name}:{line}: {text!r}"
        for name, tree in trees.items()
        if name not in PARTS
        for line, text in raised(tree, names)
        if not is_sentence(text)
    ]
    assert sum(1 for tree in trees.values() for _ in raised(tree, names)) > 300
    assert found == []
    assert all(any(not is_sentence(text) for _, text in raised(trees[name], names)) for name in PARTS)
