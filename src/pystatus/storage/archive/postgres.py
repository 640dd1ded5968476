"""An archive in PostgreSQL 15 or newer: several mailservers on several machines fill and serve one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.server.archive import (
    Archive,
    ArchiveAway,
    ArchiveBusy,
    ArchiveError,
    ArchiveFull,
    ArchiveQuery,
    ArchiveState,
    Kept,
    Page,
)
from pystatus.storage.archive import postgres_schema as schema
from pystatus.storage.archive.names import check_name
from pystatus.storage.archive.postgres_hosts import connect, wants_another_server
from pystatus.storage.archive.spans import pack, unpack
from pystatus.storage.archive.sqlite_file import BUCKET_SHIFT
from pystatus.waku.envelope import Envelope

CONNECTIONS = 6
"""In the pool: one that writes, one that prunes, four for pages."""
CONNECT_TIMEOUT = 5.0
"""Seconds to wait for the server, or for a free connection."""
COMMAND_TIMEOUT = 60.0
"""Seconds after which a server is given up that does not answer a command: it may be gone without a word."""
QUERY_TIMEOUT = 10.0
"""Seconds after which a page is given up."""
LOCK_TIMEOUT_MS = 5_000
"""Milliseconds that dropping a partition waits for its readers, who wait behind it meanwhile; later it tries again."""
ROW_BYTES = 400
"""About what the tables take for an envelope and its topic, without the envelope itself. Measured: 290. Ours."""
MARGIN = 1 / 8
"""How far, as a share of the set size, the archive may grow beyond it between two times at which it is looked at."""
KNOWN_TOPICS = 100_000
"""Topics that are known to be in the table of topics."""
MAX_MATCHING = 100_000
"""Topics that are fetched because a bloom filter matches them, about 10 MB. Anybody can invent topics: with more of
them each envelope is held against the filter."""

_INSERT = """
INSERT INTO envelopes (topic, sent, hash, raw)
SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bytea[]) ON CONFLICT DO NOTHING
"""
_INSERT_TOPICS = """
INSERT INTO topics (topic, last) SELECT * FROM unnest($1::bytea[], $2::bigint[])
ON CONFLICT (topic) DO UPDATE SET last = excluded.last WHERE topics.last < excluded.last
"""
_KEEP = """
INSERT INTO ledger (keeper, server, day, spans) VALUES ($1, $2, $3, $4)
ON CONFLICT (keeper, server, day) DO UPDATE SET spans = excluded.spans
"""
_KEEP_VOUCHED_TIME = """
INSERT INTO vouched_time (id, second) VALUES (0, $1) ON CONFLICT (id) DO UPDATE SET second = excluded.second
"""
# Each row says how many there are, those included that are beyond the size and left out.
_PAGE = """
SELECT raw, available FROM (
    SELECT raw, sent, hash, count(*) OVER () AS available, sum(octet_length(raw)) OVER (
        ORDER BY sent DESC, hash DESC ROWS UNBOUNDED PRECEDING
    ) AS total FROM (
        SELECT raw, sent, hash FROM envelopes
        WHERE sent >= $1 AND sent <= $2 AND (sent, hash) < ($2, $3) {}
        ORDER BY sent DESC, hash DESC LIMIT $4
    ) AS page
) AS sized WHERE total <= $5 OR total = octet_length(raw) ORDER BY sent DESC, hash DESC
"""
_PAGE_OF_ALL = _PAGE.format("")
_PAGE_OF_TOPICS = _PAGE.format("AND topic = ANY($6::bytea[])")
# The bits of a topic in the reference's form: one whose byte is assigned again later does not count (waku.md D9).
# PostgreSQL numbers the bits of a bytea as the bloom filter does.
_MATCHES = """(
    SELECT get_bit({bloom}::bytea, c) = 1
    AND (b >> 3 = c >> 3 OR get_bit({bloom}::bytea, b) = 1)
    AND (a >> 3 = b >> 3 OR a >> 3 = c >> 3 OR get_bit({bloom}::bytea, a) = 1)
    FROM (SELECT
        get_byte(topic, 0) + 256 * (get_byte(topic, 3) & 1) AS a,
        get_byte(topic, 1) + 128 * (get_byte(topic, 3) & 2) AS b,
        get_byte(topic, 2) + 64 * (get_byte(topic, 3) & 4) AS c
    ) AS bits
)"""
_TOPICS_IN_BLOOM = f"SELECT topic FROM topics WHERE last >= $2 AND {_MATCHES.format(bloom='$1')} LIMIT $3"
_PAGE_IN_BLOOM = _PAGE.format(f"AND {_MATCHES.format(bloom='$6')}")

_TOO_SMALL = f"The last {schema.PARTITION_SECONDS // 3600} hours alone are larger than the set size. Set a larger one."


class PostgresArchive:
    """An open archive. What is being done when a server goes away, or can no longer be written, fails and may be done
    again: it is done on new connections then, to whichever server of the URL can be written."""

    def __init__(self, url: str, pool: asyncpg.Pool[Any], max_bytes: int | None, query_timeout: float) -> None:
        """Internal: see :meth:`open`."""
        self._url = url
        self._pool = pool
        self._retired: set[asyncio.Task[None]] = set()
        self._max_bytes = max_bytes
        self._query_timeout = query_timeout
        self._partitions: set[int] = set()
        self._last_buckets: dict[bytes, int] = {}
        self._room = 0
        """Bytes that can be stored before the size of the tables is looked at again."""

    @classmethod
    async def open(
        cls, url: str, *, max_bytes: int | None = None, query_timeout: float = QUERY_TIMEOUT
    ) -> PostgresArchive:
        """Open the archive in the database at ``url``, ``postgresql://user:password@host/database``; of several hosts,
        with commas between them, one that can be written is used. An empty database becomes an archive.

        :param max_bytes: the size that the tables may have; whole partitions, the oldest first, give way.
        :raises ArchiveError: it cannot be reached, is none of ours, or was written by a newer version.
        """
        check_name(url)
        archive = cls(url, await _new_pool(url), max_bytes, query_timeout)
        try:
            async with archive._connection() as connection:
                await schema.prepare(connection)
        except BaseException:
            await archive.close()
            raise
        return archive

    async def add(self, envelopes: Sequence[Envelope]) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.add`."""
        # In one order for all mailservers: two that store the same envelopes wait for each other, never crosswise.
        rows = sorted([(one.topic, one.sent, one.hash, one.raw) for one in envelopes])
        if not rows:
            return 0
        buckets = {topic: sent >> BUCKET_SHIFT for topic, sent, _, _ in rows}  # the last one of a topic is its latest
        known = self._last_buckets
        fresh = {topic: bucket for topic, bucket in buckets.items() if known.get(topic, -1) < bucket}
        needed = {schema.partition_of(row[1]) for row in rows}
        async with self._connection() as connection:
            if not needed <= self._partitions:
                await schema.make_partitions(connection, needed)
                self._partitions |= needed
            await self._make_room(connection, sum(len(raw) + ROW_BYTES for _, _, _, raw in rows))
            try:
                async with connection.transaction():
                    if fresh:
                        await connection.execute(_INSERT_TOPICS, list(fresh), list(fresh.values()))
                    status = await connection.execute(_INSERT, *map(list, zip(*rows, strict=True)))
            except asyncpg.CheckViolationError:  # another mailserver has dropped a partition that we knew
                self._partitions.clear()
                raise
        if len(known) > KNOWN_TOPICS:
            known.clear()
        known.update(fresh)
        return int(status.rpartition(" ")[2])

    async def page(self, query: ArchiveQuery) -> Page:
        """See :meth:`pystatus.mailserver.server.archive.Archive.page`."""
        async with self._connection() as connection, connection.transaction(readonly=True):
            await connection.execute(f"SET LOCAL statement_timeout = {int(self._query_timeout * 1000)}")
            topics = await self._topics(connection, query)
            statement, wanted = _PAGE_OF_ALL, list[Any]()
            if topics is not None and query.topics is None and len(topics) > MAX_MATCHING:
                statement, wanted, topics = _PAGE_IN_BLOOM, [query.bloom], None
            elif topics is not None:
                statement, wanted = _PAGE_OF_TOPICS, [topics]
            if topics is None:
                # In the order of the index until the page is full, whatever the planner knows of a new partition.
                await connection.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
            elif not topics:
                return Page((), more=False)
            rows = await connection.fetch(
                statement,
                query.lower,
                query.before.sent,
                query.before.hash,
                query.limit + 1,  # one more, to know whether there is more
                query.max_bytes,
                *wanted,
            )
        taken = [raw for raw, _ in rows[: query.limit]]
        return Page(taken, more=bool(rows) and len(taken) < rows[0][1])

    async def _topics(self, connection: asyncpg.Connection[Any], query: ArchiveQuery) -> list[bytes] | None:
        if query.topics is not None:
            return list(query.topics)
        if query.bloom is None:
            return None
        rows = await connection.fetch(_TOPICS_IN_BLOOM, query.bloom, query.lower >> BUCKET_SHIFT, MAX_MATCHING + 1)
        return [topic for (topic,) in rows]

    async def ledger(self) -> list[Kept]:
        """See :meth:`pystatus.mailserver.server.archive.Archive.ledger`."""
        async with self._connection() as connection:
            rows = await connection.fetch("SELECT keeper, server, spans, day FROM ledger")
        return [
            Kept(keeper, CoverageEntry(ALL_TOPICS, server, unpack(spans), day)) for keeper, server, spans, day in rows
        ]

    async def removed_before(self) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.removed_before`."""
        async with self._connection() as connection:
            before = await connection.fetchval("SELECT coalesce(max(before), 0) FROM removed")
        assert isinstance(before, int)
        return before

    async def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep`."""
        rows = [(keeper, entry.server, entry.day, pack(entry.covered)) for entry in entries]
        async with self._connection() as connection, connection.transaction():
            await connection.executemany(_KEEP, rows)
            await connection.execute("DELETE FROM ledger WHERE keeper = $1 AND spans = ''", keeper)

    async def vouched_time(self) -> int | None:
        """See :meth:`~pystatus.mailserver.server.archive.Archive.vouched_time`. Of several mailservers that of the
        last one."""
        async with self._connection() as connection:
            second: int | None = await connection.fetchval("SELECT second FROM vouched_time")
            return second

    async def keep_vouched_time(self, second: int) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep_vouched_time`."""
        async with self._connection() as connection:
            await connection.execute(_KEEP_VOUCHED_TIME, second)

    async def prune(self, before: int, after: int | None = None) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.prune`. Of several mailservers one does it."""
        async with self._connection() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", schema.PRUNE_LOCK):
                return 0
            try:
                removed = await self._prune_by_age(connection, before, after)
                return removed + await self._prune_by_size(connection)
            finally:
                await connection.execute("SELECT pg_advisory_unlock($1)", schema.PRUNE_LOCK)

    async def _prune_by_age(self, connection: asyncpg.Connection[Any], before: int, after: int | None) -> int:
        removed = 0
        for start in await schema.partitions(connection):
            end = start + schema.PARTITION_SECONDS
            if end <= before or (after is not None and start >= after):
                removed += await self._drop(connection, start)
            elif start < before:
                removed += await self._delete(connection, start, "sent < $1", before)
            elif after is not None and end > after:
                removed += await self._delete(connection, start, "sent >= $1", after)
        if removed:
            await self._forget_topics(connection, before)
        return removed

    async def _forget_topics(self, connection: asyncpg.Connection[Any], before: int) -> None:
        """Of what was removed. Anybody can invent topics, so they must not stay for ever."""
        oldest = await connection.fetchval("SELECT min(sent) FROM envelopes")
        bucket = (before if oldest is None else oldest) >> BUCKET_SHIFT
        await connection.execute("DELETE FROM topics WHERE last < $1", bucket)
        self._last_buckets.clear()

    async def _delete(self, connection: asyncpg.Connection[Any], start: int, condition: str, second: int) -> int:
        status = await connection.execute(f"DELETE FROM {schema.partition_name(start)} WHERE {condition}", second)
        return int(status.rpartition(" ")[2])

    async def _make_room(self, connection: asyncpg.Connection[Any], wanted: int) -> None:
        """
        :raises ArchiveFull: there is none, even if everything but the last partition gives way.
        """
        if self._max_bytes is None:
            return
        if self._room < wanted:
            most = int(self._max_bytes * (1 + MARGIN))
            if await self._bytes(connection) + wanted > most:
                await self._drop_oldest(connection, self._max_bytes - wanted)
            self._room = max(0, most - await self._bytes(connection))
            if self._room < wanted:
                raise ArchiveFull(_TOO_SMALL)
        self._room -= wanted

    async def _prune_by_size(self, connection: asyncpg.Connection[Any]) -> int:
        if self._max_bytes is None:
            return 0
        removed = await self._drop_oldest(connection, self._max_bytes)
        if await self._bytes(connection) > self._max_bytes:
            raise ArchiveError(_TOO_SMALL)
        return removed

    async def _drop_oldest(self, connection: asyncpg.Connection[Any], most: int) -> int:
        """Partitions beyond ``most`` bytes, but for the last one."""
        removed = 0
        starts = await schema.partitions(connection)
        while len(starts) > 1 and await self._bytes(connection) > most:
            start = starts.pop(0)
            removed += await self._drop(connection, start, gives_way=True)
            await self._forget_topics(connection, start + schema.PARTITION_SECONDS)
            await connection.execute("VACUUM FULL topics")  # else it keeps the size that it had
        return removed

    async def _drop(self, connection: asyncpg.Connection[Any], start: int, *, gives_way: bool = False) -> int:
        name = schema.partition_name(start)
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            count = await self._count(connection, name)
            await connection.execute(f"DROP TABLE {name}")
            if gives_way:
                await connection.execute("DELETE FROM removed")
                await connection.execute("INSERT INTO removed (before) VALUES ($1)", start + schema.PARTITION_SECONDS)
        self._partitions.discard(start)
        return count

    async def _count(self, connection: asyncpg.Connection[Any], name: str) -> int:
        """The envelopes of a partition: what the server's statistics know of a large one, else a count."""
        known = await connection.fetchval("SELECT reltuples::bigint FROM pg_class WHERE relname = $1", name)
        return int(known if known > 0 else await connection.fetchval(f"SELECT count(*) FROM {name}"))

    async def _bytes(self, connection: asyncpg.Connection[Any]) -> int:
        total = await connection.fetchval(
            "SELECT (coalesce(sum(pg_total_relation_size(inhrelid)), 0) + pg_total_relation_size('topics'))::bigint "
            "FROM pg_inherits WHERE inhparent = 'envelopes'::regclass"
        )
        assert isinstance(total, int)
        return total

    async def state(self) -> ArchiveState:
        """See :meth:`pystatus.mailserver.server.archive.Archive.state`."""
        async with self._connection() as connection:
            starts = await schema.partitions(connection)
            count = sum([await self._count(connection, schema.partition_name(start)) for start in starts])
            oldest = await connection.fetchval("SELECT sent FROM envelopes ORDER BY sent LIMIT 1")
            newest = await connection.fetchval("SELECT sent FROM envelopes ORDER BY sent DESC LIMIT 1")
            return ArchiveState(count, await self._bytes(connection), oldest, newest)

    async def close(self) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.close`."""
        await asyncio.gather(_close(self._pool), *self._retired)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        pool = self._pool
        try:
            with schema.explained():
                async with pool.acquire(timeout=CONNECT_TIMEOUT) as connection:
                    try:
                        yield connection
                    except asyncio.CancelledError:
                        connection.terminate()  # else it would be waited for until it has broken off what it does
                        raise
                    except Exception as error:
                        if wants_another_server(error):
                            connection.terminate()
                            await self._retire(pool)
                        raise
        except ArchiveAway as error:
            if isinstance(error.__cause__, TimeoutError):
                if pool.get_size() == CONNECTIONS and not pool.get_idle_size():
                    raise ArchiveBusy("The archive is too busy: ask again in a minute.") from error
                raise ArchiveAway("The database does not answer.") from error
            raise

    async def _retire(self, pool: asyncpg.Pool[Any]) -> None:
        """Use no connection of ``pool`` any more: they lead to a server that is gone, or that can no longer be written.
        What others are doing on them comes to its end."""
        if self._pool is pool:
            self._pool = await _new_pool(self._url)
            task = asyncio.create_task(_close(pool))
            self._retired.add(task)
            task.add_done_callback(self._retired.discard)


async def _new_pool(url: str) -> asyncpg.Pool[Any]:
    """A pool without connections: they are made when they are needed. It does not connect by itself, as one with a
    least size does, which writes a traceback into the log for every attempt that fails."""
    return await asyncpg.create_pool(
        url, connect=connect, min_size=0, max_size=CONNECTIONS, command_timeout=COMMAND_TIMEOUT
    )


async def _close(pool: asyncpg.Pool[Any]) -> None:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await pool.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pool.terminate()  # the server is away: there is nobody to say goodbye to


_: type[Archive] = PostgresArchive
