"""The PostgreSQL archive: other databases, servers that go away, partitions, and two mailservers on one database."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from pystatus.mailserver.server.archive import ArchiveBusy, ArchiveError, ArchiveFull
from pystatus.storage.archive import postgres_schema as schema
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import DAY
from tests.storage.archive.support import START, TOPICS, envelope, everything, fill, hashes, mixture, read
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    """An empty database."""
    return postgres.new_database()


@pytest.fixture
async def opened(url: str) -> AsyncIterator[PostgresArchive]:
    archive = await PostgresArchive.open(url)
    yield archive
    await archive.close()


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_what_was_stored_is_there_for_another_mailserver(opened: PostgresArchive, url: str) -> None:
    stored = mixture(300, DAY)
    await fill(opened, stored)
    other = await PostgresArchive.open(url)
    assert await hashes(other) == {one.hash for one in stored}
    assert await other.add(stored[:10]) == 0
    await other.close()


async def test_a_newer_version_is_refused_with_a_sentence(url: str) -> None:
    await (await PostgresArchive.open(url)).close()
    await execute(url, "UPDATE pystatus_archive SET version = 7")
    with pytest.raises(ArchiveError, match=r"written by a newer pystatus \(schema 7, known 4\)\. Update pystatus\."):
        await PostgresArchive.open(url)


async def test_the_database_of_another_program_is_refused_and_left_alone(url: str) -> None:
    await execute(url, "CREATE TABLE envelopes (id BYTEA NOT NULL UNIQUE, data BYTEA NOT NULL)")
    with pytest.raises(ArchiveError, match=r"another program\. Give pystatus an empty database, and import"):
        await PostgresArchive.open(url)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            "postgresql://nobody@/none?host=/does/not/exist",
            "cannot be reached: /does/not/exist: No such file.* Start it, or correct",
        ),
        ("http://example.org", "no archives at http://"),
        ("postgresql://host:port/database", "malformed"),
    ],
)
async def test_a_wrong_url_is_told(wrong: str, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        await PostgresArchive.open(wrong)


async def test_a_database_that_does_not_exist_and_a_user_who_may_not(postgres: PostgresServer) -> None:
    with pytest.raises(ArchiveError, match=r'refuses us: database "none" does not exist\. Check'):
        await PostgresArchive.open(postgres.url("none"))
    with pytest.raises(ArchiveError, match=r'refuses us: role "stranger" does not exist'):
        await PostgresArchive.open(postgres.url().replace("pystatus@", "stranger@"))


async def test_an_old_server_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "OLDEST_SERVER", 990_000)
    with pytest.raises(ArchiveError, match="needs PostgreSQL 15 or newer"):
        await PostgresArchive.open(url)


async def test_partitions_come_with_envelopes_and_go_with_their_age(opened: PostgresArchive) -> None:
    stored = [envelope(number, START + number * schema.PARTITION_SECONDS, TOPICS[number]) for number in range(8)]
    await fill(opened, stored)

    async def existing() -> list[int]:
        async with opened._connection() as connection:
            return await schema.partitions(connection)

    assert await existing() == [schema.partition_of(one.sent) for one in stored]
    assert await opened.prune(stored[5].sent) == 5
    assert await existing() == [schema.partition_of(one.sent) for one in stored[5:]]
    # The first partition that is left was emptied of what is too old, not dropped.
    assert await hashes(opened) == {one.hash for one in stored[5:]}


async def test_a_partition_that_another_mailserver_has_dropped_is_made_again(opened: PostgresArchive, url: str) -> None:
    await opened.add([envelope(1)])
    other = await PostgresArchive.open(url)
    assert await other.prune(START + DAY) == 1
    with pytest.raises(ArchiveError):
        await opened.add([envelope(2)])
    assert await opened.add([envelope(2)]) == 1
    await other.close()


async def test_it_keeps_to_its_set_size_by_dropping_the_oldest(url: str) -> None:
    archive = await PostgresArchive.open(url, max_bytes=3 << 20)
    for number in range(6):
        sent = START + number * schema.PARTITION_SECONDS
        await archive.add([envelope(number * 1_000 + each, sent, size=500) for each in range(1_000)])
    await archive.prune(0)
    state = await archive.state()
    assert state.envelopes <= 4_000
    assert state.bytes <= 3 << 20
    assert state.newest == START + 5 * schema.PARTITION_SECONDS
    assert state.oldest is not None
    assert await archive.removed_before() == schema.partition_of(state.oldest)
    await archive.close()
    tiny = await PostgresArchive.open(url, max_bytes=1_000)
    with pytest.raises(ArchiveError, match="The last 6 hours alone"):
        await tiny.prune(0)
    assert (await tiny.state()).envelopes == 1_000
    await tiny.close()


@pytest.mark.parametrize("size", [8, 900])
async def test_one_partition_does_not_grow_beyond_the_set_size(url: str, size: int) -> None:
    """Each of a topic of its own: the topics count, too."""
    most = 2 << 20
    archive = await PostgresArchive.open(url, max_bytes=most)
    number = 0
    with pytest.raises(ArchiveFull, match="The last 6 hours alone are larger"):
        for number in range(0, 100_000, 500):
            topics = [each.to_bytes(4, "big") for each in range(number, number + 500)]
            await archive.add([envelope(1, START, topic, size) for topic in topics])
    state = await archive.state()
    assert most / 2 < state.bytes <= most * 5 / 4
    assert state.envelopes == number
    later = [envelope(each, START + DAY, size=size) for each in range(500)]
    assert await archive.add(later) == 500  # the older partition has given way
    assert (await archive.state()).envelopes == 500
    await archive.close()


async def test_topics_go_with_what_gives_way_to_the_set_size(url: str) -> None:
    archive = await PostgresArchive.open(url, max_bytes=3 << 20)
    for number in range(6):
        sent = START + number * schema.PARTITION_SECONDS
        topics = [(1_000 * number + each).to_bytes(4, "big") for each in range(1_000)]
        await archive.add([envelope(1, sent, topic, 500) for topic in topics])
    await archive.prune(0)
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM topics") == (await archive.state()).envelopes
    await connection.close()
    await archive.close()


async def test_a_bloom_filter_that_matches_very_many_topics(
    opened: PostgresArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(opened, mixture(500, 100))
    bloom = topics_bloom(TOPICS[:20])
    listed = await opened.page(everything(bloom=bloom))
    monkeypatch.setattr("pystatus.storage.archive.postgres.MAX_MATCHING", 5)
    assert await opened.page(everything(bloom=bloom)) == listed
    assert len(listed.envelopes) > 100


async def test_only_one_of_several_prunes(opened: PostgresArchive, url: str) -> None:
    await fill(opened, mixture(100, DAY))
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT pg_advisory_lock($1)", schema.PRUNE_LOCK)
    assert await opened.prune(START + 10 * DAY) == 0
    await connection.close()
    assert await opened.prune(START + 10 * DAY) == 100


async def test_a_search_that_takes_too_long_is_given_up(opened: PostgresArchive, url: str) -> None:
    await fill(opened, mixture(100, 100))
    opened._query_timeout = 0.05
    blocker = await asyncpg.connect(url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE envelopes IN ACCESS EXCLUSIVE MODE")
    with pytest.raises(ArchiveBusy, match="took too long"):
        await opened.page(everything())
    await transaction.rollback()
    await blocker.close()
    opened._query_timeout = 10.0
    assert len((await opened.page(everything())).envelopes) == 100


async def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(ArchiveFull, match="disk of the database is full"), schema.explained():
        raise asyncpg.DiskFullError("could not extend file")


async def test_a_topic_table_that_is_forgotten_is_written_again(
    opened: PostgresArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pystatus.storage.archive.postgres.KNOWN_TOPICS", 3)
    stored = mixture(100, 100)
    for one in stored:
        await opened.add([one])
    assert await hashes(opened) == {one.hash for one in stored}


async def test_two_store_the_same_at_once(opened: PostgresArchive, url: str) -> None:
    """In different orders: each envelope is new to one of them, and neither fails."""
    other = await PostgresArchive.open(url)
    stored = mixture(3_000, 3 * DAY)
    first, second = await asyncio.gather(fill(opened, stored, 500), fill(other, list(reversed(stored)), 700))
    assert first + second == len(stored)
    assert await hashes(opened) == {one.hash for one in stored}
    await other.close()


async def test_a_server_that_goes_away_and_comes_back() -> None:
    """A crash in the middle: what was acknowledged is there, errors are sentences, and the pool connects again."""
    server = PostgresServer()
    try:
        archive = await PostgresArchive.open(server.new_database())
        stored = mixture(2_000, 100)
        acknowledged: list[Envelope] = []
        await fill(archive, stored[:500])
        acknowledged += stored[:500]
        server.stop("immediate")
        with pytest.raises(ArchiveError, match="database"):
            await archive.add(stored[500:1_000])
        with pytest.raises(ArchiveError, match="database"):
            await archive.page(everything())
        server.start()
        assert await fill(archive, stored[500:]) == 1_500
        assert await hashes(archive) == {one.hash for one in stored}
        assert len(acknowledged) == 500
        await archive.close()
    finally:
        server.close()


STORER = """
import asyncio, sys
from pystatus.storage.archive.postgres import PostgresArchive
from tests.storage.archive.support import mixture
async def main():
    archive = await PostgresArchive.open(sys.argv[1])
    stored = mixture(int(sys.argv[2]), 86_400, seed=3)
    for start in range(0, len(stored), 100):
        await archive.add(stored[start : start + 100])
        print(start + 100, flush=True)
asyncio.run(main())
"""


async def test_two_processes_on_one_database_and_one_is_killed(opened: PostgresArchive, url: str) -> None:
    """Both get every envelope, as relays do. Nothing is lost with the one that is killed, nothing is there twice."""
    count = 3_000
    command = (sys.executable, "-c", STORER, url, str(count))
    first = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    second = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert second.stdout is not None
    acknowledged = 0
    while acknowledged < count // 3:
        acknowledged = int(await first.stdout.readline())
    first.send_signal(signal.SIGKILL)
    assert await first.wait() == -signal.SIGKILL
    stored = mixture(count, DAY, seed=3)
    assert {one.hash for one in stored[:acknowledged]} <= await hashes(opened)
    assert (await second.communicate(), await second.wait())[1] == 0
    assert await hashes(opened) == {one.hash for one in stored}  # hashes() asserts that none comes twice
    assert len(read(await opened.page(everything(limit=1_000)))) == 1_000
