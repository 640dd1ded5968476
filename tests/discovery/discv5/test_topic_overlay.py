"""What the registrant and the searcher can ask of their node."""

from __future__ import annotations

import pytest

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.events import Event, LookupDone, NodeFound, Registered
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Contact, Endpoint, Times
from pystatus.discovery.discv5.outbox import Counters, Outbox
from pystatus.discovery.discv5.packets import TopicQuery, TopicRegister, packet_hash
from pystatus.discovery.discv5.topic_overlay import TopicOverlay
from tests.discovery.discv5.conversation import Peer, Talk

WHISPER = b"whisper"


class World:
    """The overlay of a node, and what it sends and tells."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.talk = Talk(limits)
        self.told: list[Event] = []
        self.outbox = Outbox(self.talk.identity, Counters())
        self.overlay = TopicOverlay(self.talk.node.own_id, self.outbox, lambda *_: None, self.told.append)
        self.overlay.sessions = self.talk.node.sessions

    @property
    def now(self) -> Times:
        return self.talk.now


def contact(peer: Peer) -> Contact:
    return Contact(peer.id, peer.endpoint)


def test_a_ping_to_a_known_node() -> None:
    world, peer = World(), Peer(1)
    world.talk.meet(peer)
    token = world.overlay.ping(contact(peer), world.now)
    (ping,) = world.talk.said()
    assert token == packet_hash(ping.data)
    assert world.overlay.ping(contact(peer), world.now) is None  # one is under way


def test_a_ping_to_a_stranger_verifies_him() -> None:
    world, peer = World(), Peer(1)
    token = world.overlay.ping(contact(peer), world.now)
    (ping,) = world.talk.said()
    assert token == packet_hash(ping.data)
    assert not world.overlay.is_known(contact(peer))
    assert world.overlay.ping(contact(peer), world.now) is None
    world.talk.hear(peer, peer.pong(ping))
    world.talk.wait(0.5)
    assert world.overlay.is_known(contact(peer))


def test_a_node_that_is_known_elsewhere() -> None:
    world, peer = World(), Peer(1)
    world.talk.meet(peer)
    elsewhere = contact(Peer(1, "60.1.1.1"))
    assert world.overlay.ping(elsewhere, world.now) is None
    assert not world.overlay.is_known(elsewhere)
    assert world.overlay.send_query(elsewhere, WHISPER, world.now) is None
    assert not world.overlay.send_register(elsewhere, (WHISPER,), 0, b"", world.now)
    assert world.outbox.take() == []


def test_without_room_nobody_is_pinged() -> None:
    world = World(Limits(max_nodes=1))
    world.talk.meet(Peer(1))
    assert world.overlay.ping(contact(Peer(2)), world.now) is None


def test_queries_and_tickets() -> None:
    world, peer = World(), Peer(1)
    world.talk.meet(peer)
    echo = world.overlay.send_query(contact(peer), WHISPER, world.now)
    assert world.overlay.send_register(contact(peer), (WHISPER,), 0, b"ticket", world.now)
    query, register = world.outbox.take()
    assert echo == packet_hash(query.data)
    assert world.talk.body(query) == TopicQuery(WHISPER, int(world.now.unix) + 20)
    assert world.talk.body(register) == TopicRegister((WHISPER,), 0, b"ticket")
    assert (register.address, register.port) == (peer.address, peer.port)


@pytest.mark.parametrize(
    ("address", "teller", "told"),
    [
        ("60.1.1.1", "51.0.1.9", True),
        ("192.168.1.1", "51.0.1.9", False),
        ("192.168.1.1", "192.168.1.9", True),
        ("169.254.169.254", "51.0.1.9", False),
        ("127.0.0.1", "192.168.1.9", False),
    ],
)
def test_found_nodes_are_told_if_they_may_be_dialled(address: str, teller: str, told: bool) -> None:
    world = World()
    listed = Contact(Peer(5).id, Endpoint(parse_address(address), 30303, 30303))
    world.overlay.found(WHISPER, listed, contact(Peer(1, teller)))
    assert [event.node.endpoint for event in world.told if isinstance(event, NodeFound)] == [listed.endpoint] * told


def test_registrations_are_told() -> None:
    world, peer = World(), Peer(1)
    world.overlay.registered(WHISPER, contact(peer))
    (event,) = world.told
    assert isinstance(event, Registered)
    assert (event.topic, event.registrar.public_key) == ("whisper", peer.key.public_key)
    assert not isinstance(event, LookupDone)
