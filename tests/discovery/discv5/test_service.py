"""The node as its user sees it: what is asked of it, and a network of them."""

from __future__ import annotations

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.events import (
    LookupDone,
    NodeFound,
    NodesAnswered,
    QueryFailed,
    Registered,
)
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.limits import BUCKET_SIZE, MAX_TOPIC_NODES, Limits
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId, Times
from pystatus.discovery.discv5.outbox import Counters
from pystatus.discovery.discv5.packets import FindNode, Neighbors, Pong, TopicNodes, TopicRegister
from pystatus.discovery.discv5.ports import Ticket
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.wire_nodes import WireNode
from pystatus.errors import LocalError
from tests.discovery.discv5.conversation import TARGET, Network, Peer, Talk, key_of, seeded
from tests.support.vectors import Case, case_id, cases, unhex

WHISPER = b"whisper"


@pytest.mark.requirement("CL-9", "CL-17")
def test_through_one_bootstrap_node_everybody_finds_everybody() -> None:
    network = Network(40)
    network.start()
    network.run(60)
    for number in range(40):
        assert len(network[number].table) >= BUCKET_SIZE
    lookup = network[7].lookup(network[31].own_id.hash, network.now)
    network.run(5)
    (done,) = [event for _, node, event in network.events if node is network[7]]
    assert isinstance(done, LookupDone)
    assert done.lookup_id == lookup
    nearest = sorted(range(40), key=lambda number: network[number].own_id.position ^ network[31].own_id.position)
    expected = [key_of(number + 1).public_key for number in nearest if number != 7]
    assert [node.public_key for node in done.nodes] == expected[:BUCKET_SIZE]


@pytest.mark.requirement("CL-20", "CL-21")
def test_a_topic_is_registered_and_found() -> None:
    network = Network(20)
    network.start()
    network.run(5)
    network[3].register("whisper", network.now)
    network[4].register("whispermail", network.now)
    network.run(100)
    assert any(isinstance(event, Registered) and event.topic == "whisper" for _, _, event in network.events)
    listed = [node for node in network.nodes.values() if node.ads("whisper", network.now)]
    assert listed
    assert [str(node.enode) for node in listed[0].ads("whisper", network.now)] == [str(network.enode(3))]
    network.events.clear()
    network[15].search("whisper", 3, network.now)
    network.run(10)
    found = {event.node.public_key for _, node, event in network.events if isinstance(event, NodeFound)}
    assert found == {key_of(4).public_key}
    assert {node for _, node, event in network.events if isinstance(event, NodeFound)} == {network[15]}
    assert network[15].search_lookups("whisper") > 0
    network[15].search("whisper", None, network.now)
    network[3].unregister("whisper")
    sent = network[15].counters.sent["topicQuery"]
    network.run(120)
    assert network[15].counters.sent["topicQuery"] == sent


def test_a_search_waits_until_there_is_somebody_to_ask() -> None:
    talk, boot = Talk(), Peer(1)
    talk.node.set_bootnodes([boot.enode], talk.now)
    (ping,) = talk.wait(0)
    lookup = talk.node.lookup(TARGET, talk.now)
    talk.node.search("whisper", 3, talk.now)
    assert talk.wait(0) == []
    talk.hear(boot, boot.pong(ping))
    questions = talk.wait(0.5)
    assert talk.kinds(questions) == ["FindNodeHash"]
    for _ in range(4):
        questions = talk.answer(boot)
    (done,) = talk.events
    assert isinstance(done, LookupDone)
    assert done.lookup_id == lookup
    assert [node.public_key for node in done.nodes] == [boot.key.public_key]
    assert talk.node.counters.sent["findnodeHash"] >= 3


def test_without_anybody_a_lookup_is_over_at_once() -> None:
    talk = Talk()
    lookup = talk.node.lookup(TARGET, talk.now)
    talk.said()
    assert talk.events == [LookupDone(lookup, ())]


def test_lookups_that_waited_in_vain_end() -> None:
    talk = Talk()
    talk.node.set_bootnodes([Peer(1).enode], talk.now)
    talk.wait(0)
    lookup = talk.node.lookup(TARGET, talk.now)
    talk.wait(0.5)
    talk.wait(2)
    assert talk.events == [LookupDone(lookup, ())]


def test_few_lookups_at_a_time() -> None:
    talk, peer = Talk(Limits(max_lookups=2)), Peer(1)
    talk.meet(peer)
    for _ in range(2):
        talk.node.lookup(TARGET, talk.now)
    with pytest.raises(LocalError, match="wait until one is done"):
        talk.node.lookup(TARGET, talk.now)
    # A search is not made then either, and begins when its time comes again.
    talk.node.search("whisper", 3, talk.now)
    talk.node.on_timer(talk.now)
    sent = talk.node.counters.sent["findnodeHash"]
    for _ in range(2):
        talk.answer(peer)
    talk.wait(3)
    assert talk.node.counters.sent["findnodeHash"] > sent


