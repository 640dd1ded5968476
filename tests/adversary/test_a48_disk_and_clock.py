"""A48: kill -9, full disk, write errors, clock jumping back.

Expected: nothing acknowledged is lost, nothing is shown twice, integrity check clean. Real processes that are killed
are in tests/scenarios/test_kill.py; a disk that refuses at every single statement is in
tests/messenger/test_write_errors.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from pystatus.storage.errors import StorageError
from tests.adversary.hostile import contents
from tests.support.people import Network, Person

DAY = 86_400


@pytest.fixture
def pair(network: Network) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob, who have talked before, at rest; in the end both their files are whole."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    network.wait(60)
    yield alice, bob
    for person in (alice, bob):
        person.database.check()


class Connection:
    """A database connection, one statement of which fails."""

    def __init__(self, connection: sqlcipher.Connection, statement: str, error: str) -> None:
        self._connection = connection
        self._statement = statement
        self._error = error

    def execute(self, statement: str, *arguments: object) -> object:
        if statement == self._statement:
            raise sqlcipher.OperationalError(self._error)
        return self._connection.execute(statement, *arguments)

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def fails(person: Person, action: Callable[[], object], *, at: str = "COMMIT", error: str = "disk I/O error") -> None:
    """Do something whose transaction fails at its end."""
    connection = person.database.connection
    person.database.connection = Connection(connection, at, error)
    with pytest.raises(StorageError):
        action()
    person.database.connection = connection


@pytest.mark.requirement("ST-52")
@pytest.mark.parametrize("at", ["BEGIN IMMEDIATE", "COMMIT"])
def test_no_ciphertext_leaves_before_its_ratchet_is_durable(
    network: Network, pair: tuple[Person, Person], at: str
) -> None:
    """The transaction fails at its very beginning or end: nothing was sent, and the next key is used only once."""
    alice, bob = pair
    before, posted, events = contents(alice), len(network.envelopes), len(alice.events)
    fails(
        alice,
        lambda: alice.do(lambda: alice.messenger.feature(Messages).send_text(bob.key.hex, "lost", now=network.now)),
        at=at,
    )
    assert len(network.envelopes) == posted
    assert len(alice.events) == events
    assert contents(alice) == before
    alice.restart()
    alice.say(bob.key.hex, "again")
    network.wait(60)
    assert bob.heard == ["hello", "again"]


def test_nothing_is_told_before_it_is_durable(network: Network, pair: tuple[Person, Person]) -> None:
    """What arrives while the disk fails is not shown; data sync brings it again, and then it is shown once."""
    alice, bob = pair
    network.holding = True
    message = alice.say(bob.key.hex, "important")
    (_, envelope), *_ = network.held
    network.held.clear()
    network.holding = False
    fails(bob, lambda: bob.receive(envelope))
    assert bob.heard == ["hello"]
    bob.restart()
    network.wait(3_600)
    assert bob.heard == ["hello", "important"]
    assert alice.states(message)[-1] == MessageState.DELIVERED


def test_killed_within_a_transaction(network: Network, pair: tuple[Person, Person]) -> None:
    """The process is gone while statements have been carried out and nothing is committed."""
    alice, bob = pair
    before = contents(bob)
    network.holding = True
    alice.say(bob.key.hex, "one")
    (_, envelope), *_ = network.held
    network.held.clear()
    network.holding = False
    connection = bob.database.connection
    connection.execute("BEGIN IMMEDIATE")
    with bob.database.savepoint():
        bob.messenger.receiver.receive(envelope, network.now)
    assert contents(bob) != before
    bob.restart()  # closes the file, as the system does with that of a killed process
    after = contents(bob)
    # What was not settled is sent again from the start, in an envelope of its own, which is another attempt; nothing
    # else has happened.
    for state in (before, after):
        del state["sent_envelopes"], state["sent_payloads"]
    attempts = [[entry[-1] for entry in state["outbox"]] for state in (before, after)]
    assert attempts[1] == [number + 1 for number in attempts[0]]
    for state in (before, after):
        state["outbox"] = [entry[:-1] for entry in state["outbox"]]
    assert after == before
    network.wait(3_600)
    assert bob.heard == ["hello", "one"]
    assert len(bob.store.messages(alice.key.hex, 10, None)) == 3


def test_a_full_disk(network: Network, pair: tuple[Person, Person]) -> None:
    """Writing stops with a sentence; what was acknowledged is there, and what could not be stored comes later."""
    alice, bob = pair
    acknowledged = ["hello"]
    (pages,) = bob.database.connection.execute("PRAGMA page_count").fetchone()
    bob.database.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    with pytest.raises(StorageError, match="disk is full"):
        for number in range(1_000):
            acknowledged.append(f"{number} " + "x" * 2_000)  # Alice stores each; it is Bob's disk that refuses
            alice.say(bob.key.hex, acknowledged[-1])
    bob.restart()  # with room again
    network.wait(DAY)
    assert sorted(bob.heard) == sorted(acknowledged)
    shown = [message.text for message in bob.store.messages(alice.key.hex, 1_000, None)]
    assert len(shown) == len(set(shown)) == len(acknowledged) + 1


@pytest.mark.parametrize("back", [5, 30], ids=["seconds", "half a minute"])
@pytest.mark.parametrize("restart", [False, True], ids=["running", "while off"])
def test_a_clock_that_jumps_back(network: Network, pair: tuple[Person, Person], back: int, restart: bool) -> None:
    """Everybody's, as after a wrong time server: all arrives once, and what is written later still comes later."""
    alice, bob = pair
    alice.say(bob.key.hex, "before")
    network.wait(60)
    network.now -= back
    if restart:
        alice.restart()
        bob.restart()
    alice.say(bob.key.hex, "after")
    bob.say(alice.key.hex, "answer")
    alice.say(bob.key.hex, "last")
    network.wait(3_600)
    assert bob.heard == ["hello", "before", "after", "last"]
    assert alice.heard == ["hi", "answer"]
    for person, other in ((alice, bob), (bob, alice)):
        shown = [message.text for message in reversed(person.store.messages(other.key.hex, 10, None))]
        assert shown == ["hello", "hi", "before", "after", "answer", "last"]


