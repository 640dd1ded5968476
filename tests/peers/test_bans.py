"""Whoever misbehaves stays out for ten minutes, and nobody else does."""

from __future__ import annotations

import pytest

from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.errors import LocalError
from pystatus.peers import bans as bans_module
from pystatus.peers.bans import BAN_SECONDS, Bans
from pystatus.peers.whitelist import Whitelist
from tests.net.support import RawClient, TestNode, configured, key

ONE, OTHER = b"\x01" * 64, b"\x02" * 64
HOST = parse_address("8.8.8.8")
LOCAL = parse_address("192.168.1.7")


def banned(*hosts: IPAddress) -> Bans:
    """Nodes 0, 1, 2 … of these addresses, one a second."""
    bans = Bans()
    for number, host in enumerate(hosts):
        bans.add(bytes([number]) * 64, host, "junk", float(number))
    return bans


def test_a_ban_is_for_the_node_and_ends() -> None:
    bans = Bans()
    bans.add(ONE, HOST, "junk", 100.0)
    assert bans.holds_node(ONE, 100.0 + BAN_SECONDS - 1)
    assert not bans.holds_node(ONE, 100.0 + BAN_SECONDS)
    assert not bans.holds_node(OTHER, 101.0)
    (ban,) = bans
    assert (ban.node_id, ban.address, ban.until, ban.reason) == (ONE, HOST, 100.0 + BAN_SECONDS, "junk")
    bans.forget(100.0 + BAN_SECONDS)
    assert len(bans) == 0


def test_neighbours_behind_one_address_come_in_until_the_third_of_them_is_banned() -> None:
    """Node ids cost nothing, so whoever goes on with others shuts the address (A51)."""
    bans = banned(HOST, HOST)
    assert not bans.holds_address(HOST, 3.0)
    bans.add(b"\x07" * 64, HOST, "junk", 3.0)
    assert bans.holds_address(HOST, 4.0)
    assert not bans.holds_address(parse_address("8.8.8.9"), 4.0)
    assert bans.holds_address(HOST, BAN_SECONDS - 1)
    assert not bans.holds_address(HOST, BAN_SECONDS)  # the first is over, and two are left


def test_one_node_that_is_banned_again_and_again_is_one() -> None:
    bans = Bans()
    for second in range(5):
        bans.add(ONE, HOST, "junk", float(second))
    assert not bans.holds_address(HOST, 5.0)
    assert len(bans) == 1


def test_an_ipv6_address_is_its_64() -> None:
    bans = banned(*(parse_address(f"2a01::{number}") for number in (1, 2, 3)))
    assert bans.holds_address(parse_address("2a01::4"), 4.0)
    assert not bans.holds_address(parse_address("2a01:0:0:1::1"), 4.0)


def test_local_addresses_are_not_banned() -> None:
    bans = banned(LOCAL, LOCAL, LOCAL)
    assert all(bans.holds_node(bytes([number]) * 64, 4.0) for number in range(3))
    assert not bans.holds_address(LOCAL, 4.0)
    assert bans.lift(bytes(64))
    bans.forget(BAN_SECONDS + 3)
    assert len(bans) == 0


def test_a_ban_is_lifted_and_with_it_that_of_the_address() -> None:
    bans = banned(HOST, HOST, HOST)
    assert bans.lift(bytes(64))
    assert not bans.lift(bytes(64))
    assert not bans.holds_node(bytes(64), 4.0)
    assert bans.holds_node(ONE, 4.0)
    assert not bans.holds_address(HOST, 4.0)


def test_bans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bans_module, "MAX_BANS", 3)
    bans = Bans()
    for number in range(10):
        bans.add(bytes([number]) * 64, HOST, "junk", float(number))
    assert [ban.node_id[0] for ban in bans] == [7, 8, 9]
    bans.add(OTHER, LOCAL, "junk", 10.0)
    assert not bans.holds_address(HOST, 10.0)


def test_nothing_is_left_of_bans_that_are_over() -> None:
    bans = Bans()
    bans.add(ONE, HOST, "junk", 0.0)
    bans.add(ONE, parse_address("8.8.4.4"), "junk", 1.0)
    bans.forget(BAN_SECONDS + 1)
    assert (bans._by_node, bans._by_host) == ({}, {})


async def test_a_banned_node_is_refused_until_the_ban_is_lifted() -> None:
    async with TestNode(1) as node, TestNode(2) as peer:
        peer.add_static(node.enode)
        banned = await node.app.connected.get()
        node.ban(banned, "junk")
        banned.disconnect()
        await node.app.disconnected.get()
        client = await RawClient.dial(node.enode, 2)
        assert "useless" in (await client.closed()).error
        (ban,) = node.bans
        assert ban.node_id == banned.id
        assert ban.address is None  # many nodes may live on this machine
        assert node.lift_ban(banned.id)
        assert not node.bans
        assert (await node.wait_for_peer(banned.id)).id == banned.id


async def test_nobody_comes_from_an_address_of_which_three_are_banned(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("peers.bans", "peers.inbound_limiter", "net.admission"):
        monkeypatch.setattr(f"pystatus.{module}.is_local", lambda address: False)
    async with TestNode(1, configured(inbound_throttle=0.0, max_inbound_per_subnet=4)) as node:
        clients = []
        for number in (2, 3, 4):
            clients.append(await RawClient.dial(node.enode, number))
            await clients[-1].connected()  # two are banned, and a neighbour still comes in
            node.ban(await node.app.connected.get(), "junk")
        other = await RawClient.dial(node.enode, 5)
        assert (await other.closed()).reason is None  # hung up before anything was said
        for client in clients:
            client.transport.close()
            await client.lost


async def test_a_whitelisted_address_is_let_in_although_it_is_banned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.peers.bans.is_local", lambda address: False)
    async with TestNode(1, configured(whitelist=Whitelist.parse(["127.0.0.0/8"]))) as node:
        client = await RawClient.dial(node.enode, 2)
        await client.connected()
        peer = await node.app.connected.get()
        node.ban(peer, "junk")
        assert not node.bans
        assert node.is_exempt(peer)
        client.transport.close()
        await client.lost


async def test_static_peers_are_never_banned_and_adding_one_lifts_its_ban() -> None:
    async with TestNode(1) as node, TestNode(2) as peer:
        peer.add_static(node.enode)
        banned = await node.app.connected.get()
        node.ban(banned, "junk")
        assert len(node.bans) == 1
        node.add_static(peer.enode)
        assert not node.bans
        node.ban(banned, "junk")
        assert not node.bans


def test_a_whitelist() -> None:
    listed = key(7).public_key
    whitelist = Whitelist.parse(
        [f"enode://{listed.xy.hex()}@10.1.1.1:30303", key(8).public_key.xy.hex(), "8.8.8.0/24", "2a01::1"]
    )
    assert whitelist.holds(listed.xy, parse_address("1.1.1.1"))
    assert whitelist.holds(key(8).public_key.xy, parse_address("1.1.1.1"))
    assert whitelist.holds(key(9).public_key.xy, HOST)
    assert whitelist.holds_address(parse_address("2a01::1"))
    assert not whitelist.holds_address(parse_address("2a01::2"))
    assert not whitelist.holds(key(9).public_key.xy, parse_address("1.1.1.1"))
    with pytest.raises(LocalError, match="cannot be whitelisted: give an enode address"):
        Whitelist.parse(["example.org"])
