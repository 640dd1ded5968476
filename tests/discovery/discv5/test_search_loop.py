"""The search of topics: which nodes are asked, and what their answers count."""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import topic_queries
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId
from pystatus.discovery.discv5.radius import RadiusBucket, Target
from pystatus.discovery.discv5.search_loop import MAX_SEARCHES, SearchLoop
from pystatus.discovery.discv5.topic_discovery import MAX_ESTIMATES, TopicDiscovery
from pystatus.discovery.discv5.topic_estimate import TopicEstimate
from pystatus.discovery.discv5.topic_queries import Query, Quotas, TopicQueries, listed_nodes
from pystatus.discovery.discv5.wire_nodes import WireNode
from pystatus.errors import LocalError
from tests.discovery.discv5.test_radius import bits
from tests.discovery.discv5.topic_nodes import address, at, contact, node_id
from tests.discovery.discv5.topic_overlay import FakeOverlay, key_of, listing
from tests.support.vectors import Case, case_id, cases, unhex

NS = 1e-9
WHISPER = b"whisper"
MAIL = b"whispermail"


class World:
    """A searcher on a network that the test makes up."""

    def __init__(self) -> None:
        self.overlay = FakeOverlay()
        self.estimates: dict[bytes, TopicEstimate] = {}
        self.loop = SearchLoop(self.overlay, self.estimates, key_of)

    def search(self, topic: bytes, period: float | None, now: float) -> None:
        self.estimates.setdefault(topic, TopicEstimate(topic, os.urandom))
        self.loop.search(topic, period, now)

    def pass_until(self, now: float) -> None:
        """Do all that is due by then, each in its time."""
        while (due := self.loop.next_timer) is not None and due <= now:
            self.loop.on_timer(at(due))

    def answer(self, teller: Contact, *nodes: Contact | WireNode, now: float, topic: bytes = WHISPER) -> bool:
        return self.loop.answered(teller, listing(self.overlay.echo(topic), *nodes), at(now))


def contact_of(node: Case) -> Contact:
    return Contact(NodeId.of(unhex(node["id"])), Endpoint(parse_address(node["ip"]), node["udp"], node["tcp"]))


BETTER = {
    # What a node delivers that filters what it is told (decisions.md, discv5 164).
    "a LAN address and TCP port 0": 2,  # of three: the third has a LAN address and no TCP port
    "the same echo again": 0,
    "the queue of the caller holds 5": 7,  # there is no such queue here: an answer is bounded, and all of it told
}


@pytest.mark.parametrize("case", [c for c in cases("discv5", "ticket_store") if "found_queue" in c], ids=case_id)
def test_the_searcher_of_the_reference(case: Case) -> None:
    world = World()
    topic = case["topic"].encode()
    first = case["steps"][0]["at_ns"] * NS
    world.search(topic, 1e9, first)
    estimate = world.estimates[topic]
    estimate.radius.buckets = [RadiusBucket() for _ in range(case["radius_buckets_before"])]
    hosts = {step["node"]: step["answering_ip"] for step in case["steps"] if step["op"] == "topic_nodes"}
    nodes = [
        contact(number, parse_address(hosts[number]) if number in hosts else None, named=NodeId.of(unhex(node["id"])))
        for number, node in enumerate(case["nodes"])
    ]
    seen = set()
    for step in case["steps"]:
        now = step["at_ns"] * NS
        if step["op"] == "search_lookup_done":
            estimate.radius.min_radius = int(step["min_radius"], 16)
            world.overlay.queries.clear()
            target = Target(unhex(step["target"]), step["radius_lookup"])
            world.loop._found(
                topic, world.loop._searches[topic], target, [nodes[n] for n in step["result_nodes"]], at(now)
            )
            assert world.overlay.queries == [(nodes[node], topic) for node in step["queried"]]
            continue
        better = next((name for name in BETTER if name in step.get("note", "")), None)
        teller = nodes[step["node"]]
        is_unknown_echo = step.get("note") == "unknown echo"
        echo = b"of no query" if is_unknown_echo else world.overlay.echo(topic)
        listed = [WireNode(unhex(node["ip"]), node["udp"], node["tcp"], unhex(node["id"])) for node in step["nodes"]]
        world.overlay.told.clear()
        taken = world.loop.answered(teller, listing(echo, *listed), at(now))
        bucket = estimate.radius.buckets[step["radius_bucket"]]
        assert estimate.radius.bucket_of(teller.id.hash) == step["radius_bucket"]
        told = [told for _, told in world.overlay.told]
        if better == "the same echo again":
            assert not taken
            assert bucket.inside == pytest.approx(1.0)
        else:
            assert taken == (not step["counts_as_timeout"])
            assert bucket.inside == pytest.approx(bits(step["weight_inside_bits"]), abs=1e-9)
        assert bucket.outside == pytest.approx(bits(step["weight_outside_bits"]), abs=1e-9)
        if better is None:
            assert told == [contact_of(node) for node in step["delivered"]]
        else:
            seen.add(better)
            assert len(told) == BETTER[better]
            assert [contact_of(node) for node in step["delivered"]][: len(told)] == told[: len(step["delivered"])]
    assert seen == BETTER.keys()


