"""A recording of three nodes of the reference: a boot node, one that registers `whisper`, one that searches it.

First it is read by itself. Then each of the three is played by our code, and the other two by the recording: their
packets are sent again with the token, echo or ticket that our node really sent, and signed again.
"""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.events import Event, NodeFound, Registered
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.packets import (
    FindNodeHash,
    Neighbors,
    Ping,
    Pong,
    TopicNodes,
    TopicQuery,
    TopicRegister,
    topic_hash,
)
from pystatus.discovery.discv5.service import Discovery
from tests.support.vectors import Case, load, unhex

SESSION = load("discv5_session")
NODES: list[Case] = SESSION["nodes"]
DATAGRAMS: list[Case] = [event for event in SESSION["events"] if event["event"] == "datagram"]
KEYS = [PrivateKey(unhex(node["private_key"])) for node in NODES]
IDENTITIES = [Secp256k1Identity(key) for key in KEYS]
TOPIC: str = SESSION["topic"]
BOOT, REGISTERING, SEARCHING = range(3)
READER = IDENTITIES[BOOT]
WINDOW = range(12)
"""Seconds after its wait in which a registrar takes a ticket."""


def times(event: Case) -> Times:
    return Times(event["monotonic_ns"] / 1e9, float(event["unix"]))


def body_of(event: Case) -> packets.Body:
    return packets.decode_body(unhex(event["packet"]))


def test_every_packet_is_from_its_sender_and_encodes_to_itself() -> None:
    for event in DATAGRAMS:
        datagram = unhex(event["packet"])
        received = packets.decode(datagram, READER)
        assert received.sender == unhex(NODES[event["from"]]["node_id"])
        assert packets.encode(received.body, IDENTITIES[event["from"]]) == datagram


def test_every_pong_names_an_earlier_ping_and_its_topics_and_counts_up() -> None:
    pings: dict[bytes, tuple[int, int, Ping]] = {}
    serials: dict[tuple[int, int], int] = {}
    answered = 0
    for event in DATAGRAMS:
        body = body_of(event)
        sender, receiver = event["from"], event["to"]
        if isinstance(body, Ping):
            pings[packets.packet_hash(unhex(event["packet"]))] = sender, receiver, body
        elif isinstance(body, Pong):
            pinger, pinged, ping = pings.pop(body.reply_token)
            assert (pinger, pinged) == (receiver, sender)
            assert body.topic_hash == topic_hash(ping.topics)
            assert len(body.wait_periods) == len(ping.topics)
            assert body.expiration == event["monotonic_ns"] // 10**9
            assert body.ticket_serial == serials.get((sender, receiver), 0) + 1
            serials[sender, receiver] = body.ticket_serial
            answered += 1
    assert answered == 11
    assert not pings


def test_every_ticket_is_used_where_it_came_from_and_in_its_window() -> None:
    pongs = {event["packet"]: event for event in DATAGRAMS if event["type_name"] == "pong"}
    used = 0
    for event in DATAGRAMS:
        body = body_of(event)
        if not isinstance(body, TopicRegister):
            continue
        ticket = pongs["0x" + body.pong.hex()]
        assert (ticket["from"], ticket["to"]) == (event["to"], event["from"])
        pong = packets.decode_body(body.pong)
        assert isinstance(pong, Pong)
        assert pong.topic_hash == topic_hash(body.topics)
        assert event["monotonic_ns"] // 10**9 - pong.expiration - pong.wait_periods[body.topic_index] in WINDOW
        used += 1
    assert used == 2


def test_every_answer_echoes_a_query() -> None:
    queries: set[tuple[int, int, bytes]] = set()
    answers = 0
    for event in DATAGRAMS:
        body = body_of(event)
        if isinstance(body, TopicQuery):
            queries.add((event["from"], event["to"], packets.packet_hash(unhex(event["packet"]))))
        elif isinstance(body, TopicNodes):
            queries.remove((event["to"], event["from"], body.echo))
            answers += 1
    assert answers == 6
    assert not queries


