"""What archives keep of the ledger: of which seconds everything is here, and who says so."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import asyncpg
import pytest

from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.server.archive import Archive, ArchiveError, Kept
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.storage.archive.support import START, fill, hashes, mixture
from tests.support.postgres import PostgresServer

DROP_NEWER = "DROP TABLE ledger; DROP TABLE removed; DROP TABLE vouched_time;"
"""What an archive of the first version does not have."""
ANNE, BOB = b"A" * 64, b"B" * 64
FIRST = TimeRanges([TimeRange(START, START + 60)])
LATER = TimeRanges([TimeRange(START, START + 120), TimeRange(START + 500, START + 560)])


def entry(server: bytes, covered: TimeRanges) -> CoverageEntry:
    return CoverageEntry(ALL_TOPICS, server, covered)


async def kept(archive: Archive) -> dict[tuple[bytes, bytes], TimeRanges]:
    return {(one.keeper, one.entry.server): one.entry.covered for one in await archive.ledger()}


async def test_a_new_archive_knows_of_nothing(archive: Archive) -> None:
    assert await kept(archive) == {}
    await archive.keep(ANNE, [])
    assert await kept(archive) == {}


async def test_an_entry_takes_the_place_of_the_former_one_of_the_same_keeper(archive: Archive) -> None:
    await archive.keep(ANNE, [entry(ANNE, FIRST), entry(BOB, FIRST)])
    await archive.keep(BOB, [entry(BOB, LATER)])
    await archive.keep(ANNE, [entry(ANNE, LATER)])
    assert await kept(archive) == {(ANNE, ANNE): LATER, (ANNE, BOB): FIRST, (BOB, BOB): LATER}
    await archive.keep(ANNE, [entry(BOB, NOTHING)])
    assert await kept(archive) == {(ANNE, ANNE): LATER, (BOB, BOB): LATER}


async def test_what_was_asked_on_two_days_is_kept_apart(archive: Archive) -> None:
    days = [CoverageEntry(ALL_TOPICS, BOB, FIRST, 18_000), CoverageEntry(ALL_TOPICS, BOB, LATER, 18_002)]
    await archive.keep(ANNE, days)
    assert sorted((one.entry for one in await archive.ledger()), key=lambda one: one.day) == days
    await archive.keep(ANNE, [CoverageEntry(ALL_TOPICS, BOB, NOTHING, 18_000)])
    assert await archive.ledger() == [Kept(ANNE, days[1])]


async def test_nothing_gave_way_to_the_set_size_of_a_new_archive(archive: Archive) -> None:
    await fill(archive, mixture(100, 100))
    await archive.prune(START + 50)
    assert await archive.removed_before() == 0, "what was too old did not give way"


async def test_what_is_pruned_does_not_take_the_ledger_with_it(archive: Archive) -> None:
    await fill(archive, mixture(100, 100))
    await archive.keep(ANNE, [entry(ANNE, FIRST)])
    await archive.prune(START + 1_000)
    assert await hashes(archive) == set()
    assert await archive.ledger() == [Kept(ANNE, entry(ANNE, FIRST))]


async def test_an_archive_of_the_first_version_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    stored = mixture(100, 100)
    archive = await SqliteArchive.open(path)
    await fill(archive, stored)
    await archive.close()
    with sqlite3.connect(path) as connection:
        connection.executescript(f"{DROP_NEWER} PRAGMA user_version = 1")
    connection.close()
    for expected in ({}, {(ANNE, ANNE): FIRST}):
        archive = await SqliteArchive.open(path)
        assert await kept(archive) == expected
        await archive.keep(ANNE, [entry(ANNE, FIRST)])
        assert await hashes(archive) == {one.hash for one in stored}
        await archive.close()


async def test_so_does_a_database_of_the_first_version(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    await (await PostgresArchive.open(url)).close()
    connection = await asyncpg.connect(url)
    await connection.execute(f"{DROP_NEWER} UPDATE pystatus_archive SET version = 1")
    await connection.close()
    for expected in ({}, {(ANNE, ANNE): FIRST}):
        archive = await PostgresArchive.open(url)
        assert await kept(archive) == expected
        await archive.keep(ANNE, [entry(ANNE, FIRST)])
        await archive.close()


async def test_what_was_kept_before_there_were_days_was_kept_long_ago(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    archive = await SqliteArchive.open(path)
    await archive.keep(ANNE, [entry(BOB, LATER)])
    await archive.close()
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "ALTER TABLE ledger RENAME TO newer; "
            "CREATE TABLE ledger (keeper BLOB NOT NULL, server BLOB NOT NULL, spans BLOB NOT NULL, "
            "PRIMARY KEY (keeper, server)) WITHOUT ROWID; "
            "INSERT INTO ledger SELECT keeper, server, spans FROM newer; "
            "DROP TABLE newer; DROP TABLE removed; DROP TABLE vouched_time; PRAGMA user_version = 2"
        )
    connection.close()
    archive = await SqliteArchive.open(path)
    assert await archive.ledger() == [Kept(ANNE, entry(BOB, LATER))]
    assert await archive.removed_before() == 0
    await archive.close()


async def test_so_it_was_in_a_database(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    archive = await PostgresArchive.open(url)
    await archive.keep(ANNE, [entry(BOB, LATER)])
    await archive.close()
    connection = await asyncpg.connect(url)
    await connection.execute(
        "ALTER TABLE ledger DROP CONSTRAINT ledger_pkey; ALTER TABLE ledger DROP COLUMN day; "
        "ALTER TABLE ledger ADD PRIMARY KEY (keeper, server); "
        "DROP TABLE removed; DROP TABLE vouched_time; UPDATE pystatus_archive SET version = 2"
    )
    await connection.close()
    archive = await PostgresArchive.open(url)
    assert await archive.ledger() == [Kept(ANNE, entry(BOB, LATER))]
    assert await archive.removed_before() == 0
    await archive.close()


async def test_two_mailservers_on_one_database_see_each_other(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    anne, bob = await PostgresArchive.open(url), await PostgresArchive.open(url)
    await anne.keep(ANNE, [entry(ANNE, FIRST)])
    await bob.keep(BOB, [entry(BOB, LATER)])
    assert await kept(anne) == await kept(bob) == {(ANNE, ANNE): FIRST, (BOB, BOB): LATER}
    await anne.close()
    await bob.close()


async def test_a_step_that_fails_leaves_the_former_version(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    await (await SqliteArchive.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 1")  # the table that the step makes is there
    connection.close()
    with pytest.raises(ArchiveError, match="cannot be used: table ledger already exists"):
        await SqliteArchive.open(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()


async def test_what_is_no_list_of_spans_is_said_to_be_damage(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    archive = await SqliteArchive.open(path)
    await archive.keep(ANNE, [entry(ANNE, FIRST)])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger SET spans = x'010203'")
    connection.close()
    with pytest.raises(ArchiveError, match="is damaged"):
        await archive.ledger()
    await archive.close()