@pytest.mark.requirement("CL-20")
def test_a_node_is_found_by_its_topic() -> None:
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1000.0)
    assert world.overlay.finish([contact(1), contact(2)], at(1000.2)) == keccak256(WHISPER)  # at the topic's own place
    assert world.overlay.queries == [(contact(1), WHISPER), (contact(2), WHISPER)]
    assert world.answer(contact(1), contact(7), contact(8), now=1000.3)
    assert world.answer(contact(2), now=1000.3)
    assert world.overlay.told == [(WHISPER, contact(7)), (WHISPER, contact(8))]


def test_an_answer_counts_once_and_in_time_and_from_the_one_who_was_asked() -> None:
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1000.0)
    world.overlay.finish([contact(1), contact(2)], at(1000.0))
    assert not world.answer(contact(3), contact(7), now=1000.1)
    assert world.answer(contact(1), contact(7), now=1005.0)
    assert not world.answer(contact(1), contact(8), now=1005.0)
    assert not world.answer(contact(2), contact(9), now=1005.1)
    assert world.overlay.told == [(WHISPER, contact(7))]


def test_a_search_that_has_ended_hears_nothing_more() -> None:
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1003.0)
    world.overlay.finish([contact(1)], at(1003.0))
    world.search(WHISPER, None, 1003.1)
    world.search(WHISPER, None, 1003.1)
    assert world.loop.next_timer is None
    assert world.answer(contact(1), contact(7), now=1003.2)
    world.overlay.finish([contact(2)], at(1003.2))
    assert world.overlay.told == []
    assert len(world.overlay.queries) == 1


def test_fast_and_slow() -> None:
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1008.0)
    assert len(world.overlay.lookups) == 3
    world.search(WHISPER, 30.0, 1008.0)
    world.pass_until(1038.0)
    assert len(world.overlay.lookups) == 4  # the one of 1009; the next one is at 1039
    world.search(WHISPER, 3.0, 1038.0)
    world.pass_until(1039.0)
    assert len(world.overlay.lookups) == 5


def test_searches_that_begin_and_end_leave_no_timers_behind() -> None:
    """Five restarts of the reference leave six chains of lookups."""
    world = World()
    for _ in range(5):
        world.search(WHISPER, 3.0, 1000.0)
        world.pass_until(1000.0)
        world.search(WHISPER, None, 1000.0)
    world.overlay.lookups.clear()
    world.loop._active = 0
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1008.0)
    assert len(world.overlay.lookups) == 3


def test_where_there_are_many_nodes_those_near_the_target_are_asked() -> None:
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    world.estimates[WHISPER].radius.min_radius = 1 << 63
    world.pass_until(1000.0)
    nodes = [contact(number) for number in range(1, 17)]
    target = world.overlay.finish(nodes, at(1000.0))
    near = [node for node in nodes if node == nodes[0] or (node.id.hash[0] ^ target[0]) < 128]
    assert 1 < len(near) < 16
    assert world.overlay.queries == [(node, WHISPER) for node in near]
    world.pass_until(1003.0)
    assert world.estimates[WHISPER].radius.buckets  # there is an edge to look for


def test_at_most_five_lookups_at_a_time() -> None:
    world = World()
    for number in range(7):
        world.search(b"topic %d" % number, 3.0, 1000.0)
    world.pass_until(1000.0)
    assert len(world.overlay.lookups) == 5
    world.overlay.finish([contact(1)], at(1001.0))
    world.pass_until(1003.0)
    assert len(world.overlay.lookups) == 5


