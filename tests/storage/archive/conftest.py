"""Archives of every kind, each under the same tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from pystatus.mailserver.server.archive import Archive
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests that need one."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty archive."""
    archive: Archive
    if request.param == "sqlite":
        archive = await SqliteArchive.open(tmp_path / "archive.db")
    else:
        archive = await PostgresArchive.open(request.getfixturevalue("postgres").new_database())
    yield archive
    await archive.close()
