"""Clocks that are wrong, or made to be. One that stands still until it is told is a
:class:`~pystatus.simulation.clock.VirtualClock`."""

import time


class ShiftedClock:
    """The clock of this machine, some time ahead or behind: what was said an hour ago was said a moment ago."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead
        """Seconds; it may be changed."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time() + self.ahead
