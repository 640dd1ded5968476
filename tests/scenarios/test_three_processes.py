"""A relay and two clients, each in a process of its own, on loopback: what users have, and what happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.processes import Agent, Relay

CHAT = "pystatus-test"


class World:
    """A relay, Alice and Bob; killed at the end whatever happened."""

    def __init__(self, directory: Path) -> None:
        self.relay = Relay(directory)
        self.alice = Agent.new(directory, "alice", self.relay.enode)
        self.bob = Agent.new(directory, "bob", self.relay.enode)

    def close(self) -> None:
        for process in (self.alice, self.bob, self.relay):
            process.kill()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        world = World(tmp_path)
        stack.callback(world.close)
        yield world


def test_public_and_one_to_one_both_ways_across_restarts_of_everybody(world: World) -> None:
    alice, bob = world.alice, world.bob
    for person in (alice, bob):
        person.join(CHAT)
    alice.send(CHAT, "hello, world")
    assert bob.wait_for("received", text="hello, world")["author"] == alice.key
    bob.send(CHAT, "hello, alice")
    assert alice.wait_for("received", text="hello, alice")["author"] == bob.key

    alice.open(bob)
    alice.send(bob.key, "just us")
    bob.wait_for("received", text="just us", chat=alice.key)
    bob.send(alice.key, "indeed")
    assert alice.wait_for("received", text="indeed")["forward_secrecy"]
    alice.send(bob.key, "with the ratchet")
    assert bob.wait_for("received", text="with the ratchet")["forward_secrecy"]

    # Both clients end in the middle of the conversation, one politely and one not, and go on in the same session.
    assert alice.stop() == 0
    bob.kill()
    alice, bob = world.alice, world.bob = alice.again(), bob.again()
    alice.send(bob.key, "after the restart")
    assert bob.wait_for("received", text="after the restart")["forward_secrecy"]
    bob.send(alice.key, "still here")
    assert alice.wait_for("received", text="still here")["forward_secrecy"]

    # The relay dies; what is written meanwhile goes out once when it is back.
    world.relay.kill()
    alice.wait_for("disconnected")
    bob.wait_for("disconnected")
    alice.send(bob.key, "while it was away 1")
    bob.send(CHAT, "while it was away 2")
    world.relay = world.relay.again()
    bob.wait_for("received", text="while it was away 1")
    alice.wait_for("received", text="while it was away 2")
    alice.send(bob.key, "and now")
    bob.wait_for("received", text="and now")

    # Nothing was lost, and nothing is there twice.
    private = [
        "just us",
        "indeed",
        "with the ratchet",
        "after the restart",
        "still here",
        "while it was away 1",
        "and now",
    ]
    public = ["hello, world", "hello, alice", "while it was away 2"]
    for person, other in ((alice, bob), (bob, alice)):
        assert [message["text"] for message in person.history(other.key)] == private
        assert [message["text"] for message in person.history(CHAT)] == public
    assert alice.stop() == 0
    assert bob.stop() == 0
    assert world.relay.stop() == 0


def test_a_relay_that_is_killed_and_comes_back_loses_and_repeats_nothing(world: World) -> None:
    alice, bob = world.alice, world.bob
    alice.open(bob)
    alice.send(bob.key, "first")
    bob.wait_for("received", text="first")
    texts = ["first"]
    for turn in range(3):
        for number in range(10):
            texts.append(f"turn {turn}, message {number}")
            alice.send(bob.key, texts[-1])
        world.relay.kill()  # perhaps with some of them in its hands
        world.relay = world.relay.again()
        bob.wait_for("connected")
    alice.send(bob.key, "last")
    texts.append("last")
    missing = set(texts) - {event["text"] for event in bob.all("received")}
    while missing:
        missing.discard(bob.wait(lambda event: event["event"] == "received")["text"])
    received = [event["text"] for event in bob.all("received")]
    assert sorted(received) == sorted(texts)
    assert [message["text"] for message in bob.history(alice.key)] == texts
