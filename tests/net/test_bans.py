"""Who misbehaves stays out for ten minutes, and nobody else does."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.net import bans as bans_module
from pystatus.net.addresses import parse_address
from pystatus.net.bans import BAN_SECONDS, Bans
from pystatus.net.whitelist import Whitelist
from tests.net.support import RawClient, TestNode, configured, key

ONE, OTHER = b"\x01" * 64, b"\x02" * 64
HOST = parse_address("8.8.8.8")
LOCAL = parse_address("192.168.1.7")


def test_a_ban_is_for_the_node_and_its_address_and_ends() -> None:
    bans = Bans()
    bans.add(ONE, HOST, "junk", 100.0)
    assert bans.holds_node(ONE, 100.0 + BAN_SECONDS - 1)
    assert not bans.holds_node(ONE, 100.0 + BAN_SECONDS)
    assert bans.holds_address(HOST, 101.0)
    assert not bans.holds_address(HOST, 100.0 + BAN_SECONDS)
    assert not bans.holds_node(OTHER, 101.0)
    assert not bans.holds_address(parse_address("8.8.8.9"), 101.0)
    (ban,) = bans
    assert (ban.node_id, ban.address, ban.until, ban.reason) == (ONE, HOST, 100.0 + BAN_SECONDS, "junk")
    bans.forget(100.0 + BAN_SECONDS)
    assert len(bans) == 0


def test_an_ipv6_address_is_its_64() -> None:
    bans = Bans()
    bans.add(ONE, parse_address("2a01::1"), "junk", 0.0)
    assert bans.holds_address(parse_address("2a01::2"), 1.0)
    assert not bans.holds_address(parse_address("2a01:0:0:1::1"), 1.0)


def test_local_addresses_are_not_banned() -> None:
    bans = Bans()
    bans.add(ONE, LOCAL, "junk", 0.0)
    assert bans.holds_node(ONE, 1.0)
    assert not bans.holds_address(LOCAL, 1.0)
    assert bans.lift(ONE)
    bans.add(ONE, LOCAL, "junk", 0.0)
    bans.forget(BAN_SECONDS)
    assert len(bans) == 0


def test_a_ban_is_lifted() -> None:
    bans = Bans()
    bans.add(ONE, HOST, "junk", 0.0)
    assert bans.lift(ONE)
    assert not bans.lift(ONE)
    assert not bans.holds_node(ONE, 1.0)
    assert not bans.holds_address(HOST, 1.0)


def test_an_address_stays_banned_for_the_later_of_its_nodes() -> None:
    bans = Bans()
    bans.add(ONE, HOST, "junk", 0.0)
    bans.add(OTHER, HOST, "junk", 10.0)
    bans.forget(BAN_SECONDS)
    assert [ban.node_id for ban in bans] == [OTHER]
    assert bans.holds_address(HOST, BAN_SECONDS + 5)
    bans.forget(BAN_SECONDS + 10)
    assert not bans.holds_address(HOST, BAN_SECONDS + 10)


def test_bans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bans_module, "MAX_BANS", 3)
    bans = Bans()
    for number in range(10):
        bans.add(bytes([number]) * 64, parse_address(f"8.8.{number}.8"), "junk", float(number))
    assert [ban.node_id[0] for ban in bans] == [7, 8, 9]
    assert not bans.holds_address(parse_address("8.8.0.8"), 10.0)


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


async def test_nobody_comes_from_a_banned_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("bans", "gate"):
        monkeypatch.setattr(f"pystatus.net.{module}.is_local", lambda address: False)
    async with TestNode(1, configured(inbound_throttle=0.0)) as node:
        client = await RawClient.dial(node.enode, 2)
        await client.connected()
        node.ban(await node.app.connected.get(), "junk")
        other = await RawClient.dial(node.enode, 3)
        assert (await other.closed()).reason is None  # hung up before anything was said
        client.transport.close()
        await client.lost


async def test_a_whitelisted_address_is_let_in_although_it_is_banned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.net.bans.is_local", lambda address: False)
    async with TestNode(1, configured(whitelist=Whitelist.parse(["127.0.0.0/8"]))) as node:
        client = await RawClient.dial(node.enode, 2)
        await client.connected()
        peer = await node.app.connected.get()
        node.ban(peer, "junk")
        assert not node.bans
        assert node.is_welcome(peer)
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
