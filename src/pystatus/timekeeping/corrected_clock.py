"""The clock of this machine with a correction: what everything beside runs by, if time servers are asked."""

from __future__ import annotations

from collections.abc import Callable

SLEW_RATE = 0.1
"""Seconds by which the time is put right in one second: while it is ahead it runs slower, and never back. Ours: five
seconds take less than a minute, and a pause of a second is a tenth longer or shorter."""
STEP = 5.0
"""Seconds by which the machine's clock has to jump, against a clock that only goes forward, to have been set, or to
have slept. As :data:`pystatus.node.waku_service.CLOCK_STEP`."""


class CorrectedClock:
    """Tells the time: what the machine says, and a correction that changes slowly. It is a
    :class:`~pystatus.net.clock.Clock`.

    When the machine's clock is set, the correction stays as it was, unless it was set to about the time that was in
    use: then it was put right, and nothing jumps. Which of both it was is known for certain only when the servers have
    answered again, see :attr:`on_set`.
    """

    def __init__(self, machine: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """
        :param machine: the machine's clock, Unix seconds.
        :param monotonic: seconds of a clock that only goes forward.
        """
        self.machine = machine
        self.monotonic = monotonic
        self.on_set: Callable[[], None] = lambda: None
        """Called when the machine's clock was set, or the machine has slept. From :meth:`now`; must not block."""
        self._ahead = machine() - monotonic()
        self._from = self._target = 0.0
        self._since = 0.0

    def now(self) -> float:
        """Unix time in seconds."""
        machine, at = self.machine(), self.monotonic()
        jump = machine - at - self._ahead
        self._ahead += jump
        if abs(jump) > STEP:
            self._was_set(jump, at)
        return machine + self._correction(at)

    @property
    def correction(self) -> float:
        """Seconds that this clock is ahead of the machine's, now."""
        return self._correction(self.monotonic())

    def step(self, correction: float) -> None:
        """Have this correction at once: the time jumps."""
        self._from = self._target = correction

    def slew(self, correction: float) -> None:
        """Come to this correction bit by bit. The time does not go back."""
        at = self.monotonic()
        self._from, self._since, self._target = self._correction(at), at, correction

    def _correction(self, at: float) -> float:
        way = self._target - self._from
        if not way:
            return self._target
        gone = SLEW_RATE * (at - self._since)
        if gone >= abs(way):
            self._from = self._target
            return self._target
        return self._from + (gone if way > 0 else -gone)

    def _was_set(self, jump: float, at: float) -> None:
        correction = self._correction(at)
        left = correction - jump
        self.step(left if abs(left) <= STEP < abs(correction) else correction)
        self.on_set()