def test_after_four_radius_lookups_a_regular_one() -> None:
    estimate = TopicEstimate(WHISPER, os.urandom)
    targets = [estimate.next_target(1000.0 + number / 10) for number in range(12)]
    assert [target.is_radius_lookup for target in targets] == [False, *[True] * 4, False, *[True] * 4, False, True]
    own_place = keccak256(WHISPER)
    assert [target.hash == own_place for target in targets if not target.is_radius_lookup] == [True, False, True]


def test_where_there_are_few_nodes_no_edge_is_looked_for() -> None:
    estimate = TopicEstimate(WHISPER, os.urandom)
    for number in range(10):
        assert not estimate.next_target(1000.0 + number).is_radius_lookup
        estimate.is_small()


def test_a_converged_radius_needs_no_such_lookups() -> None:
    estimate = TopicEstimate(WHISPER, os.urandom)
    estimate.next_target(1000.0)
    estimate.radius.next_target(1000.0)
    for bucket in estimate.radius.buckets:
        bucket.no_adjust = 100.0
    targets = [estimate.next_target(1000.0) for _ in range(8)]
    assert not any(target.is_radius_lookup for target in targets)
    assert keccak256(WHISPER) not in {target.hash for target in targets}


def test_nobody_there_yet() -> None:
    """At the start nodes are just being verified: the search does not wait for its next turn."""
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    times = []
    for _ in range(5):
        due = world.loop.next_timer
        assert due is not None
        times.append(due - 1000.0)
        world.loop.on_timer(at(due))
        world.overlay.finish([Contact(world.overlay.own_id, contact(0).endpoint)], at(due))
    assert times == [0.0, 0.5, 1.5, 3.5, 6.5]


def test_a_node_that_is_not_verified_is_pinged_and_asked_another_time() -> None:
    world = World()
    world.overlay.strangers.add(contact(1))
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1000.0)
    world.overlay.finish([contact(1)], at(1000.0))
    assert (world.overlay.pings, world.overlay.queries) == ([contact(1)], [])
    world.overlay.strangers.clear()
    world.pass_until(1003.0)
    world.overlay.finish([contact(1)], at(1003.0))
    assert world.overlay.queries == [(contact(1), WHISPER)]


def test_a_query_that_was_not_sent_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(world.overlay, "send_query", lambda *_: None)
    world.search(WHISPER, 3.0, 1000.0)
    world.pass_until(1000.0)
    world.overlay.finish([contact(1)], at(1000.0))
    assert len(world.loop._queries) == 0


@pytest.mark.parametrize("period", [0.0, -1.0, float("inf"), float("nan")])
def test_periods_that_are_none(period: float) -> None:
    with pytest.raises(LocalError, match="every so many seconds"):
        World().search(WHISPER, period, 1000.0)


def test_too_many_searches() -> None:
    world = World()
    for number in range(MAX_SEARCHES):
        world.search(b"topic %d" % number, 3.0, 1000.0)
    with pytest.raises(LocalError, match="end another search first"):
        world.search(WHISPER, 3.0, 1000.0)
    world.search(b"topic 1", 30.0, 1000.0)


def wire(node: Contact, ip: bytes | None = None, *, udp: int = 30303, tcp: int = 30303) -> WireNode:
    return WireNode(node.endpoint.address.packed if ip is None else ip, udp, tcp, node.id.xy)


def test_what_is_believed_of_an_answer() -> None:
    teller, own = contact(1), node_id(0)
    good = wire(contact(5))
    nodes = [
        wire(contact(0)),  # ourselves
        wire(contact(2), b"\x0a\x01\x02\x03"),  # in the local network of somebody else
        wire(contact(3), b"\xe0\x00\x00\x01"),  # multicast
        wire(contact(4), b"\x01\x02\x03"),
        wire(contact(4), tcp=0),
        wire(contact(4), udp=0),
        WireNode(b"\x08\x08\x08\x08", 1, 1, bytes(64)),  # no key
        good,
    ]
    assert listed_nodes(nodes, teller, own, key_of) == [contact(5)]
    many = [wire(contact(number)) for number in range(10, 110)]
    assert len(listed_nodes(many, teller, own, key_of)) == 12
    crowd = [contact(10 + number, address(7, number)) for number in range(12)]
    assert listed_nodes([*map(wire, crowd), good], teller, own, key_of) == crowd[:2]  # and what is behind 12 is lost
    near = [contact(10 + number, parse_address(f"127.0.0.{number}")) for number in range(12)]
    assert listed_nodes(list(map(wire, near)), contact(1, parse_address("127.0.0.1")), own, key_of) == near
    mapped = wire(contact(5), bytes(10) + b"\xff\xff" + contact(5).endpoint.address.packed)
    assert listed_nodes([mapped], teller, own, key_of) == [contact(5)]


