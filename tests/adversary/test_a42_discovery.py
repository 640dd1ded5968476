"""A42: nodes of Discovery v5 that lie about who and where they are, and that want others to be spoken to."""

from __future__ import annotations

import os
from ipaddress import IPv4Address

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.packets import (
    MAX_PACKET_SIZE,
    Body,
    FindNodeHash,
    Neighbors,
    Ping,
    Pong,
    TopicNodes,
    decode_body,
)
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode
from tests.adversary.hostile.discovery import AMPLIFICATION, DiscoveryPeer, DiscoveryVictim

TARGET = bytes(32)
INNOCENT = (IPv4Address("1.1.1.1"), 53)
"""Whose address others write on their datagrams."""


def bodies(answers: list[bytes]) -> list[Body]:
    return [decode_body(answer) for answer in answers]


def kinds(answers: list[bytes]) -> list[str]:
    return [type(body).__name__ for body in bodies(answers)]


def test_from_and_to_of_a_ping_are_not_believed() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    lie = WireEndpoint(INNOCENT[0].packed, 53, 53)
    answers = victim.give(peer.ping(victim.unix, victim.place, sender=lie, to=lie), peer.place)
    assert "Pong" in kinds(answers)  # to where it came from
    assert victim.sent[INNOCENT] == 0
    for ping in (one for one in answers if isinstance(decode_body(one), Ping)):
        victim.give(peer.pong(ping, victim.place), peer.place)
    victim.wait(1.0)
    assert victim.sent[INNOCENT] == 0
    ((_, endpoint),) = victim.discovery.table.nodes()
    assert (endpoint.address, endpoint.udp_port) == peer.place


@pytest.mark.parametrize("age", [60, 3_600, 50 * 365 * 86_400], ids=["a minute", "an hour", "since 1970"])
def test_what_has_expired_is_not_answered(age: int) -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    past = max(0, int(victim.unix) - age)
    assert victim.give(peer.ping(victim.unix, victim.place, expiration=past), peer.place) == []
    victim.meet(peer)
    assert victim.give(peer.sign(FindNodeHash(TARGET, past)), peer.place) == []


def test_questions_of_strangers_are_not_answered() -> None:
    victim = DiscoveryVictim()
    for number in range(10):
        victim.meet(DiscoveryPeer(f"8.{number}.4.4"))
    assert len(victim.table) == 10
    stranger = DiscoveryPeer("7.7.7.7")
    for question in (stranger.find(victim.unix, TARGET), stranger.find(victim.unix, bytes(64)), stranger.query(b"x")):
        victim.give(question, stranger.place)
    for answer, to in victim.wait(5.0):
        assert not (to == stranger.place and isinstance(decode_body(answer), Neighbors | TopicNodes))


def test_a_verified_node_that_comes_from_elsewhere_proves_that_first() -> None:
    """Who knows one packet of a verified node may not have answers sent to an address that never asked."""
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    victim.meet(peer)
    for number in range(10):
        victim.meet(DiscoveryPeer(f"8.{number}.4.4"))
    assert "Neighbors" in kinds(victim.give(peer.find(victim.unix, TARGET), peer.place))
    question = peer.find(victim.unix, os.urandom(32))
    assert not {"Neighbors", "TopicNodes"} & set(kinds(victim.give(question, INNOCENT)))
    assert not {"Neighbors", "TopicNodes"} & set(kinds(victim.give(peer.query(b"x"), INNOCENT)))
    assert victim.sent[INNOCENT] <= AMPLIFICATION * victim.received[INNOCENT]
    # The real one is where it was, and is served there.
    assert "Neighbors" in kinds(victim.give(peer.find(victim.unix, os.urandom(32)), peer.place))


def test_what_was_said_before_is_not_said_again_to_somebody_else() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    ping = peer.ping(victim.unix, victim.place)
    assert "Pong" in kinds(victim.give(ping, peer.place))
    victim.give(ping, INNOCENT)
    assert victim.sent[INNOCENT] == 0
    peer = DiscoveryPeer("8.8.5.5")
    victim.meet(peer)
    question = peer.find(victim.unix, TARGET)
    assert kinds(victim.give(question, peer.place))
    assert victim.give(question, peer.place) == victim.give(question, INNOCENT) == []


def test_the_other_form_of_a_signature_is_a_replay_too() -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    victim.meet(peer)
    question = peer.find(victim.unix, TARGET)
    s, v = int.from_bytes(question[54:86], "big"), question[86]
    twin = question[:54] + (order - s).to_bytes(32, "big") + bytes([1 - v]) + question[87:]
    assert victim.give(question, peer.place)
    assert victim.give(twin, peer.place) == []


