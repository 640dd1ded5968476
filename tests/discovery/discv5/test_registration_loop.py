"""The registration of topics, as the node lives through it."""

from __future__ import annotations

import itertools
import os

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.discv5.limits import MAX_PING_TOPICS
from pystatus.discovery.discv5.node import Contact
from pystatus.discovery.discv5.packets import Pong, topic_hash
from pystatus.discovery.discv5.topic_discovery import TopicDiscovery
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from pystatus.errors import LocalError, RemoteError
from tests.discovery.discv5.topic_nodes import at, contact
from tests.discovery.discv5.topic_overlay import FakeOverlay, key_of, listing

WHISPER = b"whisper"
MAIL = b"whispermail"
NOBODY = WireEndpoint(b"", 0, 0)


class World:
    """A node that registers topics on a network that the test makes up."""

    def __init__(self, *network: Contact) -> None:
        self.overlay = FakeOverlay()
        self.topics = TopicDiscovery(self.overlay, os.urandom, key_of)
        self.network = list(network)
        self.lookups: list[float] = []
        self.wait = 60
        self.now = 1000.0

    def pass_until(self, end: float) -> None:
        """Do all that is due by then, each in its time; lookups find the whole network, which answers pings at once."""
        while (due := self.topics.next_timer) is not None and due <= end:
            self.now = max(self.now, due)
            self.topics.on_timer(at(self.now))
            while self.overlay.lookups:
                self.lookups.append(self.now)
                self.overlay.finish(self.network, at(self.now))
            while self.overlay.pings:
                self.pong(self.overlay.pings.pop(0))
        self.now = end

    def pong(self, registrar: Contact, *, topics: tuple[bytes, ...] | None = None) -> None:
        asked = self.topics.topics() if topics is None else topics
        pong = Pong(NOBODY, b"", 0, topic_hash(asked), 1, (self.wait,) * len(asked))
        self.topics.ponged(registrar, self.overlay.ping_hash(registrar), asked, pong, b"pong", at(self.now))


@pytest.mark.requirement("CL-21")
def test_a_node_registers_itself() -> None:
    world = World(contact(1), contact(2))
    world.topics.register(WHISPER, at(1000.0))
    assert world.topics.topics() == (WHISPER,)
    world.pass_until(1059.0)
    assert world.overlay.registers == []
    world.pass_until(1061.0)
    assert world.overlay.registers == [(contact(1), (WHISPER,), 0), (contact(2), (WHISPER,), 0)]
    assert world.overlay.listing == [(WHISPER, contact(1)), (WHISPER, contact(2))]


@pytest.mark.requirement("CL-22")
def test_a_mailserver_registers_both_topics() -> None:
    world = World(contact(1), contact(2))
    world.topics.register(WHISPER, at(1000.0))
    world.topics.register(MAIL, at(1000.0))
    world.pass_until(1070.0)
    assert world.overlay.registers == [
        (contact(1), (WHISPER, MAIL), 0),
        (contact(2), (WHISPER, MAIL), 1),
    ]


def test_in_a_small_network_lookups_become_rare() -> None:
    """decisions.md "Discovery": the reference makes about ten a second for ever."""
    world = World(contact(1), contact(2))
    world.topics.register(WHISPER, at(1000.0))
    world.pass_until(1600.0)
    assert world.lookups[0] == pytest.approx(1000.1)
    assert len(world.lookups) < 25
    late = [lookup for lookup in world.lookups if lookup > 1100.0]
    assert all(after - before >= 39.9 for before, after in itertools.pairwise(late))


def test_where_there_are_many_registrars_tickets_are_collected_at_a_rate() -> None:
    world = World(*[contact(number) for number in range(1, 17)])
    world.topics.register(WHISPER, at(1000.0))
    world.network = [contact(number) for number in range(1, 17)]
    world.pass_until(1001.0)
    assert len(world.topics._tickets.held) == 16
    assert len(world.lookups) == 1
    world.pass_until(1170.0)
    assert len(world.lookups) == 1  # ten tickets may be collected at once, one more every 30 s
    assert len(world.overlay.registers) == 6
    world.pass_until(1200.0)
    assert len(world.lookups) > 1


