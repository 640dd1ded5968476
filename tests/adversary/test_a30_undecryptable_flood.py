"""A30: matching but undecryptable envelopes at 1,000/s.

Expected: only keys of that topic are tried, CPU budget, nothing else starves.
"""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.events import MessageReceived
from pystatus.transport import channels
from pystatus.waku.data import OpeningKey, SymmetricKey, seal
from pystatus.waku.envelope import Envelope
from pystatus.waku.filters import Filters
from tests.adversary.hostile import contents
from tests.support.effort import Effort
from tests.support.people import Network
from tests.waku.network import TOPIC
from tests.waku.test_filters import BOB, OTHER, SHARED, sealed, tried

RATE = 1_000
"""Envelopes a second."""
BUDGET = 0.5
"""Part of one core that they may cost, opening and all: half of it stays for what is honest."""

__all__ = ["tried"]  # a fixture


def test_only_keys_of_the_topic_are_tried(tried: list[OpeningKey]) -> None:
    """A30."""
    filters: Filters[int] = Filters()
    for number in range(50):
        filters.add(number.to_bytes(4, "big"), SymmetricKey(bytes((number + 1,)) * 32), number)
    filters.add(TOPIC, BOB, 100)
    filters.add(TOPIC, OTHER, 101)
    assert filters.open(sealed(SHARED)) is None
    assert tried == [OTHER, BOB]  # the cheap one first
    tried.clear()
    assert filters.open(sealed(SHARED, topic=b"none")) is None
    assert tried == []


def junk(network: Network, recipient: PrivateKey, count: int) -> list[Envelope]:
    """For our partition, sealed for others; for our public chat, under another key; and noise for both."""
    stranger = PrivateKey.generate(os.urandom)
    partition, public = channels.partitioned(recipient.public_key), channels.public_chat("status")
    made = []
    for number in range(count):
        topic = (partition if number % 2 else public).topic
        if number % 4 < 2:
            key = PrivateKey.generate(os.urandom).public_key if number % 2 else SymmetricKey(os.urandom(32))
            data = seal(key, b"x" * 200, stranger, os.urandom)
        else:
            data = b"\x04" + os.urandom(500)
        made.append(Envelope.mine(network.now, 15, topic, data, 0.0))
    return made


def test_a_second_of_it_costs_less_than_half_a_second_and_the_honest_message_is_read(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    chat = bob.meet(alice)
    flood = junk(network, alice.identity, RATE)
    before = contents(alice)
    with Effort() as effort:
        handled, effects = alice.messenger.run(
            [lambda envelope=envelope: alice.messenger.receiver.receive(envelope, network.now) for envelope in flood],  # type: ignore[misc]
            network.now,
        )
    assert [outcome.error for outcome in handled] == [None] * RATE
    assert effects == []
    assert effort.seconds < BUDGET
    assert contents(alice) == before  # nothing of it is remembered
    bob.say(chat, "are you still there?")
    assert alice.heard == ["are you still there?"]


def test_messages_that_open_and_say_nothing(network: Network) -> None:
    """Anybody knows the key of a public chat, so these open; they leave their hash and nothing else."""
    alice = network.add("alice")
    alice.join("status")
    public = channels.public_chat("status")
    stranger = PrivateKey.generate(os.urandom)
    flood = [
        Envelope.mine(network.now, 15, public.topic, seal(public.key, os.urandom(100), stranger, os.urandom), 0.0)
        for _ in range(RATE)
    ]
    with Effort() as effort:
        alice.messenger.run(
            [lambda envelope=envelope: alice.messenger.receiver.receive(envelope, network.now) for envelope in flood],  # type: ignore[misc]
            network.now,
        )
    assert effort.seconds < 2 * BUDGET
    assert [event for event in alice.events if isinstance(event, MessageReceived)] == []
    assert alice.store.messages("status", 10, None) == []


@pytest.mark.parametrize("keys", [1, 100])
def test_the_cost_does_not_grow_with_other_topics(keys: int) -> None:
    filters: Filters[int] = Filters()
    for number in range(keys):
        filters.add((number + 1).to_bytes(4, "big"), SymmetricKey(bytes([number + 1]) * 32), number)
    filters.add(TOPIC, BOB, 1_000)
    with Effort() as effort:
        for _ in range(100):
            assert filters.open(sealed(SHARED)) is None
    assert effort.seconds < 0.2
