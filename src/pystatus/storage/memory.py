"""Rows of the profile database that every message asks for, in memory as long as they are as the database has them.

A profile has one writer, the connection of who holds its lock. So what was read or written here holds until it is
written again, or until something that was written is undone: then everything is read anew.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

MAX_ROWS = 1_000
"""Rows of one table that are remembered: of the people and chats of a day, some 400 bytes each. Ours."""

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """What a table has, by the key of its rows."""

    def __init__(self, most: int) -> None:
        """
        :param most: rows; beyond it all are forgotten.
        """
        super().__init__()
        self._most = most

    def keep(self, key: K, value: V) -> None:
        """So it is in the database now."""
        if len(self) >= self._most:
            self.clear()
        if self._most:
            self[key] = value


class Memory:
    """What is remembered of one open database, by all stores that work on it."""

    def __init__(self, *, is_only_writer: bool = True) -> None:
        """
        :param is_only_writer: nobody else changes the database; otherwise nothing is remembered.
        """
        self._is_only_writer = is_only_writer
        self._tables: dict[str, Remembered[Any, Any]] = {}

    def of(self, table: str) -> Remembered[Any, Any]:
        """What is remembered of a table."""
        return self._tables.setdefault(table, Remembered(MAX_ROWS if self._is_only_writer else 0))

    def forget(self) -> None:
        """Something was undone, or many rows were changed at once."""
        for rows in self._tables.values():
            rows.clear()
