"""A profile that was opened once with a clock that is far ahead, and then with a right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from importlib import resources
from typing import Any

import pytest

from pystatus.datasync.config import DAY, KNOWN_RETENTION
from pystatus.messenger.features.contact_code import CONTACT_CODE_INTERVAL, PUBLISHED
from pystatus.messenger.messenger import HOUSEKEEPING
from pystatus.messenger.records import MessageState
from pystatus.simulation.clock import START
from tests.adversary.hostile import contents
from tests.support.people import Network, Person

AHEAD = 40 * DAY
AGED = KNOWN_RETENTION + DAY
"""Seconds after which everything that is deleted for its age is old."""
STRANGER = bytes(33)

_BY_AGE = re.compile(r'DELETE FROM (\w+) WHERE [^"]*<(?!>)')
_IN_ORDER = {"installations", "journal", "messages", "past_chains", "seen_from_strangers"}
"""Out of these goes what is behind a place in an order that no clock has to do with."""
_ASKED_AGAIN = {"history_covered"}
"""What is forgotten of these is asked of mailservers again: nothing is lost with it."""
_OF_NO_PROFILE = {"traffic.py", "push_registrations.py"}
"""What a node and a push server keep."""
_TABLES_BY_AGE = sorted(
    {
        table
        for file in resources.files("pystatus.storage").iterdir()
        if file.name.endswith(".py") and file.name not in _OF_NO_PROFILE
        for table in _BY_AGE.findall(re.sub(r'"\s*f?"', "", file.read_text(encoding="utf-8")))
    }
    - _IN_ORDER
    - _ASKED_AGAIN
)
"""The tables of a profile out of which something is deleted for its age, as the source has it."""

_ROWS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "own_pre_keys": ("installation_id, public, private, version, created_at, replaced_at, signed_bundle, signed_at",
                     ("old", b"public", b"private", 1, START, START, b"", 0.0)),
    "seen_ephemeral_keys": ("identity, key, seen_at", (STRANGER, b"key", START)),
    "sync_peers": ("identity, sent_at, heard_at, syncs, unanswered, rounds, retry_at, opted_in, own_head, peer_head",
                   (STRANGER, START, START, 0, 0, 0, 0.0, 0, b"", b"")),
    "sync_records": ("peer, message_id, type, send_count, deadline, added_at, ephemeral, tag",
                     (STRANGER, bytes(32), 2, 1, None, START, 0, b"")),
}  # fmt: skip
"""What does not come about by talking for a minute."""


@pytest.fixture
def pair(network: Network) -> tuple[Person, Person]:
    """Two who have talked, and of whom Alice has rows in every table that is ever pruned."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    alice.say(alice.meet(bob), "hello")
    for text in ("hi", "how are you?"):
        bob.say(alice.key.hex, text)
    alice.say("status", "hello everybody")
    network.wait(60)
    execute = alice.database.connection.execute
    for table, (columns, values) in _ROWS.items():
        execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})", values)
    execute("INSERT INTO skipped_keys SELECT id, X'00', 7, X'00', 1, ? FROM ratchet_sessions LIMIT 1", (START,))
    return alice, bob


def counts(person: Person) -> dict[str, int]:
    return {table: len(rows) for table, rows in contents(person).items()}


def open_at(person: Person, error: float) -> None:
    """The profile is opened with a clock that is ahead by so much, used for an hour, and closed."""
    network = person.network
    network.now += error
    person.restart()
    for _ in range(7):
        network.now += HOUSEKEEPING
        person.tick()
    network.now -= error


def test_every_table_that_is_pruned_is_looked_at(pair: tuple[Person, Person]) -> None:
    assert _TABLES_BY_AGE == [
        "own_pre_keys", "seen_envelopes", "seen_ephemeral_keys", "sent_envelopes", "sent_payloads", "skipped_keys",
        "sync_known", "sync_peers", "sync_records",
    ]  # fmt: skip
    assert all(counts(pair[0])[table] for table in _TABLES_BY_AGE)


@pytest.mark.parametrize("times", [1, 3])
def test_nothing_is_forgotten_by_a_clock_that_is_ahead(pair: tuple[Person, Person], times: int) -> None:
    """However often it is opened so: no table has lost anything, whether we know today why it is pruned or not."""
    alice, _ = pair
    before = counts(alice)
    for _ in range(times):
        open_at(alice, AHEAD)
    after = counts(alice)
    assert {table: count for table, count in before.items() if after[table] < count} == {}


@pytest.mark.parametrize("table", _TABLES_BY_AGE)
def test_what_is_old_is_forgotten_when_others_confirm_the_time(pair: tuple[Person, Person], table: str) -> None:
    """The machine was really off."""
    alice, _ = pair
    rows = contents(alice)[table]
    alice.disconnect()
    alice.network.now += AGED
    alice.restart()
    alice.tick()
    left = set(map(repr, contents(alice)[table]))
    assert [row for row in rows if repr(row) not in left and not _kept(table, row)] == [], "nothing confirms it yet"
    alice.network.now += HOUSEKEEPING
    alice.tick(confirmed=True)
    left = set(map(repr, contents(alice)[table]))
    assert [row for row in rows if repr(row) in left and not _kept(table, row)] == []


