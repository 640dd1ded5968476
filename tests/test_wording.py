"""Numbers in sentences agree with their nouns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.wording import columns, counted

SOURCES = Path(__file__).resolve().parents[1] / "src" / "pystatus"
NOUNS = "seconds|minutes|hours|days|envelopes|messages|nodes|peers|topics|workers|mailservers|records|relays|times"
_AFTER = re.compile(rf" ?(more |new |other )?({NOUNS})\b")
_IN_TEMPLATE = re.compile(rf"%(d|g|\.0f|s) (more |new |other )?({NOUNS})\b")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 peers"), (1, "1 peer"), (1.0, "1 peer"), (0.5, "0.5 peers"), (1_000_000, "1000000 peers")],
)
def test_one_is_one_and_everything_else_is_many(number: float, shown: str) -> None:
    assert counted(number, "peer") == shown


def test_what_is_said_of_them_agrees_too() -> None:
    assert [counted(number, "is lost", "are lost") for number in (1, 2)] == ["1 is lost", "2 are lost"]


def joined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and words where a number that varies stands directly in front of a noun in the plural."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for one, following in zip(node.values, node.values[1:], strict=False):
                is_constant = isinstance(one, ast.FormattedValue) and ast.unparse(one.value).split(".")[-1].isupper()
                text = following.value if isinstance(following, ast.Constant) else ""
                if isinstance(one, ast.FormattedValue) and not is_constant and _AFTER.match(str(text)):
                    yield node.lineno, ast.unparse(one.value) + str(text)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 1:
            first = node.args[0]  # a line of the log
            if isinstance(first, ast.Constant) and _IN_TEMPLATE.search(str(first.value)):
                yield node.lineno, str(first.value)


KNOWN = {
    "net/admission.py": "ten minutes, a constant",
    "net/http_front.py": "some seconds, a setting of ours",
    "waku/status.py": "more than ten thousand",
    "apps/cli/views.py": "one is said apart",
}
"""Why a file may join a number and a noun by itself."""


def test_nobody_writes_one_envelopes() -> None:
    found = {
        str(file.relative_to(SOURCES)): [*joined(ast.parse(file.read_text()))]
        for file in SOURCES.rglob("*.py")
        if not file.name.endswith("_pb2.py")
    }
    assert {name: places for name, places in found.items() if places and name not in KNOWN} == {}, "use counted"
    assert all(found[name] for name in KNOWN)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("alice", 5),
        ("m\u00e4dchen", 7),
        ("ma\u0308dchen", 7),
        ("\u5361\u7f57\u5c14", 6),
        ("\U0001f98a", 2),
        ("a\u200bb", 2),
    ],
)
def test_how_many_columns_a_text_takes(text: str, width: int) -> None:
    assert columns(text) == width
