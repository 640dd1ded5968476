"""The SQLite archive as a file: other files, other versions, full disks, its size, searches that take too long."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.mailserver.server.archive import ArchiveError, ArchiveFull, ArchiveReadOnly
from pystatus.storage.archive import sqlite_file
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.storage.archive.sqlite_file import connect_reader
from pystatus.storage.archive.sqlite_reader import SEEKS_AT_ONCE
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import DAY
from tests.storage.archive.support import START, TOPICS, envelope, everything, fill, hashes, mixture, read


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def size(path: Path) -> int:
    """On the disk, with the write-ahead log and its index."""
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))


async def test_what_was_stored_is_there_after_reopening_and_only_its_owner_can_read_it(path: Path) -> None:
    archive = await SqliteArchive.open(path)
    await fill(archive, mixture(50, 100))
    await archive.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = await SqliteArchive.open(path)
    assert (await again.state()).envelopes == 50
    # What is in the table of topics is not known to a new process; nothing breaks when it says so again.
    assert await fill(again, mixture(50, 100, seed=2)) == 50
    await again.close()


async def test_a_crash_loses_nothing_that_was_acknowledged(path: Path) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.storage.archive.support import fill, mixture
async def main():
    archive = await SqliteArchive.open(Path({str(path)!r}))
    await fill(archive, mixture(500, 100))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == -9
    archive = await SqliteArchive.open(path)
    assert await hashes(archive) == {one.hash for one in mixture(500, 100)}
    await archive.close()


async def test_a_newer_version_is_refused_with_a_sentence(path: Path) -> None:
    await (await SqliteArchive.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match=r"written by a newer pystatus \(schema 7, known 4\)\. Update pystatus\."):
        await SqliteArchive.open(path)
    assert path.read_bytes() == before


async def test_another_database_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match=r"no archive of pystatus\. Name another file"):
        await SqliteArchive.open(path)
    assert path.read_bytes() == before


async def test_what_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(ArchiveError, match="damaged, or no database"):
        await SqliteArchive.open(path)


async def test_a_place_that_does_not_exist(path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be made: No such file or directory"):
        await SqliteArchive.open(path / "below" / "archive.db")


async def test_an_old_sqlite_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(ArchiveError, match=r"needs SQLite 3\.35 or newer"):
        await SqliteArchive.open(path)


async def test_a_full_disk_stops_archiving_but_not_serving(path: Path) -> None:
    archive = await SqliteArchive.open(path)
    stored = mixture(500, 100)
    await fill(archive, stored)
    # SQLite itself says that there is no room, as it does for a full disk.
    pages = (await archive.state()).bytes // sqlite_file.PAGE_SIZE
    await archive._write(lambda: archive._writer.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(ArchiveFull, match=r"is full\. Make room, or set a smaller size"):
        await fill(archive, mixture(1_000, 100, seed=2))
    assert await hashes(archive) == {one.hash for one in stored}
    await archive._write(lambda: archive._writer.connection.execute("PRAGMA max_page_count = 1000000").fetchone())
    assert await fill(archive, mixture(1_000, 100, seed=2)) == 1_000
    await archive.close()


async def test_a_disk_that_fails_for_lack_of_room_is_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system reports for a full disk differs; what is left decides."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE

    class Usage:
        free = 100

    with pytest.raises(ArchiveError, match="cannot be used: disk I/O error"), sqlite_file.explained(path):
        raise error
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(ArchiveFull), sqlite_file.explained(path):
        raise error


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_READONLY])
async def test_a_disk_that_becomes_read_only_is_named(path: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As file systems do after an error, with the archive open."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    monkeypatch.setattr(sqlite_file, "why_refused", lambda _: "is on a read-only disk. Make the disk writable")
    with pytest.raises(ArchiveReadOnly, match=r"is on a read-only disk\. Make"), sqlite_file.explained(path):
        raise error
    with pytest.raises(ArchiveError, match="cannot be used"), sqlite_file.explained(path / "gone" / "far"):
        monkeypatch.undo()
        raise error


async def test_it_stays_below_its_set_size_and_the_oldest_give_way(path: Path) -> None:
    limit = 8 << 20
    archive = await SqliteArchive.open(path, max_bytes=limit)
    largest = 0
    for minute in range(60):
        batch = [
            envelope(minute * 1_000 + number, START + 60 * minute + number % 60, TOPICS[number % 60], 500)
            for number in range(1_000)
        ]
        assert await archive.add(batch) == 1_000
        largest = max(largest, size(path))
    assert limit // 2 < largest <= limit
    state = await archive.state()
    assert state.newest == START + 60 * 59 + 59
    assert state.oldest is not None
    assert state.oldest > START + 60 * 40
    # Nothing between the oldest and the newest is missing, but for the second in which it was cut.
    kept = await hashes(archive)
    assert len(kept) == state.envelopes
    assert await archive.removed_before() == state.oldest + 1
    await archive.close()


@contextlib.contextmanager
def reading_without_a_pause(path: Path) -> Iterator[None]:
    """Two who read by turns: each begins before the other has ended."""
    is_over = threading.Event()

    def begin(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM topics").fetchone()

    def read() -> None:
        one, other = (connect_reader(path, cache_bytes=1 << 20) for _ in range(2))
        begin(one)
        while not is_over.is_set():
            begin(other)
            one.execute("COMMIT")
            one, other = other, one
        one.close()
        other.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        is_over.set()
        reader.join()


async def test_those_who_read_without_a_pause_do_not_let_the_log_grow(path: Path) -> None:
    limit = 8 << 20
    archive = await SqliteArchive.open(path, max_bytes=limit)
    await fill(archive, mixture(100, 100))
    largest = 0
    with reading_without_a_pause(path):
        for minute in range(60):
            await archive.add([envelope(minute * 500 + number, START + minute, size=500) for number in range(500)])
            largest = max(largest, size(path))
    assert largest <= limit
    await archive.close()


async def test_one_who_reads_for_too_long_is_waited_for_once_and_then_again(path: Path) -> None:
    archive = await SqliteArchive.open(path, max_bytes=8 << 20)
    archive._writer.connection.execute("PRAGMA busy_timeout = 1")
    await fill(archive, mixture(100, 100))
    reader = connect_reader(path, cache_bytes=1 << 20)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM topics").fetchone()

    async def log_after(batches: int) -> int:
        for batch in range(batches):
            await archive.add([envelope(batch * 500 + number, START + batches, size=500) for number in range(500)])
        return path.with_name(f"{path.name}-wal").stat().st_size

    assert await log_after(30) > 4 << 20
    reader.execute("COMMIT")
    assert await log_after(31) <= 3 << 20
    reader.close()
    await archive.close()


async def test_topics_that_somebody_invents_take_no_room_of_envelopes(path: Path) -> None:
    limit = 4 << 20
    archive = await SqliteArchive.open(path, max_bytes=limit)
    for batch in range(40):
        numbers = range(batch * 1_000, (batch + 1) * 1_000)
        await archive.add([envelope(number, START + batch, number.to_bytes(4, "big"), 100) for number in numbers])
        assert size(path) <= limit
    topics = archive._readers.get()
    (count,) = topics.execute("SELECT count(*) FROM topics").fetchone()
    archive._readers.put(topics)
    assert count == (await archive.state()).envelopes
    # One that comes again is found again.
    again = envelope(0, START + 50, bytes(4))
    await archive.add([again])
    assert read(await archive.page(everything(topics=frozenset({bytes(4)})))) == [again]
    await archive.close()


async def test_a_bloom_filter_that_matches_very_many_topics(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = await SqliteArchive.open(path)
    stored = mixture(500, 100)
    await fill(archive, stored)
    bloom = topics_bloom(TOPICS[:20])
    listed = await archive.page(everything(bloom=bloom))
    monkeypatch.setattr("pystatus.storage.archive.sqlite_reader.MAX_MATCHING", 5)
    assert await archive.page(everything(bloom=bloom)) == listed
    assert len(listed.envelopes) > 100
    await archive.close()


async def test_a_batch_that_is_larger_than_the_set_size_leaves_nothing_else(path: Path) -> None:
    archive = await SqliteArchive.open(path, max_bytes=1 << 20)
    await fill(archive, mixture(100, 100))
    large = [envelope(number, START + DAY, size=400_000) for number in range(5)]
    await archive.add(large)
    assert await hashes(archive) == {one.hash for one in large}
    assert await archive.removed_before() > START + 98
    await archive.close()


async def test_room_is_given_back_after_pruning(path: Path) -> None:
    archive = await SqliteArchive.open(path)
    await fill(archive, mixture(12_000, DAY))
    full = (await archive.state()).bytes
    assert await archive.prune(START + DAY // 10 * 9) > 10_000
    assert (await archive.state()).bytes < full / 3
    await archive.close()


async def test_topics_of_pruned_envelopes_are_forgotten(path: Path) -> None:
    archive = await SqliteArchive.open(path)
    await archive.add([envelope(1, START, TOPICS[1]), envelope(2, START + DAY, TOPICS[2])])
    await archive.prune(START + DAY)
    topics = archive._readers.get()
    assert topics.execute("SELECT group_concat(topic) FROM topics").fetchone() == (
        str(int.from_bytes(TOPICS[2], "big")).encode(),
    )
    archive._readers.put(topics)
    await archive.close()


async def test_many_topics_over_a_long_time_are_searched_bucket_by_bucket(path: Path) -> None:
    """Rare topics in a busy archive, and more look-ups than are made in one statement."""
    archive = await SqliteArchive.open(path)
    months = 60 * DAY
    rare = [bytes((255, 0, 0, number)) for number in range(4)]
    busy = [envelope(number, START + number * months // 20_000, TOPICS[number % 60]) for number in range(20_000)]
    found = [envelope(number, START + number * months // 40, rare[number % 4]) for number in range(40)]
    await fill(archive, busy)
    await fill(archive, found)
    assert months // sqlite_file.BUCKET_SECONDS * len(rare) > SEEKS_AT_ONCE
    page = read(await archive.page(everything(topics=frozenset(rare))))
    assert page == list(reversed(found))
    assert read(await archive.page(everything(topics=frozenset(rare), limit=5))) == page[:5]
    await archive.close()


async def test_a_search_that_takes_too_long_is_given_up(path: Path) -> None:
    archive = await SqliteArchive.open(path, query_timeout=0.0)
    await fill(archive, mixture(100, 100))

    def slow(connection: sqlite3.Connection) -> object:
        return connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        ).fetchone()

    with pytest.raises(ArchiveError, match=r"too long|too busy"):
        await archive._read(slow)
    archive._query_timeout = 10.0
    assert len((await archive.page(everything())).envelopes) == 100
    # Who goes away while it searches stops it, too; else closing would wait for ever.
    search = asyncio.ensure_future(archive._read(slow))
    await archive.page(everything())
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    await archive.close()


async def test_what_was_pruned_a_moment_ago_is_left_out(path: Path) -> None:
    """Between the two steps of reading a page, its envelopes may go."""
    archive = await SqliteArchive.open(path)
    await fill(archive, mixture(10, 100))
    page = await archive.page(everything(limit=1))
    assert page.more
    from pystatus.storage.archive.sqlite_reader import _take

    gone = await archive._read(lambda connection: _take(connection, [(10_000, 5), (10_001, 5)], everything(limit=1)))
    assert (list(gone.envelopes), gone.more) == ([], False)
    await archive.close()


async def test_a_topic_table_that_is_forgotten_is_written_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.storage.archive.sqlite_writer.KNOWN_TOPICS", 3)
    archive = await SqliteArchive.open(path)
    stored: list[Envelope] = mixture(200, 100)
    for one in stored:
        await archive.add([one])
    assert await hashes(archive) == {one.hash for one in stored}
    await archive.close()
