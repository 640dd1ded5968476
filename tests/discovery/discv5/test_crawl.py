"""Walking a network that is made up: every node is found, and who lies costs a bounded number of questions."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.crawl import (
    ATTEMPTS,
    FARTHEST,
    FULL_ANSWER,
    MAX_NODES,
    MAX_OF_ADDRESS,
    MAX_QUERIES,
    Crawl,
    target_at,
)
from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.discovery.discv5.node import log_distance
from pystatus.errors import LocalError

KEYS = random.Random(17)


def node(address: str = "127.0.0.1", port: int = 30303) -> Enode:
    return Enode(PrivateKey.generate(KEYS.randbytes).public_key, address, port, port)


def position(enode: Enode) -> int:
    return int.from_bytes(enode.node_address, "big")


Answer = Callable[[Enode, int], list[Enode] | None]
"""What a node answers to a target; None: nothing."""


def walked(begin: Enode, answer: Answer, **limits: int) -> tuple[Crawl, float]:
    """A crawl to its end, and how long it took."""
    crawl, now = Crawl(random.Random(1).randbytes, **limits), 0.0
    crawl.add(begin, now)
    while not crawl.is_done:
        due = crawl.next_time()
        assert due is not None
        now = max(now, due)
        question = crawl.next_question(now)
        assert question is not None
        number, target = question
        asked = crawl.nodes[number].enode
        found = answer(asked, int.from_bytes(target, "big"))
        if found is None:
            crawl.failed(number, now)
        else:
            crawl.answered(number, found, now)
    return crawl, now


class Network:
    """Nodes with tables as Kademlia has them."""

    def __init__(self, size: int) -> None:
        self.nodes = [node() for _ in range(size)]
        self.tables: dict[Enode, list[Enode]] = {}
        for one in self.nodes:
            buckets: dict[int, list[Enode]] = {}
            for other in self.nodes:
                if other is not one:
                    bucket = buckets.setdefault(log_distance(position(one), position(other)), [])
                    if len(bucket) < BUCKET_SIZE:
                        bucket.append(other)
            self.tables[one] = [other for bucket in buckets.values() for other in bucket]

    def answer(self, asked: Enode, target: int) -> list[Enode] | None:
        return sorted(self.tables[asked], key=lambda other: position(other) ^ target)[:BUCKET_SIZE]


@pytest.mark.parametrize("size", [2, 10, 200])
def test_every_node_is_found_with_all_that_it_knows(size: int) -> None:
    network = Network(size)
    crawl, _ = walked(network.nodes[0], network.answer)
    assert {one.enode for one in crawl.nodes} == set(network.nodes)
    for one in crawl.nodes:
        assert one.answered
        assert one.is_done
        assert [crawl.nodes[other].enode for other in one.neighbours] == sorted(
            network.tables[one.enode], key=[each.enode for each in crawl.nodes].index
        )
    assert crawl.queries <= size * 8, "no node is asked for buckets that nobody can be in"


def test_an_answer_of_one_packet_is_enough() -> None:
    network = Network(200)
    crawl, _ = walked(network.nodes[0], lambda asked, target: (network.answer(asked, target) or [])[:FULL_ANSWER])
    assert {one.enode for one in crawl.nodes} == set(network.nodes)


def test_the_network_is_as_large_without_those_who_are_away() -> None:
    network = Network(100)
    away = set(network.nodes[50:60])
    crawl, _ = walked(network.nodes[0], lambda asked, target: None if asked in away else network.answer(asked, target))
    assert {one.enode for one in crawl.nodes if not one.answered} == away
    assert all(one.queries == ATTEMPTS for one in crawl.nodes if one.enode in away)
    assert len(crawl.nodes) == 100


def test_one_lost_datagram_loses_no_node() -> None:
    network = Network(20)
    lost: set[Enode] = set()

    def answer(asked: Enode, target: int) -> list[Enode] | None:
        if asked not in lost:
            lost.add(asked)
            return None
        return network.answer(asked, target)

    crawl, _ = walked(network.nodes[0], answer)
    assert all(one.answered for one in crawl.nodes)


def test_who_invents_nodes_without_end_is_asked_a_bounded_number_of_times() -> None:
    """Each answer has ever new nodes of the bucket that was asked for, so that it never seems to be all."""
    liar = node()
    invented: list[Enode] = []

    def answer(asked: Enode, target: int) -> list[Enode] | None:
        if asked is not liar:
            return None
        distance = log_distance(position(liar), target)
        found: list[Enode] = []
        while len(found) < FULL_ANSWER and distance > 250:
            candidate = node()
            if log_distance(position(liar), position(candidate)) <= distance:
                found.append(candidate)
        invented.extend(found)
        return found

    crawl, _ = walked(liar, answer, max_nodes=30)
    assert len(crawl.nodes) == 30
    assert crawl.ignored == len(invented) - 29
    assert crawl.nodes[0].queries <= MAX_QUERIES
    assert crawl.queries <= crawl.nodes[0].queries + 29 * ATTEMPTS


def test_nobody_is_made_to_ask_one_address_again_and_again() -> None:
    liar = node("198.18.0.1")
    victims = [node("8.8.8.8", 1025 + number) for number in range(100)]
    crawl, _ = walked(liar, lambda asked, target: victims if asked is liar else None)
    assert len(crawl.nodes) == 1 + MAX_OF_ADDRESS
    assert crawl.ignored >= 100 - MAX_OF_ADDRESS


def test_a_node_that_names_itself_alone_is_done() -> None:
    lonely = node()
    crawl, _ = walked(lonely, lambda asked, target: [lonely])
    assert (crawl.queries, list(crawl.nodes[0].neighbours)) == (1, [])


def test_a_node_is_not_asked_faster_than_it_answers_anybody() -> None:
    network = Network(200)
    asked_at: dict[Enode, list[float]] = {}
    crawl, now = Crawl(random.Random(1).randbytes), 0.0
    crawl.add(network.nodes[0], now)
    while not crawl.is_done:
        now = max(now, crawl.next_time() or 0.0)
        question = crawl.next_question(now)
        assert question is not None
        number, target = question
        enode = crawl.nodes[number].enode
        asked_at.setdefault(enode, []).append(now)
        crawl.answered(number, network.answer(enode, int.from_bytes(target, "big")) or [], now)
    for times in asked_at.values():
        assert all(later - earlier >= 0.25 for earlier, later in pairwise(times))


def test_nothing_is_asked_before_its_time() -> None:
    crawl = Crawl(random.Random(1).randbytes)
    assert (crawl.next_time(), crawl.next_question(0.0), crawl.is_done) == (None, None, True)
    crawl.add(node(), 5.0)
    assert (crawl.next_time(), crawl.next_question(4.9), crawl.is_done) == (5.0, None, False)
    assert crawl.next_question(5.0) is not None
    assert (crawl.next_question(6.0), crawl.under_way, crawl.is_done) == (None, 1, False)


@pytest.mark.parametrize("distance", [1, 2, 9, 255, FARTHEST])
def test_a_target_is_as_far_as_it_is_wanted(distance: int) -> None:
    own = node().node_address
    for _ in range(20):
        target = target_at(own, distance, KEYS.randbytes)
        assert len(target) == 32
        assert log_distance(int.from_bytes(own, "big"), int.from_bytes(target, "big")) == distance


@pytest.mark.parametrize("wanted", [0, MAX_NODES + 1])
def test_a_crawl_has_bounds(wanted: int) -> None:
    with pytest.raises(LocalError, match=r"^A crawl takes up 1 to 20000 nodes\.$"):
        Crawl(KEYS.randbytes, max_nodes=wanted)
