"""What is too old, or too much, goes a little at a time: however much it is, nobody waits for it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from pystatus.datasync.codec import Payload
from pystatus.datasync.config import KNOWN_RETENTION, STEP_MESSAGES, SyncConfig
from pystatus.datasync.node import LEAST_REMOVED, LOOK_SHARE, SyncNode
from pystatus.messenger.messenger import HOUSEKEEPING
from pystatus.messenger.records import SEEN_RETENTION
from pystatus.storage.database import REMOVED_AT_ONCE
from tests.adversary.hostile import count
from tests.datasync.pair import ALICE, BOB, message
from tests.support.people import Network, Person

MANY = 3 * REMOVED_AT_ONCE + 7


@dataclass(frozen=True)
class Aged:
    """A table from which rows go for their age."""

    table: str
    column: str
    """When a row was made."""
    others: str
    """What else a row has, in SQL."""


AGED = (
    Aged("seen_envelopes", "seen_s", "randomblob(32) AS hash"),
    Aged("sent_envelopes", "sent_s", "randomblob(32) AS hash, x'' AS message_ids"),
    Aged("sent_payloads", "sent_s", "randomblob(32) AS hash"),
    Aged("seen_ephemeral_keys", "seen_at", "x'02' AS identity, randomblob(32) AS key"),
    Aged("sync_known", "known_at", "x'02' AS peer, randomblob(32) AS message_id"),
    Aged(
        "skipped_keys",
        "stored_at",
        "1 AS session_id, randomblob(33) AS ratchet_key, 0 AS n, x'' AS message_key, 0 AS seq",
    ),
)


@pytest.fixture
def alice(network: Network) -> Person:
    return network.add("alice")


def add_session(person: Person) -> None:
    """For keys to hang on."""
    execute = person.database.connection.execute
    columns = {name: kind for _, name, kind, *_ in execute("PRAGMA table_info(ratchet_sessions)")}
    values = ["1" if name == "id" else "x'02'" if kind == "BLOB" else "0" for name, kind in columns.items()]
    execute(f"INSERT INTO ratchet_sessions ({', '.join(columns)}) VALUES ({', '.join(values)})")


@pytest.mark.parametrize("aged", AGED, ids=[aged.table for aged in AGED])
def test_after_a_month_away_what_is_too_old_goes_little_by_little(network: Network, alice: Person, aged: Aged) -> None:
    execute = alice.database.connection.execute
    began = int(network.now)
    with alice.database.transaction():
        add_session(alice)
        columns = [part.split(" AS ")[1] for part in aged.others.split(", ")]
        execute(
            f"INSERT INTO {aged.table} ({', '.join(columns)}, {aged.column})"
            " WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)"
            f" SELECT {aged.others}, ? FROM numbers",
            (MANY, began),
        )

    def old() -> int:
        (rows,) = execute(f"SELECT count(*) FROM {aged.table} WHERE {aged.column} <= ?", (began,)).fetchone()
        assert isinstance(rows, int)
        return rows

    network.now += max(SEEN_RETENTION, KNOWN_RETENTION) + HOUSEKEEPING
    left = old()
    assert left >= MANY
    while left:
        network.now += HOUSEKEEPING
        alice.tick(confirmed=True)
        assert left - old() == min(left, REMOVED_AT_ONCE)
        left = old()


def test_of_too_many_ids_of_data_sync_some_go_with_each_payload(network: Network, alice: Person) -> None:
    assert LEAST_REMOVED <= REMOVED_AT_ONCE
    most = 8 * REMOVED_AT_ONCE
    node = SyncNode(ALICE, alice.store.sync, os.urandom, SyncConfig(max_known=most))
    largest = 0
    for payload in range(2 * most // STEP_MESSAGES):
        messages = tuple(message(BOB, ALICE, b"%d %d" % (payload, number)) for number in range(STEP_MESSAGES))
        before = count(alice, "sync_known")
        with alice.database.transaction():
            node.receive(BOB, Payload(messages=messages), network.now)
        assert before + STEP_MESSAGES - count(alice, "sync_known") <= REMOVED_AT_ONCE
        largest = max(largest, before)
    assert most < largest <= most + most // LOOK_SHARE + STEP_MESSAGES
