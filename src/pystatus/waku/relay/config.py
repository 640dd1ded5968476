"""Settings of a relay."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pystatus.errors import LocalError
from pystatus.waku.envelope import HEADER_SIZE, MAX_ENVELOPE_SIZE
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MAX_PACKET_SIZE
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.rate_limits import DEFAULT_BYTE_RATES, DEFAULT_PACKET_RATES, RATE_BURST
from pystatus.waku.status import RateLimits

RELAY_MIN_POW = 0.000002
"""Proof of work that a relay asks for by default (decisions.md "Waku").

Implements: WU-1, WU-2, WH-1
"""
STATUS_TIMEOUT = 10.0
"""Seconds that a peer has for its Status (waku.md §4.3).

Implements: WK-19
"""
MAX_FLUSH_INTERVAL = 10.0
"""Seconds: beyond it, Status envelopes, which live 15 s, would expire on the way."""

HIGHEST_ENVELOPE_SIZE = 10_485_760
"""Bytes up to which the limit of envelopes may be set (9/WAKU-RPC, waku.md §2.3).

Implements: WR-6
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Settings of a node. The defaults are those of a full node that relays everything and reads nothing."""

    interest: Interest = EVERYTHING
    min_pow: float = RELAY_MIN_POW
    light: bool = False
    """Send only own envelopes.

    Implements: WK-50, WK-51
    """
    confirmations: bool = False
    """Confirm every batch that comes in."""
    watched: frozenset[bytes] | None = frozenset()
    """Topics whose envelopes raise :class:`EnvelopeReceived`; ``None``: all of them."""
    max_envelope_size: int = MAX_ENVELOPE_SIZE
    max_packet_size: int = MAX_PACKET_SIZE
    status_timeout: float = STATUS_TIMEOUT
    pool: PoolLimits = field(default_factory=PoolLimits)
    packet_rates: RateLimits = DEFAULT_PACKET_RATES
    """Packets a second that are taken from one address, one peer, and (envelopes) from one peer of one topic."""
    byte_rates: RateLimits = DEFAULT_BYTE_RATES
    """The same in bytes."""
    rate_burst: float = RATE_BURST
    """Seconds' worth of the limits that may come at once."""
    flush_interval: float = 0.0
    """Seconds of the transmission cycle, in which envelopes are collected (the reference: 0.3); 0: they leave at once,
    together with what came with them."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a proof of work that cannot be announced, or limits that contradict each other.
        """
        check_pow(self.min_pow)
        self.check_rates(self.packet_rates, self.byte_rates)
        if not 1 <= self.rate_burst < math.inf:
            raise LocalError(f"A rate limit has a burst of one second or more, not {self.rate_burst:g}.")
        if not 0 <= self.flush_interval <= MAX_FLUSH_INTERVAL:
            raise LocalError(
                f"A transmission cycle takes 0 to {MAX_FLUSH_INTERVAL:g} seconds, not {self.flush_interval:g}."
            )

    def check_rates(self, packet_rates: RateLimits, byte_rates: RateLimits) -> None:
        """
        :raises LocalError: negative, or less than one packet of the size that is accepted.

        Implements: WK-45
        """
        rates = (packet_rates, byte_rates)
        if any(rate < 0 for limits in rates for rate in (limits.ip, limits.peer, limits.topic)):
            raise LocalError("A rate limit is not negative; 0 is no limit.")
        for limit, least, what in (
            (byte_rates.ip, self.max_packet_size, "packet"),
            (byte_rates.peer, self.max_packet_size, "packet"),
            (byte_rates.topic, self.max_envelope_size, "envelope"),
        ):
            if 0 < limit < least:
                raise LocalError(
                    f"A limit of {limit} bytes a second is less than one {what} may have: "
                    f"allow {least} or more, or set max_{what}_size lower."
                )


def check_pow(value: float) -> None:
    """
    :raises LocalError: not a proof of work that can be announced.
    """
    if not 0 <= value < math.inf:
        raise LocalError(f"A required proof of work is finite and not negative, not {value}.")


def check_envelope_size(size: int) -> None:
    """
    :raises LocalError: not a size that envelopes may be limited to.

    Implements: WR-6
    """
    if not HEADER_SIZE <= size <= HIGHEST_ENVELOPE_SIZE:
        raise LocalError(f"Envelopes are limited to {HEADER_SIZE} … {HIGHEST_ENVELOPE_SIZE} bytes, not to {size}.")
