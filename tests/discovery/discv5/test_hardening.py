"""What a node does not let others do with it (A42): wrong from and to, past expiration, questions without proof of the
address, answers that nobody asked for, amplification, a table full of one network.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import expected
from pystatus.discovery.discv5.events import LookupDone, NodesAnswered, QueryFailed
from pystatus.discovery.discv5.expected import EXPECTED_SECONDS
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.packets import (
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    Ping,
    Pong,
    TopicNodes,
    TopicQuery,
    TopicRegister,
)
from pystatus.discovery.discv5.states import State
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from tests.discovery.discv5.conversation import EXPIRES, TARGET, UNIX, Peer, Talk
from tests.discovery.discv5.test_packets import bodies

VICTIM = parse_address("60.1.2.3"), 53
endpoints = st.builds(WireEndpoint, st.binary(max_size=16), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))


@given(endpoints, endpoints, st.lists(st.binary(max_size=20), max_size=40).map(tuple))
def test_wrong_from_and_to_are_not_looked_at(sender: WireEndpoint, to: WireEndpoint, topics: tuple[bytes, ...]) -> None:
    """Answers go to where the packet came from, whatever it says."""
    talk, peer = Talk(), Peer(1)
    for datagram in talk.hear(peer, Ping(sender, to, EXPIRES, topics)):
        assert (datagram.address, datagram.port) == (peer.address, peer.port)
    node = talk.node.sessions.nodes.get(peer.id.xy)
    if node is not None:
        assert (node.endpoint.address, node.endpoint.udp_port) == (peer.address, peer.port)


@pytest.mark.parametrize("expiration", [0, UNIX - 60, UNIX + 3600, 2**64 - 1])
def test_expired_packets_and_those_of_the_future(expiration: int) -> None:
    talk, peer, stranger = Talk(), Peer(1), Peer(2)
    talk.meet(peer)
    for body in (FindNodeHash(TARGET, expiration), FindNode(bytes(64), expiration), peer.ping(expires=expiration)):
        assert talk.hear(peer, body) == []
    assert talk.hear(stranger, stranger.ping(expires=expiration)) == []
    assert talk.refused == {"expired": 4}
    assert talk.state(stranger) is None


def every_question(peer: Peer, expires: int = EXPIRES) -> list[FindNode | FindNodeHash | TopicQuery | TopicRegister]:
    return [
        FindNode(bytes(64), expires),
        FindNodeHash(TARGET, expires),
        TopicQuery(b"whisper", 0),
        TopicRegister((b"whisper",), 0, bytes(200)),
    ]


def test_questions_without_proof_of_the_address() -> None:
    talk, peer = Talk(), Peer(1)
    for number in range(2, 20):
        talk.meet(Peer(number))
    for body in every_question(peer):
        assert talk.hear(peer, body) == []
    assert talk.refused == {"state": 4}
    talk.hear(peer, peer.ping())
    for body in every_question(peer, EXPIRES + 1)[:2]:
        assert talk.hear(peer, body) == []
    assert talk.state(peer) is State.VERIFYWAIT


def test_the_proof_of_one_address_is_none_for_another() -> None:
    """A known node lets its questions come from the address of a victim."""
    talk, peer = Talk(), Peer(1)
    talk.meet(peer)
    for body in every_question(peer):
        assert talk.hear(peer, body, VICTIM) == []
        assert talk.hear(peer, body, (peer.address, 53)) == []
    assert talk.refused["address"] >= 4
    assert talk.state(peer) is State.KNOWN
    assert talk.kinds(talk.hear(peer, FindNodeHash(bytes(32), EXPIRES + 1))) == ["Neighbors"]


def test_answers_that_nobody_asked_for() -> None:
    talk, peer, stranger = Talk(), Peer(1), Peer(2)
    talk.meet(peer)
    named = Peer(3)
    for who in (peer, stranger):
        assert talk.hear(who, Neighbors((named.wire_node,), EXPIRES)) == []
        assert talk.hear(who, TopicNodes(bytes(32), (named.wire_node,))) == []
        assert talk.hear(who, Pong(who.wire_endpoint, bytes(32), 0, bytes(32), 1)) == []
    assert talk.events == []
    assert talk.state(named) is None
    assert talk.refused == {"unasked": 2, "state": 3, "token": 1}


@given(
    st.sampled_from(["51.9.9.9", "2a01:1234:5678:9abc:def0:1234:5678:9abc"]),
    st.lists(st.binary(max_size=3), max_size=400).map(tuple),
    endpoints,
    st.integers(0, 8),
)
def test_a_stranger_gets_at_most_three_times_what_he_sent(
    address: str, topics: tuple[bytes, ...], endpoint: WireEndpoint, ours: int
) -> None:
    """Counted in bytes, over all that he can say: the reference sends 2.9 times 1,274 bytes for one ping."""
    talk, peer = Talk(), Peer(1, address)
    for number in range(ours):
        talk.node.register(f"topic number {number}".ljust(64, "."), talk.now)
    packets = [peer.packet(Ping(endpoint, endpoint, EXPIRES - number, topics)) for number in range(3)]
    packets += [peer.packet(body) for body in every_question(peer)]
    for packet in packets:
        if len(packet) <= 1280:
            assert sum(len(datagram.data) for datagram in talk.hear(peer, packet)) <= 3 * len(packet)


def test_what_is_sent_to_a_victim_is_little() -> None:
    """A thousand keys that name the address of a victim as theirs: as many packets as one address may send."""
    talk, said = Talk(), 0
    for number in range(1_000):
        liar = Peer(number)
        said += len(talk.hear(liar, liar.ping(), VICTIM))
    assert said <= 2 * Limits().packets_at_once
    assert len(talk.node.table) == 0
    talk.wait(1)
    assert len(talk.node.sessions.nodes) == 0


def test_one_network_cannot_fill_the_table() -> None:
    talk = Talk()
    for number in range(240):
        talk.now = talk.now._replace(monotonic=talk.now.monotonic + 1)
        talk.meet(Peer(number, f"60.1.1.{number + 1}"))
    assert len(talk.node.table) <= Limits().nodes_of_subnet_in_table
    honest = [Peer(number, f"51.{number}.1.1") for number in range(100, 108)]
    for peer in honest:
        talk.meet(peer)
    known = {contact.id for contact in talk.node.table.nodes()}
    assert {peer.id for peer in honest} <= known


def test_a_neighbour_names_addresses_of_our_own_network() -> None:
    talk, peer = Talk(), Peer(1)
    talk.meet(peer)
    talk.node.query(peer.enode, TARGET, talk.now)
    talk.said()
    inside = ["127.0.0.1", "192.168.1.1", "10.0.0.1", "172.16.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"]
    inside += ["::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"]
    named = [Peer(number, address).wire_node for number, address in enumerate(inside[:11], start=10)]
    named = named[:9] + [node._replace(ip=bytes(10) + b"\xff\xff" + node.ip) for node in named[:2]]
    assert talk.answer(peer, *named) == []
    assert len(talk.node.sessions.nodes) == 1


def test_a_neighbour_points_a_known_node_at_a_victim() -> None:
    talk, peer, known, asked = Talk(), Peer(1), Peer(2), Peer(3)
    talk.meet(peer)
    talk.meet(known)
    talk.node.query(asked.enode, TARGET, talk.now)  # not verified yet
    talk.node.query(peer.enode, TARGET, talk.now)
    talk.said()
    there = WireEndpoint(VICTIM[0].packed, 3000, 3000)
    assert talk.answer(peer, *[one.wire_node._replace(ip=there.ip, udp_port=3000) for one in (known, asked)]) == []
    for one in (known, asked):
        node = talk.node.sessions.nodes.get(one.id.xy)
        assert node is not None
        assert node.endpoint.address == one.address


def test_a_stolen_ticket() -> None:
    talk, owner, thief = Talk(), Peer(1), Peer(2)
    talk.meet(owner)
    talk.meet(thief)
    (pong,) = talk.hear(owner, owner.ping(b"whisper"))
    talk.now = talk.now._replace(monotonic=talk.now.monotonic + 61, unix=talk.now.unix + 61)
    talk.hear(thief, TopicRegister((b"whisper",), 0, pong.data))
    assert talk.refused == {"ticket": 1}
    assert talk.node.ads("whisper", talk.now) == []
    talk.hear(owner, TopicRegister((b"whisper",), 0, pong.data))
    assert [node.public_key for node in talk.node.ads("whisper", talk.now)] == [owner.key.public_key]


def test_tickets_of_nodes_that_have_proven_their_address_stay_in_a_flood_of_forged_ones() -> None:
    """Anybody can write an address of any network on a ping, and each is answered with a ticket. Where there are ten
    thousand of them nobody could register who has to wait for a minute."""
    talk, owner = Talk(), Peer(1)
    talk.node.registrar._registrants._limit = 5
    talk.now = talk.now._replace(unix=talk.now.unix + 1)
    pong, ping = talk.hear(owner, owner.ping(b"whisper"))  # the first that it says: the ticket comes before the proof
    talk.hear(owner, owner.pong(ping))
    for number in range(2, 60):
        talk.hear(stranger := Peer(number), stranger.ping(b"whisper"))
    talk.now = talk.now._replace(monotonic=talk.now.monotonic + 61, unix=talk.now.unix + 61)
    talk.hear(owner, TopicRegister((b"whisper",), 0, pong.data))
    assert [node.public_key for node in talk.node.ads("whisper", talk.now)] == [owner.key.public_key]


@given(st.lists(st.tuples(st.integers(0, 3), bodies), max_size=12))
def test_whatever_neighbours_and_strangers_say(said: list[tuple[int, Body]]) -> None:
    """Nothing raises, everything is counted, and strangers get little."""
    limits = Limits(max_nodes=6)
    talk, peers = Talk(limits), [Peer(number) for number in range(4)]
    for peer in peers[:2]:
        talk.meet(peer)
    talk.node.search("whisper", 3, talk.now)
    talk.node.register("whisper", talk.now)
    query = talk.node.query(peers[0].enode, TARGET, talk.now)
    heard = talk.node.counters.datagrams_in
    for number, body in said:
        peer = peers[number]
        packet = peer.packet(body)
        answers = talk.hear(peer, packet)
        if peer in peers[2:]:
            assert sum(len(datagram.data) for datagram in answers) <= 3 * len(packet)
        talk.wait(0.1)
        assert len(talk.node.sessions.nodes) <= limits.max_nodes
    counters = talk.node.counters
    assert sum(counters.received.values()) + sum(counters.refused.values()) == counters.datagrams_in
    assert counters.datagrams_in == heard + len(said)
    talk.wait(1)
    assert [event.query_id for event in talk.events if isinstance(event, (NodesAnswered, QueryFailed))] == [query]


def test_room_is_made_once_for_each_newcomer() -> None:
    """Whoever asked the node that gives way asks another one at once, which may need room itself."""
    talk = Talk(Limits(max_nodes=6))
    for number in range(1, 3):
        talk.meet(Peer(number))
    lookup = talk.node.lookup(TARGET, talk.now)
    talk.said()
    talk.answer(Peer(1), *[Peer(number).wire_node for number in range(10, 20)])
    talk.answer(Peer(2), *[Peer(number).wire_node for number in range(20, 30)])
    for number in range(40, 60):
        stranger = Peer(number)
        talk.hear(stranger, stranger.ping())
        assert len(talk.node.sessions.nodes) <= 6
    for _ in range(20):
        talk.wait(0.5)
        assert len(talk.node.sessions.nodes) <= 6
    assert [event.lookup_id for event in talk.events if isinstance(event, LookupDone)] == [lookup]


def test_a_flood_of_keys_leaves_nothing_behind() -> None:
    talk = Talk(Limits(max_nodes=200))
    known = [Peer(number) for number in range(100, 110)]
    for peer in known:
        talk.meet(peer)
    for number in range(1_000):
        stranger = Peer(1_000 + number, f"61.{number // 250}.{number % 250}.1")
        talk.hear(stranger, stranger.ping())
        assert len(talk.node.sessions.nodes) <= 200
    assert all(talk.state(peer) is State.KNOWN for peer in known)
    talk.wait(1)
    assert len(talk.node.sessions.nodes) == len(known)


def test_a_place_that_we_have_asked_is_expected_to_answer_for_a_second() -> None:
    """In a flood these are the datagrams that are taken."""
    talk, peer = Talk(), Peer(1)
    place = peer.address, peer.port
    talk.meet(peer)
    assert not talk.node.expects(place, talk.now)
    talk.node.lookup(TARGET, talk.now)
    assert talk.node.expects(place, talk.now)
    assert not talk.node.expects((peer.address, peer.port + 1), talk.now)
    talk.now = Times(talk.now.monotonic + EXPECTED_SECONDS, talk.now.unix)
    assert not talk.node.expects(place, talk.now)


def test_strangers_who_come_by_themselves_are_not_expected() -> None:
    """They are pinged back, and would be let through in their own flood."""
    talk, stranger = Talk(), Peer(1)
    assert talk.kinds(talk.hear(stranger, stranger.ping())) == ["Pong", "Ping"]
    assert not talk.node.expects((stranger.address, stranger.port), talk.now)


def test_a_node_that_others_name_is_expected() -> None:
    """It is pinged so that it can be asked: its pong and its own ping have to come through."""
    talk, teller, named = Talk(), Peer(1), Peer(2)
    talk.meet(teller)
    talk.node.lookup(TARGET, talk.now)
    talk.said()
    talk.hear(teller, Neighbors((named.wire_node,), EXPIRES + 10))
    assert talk.node.expects((named.address, named.port), talk.now)


def test_places_that_are_expected_to_answer_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expected, "MAX_EXPECTED", 3)
    talk, peers = Talk(), [Peer(number) for number in range(1, 6)]
    for peer in peers:
        talk.node.sessions.expected.add(Endpoint(peer.address, peer.port, peer.port), talk.now)
    assert [talk.node.expects((peer.address, peer.port), talk.now) for peer in peers] == [
        False,
        False,
        True,
        True,
        True,
    ]