def test_neighbors_that_nobody_asked_for_are_not_kept() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    victim.meet(peer)
    victim.wait(30.0)  # its own questions have come to their end
    before = victim.table
    strangers = [DiscoveryPeer(f"5.{number}.5.5").node for number in range(12)]
    victim.give(peer.neighbors(victim.unix, strangers), peer.place)
    victim.give(DiscoveryPeer("6.6.6.6").neighbors(victim.unix, strangers), (IPv4Address("6.6.6.6"), 30303))
    places = {(IPv4Address(node.ip), node.udp_port) for node in strangers}
    assert not [to for _, to in victim.wait(10.0) if to in places]
    assert victim.table == before


PRIVATE = ("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.9", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
           "255.255.255.255", "198.18.0.1")  # fmt: skip


def test_neighbors_inside_our_own_network_are_not_spoken_to() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    victim.meet(peer)
    victim.discovery.lookup(TARGET, victim.times())
    (question,) = [data for data, to in victim.read() if to == peer.place]
    assert isinstance(decode_body(question), FindNodeHash)
    inside = [DiscoveryPeer(address).node for address in PRIVATE]
    honest = DiscoveryPeer("5.5.5.5").node
    mapped = WireNode(bytes(10) + b"\xff\xff" + bytes([127, 0, 0, 1]), 30303, 30303, os.urandom(64))
    victim.give(peer.neighbors(victim.unix, [*inside, mapped, honest]), peer.place)
    spoken_to = {to for _, to in victim.wait(10.0)} | set(victim.sent)
    assert (IPv4Address("5.5.5.5"), 30303) in spoken_to
    assert spoken_to <= {peer.place, (IPv4Address("5.5.5.5"), 30303)}


def largest_ping(peer: DiscoveryPeer, victim: DiscoveryVictim) -> bytes:
    """A ping of 1,150 empty topics, for which the reference answers with a pong of 3,624 bytes."""
    return peer.ping(victim.unix, victim.place, topics=[b""] * 1_150)


@pytest.mark.parametrize("topics", [[], [b"whisper"], [b"x" * 64] * 8, [b""] * 1_150], ids=["0", "1", "8", "1150"])
def test_nobody_is_sent_more_than_three_times_what_came_from_there(topics: list[bytes]) -> None:
    """An attacker with any number of identities writes somebody's address on its pings."""
    victim = DiscoveryVictim()
    for number in range(20):
        victim.meet(DiscoveryPeer(f"8.{number}.4.4"))
    for _ in range(50):
        attacker = DiscoveryPeer(identity=Secp256k1Identity(PrivateKey.generate(os.urandom)))
        ping = attacker.ping(victim.unix, victim.place, topics=topics)
        assert len(ping) <= MAX_PACKET_SIZE
        victim.give(ping, INNOCENT)
        victim.give(attacker.find(victim.unix, TARGET), INNOCENT)
        victim.give(attacker.query(b"whisper"), INNOCENT)
        victim.wait(1.0)
    assert victim.received[INNOCENT] > 0
    assert victim.sent[INNOCENT] <= AMPLIFICATION * victim.received[INNOCENT]


def test_no_address_is_sent_to_without_end() -> None:
    """Not even less than what came: what goes to one address has a budget."""
    victim = DiscoveryVictim()
    for _ in range(1_000):
        attacker = DiscoveryPeer()
        victim.give(attacker.ping(victim.unix, victim.place), INNOCENT)
    assert victim.sent[INNOCENT] < 40_000  # 1,000 pings have 127,000 bytes
    assert sum(victim.discovery.counters.refused.values()) > 500


def test_a_pong_for_another_ping_proves_nothing() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    answers = victim.give(peer.ping(victim.unix, victim.place), peer.place)
    (ping,) = [one for one in answers if isinstance(decode_body(one), Ping)]
    victim.give(peer.pong(ping, victim.place, reply_token=keccak256(b"another")), peer.place)
    victim.give(DiscoveryPeer().pong(ping, victim.place), peer.place)  # signed by somebody else
    victim.give(peer.pong(ping, victim.place), INNOCENT)  # from somewhere else
    victim.wait(5.0)
    assert victim.table == []


def test_garbage_changes_nothing() -> None:
    victim, peer = DiscoveryVictim(), DiscoveryPeer()
    victim.meet(peer)
    before = victim.table
    good = peer.find(victim.unix, TARGET)
    for size in (0, 1, 21, 22, 87, 88, len(good) - 1):
        victim.give(good[:size], peer.place)
        victim.give(os.urandom(size), peer.place)
    victim.give(good + bytes(MAX_PACKET_SIZE), peer.place)
    for kind in (0, 9, 255):
        victim.give(good[:87] + bytes([kind]) + good[88:], peer.place)
    victim.wait(2.0)
    assert victim.table == before
    assert [
        body for body in bodies(victim.give(peer.ping(victim.unix, victim.place), peer.place)) if isinstance(body, Pong)
    ]