def _kept(table: str, row: tuple[Any, ...]) -> bool:
    """Whether something else than its age keeps it: the prekey in use, and people of whom there is more."""
    return (table == "own_pre_keys" and None in row) or (table == "sync_peers" and row[0] != STRANGER)


@pytest.mark.parametrize("table", _TABLES_BY_AGE)
def test_what_is_old_is_forgotten_by_a_clock_that_runs(pair: tuple[Person, Person], table: str) -> None:
    """Peers have confirmed the time once; from then on nobody needs to."""
    alice, _ = pair
    rows = contents(alice)[table]
    alice.network.now += HOUSEKEEPING
    alice.tick(confirmed=True)
    alice.disconnect()
    for _ in range(int(AGED // 3_600)):
        alice.network.now += 3_600
        alice.tick()
    left = set(map(repr, contents(alice)[table]))
    assert [row for row in rows if repr(row) in left and not _kept(table, row)] == []


def test_a_profile_begun_with_a_wrong_clock_vouches_for_nothing(network: Network) -> None:
    """What it stored then looks new, and is no evidence."""
    alice = network.add("alice")
    alice.join("status")
    network.now += AHEAD
    bob = network.add("bob")
    bob.join("status")
    bob.say("status", "from the future")
    network.now -= AHEAD
    alice.say("status", "hello")
    network.now += 2 * AHEAD
    bob.restart()
    bob.tick()
    assert counts(bob)["seen_from_strangers"] >= 1


def test_a_profile_of_an_older_version_vouches_by_its_newest_envelope(pair: tuple[Person, Person]) -> None:
    alice, _ = pair
    execute = alice.database.connection.execute
    execute("DELETE FROM settings WHERE name = 'vouched_time_s'")
    execute("INSERT INTO seen_envelopes VALUES (X'00', ?)", (int(START - AGED),))
    before = counts(alice)["seen_envelopes"]
    open_at(alice, AHEAD)
    assert counts(alice)["seen_envelopes"] == before - 1


def test_archived_envelopes_vouch_for_the_time_of_whoever_is_online_for_minutes_only(
    pair: tuple[Person, Person],
) -> None:
    alice, bob = pair
    hashes = [row[0] for row in contents(alice)["seen_envelopes"]]
    network = alice.network
    alice.disconnect()
    network.now += AGED
    for number in range(3):
        bob.say("status", f"message {number}")
    for envelope in network.envelopes[-3:]:
        alice.do(partial(alice.messenger.receive_from_history, envelope, network.now))
    network.now += HOUSEKEEPING
    alice.tick()
    assert not set(hashes) & {row[0] for row in contents(alice)["seen_envelopes"]}


def test_a_message_that_waits_is_not_given_up_by_a_clock_that_is_ahead(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    bob.disconnect()
    message = alice.say(bob.key.hex, "are you there?")
    open_at(alice, AHEAD)
    assert MessageState.UNCONFIRMED not in alice.states(message)
    bob.connect()
    alice.network.wait(DAY)
    assert bob.heard[-1] == "are you there?"
    assert alice.states(message)[-1] == MessageState.DELIVERED


def _contact_code(alice: Person) -> float:
    at = alice.store.setting(PUBLISHED)
    assert isinstance(at, int)
    return at + CONTACT_CODE_INTERVAL


def _signed_bundle(alice: Person) -> float:
    with alice.database.transaction():
        return alice.messenger._parts.secure.bundle(alice.network.now).timestamp / 1e9


def _pre_key(alice: Person) -> float:
    with alice.database.transaction():
        alice.messenger._parts.secure.bundle(alice.network.now)
    pre_key = alice.store.encryption.own_pre_key(alice.messenger._parts.secure.installation_id)
    assert pre_key is not None
    return pre_key.created_at


def _activity_of_a_device(alice: Person) -> float:
    (bob,) = [person for person in alice.network.people if person.name == "bob"]
    bob.say(alice.key.hex, "still here")
    return max(device.timestamp for device in alice.store.encryption.installations(bob.key.compressed)) / 1e9


def _waiting_message(alice: Person) -> float:
    return alice.store.sync.next_due() or 0.0


@pytest.mark.parametrize("running", [False, True], ids=["opened again", "running"])
@pytest.mark.parametrize(
    "last_done", [_contact_code, _signed_bundle, _pre_key, _activity_of_a_device, _waiting_message]
)
def test_what_was_done_in_the_future_is_done_again_at_once(
    pair: tuple[Person, Person], last_done: Callable[[Person], float], running: bool
) -> None:
    """The clock was ahead for an hour and is right again, before or after the profile is opened the next time."""
    alice, bob = pair
    network = alice.network
    network.now += AHEAD
    alice.restart()
    bob.restart()
    alice.say(bob.key.hex, "from the future")
    bob.say(alice.key.hex, "so am I")
    network.losing = True
    alice.say(bob.key.hex, "lost")
    network.losing = False
    network.wait(3_600)
    network.now -= AHEAD
    if not running:
        alice.restart()
    network.now += HOUSEKEEPING
    alice.tick()
    assert last_done(alice) < network.now + CONTACT_CODE_INTERVAL + 1
