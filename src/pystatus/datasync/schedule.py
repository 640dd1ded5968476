"""When a record is sent again (datasync.md §5): exponential waits with jitter, up to a bound."""

from __future__ import annotations

from pystatus.crypto.random import RandomSource
from pystatus.datasync.config import SyncConfig

_MAX_EXPONENT = 64
"""Beyond it every wait is at its bound anyway, and a float would overflow in the end."""
_DRAW = 4
"""Bytes of randomness in one jitter."""


def delay(config: SyncConfig, sent: int, jitter: float) -> float:
    """Seconds to wait after something was sent for the ``sent``-th time (1, 2, …); ``jitter`` is a factor around 1.

    Implements: DS-13
    """
    wait = config.first_retry * config.back_off ** min(sent - 1, _MAX_EXPONENT)
    return min(config.max_delay, wait * jitter)


def draw_jitter(config: SyncConfig, random: RandomSource) -> float:
    """A factor between 1 - jitter and 1 + jitter."""
    unit = int.from_bytes(random(_DRAW), "big") / (1 << 8 * _DRAW)
    return 1.0 + config.jitter * (2.0 * unit - 1.0)
