"""Datagrams of strangers that wait until a node has time for them."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.draws import below
from pystatus.discovery.discv5.limits import RESPONSE_TIMEOUT

MAX_DATAGRAMS = 512
"""Datagrams that wait, 650 kB at most. Ours: what a bootnode answers within an eighth of a second, and a node that has
a quarter of the processor for it within half a second."""
MAX_WAIT = RESPONSE_TIMEOUT
"""Seconds that one may wait: whoever asked does not wait for the answer longer than that (overlay.md §3.2)."""


class Waiting(NamedTuple):
    """One of them."""

    data: bytes
    source: tuple[IPAddress, int]
    since: float
    """Monotonic seconds."""


class DatagramBacklog:
    """The oldest comes first. When there are too many, one goes that is drawn by lot from all of them: a flood leaves
    others the share of the places that they have of the datagrams, and nobody can choose whose is dropped."""

    __slots__ = ("_random", "_waiting")

    def __init__(self, random: RandomSource) -> None:
        self._random = random
        self._waiting: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, one: Waiting) -> bool:
        """Keep a datagram. False: one is dropped for it, or it is dropped itself."""
        waiting = self._waiting
        if len(waiting) < MAX_DATAGRAMS:
            waiting.append(one)
            return True
        place = below(self._random, MAX_DATAGRAMS + 1, 4)
        if place < MAX_DATAGRAMS:
            del waiting[place]
            waiting.append(one)
        return False

    def take(self) -> Waiting:
        """The one that has waited longest.

        :raises IndexError: there is none.
        """
        return self._waiting.popleft()

    def drop_late(self, now: float) -> int:
        """Drop those that have waited too long: how many there were."""
        waiting = self._waiting
        dropped = 0
        while waiting and now - waiting[0].since > MAX_WAIT:
            waiting.popleft()
            dropped += 1
        return dropped

    def clear(self) -> None:
        self._waiting.clear()
