"""How often somebody of one network may come: a handshake costs a millisecond, however soon its connection ends."""

from __future__ import annotations

from pystatus.discovery.addresses import IPAddress, Key, is_local, subnet_key
from pystatus.token_bucket import TokenBucket

MAX_NETWORKS = 10_000
"""Networks that are remembered, about 3 MB; the one that came first is forgotten first, and may come a little
sooner."""


class ArrivalRates:
    """A token bucket for each /24 or /48; the own network has none."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: dict[Key, TokenBucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: IPAddress, now: float) -> bool:
        """Whether somebody may come from here now."""
        if is_local(address):
            return True
        subnet = subnet_key(address)
        bucket = self._buckets.get(subnet)
        if bucket is None:
            if len(self._buckets) >= MAX_NETWORKS:
                del self._buckets[next(iter(self._buckets))]
            bucket = self._buckets[subnet] = TokenBucket(self._burst, self._per_second, now)
        return bucket.take(now)

    def forget(self, now: float) -> None:
        """Forget those that have not come for a while."""
        for subnet in [subnet for subnet, bucket in self._buckets.items() if bucket.is_full(now)]:
            del self._buckets[subnet]
