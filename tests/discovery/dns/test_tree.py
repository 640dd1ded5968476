"""A node list as a conversation: which name is wanted next, and what the answer tells."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import Link, entry_name
from pystatus.discovery.dns.tree import NodeList, TreeLimits
from pystatus.errors import LocalError, RemoteError
from tests.discovery.dns import eip_1459 as eip
from tests.support.dns_zone import Zone, key, link, publish, record, signed_root

HOME = "nodes.example.org"
OWNER = key(1)


def reader(owner: int = 1, domain: str = HOME, limits: TreeLimits | None = None) -> NodeList:
    return NodeList(link(key(owner), domain), os.urandom, limits)


def texts(*found: str) -> Sequence[bytes]:
    return [one.encode() for one in found]


def read(nodes: NodeList, zone: Zone) -> tuple[list[str], list[str]]:
    """Answer every question from ``zone``; what was asked, and what was wrong with the answers."""
    asked, wrong = [], []
    while (name := nodes.next_name()) is not None:
        asked.append(name)
        try:
            nodes.answered(name, texts(*zone[name])) if name in zone else nodes.unanswered(name)
        except RemoteError as error:
            wrong.append(str(error))
    return asked, wrong


@pytest.mark.requirement("WK-60")
def test_the_example_of_the_eip() -> None:
    nodes = NodeList(Link.parse(eip.LINK), os.urandom)
    assert not nodes.is_known
    assert nodes.next_name() == "nodes.example.org"
    assert nodes.answered("nodes.example.org", texts("v=spf1 -all", eip.ROOT)) is None
    assert nodes.is_known

    link_name = nodes.next_name()  # links come before nodes
    assert link_name == "C7HRFPF3BLGF3YR4DY5KX3SMBE.nodes.example.org"
    assert nodes.answered(link_name, texts(eip.ENTRIES["C7HRFPF3BLGF3YR4DY5KX3SMBE"])) is None
    assert nodes.next_name() == "morenodes.example.org"
    nodes.unanswered("morenodes.example.org")

    branch = nodes.next_name()
    assert branch == "JWXYDBPXYWG6FX3GMDIBFA6CJ4.nodes.example.org"
    assert nodes.answered(branch, texts(eip.ENTRIES["JWXYDBPXYWG6FX3GMDIBFA6CJ4"])) is None
    found = []
    while (leaf := nodes.next_name()) is not None:
        text = eip.ENTRIES[leaf.partition(".")[0]]
        node = nodes.answered(leaf, texts(text))
        assert node == NodeRecord.parse(text)
        found.append(node)
    assert len(found) == 3
    assert set(found) == set(nodes.nodes)
    assert nodes.domains == ("nodes.example.org", "morenodes.example.org")


def test_an_empty_list() -> None:
    nodes = reader()
    _, wrong = read(nodes, publish(OWNER, HOME, []))
    assert (nodes.nodes, nodes.is_known, wrong) == ((), True, [])


def test_nodes_come_in_random_order_and_only_when_they_are_asked_for() -> None:
    zone = publish(OWNER, HOME, [record(number) for number in range(1, 100)])
    orders = set()
    for _ in range(5):
        nodes = reader()
        first: list[NodeRecord] = []
        asked = 0
        while len(first) < 3:
            name = nodes.next_name()
            assert name is not None
            asked += 1
            node = nodes.answered(name, texts(*zone[name]))
            if node is not None:
                first.append(node)
        assert asked < 20
        orders.add(tuple(first))
    assert len(orders) > 1


def test_linked_lists_are_read_too_and_each_has_its_turn() -> None:
    """A list of a thousand nodes does not hide the three of the list that it refers to."""
    zone = publish(OWNER, HOME, [record(n) for n in range(100, 300)], [link(key(2), "more.example.org")])
    zone |= publish(key(2), "more.example.org", [record(n) for n in range(1, 4)], [link(OWNER, HOME)])
    nodes = reader()
    early = []
    for _ in range(60):
        name = nodes.next_name()
        assert name is not None
        node = nodes.answered(name, texts(*zone[name]))
        if node is not None:
            early.append(node)
    assert {record(n) for n in range(1, 4)} <= set(early)
    _, wrong = read(nodes, zone)
    assert (len(nodes.nodes), wrong) == (203, [])


def test_the_newest_record_of_a_node_counts() -> None:
    old, new = record(5, seq=1), record(5, port=1, seq=2)
    zone = publish(OWNER, HOME, [old], [link(key(2), "more.example.org")])
    zone |= publish(key(2), "more.example.org", [new], [link(key(3), "old.example.org")])
    zone |= publish(key(3), "old.example.org", [old])
    nodes = reader()
    read(nodes, zone)
    assert nodes.nodes == (new,)


def test_a_new_version_costs_only_what_is_new() -> None:
    records = [record(number) for number in range(1, 31)]
    nodes = reader()
    read(nodes, publish(OWNER, HOME, records))
    zone = publish(OWNER, HOME, [*records[:-1], record(99)], seq=2)
    nodes.refresh()
    asked, _ = read(nodes, zone)
    assert len(asked) == 4  # the root, the top branch, the branch that has changed, the new node
    assert set(nodes.nodes) == {*records[:-1], record(99)}


def test_the_same_version_again_costs_one_question() -> None:
    nodes = reader()
    zone = publish(OWNER, HOME, [record(1)])
    read(nodes, zone)
    nodes.refresh()
    assert read(nodes, zone) == ([HOME], [])
    assert nodes.nodes == (record(1),)


def test_a_new_version_while_the_old_one_was_read_halfway() -> None:
    zone = publish(OWNER, HOME, [record(number) for number in range(1, 31)])
    nodes = reader()
    for _ in range(9):
        name = nodes.next_name()
        assert name is not None
        nodes.answered(name, texts(*zone[name]))
    nodes.refresh()
    _, wrong = read(nodes, publish(OWNER, HOME, [record(number) for number in range(5, 35)], seq=2))
    assert (set(nodes.nodes), wrong) == ({record(number) for number in range(5, 35)}, [])


def test_what_did_not_come_is_asked_for_again() -> None:
    whole = publish(OWNER, HOME, [record(1), record(2)], [link(key(2), "more.example.org")])
    lost = [name for name in whole if name.startswith(entry_name(str(record(1))))]
    nodes = reader()
    read(nodes, {name: found for name, found in whole.items() if name not in lost})
    assert nodes.nodes == (record(2),)
    nodes.refresh()
    assert set(read(nodes, whole)[0]) == {HOME, "more.example.org", *lost}
    assert set(nodes.nodes) == {record(1), record(2)}


def test_links_that_did_not_come_are_asked_for_again() -> None:
    whole = publish(OWNER, HOME, [], [link(key(2), "more.example.org")])
    whole |= publish(key(2), "more.example.org", [record(1)])
    nodes = reader()
    read(nodes, {HOME: whole[HOME]})
    assert nodes.domains == (HOME,)
    nodes.refresh()
    read(nodes, whole)
    assert nodes.nodes == (record(1),)


def test_a_question_that_was_dropped_counts_as_unanswered() -> None:
    zone = publish(OWNER, HOME, [record(1)])
    nodes = reader()
    assert nodes.next_name() == HOME
    nodes.next_name()  # whoever asked was cancelled, and asks again
    nodes.refresh()
    read(nodes, zone)
    assert nodes.nodes == (record(1),)


def test_only_what_was_asked_can_be_answered() -> None:
    nodes = reader()
    for name in (HOME, "x." + HOME):
        with pytest.raises(LocalError, match="Nobody has asked"):
            nodes.answered(name, [])
    nodes.next_name()
    with pytest.raises(LocalError, match="Nobody has asked"):
        nodes.unanswered("x." + HOME)


def test_the_newest_of_two_roots_counts() -> None:
    """While an update spreads, servers may have both."""
    zone = publish(OWNER, HOME, [record(1)], seq=1)
    later = publish(OWNER, HOME, [record(2)], seq=2)
    zone = {**zone, **later, HOME: [*later[HOME], *zone[HOME]]}
    nodes = reader()
    read(nodes, zone)
    assert nodes.nodes == (record(2),)


def test_a_list_that_is_referred_to_no_more_is_forgotten() -> None:
    home = publish(OWNER, HOME, [record(1)], [link(key(2), "more.example.org")])
    more = publish(key(2), "more.example.org", [record(2)])
    nodes = reader()
    read(nodes, home | more)
    assert set(nodes.nodes) == {record(1), record(2)}
    nodes.refresh()
    read(nodes, publish(OWNER, HOME, [record(1)], seq=2) | more)
    nodes.refresh()
    assert (nodes.nodes, nodes.domains) == ((record(1),), (HOME,))


def test_entries_of_an_unknown_kind_are_left_alone() -> None:
    zone = publish(OWNER, HOME, ["something of the future", record(1)])
    nodes = reader()
    assert read(nodes, zone)[1] == []
    assert nodes.nodes == (record(1),)


def test_a_name_twice_is_resolved_once() -> None:
    nodes = reader()
    asked, _ = read(nodes, publish(OWNER, HOME, [record(1), record(1), record(2)]))
    assert len(asked) == len(set(asked))


def test_nothing_below_the_deepest_branch_is_looked_at() -> None:
    zone = publish(OWNER, HOME, [record(number) for number in range(1, 200)])
    nodes = reader(limits=TreeLimits(depth=1))
    asked, _ = read(nodes, zone)
    assert nodes.nodes == ()
    assert len(asked) < 10


def test_a_root_without_its_record() -> None:
    nodes = reader()
    name = nodes.next_name()
    assert name is not None
    with pytest.raises(RemoteError, match=f"there is no node list at {HOME}"):
        nodes.answered(name, texts("v=spf1 -all"))
    assert not nodes.is_known


def test_texts_that_nobody_can_read() -> None:
    nodes = reader()
    name = nodes.next_name()
    assert name is not None
    root = signed_root(OWNER, entry_name("a"), entry_name("b"), 1)
    with pytest.raises(RemoteError, match="there is no node list"):
        nodes.answered(name, [b"\xff" + root.encode(), root.encode() + b" " * 400])
