"""Lookups: whom they ask, when they go on, and what they find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.limits import ALPHA, BUCKET_SIZE, RESPONSE_TIMEOUT
from pystatus.discovery.discv5.lookup import MAX_ASKED, PATIENCE, Lookup
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.remote import Query, RemoteNode
from tests.discovery.discv5.topic_nodes import node_id

TARGET = bytes(32)


def remote(number: int, address: str | None = None) -> RemoteNode:
    where = parse_address(address or f"51.{number // 250}.{number % 250}.1")
    return RemoteNode(node_id(number), Endpoint(where, 30303, 30303), Times(0, 0))


def by_distance(nodes: list[RemoteNode]) -> list[RemoteNode]:
    return sorted(nodes, key=lambda node: node.id.position)


class World:
    """A lookup whose questions a test answers."""

    def __init__(self, *start: RemoteNode) -> None:
        self.asked: list[RemoteNode] = []
        self.done: list[Lookup] = []
        self.fail_at_once: set[RemoteNode] = set()
        self.now = 0.0
        self.lookup = Lookup(TARGET, start, 2, self._ask, lambda lookup, _: self.done.append(lookup))

    @property
    def times(self) -> Times:
        return Times(self.now, 0.0)

    def begin(self) -> None:
        self.lookup.begin(self.times)

    def _ask(self, node: RemoteNode, query: Query, now: Times) -> None:
        assert query.target == TARGET
        assert query.asker is self.lookup
        self.asked.append(node)
        if node in self.fail_at_once:
            self.lookup.failed(node, now)

    def answer(self, node: RemoteNode, *nodes: RemoteNode | None) -> None:
        self.lookup.answered(node, nodes, True, self.times)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.lookup.on_timer(self.times)


def test_with_nobody_to_ask_it_is_over() -> None:
    world = World()
    world.begin()
    assert world.done == [world.lookup]
    assert world.lookup.result == []


def test_it_asks_the_three_nearest_and_goes_on() -> None:
    nodes = by_distance([remote(number) for number in range(6)])
    world = World(*nodes[2:])
    world.begin()
    assert world.asked == nodes[2:5]
    world.answer(nodes[2], nodes[0], None, nodes[1], nodes[0])
    assert world.asked == [*nodes[2:5], nodes[0]]
    for node in (nodes[3], nodes[4], nodes[0]):
        world.answer(node)
    assert world.asked == [*nodes[2:5], nodes[0], nodes[1], nodes[5]]
    assert world.done == []
    world.answer(nodes[1])
    world.answer(nodes[5])
    assert world.done == [world.lookup]
    assert world.lookup.result == nodes
    world.answer(nodes[5], remote(99))
    world.lookup.failed(nodes[0], world.times)
    world.wait(10)
    assert world.lookup.result == nodes
    assert world.done == [world.lookup]


def test_who_does_not_answer_is_no_result() -> None:
    one, other = by_distance([remote(1), remote(2)])
    world = World(one, other)
    world.begin()
    world.lookup.failed(one, world.times)
    assert world.asked == [one, other, one]  # its question or its answer may have been lost
    world.lookup.failed(one, world.times)
    world.answer(other, one)
    assert world.asked == [one, other, one]
    assert world.lookup.result == [other]
    assert world.done


def test_who_answers_the_second_time_is_a_result() -> None:
    one, other = by_distance([remote(1), remote(2)])
    world = World(one, other)
    world.begin()
    world.answer(other)
    world.lookup.failed(one, world.times)
    assert not world.done
    world.answer(one)
    assert world.lookup.result == [one, other]
    assert world.done


def test_only_the_three_nearest_are_asked_twice() -> None:
    nodes = by_distance([remote(number) for number in range(5)])
    world = World(*nodes)
    world.begin()
    world.answer(nodes[0])
    world.lookup.failed(nodes[3], world.times)
    assert nodes[3] not in world.lookup.result
    assert world.asked.count(nodes[3]) == 1


def test_questions_that_fail_at_once() -> None:
    nodes = [remote(number) for number in range(10)]
    world = World(*nodes)
    world.fail_at_once = set(nodes)
    world.begin()
    assert world.lookup.result == []
    assert len(world.done) == 1


def test_after_half_a_second_others_are_asked() -> None:
    nodes = by_distance([remote(number) for number in range(8)])
    world = World(*nodes)
    world.begin()
    world.wait(RESPONSE_TIMEOUT - 0.1)
    assert len(world.asked) == ALPHA
    world.wait(0.1)
    assert world.asked == nodes[:6]
    nearer = by_distance([remote(99), *nodes])
    world.answer(nodes[0], remote(99))
    assert {node.id for node in world.lookup.result} == {node.id for node in nearer}
    world.wait(RESPONSE_TIMEOUT)
    assert len(world.asked) == 9
    for node in nodes:
        world.answer(node)
    assert world.done == []
    world.answer(remote(99))
    assert world.done


def test_nobody_is_waited_for_without_end() -> None:
    world = World(remote(1))
    world.begin()
    world.wait(RESPONSE_TIMEOUT)
    assert world.lookup.next_timer == PATIENCE
    world.wait(PATIENCE - RESPONSE_TIMEOUT)
    assert world.done
    assert world.lookup.result[0].id == node_id(1)


def test_of_one_network_the_nearest_two() -> None:
    crowd = by_distance([remote(number, f"60.1.1.{number}") for number in range(1, 9)])
    local = [remote(number, f"192.168.1.{number}") for number in range(10, 14)]
    world = World(*crowd[3:], *local)
    world.lookup.add_all(crowd[:3])
    result = world.lookup.result
    assert [node for node in result if node in crowd] == crowd[:2]
    assert len(result) == 2 + len(local)


@given(st.lists(st.sets(st.integers(0, 300), max_size=20), max_size=60))
def test_whoever_answers_what(answers: list[set[int]]) -> None:
    world = World(*(remote(number) for number in range(3)))
    world.begin()
    seen = {0, 1, 2}
    for named in answers:
        if not world.lookup.is_over:
            open_question = next(node for node in world.asked if node.id.xy in world.lookup._under_way)
            seen |= named
            world.answer(open_question, *(remote(number) for number in named))
        result = world.lookup.result
        assert len(result) <= BUCKET_SIZE
        assert len({node.id for node in result}) == len(result)
        assert result == by_distance(result)
    if not world.done:
        nearest = by_distance([remote(number) for number in seen])[:BUCKET_SIZE]
        assert [node.id for node in world.lookup.result] == [node.id for node in nearest]
    assert len(world.asked) <= MAX_ASKED


def test_somebody_who_names_ever_nearer_nodes_leads_nowhere() -> None:
    far = by_distance([remote(number) for number in range(1000)])[::-1]
    world = World(far[0])
    world.begin()
    while not world.lookup.is_over:
        asked = next(node for node in world.asked if node.id.xy in world.lookup._under_way)
        world.answer(asked, *far[far.index(asked) : far.index(asked) + 4])
    assert len(world.asked) == MAX_ASKED
