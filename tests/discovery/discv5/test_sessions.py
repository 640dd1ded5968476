"""Conversations of one node: who is verified, what is answered, and what is not."""

from __future__ import annotations

import pytest

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.events import NodesAnswered, QueryFailed
from pystatus.discovery.discv5.limits import BUCKET_SIZE, MAX_PING_TOPICS, Limits
from pystatus.discovery.discv5.node import Contact, DiscoveredNode
from pystatus.discovery.discv5.packets import FindNodeHash, Neighbors, Ping, Pong, TopicNodes
from pystatus.discovery.discv5.remote import Query
from pystatus.discovery.discv5.sessions import MAX_NAMED_OF_SUBNET, MAX_WAITING
from pystatus.discovery.discv5.states import PROVEN, TRANSITIONS, Cause, State
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode
from tests.discovery.discv5.conversation import EXPIRES, TARGET, Peer, Talk


def test_the_states_lead_from_stranger_to_neighbour_and_back() -> None:
    reachable = {State.UNKNOWN}
    while more := {new for (old, _), new in TRANSITIONS.items() if old in reachable} - reachable:
        reachable |= more
    assert reachable == set(State)
    for state in State:
        back = {new for (old, cause), new in TRANSITIONS.items() if old is state}
        assert back, f"nothing leads out of {state}"
        assert state is State.UNKNOWN or TRANSITIONS[state, Cause.MOVED] is State.UNKNOWN
    contested = {state for state in State if (state, Cause.CONTEST) in TRANSITIONS}
    assert contested == {State.KNOWN, State.UNRESPONSIVE}  # those that were verified, and of whom no ping is under way


def test_nobody_is_verified_without_an_answer_from_his_address() -> None:
    """Only a pong leads from an unproven state to a proven one, or the pause behind it."""
    into = {(old, cause) for (old, cause), new in TRANSITIONS.items() if new in PROVEN and old not in PROVEN}
    assert into == {(State.VERIFYWAIT, Cause.PONG), (State.REMOTEVERIFYWAIT, Cause.PING_TIMEOUT)}


