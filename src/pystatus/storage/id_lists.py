"""Lists of ids in statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

CHUNKS = (1, 8, 64, 512)
"""How many ids one statement looks for. Few sizes, so that few statements have to be prepared."""


def chunks(ids: Sequence[T]) -> Iterator[list[T]]:
    """``ids`` in runs of the sizes of :data:`CHUNKS`, each at least half full; what lacks is filled up with
    repetitions, which take as long as others."""
    start = 0
    while start < len(ids):
        left = len(ids) - start
        size = max(size for size in CHUNKS if size <= 2 * left)
        chunk = list(ids[start : start + size])
        yield chunk + chunk[-1:] * (size - len(chunk))
        start += size


def marks(chunk: Sequence[object]) -> str:
    """A parameter of a statement for each of ``chunk``."""
    return ", ".join("?" * len(chunk))
