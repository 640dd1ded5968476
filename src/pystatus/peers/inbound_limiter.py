"""Who may begin a handshake with us (overlay.md §6.3, §10.1; attacks A01 and A14). No I/O."""

from collections import Counter
from typing import Protocol

from pystatus.discovery.addresses import IPAddress, Key, host_key, is_local, subnet_key

MAX_THROTTLED_HOSTS = 10_000
"""Addresses remembered for the throttle, about 3 MB; the oldest is forgotten first."""


class InboundLimits(Protocol):
    """How many handshakes at a time, and how often: see :class:`pystatus.net.config.NetworkConfig`."""

    @property
    def max_half_open(self) -> int: ...

    @property
    def max_half_open_per_subnet(self) -> int: ...

    @property
    def max_half_open_local(self) -> int: ...

    @property
    def inbound_throttle(self) -> float: ...


class InboundLimiter:
    """Counts the inbound handshakes under way and remembers who came lately."""

    def __init__(self, config: InboundLimits) -> None:
        self._config = config
        self._half_open: Counter[Key] = Counter()
        self._throttled_until: dict[Key, float] = {}  # in the order of time, because every pause is equally long

    @property
    def half_open(self) -> int:
        """Inbound handshakes under way."""
        return self._half_open.total()

    def enter(self, address: IPAddress, now: float) -> str | None:
        """Somebody dialled: None, and :meth:`leave` is to be called when the handshake is over; or why not."""
        config = self._config
        local = is_local(address)
        group = _group(address)
        if self.half_open >= config.max_half_open:
            return "too many handshakes are under way"
        if self._half_open[group] >= (config.max_half_open_local if local else config.max_half_open_per_subnet):
            return "too many handshakes are under way with that network"
        if not local:
            self._forget(now)
            host = host_key(address)
            if host in self._throttled_until:
                return "that address came a moment ago"
            self._throttled_until[host] = now + config.inbound_throttle
        self._half_open[group] += 1
        return None

    def leave(self, address: IPAddress) -> None:
        """A handshake that was let in is over."""
        group = _group(address)
        self._half_open[group] -= 1
        if not self._half_open[group]:
            del self._half_open[group]

    def _forget(self, now: float) -> None:
        while self._throttled_until:
            host, until = next(iter(self._throttled_until.items()))
            if until > now and len(self._throttled_until) < MAX_THROTTLED_HOSTS:
                return
            del self._throttled_until[host]


def _group(address: IPAddress) -> Key:
    return host_key(address) if is_local(address) else subnet_key(address)
