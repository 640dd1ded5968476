"""Whom a node lets in, and how many."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import ConnectionClosed
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.messages import DisconnectReason
from pystatus.discovery.addresses import parse_address
from pystatus.errors import LocalError
from pystatus.net.rlpx_protocol import RlpxProtocol
from tests.net.support import PATIENCE, TOY, RawClient, TestNode, configured, key


class Clinging(RawClient):
    """Does not hang up when the other side has."""

    def eof_received(self) -> bool:
        return True


class TestLimits:
    async def test_too_many_peers(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1, configured(max_peers=2)) as a:
            clients = [await RawClient.dial(a.enode, number) for number in (2, 3)]
            for client in clients:
                await client.connected()
            third = await RawClient.dial(a.enode, 4)
            assert (await third.closed()).reason == DisconnectReason.TOO_MANY_PEERS
            clients[0].connection.disconnect(DisconnectReason.CLIENT_QUITTING)
            clients[0].pump()
            await a.app.disconnected.get()
            fourth = await RawClient.dial(a.enode, 5)
            await fourth.connected()
            await clients[0].closed()
            for client in (clients[1], fourth):
                client.transport.abort()

    async def test_too_many_inbound_peers_leave_places_for_ours(self) -> None:
        async with (
            asyncio.timeout(PATIENCE),
            TestNode(1, configured(max_peers=2, max_inbound_peers=1)) as a,
            TestNode(2) as b,
        ):
            first = await RawClient.dial(a.enode, 3)
            await first.connected()
            second = await RawClient.dial(a.enode, 4)
            assert (await second.closed()).reason == DisconnectReason.TOO_MANY_PEERS
            a.add_static(b.enode)
            await a.wait_for_peer(b.enode.node_id)
            first.transport.abort()

    async def test_static_peers_are_not_counted(self) -> None:
        async with asyncio.timeout(PATIENCE), AsyncExitStack() as stack:
            a = await stack.enter_async_context(TestNode(1, configured(max_peers=1)))
            for number in (2, 3, 4):
                b = await stack.enter_async_context(TestNode(number))
                a.add_static(b.enode)
                await a.wait_for_peer(b.enode.node_id)
            client = await RawClient.dial(a.enode, 5)
            await client.connected()
            client.transport.abort()

    async def test_already_connected(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            first = await RawClient.dial(a.enode, 2)
            await first.connected()
            second = await RawClient.dial(a.enode, 2)
            assert (await second.closed()).reason == DisconnectReason.ALREADY_CONNECTED
            (peer,) = a.peers
            peer.send(TOY, 0, b"the old one stays")
            assert type(await first._events.get()).__name__ == "PacketReceived"
            first.transport.abort()

    async def test_ourselves(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            client = await RawClient.dial(a.enode, 1)
            assert (await client.closed()).reason == DisconnectReason.SELF
            with pytest.raises(LocalError, match="our own"):
                a.add_static(a.enode)

    async def test_connections_that_are_ending_are_capped(self) -> None:
        limits = configured(max_peers=1, max_ending=2, max_dials=0, disconnect_timeout=60.0)
        async with asyncio.timeout(PATIENCE), TestNode(1, limits) as a:
            first = await RawClient.dial(a.enode, 2)
            await first.connected()
            refused = [await Clinging.dial(a.enode, number) for number in (3, 4)]
            for client in refused:
                assert isinstance(await client._events.get(), ConnectionClosed)
            assert len(a._links) == 3
            hung_up_on = await RawClient.dial(a.enode, 5)
            await hung_up_on.lost
            assert len(a._links) == 3
            for client in (first, *refused):
                client.transport.abort()
            await a.app.disconnected.get()

    async def test_half_open_handshakes_are_capped(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1, configured(max_half_open_local=3)) as a:
            silent = [await RawClient.silent(a.enode) for _ in range(3)]
            refused = await RawClient.silent(a.enode)
            await refused.lost
            silent[0].transport.abort()
            while a._admission.half_open == 3:
                await a.lost.get()
            client = await RawClient.dial(a.enode, 2)
            await client.connected()
            for connection in (*silent[1:], client):
                connection.transport.abort()

    async def test_slow_handshakes_are_cut_off(self) -> None:
        limits = ConnectionLimits(handshake_timeout=0.05)
        async with asyncio.timeout(PATIENCE), TestNode(1, configured(limits)) as a:
            client = await RawClient.silent(a.enode)
            client.transport.write(b"\x01")
            await client.lost
            assert a._admission.half_open == 0

    async def test_no_capability_in_common(self) -> None:
        other = (Subprotocol(Capability("other", 1), 1),)
        async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2, subprotocols=other) as b:
            a.add_static(b.enode)
            failure = await a.dialled.get()
            assert failure in (
                "it is a node of another network: it speaks other/1, and not toy/1",
                "the peer disconnected: useless peer",
            )


async def test_places_for_peers_of_our_choice_do_not_depend_on_who_dialled_us() -> None:
    network = TestNode(1, configured(max_inbound_peers=0))
    loop = asyncio.get_running_loop()
    assert network._admission.is_full(RlpxProtocol(network, loop))
    assert not network._admission.is_full(RlpxProtocol(network, loop, Enode(key(2).public_key, "127.0.0.1", 1, 1)))


async def test_inbound_peers_of_one_subnet() -> None:
    network = TestNode(1)
    peers = [parse_address(address) for address in ("8.8.8.1", "8.8.9.1", "2a01::1")]
    assert not network._admission._is_subnet_full(parse_address("8.8.8.2"), peers)
    peers.append(parse_address("8.8.8.3"))
    assert network._admission._is_subnet_full(parse_address("8.8.8.2"), peers)
    assert not network._admission._is_subnet_full(parse_address("127.0.0.1"), [parse_address("127.0.0.1")] * 20)
