"""What a checker is told to pass over has its reason behind it."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REASONED = re.compile(r"noqa: [A-Z0-9, ]+ - \S|type: ignore\[[a-z, -]+\]  # \S|fmt: (skip|off|on)$")
SUPPRESSED = re.compile(r"#\s*(noqa|type:\s*ignore|fmt:|pylint:|mypy:|pragma:)")


def suppressions(source: str) -> Iterator[str]:
    """The comments that speak to a checker."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and SUPPRESSED.search(token.string):
            yield token.string


@pytest.mark.parametrize("folder", ["src", "tools", "bench", "examples"])
def test_whatever_is_passed_over_says_why(folder: str) -> None:
    written = [path for path in (ROOT / folder).rglob("*.py") if not path.name.endswith("_pb2.py")]
    assert written
    unexplained = [
        f"{path.relative_to(ROOT)}: {comment}"
        for path in written
        for comment in suppressions(path.read_text("utf-8"))
        if not REASONED.search(comment)
    ]
    assert not unexplained


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: S608", "# type: ignore", "# type: ignore[misc]", "# pragma: no cover"]
)
def test_a_suppression_without_a_reason_is_found(comment: str) -> None:
    [found] = suppressions(f"x = 1  {comment}\n")
    assert not REASONED.search(found)
