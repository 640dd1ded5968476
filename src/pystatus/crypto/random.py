"""The shape of a random source, so that randomness is an argument everywhere."""

from collections.abc import Callable
from typing import TypeAlias

RandomSource: TypeAlias = Callable[[int], bytes]
"""``source(n)`` returns ``n`` unpredictable bytes. Shells pass ``os.urandom``, tests pass what they need."""
