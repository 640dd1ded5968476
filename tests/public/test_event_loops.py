"""Every coroutine of a client, a node and a receipt, awaited in another event loop than theirs: a sentence, and nothing
else; never the error of asyncio, and never a wait without end."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pystatus import Client, LocalError, Node, NodeConfig, Profiles
from tests.public.surface import Call, calls
from tests.public.world import PASSWORD, World, world

PATIENCE = 60.0
"""Seconds until a call that hangs is given up."""
SENTENCE = r"started in another event loop|lives in another thread|was started already"


def coroutines(owner: str) -> Iterator[Call]:
    """Its public coroutines, those included that begin and end its life."""
    for call in calls():
        if call.owner == owner and call.is_of_instance and call.name:
            yield call


async def refused_everywhere(here: World, one: Any) -> int:
    """Each coroutine of ``one`` is refused here. How many there are."""
    count = 0
    for call in coroutines(type(one).__name__):
        method = getattr(one, call.name)
        if not inspect.iscoroutinefunction(method):
            continue
        count += 1
        with pytest.raises(LocalError, match=SENTENCE):
            async with asyncio.timeout(PATIENCE):
                await method(**here.good_arguments(call))
    return count


def test_no_coroutine_is_awaited_in_another_event_loop(tmp_path: Path) -> None:
    with asyncio.Runner() as theirs, asyncio.Runner() as other:
        around = world(tmp_path)
        here = theirs.run(around.__aenter__())
        assert other.run(refused_everywhere(here, here.client)) > 10
        assert other.run(refused_everywhere(here, here.relay)) > 3

        async def in_a_thread() -> None:
            for one in (here.client, here.relay):
                await asyncio.to_thread(asyncio.run, refused_everywhere(here, one))

        theirs.run(in_a_thread())
        theirs.run(here.client.join("alive"))
        theirs.run(around.__aexit__(None, None, None))
        other.run(here.client.close())  # it is closed: closing it again changes nothing
        other.run(here.client.run_forever())
        other.run(here.relay.close())


def test_what_was_never_started_is_closed_anywhere(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("bob", PASSWORD)
    client = Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state")
    asyncio.run(client.close())
    asyncio.run(client.close())

    async def new() -> Node:
        return Node(NodeConfig())

    node = asyncio.run(new())
    asyncio.run(node.close())


def test_a_start_that_failed_binds_to_no_event_loop(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("bob", PASSWORD)
    client = Client.open("bob", "another password", data_dir=tmp_path, state_dir=tmp_path / "state")
    for _ in range(2):
        with pytest.raises(LocalError, match="password"):
            asyncio.run(client.start())
    asyncio.run(client.close())


async def test_events_are_not_awaited_before_the_start(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("bob", PASSWORD)
    client = Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state")
    with pytest.raises(LocalError, match="not open yet"):
        async with asyncio.timeout(PATIENCE):
            async for _ in client.events():
                pass
    events = client.events()  # from before the start, read after it
    await client.start()
    await client.join("news")
    async with asyncio.timeout(PATIENCE):
        assert type(await anext(aiter(events))).__name__ == "ChatOpened"
    await client.close()
    assert [type(event).__name__ async for event in client.events()] == []


def test_events_are_not_awaited_in_another_event_loop(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("bob", PASSWORD)
    client = Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state")

    async def read() -> None:
        async with asyncio.timeout(PATIENCE):
            await anext(aiter(client.events()))

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(client.start())
        with pytest.raises(LocalError, match="started in another event loop"):
            second.run(read())
        first.run(client.close())


@pytest.mark.parametrize("days", [-1.0, 31.0, 1e9])
def test_days_of_history_are_checked_without_a_mailserver(days: float) -> None:
    with pytest.raises(LocalError, match="history of 0 to 30 days"):
        Client.open("bob", PASSWORD, history_days=days)
