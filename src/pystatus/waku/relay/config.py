"""Settings of a relay."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import field, fields, replace
from typing import TypeVar

from pystatus.errors import LocalError
from pystatus.records import dataclass
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


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """What may change while a relay runs: see :meth:`pystatus.waku.relay.relay.Relay.configure`. The defaults are those
    of a full node that relays everything and reads nothing. :class:`RelayConfig` checks the values."""

    interest: Interest = EVERYTHING
    """What peers are asked for."""
    watched: frozenset[bytes] | None = frozenset()
    """Topics whose envelopes raise :class:`EnvelopeReceived`; ``None``: all of them."""
    min_pow: float = RELAY_MIN_POW
    """Proof of work that peers are asked for."""
    light: bool = False
    """Send only own envelopes.

    Implements: WK-50, WK-51
    """
    confirmations: bool = False
    """Confirm every batch that comes in."""
    max_envelope_size: int = MAX_ENVELOPE_SIZE
    """Bytes of the largest envelope that is taken, own ones included; the header counts as 20. Peers are not told: Waku
    has no option for it."""
    packet_rates: RateLimits = DEFAULT_PACKET_RATES
    """Packets a second that are taken from one address, one peer, and (envelopes) from one peer of one topic."""
    byte_rates: RateLimits = DEFAULT_BYTE_RATES
    """The same in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig(RelaySettings):
    """All settings of a relay: those that may change, and those that it is made with."""

    max_packet_size: int = MAX_PACKET_SIZE
    """Bytes of a packet that is accepted; limits in bytes a second may not be lower."""
    status_timeout: float = STATUS_TIMEOUT
    pool: PoolLimits = field(default_factory=PoolLimits)
    rate_burst: float = RATE_BURST
    """Seconds' worth of the limits that may come at once."""
    flush_interval: float = 0.0
    """Seconds of the transmission cycle, in which envelopes are collected (the reference: 0.3); 0: they leave at once,
    together with what came with them."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a proof of work that cannot be announced, a size that envelopes may not be limited to, or
            limits that contradict each other.
        """
        check_pow(self.min_pow)
        check_envelope_size(self.max_envelope_size)
        self._check_rates()
        if not 1 <= self.rate_burst < math.inf:
            raise LocalError(f"A rate limit has a burst of one second or more, not {self.rate_burst:g}.")
        if not 0 <= self.flush_interval <= MAX_FLUSH_INTERVAL:
            raise LocalError(
                f"A transmission cycle takes 0 to {MAX_FLUSH_INTERVAL:g} seconds, not {self.flush_interval:g}."
            )

    def changed(self, settings: RelaySettings) -> RelayConfig:
        """This with the values of ``settings``.

        :raises LocalError: they do not go together, or something differs that cannot change.
        """
        if isinstance(settings, RelayConfig):
            check_fixed(self, settings, RelaySettings)
            return settings
        return replace(self, **{each.name: getattr(settings, each.name) for each in fields(RelaySettings)})

    def _check_rates(self) -> None:
        """
        :raises LocalError: negative, or less than one packet of the size that is accepted, or than one envelope.

        Implements: WK-45
        """
        rates = (self.packet_rates, self.byte_rates)
        if any(rate < 0 for limits in rates for rate in (limits.ip, limits.peer, limits.topic)):
            raise LocalError("A rate limit is not negative; 0 is no limit.")
        # Larger envelopes than others take, for which callers of the RPC may ask, come within the burst.
        largest = min(self.max_envelope_size, MAX_ENVELOPE_SIZE)
        for limit, least, what in (
            (self.byte_rates.ip, self.max_packet_size, "packet"),
            (self.byte_rates.peer, self.max_packet_size, "packet"),
            (self.byte_rates.topic, largest, "envelope"),
        ):
            if 0 < limit < least:
                raise LocalError(
                    f"A limit of {limit} bytes a second is less than one {what} may have: "
                    f"allow {least} or more, or set max_{what}_size lower."
                )


def check_fixed(before: T, wanted: T, changeable: type) -> None:
    """That two values of one dataclass differ only in the fields of ``changeable``, another one, on which it is based.

    :raises LocalError: something else differs.
    """
    assert dataclasses.is_dataclass(before)
    assert dataclasses.is_dataclass(changeable)
    may_change = {each.name for each in fields(changeable)}
    fixed = [each.name for each in fields(before) if each.name not in may_change]
    differing = [name for name in fixed if getattr(before, name) != getattr(wanted, name)]
    if differing:
        raise LocalError(f"{', '.join(differing)} cannot change while it runs. Make another one with it.")


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
