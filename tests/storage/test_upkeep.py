"""What nobody needs goes, a little at a time, and everything that is needed stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.copies import OWN_SINCE
from pystatus.messenger.installation import VOUCHED_TIME
from pystatus.messenger.records import OWN_KEY, SEEN_RETENTION, Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.secure_transport.store import Installation
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.unindexing import quick_unindexing
from pystatus.storage.upkeep import DEVICE_RETENTION, FREE_PAGES, PEOPLE, ROWS, free_pages, page_count
from tests.support.effort import Effort

KEY = bytes(range(32))
NOW = 1_700_000_000
DAY = 86_400
OWN = PrivateKey(bytes(31) + b"\x07").public_key
BOB = PrivateKey(bytes(31) + b"\x08").public_key


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlMessengerStore]:
    database = Database.open(tmp_path / "profile.db", KEY, create=True)
    store = SqlMessengerStore(database)
    with store.transaction():
        store.save_setting(OWN_KEY, OWN.uncompressed)
        store.save_setting(VOUCHED_TIME, NOW)
        store.save_setting(OWN_SINCE, (NOW - SEEN_RETENTION) * 1_000_000_000)
    yield store
    database.close()


def tidied(store: SqlMessengerStore, now: float = NOW) -> list[int]:
    """What each step of a round removed."""
    steps: list[int] = []
    while True:
        with store.transaction():
            done = store.tidy(now)
        if done is None:
            return steps
        steps.append(done)


def device(identity: bytes, name: str, days_ago: float, *, enabled: bool = True) -> Installation:
    seen = int((NOW - days_ago * DAY) * 1_000_000_000)
    return Installation(identity, name, seen, enabled, 1, bytes(33), 1, seen)


def names(store: SqlMessengerStore, identity: bytes) -> list[str]:
    return [one.installation_id for one in store.encryption.installations(identity)]


def test_devices_that_three_others_have_replaced_long_ago_go(store: SqlMessengerStore) -> None:
    with store.transaction():
        for name, days in (("new", 1), ("second", 40), ("third", 50), ("old", 60), ("older", 400)):
            store.encryption.save_installation(device(BOB.compressed, name, days))
    assert sum(tidied(store)) == 2
    assert names(store, BOB.compressed) == ["new", "second", "third"], "however old these are, they are written to"


def test_devices_that_were_heard_within_a_month_stay_and_so_do_our_own(store: SqlMessengerStore) -> None:
    with store.transaction():
        for name, days in (("a", 1), ("b", 2), ("c", 3), ("d", 30), ("e", 30.9)):
            store.encryption.save_installation(device(BOB.compressed, name, days))
        for name, days in (("a", 1), ("b", 2), ("c", 3), ("d", 40), ("e", 400)):
            store.encryption.save_installation(device(OWN.compressed, name, days, enabled=name == "e"))
    assert sum(tidied(store)) == 0
    assert len(names(store, BOB.compressed)) == len(names(store, OWN.compressed)) == 5


def test_who_is_enabled_stays_before_who_is_not(store: SqlMessengerStore) -> None:
    with store.transaction():
        for number in range(3):
            store.encryption.save_installation(device(BOB.compressed, f"on {number}", 100 + number))
        store.encryption.save_installation(device(BOB.compressed, "off", 90, enabled=False))
    tidied(store)
    assert names(store, BOB.compressed) == ["on 0", "on 1", "on 2"]


def test_everybody_has_their_turn(store: SqlMessengerStore) -> None:
    people = [PrivateKey(number.to_bytes(32)).public_key.compressed for number in range(100, 100 + 2 * PEOPLE + 5)]
    with store.transaction():
        for person in people:
            for number in range(4):
                store.encryption.save_installation(device(person, str(number), 40 + number))
    steps = tidied(store)
    assert sum(steps) == len(people)
    assert max(steps) <= PEOPLE
    assert {len(names(store, person)) for person in people} == {3}


def fill(store: SqlMessengerStore, table: str, ages: list[int]) -> None:
    columns = {"seen_envelopes": "hash, seen_s", "sent_payloads": "hash, sent_s"}
    with store.transaction():
        store._execute("SELECT 1")
        for age in ages:
            store._execute(
                f"INSERT INTO {table} ({columns[table]}) VALUES (?, ?)",
                (os.urandom(32), NOW - age),
            )


def count(store: SqlMessengerStore, table: str) -> int:
    return int(store._execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize("table", ["seen_envelopes", "sent_payloads"])
def test_what_is_older_than_mailservers_keep_goes_in_small_steps(store: SqlMessengerStore, table: str) -> None:
    fill(store, table, [SEEN_RETENTION + 1] * (3 * ROWS) + [SEEN_RETENTION - 1] * 50)
    steps = tidied(store)
    assert (sum(steps), max(steps)) == (3 * ROWS, ROWS)
    assert count(store, table) == 50


def test_a_clock_that_nobody_confirms_deletes_nothing(store: SqlMessengerStore) -> None:
    fill(store, "seen_envelopes", [0] * 10)
    with store.transaction():
        for name, days in (("a", 1), ("b", 2), ("c", 3), ("d", 30)):
            store.encryption.save_installation(device(BOB.compressed, name, days))
    assert sum(tidied(store, NOW + 100 * 365 * DAY)) == 0
    assert (count(store, "seen_envelopes"), len(names(store, BOB.compressed))) == (10, 4)


def test_a_payload_of_ours_is_remembered_as_long_as_copies_are_looked_for(store: SqlMessengerStore) -> None:
    with store.transaction():
        store.save_setting(OWN_SINCE, (NOW - SEEN_RETENTION - DAY) * 1_000_000_000)
    fill(store, "sent_payloads", [SEEN_RETENTION + DAY // 2, SEEN_RETENTION + 2 * DAY])
    assert sum(tidied(store)) == 1


def test_how_many_envelopes_were_seen_is_known_afterwards(store: SqlMessengerStore) -> None:
    """Or those that are new enough would give way to others too early."""
    most = 100
    with store.transaction():
        for number in range(most):
            store.mark_seen(number.to_bytes(32), NOW - SEEN_RETENTION - 1 if number < 50 else NOW, most)
    tidied(store)
    with store.transaction():
        for number in range(most, most + 50):
            store.mark_seen(number.to_bytes(32), NOW, most)
    assert count(store, "seen_envelopes") == most


def message(number: int, text: str) -> Message:
    return Message(number.to_bytes(32), "status", BOB, number, number, number, 1, text, b"")


def test_the_index_and_the_file_get_smaller_and_messages_stay(store: SqlMessengerStore, tmp_path: Path) -> None:
    with store.transaction():
        store.save_chat(Chat("status", ChatKind.PUBLIC))
        for number in range(1, 6_001):
            store.add_message(message(number, f"{os.urandom(600).hex()} {number}"))
    with store.transaction(), quick_unindexing(store._execute):
        store._execute("DELETE FROM messages WHERE clock > 100")
    assert free_pages(store._execute) > 2 * FREE_PAGES
    before = page_count(store._execute)
    steps = len(tidied(store))
    assert page_count(store._execute) < before - 500
    assert free_pages(store._execute) <= FREE_PAGES + before // 10 + 64
    assert steps > 5
    assert [one.clock for one in store.messages("status", 200)] == list(range(100, 0, -1))
    store.empty_log()
    assert (tmp_path / "profile.db").stat().st_size == page_count(store._execute) * 4_096
    assert tidied(store)[-1:] == [] or len(tidied(store)) < steps, "the next round has nothing to do"


def test_no_step_takes_long(store: SqlMessengerStore) -> None:
    """20 ms of the processor at the very most, whatever is in the database."""
    people = [PrivateKey(number.to_bytes(32)).public_key.compressed for number in range(100, 400)]
    with store.transaction():
        for person in people:
            for number in range(16):
                store.encryption.save_installation(device(person, str(number), 40 + number))
        store.save_chat(Chat("status", ChatKind.PUBLIC))
        for number in range(1, 4_001):
            store.add_message(message(number, f"{os.urandom(500).hex()} {number}"))
    fill(store, "seen_envelopes", [SEEN_RETENTION + 1] * 5_000)
    with store.transaction(), quick_unindexing(store._execute):
        store._execute("DELETE FROM messages")
    took = []
    while True:
        with Effort() as effort, store.transaction():
            done = store.tidy(NOW)
        took.append(effort.seconds)
        if done is None:
            break
    assert len(took) > 50
    assert sorted(took)[-2] < 0.02, "one may be unlucky"
    assert sorted(took)[len(took) // 2] < 0.01


def test_a_database_that_was_never_opened_by_a_client_has_nothing_to_do(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "new.db", KEY, create=True)
    assert sum(tidied(SqlMessengerStore(database))) == 0
    database.close()


def test_the_retention_is_that_of_mailservers() -> None:
    assert DEVICE_RETENTION == SEEN_RETENTION == 31 * DAY
