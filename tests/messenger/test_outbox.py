"""The outbox by itself: what becomes of envelopes that nobody took, and of those that are not ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.messenger.outbox import DOUBTFUL_ENVELOPES, MAX_ATTEMPTS, REFUSAL_SECONDS, SETTLE_SECONDS, Outbox
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
    outbox.add(OutboxEntry(0, (MESSAGE,), ChannelKind.PARTITIONED, "bob", b"sealed"))
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


def test_runs_that_end_at_once_post_it_again_as_often_as_one_that_stays(
    store: SqlMessengerStore, outbox: Outbox
) -> None:
    """Whatever comes of an envelope is seen when it expires; a command that sends and ends never sees that."""
    for run in range(MAX_ATTEMPTS):
        one = Outbox(store)
        post(one, bytes([run]) * 32)
        assert one.handed_over(bytes([run]) * 32, "relay", 0.0) == (MESSAGE,)
    assert Outbox(store).take_queued() == []
    assert store.outbox() == []


def test_an_envelope_counts_as_one_attempt_however_it_ends(store: SqlMessengerStore, outbox: Outbox) -> None:
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    outbox.handed_over(HASH, "another", 0.0)
    outbox.confirmed(HASH)
    outbox.relay_lost("relay", 0.0)
    outbox.relay_lost("another", 0.0)
    assert outbox.expired(HASH, connected=True) is None
    assert [entry.attempts for entry in store.outbox()] == [1]
    (again,) = outbox.take_queued()
    assert again.attempts == 1


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


# A wrong clock


def test_while_nobody_agrees_with_our_clock_a_message_is_sent_when_it_was_not_refused_for_a_moment(
    outbox: Outbox,
) -> None:
    post(outbox)
    assert outbox.handed_over(HASH, "relay", 100.0, clock_agrees=False) == ()
    assert outbox.next_timer() == 100.0 + REFUSAL_SECONDS
    assert outbox.settled(100.0 + REFUSAL_SECONDS - 0.01) == ()
    assert outbox.settled(100.0 + REFUSAL_SECONDS) == (MESSAGE,)
    assert outbox.settled(200.0) == ()
    assert outbox.next_timer() is None


def test_a_clock_that_is_set_back_does_not_keep_it_waiting(outbox: Outbox) -> None:
    post(outbox)
    outbox.handed_over(HASH, "relay", 100.0, clock_agrees=False)
    assert outbox.settled(50.0) == (MESSAGE,)


def test_what_is_refused_for_its_time_is_never_called_sent_and_goes_out_in_the_end(
    outbox: Outbox, store: SqlMessengerStore
) -> None:
    for attempt in range(3 * MAX_ATTEMPTS):
        envelope_hash = bytes([attempt]) * 32
        post(outbox, envelope_hash)
        outbox.handed_over(envelope_hash, "relay", 20.0 * attempt, clock_agrees=False)
        outbox.refused(envelope_hash, "relay", for_its_time=True)
        assert outbox.settled(20.0 * attempt + 10) == ()
        assert outbox.expired(envelope_hash, connected=True) is None
    assert [entry.attempts for entry in store.outbox()] == [0]
    post(outbox)
    outbox.handed_over(HASH, "relay", 1_000.0, clock_agrees=False)
    assert outbox.settled(1_001.0) == (MESSAGE,)
    assert outbox.expired(HASH, connected=True) is None
    assert store.outbox() == []


def test_one_relay_with_a_wrong_clock_does_not_keep_it_from_being_sent(
    outbox: Outbox, store: SqlMessengerStore
) -> None:
    post(outbox)
    outbox.handed_over(HASH, "liar", 0.0, clock_agrees=False)
    outbox.handed_over(HASH, "honest", 0.0, clock_agrees=False)
    outbox.refused(HASH, "liar", for_its_time=True)
    assert outbox.settled(1.0) == (MESSAGE,)
    outbox.expired(HASH, connected=True)
    assert store.outbox() == []


@pytest.mark.parametrize("before", [False, True], ids=["while under way", "before"])
def test_while_our_clock_is_suspected_nothing_is_sent_and_nothing_given_up(
    outbox: Outbox, store: SqlMessengerStore, before: bool
) -> None:
    """The relays of other software say nothing; what they bring tells."""
    if before:
        outbox.doubt(True)
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0, clock_agrees=before)
    if not before:
        outbox.doubt(True)
    for _ in range(3 * MAX_ATTEMPTS):
        assert outbox.settled(100.0) == ()
        assert outbox.expired(HASH, connected=True) is None
        post(outbox)
        outbox.handed_over(HASH, "relay", 0.0)
    outbox.expired(HASH, connected=True)
    outbox.doubt(False)
    post(outbox)
    assert outbox.handed_over(HASH, "relay", 0.0) == (MESSAGE,)


def test_a_relay_that_confirms_an_envelope_is_believed_all_the_same(outbox: Outbox, store: SqlMessengerStore) -> None:
    outbox.doubt(True)
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    assert outbox.confirmed(HASH) == (MESSAGE,)
    outbox.expired(HASH, connected=True)
    assert store.outbox() == []


def test_while_our_clock_is_suspected_little_is_under_way(store: SqlMessengerStore) -> None:
    outbox = Outbox(store)
    for number in range(3 * DOUBTFUL_ENVELOPES):
        outbox.add(OutboxEntry(0, (number.to_bytes(32, "big"),), ChannelKind.PARTITIONED, "bob", b"sealed"))
    outbox.doubt(True)
    queued = outbox.take_queued()
    assert len(queued) == DOUBTFUL_ENVELOPES
    for entry in queued:
        outbox.posted(entry, entry.message_ids[0])
    assert outbox.take_queued() == []
    outbox.doubt(False)
    assert len(outbox.take_queued()) == 2 * DOUBTFUL_ENVELOPES


def test_what_was_written_in_the_future_waits_until_its_time_has_come(outbox: Outbox) -> None:
    assert outbox.take_queued(lambda entry: True) == []
    post(outbox)


# public messages, which nobody acknowledges


@pytest.fixture
def public(store: SqlMessengerStore) -> Outbox:
    outbox = Outbox(store)
    outbox.add(OutboxEntry(0, (MESSAGE,), ChannelKind.PUBLIC, "status", b"sealed"))
    return outbox


def post_and_expire(outbox: Outbox, envelope_hash: bytes = HASH) -> None:
    post(outbox, envelope_hash)
    outbox.handed_over(envelope_hash, "relay", 0.0)
    assert outbox.expired(envelope_hash, connected=True) is None


@pytest.mark.requirement("PL-22")
def test_a_public_message_is_posted_six_times_if_nothing_proves_that_it_got_anywhere(
    public: Outbox, store: SqlMessengerStore
) -> None:
    for attempt in range(1, MAX_ATTEMPTS):
        post_and_expire(public)
        assert [entry.attempts for entry in store.outbox()] == [attempt]
    post_and_expire(public)
    assert store.outbox() == []
    assert public.take_queued() == []


@pytest.mark.requirement("PL-22")
def test_a_confirmed_public_message_is_posted_once(public: Outbox, store: SqlMessengerStore) -> None:
    post(public)
    assert public.confirmed(HASH) == (MESSAGE,)
    assert store.outbox() == []  # whatever becomes of this process, the next one does not post it again
    assert public.expired(HASH, connected=True) is None
    assert public.take_queued() == []


def test_one_proof_is_enough_for_all_envelopes_of_a_public_message(public: Outbox, store: SqlMessengerStore) -> None:
    """A mailserver shows the first envelope while the second is under way, or waits."""
    post_and_expire(public)
    public.proven((MESSAGE,))
    assert (store.outbox(), public.take_queued()) == ([], [])

    public.add(OutboxEntry(0, (MESSAGE,), ChannelKind.PUBLIC, "status", b"sealed"))
    post(public)
    public.proven((bytes(32),))  # another message
    public.handed_over(HASH, "relay", 0.0)
    public.proven((MESSAGE,))
    assert public.expired(HASH, connected=True) is None
    assert (store.outbox(), public.take_queued()) == ([], [])


def test_public_envelopes_without_a_message_of_the_user_are_posted_once(store: SqlMessengerStore) -> None:
    """Contact codes come again by themselves, and reactions have one attempt."""
    outbox = Outbox(store)
    outbox.add(OutboxEntry(0, (), ChannelKind.PUBLIC, "status", b"sealed"))
    (entry,) = outbox.take_queued()
    outbox.posted(entry, HASH)
    outbox.handed_over(HASH, "relay", 0.0)
    assert outbox.expired(HASH, connected=True) is None
    assert (store.outbox(), outbox.take_queued()) == ([], [])


def test_a_private_message_is_left_to_data_sync(outbox: Outbox, store: SqlMessengerStore) -> None:
    post(outbox)
    outbox.handed_over(HASH, "relay", 0.0)
    outbox.confirmed(HASH)
    assert [entry.message_ids for entry in store.outbox()] == [(MESSAGE,)]  # a relay's word is not enough
    outbox.expired(HASH, connected=True)
    assert store.outbox() == []
