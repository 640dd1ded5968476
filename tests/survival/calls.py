"""Every method of the RPC, called once with parameters that it takes, and the shape of each answer."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, TypeAlias

from pystatus import Node, NodeConfig
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.server import RpcServer

Shape: TypeAlias = Any
"""A dict of shapes by field, a list with the shape of its first item, or the name of a JSON type."""

TOPIC = "0x12345678"
KEY = "0x" + "11" * 32
PATIENCE = 60.0
"""Seconds until a call that is not answered is given up."""


def shape(value: Any) -> Shape:
    """What kind of JSON it is."""
    if isinstance(value, dict):
        return {name: shape(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return "string" if isinstance(value, str) else "number"


def lost(before: Shape, now: Shape, place: str) -> list[str]:
    """Where an answer of today has no field that the one before has, or another type there. More fields are no loss."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            fault
            for name in before
            for fault in (
                lost(before[name], now[name], f"{place}.{name}") if name in now else [f"{place}.{name} is missing"]
            )
        ]
    if isinstance(before, list) and isinstance(now, list):
        if not before:
            return []
        return lost(before[0], now[0], f"{place}[]") if now else [f"{place} is empty"]
    return [] if before == now else [f"{place} was {before}, and is {now}"]


class Line:
    """A connection to the Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.answers: dict[str, Shape] = {}

    async def __call__(self, method: str, *params: Any) -> Any:
        """The result of a call, whose shape is noted.

        :raises RuntimeError: an error was answered.
        """
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self._writer.write(json.dumps(request).encode())
        while "method" in (answer := await self._hear()):
            self._noted(answer)
        if answer.get("id") != method or "result" not in answer:
            raise RuntimeError(f"{method}: {answer}")
        self.answers[method] = shape(answer["result"])
        return answer["result"]

    async def notification(self) -> None:
        """Wait until one has come, unless it has."""
        while "waku_subscription" not in self.answers:
            self._noted(await self._hear())

    def _noted(self, notification: dict[str, Any]) -> None:
        self.answers[notification["method"]] = shape(notification["params"])

    async def _hear(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            heard: dict[str, Any] = json.loads(await self._reader.readline())
            return heard


async def answers(folder: Path) -> dict[str, Shape]:
    """The shapes of the answers of a node that has one peer, by method; notifications are ``waku_subscription``."""
    socket = folder / "rpc"
    async with (
        Node(NodeConfig(listen="127.0.0.1:0")) as node,
        Node(NodeConfig(listen="127.0.0.1:0", peers=(str(node.enode),))) as peer,
        RpcServer(node, RpcConfig(socket=socket)),
    ):
        await peer.wait_for_peer(PATIENCE)
        await node.wait_for_peer(PATIENCE)
        reader, writer = await asyncio.open_unix_connection(str(socket))
        line = Line(reader, writer)
        try:
            await _call_all(line, str(peer.enode))
        finally:
            writer.close()
            await writer.wait_closed()
    return line.answers


async def _call_all(call: Line, peer: str) -> None:
    for method in ("waku_version", "waku_info", "net_version", "net_listening", "net_peerCount", "web3_clientVersion"):
        await call(method)
    for method in ("rpc_modules", "admin_nodeInfo", "admin_peers"):
        await call(method)
    for method in ("admin_addPeer", "admin_addTrustedPeer", "waku_markTrustedPeer", "admin_removeTrustedPeer"):
        await call(method, peer)
    await _keys(call)
    await _messages(call)
    await call("waku_setMaxEnvelopeSize", 1 << 20)
    await call("waku_setMaxMessageSize", 1 << 20)
    await call("waku_setMinPoW", 0.001)
    await call("waku_setBloomFilter", "0x" + "ff" * 64)
    await call("waku_makeLightClient")
    await call("waku_cancelLightClient")
    await call("admin_removePeer", peer)


async def _keys(call: Line) -> None:
    pair = await call("waku_newKeyPair")
    await call("waku_hasKeyPair", pair)
    await call("waku_getPublicKey", pair)
    await call("waku_getPrivateKey", pair)
    await call("waku_addPrivateKey", KEY)
    await call("waku_deleteKeyPair", pair)
    key = await call("waku_newSymKey")
    await call("waku_hasSymKey", key)
    await call("waku_getSymKey", key)
    await call("waku_addSymKey", KEY)
    await call("waku_generateSymKeyFromPassword", "a room")
    await call("waku_deleteSymKey", key)


async def _messages(call: Line) -> None:
    pair, key = await call("waku_newKeyPair"), await call("waku_newSymKey")
    filtered = await call("waku_newMessageFilter", {"symKeyID": key, "topics": [TOPIC]})
    criteria = {"privateKeyID": pair, "topics": [TOPIC], "minPow": 0.001, "allowP2P": True}
    subscription = await call("waku_subscribe", "messages", criteria)
    work = {"ttl": 10, "powTarget": 0.002, "powTime": 30, "topic": TOPIC, "payload": "0x68656c6c6f"}
    await call("waku_post", {"symKeyID": key, "sig": pair, **work})
    await call("waku_getFilterMessages", filtered)
    public = await call("waku_getPublicKey", pair)
    await call("waku_post", {"pubKey": public, "sig": pair, "padding": "0x00", **work})
    await call.notification()
    await call("waku_unsubscribe", subscription)
    await call("waku_deleteMessageFilter", filtered)
