"""What our user has decided about the people who write: asked for with each of their messages."""

from __future__ import annotations

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.storage.memory import Memory, Remembered


class Decisions:
    """Of the table of contacts, what decides whether a message is taken."""

    def __init__(self, connection: sqlcipher.Connection, memory: Memory) -> None:
        self._execute = connection.execute
        self._known: Remembered[bytes, tuple[bool, int]] = memory.of("contacts")

    def is_blocked(self, identity: bytes) -> bool:
        """Whether nothing of somebody (compressed key) is taken."""
        return self._of(identity)[0]

    def cleared_clock(self, identity: bytes) -> int:
        """Up to which clock everything that somebody wrote was deleted; 0: nothing was."""
        return self._of(identity)[1]

    def changed(self, identity: bytes) -> None:
        """Their row is another one from now on."""
        self._known.pop(identity, None)

    def _of(self, identity: bytes) -> tuple[bool, int]:
        known = self._known.get(identity)
        if known is None:
            row = self._execute(
                "SELECT blocked, cleared_clock FROM contacts WHERE identity = ?", (identity,)
            ).fetchone()
            known = (bool(row[0]), int(row[1])) if row else (False, 0)
            self._known.keep(identity, known)
        return known
