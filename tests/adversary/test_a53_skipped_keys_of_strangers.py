"""A53: hundreds of strangers with hundreds of skipped keys each, so that a contact's keys are dropped.

Expected: strangers give way first, contacts last; the work for a message does not grow with other people's sessions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.messenger import HOUSEKEEPING
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.secure_transport.config import EncryptionConfig
from pystatus.storage.people import SESSION_PARTS, kept_tables
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Stranger, count, crowd, feed, steps
from tests.adversary.test_a32_skipped_keys import held
from tests.secure_transport.party import Party
from tests.support.people import Network, Person

LATE = 60
"""Messages of the contact that come after the attack."""
STRANGERS = 24
GAP = 40
"""Skipped keys of each stranger: together sixteen times what the contact has, though each has less."""
STATE = 24_000
"""Bytes for one stranger: a hundred skipped keys."""
BUDGET = 100_000
"""Bytes for all strangers: the keys of six."""

SMALL = MessengerConfig(
    encryption=EncryptionConfig(max_stored_keys_in_total=2 * LATE, stranger_keys=100, stranger_sessions=4),
    strangers=StrangerConfig(writers=Budget(1_000, BUDGET), silent=Budget(1_000, BUDGET), state_bytes=STATE),
)


@pytest.fixture
def alice(network: Network) -> Person:
    return network.add("alice", config=SMALL)


@pytest.fixture
def bob(network: Network, alice: Person) -> Person:
    return network.contact(alice, "bob")


def talks(bob: Person, network: Network) -> tuple[list[Envelope], Envelope]:
    """Bob says a lot of which only the last arrives, and goes offline: nothing is repeated. What is late, and that."""
    network.holding = True
    for number in range(LATE + 1):
        bob.say(bob.network.people[0].key.hex, f"message {number}")
    network.holding = False
    bob.disconnect()
    held, network.held = network.held, []
    *late, last = [envelope for author, envelope in held if author is bob]
    return late, last


def strangers(alice: Person, now: float, number: int = STRANGERS) -> Iterable[Stranger]:
    for stranger in crowd(number, now):
        stranger.meets(alice.secure)
        yield stranger


def one_gap_each(alice: Person, now: float) -> Iterable[Envelope]:
    """As described."""
    for stranger in strangers(alice, now):
        yield stranger.after_a_gap(alice.key, GAP)


def gaps_that_say_nothing(alice: Person, now: float) -> Iterable[Envelope]:
    """No message is ever shown."""
    for stranger in strangers(alice, now):
        for _ in range(GAP):
            stranger.private(alice.key, b"")
        yield stranger.bundle(alice.key)
        yield stranger.private(alice.key, b"")


def a_session_for_each_gap(alice: Person, now: float) -> Iterable[Envelope]:
    """Few people, who begin anew again and again, on devices of ever new names."""
    for _ in range(4):
        identity = PrivateKey.generate(os.urandom)
        for number in range(STRANGERS // 4):
            device = Stranger(now, identity, f"device-{number}")
            device.meets(alice.secure)
            yield device.after_a_gap(alice.key, GAP)


ATTACKS = [one_gap_each, gaps_that_say_nothing, a_session_for_each_gap]


@pytest.mark.parametrize("archived", [False, True], ids=["live", "archived"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_contact_says_late_is_read(
    network: Network,
    alice: Person,
    bob: Person,
    attack: Callable[[Person, float], Iterable[Envelope]],
    archived: bool,
) -> None:
    late, last = talks(bob, network)
    alice.receive(last)
    held = count(alice, "skipped_keys")
    assert held >= LATE // 2  # some shared an envelope
    before = len(alice.heard)

    feed(alice, attack(alice, network.now), archived=archived)
    assert count(alice, "skipped_keys") - held <= BUDGET // 200
    network.wait(2 * HOUSEKEEPING)

    for envelope in late:
        alice.receive(envelope)
    from_bob = [text for text in alice.heard[before - 1 :] if text.startswith("message ")]
    assert sorted(from_bob) == sorted(f"message {number}" for number in range(LATE + 1))


def test_nobody_is_a_stranger_who_is_answered(network: Network, alice: Person) -> None:
    """From then on nothing of theirs gives way."""
    (stranger,) = strangers(alice, network.now, 1)
    texts = [stranger.text(alice.key, f"{number}") for number in range(60)]
    alice.receive(texts[-1])
    alice.say(stranger.key.hex, "who are you?")
    feed(alice, one_gap_each(alice, network.now))
    feed(alice, texts)
    messages = alice.store.messages(stranger.key.hex, 200, None)
    assert {message.text for message in messages} == {"who are you?", *(f"{number}" for number in range(60))}


def test_the_work_for_a_message_does_not_grow_with_the_sessions_of_others(
    network: Network, alice: Person, bob: Person
) -> None:
    late, last = talks(bob, network)
    middle = late[LATE // 2]
    alone = steps(alice, lambda: alice.receive(middle))
    feed(alice, one_gap_each(alice, network.now))
    among_strangers = steps(alice, lambda: alice.receive(last))
    assert among_strangers <= 1.2 * alone + 5


def test_a_stranger_keeps_fewer_keys_and_sessions_than_a_contact(kind_of_store: str) -> None:
    """Whatever the budget of all has room for."""
    config = EncryptionConfig(stranger_keys=30, stranger_sessions=2)
    bob = Party("bob-1", kind_of_store, config=config)
    identity = PrivateKey.generate(os.urandom)
    devices = [Party(f"device-{number}", identity=identity) for number in range(4)]
    for device in devices:
        device.meets(bob)
        messages = [device.send(bob, b"%d" % number).data for number in range(21)]
        opened = bob.transport.open(identity.public_key, messages[20], bob.now, known=False)
        assert opened.payload == b"20"
        bob.now += 1
        assert held(bob) <= 30
    (bundle,) = bob.transport.bundle(bob.now).signed_pre_keys
    assert [len(bob.sessions(device, bundle.public)) for device in devices] == [0, 0, 1, 1]


def test_what_only_serves_repeated_messages_goes_when_one_stranger_has_too_much(network: Network) -> None:
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(state_bytes=6_000)))
    (stranger,) = strangers(alice, network.now, 1)
    for number in range(40):
        alice.receive(stranger.text(alice.key, f"{number}"))
        kept = alice.store.people.kept(stranger.key.compressed, stranger.key.hex)
        assert kept.state <= 6_000
    assert count(alice, "ratchet_sessions") == 1
    assert len(alice.heard) == 40
    assert len(alice.store.messages(stranger.key.hex, 100, None)) == 40


def test_every_table_that_names_people_is_counted(network: Network) -> None:
    """What is added later has a budget for strangers, or a reason here why it needs none."""
    otherwise = {
        ("known_people", "identity"): "made by ourselves",
        ("strangers", "identity"): "is the budget",
        ("messages", "author"): "counted by the chat",
        ("failing_devices", "identity"): "has places of its own for strangers: decryption_failures.MAX_STRANGERS",
        (
            "group_events",
            "author",
        ): "bounded for each group, and groups of strangers by group_invitations.MAX_INVITATIONS",
        ("group_people", "person"): "of groups that we have joined, group_history.MAX_PEOPLE of each",
        ("wallet_sent", "sender"): "one of our own accounts",
        ("sticker_packs", "author"): "what a pack that our user has installed says of itself",
        ("wallet_transfers", "sender"): "an account of the chain, in the history of one of our own accounts",
        ("group_requests", "person"): "bounded for each of our groups: group_invitations.MAX_REQUESTS",
    }
    alice = network.add("alice")
    named = {
        (table, column)
        for (table,) in alice.database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for _, column, *_ in alice.database.connection.execute(f"PRAGMA table_info({table})").fetchall()
        if column in ("identity", "peer", "author", "sender", "person")
    }
    assert named == set(kept_tables()) | set(otherwise)
    hanging = {
        table
        for (table,) in alice.database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for reference in alice.database.connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
        if reference[2] == "ratchet_sessions"
    }
    assert hanging == set(SESSION_PARTS)
