"""The check of a whole list finds each fault once, and ends."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pystatus.discovery.dns.checking import MAX_PROBLEMS, TreeCheck, TreeReport
from pystatus.discovery.dns.entries import Link, entry_name
from pystatus.discovery.dns.tree import TreeLimits
from pystatus.errors import LocalError
from tests.support.dns_zone import Zone, add, key, link, publish, record, signed_root, tree

HOME = "nodes.example.org"
OWNER = key(1)


def checked(zone: Zone, limits: TreeLimits | None = None, *, owner: int = 1, whole: Iterable[str] = ()) -> TreeReport:
    check = TreeCheck(link(key(owner), HOME), limits)
    while (name := check.next_name()) is not None:
        if name in zone:
            check.answered(name, [text.encode() for text in zone[name]])
        else:
            check.missing(name, "there is no answer")
    check.unreachable(whole)
    return check.report


def test_a_good_list() -> None:
    report = checked(publish(OWNER, HOME, [record(number) for number in range(2, 30)], [link(key(2), "b.org")], seq=8))
    assert (report.problems, report.remarks, report.problem_count) == ([], [], 0)
    assert (report.seq, len(report.nodes), report.links, report.depth) == (8, 28, [link(key(2), "b.org")], 2)
    assert report.branches == 4
    assert 200 < report.largest < 300


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([], "there is no root"),
        (["v=spf1 -all"], "there is no root"),
        ([signed_root(key(2), entry_name("a"), entry_name("a"), 1)], "not signed by its key"),
        (["enrtree-root:v1 x"], "is not enrtree-root:v1 e= l= seq= sig="),
    ],
)
def test_a_root_that_is_none(texts: list[str], why: str) -> None:
    report = checked({HOME: texts})
    assert (report.seq, report.problem_count) == (None, 1)
    assert why in report.problems[0]


def test_nothing_at_the_domain() -> None:
    assert checked({}).problems == [f"{HOME}: there is no answer"]


def test_two_roots_and_too_many_texts() -> None:
    zone = publish(OWNER, HOME, [record(2)], seq=2)
    zone[HOME] += publish(OWNER, HOME, [record(3)], seq=1)[HOME]
    report = checked(zone)
    assert (report.seq, len(report.nodes)) == (2, 1)
    assert report.problems == [f"{HOME}: 2 roots; some readers take the wrong one"]
    zone[HOME] = [*zone[HOME][:2], *["x"] * 20]
    assert checked(zone).problems == [f"{HOME}: 22 TXT records; readers look at 16"]


def test_what_is_missing_altered_or_in_the_wrong_place() -> None:
    nodes = [str(record(number)) for number in range(2, 6)] + [str(link(key(2), "b.org")), "enrtree=draft", "enr:x"]
    zone = publish(OWNER, HOME, nodes, [str(record(9))])
    gone, altered = (f"{entry_name(str(record(number)))}.{HOME}" for number in (2, 3))
    del zone[gone]
    zone[altered] = [str(record(4))]
    problems = sorted(problem.partition(": ")[2] for problem in checked(zone).problems)
    assert problems == [
        "a link to another list stands among the nodes",
        "a node stands among the links to other lists",
        "base64 text has an impossible length",
        "it is neither a branch, a node nor a link",
        "no TXT record has the hash that is its name",
        "there is no answer",
    ]


def test_an_entry_that_is_not_what_its_name_says_and_is_nothing_else() -> None:
    zone = publish(OWNER, HOME, [record(2)])
    name = f"{entry_name(str(record(2)))}.{HOME}"
    for texts in ([], ["x"], ["enr:broken"], ["enrtree-branch:,"]):
        assert checked({**zone, name: texts}).problems == [f"{name}: no TXT record has the hash that is its name"]


def test_links_that_lead_back() -> None:
    links = [link(OWNER, HOME), link(key(5), HOME), link(key(2), "b.org"), link(key(3), "b.org"), link(key(4), "c.org")]
    report = checked(publish(OWNER, HOME, [], links))
    assert len(report.links) == 2
    assert sorted(problem.partition(": ")[2] for problem in report.problems) == [
        "two keys are given for b.org",
        f"two keys are given for {HOME}",
    ]
    assert "leads back" in report.remarks[0]


def test_what_readers_take_and_could_be_better() -> None:
    zone: Zone = {}
    silent = str(record(7, address=b"123"))
    twin = str(record(2, seq=9))
    names = [add(zone, HOME, text) for text in (str(record(2)), twin, silent)]
    names += [add(zone, HOME, str(record(number))) for number in range(10, 22)]
    below = add(zone, HOME, f"enrtree-branch:{names[0]}")
    top = add(zone, HOME, "enrtree-branch:" + ",".join([below, *names, names[1]]))
    zone[HOME] = [signed_root(OWNER, top, tree(zone, HOME, []), 1)]
    report = checked(zone)
    assert [problem.partition(": ")[2] for problem in report.problems] == []
    assert sorted(remark.partition(": ")[2].partition(",")[0] for remark in report.remarks) == [
        "17 names in a branch; 13 fit into a small answer",
        "a node that stands there twice",
        "is named by two branches",
        "the branch has a name twice",
        "the node does not say where to connect to",
    ]


def test_a_text_that_readers_refuse() -> None:
    for size in (513, 100_000):
        zone = publish(OWNER, HOME, ["x" * size])
        assert any(f"{size} characters; readers take 512" in problem for problem in checked(zone).problems)


def test_circles() -> None:
    """A branch can lead back only if it is not what its name says."""
    zone: Zone = {}
    first, second = entry_name("enrtree-branch:first"), entry_name("enrtree-branch:second")
    zone[f"{first}.{HOME}"] = [f"enrtree-branch:{second}"]
    zone[f"{second}.{HOME}"] = [f"enrtree-branch:{first},{second}"]
    zone[HOME] = [signed_root(OWNER, first, add(zone, HOME, "enrtree-branch:"), 1)]
    problems = checked(zone).problems
    assert f"{first}.{HOME}: the branch leads back to itself" in problems
    assert f"{second}.{HOME}: the branch leads back to itself" in problems


def test_entries_that_nothing_leads_to() -> None:
    zone = publish(OWNER, HOME, [record(2)])
    forgotten = f"{entry_name('forgotten')}.{HOME}"
    others = [forgotten.lower(), f"_dmarc.{HOME}", f"www.{HOME}", "example.org", f"{entry_name('x')}.example.org"]
    report = checked(zone, whole=[*(name.lower() for name in zone), *others])
    assert report.problems == [f"{forgotten.lower()}: nothing leads to this entry"]


def test_depth_and_size_are_those_of_readers() -> None:
    zone: Zone = {}
    name = add(zone, HOME, str(record(2)))
    for _ in range(TreeLimits().depth + 1):
        name = add(zone, HOME, f"enrtree-branch:{name}")
    zone[HOME] = [signed_root(OWNER, name, add(zone, HOME, "enrtree-branch:"), 1)]
    (problem,) = checked(zone).problems
    assert "33 branches deep; readers follow 32" in problem
    large = publish(OWNER, HOME, [record(number) for number in range(2, 60)])
    report = checked(large, TreeLimits(entries=30))
    assert report.problems == [f"{HOME}: it has more entries than readers look at, and the check ends there"]
    assert len(report.nodes) + report.branches <= 31


def test_a_list_that_is_wrong_everywhere() -> None:
    report = checked(publish(OWNER, HOME, [f"enr:{number}" for number in range(2 * MAX_PROBLEMS)]))
    assert (len(report.problems), report.problem_count) == (MAX_PROBLEMS, 2 * MAX_PROBLEMS)
    silent = publish(OWNER, HOME, [record(number, address=b"x") for number in range(2, 2 * MAX_PROBLEMS)])
    assert len(checked(silent).remarks) == MAX_PROBLEMS


def test_only_what_was_asked_can_be_answered() -> None:
    check = TreeCheck(Link(OWNER.public_key, HOME))
    with pytest.raises(LocalError, match="Nobody has asked"):
        check.answered(f"x.{HOME}", [])
    with pytest.raises(LocalError, match="Nobody has asked"):
        check.missing(f"x.{HOME}", "")
