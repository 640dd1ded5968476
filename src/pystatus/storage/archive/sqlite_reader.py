"""The reading half of an archive in one SQLite file: its threads, and how a page is found.

Python's driver lets go of the interpreter for each row that it fetches, and gets it back only when the event loop's
thread pauses. Therefore every statement here yields one row: lists of numbers as text, envelopes glued together.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias, TypeVar

from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.server.archive import ArchiveBusy, ArchiveQuery, ArchiveState, Kept, Page
from pystatus.storage.archive.spans import unpack
from pystatus.storage.archive.sqlite_file import (
    BUCKET_SHIFT,
    DAYS_VERSION,
    LEDGER_VERSION,
    PAGE_SIZE,
    connect_reader,
    explained,
    hash_prefix,
)
from pystatus.waku import packets
from pystatus.waku.bloom import BLOOM_SIZE
from pystatus.wire import rlp

READERS = 2
"""Pages that are read at the same time. Each has a thread; more help only with slow disks."""
READER_CACHE = 16 << 20
"""Bytes of the database that each reader keeps in memory; behind it is the system's cache."""
QUERY_TIMEOUT = 10.0
"""Seconds after which a page is given up."""
INTERRUPT_AGAIN = 0.05
"""Seconds between two attempts to interrupt a search."""
SEEK_COST = 2.0
"""What it costs to look up one topic in one bucket, in envelopes that are looked at one after another. Measured."""
SEEKS_AT_ONCE = 2_000
"""Look-ups in one statement: some milliseconds of work, after which the page may be full."""
MAX_MATCHING = 100_000
"""Topics that are listed because a bloom filter matches them, about 1 MB. Anybody can invent topics: with more of them
each envelope is held against the filter."""

_Result = TypeVar("_Result")
_Values: TypeAlias = dict[str, int | str]

# The bits of a topic as integer, in the reference's form: a bit whose byte is assigned again later does not count
# (waku.md D9).
_BIT_0 = "((topic >> 24) | ((topic & 1) << 8))"
_BIT_1 = "((topic >> 16 & 255) | ((topic & 2) << 7))"
_BIT_2 = "((topic >> 8 & 255) | ((topic & 4) << 6))"
_ALLOWED = "allowed(bit) AS MATERIALIZED (SELECT value FROM json_each(:bits))"
_MATCHES = f"""
{_BIT_2} IN allowed
AND ({_BIT_1} >> 3 = {_BIT_2} >> 3 OR {_BIT_1} IN allowed)
AND ({_BIT_0} >> 3 IN ({_BIT_1} >> 3, {_BIT_2} >> 3) OR {_BIT_0} IN allowed)
"""
_TOPICS_IN_BLOOM = f"""
WITH {_ALLOWED}
SELECT group_concat(topic) FROM (SELECT topic FROM topics WHERE last >= :bucket AND {_MATCHES} LIMIT :most)
"""
_KNOWN_TOPICS = """
SELECT group_concat(topic) FROM json_each(:topics) CROSS JOIN topics ON topic = value WHERE last >= :bucket
"""
_BOUNDS = f"""
SELECT {", ".join(f"(SELECT {end}({column}) FROM envelopes)" for column in ("sent", "id") for end in ("min", "max"))}
"""
"""First and last second, first and last number. Each alone is one look-up; together they would be a scan."""

_FOUND = "SELECT group_concat(id || ' ' || length(raw)) FROM (SELECT e.id, e.raw FROM {} ORDER BY {} LIMIT :limit)"
_NEWEST_FIRST = "e.sent DESC, e.prefix DESC"
_BY_TIME = _FOUND.format(
    "envelopes AS e INDEXED BY by_time WHERE e.sent >= :lower AND (e.sent, e.prefix) < (:sent, :prefix)", _NEWEST_FIRST
)
_BY_TIME_IN_TOPICS = "WITH wanted(topic) AS MATERIALIZED (SELECT value FROM json_each(:topics)) " + _FOUND.format(
    "envelopes AS e INDEXED BY by_time WHERE e.sent >= :lower AND (e.sent, e.prefix) < (:sent, :prefix) "
    "AND e.topic IN wanted",
    _NEWEST_FIRST,
)
_BY_TIME_IN_BLOOM = f"WITH {_ALLOWED} " + _FOUND.format(
    "envelopes AS e INDEXED BY by_time WHERE e.sent >= :lower AND (e.sent, e.prefix) < (:sent, :prefix) "
    f"AND {_MATCHES}",
    _NEWEST_FIRST,
)
_BY_TOPIC = f"""
WITH RECURSIVE
bucket(number) AS (SELECT :last UNION ALL SELECT number - 1 FROM bucket WHERE number > :first),
wanted(topic) AS MATERIALIZED (SELECT value FROM json_each(:topics)),
found(id, sent, prefix, size) AS MATERIALIZED (
    SELECT e.id, e.sent, e.prefix, length(e.raw)
    FROM bucket CROSS JOIN wanted CROSS JOIN envelopes AS e INDEXED BY by_topic
    ON e.sent >> {BUCKET_SHIFT} = bucket.number AND e.topic = wanted.topic AND e.sent BETWEEN :lower AND :sent
    WHERE (e.sent, e.prefix) < (:sent, :prefix)
    ORDER BY {_NEWEST_FIRST} LIMIT :limit
)
SELECT group_concat(id || ' ' || size) FROM (SELECT id, size FROM found ORDER BY sent DESC, prefix DESC LIMIT :limit)
"""
_ENVELOPES = (
    "SELECT group_concat(raw, '') FROM (SELECT raw FROM json_each(:ids) CROSS JOIN envelopes ON envelopes.id = value)"
)