class Replay:
    """Our node in the place of one of them."""

    def __init__(self, number: int) -> None:
        self.number = number
        node = NODES[number]
        self.start = times(SESSION["events"][0])
        endpoint = Endpoint(parse_address(node["ip"]), node["port"], node["port"])
        self.node = Discovery(KEYS[number], endpoint, os.urandom, self.start)
        boot = NODES[BOOT]
        boot_enode = Enode(KEYS[BOOT].public_key, boot["ip"], boot["port"], boot["port"])
        self.node.set_bootnodes([] if number == BOOT else [boot_enode], self.start)
        self.sent: list[tuple[int, packets.Body, bytes]] = []
        """Receiver, body and packet of all that our node sent."""
        self.events: list[Event] = []

    def source(self, number: int) -> tuple[IPAddress, int]:
        return parse_address(NODES[number]["ip"]), NODES[number]["port"]

    def take(self) -> list[tuple[int, packets.Body, bytes]]:
        """What our node sends now."""
        new = []
        for datagram in self.node.datagrams_to_send():
            receiver = next(n for n, node in enumerate(NODES) if node["port"] == datagram.port)
            new.append((receiver, packets.decode_body(datagram.data), datagram.data))
        self.sent += new
        self.events += self.node.events()
        return new

    def give(self, sender: int, body: packets.Body, now: Times) -> None:
        """The recording says this to our node."""
        self.node.receive(packets.encode(body, IDENTITIES[sender]), self.source(sender), now)

    def sent_to(self, receiver: int, kind: type[packets.Body]) -> list[tuple[packets.Body, bytes]]:
        return [(body, packet) for to, body, packet in self.sent if to == receiver and isinstance(body, kind)]


def test_our_node_as_the_boot_node() -> None:
    """It is sent the packets of the recording, but for tokens and tickets, and says the same of tickets and ads."""
    replay = Replay(BOOT)
    for event in DATAGRAMS:
        if event["to"] != BOOT:
            continue
        now = times(event)
        while (timer := replay.node.next_timer) is not None and timer <= now.monotonic:
            replay.node.on_timer(Times(timer, now.unix - (now.monotonic - timer)))
            replay.take()
        body = body_of(event)
        if isinstance(body, Pong):
            # One ping of ours is under way to each of them, the first one.
            [(_, ping), *_] = replay.sent_to(event["from"], Ping)
            body = body._replace(reply_token=packets.packet_hash(ping))
        elif isinstance(body, TopicRegister):
            theirs = packets.decode_body(body.pong)
            assert isinstance(theirs, Pong)
            [ours] = [
                packet
                for pong, packet in replay.sent_to(event["from"], Pong)
                if isinstance(pong, Pong) and pong.ticket_serial == theirs.ticket_serial
            ]
            body = body._replace(pong=ours)
        replay.give(event["from"], body, now)
        replay.take()
    recorded = [body_of(event) for event in DATAGRAMS if event["from"] == BOOT]
    said = [body for _, body, _ in replay.sent]
    for kind in (Pong, TopicNodes):
        assert [body for body in said if isinstance(body, kind)] == [
            body for body in recorded if isinstance(body, kind)
        ]
    registered = replay.node.ads(TOPIC, times(SESSION["events"][-1]))
    assert [node.public_key.xy for node in registered] == [unhex(NODES[REGISTERING]["node_id"])]
    assert "ticket" not in replay.node.counters.refused


