"""A node that is closed, or cannot go on, while it starts leaves nothing behind: no socket, no task."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.node.config import NodeConfig
from tests.net.support import key

BOOTNODE = f"enode://{key(1).public_key.xy.hex()}@127.0.0.1:9"
DESCRIPTORS = Path("/proc/self/fd")
TURNS = 12
"""Turns of the event loop, in more than which a node starts, unless something outside takes longer."""


def found_node(port: int = 0) -> Node:
    """One that accepts peers, and lets others find it."""
    return Node(NodeConfig(listen=f"127.0.0.1:{port}", bootnodes=(BOOTNODE,), register=True))


def sockets() -> int:
    count = 0
    for descriptor in list(DESCRIPTORS.iterdir()):
        with suppress(FileNotFoundError):  # that of the listing itself
            count += str(descriptor.readlink()).startswith("socket:")
    return count


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="sockets are counted where Linux lists them")
@pytest.mark.parametrize("how", ["closed", "cancelled"])
async def test_a_node_whose_start_ends_at_any_turn_leaves_nothing_open(how: str) -> None:
    before, tasks = sockets(), len(asyncio.all_tasks())
    for count in range(TURNS):
        node = found_node()
        starting = asyncio.create_task(node.start())
        await turns(count)
        was_started = starting.done()
        if how == "cancelled":
            starting.cancel()
        else:
            await node.close()
        result = await asyncio.gather(starting, return_exceptions=True)
        await node.close()
        await turns(3)  # transports and tasks end
        assert (sockets(), len(asyncio.all_tasks())) == (before, tasks), f"after {count} turns"
        if was_started:
            assert result[0] is None
        else:
            assert isinstance(result[0], asyncio.CancelledError if how == "cancelled" else LocalError)


async def test_who_closes_a_node_while_it_starts_is_told_so_by_the_start() -> None:
    node = found_node()
    starting = asyncio.create_task(node.start())
    await turns(1)
    await node.close()
    with pytest.raises(LocalError, match=r"^The node was closed while it started\.$"):
        await starting


async def test_a_node_that_could_not_start_can_be_closed_or_started_again() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        with socket.create_server(("127.0.0.1", 0)) as free:  # a port that nobody has over TCP
            port = free.getsockname()[1]
        other.bind(("127.0.0.1", port))
        node = found_node(port)
        for _ in range(2):
            with pytest.raises(LocalError, match=f"^UDP port {port} is already in use"):
                await node.start()
        closed = found_node(port)
        with pytest.raises(LocalError, match=f"^UDP port {port} is already in use"):
            await closed.start()
        await closed.close()
    async with node, Node(NodeConfig(peers=(str(node.enode),))) as peer:
        async with asyncio.timeout(20):
            await peer.wait_for_peer()


async def test_a_node_that_was_closed_still_says_who_it_is() -> None:
    node = found_node()
    async with node:
        assert node.enode.is_complete
    assert not node.enode.is_complete
    assert "closed" in repr(node)
