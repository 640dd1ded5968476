"""Who uses how much of a pool: its limits are divided among the networks from which envelopes come (A52).

A source is one network (IPv4 /24, IPv6 /48) with all peers that come from there, or this node itself. When there is no
room, the source that uses most gives way. So nobody can choose whose envelopes go: a flood displaces itself.
"""

from __future__ import annotations

from pystatus.waku.relay.expiry import LatestFirst

ENTRY_OVERHEAD = 400
"""Bytes that a stored envelope takes in memory beside its own. They are charged: tiny envelopes are not free."""


class SourceUsage:
    """What one source has in the pool."""

    __slots__ = ("charge", "evicted", "remembered", "stored", "users")

    def __init__(self) -> None:
        self.users = 0
        """Peers that are connected from there."""
        self.charge = 0
        """Bytes of stored envelopes, and :data:`ENTRY_OVERHEAD` for each."""
        self.remembered = 0
        """Hashes, of stored envelopes and of others."""
        self.stored = LatestFirst()
        self.evicted = LatestFirst()
        """Of envelopes that are not stored any more."""

    def take_over(self, other: SourceUsage) -> None:
        """What ``other`` has counts here from now on."""
        self.charge += other.charge
        self.remembered += other.remembered
        self.stored.take_over(other.stored)
        self.evicted.take_over(other.evicted)
        other.charge = other.remembered = 0
