"""A relay and mailserver at home, behind a router that translates addresses, found and reached by people out on the
internet who have an invitation and nothing else.

The invitation names a Rendezvous node out on the internet, and neither the relay nor its address. How many seconds pass
from the start of a client to its first answer is printed (issue 18: 10 at most); ``make netns`` shows it.

Hosts are network namespaces, which need root: where they cannot be made, and nobody has asked for them by
``PYSTATUS_HOSTS=1`` (``make netns`` does), this is left out. The router is in user space, so nothing is asked of the
kernel (tests/support/home_router.py). It is found by Rendezvous, which takes some seconds; an ad of Discovery v5 may be
used after more than a minute only (overlay.md §3.5).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pystatus import Fleet, invitation
from tests.support.hosts import Home, Host, Hosts, why_not
from tests.support.processes import Agent, Relay

DELAY = 0.01
"""Seconds from any host to any other."""
PORT = 30303
ELSEWHERE = "45.77.0.9"
CHAT = "pystatus-home"


class World:
    """A node by which others are found, out on the internet, and a mailserver at home that registers there."""

    def __init__(self, directory: Path, hosts: Hosts, ends: ExitStack) -> None:
        self._directory = directory
        self._hosts = hosts
        self._ends = ends
        out = hosts.add()
        served = self._serve("rendezvous", out, f"{out.address}:{PORT}", "--nat", "none")
        self._invitation = invitation(Fleet(name="harbour", rendezvous_nodes=(served.enode,)))
        self.home: Home = hosts.add_home()
        self.relay = self._serve("mailserver", self.home, f"0.0.0.0:{PORT}", "--register", "--join", self._invitation)

    def _serve(self, command: str, at: Host | Home, listen: str, *options: str) -> Relay:
        field = "address" if command == "rendezvous" else "enode"
        relay = Relay(self._directory / command, listen, *options, command=command, at=at.command, field=field)
        self._ends.callback(relay.kill)
        return relay

    def person(self, name: str) -> Agent:
        """Somebody out on the internet who has the invitation."""
        settings = {"fleet": self._invitation, "enough_peers": 1}
        person = Agent.new(self._directory / name, name, "", settings=settings, at=self._hosts.add().command)
        self._ends.callback(person.kill)
        return person


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    why = why_not()
    if why is not None and os.environ.get("PYSTATUS_HOSTS", "0") == "0":
        pytest.skip(why)
    assert why is None, why
    with Hosts(DELAY) as hosts, ExitStack() as ends:
        yield World(tmp_path, hosts, ends)


def test_a_mailserver_at_home(world: World) -> None:
    home, relay = world.home, world.relay
    assert relay.enode.endswith(f"@{home.address}:{PORT}"), "the router has said where it is"
    assert f"tcp:{PORT}" in home.open_ports

    bob = world.person("bob")
    bob.wait_for_peers({relay.node_id})
    started = time.monotonic()
    alice = world.person("alice")
    alice.wait_for_peers({relay.node_id})
    connected = time.monotonic()
    alice.open(bob)
    alice.send(bob.key, "hello")
    bob.wait_for("received", text="hello", chat=alice.key)
    bob.send(alice.key, "hello to you")
    alice.wait_for("received", text="hello to you", chat=bob.key)
    answered = time.monotonic()
    print(
        f"\nan invitation alone, relay and mailserver behind a router: connected {connected - started:.1f} s after the "
        f"client was started, in conversation after {answered - started:.1f} s (to reach: 10)"
    )
    for person in (alice, bob):
        person.join(CHAT)
    alice.send(CHAT, "for those who come later")
    bob.wait_for("received", text="for those who come later")

    home.renumber(ELSEWHERE)
    moved = relay.wait_for("address")["enode"]
    assert moved == relay.enode.replace(relay.enode.rpartition("@")[2], f"{ELSEWHERE}:{PORT}")
    home.forget()

    carol = world.person("carol")
    carol.join(CHAT)
    carol.wait_for("received", text="for those who come later")
    assert carol.peers == {relay.node_id}
    assert f"tcp:{PORT}" in home.open_ports, "it was opened again"

    assert relay.stop() == 0
    assert home.open_ports == set(), "nothing stays open"
