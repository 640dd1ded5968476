"""The database of a PostgreSQL archive: its tables, its partitions, and what its errors mean.

Envelopes lie in partitions by time, which are made when they are needed and dropped as a whole when they are too old.
The topic is the first column of the only unique key, so that an engine such as Citus can distribute the table by topic.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg

from pystatus.mailserver.server.archive import ArchiveAway, ArchiveBusy, ArchiveError, ArchiveFull, ArchiveReadOnly
from pystatus.storage.archive.names import EXAMPLE
from pystatus.storage.archive.postgres_hosts import reason, wants_another_server

OLDEST_SERVER = 150_000
"""PostgreSQL 15, as PostgreSQL counts."""
PARTITION_SECONDS = 6 * 3600
"""Seconds in a partition: small enough to keep to a set size by dropping the oldest, 120 of them for a month."""
SCHEMA_LOCK = 0x70735341
"""Advisory lock of whoever changes tables; several mailservers share the database."""
PRUNE_LOCK = SCHEMA_LOCK + 1
"""Advisory lock of whoever prunes."""

_TABLES = """
CREATE TABLE pystatus_archive (version integer NOT NULL);
INSERT INTO pystatus_archive VALUES (1);
CREATE TABLE envelopes (
    topic bytea NOT NULL,
    sent bigint NOT NULL,
    hash bytea NOT NULL,
    raw bytea NOT NULL,
    PRIMARY KEY (topic, sent, hash)
) PARTITION BY RANGE (sent);
CREATE INDEX envelopes_by_time ON envelopes (sent);
CREATE TABLE topics (
    topic bytea PRIMARY KEY,
    last bigint NOT NULL
);
COMMENT ON TABLE envelopes IS
    'Waku envelopes. To spread them over machines: SELECT create_distributed_table(''envelopes'', ''topic'') of Citus';
COMMENT ON TABLE topics IS
    'All topics that occur, and when they did last. On several machines: SELECT create_reference_table(''topics'')';
"""
_LEDGER = """
CREATE TABLE ledger (
    keeper bytea NOT NULL,
    server bytea NOT NULL,
    spans bytea NOT NULL,
    PRIMARY KEY (keeper, server)
);
COMMENT ON TABLE ledger IS
    'Of which seconds everything is here: whose entry it is, who has heard or answered them (node ids), and the spans';
UPDATE pystatus_archive SET version = 2;
"""
_DAYS = """
ALTER TABLE ledger ADD COLUMN day integer NOT NULL DEFAULT 0;
ALTER TABLE ledger DROP CONSTRAINT ledger_pkey;
ALTER TABLE ledger ADD PRIMARY KEY (keeper, server, day);
COMMENT ON COLUMN ledger.day IS 'Since 1970, on which the server was asked; 0: long ago, or never';
CREATE TABLE removed (before bigint NOT NULL);
COMMENT ON TABLE removed IS 'One row at most. Unix second: before it, envelopes gave way to the set size';
UPDATE pystatus_archive SET version = 3;
"""
_VOUCHED_TIME = """
CREATE TABLE vouched_time (
    id integer PRIMARY KEY CHECK (id = 0),
    second bigint NOT NULL
);
COMMENT ON TABLE vouched_time IS 'One row: the Unix time that had come for certain when it was written';
UPDATE pystatus_archive SET version = 4;
"""
_STEPS = (_TABLES, _LEDGER, _DAYS, _VOUCHED_TIME)
"""What makes each version of the schema of the one before it."""
SCHEMA_VERSION = len(_STEPS)
_PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'envelopes'::regclass ORDER BY 1
"""
_PREFIX = "envelopes_"


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Make an empty database an archive, make sure that another one is, and bring it to the present schema.

    :raises ArchiveError: it is none of ours, or was written by a newer version, or the server is too old.
    """
    if connection.get_server_version().major * 10_000 < OLDEST_SERVER:
        raise ArchiveError("The archive needs PostgreSQL 15 or newer. Update the server.")
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        ours, theirs = await connection.fetchrow(
            "SELECT to_regclass('pystatus_archive') IS NOT NULL, to_regclass('envelopes') IS NOT NULL"
        )
        version = 0
        if ours:
            version = await connection.fetchval("SELECT version FROM pystatus_archive")
            if version > SCHEMA_VERSION:
                raise ArchiveError(
                    f"The archive was written by a newer pystatus (schema {version}, known {SCHEMA_VERSION}). "
                    "Update pystatus."
                )
        elif theirs:
            raise ArchiveError(
                "The database holds envelopes of another program. Give pystatus an empty database, and import them."
            )
        for step in _STEPS[version:]:
            await connection.execute(step)


def partition_of(sent: int) -> int:
    """The first second of the partition that ``sent`` falls into."""
    return sent - sent % PARTITION_SECONDS


def partition_name(start: int) -> str:
    """Names sort as times do."""
    return f"{_PREFIX}{start:010d}"


async def partitions(connection: asyncpg.Connection[Any]) -> list[int]:
    """The first seconds of all partitions, ascending."""
    return [int(name.removeprefix(_PREFIX)) for (name,) in await connection.fetch(_PARTITIONS)]


async def make_partitions(connection: asyncpg.Connection[Any], starts: Iterable[int]) -> None:
    """Make those of the partitions that do not exist. Readers and writers of others are not held up."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        existing = set(await partitions(connection))
        for start in sorted(set(starts) - existing):
            name = partition_name(start)
            await connection.execute(f"""
                CREATE TABLE {name} (LIKE envelopes INCLUDING ALL);
                ALTER TABLE {name} ALTER COLUMN raw SET STORAGE EXTERNAL;
                ALTER TABLE envelopes ATTACH PARTITION {name}
                FOR VALUES FROM ({start}) TO ({start + PARTITION_SECONDS})
            """)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn the driver's errors into sentences. Addresses and passwords are in none of them."""
    try:
        yield
    except asyncpg.QueryCanceledError as error:
        raise ArchiveBusy("The search took too long: ask for a shorter time or fewer topics.") from error
    except asyncpg.DiskFullError as error:
        raise ArchiveFull("The disk of the database is full. Make room, or set a smaller size.") from error
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        raise ArchiveError(f"The database refuses us: {error}. Check the archive's URL.") from error
    except asyncpg.ReadOnlySQLTransactionError as error:
        raise ArchiveReadOnly(
            "The database is read-only. If another server took its place, name both in the archive's URL."
        ) from error
    except OSError as error:
        raise ArchiveAway(
            f"The database cannot be reached: {reason(error)}. Start it, or correct the archive's URL."
        ) from error
    except asyncpg.ClientConfigurationError as error:
        raise ArchiveError(f"The archive's URL is malformed: {error}. Give {EXAMPLE}.") from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        what = str(error) or type(error).__name__
        kind = ArchiveAway if wants_another_server(error) else ArchiveError
        raise kind(f"The database cannot be used: {what}.") from error
