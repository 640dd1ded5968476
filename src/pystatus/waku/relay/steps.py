"""The work for a large packet, cut into steps between which others are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

STEP_BYTES = 64 << 10
"""Bytes of envelopes that are worked off in one step, about: a millisecond or two."""
STEP_ENVELOPES = 256
"""The same for small ones: a packet of :data:`STEP_BYTES` may have 3,600 of them, which are 40 ms of work (A52). What
is within both limits is one step."""

Steps: TypeAlias = Iterator[None]
"""Work that is done as far as it is gone through; it may be dropped before its end."""
DONE: Steps = iter(())
"""Of a packet that was one step: it has been worked off."""

T = TypeVar("T")


def in_steps(items: Sequence[T], size: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Runs of :data:`STEP_BYTES` about, and :data:`STEP_ENVELOPES` at most."""
    start = total = 0
    for position, item in enumerate(items, 1):
        total += size(item)
        if total >= STEP_BYTES or position - start == STEP_ENVELOPES:
            yield items[start:position]
            start, total = position, 0
    if start < len(items):
        yield items[start:]
