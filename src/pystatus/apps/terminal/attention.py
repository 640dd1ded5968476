"""Asking for attention: the bell, and one notice: of the desktop where that takes it, else of the terminal."""

from __future__ import annotations

from pystatus.apps.terminal.desktop import Desktop
from pystatus.apps.terminal.outward import Outward


class Attention:
    """Of one program. Nobody is told twice."""

    def __init__(self, outward: Outward, desktop: Desktop | None) -> None:
        """
        :param desktop: None: it is not to be told.
        """
        self._outward = outward
        self._desktop = desktop

    async def ask(self, title: str, text: str, tag: str, *, rings: bool) -> None:
        """Ring, and show a notice in place of the last one with the same tag."""
        if rings:
            self._outward.ring()
        if self._desktop is None or not await self._desktop.notify(title, text, tag):
            self._outward.show(title, text)

    async def withdraw(self, tag: str) -> None:
        """Take a notice away, where that is possible."""
        if self._desktop is not None:
            await self._desktop.withdraw(tag)

    async def close(self) -> None:
        """Nothing is told any more."""
        if self._desktop is not None:
            await self._desktop.close()
