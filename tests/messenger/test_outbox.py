"""The outbox by itself: what becomes of envelopes that nobody took, and of those that are not ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.messenger.outbox import MAX_ATTEMPTS, SETTLE_SECONDS, Outbox
from pystatus.messenger.records import OutboxEntry
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.transport.channels import ChannelKind

MESSAGE, HASH = bytes(31) + b"\x01", bytes(32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlMessengerStore]:
    database = Database.open(tmp_path / "profile.db", bytes(32), create=True)
    yield SqlMessengerStore(database)
    database.close()


@pytest.fixture
def outbox(store: SqlMessengerStore) -> Outbox:
    outbox = Outbox(store)
    outbox.add(OutboxEntry(0, (MESSAGE,), ChannelKind.PUBLIC, "status", b"sealed"))
    return outbox


def post(outbox: Outbox, envelope_hash: bytes = HASH) -> None:
    (entry,) = outbox.take_queued()
    assert entry.message_ids == (MESSAGE,)
    outbox.posted(entry, envelope_hash)


def test_envelopes_that_are_not_ours_mean_nothing(outbox: Outbox) -> None:
    assert outbox.handed_over(HASH, "relay", 0.0) == ()
    assert outbox.expired(HASH, connected=True) is None


def test_handed_over_twice_is_sent_once(outbox: Outbox) -> None:
    post(outbox)
    assert outbox.handed_over(HASH, "one relay", 0.0) == (MESSAGE,)
    assert outbox.handed_over(HASH, "another", 0.0) == ()


def test_a_relay_that_stayed_long_enough_has_passed_it_on(outbox: Outbox, store: SqlMessengerStore) -> None:
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    outbox.relay_lost("relay", SETTLE_SECONDS)
    outbox.relay_lost("one that never had it", SETTLE_SECONDS)
    assert outbox.expired(HASH, connected=True) is None
    assert store.outbox() == []
    assert outbox.take_queued() == []


def test_attempts_without_a_relay_do_not_count(outbox: Outbox, store: SqlMessengerStore) -> None:
    for _ in range(3 * MAX_ATTEMPTS):
        post(outbox)
        assert outbox.expired(HASH, connected=False) is None
    assert [entry.attempts for entry in store.outbox()] == [0]


def test_the_last_attempt_gives_it_up(outbox: Outbox, store: SqlMessengerStore) -> None:
    for _ in range(MAX_ATTEMPTS - 1):
        post(outbox)
        assert outbox.expired(HASH, connected=True) is None
    assert [entry.attempts for entry in store.outbox()] == [MAX_ATTEMPTS - 1]
    post(outbox)
    given_up = outbox.expired(HASH, connected=True)
    assert given_up is not None
    assert given_up.message_ids == (MESSAGE,)
    assert store.outbox() == []


def test_a_new_run_begins_with_everything_that_is_stored(outbox: Outbox, store: SqlMessengerStore) -> None:
    post(outbox)
    post(Outbox(store))


def test_what_a_relay_confirms_is_seen(outbox: Outbox) -> None:
    assert outbox.confirmed(HASH) == ()
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    assert outbox.confirmed(HASH) == (MESSAGE,)


def test_what_the_only_relay_refused_is_made_again(outbox: Outbox) -> None:
    outbox.refused(HASH, "relay")
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    outbox.refused(HASH, "another")
    outbox.refused(HASH, "relay")
    assert outbox.expired(HASH, connected=True) is None
    post(outbox, bytes([1]) * 32)
    outbox.handed_over(bytes([1]) * 32, "one", 20.0)
    outbox.handed_over(bytes([1]) * 32, "other", 20.0)
    outbox.refused(bytes([1]) * 32, "one")
    assert outbox.expired(bytes([1]) * 32, connected=True) is None
    assert outbox.take_queued() == []
