"""The journal of events in the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2 as sqlcipher

if TYPE_CHECKING:
    from pystatus.crypto.random import RandomSource
    from pystatus.storage.database import Database

MAX_JOURNAL_EVENTS = 50_000
"""Events that are kept for those who were away. Ours: days of a busy profile."""
MAX_JOURNAL_BYTES = 4 << 20
"""Bytes of them: strangers can write what is in an event, and a profile grows by 20 MB at most, whatever they do. Ours:
twenty thousand events."""
PRUNED_EVERY = 1_000
"""Events after which the oldest that are too many are removed."""


_OLDEST = "SELECT min(cursor) FROM journal"
_NEWEST = "SELECT max(cursor) FROM journal"
"""Each by itself is found at one end; SQLite goes through all rows for both together."""

_NO_EVENT = b"[]"
"""What keeps the place of the newest cursor where no event is left: nobody is told of it."""


class SqlJournal:
    """Implements :class:`~pystatus.messenger.journal.JournalStore`."""

    def __init__(
        self, connection: sqlcipher.Connection, most: int = MAX_JOURNAL_EVENTS, most_bytes: int = MAX_JOURNAL_BYTES
    ) -> None:
        self._connection = connection
        self._most = most
        self._most_bytes = most_bytes

    def add(self, events: Sequence[bytes]) -> int:
        last = self._connection.execute(f"SELECT cursor, bytes_so_far FROM journal WHERE cursor = ({_NEWEST})")
        newest, size = last.fetchone() or (0, 0)
        rows = []
        for cursor, event in enumerate(events, newest + 1):
            size += len(event)
            rows.append((cursor, size, event))
        self._connection.executemany("INSERT INTO journal (cursor, bytes_so_far, event) VALUES (?, ?, ?)", rows)
        if newest // PRUNED_EVERY != (newest + len(rows)) // PRUNED_EVERY:
            self._prune(newest + len(rows), size)
        return int(newest) + 1

    def begin_anew(self, newest: int) -> None:
        last = self._connection.execute(f"SELECT bytes_so_far FROM journal WHERE cursor = ({_NEWEST})").fetchone()
        self._connection.execute("DELETE FROM journal")
        row = (newest, 0 if last is None else last[0], _NO_EVENT)
        self._connection.execute("INSERT INTO journal (cursor, bytes_so_far, event) VALUES (?, ?, ?)", row)

    def _prune(self, newest: int, size: int) -> None:
        oldest = self._connection.execute(
            "SELECT cursor FROM journal WHERE bytes_so_far > ? ORDER BY cursor LIMIT 1", (size - self._most_bytes,)
        ).fetchone()
        first = max(newest - self._most + 1, newest if oldest is None else oldest[0])
        self._connection.execute("DELETE FROM journal WHERE cursor < ?", (min(first, newest),))

    def after(self, cursor: int, limit: int) -> Sequence[tuple[int, bytes]]:
        rows = self._connection.execute(
            "SELECT cursor, event FROM journal WHERE cursor > ? ORDER BY cursor LIMIT ?", (cursor, limit)
        )
        return [(number, event) for number, event in rows]

    def beginning(self) -> int | None:
        oldest = self._connection.execute(f"SELECT cursor, event FROM journal WHERE cursor = ({_OLDEST})").fetchone()
        return oldest[0] if oldest is not None and oldest[1] == _NO_EVENT else None

    def bounds(self) -> tuple[int, int]:
        oldest, newest = self._connection.execute(f"SELECT ({_OLDEST}), ({_NEWEST})").fetchone()
        return oldest or 0, newest or 0


def begin_after_others(database: Database, now: float, random: RandomSource) -> None:
    """The account of a new profile is not new: it may have had a profile here before, of which programs have cursors.

    :param now: Unix seconds.
    """
    from pystatus.messenger.journal import begin_life  # what only reads a profile loads nothing of it

    with database.transaction():
        begin_life(SqlJournal(database.connection), now, random)
