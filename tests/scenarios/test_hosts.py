"""Clients with nothing but a bootnode's address, on hosts of their own, 50 ms from each other.

``make netns`` lets three relays die, one after the other; ``PYSTATUS_DEATHS`` says how many. Hosts are network
namespaces, which need root. In the suite all of it is done on one machine: ``test_finding_peers.py``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.hosts import Host, Hosts, why_not
from tests.support.processes import PATIENCE, Agent, Relay

DELAY = 0.05
"""Seconds from any host to any other."""
RELAYS = 3
DEATHS = int(os.environ.get("PYSTATUS_DEATHS", "0"))
"""Relays that die, one after the other; 0: this is left to ``make netns``."""
PORT = 30303
CHAT = "pystatus-hosts"
MESSAGES = 10
"""Of each sort, while a relay dies."""
UNNOTICED = 60.0
"""Seconds: half of it until a connection without a frame counts as lost (overlay.md §2.8), half between two lookups of
those who lack no more than one peer."""


class World:
    """A bootnode, three relays and a mailserver that register there, and two people, each on a host of its own."""

    def __init__(self, directory: Path, hosts: Hosts, ends: ExitStack) -> None:
        self._directory = directory
        self._hosts = hosts
        self._ends = ends
        self.bootnode_host, self.bootnode = self._serve("bootnode")
        self.relays = [self.relay(number) for number in range(RELAYS)]
        self.mailserver = self._serve("mailserver", "--register", "--bootnode", self.bootnode.enode)
        self.alice = self._person("alice")
        self.bob = self._person("bob")

    def relay(self, number: int) -> tuple[Host, Relay]:
        return self._serve("node", "--register", "--bootnode", self.bootnode.enode, name=f"relay {number}")

    def _serve(self, command: str, *options: str, name: str | None = None) -> tuple[Host, Relay]:
        host = self._hosts.add()
        relay = Relay(
            self._directory / (name or command),
            f"{host.address}:{PORT}",
            *options,
            command=command,
            at=host.command,
        )
        self._ends.callback(relay.kill)
        return host, relay

    def _person(self, name: str) -> Agent:
        settings = {"bootnodes": [self.bootnode.enode], "enough_peers": RELAYS + 1}
        return self.kept(Agent.new(self._directory / name, name, "", settings=settings, at=self._hosts.add().command))

    def kept(self, person: Agent) -> Agent:
        """It ends with the test."""
        self._ends.callback(person.kill)
        return person

    @property
    def everybody(self) -> set[str]:
        """The node ids of all relays and the mailserver."""
        return {relay.node_id for _, relay in [*self.relays, self.mailserver]}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    if DEATHS == 0:
        pytest.skip("it waits for half a minute after each death, and needs root: make netns runs it")
    assert (why := why_not()) is None, why
    with Hosts(DELAY) as hosts, ExitStack() as ends:
        yield World(tmp_path, hosts, ends)


def test_nothing_but_a_bootnode_relays_that_die_and_a_start_from_the_cache(world: World) -> None:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s: {what}")

    alice, bob = world.alice, world.bob
    for person in (alice, bob):
        person.wait_for_peers(world.everybody)
    say("both are connected to three relays and a mailserver")

    for person in (alice, bob):
        person.join(CHAT)
    alice.open(bob)
    alice.send(bob.key, "hello")
    bob.wait_for("received", text="hello", chat=alice.key)
    bob.send(alice.key, "hello to you")
    alice.wait_for("received", text="hello to you", chat=bob.key)
    say("they are in conversation")

    private, public = ["hello", "hello to you"], []
    for turn in range(DEATHS):
        host, relay = world.relays[turn]
        for number in range(MESSAGES):
            texts = f"turn {turn}: private {number}", f"turn {turn}: public {number}"
            if number == MESSAGES // 2:
                host.cut()  # nobody is told that it has gone
                relay.kill()
                world.relays[turn] = world.relay(RELAYS + turn)
            alice.send(bob.key, texts[0])
            alice.send(CHAT, texts[1])
            private.append(texts[0])
            public.append(texts[1])
        missing = {*private, *public} - {event["text"] for event in [*bob.all("received"), *alice.all("received")]}
        missing -= {"hello", "hello to you"}
        while missing:
            missing.discard(bob.wait(lambda event: event["event"] == "received")["text"])
        say(f"relay {turn} has died, and all messages of turn {turn} have arrived")
        for person in (alice, bob):
            person.wait_for_peers(world.everybody, UNNOTICED + PATIENCE)
        say("both are connected to its replacement")

    world.bootnode_host.cut()
    world.bootnode.kill()
    assert alice.stop() == 0
    say("alice has ended; the bootnode is gone")
    alice = world.kept(alice.again())
    assert alice.peers <= world.everybody
    say("alice is connected again, by what she has kept")
    alice.send(bob.key, "from the cache")
    private.append("from the cache")
    bob.wait_for("received", text="from the cache")
    bob.send(alice.key, "welcome back")
    private.append("welcome back")
    alice.wait_for("received", text="welcome back")
    say("they are in conversation again")

    for person, other in ((alice, bob), (bob, alice)):
        assert [message["text"] for message in person.history(other.key)] == private
        assert [message["text"] for message in person.history(CHAT)] == public
