"""What somebody should look at, as sentences over the screen: some at a time, however many people cause them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MAX_REMARKS = 5
"""Sentences that are shown at a time; each is a widget that is laid out anew with every other one. Ours: one does not
read more in that time."""
REMARK_SECONDS = 15.0
"""How long each is shown."""


class Remarks:
    """Of one screen."""

    def __init__(self, show: Callable[[str], None], now: Callable[[], float], more: str) -> None:
        """
        :param show: shows a sentence for :data:`REMARK_SECONDS`.
        :param now: seconds of a clock that never goes back.
        :param more: the sentence in place of all that are too many.
        """
        self._show = show
        self._now = now
        self._more = more
        self._shown: deque[float] = deque(maxlen=MAX_REMARKS)
        self._more_shown: float | None = None

    def add(self, sentence: str, *, always: bool = False) -> None:
        """Show a sentence, or that there are more of them.

        :param always: strangers cannot cause it, and nothing that they do is to hide it.
        """
        now = self._now()
        if always:
            self._show(sentence)
        elif len(self._shown) < MAX_REMARKS or now - self._shown[0] >= REMARK_SECONDS:
            self._shown.append(now)
            self._show(sentence)
        elif self._more_shown is None or now - self._more_shown >= REMARK_SECONDS:
            self._more_shown = now
            self._show(self._more)
