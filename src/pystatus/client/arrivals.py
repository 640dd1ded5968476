"""Envelopes that relays brought, until the messenger has its turn."""

from __future__ import annotations

from collections import deque

from pystatus.crypto.random import RandomSource
from pystatus.waku.envelope import Envelope

MAX_ARRIVALS = 10_000
"""Envelopes that wait: ten seconds of work and more. Ours."""
MAX_ARRIVED_BYTES = 32 << 20
"""Bytes of them; each takes 0.4 kB besides. Ours."""


class Arrivals:
    """A queue that is never too long. Anybody can write on our topics faster than we can open what comes. So of too
    many each has the same chance to stay, whoever sent it and whenever it came: nobody can aim at another, and who
    floods displaces mostly themselves. What is lost is repeated by data sync, or fetched from a mailserver."""

    def __init__(self, random: RandomSource, count: int = MAX_ARRIVALS, size: int = MAX_ARRIVED_BYTES) -> None:
        """
        :param count: envelopes that may wait.
        :param size: bytes of them.
        """
        self.dropped = 0
        """Envelopes that gave way so far."""
        self._random = random
        self._most = count
        self._most_bytes = size
        self._waiting: deque[Envelope] = deque()
        self._bytes = 0
        self._turns = 0

    def add(self, envelope: Envelope) -> bool:
        """Take an envelope. Whether :meth:`take` is to be called once more than so far."""
        self._waiting.append(envelope)
        self._bytes += len(envelope.raw)
        while len(self._waiting) > self._most or self._bytes > self._most_bytes:
            place = int.from_bytes(self._random(4), "big") % len(self._waiting)
            self._bytes -= len(self._waiting[place].raw)
            del self._waiting[place]
            self.dropped += 1
        if self._turns >= len(self._waiting):
            return False
        self._turns += 1
        return True

    def take(self) -> Envelope | None:
        """The one that waits longest; ``None``: it gave way."""
        self._turns -= 1
        if not self._waiting:
            return None
        envelope = self._waiting.popleft()
        self._bytes -= len(envelope.raw)
        return envelope
