"""A payload of data sync with more than one transaction should do is handled in parts: nobody makes a long turn of the
event loop (A40), and nothing that an honest sender wrote is lost."""

from __future__ import annotations

from functools import partial

import pytest

from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.config import MAX_DELAY, STEP_IDS, STEP_MESSAGES
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.events import MessageReceived, MessageStateChanged
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from tests.adversary.hostile.strangers import Stranger
from tests.adversary.hostile.victims import steps
from tests.support.people import Network, Person

MANY = 5 * STEP_MESSAGES + 3


def written_at_once(network: Network, bob: Person, alice: Person, count: int = MANY) -> list[str]:
    """Bob writes so much while no relay is there, and then sends it."""
    chat = bob.meet(alice)
    bob.disconnect()
    texts = [f"{number}" for number in range(count)]
    for text in texts:
        bob.messenger.run(
            [partial(bob.messenger.feature(Messages).send_text, chat.id, text, now=network.now)], network.now
        )
    bob.connect()
    return texts


def test_everything_is_told_a_part_at_a_time(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.events.clear()
    texts = written_at_once(network, bob, alice)
    network.wait(1)
    assert sorted(alice.heard) == sorted(texts)
    changes = [event for event in bob.events if isinstance(event, MessageStateChanged)]
    delivered = {event.message_id for event in changes if event.state is MessageState.DELIVERED}
    assert len(delivered) >= MANY, "all of it was acknowledged"


def test_no_part_is_large(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.events.clear()
    alice.finishes = False
    written_at_once(network, bob, alice)
    parts = [len(alice.heard)]
    while alice.unfinished:
        rest = alice.unfinished.pop(0)
        alice.do(lambda rest=rest: rest(network.now))  # type: ignore[misc]
        parts.append(len(alice.heard) - sum(parts))
    assert sum(parts) == MANY
    assert max(parts) <= STEP_MESSAGES


def test_what_a_crash_left_is_not_acknowledged_and_comes_again(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    alice.events.clear()
    alice.finishes = False
    texts = written_at_once(network, bob, alice)
    assert 0 < len(alice.heard) <= STEP_MESSAGES
    alice.restart()
    alice.finishes = True
    network.wait(MAX_DELAY)
    assert sorted(alice.heard) == sorted(texts)
    assert len(alice.heard) == len(set(alice.heard))


@pytest.mark.parametrize("datasync", [True, False])
def test_nothing_comes_between_the_parts(network: Network, datasync: bool) -> None:
    """So there is never more than one payload of which something is left, whoever sends how many."""
    alice = network.add("alice", datasync=datasync)
    alice.connect()
    bob = Stranger(network.now)
    bob.meets(alice.secure)
    alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(bob.key, network.now))
    group = one_to_one_group_id(bob.key, alice.key)

    def envelope(first: int) -> bytes:
        messages = [
            SyncMessage(group, int(network.now), bob.wrap(bob.private_message(alice.key, f"{number}")))
            for number in range(first, first + MANY)
        ]
        return Payload(messages=tuple(messages)).encode()

    envelopes = [bob.private(alice.key, envelope(first)) for first in (0, MANY)]
    inputs = [partial(alice.messenger.receiver.receive, one, network.now) for one in envelopes]
    outcomes, _ = alice.messenger.run(inputs, network.now)
    assert len(outcomes) == 1, "what is left of the first comes before the second"
    alice.events.clear()
    alice.do_all(inputs[1:])
    assert [event.message.text for event in alice.events if isinstance(event, MessageReceived)] == [
        f"{number}" for number in range(MANY, 2 * MANY)
    ]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("kind", ["acks", "offers", "requests"])
def test_nor_is_a_part_with_ids(network: Network, known: bool, kind: str) -> None:
    """Whatever a stranger or somebody we know names: the work of the database for one part is bounded."""
    alice = network.add("alice")
    alice.finishes = False
    bob = Stranger(network.now)
    bob.meets(alice.secure)
    if known:
        alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(bob.key, network.now))
    alice.receive(bob.text(alice.key, "first"))

    def work(count: int) -> int:
        ids = tuple(b"%032d" % number for number in range(count))
        payload = Payload(**{kind: ids})  # type: ignore[arg-type]
        envelope = bob.private(alice.key, payload.encode())
        alice.unfinished.clear()
        return steps(alice, lambda: alice.receive(envelope))

    least = work(STEP_IDS)
    assert not alice.unfinished
    assert work(8 * STEP_IDS) <= 2 * least + 100
    assert len(alice.unfinished) == 1
