"""Settings of a relay."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pystatus.errors import LocalError
from pystatus.waku.envelope import HEADER_SIZE, MAX_ENVELOPE_SIZE
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MAX_PACKET_SIZE
from pystatus.waku.pool import PoolLimits

RELAY_MIN_POW = 0.000002
"""Proof of work that a relay asks for by default (WU-2, decisions.md)."""
STATUS_TIMEOUT = 10.0
"""Seconds that a peer has for its Status (WK-19, waku.md §4.3)."""

HIGHEST_ENVELOPE_SIZE = 10_485_760
"""Bytes up to which the limit of envelopes may be set (9/WAKU-RPC, WR-6, waku.md §2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Settings of a node. The defaults are those of a full node that relays everything and reads nothing."""

    interest: Interest = EVERYTHING
    min_pow: float = RELAY_MIN_POW
    light: bool = False
    """Send only own envelopes (WK-50, WK-51)."""
    confirmations: bool = False
    """Confirm every batch that comes in."""
    watched: frozenset[bytes] | None = frozenset()
    """Topics whose envelopes raise :class:`EnvelopeReceived`; ``None``: all of them."""
    max_envelope_size: int = MAX_ENVELOPE_SIZE
    max_packet_size: int = MAX_PACKET_SIZE
    status_timeout: float = STATUS_TIMEOUT
    pool: PoolLimits = field(default_factory=PoolLimits)

    def __post_init__(self) -> None:
        """
        :raises LocalError: a proof of work that cannot be announced.
        """
        check_pow(self.min_pow)


def check_pow(value: float) -> None:
    """
    :raises LocalError: not a proof of work that can be announced.
    """
    if not 0 <= value < math.inf:
        raise LocalError(f"a required proof of work is finite and not negative, not {value}")


def check_envelope_size(size: int) -> None:
    """
    :raises LocalError: not a size that envelopes may be limited to.
    """
    if not HEADER_SIZE <= size <= HIGHEST_ENVELOPE_SIZE:
        raise LocalError(f"envelopes are limited to {HEADER_SIZE} … {HIGHEST_ENVELOPE_SIZE} bytes, not to {size}")
