"""How many packets an address may send: counted before a signature is recovered, which is what costs (overlay.md
§10.2)."""

from __future__ import annotations

import hashlib

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress, host_key, is_local

MAX_ACCOUNTS = 16_384
"""Accounts that addresses are spread over by a secret: where there are more addresses, some share one, and nobody
knows whose he shares."""
_SALT_SIZE = 8
_ACCOUNT_SIZE = 4
_LEAST_PRUNED = 64


class AddressLimiter:
    """A token bucket for each IPv4 address and each /64, kept as one number: when it will be full again."""

    __slots__ = ("_full_at", "_prune_at", "_salt", "_seconds_each", "_tolerance")

    def __init__(self, per_second: float, at_once: float, random: RandomSource) -> None:
        self._seconds_each = 1 / per_second
        self._tolerance = (at_once - 0.5) / per_second  # half a packet, so that no rounding counts
        self._salt = random(_SALT_SIZE)
        self._full_at: dict[int, float] = {}
        self._prune_at = _LEAST_PRUNED

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, address: IPAddress, now: float) -> bool:
        """Count a packet. False: that address has sent too many. Those of the local network are not counted."""
        if is_local(address):
            return True
        version, bits = host_key(address)
        # Python's own hash is another one in each process, and simulations are to be repeatable.
        place = hashlib.blake2b(bits.to_bytes(8, "big") + bytes((version,)), digest_size=_ACCOUNT_SIZE, key=self._salt)
        account = int.from_bytes(place.digest(), "big") % MAX_ACCOUNTS
        full_at = max(self._full_at.get(account, now), now)
        if full_at - now > self._tolerance:
            return False
        self._full_at[account] = full_at + self._seconds_each
        if len(self._full_at) >= self._prune_at:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._prune_at = max(_LEAST_PRUNED, 2 * len(self._full_at))
        return True
