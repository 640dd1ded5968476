"""What one window has been asked to sign, until somebody has answered."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.client.features.names import NameDraft
from pystatus.client.features.wallet import TransactionDraft
from pystatus.errors import LocalError

MAX_DRAFTS = 10
"""Questions that are open in one window at a time; the oldest are forgotten. Ours: one is seen at a time."""

Draft: TypeAlias = "TransactionDraft | NameDraft"


class Drafts:
    """Of one window. What is signed is what is kept here, whatever the page says that it is."""

    def __init__(self) -> None:
        self._kept: dict[str, Draft] = {}
        self._last = 0

    def keep(self, draft: Draft) -> str:
        """Its name, by which :meth:`get` finds it."""
        self._last += 1
        self._kept[str(self._last)] = draft
        for name in [*self._kept][:-MAX_DRAFTS]:
            del self._kept[name]
        return str(self._last)

    def get(self, name: str) -> Draft:
        """
        :raises LocalError: it was sent already, or too many were asked about since.
        """
        found = self._kept.get(name)
        if found is None:
            raise LocalError("This question is not open any more. Nothing was sent; begin again.")
        return found

    def forget(self, name: str) -> None:
        """It was sent."""
        self._kept.pop(name, None)

    def clear(self) -> None:
        """Another profile is open, or none."""
        self._kept = {}
