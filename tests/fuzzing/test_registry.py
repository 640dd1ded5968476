"""The registry is complete: a decoder that is added to the source is added here, or excused."""

from __future__ import annotations

import ast

import pytest

from tests.fuzzing import decoders
from tests.fuzzing.excused import EXCUSED
from tests.fuzzing.registry import TARGETS
from tests.fuzzing.target import Target

COVERED = {function for target in TARGETS.values() for function in target.covers}
FOUND = set(decoders.decoders())


def test_every_decoder_is_fuzzed() -> None:
    assert len(FOUND) > 140
    assert sorted(FOUND - COVERED - EXCUSED.keys()) == [], "add them to a target in tests/fuzzing/targets"


def test_what_is_named_exists() -> None:
    assert [name for name in sorted(COVERED | EXCUSED.keys()) if not decoders.exists(name)] == []


def test_nobody_is_excused_without_need() -> None:
    assert sorted(EXCUSED.keys() & COVERED) == []
    assert sorted(EXCUSED.keys() - FOUND) == []


def test_names_are_unique() -> None:
    assert len({target.name.lower() for target in TARGETS.values()}) == len(TARGETS) > 40


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_the_seeds_reach_the_decoder(target: Target) -> None:
    """A target that refuses everything would find nothing."""
    seeds = list(target.seeds())
    assert any(target.execute(seed) for seed in seeds)


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ('def anything(data: bytes) -> None:\n    """\n    :raises RemoteError: bad\n    """', True),
        ('def anything(text: str) -> None:\n    """\n    :raises InvalidMedia: bad\n    """', True),
        ("def anything(item: rlp.Item) -> None:\n    raise RemoteError(item)", True),
        ("def decode(data: bytes) -> int:\n    return 1", True),
        ("def receive_data(self, data: bytes, now: float) -> None: ...", True),
        ("def decode(number: int) -> int:\n    raise RemoteError", False),
        ("def _inner(data: bytes) -> int:\n    raise RemoteError", False),
        ('def parse(text: str) -> int:\n    """\n    :raises LocalError: bad\n    """', False),
        ("def encode(data: bytes) -> int:\n    return 1", False),
    ],
)
def test_what_a_decoder_is(source: str, is_one: bool) -> None:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert decoders._is_decoder(function, frozenset({"RemoteError", "InvalidMedia"})) == is_one
