"""Node lists of the reference: read, checked, signed."""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.checking import TreeCheck, TreeReport
from pystatus.discovery.dns.entries import Link, Root
from pystatus.discovery.dns.signing import sign_tree
from pystatus.discovery.dns.tree import NodeList
from pystatus.errors import RemoteError
from pystatus.wire.base_text import to_base64url
from tests.support.vectors import Case, case_id, cases, unhex

REFUSED = {
    11: "text behind the signature of a root: a rewrite may refuse (overlay.md §11)",
    17: "a text of 1,094 characters: too long for an answer of DNS, a rewrite may refuse",
}
"""What the reference takes, and we do not."""
REFERENCE_CHILDREN = 18
"""Names in a branch of the release that made the lists (overlay.md §11)."""
UNKNOWN = {41, 54}
"""Entries of a kind that nobody knows: a reader passes over them (overlay.md §5.2), the check reports them."""
WHOLE = [case for case in cases("dnsdisc", "tree") if "must_fail" not in case and case["id"] not in REFUSED]
BROKEN = [case for case in cases("dnsdisc", "tree") if "must_fail" in case]

OTHER_RECOVERY_BYTE = 10
"""A case whose signature was altered where nobody looks."""

Records = dict[str, list[str]]


def read(nodes: NodeList, records: Records) -> list[str]:
    """Read everything; what was wrong."""
    wrong = []
    while (name := nodes.next_name()) is not None:
        if name not in records:
            nodes.unanswered(name)
            wrong.append(f"there is no {name}")
            continue
        try:
            nodes.answered(name, [text.encode() for text in records[name]])
        except RemoteError as error:
            wrong.append(str(error))
    return wrong


def checked(case: Case) -> TreeReport:
    check = TreeCheck(Link.decode(case["url"]))
    while (name := check.next_name()) is not None:
        if name in case["records"]:
            check.answered(name, [text.encode() for text in case["records"][name]])
        else:
            check.missing(name, "there is no such name")
    check.unreachable(case["records"])
    return check.report


def links_in_order(case: Case) -> list[Link]:
    """The links as the reference was given them; the case has them in another order."""
    check = TreeCheck(Link.decode(case["url"]))
    while (name := check.next_name()) is not None:
        check.answered(name, [text.encode() for text in case["records"][name]])
    return list(reversed(check.report.links))  # the last branch is looked at first


def texts(nodes: NodeList) -> list[str]:
    return sorted(str(node) for node in nodes.nodes)


@pytest.mark.requirement("EI-21")
@pytest.mark.parametrize("case", WHOLE, ids=case_id)
def test_a_list_is_read(case: Case) -> None:
    nodes = NodeList(Link.decode(case["url"]), os.urandom)
    wrong = read(nodes, case["records"])  # the lists that it refers to are not in the case
    assert len(wrong) == len(case["links"])
    assert all(one.startswith("there is no") or one.endswith("is one list too many") for one in wrong)
    assert texts(nodes) == sorted(case["nodes"])
    assert set(nodes.domains) <= {case["domain"], *(Link.decode(link).domain for link in case["links"])}


@pytest.mark.parametrize("case", WHOLE, ids=case_id)
def test_a_good_list_passes_the_check(case: Case) -> None:
    report = checked(case)
    assert report.problems == []
    assert (report.seq, sorted(map(str, report.nodes))) == (case["seq"], sorted(case["nodes"]))
    assert sorted(map(str, report.links)) == sorted(case["links"])
    assert len(case["records"]) - 1 <= report.branches + len(report.nodes) + len(report.links)


@pytest.mark.parametrize("case", BROKEN, ids=case_id)
def test_a_broken_list_does_not_pass_the_check(case: Case) -> None:
    assert checked(case).problems


@pytest.mark.parametrize("case", BROKEN, ids=case_id)
def test_nothing_wrong_is_taken_from_a_broken_list(case: Case) -> None:
    nodes = NodeList(Link.decode(case["url"]), os.urandom)
    wrong = read(nodes, case["records"])
    assert wrong or case["id"] in UNKNOWN
    published = {text for found in case["records"].values() for text in found}
    for node in nodes.nodes:
        assert NodeRecord.parse(str(node)) == node
        assert str(node) in published


@pytest.mark.parametrize("number", REFUSED)
def test_what_the_reference_takes_and_we_do_not(number: int) -> None:
    (case,) = [case for case in cases("dnsdisc", "tree") if case["id"] == number]
    assert "must_fail" not in case
    nodes = NodeList(Link.decode(case["url"]), os.urandom)
    assert read(nodes, case["records"])
    assert nodes.nodes == ()
    assert checked(case).problems


@pytest.mark.parametrize("case", [case for case in WHOLE if "private_key" in case], ids=case_id)
def test_signing_gives_the_same_records(case: Case) -> None:
    key = PrivateKey(unhex(case["private_key"]))
    assert keccak256(case["signed_text"].encode()) == unhex(case["signed_hash"])
    nodes, links = map(NodeRecord.parse, reversed(case["nodes"])), links_in_order(case)
    tree = sign_tree(key, case["domain"], nodes, links, case["seq"], max_children=REFERENCE_CHILDREN)
    assert str(tree.link) == case["url"]
    expected = f"{case['signed_text']} sig={to_base64url(unhex(case['signature']))}"
    if case["id"] == OTHER_RECOVERY_BYTE:
        assert tree.root[:-2] == expected[:-2]
    else:
        assert tree.root == expected
        assert expected in case["records"][case["domain"]]
    published = {name: texts for name, texts in case["records"].items() if name != case["domain"]}
    assert {f"{name}.{case['domain']}": [text] for name, text in tree.entries.items()} == published


@pytest.mark.parametrize("case", cases("dnsdisc", "url"), ids=case_id)
def test_links(case: Case) -> None:
    if "must_fail" in case or case["id"] in (68, 69):  # no domain, and one with @ in it: no reader can ask for these
        with pytest.raises(RemoteError):
            Link.decode(case["url"])
        return
    link = Link.decode(case["url"])
    assert (link.public_key.compressed, link.domain) == (unhex(case["public_key_compressed"]), case["domain"])
    assert str(link) == case["url"]


@pytest.mark.parametrize("case", cases("dnsdisc", "linked_trees"), ids=case_id)
def test_lists_that_refer_to_lists(case: Case) -> None:
    """Several roots are several readers here."""
    found: set[str] = set()
    for url in case["urls"]:
        nodes = NodeList(Link.decode(url), os.urandom)
        read(nodes, case["records"])
        found |= set(texts(nodes))
    assert sorted(found) == sorted(set(case["nodes"]))


@pytest.mark.parametrize("case", cases("dnsdisc", "rollback"), ids=case_id)
def test_an_older_root_after_a_newer_one(case: Case) -> None:
    """The reference goes back to it; here the newer one stays (overlay.md §5.2)."""
    nodes = NodeList(Link.decode(case["url"]), os.urandom)
    assert read(nodes, case["first"]) == []
    assert texts(nodes) == sorted(case["first_nodes"])
    nodes.refresh()
    (problem,) = read(nodes, case["then"])
    assert "is older than" in problem
    assert texts(nodes) == sorted(case["first_nodes"])


def test_a_root_with_a_high_s() -> None:
    (case,) = [case for case in WHOLE if case["id"] == 0]
    key = PrivateKey(unhex(case["private_key"]))
    signature = unhex(case["signature"])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = signature[:32] + (order - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    twin = f"{case['signed_text']} sig={to_base64url(high + bytes([signature[64] ^ 1]))}"
    with pytest.raises(RemoteError, match="high s"):
        Root.decode(twin, key.public_key)
