"""Archives that the code of before has filled are opened, read, and filled further."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from pystatus.mailserver.coverage import ALL_TOPICS
from pystatus.mailserver.server.archive import Archive
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.envelope import Envelope
from tests.storage.archive.support import everything, hashes, read
from tests.support.environment import clean_environment
from tests.support.postgres import PostgresServer

MADE = Path(__file__).parent / "made"
BEFORE = json.loads((MADE / "archives.json").read_text(encoding="utf-8"))
ENVELOPES = {bytes.fromhex(name): Envelope.decode(bytes.fromhex(raw)) for name, raw in BEFORE["envelopes"].items()}


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    """A copy of the one that was made."""
    archive: Archive
    if request.param == "sqlite":
        shutil.copy(MADE / "archive.db", tmp_path)
        archive = await SqliteArchive.open(tmp_path / "archive.db")
    else:
        dumped = (MADE / "archive.sql").read_text(encoding="utf-8")
        archive = await PostgresArchive.open(request.getfixturevalue("postgres").restore(dumped))
    yield archive
    await archive.close()


async def test_every_envelope_is_there(archive: Archive) -> None:
    assert len(ENVELOPES) == 50
    assert await hashes(archive) == set(ENVELOPES)
    page = await archive.page(everything())
    assert {one.hash: one.raw for one in read(page)} == {name: one.raw for name, one in ENVELOPES.items()}


async def test_the_envelopes_of_a_topic_come_in_their_order(archive: Archive) -> None:
    topic = b"\x01\x02\x03\x04"
    page = await archive.page(everything(topics=frozenset({topic})))
    wanted = [one for one in ENVELOPES.values() if one.topic == topic]
    assert [one.hash for one in read(page)] == [one.hash for one in sorted(wanted, key=lambda one: -one.sent)]
    assert len(wanted) == 17


async def test_what_a_mailserver_has_fetched_is_known(archive: Archive) -> None:
    (kept,) = await archive.ledger()
    assert (kept.keeper.hex(), kept.entry.server.hex()) == (BEFORE["keeper"], BEFORE["server"])
    assert kept.entry.topic == ALL_TOPICS
    assert [[part.lower, part.upper] for part in kept.entry.covered] == BEFORE["covered"]


async def test_it_takes_more_and_knows_what_it_has(archive: Archive) -> None:
    known = next(iter(ENVELOPES.values()))
    new = Envelope.create(known.expiry + 1, known.ttl, known.topic, b"of today", 1)
    assert await archive.add([known, new]) == 1
    assert await hashes(archive) == {*ENVELOPES, new.hash}


async def test_it_can_be_pruned(archive: Archive) -> None:
    oldest = min(one.sent for one in ENVELOPES.values())
    await archive.prune(oldest + 86_400 * 30)
    assert await hashes(archive) == set()


def test_the_command_counts_what_is_in_an_archive_of_before(tmp_path: Path) -> None:
    archive = shutil.copy(MADE / "archive.db", tmp_path)
    shown = subprocess.run(
        [sys.executable, "-m", "pystatus", "archive", "show", str(archive), "--json"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout.splitlines()[0])["envelopes"] == len(ENVELOPES)