def test_one_clock_that_jumps_back_and_forth(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    expected = ["hello"]
    for number, jump in enumerate((-90, 30, -3_600, 3_660, -DAY, DAY)):
        network.now += jump
        alice.say(bob.key.hex, f"message {number}")
        expected.append(f"message {number}")
        if number % 2:
            alice.restart()
        else:
            bob.restart()
    network.wait(DAY)
    assert sorted(bob.heard) == sorted(expected)
    shown = [message.text for message in reversed(bob.store.messages(alice.key.hex, 20, None))]
    assert sorted(shown) == sorted([*expected, "hi"])


@pytest.mark.parametrize("back", [3_600, 400 * DAY], ids=["an hour", "more than a year"])
@pytest.mark.parametrize("who", ["both", "the sender"])
@pytest.mark.parametrize("restart", [False, True], ids=["running", "while off"])
def test_a_clock_that_was_far_ahead_and_is_right_again(
    network: Network, pair: tuple[Person, Person], back: int, who: str, restart: bool
) -> None:
    """What is written from then on is read by everybody, though the chat's own clock is still ahead."""
    alice, bob = pair
    if who == "both":
        alice.say(bob.key.hex, "before")
        network.wait(60)
        network.now -= back
        network.wait(1)
    else:  # only Alice's chat has the clock of the future: Bob refused what she wrote then
        chat = alice.store.chat(bob.key.hex)
        assert chat is not None
        with alice.database.transaction():
            alice.store.save_chat(replace(chat, last_clock=chat.last_clock + back * 1000))
    if restart:
        alice.restart()
        bob.restart()
    for text in ("after", "last"):
        alice.say(bob.key.hex, text)
    network.wait(3_600)
    bob.say(alice.key.hex, "answer")
    network.wait(3_600)
    assert bob.heard == ["hello", *(["before"] if who == "both" else []), "after", "last"]
    assert alice.heard == ["hi", "answer"]
