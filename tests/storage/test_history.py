"""What a client keeps of its questions to mailservers, and profiles from before it kept when it asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.mailserver.client.actions import DropCoverage, SaveCoverage, SaveQuota, SaveStart
from pystatus.mailserver.coverage import FINAL, LONG_AGO, CoverageEntry
from pystatus.mailserver.time_ranges import NOTHING
from pystatus.storage import schema as storage
from pystatus.storage.history import SqlHistoryStore
from tests.mailserver.test_spans import spans
from tests.waku.network import OTHER_TOPIC, TOPIC

ONE, TWO = b"1" * 64, b"2" * 64
BEFORE_DAYS = 4
"""Migrations that there were."""


@pytest.fixture
def connection(tmp_path: Path) -> sqlcipher.Connection:
    return sqlcipher.connect(str(tmp_path / "profile.db"), isolation_level=None)


@pytest.fixture
def store(connection: sqlcipher.Connection) -> SqlHistoryStore:
    storage.migrate(connection)
    return SqlHistoryStore(connection)


def test_entries_of_each_server_and_day_take_the_place_of_their_former_ones(store: SqlHistoryStore) -> None:
    first, later = CoverageEntry(TOPIC, ONE, spans((0, 100)), 18_000), CoverageEntry(TOPIC, ONE, spans((0, 50)), 18_002)
    for entry in (first, later, CoverageEntry(TOPIC, FINAL, spans((200, 300), (400, 500)))):
        store.keep(SaveCoverage(entry))
    store.keep(SaveCoverage(CoverageEntry(TOPIC, ONE, spans((50, 100)), 18_000)))
    assert store.entries() == [
        CoverageEntry(TOPIC, FINAL, spans((200, 300), (400, 500))),
        CoverageEntry(TOPIC, ONE, spans((50, 100)), 18_000),
        later,
    ]
    store.keep(SaveCoverage(CoverageEntry(TOPIC, ONE, NOTHING, 18_002)))
    assert len(store.entries()) == 2


def test_what_nobody_asks_for_is_not_kept(store: SqlHistoryStore, connection: sqlcipher.Connection) -> None:
    store.keep(SaveCoverage(CoverageEntry(TOPIC, ONE, spans((0, 100), (150, 250)), 18_000)))
    store.keep(SaveCoverage(CoverageEntry(OTHER_TOPIC, TWO, spans((0, 200)))))
    for topic in (TOPIC, OTHER_TOPIC):
        store.keep(SaveStart(topic, 50))
    store.keep(DropCoverage(200, (OTHER_TOPIC,)))
    assert store.entries() == [CoverageEntry(TOPIC, ONE, spans((150, 250)), 18_000)]
    assert store.starts() == {TOPIC: 50}
    store.keep(SaveQuota(18_000, 5))
    assert store.spent() == SaveQuota(18_000, 5)


def test_a_profile_from_before_there_were_days_opens_and_is_asked_for_once_more(
    connection: sqlcipher.Connection,
) -> None:
    for script in storage.migrations()[:BEFORE_DAYS]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {BEFORE_DAYS}")
    connection.execute("INSERT INTO history_covered VALUES (?, ?, 100, 200)", (TOPIC, ONE))
    connection.execute("INSERT INTO history_starts VALUES (?, 100)", (TOPIC,))
    storage.migrate(connection)
    store = SqlHistoryStore(connection)
    assert store.entries() == [CoverageEntry(TOPIC, ONE, spans((100, 200)), LONG_AGO)]
    assert store.starts() == {TOPIC: 100}
