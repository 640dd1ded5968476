"""A43: DNS tree: bad signature, sequence rollback, loops, 10^5 leaves.

Expected: refused or bounded.
"""

from __future__ import annotations

import pytest

from pystatus.discovery.dns.checking import MAX_PROBLEMS, TreeCheck
from pystatus.discovery.dns.entries import entry_name
from pystatus.discovery.dns.tree import NodeList, TreeLimits
from pystatus.errors import RemoteError
from pystatus.wire.base_text import to_base32
from tests.adversary.hostile import Memory
from tests.discovery.dns.test_tree import HOME, OWNER, read, reader, texts
from tests.support.dns_zone import Zone, add, key, link, publish, record, signed_root
from tests.support.effort import Effort

STRANGER = key(66)


def known() -> tuple[NodeList, Zone]:
    """A list that was read while all was well."""
    zone = publish(OWNER, HOME, [record(1), record(2)], seq=5)
    nodes = reader()
    assert read(nodes, zone)[1] == []
    return nodes, zone


def test_a_root_that_somebody_else_signed() -> None:
    nodes = reader()
    asked, wrong = read(nodes, publish(STRANGER, HOME, [record(3)]))
    assert asked == [HOME]  # nothing of it is looked at
    assert wrong == [f"{HOME}: root of a list is not signed by its key"]
    assert not nodes.is_known


def test_a_bad_root_does_not_cost_the_good_one() -> None:
    nodes, _ = known()
    nodes.refresh()
    _, wrong = read(nodes, publish(STRANGER, HOME, [record(3)], seq=6))
    assert len(wrong) == 1
    assert set(nodes.nodes) == {record(1), record(2)}


def test_an_older_version() -> None:
    nodes, zone = known()
    nodes.refresh()
    _, wrong = read(nodes, publish(OWNER, HOME, [record(3)], seq=4))
    assert wrong == [f"{HOME}: version 4 is older than 5, which was there"]
    assert set(nodes.nodes) == {record(1), record(2)}
    nodes.refresh()
    assert read(nodes, zone) == ([HOME], [])  # the right one is still welcome


def test_a_linked_list_is_not_rolled_back_while_its_link_is_withheld() -> None:
    """Whoever controls the DNS and no key can only keep things back."""
    home = publish(OWNER, HOME, [], [link(key(2), "more.example.org")])
    nodes = reader()
    read(nodes, home | publish(key(2), "more.example.org", [record(1)], seq=2))
    newer = publish(OWNER, HOME, [], [link(key(2), "more.example.org"), link(key(3), "third.example.org")], seq=2)
    nodes.refresh()
    read(nodes, {HOME: newer[HOME]})  # no entry of the new version comes through
    nodes.refresh()
    _, wrong = read(nodes, newer | publish(key(2), "more.example.org", [record(9)], seq=1))
    assert any("older" in one for one in wrong)
    assert set(nodes.nodes) == {record(1)}


def test_an_entry_that_is_not_what_its_name_says() -> None:
    nodes = reader()
    zone = publish(OWNER, HOME, [record(1), record(2)])
    forged = f"{entry_name(str(record(1)))}.{HOME}"
    zone[forged] = [str(record(3)), "x"]
    _, wrong = read(nodes, zone)
    assert wrong == [f"no TXT record of {forged} has the hash that is its name"]
    assert nodes.nodes == (record(2),)


def test_a_node_that_is_signed_by_nobody() -> None:
    good = str(record(1))
    bad = good[:10] + ("A" if good[10] != "A" else "B") + good[11:]
    nodes = reader()
    _, wrong = read(nodes, publish(OWNER, HOME, [bad, record(2)]))
    assert len(wrong) == 1
    assert nodes.nodes == (record(2),)
    nodes.refresh()
    assert read(nodes, publish(OWNER, HOME, [bad, record(2)]))[0] == [HOME]  # it cannot become better


def test_links_and_nodes_in_each_others_place() -> None:
    nodes = reader()
    _, wrong = read(nodes, publish(OWNER, HOME, [str(link(key(2), "more.example.org"))], [str(record(1))]))
    assert sorted(wrong) == [
        "a link to another list stands among the nodes",
        "a node stands among the links to other lists",
    ]
    assert (nodes.nodes, nodes.domains) == ((), (HOME,))


