"""How often a message has its sender and its reader look something up, in a running conversation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from tests.support.people import Network, Person

MESSAGES = 200
TEXTS = [f"text {number}" for number in range(MESSAGES)]


def lookups(person: Person, handle: Callable[[], object]) -> float:
    """How much a person's database is asked for meanwhile, for each message."""
    seen: list[str] = []
    person.database.connection.set_trace_callback(seen.append)
    try:
        handle()
    finally:
        person.database.connection.set_trace_callback(None)
    return sum(statement.startswith("SELECT") for statement in seen) / MESSAGES


def test_a_burst_costs_few_lookups(network: Network) -> None:
    """Of the id of data sync on the one side, and of the message on the other. What is asked once for all is less than
    one for each."""
    alice, bob = network.add("alice"), network.add("bob")
    chat = alice.meet(bob)
    alice.say(chat, "hello")
    bob.say(alice.key.hex, "hello to you")
    network.wait(60)
    messages = alice.messenger.feature(Messages)

    def talk() -> None:
        alice.do_all([partial(messages.send_text, chat.id, text, now=network.now) for text in TEXTS])
        network.wait(60)

    asked = []
    of_bob = lookups(bob, lambda: asked.append(lookups(alice, talk)))

    assert bob.heard[-MESSAGES:] == TEXTS
    assert {message.state for message in alice.store.messages(chat.id, MESSAGES)} == {MessageState.DELIVERED}
    assert 1 <= asked[0] < 1.5
    assert 1 <= of_bob < 1.5