class Peers:
    """The other two as the recording has them: what each said to the node in our place, first, second, and so on."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.said = {
            kind: {
                sender: [
                    (event["at_ms"] / 1000, body_of(event))
                    for event in DATAGRAMS
                    if event["from"] == sender and event["to"] == replay.number and event["type_name"] == kind
                ]
                for sender in range(3)
            }
            for kind in ("ping", "pong", "neighbors", "topicNodes")
        }
        self.serials = [0, 0, 0]

    def pattern(self, kind: str, sender: int, at: float) -> packets.Body:
        """What that node said last by that time; if nothing, what it said first."""
        said = self.said[kind][sender]
        return [body for when, body in said if when <= at][-1] if said[0][0] <= at else said[0][1]

    def answer(self, receiver: int, body: packets.Body, packet: bytes, now: Times) -> None:
        at = now.monotonic - self.replay.start.monotonic
        token = packets.packet_hash(packet)
        if isinstance(body, Ping):
            pong = self.pattern("pong", receiver, at)
            assert isinstance(pong, Pong)
            self.serials[receiver] += 1
            pong = pong._replace(
                reply_token=token,
                topic_hash=topic_hash(body.topics),
                wait_periods=(60,) * len(body.topics),
                ticket_serial=self.serials[receiver],
                expiration=int(now.monotonic),
            )
            self.replay.give(receiver, pong, now)
            if self.serials[receiver] == 1:
                ping = self.pattern("ping", receiver, at)
                assert isinstance(ping, Ping)
                self.replay.give(receiver, ping._replace(expiration=int(now.unix) + 20), now)
        elif isinstance(body, FindNodeHash):
            neighbors = self.pattern("neighbors", receiver, at)
            assert isinstance(neighbors, Neighbors)
            self.replay.give(receiver, neighbors._replace(expiration=int(now.unix) + 20), now)
        elif isinstance(body, TopicQuery):
            nodes = self.pattern("topicNodes", receiver, at)
            assert isinstance(nodes, TopicNodes)
            self.replay.give(receiver, nodes._replace(echo=token), now)

    def run(self, until: float) -> None:
        """Let our node live to that second of the recording; it is answered at once."""
        replay = self.replay
        end = replay.start.monotonic + until
        while (timer := replay.node.next_timer) is not None and timer <= end:
            now = Times(timer, replay.start.unix + timer - replay.start.monotonic)
            replay.node.on_timer(now)
            while new := replay.take():
                for receiver, body, packet in new:
                    self.answer(receiver, body, packet, now)


def call(name: str) -> Case:
    """The one event of that name."""
    events: list[Case] = [event for event in SESSION["events"] if event["event"] == name]
    assert len(events) == 1
    return events[0]


@pytest.mark.requirement("CL-21")
def test_our_node_as_the_one_that_registers() -> None:
    replay = Replay(REGISTERING)
    peers = Peers(replay)
    begun = call("register_topic")
    peers.run(begun["at_ms"] / 1000)
    replay.node.register(TOPIC, times(begun))
    peers.run(122.0)
    registrars = [event.registrar.public_key.xy for event in replay.events if isinstance(event, Registered)]
    assert sorted(registrars) == sorted(unhex(NODES[number]["node_id"]) for number in (BOOT, SEARCHING))
    for registrar in (BOOT, SEARCHING):
        [(register, _)] = replay.sent_to(registrar, TopicRegister)
        assert isinstance(register, TopicRegister)
        assert (register.topics, register.topic_index) == ((TOPIC.encode(),), 0)
        received = packets.decode(register.pong, READER)
        assert received.sender == unhex(NODES[registrar]["node_id"])
        assert isinstance(received.body, Pong)
        assert received.body.topic_hash == topic_hash(register.topics)


@pytest.mark.requirement("CL-20")
def test_our_node_as_the_one_that_searches() -> None:
    replay = Replay(SEARCHING)
    peers = Peers(replay)
    begun = call("search_topic")
    peers.run(begun["at_ms"] / 1000)
    replay.node.search(TOPIC, begun["period_ms"] / 1000, times(begun))
    peers.run(79.0)
    assert len(replay.events) == 2  # told by the registering node itself, now and a minute later
    peers.run(185.0)
    found = [event for event in replay.events if isinstance(event, NodeFound)]
    assert {event.node.public_key.xy for event in found} == {unhex(NODES[REGISTERING]["node_id"])}
    assert len(found) == 5  # in the last minute by both
