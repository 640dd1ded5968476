"""Copying: between archives of ours, from those of status-go, broken off and continued."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from pystatus.errors import LocalError
from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import Archive, ArchiveError
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.storage.archive.copying import Copied, copy
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sources import ArchiveSource, LevelDbSource, StatusGoPostgresSource, open_source
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import DAY
from tests.storage.archive.support import START, envelope, fill, hashes, mixture
from tests.support.postgres import PostgresServer

plyvel: Any = import_module("plyvel") if sys.version_info < (3, 13) else None

HOUR = 3_600
STORED = mixture(2_500, 3 * DAY)

# CI's Python runs them; docs/mailserver.md says what 3.13 needs.
needs_leveldb = pytest.mark.skipif(sys.version_info >= (3, 13), reason="plyvel has no wheel for this Python")


def silent(_: Copied) -> None:
    return


def leveldb(path: Path, envelopes: list[Envelope], *, old: int = 0) -> Path:
    """A mailserver's LevelDB as status-go v0.64.0 writes it; ``old`` keys are from before topics were in them."""
    database = plyvel.DB(str(path), create_if_missing=True)
    for number, one in enumerate(envelopes):
        key = Key.of(one)
        database.put(key.cursor if number < old else key.database_key(one.topic), one.raw)
    database.close()
    return path


