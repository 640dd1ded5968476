"""Who of many uses most, for whoever makes room: without a look at all of them each time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

T = TypeVar("T")


class Largest(Generic[T]):
    """Which thing uses most. It is looked for once in as many questions as there are things: O(1), amortised."""

    def __init__(self, usage_of: Callable[[T], int]) -> None:
        """
        :param usage_of: what it uses; 0 as soon as it is none of them any more.
        """
        self._usage_of = usage_of
        self._found: T | None = None
        self._questions = 0

    def among(self, things: Collection[T]) -> T:
        """The one that uses most, or did a few questions ago and still uses something."""
        if self._found is None or not self._questions or not self._usage_of(self._found):
            self._found = max(things, key=self._usage_of)
            self._questions = len(things)
        self._questions -= 1
        return self._found
