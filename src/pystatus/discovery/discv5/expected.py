"""From where packets are worth more than those of strangers: where we have asked something a moment ago. They are the
ones that are taken in a flood."""

from __future__ import annotations

from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.limits import RESPONSE_TIMEOUT
from pystatus.discovery.discv5.node import Endpoint, Times

EXPECTED_SECONDS = 2 * RESPONSE_TIMEOUT
"""For which they are: for the answer, and for the ping of a node that is verified the first time."""
MAX_EXPECTED = 4_096
"""Places, about 250 bytes each: far more than a node asks in that time."""


class ExpectedPlaces:
    """Addresses and ports, each with the time until which it counts."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until: dict[tuple[IPAddress, int], float] = {}  # in the order of time

    def add(self, endpoint: Endpoint, now: Times) -> None:
        """A question of ours goes there. Pings that answer those of strangers do not count: else who floods us would be
        expected."""
        until, place = self._until, (endpoint.address, endpoint.udp_port)
        until.pop(place, None)
        until[place] = now.monotonic + EXPECTED_SECONDS
        while True:
            first = next(iter(until))
            if until[first] > now.monotonic and len(until) <= MAX_EXPECTED:
                return
            del until[first]

    def has(self, place: tuple[IPAddress, int], now: Times) -> bool:
        """Whether something was asked there a moment ago."""
        return self._until.get(place, 0.0) > now.monotonic
