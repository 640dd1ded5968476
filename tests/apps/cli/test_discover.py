"""What ``pystatus discover`` makes of what it hears."""

from __future__ import annotations

import json
from ipaddress import ip_address

import pytest

from pystatus.apps.cli.commands import discover
from pystatus.apps.cli.commands.discover import Search
from pystatus.apps.cli.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.events import LookupDone, NodeFound
from pystatus.discovery.discv5.node import DiscoveredNode, Endpoint
from pystatus.errors import LocalError


def node(number: int) -> DiscoveredNode:
    return DiscoveredNode(
        PrivateKey(bytes([number]) * 32).public_key, Endpoint(ip_address("192.0.2.7"), number, number)
    )


def found(number: int, registrar: int, topic: str = "whisper") -> NodeFound:
    return NodeFound(topic, node(number), node(registrar))


def searching(limit: int | None = None, *, as_json: bool = False) -> Search:
    return Search("whisper", limit, lambda: 1.5, Output(as_json=as_json))


async def test_each_node_is_printed_once_with_who_told_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    search = searching(as_json=True)
    for event in (found(1, 8), found(1, 9), found(2, 9), found(3, 9, "other"), LookupDone(1, ())):
        search.hear(event)
    assert search.news.is_set()
    search.print_news()
    search.print_news()
    assert not search.news.is_set()
    search.finish(7, None, 60.0)
    first, second, done = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "event": "node", "enode": str(node(1).enode), "registrar": str(node(8).enode), "seconds": 0.0
    }  # fmt: skip
    assert second["enode"] == str(node(2).enode)
    registrars = [str(node(number).enode) for number in (8, 9)]
    assert done == {"event": "done", "nodes": 2, "registrars": registrars, "known": 7}


async def test_a_person_is_told_how_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    search = searching()
    search.hear(found(1, 8))
    search.print_news()
    assert search.progress(4) == "Looking for whisper: 1 node told by 1 registrar; 4 are known …"
    search.finish(4, None, 60.0)
    said = capsys.readouterr()
    assert said.out == f"{node(1).enode}\n"
    assert said.err == "1 node of whisper, told by 1 registrar; 4 are known.\n"


async def test_it_ends_with_as_many_as_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    search = searching(2)
    for number in range(1, 6):
        search.hear(found(number, 9))
        assert not search.is_done
    search.print_news()
    assert search.is_done
    assert len(capsys.readouterr().out.splitlines()) == 2


async def test_what_is_remembered_is_bounded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "MAX_FOUND", 3)
    search = searching()
    for number in range(1, 9):
        search.hear(found(number, number + 20))
    search.print_news()
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert "3 nodes told by 3 registrars" in search.progress(0)


@pytest.mark.parametrize(
    ("known", "problem", "why"),
    [
        (3, None, "No node of whisper was found within 60 seconds: 3 nodes are known, and none tells of one."),
        (1, None, "No node of whisper was found within 60 seconds: 1 node is known, and none tells of one."),
        (0, None, "No bootnode answered within 60 seconds. Check their addresses, and that UDP is let through."),
        (0, "boot: no such name", "No bootnode answered within 60 seconds (boot: no such name). Check their "
         "addresses, and that UDP is let through."),
    ],
)  # fmt: skip
async def test_without_a_node_it_says_why(known: int, problem: str | None, why: str) -> None:
    with pytest.raises(LocalError) as told:
        searching().finish(known, problem, 60.0)
    assert str(told.value) == why