def test_a_topic_that_begins_while_the_loop_sleeps_begins_soon() -> None:
    """The reference blocks its whole node for ever then."""
    world = World(*[contact(number) for number in range(1, 17)])
    world.topics.register(WHISPER, at(1000.0))
    world.pass_until(1010.0)
    assert len(world.lookups) == 1
    world.topics.register(MAIL, at(1010.0))
    world.pass_until(1010.2)
    assert len(world.lookups) == 2


def test_a_registration_ends_and_begins_again() -> None:
    world = World(contact(1))
    world.topics.register(WHISPER, at(1000.0))
    world.topics.on_timer(at(1000.2))
    world.topics.unregister(WHISPER)
    world.overlay.finish([contact(1)], at(1000.3))  # the lookup that was under way
    assert world.overlay.pings == []
    world.now = 1000.3
    world.pass_until(1100.0)
    assert world.topics.next_timer is None
    assert (world.lookups, world.overlay.registers) == ([], [])
    world.topics.register(WHISPER, at(1100.0))
    world.pass_until(1170.0)
    assert world.overlay.registers == [(contact(1), (WHISPER,), 0)]


def test_one_lookup_at_a_time() -> None:
    world = World()
    world.topics.register(WHISPER, at(1000.0))
    world.topics.register(MAIL, at(1000.0))
    world.topics.on_timer(at(1001.0))
    world.topics.on_timer(at(1002.0))
    assert len(world.overlay.lookups) == 1
    assert world.topics.next_timer is None
    assert world.overlay.finish([], at(1003.0)) == keccak256(WHISPER)
    world.topics.on_timer(at(1010.0))
    assert world.overlay.finish([], at(1010.0)) == keccak256(MAIL)


def test_a_registrar_that_is_being_pinged_is_asked_another_time() -> None:
    world = World(contact(1))
    world.overlay.pinging.add(contact(1))
    world.topics.register(WHISPER, at(1000.0))
    world.pass_until(1001.0)
    world.overlay.pinging.clear()
    world.pass_until(1070.0)
    assert len(world.overlay.registers) == 1


def test_a_registrar_that_is_gone_is_not_told_of() -> None:
    world = World(contact(1))
    world.topics.register(WHISPER, at(1000.0))
    world.pass_until(1001.0)
    world.overlay.strangers.add(contact(1))
    world.pass_until(1062.0)
    assert world.overlay.listing == []


@pytest.mark.parametrize("topics", [(), (MAIL,), (WHISPER, MAIL)])
def test_a_pong_that_is_no_ticket(topics: tuple[bytes, ...]) -> None:
    world = World()
    world.topics.register(WHISPER, at(1000.0))
    pong = Pong(NOBODY, b"", 0, topic_hash(topics), 1, (60,) * len(topics))
    with pytest.raises(RemoteError, match=r"waits? for|other topics"):
        world.topics.ponged(contact(1), b"ping", (WHISPER,), pong, b"pong", at(1000.0))


def test_too_many_topics() -> None:
    world = World()
    for number in range(MAX_PING_TOPICS):
        world.topics.register(b"topic %d" % number, at(1000.0))
    with pytest.raises(LocalError, match="end another registration"):
        world.topics.register(WHISPER, at(1000.0))
    world.topics.register(b"topic 1", at(1000.0))
    assert len(world.topics.topics()) == MAX_PING_TOPICS


def test_a_node_that_does_neither_has_nothing_to_do() -> None:
    topics = TopicDiscovery(FakeOverlay(), os.urandom, key_of)
    topics.on_timer(at(1000.0))
    assert topics.next_timer is None
    topics.unregister(WHISPER)
    assert not topics.answered(contact(1), listing(b"echo", contact(2)), at(1000.0))


def test_registering_and_searching_at_once() -> None:
    world = World(contact(1))
    world.topics.register(WHISPER, at(1000.0))
    world.topics.search(MAIL, 3.0, at(1000.0))
    assert world.topics.next_timer == 1000.0
    world.pass_until(1000.2)
    assert world.overlay.queries == [(contact(1), MAIL)]
    assert world.topics.answered(contact(1), listing(world.overlay.echo(MAIL), contact(2)), at(1000.3))
    assert world.overlay.told == [(MAIL, contact(2))]
