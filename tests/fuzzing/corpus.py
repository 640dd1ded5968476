"""Inputs to begin with: what is in the conformance vectors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.support.vectors import load

FEW = 200
"""Seeds of a target: more only take longer to choose from."""


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)


@cache
def _texts_in(file: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_leaves(load(file))))


def _spread(found: list[bytes]) -> list[bytes]:
    """Some of all sizes, at even distances."""
    found.sort(key=lambda one: (len(one), one))
    step = max(1, -(-len(found) // FEW))
    return found[::step]


def hexes(*files: str, shortest: int = 1, longest: int = 4_096) -> list[bytes]:
    """The byte strings ``0x…`` of these files of vectors that have such a size."""
    found = []
    for file in files:
        for text in _texts_in(file):
            if text.startswith("0x") and len(text) % 2 == 0 and shortest <= len(text) // 2 - 1 <= longest:
                try:
                    found.append(bytes.fromhex(text[2:]))
                except ValueError:
                    continue  # a text that only looks like one
    assert found, files
    return _spread(found)


def texts(*files: str, prefix: str = "", longest: int = 4_096) -> list[bytes]:
    """Their texts."""
    found = [
        text.encode()
        for file in files
        for text in _texts_in(file)
        if text.startswith(prefix) and not text.startswith("0x") and len(text) <= longest
    ]
    assert found, files
    return _spread(found)