def test_lists_that_refer_to_each_other() -> None:
    zone = publish(OWNER, HOME, [record(1)], [link(key(2), "b.example.org"), link(OWNER, HOME)])
    zone |= publish(key(2), "b.example.org", [record(2)], [link(key(3), "c.example.org")])
    zone |= publish(key(3), "c.example.org", [record(3)], [link(OWNER, HOME), link(key(2), "b.example.org")])
    nodes = reader()
    asked, wrong = read(nodes, zone)
    assert wrong == []
    assert len(asked) == len(set(asked)) == len(zone)
    assert set(nodes.nodes) == {record(1), record(2), record(3)}


def test_a_branch_that_names_its_parents() -> None:
    """The names are hashes, so a true loop cannot be made; but an answer may claim one."""
    zone: Zone = {}
    root = entry_name("enrtree-branch:whatever")
    empty = add(zone, HOME, "enrtree-branch:")
    zone[f"{root}.{HOME}"] = [f"enrtree-branch:{root},{root}"]
    zone[HOME] = [signed_root(OWNER, root, empty, 1)]
    nodes = reader()
    asked, wrong = read(nodes, zone)
    assert (len(asked), len(wrong)) == (3, 1)


def test_a_domain_that_two_owners_are_said_to_have() -> None:
    zone = publish(OWNER, HOME, [record(1)], [link(STRANGER, HOME)])
    nodes = reader()
    _, wrong = read(nodes, zone)
    assert wrong == [f"{HOME}: root of a list is not signed by its key"]
    assert nodes.nodes == (record(1),)


def test_a_chain_of_lists() -> None:
    zone: Zone = {}
    for number in range(1, 50):
        here = HOME if number == 1 else f"{number}.example.org"
        zone |= publish(key(number), here, [record(number)], [link(key(number + 1), f"{number + 1}.example.org")])
    nodes = reader()
    _, wrong = read(nodes, zone)
    assert len(nodes.domains) == TreeLimits().link_depth + 1
    assert len(wrong) == 1


def test_ten_thousand_links() -> None:
    """They are not all followed, and the nodes are found all the same."""
    links = [link(key(number), f"{number}.example.org") for number in range(1, 1001)]
    zone = publish(OWNER, HOME, [record(1)], links)
    nodes = reader()
    asked, _ = read(nodes, zone)
    assert len(nodes.domains) == TreeLimits().lists
    assert len(asked) <= TreeLimits().link_entries + TreeLimits().lists + 3
    assert nodes.nodes == (record(1),)


def branches(leaves: int) -> tuple[dict[str, str], str]:
    """The branches above that many leaves, by their names, and the name of the first."""
    zone: dict[str, str] = {}
    names = [to_base32(number.to_bytes(16, "big")) for number in range(leaves)]
    while len(names) > 1:
        branch = ["enrtree-branch:" + ",".join(names[at : at + 18]) for at in range(0, len(names), 18)]
        names = [entry_name(text) for text in branch]
        zone |= dict(zip(names, branch, strict=True))
    return zone, names[0]


@pytest.mark.requirement("WK-60")
def test_a_hundred_thousand_leaves() -> None:
    zone, top = branches(100_000)
    root = signed_root(OWNER, top, entry_name("enrtree-branch:"), 1)
    nodes = reader()
    asked = 0
    with Effort() as effort:
        while (name := nodes.next_name()) is not None:
            asked += 1
            # A server need not store its leaves: these are not what their names say.
            answer = root if name == HOME else zone.get(name.partition(".")[0], "enr:")
            try:
                nodes.answered(name, texts(answer))
            except RemoteError:
                continue
        assert asked <= TreeLimits().entries + 2
    assert effort.seconds < 10


def test_memory_for_ten_thousand_nodes_is_bounded() -> None:
    """The node keeps what it has seen, of real records too: 2 KiB each, and not one above the limit."""
    limits = TreeLimits(entries=500)
    zone = publish(OWNER, HOME, [record(number) for number in range(1, 1001)])
    with Memory() as memory:
        nodes = reader(limits=limits)
        asked, _ = read(nodes, zone)
    assert len(asked) <= limits.entries + 2
    assert memory.held < limits.entries * 4096


