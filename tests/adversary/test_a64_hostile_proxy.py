"""A64: a proxy that lies, meddles or floods. It can cut a node off, and do nothing else to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from pystatus.net.proxy import Proxy
from pystatus.net.route import Route
from tests.net.support import CONFIG, PATIENCE, TestNode
from tests.support.socks import SocksProxy

GRANTED = b"\x05\x00" + bytes((5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
FLOOD = 1 << 20


def through(proxy: SocksProxy, number: int = 2) -> TestNode:
    route = Route(Proxy("127.0.0.1", proxy.port))
    return TestNode(number, replace(CONFIG, listen_hosts=(), route=route))


async def test_it_leads_to_somebody_else_and_the_key_gives_it_away() -> None:
    async with TestNode(1) as meant, TestNode(3) as other, SocksProxy() as proxy, through(proxy) as node:
        async with asyncio.timeout(PATIENCE):
            failure = await node.dial(replace(meant.enode, port=other.enode.port))
        assert failure is not None
        assert "handshake" in failure
        assert proxy.asked == [("127.0.0.1", other.enode.port)]


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


async def test_it_alters_one_bit_and_nothing_is_believed() -> None:
    async with TestNode(1) as meant, SocksProxy(alter=flipped) as proxy, through(proxy) as node:
        async with asyncio.timeout(PATIENCE):
            assert await node.dial(meant.enode) is not None
        assert node.peers == ()


async def _flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(GRANTED + bytes(FLOOD))
    await reader.read(FLOOD)


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte, and then none."""
    writer.write(GRANTED[:1])
    await reader.read(FLOOD)
    await asyncio.Event().wait()


async def test_it_floods_in_place_of_the_other_end() -> None:
    """What it says is read like what anybody says: a handshake has so many bytes, and is refused."""
    async with TestNode(1) as meant, SocksProxy(instead=_flood) as proxy, through(proxy) as node:
        async with asyncio.timeout(PATIENCE):
            assert await node.dial(meant.enode) is not None
        assert node.peers == ()


async def test_it_is_given_up_in_time_and_others_do_not_wait_for_it() -> None:
    async with TestNode(1) as meant, SocksProxy(instead=_drip) as proxy:
        route = Route(Proxy("127.0.0.1", proxy.port))
        config = replace(CONFIG, listen_hosts=(), route=route, dial_timeout=0.05)
        async with TestNode(2, config) as node, asyncio.timeout(PATIENCE):
            failures = await asyncio.gather(*(node.dial(meant.enode) for _ in range(config.max_dials)))
    for failure in failures:  # on a slow machine not even the proxy is connected by then
        assert str(failure).startswith(f"the proxy at 127.0.0.1:{proxy.port} ")
        assert "within 0.05 seconds" in str(failure)


async def test_when_it_is_back_peers_are_connected_again() -> None:
    """A node goes on trying, as if the peers were away, and dials nobody in another way meanwhile."""
    async with TestNode(1) as meant, SocksProxy(refuses=1) as proxy, through(proxy) as node:
        static = node.add_static(meant.enode)
        async with asyncio.timeout(PATIENCE):
            while len(proxy.asked) < 2:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)
            assert node.peers == ()
            proxy.refuses = None
            await node.wait_for_peer(static.enode.node_id)
