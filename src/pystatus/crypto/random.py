"""The shape of a random source, so that randomness is an argument everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

RandomSource: TypeAlias = Callable[[int], bytes]
"""``source(n)`` returns ``n`` unpredictable bytes. Shells pass ``os.urandom``, tests pass what they need."""


def random_uuid(random: RandomSource) -> str:
    """A UUID of version 4 (RFC 4122, §4.4), in lower case with hyphens."""
    from uuid import UUID  # asks what machine this is when it is loaded

    return str(UUID(bytes=random(16), version=4))
