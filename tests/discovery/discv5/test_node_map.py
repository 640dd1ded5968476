"""Who is remembered, and who gives way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.node_map import NodeMap
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.states import State
from pystatus.discovery.discv5.table import Table
from tests.discovery.discv5.conversation import seeded
from tests.discovery.discv5.topic_nodes import node_id

OWN = node_id(0)


def remote(number: int, address: str, state: State, heard: float = 0.0) -> RemoteNode:
    node = RemoteNode(node_id(number), Endpoint(parse_address(address), 30303, 30303), Times(heard, 0.0))
    node.state = state
    return node


def full(*nodes: RemoteNode, table: Table | None = None) -> NodeMap:
    nodes_of = NodeMap(len(nodes), table or Table(OWN, Limits()), seeded(1))
    for node in nodes:
        nodes_of.add(node)
    return nodes_of


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9))))
def test_what_is_added_and_removed(steps: list[tuple[bool, int]]) -> None:
    nodes = [remote(number, f"51.1.{number}.1", State.KNOWN) for number in range(10)]
    remembered, expected = NodeMap(100, Table(OWN, Limits()), seeded(1)), set()
    for add, number in steps:
        if not add:
            remembered.remove(nodes[number])
            expected.discard(number)
        elif number not in expected:
            remembered.add(nodes[number])
            expected.add(number)
        assert len(remembered) == len(expected)
        assert {number for number in range(10) if remembered.get(node_id(number).xy) is nodes[number]} == expected
        assert not remembered.is_full


def test_where_there_is_room_nobody_gives_way() -> None:
    remembered = NodeMap(2, Table(OWN, Limits()), seeded(1))
    remembered.add(remote(1, "51.1.1.1", State.VERIFYWAIT))
    assert remembered.make_room() is None
    assert not remembered.is_full


def test_a_stranger_gives_way_first() -> None:
    known = [remote(number, f"51.1.{number}.1", State.KNOWN) for number in range(1, 9)]
    stranger = remote(9, "51.1.9.1", State.VERIFYWAIT, heard=1000.0)
    assert full(*known, stranger).make_room() is stranger


def test_of_the_verified_the_largest_network_gives_way() -> None:
    crowd = [remote(number, f"60.1.1.{number}", State.UNRESPONSIVE, 100.0 + number) for number in range(1, 6)]
    others = [remote(number, f"51.1.{number}.1", State.UNRESPONSIVE) for number in range(6, 10)]
    remembered = full(*others, *crowd)
    assert remembered.make_room() is crowd[0]


def test_the_local_network_is_no_crowd() -> None:
    local = [remote(number, f"192.168.1.{number}", State.KNOWN, 5.0) for number in range(1, 6)]
    other = remote(9, "51.1.1.1", State.KNOWN, 10.0)
    assert full(*local, other).make_room() is other


def test_the_table_never_gives_way() -> None:
    table = Table(OWN, Limits())
    nodes = [remote(number, f"51.1.{number}.1", State.KNOWN) for number in range(1, 6)]
    for node in nodes:
        table.add(node)
    remembered = full(*nodes, table=table)
    assert remembered.make_room() is None
    assert remembered.is_full
    table.delete(nodes[3])
    assert remembered.make_room() is nodes[3]


def test_nobody_can_choose_who_goes() -> None:
    """Whoever fills the map from one network displaces his own nodes, and of 1,000 others hardly any."""
    table = Table(OWN, Limits())
    honest = [remote(number, f"51.{number // 250}.{number % 250}.1", State.KNOWN) for number in range(1, 501)]
    remembered = NodeMap(1_000, table, seeded(2))
    for node in honest:
        remembered.add(node)
    for number in range(5_000):
        attacker = remote(1_000 + number, f"60.1.1.{number % 250}", State.KNOWN, heard=float(number))
        leaving = remembered.make_room()
        if leaving is not None:
            remembered.remove(leaving)
        remembered.add(attacker)
    kept = sum(remembered.get(node.id.xy) is node for node in honest)
    assert kept == len(honest)


def test_those_that_have_fallen_silent_the_last_heard_first() -> None:
    silent = [remote(number, "51.1.1.1", State.UNRESPONSIVE, heard=number % 4) for number in range(8)]
    others = [
        remote(8 + place, "51.1.1.1", state, heard=9) for place, state in enumerate(set(State) - {State.UNRESPONSIVE})
    ]
    nodes = full(*others, *silent)
    assert [node.heard for node in nodes.silent(3)] == [3, 3, 2]
    assert set(nodes.silent(100)) == set(silent)
    assert nodes.draw_silent() in silent
    assert full(*others).silent(1) == []
    assert full(*others).draw_silent() is None
    assert NodeMap(100, Table(OWN, Limits()), seeded(1)).draw_silent() is None