class TestPings:
    def test_a_stranger_gets_a_pong_and_a_ping(self) -> None:
        talk, peer = Talk(), Peer(1)
        pong, ping = talk.hear(peer, peer.ping(b"whisper"))
        answer, question = talk.body(pong), talk.body(ping)
        assert isinstance(answer, Pong)
        assert answer.reply_token == packets.packet_hash(peer.packet(peer.ping(b"whisper")))
        assert answer.to == peer.wire_endpoint
        assert answer.wait_periods == (60,)
        assert answer.topic_hash == packets.topic_hash([b"whisper"])
        assert isinstance(question, Ping)
        assert question.to == peer.wire_endpoint
        assert talk.state(peer) is State.VERIFYWAIT
        talk.hear(peer, peer.pong(ping))
        assert talk.state(peer) is State.KNOWN
        assert [contact.id for contact in talk.node.table.nodes()] == [peer.id]

    def test_a_ping_with_too_many_topics_gets_no_ticket(self) -> None:
        talk, peer = Talk(), Peer(1)
        topics = tuple(b"topic%d" % number for number in range(MAX_PING_TOPICS + 1))
        pong = talk.body(talk.hear(peer, peer.ping(*topics))[0])
        assert isinstance(pong, Pong)
        assert pong.wait_periods == ()
        assert pong.topic_hash == packets.topic_hash([])

    def test_a_port_of_0_is_not_handed_on(self) -> None:
        talk, peer, other = Talk(), Peer(1), Peer(2)
        _, ping = talk.hear(peer, peer.ping(tcp_port=0))
        talk.hear(peer, peer.pong(ping))
        talk.meet(other)
        answer = talk.body(talk.ask(other)[0])
        assert isinstance(answer, Neighbors)
        assert peer.wire_node in answer.nodes

    def test_the_tcp_port_is_the_one_of_the_last_ping(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        talk.hear(peer, peer.ping(tcp_port=30999))
        (contact,) = talk.node.table.nodes()
        assert contact.endpoint.tcp_port == 30999
        talk.ask(peer)  # any other packet leaves it
        (contact,) = talk.node.table.nodes()
        assert contact.endpoint.tcp_port == 30999
        assert talk.state(peer) is State.KNOWN

    @pytest.mark.parametrize("address", ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"])
    def test_a_source_that_is_nobodys(self, address: str) -> None:
        talk, peer = Talk(), Peer(1, address)
        assert talk.hear(peer, peer.ping()) == []
        assert talk.refused == {"source": 1}
        assert talk.state(peer) is None

    def test_our_own_packets_come_back(self) -> None:
        talk = Talk()
        packet = packets.encode(Peer(1).ping(), talk.identity)
        assert talk.hear(Peer(1), packet) == []
        assert talk.refused == {"signature": 1}

    def test_the_smallest_ping_does_not_pay_for_a_ping(self) -> None:
        talk = Talk(address="2a01:1:1:1:1:1:1:1")
        peer = Peer(1, "2a01:1234:1234:1234:1234:1234:1234:1234")
        nowhere = WireEndpoint(b"", 0, 0)
        packet = peer.packet(Ping(nowhere, nowhere, EXPIRES, (b"",) * MAX_PING_TOPICS, 0))
        (pong,) = talk.hear(peer, packet)
        assert isinstance(talk.body(pong), Pong)
        assert len(pong.data) <= 3 * len(packet)
        assert talk.state(peer) is None

    def test_our_topics_are_left_out_of_a_ping_that_would_be_too_long(self) -> None:
        talk, peer = Talk(), Peer(1)
        for number in range(MAX_PING_TOPICS):
            talk.node.register(f"a topic of some length {number}" * 2, talk.now)
        _, ping = talk.hear(peer, peer.ping())
        question = talk.body(ping)
        assert isinstance(question, Ping)
        assert question.topics == ()
        talk.hear(peer, peer.pong(ping))
        assert talk.state(peer) is State.KNOWN
        node = talk.node.sessions.nodes.get(peer.id.xy)
        assert node is not None
        talk.node.sessions.ping(node, talk.now)
        question = talk.body(talk.said()[0])
        assert isinstance(question, Ping)
        assert len(question.topics) == MAX_PING_TOPICS


class TestTokens:
    def test_a_pong_answers_once(self) -> None:
        talk, peer = Talk(), Peer(1)
        _, ping = talk.hear(peer, peer.ping())
        talk.hear(peer, peer.pong(ping))
        talk.hear(peer, peer.pong(ping))
        assert talk.refused == {"token": 1}
        assert talk.state(peer) is State.KNOWN

    def test_an_empty_token_answers_nothing(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.hear(peer, peer.ping())
        talk.wait(0.6)
        talk.hear(peer, peer.ping())
        talk.hear(peer, Pong(peer.wire_endpoint, b"", 0, bytes(32), 1))
        assert talk.refused == {"token": 1}
        assert talk.state(peer) is State.VERIFYWAIT

    def test_a_pong_that_is_late(self) -> None:
        talk, peer = Talk(), Peer(1)
        _, ping = talk.hear(peer, peer.ping())
        assert talk.wait(0.51) == []
        talk.hear(peer, peer.pong(ping))
        assert talk.refused == {"state": 1}
        assert talk.state(peer) is None

    def test_a_pong_from_elsewhere(self) -> None:
        talk, peer = Talk(), Peer(1)
        _, ping = talk.hear(peer, peer.ping())
        talk.hear(peer, peer.pong(ping), (peer.address, 1234))
        talk.hear(peer, peer.pong(ping), (parse_address("60.1.1.1"), peer.port))
        assert talk.refused == {"address": 2}
        assert talk.state(peer) is State.VERIFYWAIT

    def test_a_pong_with_a_useless_ticket_still_verifies(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.node.register("whisper", talk.now)
        _, ping = talk.hear(peer, peer.ping())
        talk.hear(peer, peer.pong(ping))
        assert talk.refused == {"ticket": 1}
        assert talk.state(peer) is State.KNOWN


class TestMoving:
    def test_a_ping_from_elsewhere_begins_anew(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        elsewhere = parse_address("60.1.1.1"), 40404
        pong, ping = talk.hear(peer, peer.ping(b"x"), elsewhere)
        assert {(datagram.address, datagram.port) for datagram in (pong, ping)} == {elsewhere}
        assert talk.state(peer) is State.VERIFYWAIT
        assert len(talk.node.table) == 0
        assert talk.hear(peer, FindNodeHash(TARGET, EXPIRES + 1), elsewhere) == []
        talk.hear(peer, peer.pong(ping), elsewhere)
        assert talk.state(peer) is State.KNOWN
        (contact,) = talk.node.table.nodes()
        assert (contact.endpoint.address, contact.endpoint.udp_port) == elsewhere

    @pytest.mark.parametrize("verified", [False, True])
    def test_what_was_asked_fails_when_a_node_moves(self, verified: bool) -> None:
        talk, peer = Talk(), Peer(1)
        if verified:
            talk.meet(peer)
        first = talk.node.query(peer.enode, TARGET, talk.now)
        second = talk.node.query(peer.enode, TARGET, talk.now)
        talk.hear(peer, peer.ping(b"x"), (peer.address, 2020))
        assert talk.events == [QueryFailed(first), QueryFailed(second)]

    def test_the_rest_of_an_answer_does_not_come_when_a_node_moves(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        query = talk.node.query(peer.enode, TARGET, talk.now)
        talk.said()
        named = [Peer(number).wire_node for number in range(10, 10 + packets.MAX_NODES)]
        talk.answer(peer, *named)
        assert talk.events == []
        talk.hear(peer, peer.ping(b"x"), (peer.address, 2020))
        (event,) = talk.events
        assert isinstance(event, NodesAnswered)
        assert event.query_id == query
        assert len(event.nodes) == packets.MAX_NODES


class TestQuestions:
    def test_both_packets_of_an_answer_count(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        query = talk.node.query(peer.enode, TARGET, talk.now)
        assert talk.kinds(talk.said()) == ["FindNodeHash"]
        named = [Peer(number) for number in range(10, 10 + BUCKET_SIZE)]
        nodes = [one.wire_node for one in named]
        assert talk.kinds(talk.answer(peer, *nodes[:12])) == ["Ping"] * 12
        assert talk.kinds(talk.answer(peer, *nodes[12:])) == ["Ping"] * 4
        assert talk.events == [NodesAnswered(query, tuple(found(one) for one in named))]
        talk.answer(peer, *nodes[12:])
        assert talk.refused == {"unasked": 1}

    def test_the_rest_of_an_answer_may_not_come(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        talk.node.query(peer.enode, TARGET, talk.now)
        talk.answer(peer, *[Peer(number).wire_node for number in range(10, 22)])
        assert talk.events == []
        talk.wait(0.5)
        (event,) = talk.events
        assert isinstance(event, NodesAnswered)
        node = talk.node.sessions.nodes.get(peer.id.xy)
        assert node is not None
        assert node.failures == 0

    def test_the_rest_comes_in_the_middle_of_the_next_question(self) -> None:
        """It looks like the answer to that; the answer itself is taken after it."""
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        first = talk.node.query(peer.enode, TARGET, talk.now)
        named = [Peer(number) for number in range(10, 10 + BUCKET_SIZE)]
        talk.answer(peer, *[one.wire_node for one in named[:12]])
        second = talk.node.query(peer.enode, bytes(32), talk.now)
        talk.answer(peer, *[one.wire_node for one in named[12:]])
        talk.answer(peer, *[one.wire_node for one in named[:3]])
        one, two = talk.events
        assert one == NodesAnswered(first, tuple(map(found, named[:12])))
        assert two == NodesAnswered(second, tuple(map(found, named[12:] + named[:3])))

    def test_questions_wait_for_one_another(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        ids = [talk.node.query(peer.enode, bytes([number]) * 32, talk.now) for number in range(3)]
        sent = talk.said()
        for number in range(3):
            (question,) = talk.bodies(sent)
            assert isinstance(question, FindNodeHash)
            assert question.target == bytes([number]) * 32
            sent = talk.answer(peer)
        assert talk.events == [NodesAnswered(number, ()) for number in ids]

    def test_few_questions_wait_for_one_node(self) -> None:
        talk, peer = Talk(), Peer(1)
        ids = [talk.node.query(peer.enode, TARGET, talk.now) for _ in range(MAX_WAITING + 2)]
        talk.said()
        assert talk.events == [QueryFailed(number) for number in ids[-2:]]
        talk.wait(0.5)
        assert talk.events[2:] == [QueryFailed(number) for number in ids[:-2]]
        assert talk.state(peer) is None

    def test_a_node_that_never_answers_is_checked_and_loses_its_place(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        for number in range(6):
            assert talk.state(peer) is State.KNOWN, number
            talk.node.query(peer.enode, TARGET, talk.now)
            talk.said()
            sent = talk.wait(0.5)
        assert talk.state(peer) is State.CONTESTED
        assert talk.kinds(sent) == ["Ping"]
        talk.wait(0.5)
        assert talk.state(peer) is State.UNRESPONSIVE
        assert len(talk.node.table) == 0

    def test_an_answer_makes_good_for_what_was_missed(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        for _ in range(3):
            for _ in range(5):
                talk.node.query(peer.enode, TARGET, talk.now)
                talk.wait(0.5)
            talk.node.query(peer.enode, TARGET, talk.now)
            talk.answer(peer)
        assert talk.state(peer) is State.KNOWN

    def test_topic_nodes_that_nobody_asked_for_count_as_failures(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        for number in range(6):
            talk.hear(peer, TopicNodes(bytes([number]) * 32, ()))
        assert talk.refused == {"unasked": 6}
        assert talk.state(peer) is State.CONTESTED

    def test_a_contested_node_that_answers_stays(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        node = talk.node.sessions.nodes.get(peer.id.xy)
        assert node is not None
        talk.node.sessions.contest(node, talk.now)
        (ping,) = talk.said()
        talk.hear(peer, peer.pong(ping))
        assert talk.state(peer) is State.KNOWN
        talk.wait(0.6)
        assert talk.state(peer) is State.KNOWN


class TestTimers:
    def test_what_came_in_time_is_not_waited_for(self) -> None:
        talk, peer = Talk(), Peer(1)
        late = talk.now.monotonic + 0.5
        assert talk.node.next_timer is None
        _, ping = talk.hear(peer, peer.ping())
        assert talk.node.next_timer == late
        talk.hear(peer, peer.pong(ping))
        assert talk.node.next_timer is None
        talk.node.query(peer.enode, TARGET, talk.now)
        talk.said()
        assert talk.node.next_timer == late
        talk.answer(peer)
        assert talk.node.next_timer is None

    def test_the_ping_of_the_other_side_is_waited_for(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.node.query(peer.enode, TARGET, talk.now)
        (ping,) = talk.said()
        talk.hear(peer, peer.pong(ping))
        assert talk.state(peer) is State.REMOTEVERIFYWAIT
        assert talk.node.next_timer == talk.now.monotonic + 0.5
        talk.wait(0.5)
        assert talk.state(peer) is State.KNOWN

    def test_the_rest_of_an_answer_is_waited_for(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        talk.node.query(peer.enode, TARGET, talk.now)
        talk.answer(peer, *[peer.wire_node] * packets.MAX_NODES)
        assert talk.node.next_timer == talk.now.monotonic + 0.5
        talk.answer(peer, peer.wire_node)
        assert talk.node.next_timer is None

    def test_the_soonest_of_all(self) -> None:
        talk = Talk()
        talk.node.search("whisper", 3, talk.now)
        assert talk.node.next_timer == talk.now.monotonic
        talk.wait(0)
        searched = talk.node.next_timer
        assert searched is not None
        assert searched > talk.now.monotonic
        talk.node.set_bootnodes([], talk.now)
        assert talk.node.next_timer == talk.now.monotonic


class TestNamedNodes:
    def setup_method(self) -> None:
        self.talk, self.peer = Talk(), Peer(1)
        self.talk.meet(self.peer)

    def named(self, *nodes: WireNode) -> tuple[DiscoveredNode, ...]:
        self.talk.events.clear()
        self.talk.node.query(self.peer.enode, TARGET, self.talk.now)
        self.talk.said()
        self.pinged = self.talk.answer(self.peer, *nodes)
        (event,) = self.talk.events
        assert isinstance(event, NodesAnswered)
        return event.nodes

    def test_of_one_network_few_are_taken(self) -> None:
        of_one = [Peer(number, f"60.1.1.{number}").wire_node for number in range(10, 18)]
        assert len(self.named(*of_one)) == MAX_NAMED_OF_SUBNET
        assert len(self.pinged) == MAX_NAMED_OF_SUBNET

    def test_on_one_machine_all_are_taken(self) -> None:
        self.talk, self.peer = Talk(address="127.0.0.1"), Peer(1, "127.0.0.1", 2001)
        self.talk.meet(self.peer)
        of_one = [Peer(number, "127.0.0.1", 2000 + number).wire_node for number in range(10, 18)]
        assert len(self.named(*of_one)) == len(of_one)

    def test_whom_we_know_is_not_pinged_again(self) -> None:
        other = Peer(2)
        self.talk.meet(other)
        assert self.named(other.wire_node) == (found(other),)
        assert self.pinged == []

    def test_what_is_known_is_not_changed(self) -> None:
        other = Peer(2)
        self.talk.meet(other)
        for changed in (Peer(2, "60.1.1.1"), Peer(2, port=4444)):
            assert self.named(changed.wire_node) == ()
        (known,) = (contact for contact in self.talk.node.table.nodes() if contact.id == other.id)
        assert (known.endpoint.address, known.endpoint.udp_port) == (other.address, other.port)

    def test_nodes_without_room(self) -> None:
        limits = Limits(max_nodes=3)
        self.talk = Talk(limits)
        for number in range(1, 4):
            self.talk.meet(Peer(number))
        assert self.named(Peer(9).wire_node) == ()
        assert self.pinged == []

    def test_more_than_a_bucket_holds_is_not_looked_at(self) -> None:
        nodes = [Peer(number).wire_node for number in range(10, 10 + packets.MAX_NODES - 1)]
        self.named(*nodes)
        assert len(self.pinged) == packets.MAX_NODES - 1


class TestRoom:
    def test_a_full_node_takes_no_stranger_but_serves_its_table(self) -> None:
        talk = Talk(Limits(max_nodes=3))
        known = [Peer(number) for number in range(1, 4)]
        for peer in known:
            talk.meet(peer)
        stranger = Peer(9)
        assert talk.hear(stranger, stranger.ping()) == []
        assert talk.refused == {"full": 1}
        assert talk.kinds(talk.ask(known[0])) == ["Neighbors"]
        assert talk.node.query(stranger.enode, TARGET, talk.now)
        talk.said()
        assert [type(event) for event in talk.events] == [QueryFailed]

    def test_a_stranger_gives_way_to_the_next(self) -> None:
        talk = Talk(Limits(max_nodes=3))
        for number in range(1, 3):
            talk.meet(Peer(number))
        query = talk.node.query(Peer(3).enode, TARGET, talk.now)
        talk.said()
        last = Peer(4)
        assert len(talk.hear(last, last.ping())) == 2
        assert talk.events == [QueryFailed(query)]
        assert talk.state(Peer(3)) is None
        assert talk.state(last) is State.VERIFYWAIT

    def test_who_was_forgotten_is_remembered_when_he_is_asked(self) -> None:
        talk, asker = Talk(), Asker()
        sessions = talk.node.sessions
        peer = Peer(1)
        first = sessions.find(peer.id, peer.endpoint, talk.now)
        assert first is not None
        sessions.verify(first, talk.now)
        talk.wait(0.5)
        assert talk.state(peer) is None
        sessions.ask(first, Query(TARGET, asker), talk.now)
        assert talk.state(peer) is State.VERIFYINIT
        # Somebody with his name is remembered by now: the old entry is of no use any more.
        talk.wait(0.5)
        assert asker.failures == 1
        assert sessions.find(peer.id, peer.endpoint, talk.now) is not first
        sessions.ask(first, Query(TARGET, asker), talk.now)
        assert asker.failures == 2


class Asker:
    def __init__(self) -> None:
        self.failures = 0

    def answered(self, *_: object) -> None:
        raise AssertionError

    def failed(self, *_: object) -> None:
        self.failures += 1


def found(peer: Peer) -> DiscoveredNode:
    return DiscoveredNode.of(Contact(peer.id, peer.endpoint))
