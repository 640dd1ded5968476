"""Several lists are read in turns, at a bounded pace."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.net import dns_lists
from pystatus.net.dns_lists import MAX_LISTS, DnsLists, parse_lists
from pystatus.storage.cached_peers import PeerFile
from tests.support.dns_zone import ZoneResolver, key, link, publish, record

HOME = "nodes.example.org"


async def everything(lists: DnsLists) -> list[bytes]:
    found = []
    while (node := await lists.find()) is not None:
        found.append(node.node_id)
    return found


@pytest.mark.requirement("WK-60")
async def test_lists_take_turns() -> None:
    zone = publish(key(1), HOME, [record(n) for n in range(10, 20)]) | publish(key(2), "two.example.org", [record(5)])
    lists = DnsLists([link(key(1), HOME), link(key(2), "two.example.org")], ZoneResolver(zone), os.urandom)
    assert not lists.is_known
    first = [await lists.find(), await lists.find()]
    assert record(5) in first
    assert len(await everything(lists)) == 9
    assert (lists.is_known, lists.problem) == (True, None)


async def test_a_list_that_names_nothing_of_use_holds_up_no_other() -> None:
    zone = publish(key(1), HOME, [f"enr:{n}" for n in range(300)])
    zone |= publish(key(2), "two.example.org", [record(n) for n in (5, 6)])
    resolver = ZoneResolver(zone)
    lists = DnsLists([link(key(1), HOME), link(key(2), "two.example.org")], resolver, os.urandom)
    assert {await lists.find(), await lists.find()} == {record(5), record(6)}
    assert len(resolver.asked) <= 12  # root, branches and two nodes of the one, and as much of the other


async def test_one_list_that_is_not_there_does_not_hide_the_other() -> None:
    zone = publish(key(1), HOME, [record(7)])
    lists = DnsLists([link(key(2), "none.example.org"), link(key(1), HOME)], ZoneResolver(zone), os.urandom)
    assert await everything(lists) == [record(7).node_id]
    assert (lists.is_known, lists.problem) == (False, "there is no none.example.org")


async def test_the_log_says_when_a_list_is_gone_and_when_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    zone = publish(key(1), HOME, [record(7)])
    resolver = ZoneResolver({})
    lists = DnsLists([link(key(1), HOME)], resolver, os.urandom)
    for _ in range(5):
        assert await everything(lists) == []
        lists.refresh()
    resolver.zone = zone
    assert await everything(lists) == [record(7).node_id]
    assert caplog.messages == [
        f"names of the node list {HOME} cannot be resolved: there is no {HOME}",
        f"names of the node list {HOME} are resolved again, after 0:00:00",
    ]


async def test_what_is_wrong_is_said_and_the_rest_is_read() -> None:
    zone = publish(key(1), HOME, [record(7), "enr:x"])
    lists = DnsLists([link(key(1), HOME)], ZoneResolver(zone), os.urandom)
    assert await everything(lists) == [record(7).node_id]
    assert lists.problem is not None


async def test_a_refresh_looks_at_the_root_again() -> None:
    resolver = ZoneResolver(publish(key(1), HOME, [record(7)]))
    lists = DnsLists([link(key(1), HOME)], resolver, os.urandom)
    await everything(lists)
    resolver.zone = publish(key(1), HOME, [record(8)], seq=2)
    assert await lists.find() is None
    lists.refresh()
    assert await everything(lists) == [record(8).node_id]


async def test_a_version_from_before_the_restart_is_not_believed(tmp_path: Path) -> None:
    """Whoever answers for DNS could bring back a node list whose nodes are theirs by now (overlay.md §5.2)."""
    new, old = (publish(key(1), HOME, [record(7 + seq)], seq=seq) for seq in (2, 1))
    for zone, found, problem in (
        (new, [record(9).node_id], None),
        (old, [], f"{HOME}: version 1 is older than 2, which was there"),
        (new, [record(9).node_id], None),
    ):
        file = PeerFile(tmp_path / "peers.db", lambda: 1.0)
        lists = DnsLists([link(key(1), HOME)], ZoneResolver(zone), os.urandom, versions=file)
        assert await everything(lists) == found
        assert lists.problem == problem
        file.close()


async def test_questions_are_asked_at_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_lists, "BURST", 2)
    pauses = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    lists = DnsLists([link(key(1), HOME)], ZoneResolver(publish(key(1), HOME, [record(7), record(8)])), os.urandom)
    assert len(await everything(lists)) == 2
    # root, links and branch, two nodes: the first two at once, then three a second, counted from the last one
    assert [round(pause * 3) for pause in pauses] == [1, 2, 3]


def test_each_list_counts_once() -> None:
    one = str(link(key(1), HOME))
    assert parse_lists([one, one.replace("nodes", "NODES")]) == (link(key(1), HOME),)


def test_lists_that_do_not_go_together() -> None:
    with pytest.raises(LocalError, match="same domain and different keys"):
        parse_lists([str(link(key(1), HOME)), str(link(key(2), HOME))])
    with pytest.raises(LocalError, match="too many"):
        parse_lists([str(link(key(1), f"{number}.example.org")) for number in range(MAX_LISTS + 1)])
    with pytest.raises(LocalError, match="is not a node list"):
        parse_lists(["enode://x"])
