"""The memory that all callers of the RPC take together, whatever carries them (A57).

Each connection has limits of its own. There may be hundreds, and all of them may use what they are allowed: so what
they hold is counted together, and when it is too much, the one that holds most is hung up on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

MAX_BYTES = 256 << 20
"""Bytes of requests that have not come to their end or are being answered, of answers, and of notifications that wait,
of all connections together."""


class Share:
    """What one connection holds. Give it back with :meth:`close`."""

    def __init__(self, room: Room, give_up: Callable[[], None]) -> None:
        """
        :param give_up: hangs up; called at most once, and only between :meth:`hold` and its return.
        """
        self._room = room
        self._give_up = give_up
        self._drops: dict[Callable[[], None], None] = {}
        self.bytes = 0
        self.is_over = False
        """The connection is closed, or is hung up on: nothing is counted any more."""

    def hold(self, count: int) -> None:
        """So many bytes more; if negative, so many less."""
        if not self.is_over:
            self.bytes += count
            self._room.changed(count)

    @contextmanager
    def dropping(self, drop: Callable[[], None]) -> Iterator[None]:
        """While something waits elsewhere for its turn: ``drop`` is called when the connection is hung up on, so that
        nothing is held of which nothing is counted, or at once if it was. It is to end the waiting."""
        if self.is_over:
            drop()
        self._drops[drop] = None
        try:
            yield
        finally:
            self._drops.pop(drop, None)

    def give_up(self) -> None:
        """Hang up, drop what waits, and count nothing any more."""
        self.close()
        self._give_up()
        for drop in list(self._drops):
            drop()

    def close(self) -> None:
        """Nothing is held any more."""
        if not self.is_over:
            self.is_over = True
            self._room.left(self)


class Room:
    """The shares of all connections."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._shares: set[Share] = set()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What all of them hold."""
        return self._bytes

    def share(self, give_up: Callable[[], None]) -> Share:
        """For a new connection; see :class:`Share`."""
        share = Share(self, give_up)
        self._shares.add(share)
        return share

    def changed(self, count: int) -> None:
        """One of the shares has changed by so many bytes."""
        self._bytes += count
        while self._bytes > self._max_bytes:
            max(self._shares, key=lambda share: share.bytes).give_up()

    def left(self, share: Share) -> None:
        """A share is over."""
        self._shares.discard(share)
        self._bytes -= share.bytes
