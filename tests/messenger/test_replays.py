"""What relays bring and mailservers have kept is the same: however often and in whatever order it comes, and wherever
the client is started anew, each message is shown once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people import Network, Person

MESSAGES = 4
"""Of each kind."""
EXAMPLES = 15

LIVE, HISTORY, RESTART = "live", "history", "restart"
STEPS = st.lists(st.tuples(st.sampled_from([LIVE, HISTORY, HISTORY, RESTART]), st.integers(0, 99)), max_size=40)


def shown(person: Person, chat_id: str) -> list[str]:
    return [message.text for message in person.store.messages(chat_id, 100, None)]


@settings(max_examples=EXAMPLES)
@given(steps=STEPS)
def test_each_message_is_shown_once(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        network = Network(Path(folder))
        alice, bob = network.add("alice"), network.add("bob")
        for person in (alice, bob):
            person.join("status")
        alice.say(alice.meet(bob), "hello")
        bob.say(alice.key.hex, "hello to you")
        network.wait(60)
        network.losing = True
        before = len(network.envelopes)
        said = []
        for number in range(MESSAGES):
            said += [f"public {number}", f"private {number}"]
            bob.say("status", said[-2])
            bob.say(alice.key.hex, said[-1])
        envelopes = network.envelopes[before:]
        network.losing = False

        for how, which in [*steps, *((HISTORY, number) for number in range(len(envelopes)))]:
            envelope = envelopes[which % len(envelopes)]
            if how == RESTART:
                alice.restart()
            elif how == LIVE:
                alice.receive(envelope)
            else:
                alice.do(lambda envelope=envelope: alice.messenger.receive_from_history(envelope, network.now))  # type: ignore[misc]  # mypy gives defaults of lambdas no type
        network.wait(60)

        assert sorted(alice.heard) == sorted(["hello to you", *said])
        assert sorted(shown(alice, "status")) == [text for text in sorted(said) if text.startswith("public")]
        assert len(shown(alice, bob.key.hex)) == MESSAGES + 2
        network.close()


def test_an_own_message_in_the_archive_is_archived(network: Network) -> None:
    bob = network.add("bob")
    bob.join("status")
    message = bob.say("status", "keep this")
    (envelope,) = [one for one in network.envelopes if bob.store.sent_in(one.hash)]
    for _ in range(2):
        bob.do(lambda: bob.messenger.receive_from_history(envelope, network.now))
    assert [state.name for state in bob.states(message)] == ["SENT", "ARCHIVED"]
    assert shown(bob, "status") == ["keep this"]
