"""How time servers are asked: names, addresses, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import Any

import pytest

from pystatus.net.time_servers import TimeServers
from pystatus.timekeeping.servers import parse_time_servers
from tests.support.time_servers import honest, time_servers


def asked(*names: str, **options: Any) -> TimeServers:
    return TimeServers(parse_time_servers(names), os.urandom, time.time, time.monotonic, **options)


async def test_all_are_asked_at_once() -> None:
    async with time_servers(honest, honest, honest) as servers:
        answers, problems = await asked(*servers.names).ask()
    assert [abs(answer.offset) < 1 for answer in answers] == [True] * 3
    assert all(0 <= answer.delay < 2 for answer in answers)
    assert problems == []


async def test_a_name_that_is_not_found() -> None:
    async def lookup(host: str, port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    answers, problems = await asked("time.example.org", lookup=lookup).ask()
    assert answers == []
    (problem,) = problems
    assert problem.startswith("time.example.org: ")
    assert "Name or service not known" in problem


async def test_a_name_that_is_not_found_in_time_is_looked_up_once() -> None:
    """A system without a network may take minutes for it, in a thread that nobody can end."""
    lookups: list[str] = []
    found: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    async def lookup(host: str, port: int) -> list[Any]:
        lookups.append(host)
        return await found

    async with time_servers(honest) as servers:
        port = int(servers.names[0].rpartition(":")[2])
        named = asked("time.example.org", lookup=lookup, timeout=0.05)
        for _ in range(3):
            assert (await named.ask())[1] == ["time.example.org is silent"]
        assert lookups == ["time.example.org"]
        found.set_result([(socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("127.0.0.1", port))])
        named._timeout = 30.0
        assert len((await named.ask())[0]) == 1
        named.close()


async def test_where_nobody_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    answers, problems = await asked(f"127.0.0.1:{port}").ask()
    assert answers == []
    assert len(problems) == 1


async def test_a_lookup_that_is_under_way_ends_with_the_servers() -> None:
    ended = asyncio.Event()

    async def lookup(host: str, port: int) -> list[Any]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError("nothing happens")

    servers = asked("time.example.org", lookup=lookup, timeout=0.01)
    await servers.ask()
    servers.close()
    await ended.wait()


async def test_over_ipv6() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind(("::1", 0))
        except OSError:
            pytest.skip("there is no IPv6 here")
    async with time_servers(honest, host="::1") as servers:
        answers, problems = await asked(*servers.names).ask()
    assert servers.names[0].startswith("[::1]:")
    assert (len(answers), problems) == (1, [])