def test_few_questions_at_a_time() -> None:
    talk = Talk(Limits(max_queries=2))
    ids = [talk.node.query(Peer(number).enode, TARGET, talk.now) for number in range(2)]
    with pytest.raises(LocalError, match="wait until one is answered"):
        talk.node.query(Peer(3).enode, TARGET, talk.now)
    talk.wait(0.5)
    assert talk.events == [QueryFailed(number) for number in ids]
    talk.node.query(Peer(3).enode, TARGET, talk.now)


def test_a_question_to_a_stranger() -> None:
    talk, peer = Talk(), Peer(1)
    query = talk.node.query(peer.enode, TARGET, talk.now)
    (ping,) = talk.said()
    talk.hear(peer, peer.pong(ping))
    talk.wait(0.5)
    talk.answer(peer, Peer(2).wire_node)
    (event,) = talk.events
    assert isinstance(event, NodesAnswered)
    assert event.query_id == query
    assert [str(node.enode) for node in event.nodes] == [str(Peer(2).enode)]


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_target_is_a_hash(size: int) -> None:
    talk = Talk()
    with pytest.raises(LocalError, match="32 bytes"):
        talk.node.lookup(bytes(size), talk.now)
    with pytest.raises(LocalError, match="32 bytes"):
        talk.node.query(Peer(1).enode, bytes(size), talk.now)


def test_bootnodes_that_cannot_be_asked() -> None:
    talk = Talk()
    key = key_of(5).public_key
    for enode, wrong in (
        (Enode(key, "boot.example.org", 30303, 30303), "no IP address"),
        (Enode(key), "no IP address"),
        (Enode(key, "51.1.2.3", 30303, 0), "no UDP port"),
    ):
        with pytest.raises(LocalError, match=wrong):
            talk.node.set_bootnodes([enode], talk.now)


def test_topics_that_are_none() -> None:
    talk = Talk()
    for topic in ("", "x" * 65):
        with pytest.raises(LocalError):
            talk.node.register(topic, talk.now)
        with pytest.raises(LocalError):
            talk.node.search(topic, 3, talk.now)
        with pytest.raises(LocalError):
            talk.node.ads(topic, talk.now)


def test_everything_is_counted() -> None:
    talk, peer = Talk(), Peer(1)
    packet = peer.packet(peer.ping())
    sent = talk.hear(peer, packet)
    assert talk.node.counters == Counters(
        datagrams_in=1,
        datagrams_out=2,
        bytes_in=len(packet),
        bytes_out=sum(len(datagram.data) for datagram in sent),
        received={"ping": 1},
        sent={"pong": 1, "ping": 1},
        refused={},
    )
    talk.hear(peer, b"?")
    assert talk.refused == {"packet": 1}


