"""Where things stand in a text, so that the next one is found without reading on from each place."""

from __future__ import annotations

import re
from bisect import bisect_left


class Occurrences:
    """Positions in a text, the smallest first."""

    def __init__(self, positions: list[int]) -> None:
        self.positions = positions

    @classmethod
    def of(cls, pattern: str, text: str) -> Occurrences:
        """Where ``pattern`` matches in ``text``."""
        return cls([match.start() for match in re.finditer(pattern, text)])

    def index(self, position: int) -> int:
        """The number of the first one at ``position`` or behind it; how many there are if there is none."""
        return bisect_left(self.positions, position)

    def after(self, position: int) -> int | None:
        """The first one at ``position`` or behind it."""
        index = self.index(position)
        return self.positions[index] if index < len(self.positions) else None

    def within(self, begin: int, end: int | None) -> int | None:
        """The first one from ``begin`` on and before ``end``; None as ``end``: up to the end of the text."""
        found = self.after(begin)
        return found if found is not None and (end is None or found < end) else None
