"""The dialler of one static peer."""

import asyncio
import logging

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.net.static import StaticPeer
from pystatus.peers.backoff import Backoff
from tests.net.support import PATIENCE, configured, key

ENODE = Enode(key(2).public_key, "127.0.0.1", 1, 1)

AT_ONCE = configured(backoff=Backoff(initial=0.0, maximum=0.0))


def no_chance(size: int) -> bytes:
    return bytes(size)


async def test_the_log_says_when_it_cannot_be_connected_and_when_it_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pystatus.net.static")
    static = StaticPeer(ENODE)
    outcomes = ["refused"] * 5 + [None]
    done = asyncio.Event()

    async def dial(enode: Enode) -> str | None:
        outcome = outcomes.pop(0)
        if outcome is None:
            static.connected()
            done.set()
        return outcome

    async with asyncio.timeout(PATIENCE):
        task = asyncio.create_task(static.keep_connected(dial, AT_ONCE, no_chance))
        await done.wait()
        task.cancel()
    assert caplog.messages == [f"{ENODE} cannot be connected: refused", f"{ENODE} is connected, after 0:00:00"]


async def test_a_peer_that_dials_us_during_the_pause_is_not_dialled() -> None:
    static = StaticPeer(ENODE)
    dialled: asyncio.Queue[Enode] = asyncio.Queue()

    async def dial(enode: Enode) -> str | None:
        dialled.put_nowait(enode)
        asyncio.get_running_loop().call_soon(static.connected)
        return "refused"

    async with asyncio.timeout(PATIENCE):
        task = asyncio.create_task(static.keep_connected(dial, AT_ONCE, no_chance))
        assert await dialled.get() == ENODE
        for _ in range(5):
            await asyncio.sleep(0)
        assert static.is_connected
        assert static.failure is None
        assert dialled.empty()
        static.disconnected("gone")
        assert static.failure == "gone"
        await dialled.get()
        task.cancel()