def test_giant_answers() -> None:
    nodes = reader()
    assert nodes.next_name() == HOME
    root = signed_root(OWNER, entry_name("a"), entry_name("b"), 1)
    giant = b"enrtree-root:v1 " + b"e" * 65_000
    answer = [giant] * 100_000 + [root.encode()]
    with Effort() as effort, pytest.raises(RemoteError, match="there is no node list"):
        nodes.answered(HOME, answer)
    assert effort.seconds < 1


def test_older_versions_again_and_again() -> None:
    """Whoever controls the DNS has many old versions that are well signed. None is taken, and nothing is lost."""
    nodes, zone = known()
    older = [publish(OWNER, HOME, [record(number)], seq=number % 5) for number in range(3, 40)]
    for number in range(200):
        nodes.refresh()
        _, wrong = read(nodes, older[number % len(older)])
        assert len(wrong) == 1
        assert set(nodes.nodes) == {record(1), record(2)}
    nodes.refresh()
    assert read(nodes, zone) == ([HOME], [])


def test_a_ring_of_lists_under_many_keys() -> None:
    """Each list refers to the next and back to all before, under a wrong key, too."""
    zone: Zone = {}
    for number in range(1, 40):
        here = HOME if number == 1 else f"{number}.example.org"
        links = [link(key(number + 1), f"{number + 1}.example.org"), link(OWNER, HOME)]
        links += [link(STRANGER, f"{other}.example.org") for other in range(2, number)]
        zone |= publish(key(number), here, [record(number)], links)
    nodes = reader()
    asked, _ = read(nodes, zone)
    assert len(nodes.domains) <= TreeLimits().lists
    assert len(asked) < 100
    assert record(1) in nodes.nodes


def test_the_check_of_a_hostile_list_ends() -> None:
    """The person who looks at such a list waits no longer than readers do, and keeps no more of it."""
    zone, top = branches(100_000)
    root = signed_root(OWNER, top, entry_name("enrtree-branch:"), 1)
    check = TreeCheck(link(OWNER, HOME))
    asked = 0
    giant = [b"x" * 65_000] * 3
    with Effort() as effort:
        while (name := check.next_name()) is not None:
            asked += 1
            answer = root if name == HOME else zone.get(name.partition(".")[0], f"enrtree-branch:{top}")
            check.answered(name, [answer.encode(), *giant])
        assert asked <= TreeLimits().entries + TreeLimits().link_entries + 1
        assert len(check.report.problems) == MAX_PROBLEMS
    assert check.report.problem_count > MAX_PROBLEMS
    assert effort.seconds < 10


def test_lists_that_grow_and_shrink_one_after_another() -> None:
    """Each is large once, and then has entries that nobody asks for soon: what it was is remembered until then. All of
    them together leave about as much as one of them may have."""
    limits = TreeLimits(entries=150, lists=5, link_entries=5)
    owners = {f"{name}.example.org": key(2 + number) for number, name in enumerate("abcd")}
    zone = publish(OWNER, HOME, [], [link(owner, place) for place, owner in owners.items()])
    for place, owner in owners.items():
        zone |= publish(owner, place, [record(1)])
    nodes = NodeList(link(OWNER, HOME), bytes, limits)  # of lists with entries that are due, the first one comes first
    read(nodes, zone)
    for number, place in enumerate(reversed(nodes.domains[1:])):
        for seq, count in ((2, 80), (3, 10)):
            named = [record(1000 * seq + 100 * number + each) for each in range(count)]
            zone |= publish(owners[place], place, named, seq=seq)
            nodes.refresh()
            _read_some(nodes, zone, place, most=100 if seq == 2 else 1)
    earlier = sum(len(tree.earlier) for tree in nodes._trees.values())
    assert 80 <= earlier <= limits.entries + limits.lists * limits.link_entries


def _read_some(nodes: NodeList, zone: Zone, domain: str, most: int) -> None:
    """Read roots and links, and of the nodes those in ``domain`` alone until others come, ``most`` of them."""
    while (name := nodes.next_name()) is not None:
        assert nodes._asked is not None
        _, tree, place = nodes._asked
        if place is not None and not place.is_link:
            most -= 1
            if most < 0 or tree.link.domain != domain:
                return
        nodes.answered(name, texts(*zone[name]))
