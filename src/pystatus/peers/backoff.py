"""How long to wait before something is tried again."""

from __future__ import annotations

from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before dialling a peer again: doubling, up to a limit, shortened at random."""

    initial: float = 1.0
    """Seconds after the first failure, so that a relay that was just restarted is found soon."""
    maximum: float = 300.0
    """Seconds at most (overlay.md §10.4: five minutes for static peers)."""
    jitter: float = 0.5
    """The largest part of the pause that is left out at random, so that peers of one relay do not return all at once,
    and two nodes that dial each other do not collide for ever."""

    def pause(self, failures: int, chance: float) -> float:
        """Seconds to wait after ``failures`` attempts in a row; ``chance`` is random in 0 … 1."""
        doubled = self.initial * 2.0 ** min(failures - 1, 64)
        return min(doubled, self.maximum) * (1.0 - self.jitter * chance)