async def status_go_table(url: str, envelopes: list[Envelope]) -> None:
    """The table of status-go v0.64.0."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "CREATE TABLE envelopes (id BYTEA NOT NULL UNIQUE, data BYTEA NOT NULL, topic BYTEA NOT NULL, "
        "bloom BIT(512) NOT NULL)"
    )
    rows = [(Key.of(one).database_key(one.topic), one.raw, one.topic) for one in envelopes]
    await connection.executemany("INSERT INTO envelopes VALUES ($1, $2, $3, 0::bit(512))", rows)
    await connection.close()


async def test_an_archive_of_ours(archive: Archive, tmp_path: Path) -> None:
    """From SQLite into each kind, twice."""
    original = await SqliteArchive.open(tmp_path / "original.db")
    await fill(original, STORED)
    await original.close()
    for new in (2_500, 0):
        source = await open_source(str(tmp_path / "original.db"))
        assert isinstance(source, ArchiveSource)
        assert await source.count() == 2_500
        state = await copy(source, archive, silent)
        assert (state.read, state.new, state.unusable) == (2_500, new, 0)
        await source.close()
    assert await hashes(archive) == {one.hash for one in STORED}


async def test_what_is_known_of_it_comes_with_an_archive_of_ours(archive: Archive, tmp_path: Path) -> None:
    """Of the time that was copied, and as far as nothing had to give way; what the target knows stays."""
    keeper, other = b"A" * 64, b"B" * 64
    original = await SqliteArchive.open(tmp_path / "original.db", max_bytes=1 << 20)
    for hour in range(24):
        await fill(original, [envelope(hour * 200 + each, START + HOUR * hour + each, size=500) for each in range(200)])
    cut = await original.removed_before()
    assert START < cut < START + DAY
    heard = CoverageEntry(ALL_TOPICS, keeper, TimeRanges([TimeRange(START - DAY, START + DAY)]))
    answered = CoverageEntry(ALL_TOPICS, other, TimeRanges([TimeRange(START, START + DAY)]), 18_000)
    await original.keep(keeper, [heard, answered])
    source = ArchiveSource(original)
    await archive.keep(keeper, [replace(heard, covered=TimeRanges([TimeRange(START + DAY, START + 2 * DAY)]))])
    reached = Copied(Key(START + 23 * HOUR, bytes(32)))
    await copy(source, archive, silent, reached)
    whole = {one.entry.server: one.entry for one in await archive.ledger()}
    assert whole[other] == replace(answered, covered=TimeRanges([TimeRange(cut, START + 23 * HOUR)]))
    assert whole[keeper].covered == TimeRanges(
        [TimeRange(cut, START + 23 * HOUR), TimeRange(START + DAY, START + 2 * DAY)]
    )
    await copy(source, archive, silent)
    assert {one.entry.covered for one in await archive.ledger()} == {
        TimeRanges([TimeRange(cut, START + DAY)]),
        TimeRanges([TimeRange(cut, START + 2 * DAY)]),
    }
    await source.close()


async def test_out_of_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.new_database()
    original = await PostgresArchive.open(url)
    await fill(original, STORED)
    await original.close()
    source = await open_source(url)
    target = await SqliteArchive.open(tmp_path / "copy.db")
    assert (await copy(source, target, silent)).new == 2_500
    assert await hashes(target) == {one.hash for one in STORED}
    await source.close()
    await target.close()


@needs_leveldb
async def test_a_leveldb_of_status_go(archive: Archive, tmp_path: Path) -> None:
    path = leveldb(tmp_path / "wmail", STORED, old=100)
    database = plyvel.DB(str(path))
    database.put(b"meta", b"something else")
    database.put(Key(1_600_000_000, bytes(32)).cursor, b"no envelope")
    giant = envelope(1, size=(1 << 20) + 100)
    database.put(Key.of(giant).cursor, giant.raw)
    database.close()
    source = await open_source(str(path))
    assert isinstance(source, LevelDbSource)
    with pytest.raises(ArchiveError, match=r"cannot be opened.*Stop the mailserver that uses it"):
        await open_source(str(path))
    assert await source.count() == 0
    state = await copy(source, archive, silent)
    assert (state.read, state.new, state.unusable) == (2_502, 2_500, 2)
    assert await hashes(archive) == {one.hash for one in STORED}
    await source.close()


async def test_the_postgresql_of_status_go(postgres: PostgresServer, archive: Archive) -> None:
    url = postgres.new_database()
    await status_go_table(url, STORED)
    source = await open_source(url)
    assert isinstance(source, StatusGoPostgresSource)
    assert await source.count() >= 0
    assert (await copy(source, archive, silent)).new == 2_500
    assert await hashes(archive) == {one.hash for one in STORED}
    await source.close()


@pytest.mark.parametrize("kind", ["ours", pytest.param("leveldb", marks=needs_leveldb), "status-go"])
async def test_a_copy_that_was_broken_off_continues(
    kind: str, archive: Archive, postgres: PostgresServer, tmp_path: Path
) -> None:
    place = str(tmp_path / "original")
    if kind == "ours":
        original = await SqliteArchive.open(Path(place))
        await fill(original, STORED)
        await original.close()
    elif kind == "leveldb":
        leveldb(Path(place), STORED)
    else:
        place = postgres.new_database()
        await status_go_table(place, STORED)

    class BrokenOffError(Exception):
        pass

    reached: list[Copied] = []

    def stop(state: Copied) -> None:
        reached.append(state)
        raise BrokenOffError

    source = await open_source(place)
    with pytest.raises(BrokenOffError):
        await copy(source, archive, stop)
    await source.close()
    assert reached[0].read == 1_000
    source = await open_source(place)
    state = await copy(source, archive, silent, reached[0])
    assert (state.read, state.new) == (2_500, 2_500)
    assert await hashes(archive) == {one.hash for one in STORED}
    await source.close()


@needs_leveldb
async def test_large_envelopes_are_copied_in_small_transactions(archive: Archive, tmp_path: Path) -> None:
    large = [envelope(number, size=1_000_000) for number in range(20)]
    source = await open_source(str(leveldb(tmp_path / "large", large)))
    assert (await copy(source, archive, silent)).new == 20
    await source.close()


async def test_what_is_no_source_is_a_sentence(postgres: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="There is no archive at"):
        await open_source(str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(ArchiveError, match="holds no LevelDB"):
        await open_source(str(tmp_path))
    with pytest.raises(ArchiveError, match="holds no archive"):
        await open_source(postgres.new_database())


@pytest.mark.parametrize("library", ["plyvel", "asyncpg"])
async def test_a_missing_library_is_named(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "wmail"
    path.mkdir()
    (path / "CURRENT").touch()
    for module in (library, "pystatus.storage.archive.postgres"):  # which may have been imported with it before
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(LocalError, match=f" needs {library}: {re.escape(sys.executable)} -m pip install {library}$"):
        await open_source(str(path) if library == "plyvel" else "postgresql:///d")
