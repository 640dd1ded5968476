"""A lossy medium in virtual time: what it carries is lost, late, out of order, there twice, or damaged, by chance.

All networks that are made up have this one below them: that of the simulations, of the tests, and of
:mod:`pystatus.testing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.settings import Conditions

MAX_FLIPS = 3
"""Bits flipped in what is corrupted at most."""


@dataclass(slots=True)
class Faults:
    """How often something happened on the way."""

    lost: int = 0
    duplicated: int = 0
    late: int = 0
    corrupted: int = 0


@dataclass(slots=True)
class Channel:
    """One direction between two ends: what is not late keeps its order there."""

    in_order: float = 0.0
    """When what was sent last and is not late arrives, on the clock."""

    def arrival(self, earliest: float) -> float:
        """When what would take until ``earliest`` arrives: not before what was sent earlier."""
        self.in_order = max(self.in_order, earliest)
        return self.in_order


class Medium:
    """Carries bytes. All of its chance comes from ``random``."""

    def __init__(
        self, clock: VirtualClock, conditions: Conditions, random: Random, faults: Faults | None = None
    ) -> None:
        self.conditions = conditions
        """What is sent from now on meets these; they may be replaced."""
        self.faults = faults or Faults()
        self._clock = clock
        self._random = random

    def carry(
        self, channel: Channel, data: bytes, deliver: Callable[[bytes], object], loss: float | None = None
    ) -> None:
        """Call ``deliver`` with ``data``, perhaps damaged, when it arrives: not at all, once, or twice.

        :param loss: the chance that this is lost, if that is not the one of the conditions.
        """
        chance, conditions = self._random.random, self.conditions
        if chance() < (conditions.loss if loss is None else loss):
            self.faults.lost += 1
            return
        copies = 1
        if chance() < conditions.duplicates:
            self.faults.duplicated += 1
            copies = 2
        for _ in range(copies):
            copy = data
            if chance() < conditions.corruption:
                self.faults.corrupted += 1
                copy = self.damage(data)
            self._clock.at(self._arrival(channel), partial(deliver, copy))

    def delay(self) -> float:
        """How many seconds something takes that is not late."""
        jitter = self.conditions.jitter
        return self.conditions.delay * (1 - jitter + 2 * jitter * self._random.random())

    def _arrival(self, channel: Channel) -> float:
        earliest = self._clock.now() + self.delay()
        if self._random.random() < self.conditions.reorder:
            self.faults.late += 1
            return earliest + self._random.random() * self.conditions.lateness
        return channel.arrival(earliest)

    def damage(self, data: bytes) -> bytes:
        """``data`` with one to three bits flipped."""
        damaged = bytearray(data)
        for _ in range(self._random.randint(1, MAX_FLIPS)):
            bit = self._random.randrange(8 * len(damaged))
            damaged[bit // 8] ^= 1 << bit % 8
        return bytes(damaged)
