"""The work for a large packet, cut into steps between which others are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

STEP_BYTES = 64 << 10
"""Bytes of envelopes that are worked off in one step, about: a millisecond or two."""
STEP_ENVELOPES = 256
"""The same for small envelopes."""
SMALL_PACKET = 4 << 10
"""Bytes of a packet that is one step whatever is in it: of the smallest envelopes no more than :data:`STEP_ENVELOPES`.
One of 64 KiB may have 3,600 of them, which are 40 ms of work (A52)."""
STEPS_AT_ONCE = 5
"""Steps of a packet of :data:`STEP_BYTES` at most that are worth no turn of their own. One of ordinary envelopes has no
more: it is split, hashed, what is known is noted, the rest admitted, and that was all."""

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
