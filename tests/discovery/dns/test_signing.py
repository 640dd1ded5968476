"""Signing a list: what comes out is read again as it went in."""

from __future__ import annotations

import os

import dns.name
import dns.rdatatype
import dns.zone
import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.checking import TreeCheck
from pystatus.discovery.dns.entries import MAX_SEQUENCE, MAX_TEXT, Link, Root
from pystatus.discovery.dns.signing import MAX_CHILDREN, SignedTree, sign_tree
from pystatus.discovery.dns.tree import NodeList, TreeLimits
from pystatus.discovery.dns.zone import MAX_STRING, zone_lines
from pystatus.errors import LocalError
from tests.support.dns_zone import key, link, record

HOME = "nodes.example.org"


def signed(nodes: int, links: int = 0, seq: int = 1) -> SignedTree:
    others = [link(key(number), f"{number}.example.org") for number in range(2, 2 + links)]
    return sign_tree(key(1), HOME, map(record, range(2, 2 + nodes)), others, seq)


def read(tree: SignedTree) -> NodeList:
    """What a reader makes of it."""
    nodes = NodeList(tree.link, os.urandom)
    while (name := nodes.next_name()) is not None:
        if name in tree.records:
            nodes.answered(name, [tree.records[name].encode()])
        else:
            nodes.unanswered(name)
    return nodes


@pytest.mark.requirement("WK-60")
@pytest.mark.parametrize(("nodes", "links"), [(0, 0), (1, 0), (0, 1), (2, 3), (13, 0), (14, 14), (170, 0)])
def test_what_was_signed_is_read(nodes: int, links: int) -> None:
    tree = signed(nodes, links, seq=5)
    assert set(read(tree).nodes) == set(map(record, range(2, 2 + nodes)))
    assert Root.decode(tree.root, key(1).public_key).seq == tree.seq == 5
    check = TreeCheck(tree.link)
    while (name := check.next_name()) is not None:
        check.answered(name, [tree.records[name].encode()])
    check.unreachable(tree.records)
    assert (check.report.problems, check.report.remarks) == ([], [])
    assert (len(check.report.nodes), len(check.report.links)) == (nodes, links)


def test_no_branch_has_more_names_than_fit() -> None:
    """170 nodes are 13 branches of 13 and one node that is left over, which needs no branch of its own; those 13 are a
    branch, and the first one has that and the node."""
    tree = signed(170)
    below = [text for text in tree.entries.values() if text.startswith("enrtree-branch:")]
    sizes = sorted(text.count(",") + 1 for text in below if text != "enrtree-branch:")
    assert sizes == [2, *[MAX_CHILDREN] * 14]
    assert all(len(text) <= MAX_TEXT for text in tree.records.values())


def test_the_same_list_in_any_order_and_with_repetitions() -> None:
    records = [record(number) for number in range(2, 20)]
    older = [NodeRecord.sign(key(number), 0, {}) for number in range(2, 5)]
    assert sign_tree(key(1), HOME, [*records, *older, *reversed(records)], [], 1) == sign_tree(
        key(1), HOME, [*older, *reversed(records)], [], 1
    )
    assert signed(18).entries == sign_tree(key(1), HOME, records, [], 2).entries  # only the root has the version


def test_domains_are_written_in_lower_case() -> None:
    assert sign_tree(key(1), "Nodes.Example.ORG.", [], [], 1).link == link(key(1), HOME)


@pytest.mark.parametrize("domain", ["", "no domain", "a..b", "-a.org", "a" * 64 + ".org", "a@b.org", "a/b", "ä.org"])
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(LocalError, match="is not a domain for a node list"):
        sign_tree(key(1), domain, [], [], 1)


@pytest.mark.parametrize("seq", [-1, MAX_SEQUENCE + 1])
def test_what_is_no_version(seq: int) -> None:
    with pytest.raises(LocalError, match="64 bits"):
        sign_tree(key(1), HOME, [], [], seq)
    assert sign_tree(key(1), HOME, [], [], MAX_SEQUENCE).root


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ([link(key(1), HOME)], "a link to itself"),
        ([link(key(2), HOME)], "a link to itself"),
        ([link(key(2), "b.org"), link(key(3), "b.org")], "different keys"),
        ([link(key(n), f"{n}.org") for n in range(2, 102)], "readers look at 100"),
    ],
)
def test_links_that_nobody_would_follow(links: list[Link], why: str) -> None:
    with pytest.raises(LocalError, match=why):
        sign_tree(key(1), HOME, [], links, 1)


def test_more_nodes_than_readers_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.discovery.dns.signing.TreeLimits", lambda: TreeLimits(entries=20))
    assert signed(13).nodes
    with pytest.raises(LocalError, match="readers look at 20"):
        signed(20)


def test_the_lines_of_a_zone_file() -> None:
    """Another reader of zone files finds the same texts, in strings that DNS allows."""
    large = NodeRecord.sign(key(9), 1, {b"x": bytes(150)})
    tree = sign_tree(key(1), HOME, [record(2), large], [link(key(3), "more.example.org")], 7)
    lines = zone_lines(tree)
    zone = dns.zone.from_text("\n".join(lines), origin=dns.name.root, relativize=False, check_origin=False)
    found = {name.to_text(omit_final_dot=True): data for name, _, data in zone.iterate_rdatas(dns.rdatatype.TXT)}
    strings = {name: data.strings for name, data in found.items()}  # type: ignore[attr-defined]
    assert {name: b"".join(parts).decode() for name, parts in strings.items()} == tree.records
    assert max(len(part) for parts in strings.values() for part in parts) == MAX_STRING
    assert lines[0].startswith(";")
    assert lines[1].startswith(f"{HOME}. 1800 IN TXT ")
