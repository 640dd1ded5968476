"""Waiting for an answer while the event loop stands still, and who may end that: a signal, or a key.

What the process that holds a profile reads from its database is asked for and waited for at once, as it takes a
millisecond. If that process hangs, nothing else happens here meanwhile: no key is dealt with, and no handler of a
signal that the event loop would call. So these say it here, from another thread or from between two steps of Python.
"""

from __future__ import annotations


class LongWait:
    """Of this process, which has one event loop."""

    def __init__(self) -> None:
        self._waits = False
        self._is_given_up = False
        self._is_over = False
        self.was_given_up = False
        """Somebody would not wait any longer."""

    def began(self) -> None:
        """Something was asked."""
        self._waits = True

    def goes_on(self) -> bool:
        """There is no answer yet. Whether it is waited for any longer."""
        if self._is_given_up or self._is_over:
            self.was_given_up = True
        return not self.was_given_up

    def ended(self) -> None:
        """There is an answer, or none is waited for any more."""
        self._waits = self._is_given_up = False

    def give_up(self) -> None:
        """Who waits now does not any longer. Nothing changes if nobody does: a key has another meaning then."""
        self._is_given_up = self._waits

    def end(self) -> None:
        """This process is to end: nobody waits any longer, now or later."""
        self._is_over = True


LONG_WAIT = LongWait()
