"""What a client keeps of its questions to mailservers, in the profile database."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.mailserver.time_ranges import TimeRange, TimeRanges

if TYPE_CHECKING:  # a client that asks no mailserver loads none of it
    from pystatus.mailserver.client.actions import DropCoverage, SaveCoverage, SaveQuota, SaveStart
    from pystatus.mailserver.coverage import CoverageEntry


class SqlHistoryStore:
    """The ledger of covered spans, the beginnings of topics, and the bytes of the day. Every write belongs into a
    transaction of the database."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def entries(self) -> list[CoverageEntry]:
        """The ledger."""
        from pystatus.mailserver.coverage import CoverageEntry

        rows = self._execute(
            "SELECT topic, server, day, lower_s, upper_s FROM history_covered ORDER BY topic, server, day"
        )
        return [
            CoverageEntry(topic, server, TimeRanges(TimeRange(lower, upper) for *_, lower, upper in spans), day)
            for (topic, server, day), spans in groupby(rows, key=lambda row: row[:3])
        ]

    def starts(self) -> dict[bytes, int]:
        """Since which Unix second the history of each topic is wanted."""
        return dict(self._execute("SELECT topic, since_s FROM history_starts").fetchall())

    def spent(self) -> SaveQuota | None:
        """The bytes of the last day on which anything was fetched."""
        from pystatus.mailserver.client.actions import SaveQuota

        row = self._execute("SELECT day, bytes FROM history_spent ORDER BY day DESC LIMIT 1").fetchone()
        return SaveQuota(*row) if row else None

    def keep(self, kept: SaveCoverage | SaveStart | SaveQuota | DropCoverage) -> None:
        """Store it in place of what it replaces, or store no more of what is to be forgotten."""
        from pystatus.mailserver.client.actions import DropCoverage, SaveCoverage, SaveQuota, SaveStart
        from pystatus.mailserver.coverage import CoverageEntry

        match kept:
            case SaveCoverage(CoverageEntry(topic, server, covered, day)):
                self._execute(
                    "DELETE FROM history_covered WHERE topic = ? AND server = ? AND day = ?", (topic, server, day)
                )
                self._execute_many(
                    "INSERT INTO history_covered (topic, server, day, lower_s, upper_s) VALUES (?, ?, ?, ?, ?)",
                    [(topic, server, day, *span) for span in covered],
                )
            case DropCoverage(before, topics):
                self._execute("DELETE FROM history_covered WHERE upper_s <= ?", (before,))
                self._execute_many("DELETE FROM history_starts WHERE topic = ?", [(topic,) for topic in topics])
            case SaveStart(topic, since):
                self._execute("INSERT OR REPLACE INTO history_starts (topic, since_s) VALUES (?, ?)", (topic, since))
            case SaveQuota(day, size):
                self._execute("DELETE FROM history_spent WHERE day <> ?", (day,))
                self._execute("INSERT OR REPLACE INTO history_spent (day, bytes) VALUES (?, ?)", (day, size))