class TestAnswers:
    def test_nobody_is_known(self) -> None:
        """With an empty table no packet is sent."""
        talk, peer = Talk(Limits(nodes_of_subnet_in_table=0)), Peer(1)
        talk.meet(peer)
        assert len(talk.node.table) == 0
        assert talk.ask(peer) == []
        assert talk.node.counters.received["findnodeHash"] == 1

    @pytest.mark.requirement("CL-17")
    def test_findnode_asks_for_the_hash_of_an_id(self) -> None:
        talk = Talk()
        peers = [Peer(number) for number in range(30)]
        for peer in peers:
            talk.meet(peer)
        wanted = peers[17]
        answers = talk.bodies(talk.hear(peers[0], FindNode(wanted.id.xy, int(talk.now.unix) + 20)))
        assert [len(answer.nodes) for answer in answers if isinstance(answer, Neighbors)] == [12, 4]
        assert isinstance(answers[0], Neighbors)
        assert answers[0].nodes[0] == wanted.wire_node

    def test_the_local_network_is_told_to_those_in_it(self) -> None:
        talk, public, local, near = Talk(), Peer(1), Peer(2, "192.168.1.7"), Peer(3, "192.168.1.8")
        for peer in (public, local, near):
            talk.meet(peer)
        (told,) = talk.bodies(talk.ask(public))
        assert isinstance(told, Neighbors)
        assert told.nodes == (public.wire_node,)
        (told,) = talk.bodies(talk.ask(near))
        assert isinstance(told, Neighbors)
        assert set(told.nodes) == {peer.wire_node for peer in (public, local, near)}

    @pytest.mark.parametrize("case", cases("discv5", "topic_query_answer"), ids=case_id)
    def test_queries_of_topics(self, case: Case) -> None:
        node, now = registrar(case)
        asker = node_of(case)
        for number, ad in enumerate(case["ads"]):
            advertise(node, case["topic"], Peer(number, ad["ip"], ad["udp"]), ad, now)
        ours = node.datagrams_to_send()
        assert ours == []
        if case["self_registers"]:
            node.register(case["topic"], now)
        meet(node, asker, now)
        node.receive(unhex(case["query"]), (asker.address, asker.port), now)
        answers = [packets.decode(one.data, asker.identity) for one in node.datagrams_to_send()]
        assert len(answers) == case["packets"]
        nodes: list[WireNode] = []
        for answer in answers:
            assert answer.sender == node.own_id.xy
            assert isinstance(answer.body, TopicNodes)
            assert answer.body.echo == unhex(case["echo"])
            nodes += answer.body.nodes
        assert len(nodes) == case["node_count"] <= MAX_TOPIC_NODES
        names = {one.id for one in nodes}
        assert len(names) == len(nodes)
        if "nodes_in_no_order" in case and len(case["ads"]) <= MAX_TOPIC_NODES:
            assert names - {node.own_id.xy} == {unhex(xy) for xy in case["nodes_in_no_order"]}
        assert (node.own_id.xy in names) == case["self_is_in_it"]
        if case["self_is_in_it"]:
            assert nodes[-1].id == node.own_id.xy

    @pytest.mark.parametrize("ticket", [b"", bytes(100), b"temporary discovery v5" + bytes(66)])
    def test_tickets_that_are_none(self, ticket: bytes) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        assert talk.hear(peer, TopicRegister((WHISPER,), 0, ticket)) == []
        assert talk.refused == {"ticket": 1}

    def test_a_packet_of_ours_that_is_no_pong(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        (neighbors,) = talk.ask(peer)
        talk.hear(peer, TopicRegister((WHISPER,), 0, neighbors.data))
        assert talk.refused == {"ticket": 1}

    def test_a_ticket_in_its_time(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        (pong,) = talk.hear(peer, peer.ping(WHISPER))
        assert isinstance(talk.body(pong), Pong)
        register = TopicRegister((WHISPER,), 0, pong.data)
        talk.now = Times(talk.now.monotonic + 58, talk.now.unix + 58)
        talk.hear(peer, register)
        assert talk.node.ads("whisper", talk.now) == []
        talk.now = Times(talk.now.monotonic + 3, talk.now.unix + 3)
        talk.hear(peer, register)
        (ad,) = talk.node.ads("whisper", talk.now)
        assert str(ad.enode) == str(peer.enode)
        (answer,) = talk.bodies(talk.query(peer, WHISPER))
        assert isinstance(answer, TopicNodes)
        assert answer.nodes == (peer.wire_node,)


def registrar(case: Case) -> tuple[Discovery, Times]:
    now = Times(9000.0, 1_600_000_000.0)
    endpoint = Endpoint(parse_address(case["listen_ip"]), case["listen_port"], case["listen_port"])
    return Discovery(PrivateKey(unhex(case["private_key"])), endpoint, seeded(5), now), now


def node_of(case: Case) -> Peer:
    asker = Peer(0, case["asker_ip"])
    asker.key = PrivateKey(unhex(case["asker_private_key"]))
    asker.identity = Secp256k1Identity(asker.key)
    asker.id = asker.identity.node_id
    return asker


def meet(node: Discovery, peer: Peer, now: Times) -> None:
    node.receive(peer.packet(peer.ping(expires=int(now.unix) + 20)), (peer.address, peer.port), now)
    ping = node.datagrams_to_send()[-1]
    node.receive(peer.packet(peer.pong(ping)), (peer.address, peer.port), now)
    node.datagrams_to_send()


def advertise(node: Discovery, topic: str, peer: Peer, ad: Case, now: Times) -> None:
    """List the node of an ad, whose key the vectors do not have."""
    contact = Contact(NodeId.of(unhex(ad["id"])), Endpoint(peer.address, ad["udp"], ad["tcp"]))
    topics = [topic.encode()]
    ticket = Ticket(int(now.monotonic) - 60, 1, (60,))
    node.registrar.issue(contact.id, peer.address, topics, Times(now.monotonic - 60, now.unix - 60))
    node.registrar.issued(contact.id, peer.address, ticket, b"hash" + contact.id.hash, is_verified=True)
    pong = Pong(peer.wire_endpoint, b"", ticket.issued, packets.topic_hash(topics), 1, ticket.waits)
    assert node.registrar.use(contact, topics, 0, pong, b"hash" + contact.id.hash, now)
