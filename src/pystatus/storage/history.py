"""What a client keeps of its questions to mailservers, in the profile database."""

from __future__ import annotations

from itertools import groupby

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.mailserver.fetching import Keep, KeepSpent, KeepStart
from pystatus.mailserver.ledger import Entry
from pystatus.mailserver.spans import Span, Spans


class SqlHistoryStore:
    """The ledger of covered spans, the beginnings of topics, and the bytes of the day. Every write belongs into a
    transaction of the database."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def entries(self) -> list[Entry]:
        """The ledger."""
        rows = self._execute("SELECT topic, server, lower_s, upper_s FROM history_covered ORDER BY topic, server")
        return [
            Entry(topic, server, Spans(Span(lower, upper) for *_, lower, upper in spans))
            for (topic, server), spans in groupby(rows, key=lambda row: (row[0], row[1]))
        ]

    def starts(self) -> dict[bytes, int]:
        """Since which Unix second the history of each topic is wanted."""
        return dict(self._execute("SELECT topic, since_s FROM history_starts").fetchall())

    def spent(self) -> KeepSpent | None:
        """The bytes of the last day on which anything was fetched."""
        row = self._execute("SELECT day, bytes FROM history_spent ORDER BY day DESC LIMIT 1").fetchone()
        return KeepSpent(*row) if row else None

    def keep(self, kept: Keep | KeepStart | KeepSpent) -> None:
        """Store it in place of what it replaces."""
        match kept:
            case Keep(Entry(topic, server, covered)):
                self._execute("DELETE FROM history_covered WHERE topic = ? AND server = ?", (topic, server))
                self._execute_many(
                    "INSERT INTO history_covered (topic, server, lower_s, upper_s) VALUES (?, ?, ?, ?)",
                    [(topic, server, *span) for span in covered],
                )
            case KeepStart(topic, since):
                self._execute("INSERT OR REPLACE INTO history_starts (topic, since_s) VALUES (?, ?)", (topic, since))
            case KeepSpent(day, size):
                self._execute("DELETE FROM history_spent WHERE day <> ?", (day,))
                self._execute("INSERT OR REPLACE INTO history_spent (day, bytes) VALUES (?, ?)", (day, size))
