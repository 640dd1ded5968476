"""What operators of Ethereum software know: admin, net, web3 and rpc, in go-ethereum's shapes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.node import Node, NodeConfig, NodeEvent, PeerGone, client_id
from pystatus.rpc import admin as admin_module
from pystatus.rpc.config import RpcConfig
from tests.rpc.support import PATIENCE, TOKEN, Refusal, served

LISTENING = NodeConfig(listen="127.0.0.1:0")


async def test_the_node_says_who_it_is() -> None:
    async with served(node_config=LISTENING) as one:
        enode = one.node.enode
        info = await one.call("admin_nodeInfo")
        assert info == {
            "id": enode.node_address.hex(),
            "name": client_id(),
            "enode": str(enode),
            "ip": "127.0.0.1",
            "ports": {"discovery": enode.port, "listener": enode.port},
            "listenAddr": f"127.0.0.1:{enode.port}",
            "nat": {"method": "none", "mapped": False, "problem": None},
            "protocols": info["protocols"],
        }
        assert info["protocols"]["waku"]["minimumPoW"] == 0.000002
        assert await one.call("web3_clientVersion") == client_id()
        assert await one.call("net_listening") is True


async def test_a_node_that_does_not_listen_says_so() -> None:
    async with served() as one:
        info = await one.call("admin_nodeInfo")
        assert (info["ip"], info["listenAddr"], info["ports"]["listener"]) == ("", "", 0)
        assert await one.call("net_listening") is False


async def test_peers_come_and_go() -> None:
    gone: asyncio.Queue[NodeEvent] = asyncio.Queue()
    async with (
        served(node_config=LISTENING) as one,
        Node(LISTENING, on_event=lambda event: gone.put_nowait(event)) as other,
    ):
        assert (await one.call("net_peerCount"), await one.call("admin_peers")) == ("0x0", [])
        assert await one.call("admin_addPeer", str(other.enode)) is True
        await one.node.wait_for_peer(PATIENCE)
        assert await one.call("net_peerCount") == "0x1"
        (peer,) = await one.call("admin_peers")
        assert peer["id"] == other.enode.node_address.hex()
        assert (peer["name"], peer["enode"]) == (client_id(), str(other.enode))
        assert peer["caps"] == ["waku/0", "waku/1"], "what it announced"
        assert peer["protocols"]["waku"]["version"] == 1, "what is spoken"
        network = peer["network"]
        assert network["remoteAddress"] == f"127.0.0.1:{other.enode.port}"
        assert network["localAddress"].startswith("127.0.0.1:")
        assert {name: network[name] for name in ("inbound", "trusted", "static")} == {
            "inbound": False,
            "trusted": False,
            "static": True,
        }
        assert peer["protocols"]["waku"]["bytesSent"] > 0

        assert await one.call("admin_removePeer", str(other.enode)) is True
        async with asyncio.timeout(PATIENCE):
            while not isinstance(await gone.get(), PeerGone):
                pass
        assert await one.call("admin_removePeer", str(other.enode)) is True, "as with go-ethereum"


async def test_a_peer_that_dialled_us_can_be_removed() -> None:
    async with served(node_config=LISTENING) as one, Node(NodeConfig(peers=(str(one.node.enode),))) as other:
        await one.node.wait_for_peer(PATIENCE)
        (peer,) = await one.call("admin_peers")
        assert (peer["network"]["inbound"], peer["network"]["static"]) == (True, False)
        node_id = Enode(other.enode.public_key)
        assert await one.call("admin_removePeer", str(node_id)) is True
        async with asyncio.timeout(PATIENCE):
            while await one.call("net_peerCount") != "0x0":
                pass


@pytest.mark.parametrize("kind", ["Peer", "TrustedPeer"])
async def test_callers_name_so_many_peers_and_no_more(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_module, "MAX_NAMED", 2)
    one, two, three = (f"{Enode(PrivateKey.generate(os.urandom).public_key)}@127.0.0.1:{port}" for port in (1, 2, 3))
    async with served() as node:
        for enode in (one, two, one):
            assert await node.call(f"admin_add{kind}", enode) is True
        with pytest.raises(Refusal, match=f"at most 2 peers: .* ?admin_remove{kind}"):
            await node.call(f"admin_add{kind}", three)
        assert await node.call(f"admin_remove{kind}", one) is True
        assert await node.call(f"admin_add{kind}", three) is True


@pytest.mark.parametrize("method", ["admin_addPeer", "admin_removePeer"])
async def test_what_is_no_peer_is_a_sentence(method: str) -> None:
    async with served() as one:
        with pytest.raises(Refusal, match="is not an enode address"):
            await one.call(method, "http://example.org")


async def test_a_peer_without_an_address_cannot_be_dialled() -> None:
    async with served() as one:
        with pytest.raises(Refusal, match="says not where to dial"):
            await one.call("admin_addPeer", str(Enode(PrivateKey(bytes(31) + b"\x01").public_key)))


@pytest.mark.parametrize(
    ("modules", "listed"),
    [(("rpc", "net"), {"net": "1.0", "rpc": "1.0"}), (("rpc",), {"rpc": "1.0"})],
)
async def test_the_modules_are_those_that_are_offered(modules: tuple[str, ...], listed: dict[str, Any]) -> None:
    async with served(RpcConfig(http=True, http_port=0, token=TOKEN, modules=modules)) as one:
        assert await one.call("rpc_modules") == listed