def test_a_registrar_need_not_know_its_own_address() -> None:
    teller = contact(1)
    for ip in (b"\x7f\x00\x00\x01", bytes(4), bytes(16), bytes(15) + b"\x01"):
        assert listed_nodes([wire(teller, ip)], teller, node_id(0), key_of) == [teller]


def test_on_one_machine_loopback_is_an_address() -> None:
    teller = contact(1, parse_address("127.0.0.1"))
    other = contact(2, parse_address("127.0.0.2"))
    assert listed_nodes([wire(other)], teller, node_id(0), key_of) == [other]


def test_all_registrars_of_a_network_are_one_voice() -> None:
    """A42: whoever has very many ids in a few networks names no more nodes than others do."""
    world = World()
    world.search(WHISPER, 3.0, 1000.0)
    crowd = [contact(100 + number, address(2, number)) for number in range(16)]
    honest = contact(3)
    world.pass_until(1000.0)
    world.overlay.finish([*crowd[:15], honest], at(1000.0))
    theirs = [contact(1000 + number) for number in range(150)]
    for number, teller in enumerate(crowd[:15]):
        assert world.answer(teller, *theirs[10 * number : 10 * number + 10], now=1000.1)
    assert [node for _, node in world.overlay.told] == theirs[:10]
    assert world.answer(honest, contact(5), contact(6), now=1000.1)
    assert [node for _, node in world.overlay.told] == [*theirs[:10], contact(5), contact(6)]

    quotas = Quotas()
    assert quotas.within(WHISPER, crowd[0], theirs[:10], 1000.0) == theirs[:10]
    assert quotas.within(WHISPER, crowd[1], theirs[5:15], 1599.0) == theirs[5:10]  # what was named may be again
    assert quotas.within(MAIL, crowd[1], theirs[10:12], 1599.0) == theirs[10:12]
    near = contact(1, parse_address("10.1.2.3"))
    assert quotas.within(WHISPER, near, theirs, 1000.0) == theirs
    assert quotas.within(WHISPER, crowd[1], theirs[10:20], 1600.0) == theirs[10:20]


def test_networks_with_a_quota_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_queries, "MAX_QUOTAS", 5)
    quotas = Quotas()
    for number in range(20):
        quotas.within(WHISPER, contact(number), [contact(50)], 1000.0)
    assert len(quotas._named) == 5


def test_however_often_a_node_speaks_it_is_one_voice() -> None:
    estimate = TopicEstimate(WHISPER, os.urandom)
    estimate.radius.next_target(1000.0)
    node = next(node_id(n) for n in range(100) if estimate.radius.bucket_of(node_id(n).hash) == 0)
    now = 1000.0
    for _ in range(300):
        estimate.vote(node, bytes(32), 1.0, now)
        now += 10.0
    assert estimate.radius.buckets[0].inside == pytest.approx(1.0, abs=1e-6)


def test_what_is_remembered_of_voters_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.discovery.discv5.topic_estimate.MAX_VOTERS", 10)
    estimate = TopicEstimate(WHISPER, os.urandom)
    for number in range(50):
        estimate.vote(node_id(number), bytes(32), 1.0, 1000.0)
    assert list(estimate._voted) == [node_id(number) for number in range(40, 50)]


def test_what_is_remembered_of_queries_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = TopicQueries()
    for number in range(100):
        queries.sent(b"%d" % number, Query(node_id(number), WHISPER, Target(bytes(32), False), 1000.0 + number))
    assert len(queries) == 60
    assert len(queries._open) == 6
    monkeypatch.setattr(topic_queries, "MAX_QUERIES", 5)
    queries.sent(b"last", Query(node_id(200), WHISPER, Target(bytes(32), False), 1100.0))
    assert len(queries) == len(queries._open) == 5


def test_radiuses_of_topics_that_nobody_searches_for_any_more_make_room() -> None:
    topics = TopicDiscovery(FakeOverlay(), os.urandom, key_of)
    topics.register(MAIL, at(1000.0))
    topics.search(WHISPER, 3.0, at(1000.0))
    for number in range(3 * MAX_ESTIMATES):
        topics.search(b"%d" % number, 3.0, at(1000.0))
        topics.search(b"%d" % number, None, at(1000.0))
    assert len(topics._estimates) == MAX_ESTIMATES
    assert {MAIL, WHISPER} < topics._estimates.keys()