class _Search:
    """One search, which may be given up before it begins, while it runs, or in vain."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._given_up = False

    def give_up(self) -> None:
        """To be called in the event loop. Interrupts again and again: between two statements nobody notices it."""
        with self._lock:
            self._given_up = True
            if self._connection is not None:
                self._connection.interrupt()
                self._loop.call_later(INTERRUPT_AGAIN, self.give_up)

    @contextlib.contextmanager
    def on(self, connection: sqlite3.Connection) -> Iterator[None]:
        with self._lock:
            if self._given_up:
                raise ArchiveBusy("The archive is too busy: ask again in a minute.")
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None


class SqliteReader:
    """An archive that is open for reading. Its threads do not hold up the event loop; other processes may write to the
    file, and it may be on a read-only disk."""

    def __init__(self, path: Path, query_timeout: float) -> None:
        """Internal: see :meth:`open`."""
        self._path = path
        self._query_timeout = query_timeout
        self._reading = ThreadPoolExecutor(READERS, "archive-reader")
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        with contextlib.ExitStack() as opened:
            for _ in range(READERS):
                reader = connect_reader(path, cache_bytes=READER_CACHE)
                opened.callback(reader.close)
                self._readers.put(reader)
            opened.pop_all()

    @classmethod
    async def open(cls, path: Path, *, query_timeout: float = QUERY_TIMEOUT) -> SqliteReader:
        """Open the archive at ``path``.

        :raises ArchiveError: the file cannot be opened, is none of ours, or was written by a newer version.
        """
        return await asyncio.to_thread(cls, path, query_timeout)

    async def page(self, query: ArchiveQuery) -> Page:
        """See :meth:`pystatus.mailserver.server.archive.Archive.page`."""
        return await self._read(lambda connection: _read_page(connection, query))

    async def ledger(self) -> list[Kept]:
        """See :meth:`pystatus.mailserver.server.archive.Archive.ledger`."""
        return await self._read(_read_ledger)

    async def removed_before(self) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.removed_before`."""
        return await self._read(_read_removed_before)

    async def state(self) -> ArchiveState:
        """See :meth:`pystatus.mailserver.server.archive.Archive.state`."""
        return await self._read(_read_state)

    async def close(self) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.close`."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._reading.shutdown()
        while not self._readers.empty():  # all are there again, unless it was closed before
            self._readers.get().close()

    async def _read(self, action: Callable[[sqlite3.Connection], _Result]) -> _Result:
        loop = asyncio.get_running_loop()
        search = _Search(loop)

        def run() -> _Result:
            connection = self._readers.get()
            try:
                with explained(self._path), search.on(connection):
                    return action(connection)
            finally:
                self._readers.put(connection)

        timer = loop.call_later(self._query_timeout, search.give_up)
        try:
            return await loop.run_in_executor(self._reading, run)
        except asyncio.CancelledError:
            search.give_up()
            raise
        finally:
            timer.cancel()


def _read_page(connection: sqlite3.Connection, query: ArchiveQuery) -> Page:
    """The page that ``query`` asks for.

    :raises sqlite3.Error: whatever happens.
    """
    oldest, newest, first, last = connection.execute(_BOUNDS).fetchone()
    if oldest is None:
        return Page((), more=False)
    lower = max(query.lower, oldest)
    upper = min(query.before.sent, newest)
    if lower > upper:
        return Page((), more=False)
    values: _Values = {
        "lower": lower,
        "sent": query.before.sent,
        "prefix": hash_prefix(query.before.hash),
        "limit": query.limit + 1,  # one more, to know whether there is more
    }
    if query.topics is None and query.bloom is None:
        found = _numbers(connection, _BY_TIME, values)
    else:
        topics = _topics(connection, query, lower >> BUCKET_SHIFT)
        if not topics:
            return Page((), more=False)
        values["topics"] = f"[{topics}]"
        count = topics.count(",") + 1
        buckets = (upper >> BUCKET_SHIFT) - (lower >> BUCKET_SHIFT) + 1
        in_range = (last - first + 1) * (upper - lower + 1) / (newest - oldest + 1)
        if query.topics is None and count > MAX_MATCHING:
            found = _numbers(connection, _BY_TIME_IN_BLOOM, values | {"bits": _bits(query.bloom)})
        elif buckets * count * SEEK_COST > in_range:
            found = _numbers(connection, _BY_TIME_IN_TOPICS, values)
        else:
            found = _by_topic(connection, values, upper, count)
    return _take(connection, found, query)


def _read_state(connection: sqlite3.Connection) -> ArchiveState:
    """How full the archive is.

    :raises sqlite3.Error: whatever happens.
    """
    oldest, newest, first, last = connection.execute(_BOUNDS).fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return ArchiveState(0 if first is None else last - first + 1, pages * PAGE_SIZE, oldest, newest)


def _read_ledger(connection: sqlite3.Connection) -> list[Kept]:
    """All entries. The file may be of an older version, where it is only read.

    :raises sqlite3.Error: whatever happens.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < LEDGER_VERSION:
        return []
    day = "day" if version >= DAYS_VERSION else "0"
    rows = connection.execute(f"SELECT keeper, server, {day}, spans FROM ledger")
    return [Kept(keeper, CoverageEntry(ALL_TOPICS, server, unpack(spans), day)) for keeper, server, day, spans in rows]


def _read_removed_before(connection: sqlite3.Connection) -> int:
    """Before which Unix second envelopes gave way to the set size; 0 if none did, or the file is of an older version.

    :raises sqlite3.Error: whatever happens.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < DAYS_VERSION:
        return 0
    (before,) = connection.execute("SELECT coalesce(max(before), 0) FROM removed").fetchone()
    return int(before)


def _by_topic(connection: sqlite3.Connection, values: _Values, upper: int, topics: int) -> list[tuple[int, int]]:
    """Go back through the buckets until there is enough."""
    lower, limit = values["lower"], values["limit"]
    assert isinstance(lower, int)
    assert isinstance(limit, int)
    step = max(1, SEEKS_AT_ONCE // topics)
    found: list[tuple[int, int]] = []
    last, first = upper >> BUCKET_SHIFT, lower >> BUCKET_SHIFT
    while last >= first and len(found) < limit:
        window: _Values = {"last": last, "first": max(first, last - step + 1), "limit": limit - len(found)}
        found += _numbers(connection, _BY_TOPIC, values | window)
        last -= step
    return found


def _topics(connection: sqlite3.Connection, query: ArchiveQuery, bucket: int) -> str:
    """The topics that are wanted and occur, as numbers with commas between them; of those that a filter matches one
    more than :data:`MAX_MATCHING` at most."""
    if query.topics is not None:
        topics = ",".join(str(int.from_bytes(topic, "big")) for topic in query.topics)
        (known,) = connection.execute(_KNOWN_TOPICS, {"topics": f"[{topics}]", "bucket": bucket}).fetchone()
    else:
        values = {"bits": _bits(query.bloom), "bucket": bucket, "most": MAX_MATCHING + 1}
        (known,) = connection.execute(_TOPICS_IN_BLOOM, values).fetchone()
    return (known or b"").decode()


def _bits(bloom: bytes | None) -> str:
    """The numbers of the bits that are set, in JSON."""
    bloom = bloom or bytes(BLOOM_SIZE)
    return f"[{','.join(str(bit) for bit in range(8 * BLOOM_SIZE) if bloom[bit >> 3] >> (bit & 7) & 1)}]"


def _numbers(connection: sqlite3.Connection, statement: str, values: _Values) -> list[tuple[int, int]]:
    (text,) = connection.execute(statement, values).fetchone()
    pairs = (pair.split() for pair in (text or b"").split(b",") if pair)
    return [(int(number), int(size)) for number, size in pairs]


def _take(connection: sqlite3.Connection, found: list[tuple[int, int]], query: ArchiveQuery) -> Page:
    """Fetch what fits of the envelopes ``found``: their numbers and sizes."""
    taken: list[str] = []
    size = 0
    for number, length in found[: query.limit]:
        size += length
        if taken and size > query.max_bytes:
            break
        taken.append(str(number))
    if not taken:
        return Page((), more=False)
    (joined,) = connection.execute(_ENVELOPES, {"ids": f"[{','.join(taken)}]"}).fetchone()
    # Some may have been pruned a moment ago: then there is nothing behind them either.
    envelopes = packets.split_messages(rlp.encode_list((joined or b"",)))
    return Page(envelopes, more=bool(envelopes) and len(taken) < len(found))
