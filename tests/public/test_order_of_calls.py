"""Calls in whatever order: before the start, twice, after the end, from elsewhere. They fail alone, with a sentence."""

from __future__ import annotations

import asyncio
import inspect
import logging
from pathlib import Path
from typing import Any

import pytest

import pystatus
from pystatus import Client, LocalError, MessageState, Node, NodeConfig, Receipt
from pystatus.client.features.registry import client_features
from tests.public.surface import Call, calls, properties
from tests.public.world import PASSWORD, World, world

PATIENCE = 60.0
"""Seconds until a call that hangs is given up."""

LIFE = ("start", "close", "run_forever", "drain")
"""Methods that begin or end a life, or wait for its end: their order is what the tests are about."""


def methods(owner: str) -> list[Call]:
    return [call for call in calls() if call.owner == owner and call.is_of_instance and call.name not in LIFE]


async def touch_everything(here: World, one: Any, *, may_work: bool = True) -> None:
    """Call each public method and read each property: whatever is refused is refused by a sentence."""
    owner = type(one).__name__
    refusals = []
    for name in properties(type(one)):
        try:
            getattr(one, name)
        except LocalError as error:
            refusals.append(str(error))
    for call in methods(owner):
        try:
            async with asyncio.timeout(PATIENCE):
                result = getattr(one, call.name)(**here.good_arguments(call))
                if inspect.isawaitable(result):
                    await result
                    assert may_work, f"{call} waited for nothing"
        except LocalError as error:
            refusals.append(str(error))
        except TimeoutError:
            assert any(parameter.name == "timeout" for parameter in call.parameters), f"{call} hangs"
    assert all(refusal.strip() for refusal in refusals)
    assert repr(one)
    if isinstance(one, Client):
        for kind in client_features():
            await touch_everything(here, one.feature(kind), may_work=may_work)


async def test_a_client_survives_every_order(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with world(tmp_path) as here:
        here.node = here.client.node
        await touch_everything(here, here.client)
        await touch_everything(here, here.client)
        with pytest.raises(LocalError, match="started already"):
            await here.client.start()
        with pytest.raises(LocalError, match="started already"):
            await here.client.__aenter__()
        await here.client.join("news")
        await here.client.close()
        await here.client.close()
        await here.client.run_forever()
        await touch_everything(here, here.client, may_work=False)
        with pytest.raises(LocalError, match=r"closed\. Make another one"):
            await here.client.start()

        client = here.new_client()
        await touch_everything(here, client, may_work=False)
        with pytest.raises(LocalError, match="not open yet"):
            await client.run_forever()
        assert await client.start() is client
        await client.join("alive")
        await client.close()

        never_started = here.new_client()
        await never_started.close()
        await touch_everything(here, never_started, may_work=False)
        with pytest.raises(LocalError, match="closed"):
            await never_started.start()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_start_that_failed_can_be_repeated(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.client.close()
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = taken.sockets[0].getsockname()[1]
        client = Client.open(
            "alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state", listen=f"127.0.0.1:{port}"
        )
        with pytest.raises(LocalError, match="in use"):
            await client.start()
        await touch_everything(here, client, may_work=False)
        taken.close()
        await taken.wait_closed()
        async with client:
            await client.join("alive")


async def test_a_node_survives_every_order(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with world(tmp_path) as here:
        async with Node(NodeConfig(peers=(here.enode,))) as here.node:
            await here.node.wait_for_peer()
            await touch_everything(here, here.node)
            await touch_everything(here, here.node.processes)
            await touch_everything(here, here.node)
            with pytest.raises(LocalError, match="started already"):
                await here.node.start()
            here.node = here.relay
            kept = here.node
        one = Node()
        await touch_everything(here, one)
        with pytest.raises(LocalError, match="not open yet"):
            await one.run_forever()
        await one.start()
        await one.close()
        await one.close()
        await one.run_forever()
        await touch_everything(here, one)
        await touch_everything(here, one.processes)
        with pytest.raises(LocalError, match="closed"):
            await one.start()
        assert kept.peers
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_who_waits_when_the_end_comes_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        lonely = Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state")
        await lonely.start()
        await lonely.join("news")
        receipt = await lonely.send_text("news", "nobody hears me")
        waiting = [
            asyncio.create_task(one)
            for one in (receipt.sent(), receipt.archived(), lonely.wait_for_peer(), lonely.node.wait_for_peer())
        ]
        await asyncio.sleep(0)
        await lonely.close()
        async with asyncio.timeout(PATIENCE):
            results = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(result, LocalError) and "closed" in str(result) for result in results), results
        with pytest.raises(LocalError, match="It is stored, and goes out when the profile is opened again"):
            await receipt.sent()
        assert receipt.state is MessageState.SENDING
        assert [call.name for call in calls() if call.owner == Receipt.__name__ and call.name == "end"] == ["end"]
        assert here.client.chats()


def test_a_client_of_another_event_loop_says_so(tmp_path: Path) -> None:
    pystatus.Profiles(tmp_path).create_account("bob", PASSWORD)
    client = Client.open("bob", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state")
    with asyncio.Runner() as first:
        first.run(client.start())
        first.run(client.join("news"))
        with asyncio.Runner() as second, pytest.raises(LocalError, match="started in another event loop"):
            second.run(client.join("other"))

        async def from_a_thread() -> None:
            with pytest.raises(LocalError, match="lives in another thread"):
                await asyncio.to_thread(client.chats)

        first.run(from_a_thread())
        assert [chat.id for chat in client.chats()] == ["news"]
        first.run(client.close())
