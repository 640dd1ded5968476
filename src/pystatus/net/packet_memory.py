"""What the large packets of all peers together take: frames that are being put together, and packets that are gone
through.

A frame may have 16 MiB (devp2p's own limit), since relays of the reference send their whole pool as one packet. Each
peer may begin one and take half a minute for it; so what all of them hold is counted together (attack A07).
"""

from __future__ import annotations

from typing import Protocol

from pystatus.devp2p.limits import MEBIBYTE

MAX_BYTES = 256 * MEBIBYTE
"""Bytes of the large packets of all peers: of five at once that are as large as can be, each counted twice while it is
gone through, and of some more that are on their way. Ours."""
COUNTS_FROM = 1 * MEBIBYTE
"""Bytes from which on a packet counts as large: what honest peers send, but for bursts of the reference, counts
nothing, and never makes anybody give way."""


class Holder(Protocol):
    """A connection that holds a large packet."""

    @property
    def is_stranger(self) -> bool:
        """Whether it came by itself, and nobody has named it."""

    def drop_packet(self) -> None:
        """End the connection: there is no room for its packet."""


class PacketMemory:
    """The shares of all connections. Strangers give way first, and of them the one whose packet began first: who is
    slow, or keeps a frame open on purpose, holds it longest."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._held: dict[Holder, int] = {}  # in the order in which they began
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What is held of large packets."""
        return self._bytes

    def hold(self, holder: Holder, count: int) -> None:
        """A connection holds ``count`` bytes now."""
        before = self._held.get(holder, 0)
        if count < COUNTS_FROM:
            if before:
                del self._held[holder]
                self._bytes -= before
            return
        self._held[holder] = count
        self._bytes += count - before
        while self._bytes > self._max_bytes:
            loser = next((one for one in self._held if one.is_stranger), None) or next(iter(self._held))
            self._bytes -= self._held.pop(loser)
            loser.drop_packet()
