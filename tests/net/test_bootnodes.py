"""Bootnodes with names: looked up at the start, again later, and told once when that fails."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.net.bootnodes import MAX_BOOTNODES, Bootnodes, parse_bootnodes, system_lookup
from pystatus.peers.backoff import Backoff
from tests.net.support import PATIENCE, key

SOON = Backoff(initial=0.001, maximum=0.001, jitter=0.0)


def enode(number: int, host: str) -> Enode:
    return Enode(key(number).public_key, host, 30301, 30301)


class Servers:
    """DNS, as the test has it."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        found = self.addresses.get(host)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found


@asynccontextmanager
async def looked_after(
    nodes: list[Enode], servers: Servers, versions: tuple[int, ...] = (4, 6)
) -> AsyncIterator[tuple[Bootnodes, list[list[str | None]]]]:
    delivered: list[list[str | None]] = []
    bootnodes = Bootnodes(
        nodes,
        lambda known: delivered.append([one.host for one in known]),
        lambda: 0.0,
        versions=frozenset(versions),
        lookup=servers,
        pauses=SOON,
    )
    bootnodes.start()
    try:
        yield bootnodes, delivered
    finally:
        await bootnodes.close()
        await bootnodes.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)


async def test_those_with_addresses_are_there_at_once_and_nobody_is_asked() -> None:
    servers = Servers()
    async with looked_after([enode(1, "192.0.2.1"), enode(2, "2001:db8::1")], servers) as (bootnodes, delivered):
        assert delivered == [["192.0.2.1", "2001:db8::1"]]
        assert bootnodes.problem is None
    assert servers.asked == []


async def test_without_any_there_is_an_empty_list_so_that_the_node_begins() -> None:
    async with looked_after([], Servers()) as (_, delivered):
        assert delivered == [[]]


async def test_names_follow_when_they_are_found_and_when_they_move() -> None:
    servers = Servers(boot=["192.0.2.7"])
    async with looked_after([enode(1, "boot"), enode(2, "192.0.2.1")], servers) as (_, delivered):
        await until(lambda: len(delivered) == 2)
        servers.addresses["boot"] = ["192.0.2.8"]
        await until(lambda: len(delivered) == 3)
    assert delivered == [["192.0.2.1"], ["192.0.2.7", "192.0.2.1"], ["192.0.2.8", "192.0.2.1"]]


async def test_a_name_that_is_not_found_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pystatus.net.bootnodes")
    servers = Servers()
    async with looked_after([enode(1, "boot")], servers) as (bootnodes, delivered):
        await until(lambda: len(servers.asked) >= 3)
        assert bootnodes.problem is not None
        assert bootnodes.problem.startswith("boot: ")
        servers.addresses["boot"] = ["192.0.2.7"]
        await until(lambda: delivered == [[], ["192.0.2.7"]])
        await until(lambda: len(caplog.records) == 2)
        assert bootnodes.problem is None
        del servers.addresses["boot"]
        asked = len(servers.asked)
        await until(lambda: len(servers.asked) >= asked + 3)
    assert delivered == [[], ["192.0.2.7"]], "what was found before is kept while no server answers"
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("names of bootnodes cannot be resolved: boot: ")
    assert second.startswith("names of bootnodes are resolved again, after ")


async def test_an_address_of_a_kind_that_cannot_be_sent_to_is_none() -> None:
    servers = Servers(boot=["2001:db8::1", "192.0.2.7"], six=["2001:db8::2"])
    async with looked_after([enode(1, "boot"), enode(2, "six")], servers, (4,)) as (bootnodes, delivered):
        await until(lambda: len(delivered) == 2)
        assert bootnodes.problem == "six has no address of a kind that this node can send to"
    assert delivered[1] == ["192.0.2.7"]


@pytest.mark.parametrize(("version", "host"), [(6, "192.0.2.1"), (4, "2001:db8::1")])
async def test_bootnodes_of_the_other_version_of_ip_are_none_and_it_is_said(
    caplog: pytest.LogCaptureFixture, version: int, host: str
) -> None:
    """A node that listens on [::] only sends nothing to 192.0.2.1, and would be found by nobody."""
    caplog.set_level(logging.INFO, "pystatus.net.bootnodes")
    async with looked_after([enode(1, host)], Servers(), (version,)) as (bootnodes, delivered):
        assert delivered == [[]]
        assert bootnodes.problem == (
            f"no bootnode has an IPv{version} address, and this node sends by IPv{version} only; "
            "let it listen on 0.0.0.0 and on ::"
        )
    (said,) = caplog.records
    assert (said.levelname, said.getMessage()) == ("WARNING", f"bootnodes cannot be reached: {bootnodes.problem}")


async def test_one_bootnode_of_the_other_version_is_said_more_quietly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pystatus.net.bootnodes")
    nodes = [enode(1, "192.0.2.1"), enode(2, "2001:db8::1"), enode(3, "2001:db8::2")]
    async with looked_after(nodes, Servers(), (6,)) as (bootnodes, delivered):
        assert delivered == [["2001:db8::1", "2001:db8::2"]]
        assert str(bootnodes.problem).startswith("1 of 3 are not at IPv6, and this node sends by IPv6 only")
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_server_that_never_answers_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.net.bootnodes.LOOKUP_TIMEOUT", 0.01)
    servers = Servers(boot=["192.0.2.7"])

    async def lookup(host: str) -> list[str]:
        if host == "silent":
            await asyncio.get_running_loop().create_future()
        return await servers(host)

    delivered: list[list[Enode]] = []
    bootnodes = Bootnodes([enode(1, "silent"), enode(2, "boot")], delivered.append, lambda: 0.0, lookup=lookup)
    bootnodes.start()
    await until(lambda: len(delivered) == 2)
    assert bootnodes.problem == "silent was not found within 0.01 seconds"
    await bootnodes.close()
    assert delivered[1] == [enode(2, "192.0.2.7")]


async def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in await system_lookup("127.0.0.1")
    with pytest.raises(OSError, match=r"."):
        await system_lookup("no-such-host.invalid")


def test_the_settings_may_name_nodes_without_a_tcp_port() -> None:
    url = f"enode://{key(1).public_key.xy.hex()}@boot.example.org:0?discport=30301"
    assert parse_bootnodes([url, url]) == (Enode(key(1).public_key, "boot.example.org", 0, 30301),)


def test_what_does_not_say_where_to_send_to_is_refused() -> None:
    node_id = f"enode://{key(1).public_key.xy.hex()}"
    for url in (node_id, f"{node_id}@127.0.0.1:30301?discport=0", f"{node_id}@127.0.0.1:0"):
        with pytest.raises(LocalError, match=r"does not say where to send to\. Add @host:port to the node id, "):
            parse_bootnodes([url])
    with pytest.raises(LocalError, match="65 bootnodes are too many: name 64 at most"):
        parse_bootnodes(f"{node_id}@127.0.0.1:{port}" for port in range(1, MAX_BOOTNODES + 2))
