"""What changes a SQLite archive: adding, pruning, giving room back. One thread."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from pystatus.mailserver.coverage import CoverageEntry
from pystatus.storage.archive.spans import pack
from pystatus.storage.archive.sqlite_file import BUCKET_SHIFT, CHECKPOINT_BYTES, PAGE_SIZE, hash_prefix
from pystatus.waku.envelope import Envelope

PRUNED_AT_ONCE = 5_000
"""Envelopes that are removed in one transaction: some tens of milliseconds."""
LOG_SHARE = 8
"""The write-ahead log is emptied when it has this part of the set size; three times that is kept free for it, because
it holds a whole batch, and what gives way to it, before it can be emptied."""
LOG_TIMES = 2
"""Times that size of the log at which its readers are waited for. SQLite begins it anew only in a moment in which
nobody reads what it holds, and of those who ask for history there may always be one."""
FREE_SHARE = 5
"""Above a fifth of free pages the file is made smaller."""
COMPACTED_AT_ONCE = 1_000
"""Pages that are given back in one transaction."""
KNOWN_TOPICS = 100_000
"""Topics that are known to be in the table of topics, so that it is not written to for each envelope."""

INDEX_FACTOR = 2
"""Times the size of a batch that is made free for it: indexes and half-filled pages come on top."""

_ROWS_AT_ONCE = (1_000, 100, 10, 1)


class Writer:
    """The connection that writes."""

    def __init__(self, connection: sqlite3.Connection, max_bytes: int | None) -> None:
        self.connection = connection
        log_bytes = CHECKPOINT_BYTES if max_bytes is None else min(CHECKPOINT_BYTES, max_bytes // LOG_SHARE)
        self._max_pages = None if max_bytes is None else max(1, (max_bytes - 3 * log_bytes) // PAGE_SIZE)
        self._last_buckets: dict[int, int] = {}
        self._log_bytes = log_bytes
        self._longest_log = LOG_TIMES * log_bytes
        _, _, file = connection.execute("PRAGMA database_list").fetchone()
        self._log_file = Path(os.fsdecode(file + b"-wal"))
        connection.execute(f"PRAGMA wal_autocheckpoint = {max(1, log_bytes // PAGE_SIZE)}")
        connection.execute(f"PRAGMA journal_size_limit = {log_bytes}")

    def add(self, envelopes: Sequence[Envelope]) -> int:
        """Store envelopes in one transaction, and say how many were new."""
        rows: list[int | bytes] = []
        latest: dict[int, int] = {}
        known = self._last_buckets
        size = 0
        for envelope in envelopes:
            sent = envelope.sent
            topic = int.from_bytes(envelope.topic, "big")
            size += len(envelope.raw)
            rows += (sent, hash_prefix(envelope.hash), topic, envelope.raw)
            latest[topic] = max(sent >> BUCKET_SHIFT, latest.get(topic, 0))
        with self._transaction():
            self._make_room(size, len(envelopes))  # and forget topics that may come again with these
            buckets = {topic: bucket for topic, bucket in latest.items() if known.get(topic, -1) < bucket}
            before = self.connection.total_changes
            self._insert("INSERT OR IGNORE INTO envelopes (sent, prefix, topic, raw) VALUES", "(?, ?, ?, ?)", rows, 4)
            added = self.connection.total_changes - before
            if buckets:
                self._insert(
                    "INSERT INTO topics (topic, last) VALUES",
                    "(?, ?)",
                    list(chain.from_iterable(buckets.items())),
                    2,
                    "ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
                )
        if len(known) > KNOWN_TOPICS:
            known.clear()
        known.update(buckets)
        return added

    def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        """Store entries of the ledger. The log of SQLite is in order: they are not there without what came before."""
        rows = [(keeper, entry.server, entry.day, pack(entry.covered)) for entry in entries]
        with self._transaction():
            self.connection.executemany(
                "INSERT OR REPLACE INTO ledger (keeper, server, day, spans) VALUES (?, ?, ?, ?)", rows
            )
            self.connection.execute("DELETE FROM ledger WHERE keeper = ? AND spans = x''", (keeper,))

    def vouched_time(self) -> int | None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.vouched_time`."""
        row = self.connection.execute("SELECT second FROM vouched_time").fetchone()
        return None if row is None else int(row[0])

    def keep_vouched_time(self, second: int) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep_vouched_time`."""
        self.connection.execute("INSERT OR REPLACE INTO vouched_time (id, second) VALUES (0, ?)", (second,))

    def prune_step(self, before: int, after: int | None = None) -> int:
        """Remove some of what was sent before Unix second ``before``, or at ``after`` or later; 0 if nothing is left to
        do."""
        with self._transaction():
            removed = self._remove("sent < ?", (before,), PRUNED_AT_ONCE)
            if not removed and after is not None:
                removed = self._remove("sent >= ?", (after,), PRUNED_AT_ONCE)
            if not removed:
                # Topics whose last envelope is gone. Those that we know to be in the table may be among them.
                oldest = self._one("SELECT min(sent) FROM envelopes") or before
                self.connection.execute("DELETE FROM topics WHERE last < ?", (oldest >> BUCKET_SHIFT,))
        if not removed:
            self._last_buckets.clear()
        return removed

    def compact_step(self) -> bool:
        """Give some free pages back to the disk, if there are many; whether there may be more."""
        if self._one("PRAGMA freelist_count") * FREE_SHARE <= self._one("PRAGMA page_count"):
            return False
        self.connection.execute(f"PRAGMA incremental_vacuum({COMPACTED_AT_ONCE})").fetchall()
        return True

    def _make_room(self, size: int, count: int) -> None:
        """Remove the oldest until ``count`` envelopes of ``size`` bytes together fit into the set size."""
        if self._max_pages is None:
            return
        allowed = self._max_pages - size * INDEX_FACTOR // PAGE_SIZE
        while self._one("PRAGMA page_count") - self._one("PRAGMA freelist_count") > allowed:
            newest = self._one("SELECT max(sent) FROM envelopes")
            topics = self._oldest_topics(2 * count)
            if not self._remove("TRUE", (), 2 * count):
                return
            self._forget_topics(topics)
            oldest = self._one("SELECT min(sent) FROM envelopes") or newest  # some of that second may be gone, too
            self.connection.execute("DELETE FROM removed")
            self.connection.execute("INSERT INTO removed (before) VALUES (?)", (oldest + 1,))

    def _oldest_topics(self, limit: int) -> list[int]:
        """The topics of the oldest ``limit`` envelopes."""
        (text,) = self.connection.execute(
            "SELECT group_concat(DISTINCT topic) FROM "
            f"(SELECT topic FROM envelopes INDEXED BY by_time ORDER BY sent, prefix LIMIT {limit})"
        ).fetchone()
        return [int(topic) for topic in (text or b"").split(b",") if topic]

    def _forget_topics(self, topics: list[int]) -> None:
        """Forget those of which nothing is left. They would take the room of envelopes: anybody can invent some."""
        self.connection.executemany(  # +last: a column with a type is not compared with an index of an expression
            "DELETE FROM topics WHERE topic = ? AND NOT EXISTS (SELECT 1 FROM envelopes INDEXED BY by_topic"
            f" WHERE sent >> {BUCKET_SHIFT} = +topics.last AND envelopes.topic = topics.topic)",
            [(topic,) for topic in topics],
        )
        for topic in topics:
            self._last_buckets.pop(topic, None)

    def _remove(self, condition: str, values: tuple[int, ...], limit: int) -> int:
        """Remove the oldest ``limit`` of the envelopes that meet ``condition``."""
        before = self.connection.total_changes
        self.connection.execute(
            "DELETE FROM envelopes WHERE id IN "
            f"(SELECT id FROM envelopes INDEXED BY by_time WHERE {condition} ORDER BY sent, prefix LIMIT {limit})",
            values,
        )
        return self.connection.total_changes - before

    def _insert(self, head: str, row: str, values: list[int | bytes], width: int, tail: str = "") -> None:
        """Insert rows, many in one statement: between two statements the event loop may hold us up."""
        start = 0
        for size in _ROWS_AT_ONCE:
            statement = f"{head} {', '.join([row] * size)} {tail}"
            while len(values) - start >= size * width:
                self.connection.execute(statement, values[start : start + size * width])
                start += size * width

    def _one(self, query: str) -> int:
        (value,) = self.connection.execute(query).fetchone()
        return int(value or 0)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self._shorten_log()

    def _shorten_log(self) -> None:
        """Wait for those who read what the log holds, if it has become long, and empty it. A reader who begins
        meanwhile finds everything in the database."""
        length = self._log_file.stat().st_size
        if length <= self._longest_log:
            return
        (is_busy, _, _) = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        # Another process may read for longer than we wait: it is tried again when as much has been added.
        self._longest_log = length + self._log_bytes if is_busy else LOG_TIMES * self._log_bytes
